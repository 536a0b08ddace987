//! The sum of errors: what a person who started a run is told.
//!
//! # Promises
//!
//! - Each error of a room below is shown as it stands, with the place in the policy added where a rule asked for it.
//! - Nothing was published, whatever stands here.
//!
//! # What this module does not know
//!
//! How it is rendered.

use std::{fmt, path::PathBuf, sync::Arc};

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode, SourceSpan};

use crate::{
    attest::AttestError,
    dataset::DatasetError,
    keys::KeysError,
    plan::{BindError, PlanRefused},
    policy::PolicyErrors,
    sink::SinkError,
    source::SourceError,
    transform::TransformError,
};

/// Why a run, or a plan, came to nothing.
#[derive(Debug, Diagnostic, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The manifest could not be made, signed or written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Attest(#[from] AttestError),
    /// The plan cannot be bound to the keys.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Bind(#[from] BindError),
    /// A row of a dataset cannot be sanitized, and the rule that says so.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Column(Box<ColumnError>),
    /// The rows cannot be digested.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Dataset(#[from] DatasetError),
    /// A mistake of ours.
    #[error("{place} ended in a way that it never should")]
    #[diagnostic(
        code(run::defect),
        help("nothing was published; please report it with the schema of the input, never with its rows")
    )]
    Defect {
        /// Which part.
        place: &'static str,
    },
    /// Keys are missing, locked or unsafe.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Keys(#[from] KeysError),
    /// There is no lock file, or it cannot be read.
    #[error("there is no readable `{}`", path.display())]
    #[diagnostic(code(run::no_lock), help("review the plan and write it with `counterfoil plan POLICY --lock`"))]
    NoLock {
        /// Where it should be.
        path: PathBuf,
    },
    /// A dataset without a single row.
    #[error("dataset `{dataset}` has no rows")]
    #[diagnostic(
        code(run::no_rows),
        help("nothing was published; fetch the files again, or leave the dataset out of the policy")
    )]
    NoRows {
        /// The dataset.
        dataset: String,
    },
    /// The files of a dataset lie where this run publishes.
    #[error("dataset `{dataset}` reads files of its own output folder")]
    #[diagnostic(
        code(run::output_as_input),
        help("nothing was published; name the raw files only in `source`, or write elsewhere with `--output DIR`")
    )]
    OutputAsInput {
        /// The dataset.
        dataset: String,
    },
    /// The policy does not fit the data.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Plan(#[from] Box<PlanRefused>),
    /// The plan is not the one that was reviewed.
    #[error("the plan differs from `{}`", path.display())]
    #[diagnostic(
        code(run::locked),
        help("see what changed with `counterfoil plan POLICY`, then accept it with `--lock`")
    )]
    PlanChanged {
        /// The lock file.
        path: PathBuf,
    },
    /// The policy is wrong in itself.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Policy(#[from] PolicyErrors),
    /// Rows were read that were not written.
    #[error("{read} rows were read and {written} were to be written")]
    #[diagnostic(code(run::rows_lost), help("nothing was published; this is a mistake of ours, please report it"))]
    RowsLost {
        /// Rows that the source vouches for.
        read: u64,
        /// Rows in the part files.
        written: u64,
    },
    /// The output cannot be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Sink(#[from] SinkError),
    /// An input cannot be read.
    #[error("dataset `{dataset}`: {cause}")]
    #[diagnostic(forward(cause))]
    Source {
        /// What the source said.
        cause: Box<SourceError>,
        /// The dataset.
        dataset: String,
    },
    /// The worker threads could not be started.
    #[error("{threads} worker threads cannot be started")]
    #[diagnostic(code(run::threads), help("ask for fewer with `--threads N`"))]
    Threads {
        /// How many.
        threads: usize,
    },
    /// A transform refused, before its place in the policy is known.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Transform(#[from] TransformError),
    /// An input cannot be read, before its dataset is named.
    #[error(transparent)]
    #[diagnostic(transparent)]
    UnnamedSource(#[from] SourceError),
}

/// What a transform said of a row, with its place in the policy.
#[derive(Debug, thiserror::Error)]
#[error("dataset `{dataset}`, {cause}")]
pub struct ColumnError {
    /// What the transform said.
    pub(super) cause: TransformError,
    /// The dataset.
    pub(super) dataset: String,
    /// The rule.
    pub(super) rule: SourceSpan,
    /// The policy.
    pub(super) source_code: NamedSource<Arc<str>>,
}

impl Diagnostic for ColumnError {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.cause.code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.cause.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source_code)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new_with_span(Some("this rule".to_owned()), self.rule);
        Some(Box::new(std::iter::once(label)))
    }
}
