//! Batches of any size into row groups of one size, without copying a row.
//!
//! # Promises
//!
//! - Every group but the last has [`ROWS_PER_GROUP`] rows, wherever the batches and files of the source end; fewer where
//!   its cells are so long that it would pass [`GROUP_BYTES`]. Both depend on the input alone.
//!
//! # What this module does not know
//!
//! What the rows say and where they go.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arrow_array::{Array, RecordBatch};

use super::error::RunError;
use crate::{dataset::SourceReceipt, sink::ROWS_PER_GROUP, source::Source};

/// Bytes of cells after which a row group ends early, at the next batch: long texts must not fill the memory.
const GROUP_BYTES: usize = 256 << 20;

/// Rows of one row group as they were read.
pub(super) struct RawGroup {
    pub(super) batches: Vec<RecordBatch>,
    pub(super) bytes_read: u64,
    pub(super) first_row: u64,
    pub(super) index: u64,
}

/// Cuts the rows of a source into row groups.
pub(super) struct GroupCutter {
    bytes_read: Arc<AtomicU64>,
    ended: bool,
    next_index: u64,
    next_row: u64,
    pending: VecDeque<RecordBatch>,
    pending_bytes: usize,
    pending_rows: usize,
    source: Box<dyn Source>,
}

impl GroupCutter {
    pub(super) fn new(source: Box<dyn Source>) -> Self {
        let bytes_read = source.bytes_read();
        Self {
            bytes_read,
            ended: false,
            next_index: 0,
            next_row: 0,
            pending: VecDeque::new(),
            pending_bytes: 0,
            pending_rows: 0,
            source,
        }
    }

    /// The next row group; `None` after the last row.
    pub(super) fn next_group(&mut self) -> Result<Option<RawGroup>, RunError> {
        while !self.ended && self.pending_rows < ROWS_PER_GROUP && self.pending_bytes < GROUP_BYTES {
            match self.source.next_batch()? {
                Some(batch) if batch.num_rows() == 0 => {}
                Some(batch) => {
                    self.pending_rows += batch.num_rows();
                    self.pending_bytes += cell_bytes(&batch);
                    self.pending.push_back(batch);
                }
                None => self.ended = true,
            }
        }
        if self.pending_rows == 0 {
            return Ok(None);
        }
        let mut missing = ROWS_PER_GROUP.min(self.pending_rows);
        let rows = missing;
        let mut batches = Vec::new();
        while missing > 0 {
            let Some(batch) = self.pending.pop_front() else { break };
            if batch.num_rows() > missing {
                self.pending.push_front(batch.slice(missing, batch.num_rows() - missing));
                batches.push(batch.slice(0, missing));
                missing = 0;
            } else {
                missing -= batch.num_rows();
                batches.push(batch);
            }
        }
        self.pending_rows -= rows;
        self.pending_bytes = self.pending.iter().map(cell_bytes).sum();
        let group = RawGroup {
            batches,
            bytes_read: self.bytes_read.load(Ordering::Relaxed),
            first_row: self.next_row,
            index: self.next_index,
        };
        self.next_row += rows as u64;
        self.next_index += 1;
        Ok(Some(group))
    }

    /// What the source vouches for; asked for after the last row.
    pub(super) fn finish(self) -> Result<SourceReceipt, RunError> {
        Ok(self.source.finish()?)
    }
}

/// Bytes that the rows of a batch stand in, whatever lies beside them in its buffers.
fn cell_bytes(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(usize::MAX / 1024)).sum()
}
