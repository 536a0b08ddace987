//! Counts a written dataset again: rows and logical digests from its Parquet files.
//!
//! # Promises
//!
//! - The answer depends on the files alone; nothing that a manifest says is believed here.
//! - Columns are read independently of one another, each through all files in order, on all cores.
//! - A damaged file is an error, never a panic.
//!
//! # What this module does not know
//!
//! What the numbers should be.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use arrow_schema::{Schema, SchemaRef};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
};
use rayon::prelude::*;

use super::{
    error::DatasetError,
    logical_digest::{ColumnDigest, LogicalColumn, LogicalDigests},
};

/// Rows that are decoded at once, per column.
const ROWS_PER_BATCH: usize = 65_536;

/// What the files hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recount {
    /// Rows of all files.
    pub rows: u64,
    /// Rows of each file, in the order given.
    pub rows_per_file: Vec<u64>,
    /// Digest of each column over all files in order.
    pub digests: LogicalDigests,
}

/// Reads the Parquet files of one dataset, in the order given, and digests every column.
pub fn recount(paths: &[PathBuf]) -> Result<Recount, DatasetError> {
    let footers: Vec<Footer> = paths.par_iter().map(|path| footer(path)).collect::<Result<_, _>>()?;
    let schema = agreed_schema(&footers)?;
    let columns: Vec<LogicalColumn> = (0..schema.fields().len())
        .into_par_iter()
        .map(|index| column(index, &schema, &footers))
        .collect::<Result<_, _>>()?;
    let rows_per_file: Vec<u64> = footers.iter().map(Footer::rows).collect();
    Ok(Recount { rows: rows_per_file.iter().sum(), rows_per_file, digests: LogicalDigests::new(columns) })
}

struct Footer {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl Footer {
    fn rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }
}

fn footer(path: &Path) -> Result<Footer, DatasetError> {
    let file = open(path)?;
    let metadata = guarded(path, || ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).ok())?;
    // The decoder would believe the smaller of the two and lose rows in silence.
    let grouped: i64 = metadata.metadata().row_groups().iter().map(|group| group.num_rows().max(0)).sum();
    if grouped != metadata.metadata().file_metadata().num_rows() {
        return Err(corrupt(path));
    }
    Ok(Footer { path: path.to_owned(), metadata })
}

fn agreed_schema(footers: &[Footer]) -> Result<SchemaRef, DatasetError> {
    let first = footers.first().ok_or(DatasetError::NoFiles)?;
    let shape = |schema: &Schema| -> Vec<_> {
        schema.fields().iter().map(|field| (field.name().clone(), field.data_type().clone())).collect()
    };
    let expected = shape(first.metadata.schema());
    match footers.iter().find(|footer| shape(footer.metadata.schema()) != expected) {
        Some(other) => Err(DatasetError::Disagree { path: other.path.clone() }),
        None => Ok(first.metadata.schema().clone()),
    }
}

/// One column through all files.
fn column(index: usize, schema: &Schema, footers: &[Footer]) -> Result<LogicalColumn, DatasetError> {
    let field = schema.field(index);
    let mut digest = ColumnDigest::new(field.name(), field.data_type())?;
    for footer in footers {
        let file = open(&footer.path)?;
        let mut rows = 0;
        let mut reader = guarded(&footer.path, || {
            let mask = ProjectionMask::roots(footer.metadata.parquet_schema(), [index]);
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer.metadata.clone())
                .with_batch_size(ROWS_PER_BATCH)
                .with_projection(mask)
                .build()
                .ok()
        })?;
        while let Some(batch) = guarded(&footer.path, || reader.next().transpose().ok())? {
            let column = batch.columns().first().ok_or_else(|| corrupt(&footer.path))?;
            digest.update(column)?;
            rows += column.len() as u64;
        }
        if rows != footer.rows() {
            return Err(corrupt(&footer.path));
        }
    }
    Ok(digest.finish())
}

fn open(path: &Path) -> Result<File, DatasetError> {
    File::open(path).map_err(|source| DatasetError::Io { path: path.to_owned(), source })
}

fn corrupt(path: &Path) -> DatasetError {
    DatasetError::Corrupt { path: path.to_owned() }
}

/// Runs a step of the Parquet reader; its refusals and its panics both say that the file is damaged.
fn guarded<T>(path: &Path, step: impl FnOnce() -> Option<T>) -> Result<T, DatasetError> {
    catch_unwind(AssertUnwindSafe(step)).ok().flatten().ok_or_else(|| corrupt(path))
}
