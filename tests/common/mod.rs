//! What the tests over the built command share: folders, commands, datasets, and the way to the real data.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr
)]

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A folder of its own for one test, with a policy in it.
pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Runs the built command in this folder.
    pub(crate) fn counterfoil(&self, arguments: &[&str]) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
            .args(arguments)
            .current_dir(self.path())
            .env_remove("COUNTERFOIL_WORKSPACE")
            .env_remove("COUNTERFOIL_PASSPHRASE_FILE")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        Answer::of(output)
    }
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) err: String,
    pub(crate) out: String,
}

impl Answer {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
        }
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Every one of these texts stands on stderr.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        // Diagnostics are wrapped to the width of a terminal.
        let flat: String = self.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        for text in texts {
            assert!(flat.contains(text), "`{text}` is not said:\n{}", self.err);
        }
        self
    }
}

/// The real datasets, where they are; says loudly that a test was skipped where they are not.
pub(crate) fn real_data(test: &str) -> Option<PathBuf> {
    let named = std::env::var_os("COUNTERFOIL_TEST_DATA").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let found = named.into_iter().chain([beside]).find(|path| path.join("MANIFEST.csv").is_file());
    if found.is_none() {
        // Past the capture of the test runner, which shows nothing of a test that passes.
        let mut stderr = std::io::stderr();
        let _ = writeln!(
            stderr,
            "\nSKIPPED {test}: the real datasets are not here; name their folder in COUNTERFOIL_TEST_DATA\n"
        );
    }
    found.map(|path| path.canonicalize().unwrap())
}

/// All rows of a dataset's part files.
pub(crate) fn read_output(dataset: &Path) -> (SchemaRef, Vec<RecordBatch>) {
    let mut schema = None;
    let mut batches = Vec::new();
    for part in files_below(&dataset.join("data")) {
        let file = std::fs::File::open(part).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        schema = Some(arrow_array::RecordBatchReader::schema(&reader));
        batches.extend(reader.map(Result::unwrap));
    }
    (schema.expect("a dataset has a part"), batches)
}

/// Every plain file below a folder, sorted by path.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}
