//! How far a run is, for whoever watches.
//!
//! # Promises
//!
//! - Numbers and the names of datasets only.
//!
//! # What this module does not know
//!
//! Terminals.

/// Somebody who watches a run. Called from several threads, often: be quick.
pub trait Progress: Sync {
    /// A dataset begins; its inputs have this many bytes where that is known.
    fn begin(&self, dataset: &str, total_bytes: Option<u64>);

    /// Rows were written since the last call; `bytes_read` counts from the beginning of the dataset.
    fn advance(&self, rows: u64, bytes_read: u64);

    /// The dataset is complete in its staging folder.
    fn end(&self, dataset: &str, rows: u64);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn begin(&self, _dataset: &str, _total_bytes: Option<u64>) {}
    fn advance(&self, _rows: u64, _bytes_read: u64) {}
    fn end(&self, _dataset: &str, _rows: u64) {}
}
