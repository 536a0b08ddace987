//! The source: batches of rows out of the files of one dataset, and a receipt at the end.
//!
//! # Promises
//!
//! - The schema is known before the first row and holds for the last one.
//! - A receipt is given only when every file was read to its end and none changed meanwhile.
//!
//! # What this module does not know
//!
//! Which format the files have.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicU64},
};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::{error::SourceError, options::ReadOptions};
use crate::dataset::receipt::SourceReceipt;

/// Where a dataset stands and how it is read.
#[derive(Clone, Debug)]
pub struct SourceSpec {
    /// A file, a glob, or a folder.
    pub location: String,
    /// The folder to which a relative location is relative.
    pub base: PathBuf,
    /// How the files are read.
    pub options: ReadOptions,
    /// The location as it stands in the policy, for messages: environment variables by name.
    pub shown: String,
}

/// A dataset being read.
pub trait Source: Send {
    /// The schema of every batch. It bears no metadata.
    fn schema(&self) -> SchemaRef;

    /// The next rows, in the order of the files; `None` at the end of the last file. Never an empty batch.
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, SourceError>;

    /// What was read. An error when `next_batch` has not yet come to the end, or when a file changed meanwhile.
    fn finish(self: Box<Self>) -> Result<SourceReceipt, SourceError>;

    /// Bytes of all files on disk.
    fn bytes_total(&self) -> u64;

    /// Bytes read so far, for a progress bar; another thread may look at it at any time.
    fn bytes_read(&self) -> Arc<AtomicU64>;

    /// Files of the dataset.
    fn file_count(&self) -> usize;
}
