//! What can go wrong where rows leave: the folder, the disk, the encoder.
//!
//! # What this module does not know
//!
//! What the rows say. Texts of the encoder's own errors are not passed on, as they may quote a cell.

use std::path::PathBuf;

use miette::Diagnostic;

/// Why rows could not be written or published.
#[derive(Debug, Diagnostic, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// The Parquet encoder refused a column.
    #[error("the Parquet encoder refused the rows of `{file}`")]
    #[diagnostic(
        code(sink::encode),
        help("this is a type that cannot be written yet, or a mistake of ours: please report the schema")
    )]
    Encode {
        /// Part file, relative to the dataset.
        file: String,
    },
    /// The place of the output is taken.
    #[error("the output `{}` exists", path.display())]
    #[diagnostic(
        code(sink::output_exists),
        help(
            "choose another place with `--output DIR`, or let `--replace` swap it for the new one when that is complete"
        )
    )]
    Exists {
        /// The folder that is in the way.
        path: PathBuf,
    },
    /// The system refused a file operation.
    #[error("cannot {action} `{}`: {}", path.display(), describe(source))]
    #[diagnostic(code(sink::io), help("{}", advice(source)))]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A path of the output is a file, a symbolic link or a special file.
    #[error("the output `{}` is not a folder", path.display())]
    #[diagnostic(
        code(sink::not_a_folder),
        help("a file, a symbolic link or something special stands there; name a plain folder with `--output DIR`")
    )]
    NotAFolder {
        /// The path that was refused.
        path: PathBuf,
    },
    /// What is to be replaced was not written by a run.
    #[error("`{}` is not a dataset that this tool wrote", path.display())]
    #[diagnostic(
        code(sink::not_ours),
        help(
            "`--replace` takes away published datasets only; move the folder yourself, or choose another place with `--output DIR`"
        )
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// Another run holds the output.
    #[error("another run is writing to `{}`", path.display())]
    #[diagnostic(code(sink::two_runs), help("wait for it, or choose another place with `--output DIR`"))]
    TwoRuns {
        /// The output folder.
        path: PathBuf,
    },
}

impl SinkError {
    pub(crate) fn io(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        std::io::ErrorKind::QuotaExceeded => "the disk quota is used up".to_owned(),
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        kind => kind.to_string(),
    }
}

fn advice(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            "nothing was published; make room, or choose another place with `--output DIR`, and run again"
        }
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "nothing was published; choose a place that you may write to with `--output DIR`"
        }
        _ => "nothing was published; mend the cause and run again",
    }
}
