//! What can be wrong with a dataset that is digested or counted again.
//!
//! # Promises
//!
//! - No cell is quoted: a file, a column and a kind are all that is said.
//!
//! # What this module does not know
//!
//! What the caller does about it.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// Why a dataset could not be digested.
#[derive(Debug, Diagnostic, Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// A file is not the Parquet file that it claims to be.
    #[error("`{}` is not a readable Parquet file", path.display())]
    #[diagnostic(
        code(dataset::corrupt),
        help("compare its SHA-256 with `SHA256SUMS`; it was cut or altered after it was written")
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
    },
    /// Two files of one dataset have different schemas.
    #[error("`{}` has another schema than the first file of its dataset", path.display())]
    #[diagnostic(
        code(dataset::disagree),
        help("all files under `data/` are written with one schema; this one was put there by someone else")
    )]
    Disagree {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot read `{}`", path.display())]
    #[diagnostic(code(dataset::io), help("check that the file exists and may be read"))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is nothing to count.
    #[error("no Parquet file was given")]
    #[diagnostic(code(dataset::no_files), help("give the files under `data/` in the order of `SHA256SUMS`"))]
    NoFiles,
    /// The batch has other columns than the digest was made for.
    #[error("a batch of {found} columns cannot continue a digest of {expected} columns")]
    #[diagnostic(code(dataset::shape), help("give every batch in the schema that the digest was made for"))]
    Shape {
        /// Columns of the digest.
        expected: usize,
        /// Columns of the batch.
        found: usize,
    },
    /// A type that has no byte form in the logical digest.
    #[error("column `{column}` has the type `{type_name}`, which has no logical digest")]
    #[diagnostic(code(dataset::unsupported_type), help("`drop` the column, or convert it before it is read"))]
    UnsupportedType {
        /// The column.
        column: String,
        /// Its type, in Arrow's words.
        type_name: String,
    },
}
