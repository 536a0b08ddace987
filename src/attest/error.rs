//! What can go wrong while an attestation is written.
//!
//! # Promises
//!
//! - An error names a file of the output or a fact, never a cell, a key or a salt.
//!
//! # What this module does not know
//!
//! Verification: what a verifier finds is a report, not an error.

use std::{io, path::PathBuf};

use miette::Diagnostic;
use thiserror::Error;

/// Why a dataset could not be attested.
#[derive(Debug, Diagnostic, Error)]
#[non_exhaustive]
pub enum AttestError {
    /// The staged folder and the facts disagree about the data files.
    #[error("the staged file `{name}` is not what its sink vouched for")]
    #[diagnostic(
        code(attest::file_differs),
        help("something else wrote into the staging folder during the run; remove the folder and run again")
    )]
    FileDiffers {
        /// The file, from the dataset's folder.
        name: String,
    },
    /// The facts contradict each other.
    #[error("the facts of this run disagree: {what}")]
    #[diagnostic(code(attest::inconsistent_facts), help("this is a defect of counterfoil; nothing was published"))]
    InconsistentFacts {
        /// Which.
        what: &'static str,
    },
    /// The operating system refused.
    #[error("cannot {doing} `{}`", path.display())]
    #[diagnostic(code(attest::io), help("check free space and permissions; nothing was published"))]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes for the salts of the commitments")]
    #[diagnostic(code(attest::no_randomness), help("check that `/dev/urandom` or `getrandom` is available here"))]
    NoRandomness,
    /// A document could not be spelled as canonical JSON.
    #[error("a statement holds a number that canonical JSON cannot spell")]
    #[diagnostic(code(attest::not_canonical), help("this is a defect of counterfoil; nothing was published"))]
    NotCanonical,
    /// An output file has a name that a list of digests cannot hold safely.
    #[error("the output file name `{name}` cannot stand in `SHA256SUMS`")]
    #[diagnostic(
        code(attest::unsafe_name),
        help("names of partitions and files must not hold backslashes, control characters, `.` or `..` steps")
    )]
    UnsafeName {
        /// The name, escaped.
        name: String,
    },
}
