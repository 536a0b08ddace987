//! What the footer of a Parquet file says: rows, row groups, and the file's own metadata.
//!
//! # Promises
//!
//! - Footers alone are read; a damaged one is an error, never a panic.
//!
//! # What this module does not know
//!
//! What the metadata should say. It is a hint of whoever wrote the file.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use parquet::file::metadata::ParquetMetaDataReader;
use rayon::prelude::*;

use super::error::DatasetError;

/// The footer of one file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileFooter {
    /// File-level metadata in the order of the file.
    pub metadata: Vec<(String, String)>,
    /// Its row groups.
    pub row_groups: u64,
    /// Its rows.
    pub rows: u64,
}

/// Reads the footers of Parquet files, in the order given.
pub fn footers(paths: &[PathBuf]) -> Result<Vec<FileFooter>, DatasetError> {
    paths.par_iter().map(|path| footer(path)).collect()
}

fn footer(path: &Path) -> Result<FileFooter, DatasetError> {
    let file = File::open(path).map_err(|source| DatasetError::Io { path: path.to_owned(), source })?;
    let read = AssertUnwindSafe(|| ParquetMetaDataReader::new().parse_and_finish(&file).ok());
    let corrupt = || DatasetError::Corrupt { path: path.to_owned() };
    let metadata = catch_unwind(read).ok().flatten().ok_or_else(corrupt)?;
    let entries = metadata.file_metadata().key_value_metadata().into_iter().flatten();
    Ok(FileFooter {
        metadata: entries.map(|entry| (entry.key.clone(), entry.value.clone().unwrap_or_default())).collect(),
        row_groups: metadata.num_row_groups() as u64,
        rows: u64::try_from(metadata.file_metadata().num_rows()).map_err(|_| corrupt())?,
    })
}
