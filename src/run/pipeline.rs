//! One dataset from its source to its part files, on all cores, in bounded memory.
//!
//! The calling thread reads and cuts row groups; the pool sanitizes and encodes whole row groups; a writer thread puts
//! them in their order, digests the rows and appends the bytes. A fixed number of row groups is under way at any time.
//!
//! # Promises
//!
//! - Row groups have a fixed row count and keep the order of the input: the bytes do not depend on the number of threads.
//! - The first failure in the order of the rows is the one that is told, whichever thread met one first.
//! - Peak memory is a multiple of the row groups under way, never of the input.
//!
//! # What this module does not know
//!
//! Keys, what cells say, and where the output will stand.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
};

use rayon::ThreadPool;

use super::{
    error::RunError,
    groups::{GroupCutter, RawGroup},
    preview::Preview,
    progress::Progress,
};
use crate::{
    dataset::{LogicalColumn, LogicalDigest, SinkFile, SinkReceipt, SourceReceipt},
    plan::{ColumnPlan, DatasetPlan},
    sink::{EncodedGroup, Encoder, Footer, PartWriter},
    source::Source,
    transform::{Sanitized, Sanitizer},
};

/// Row groups of one part file.
const GROUPS_PER_PART: u64 = 128;

/// What one dataset needs to be carried out.
pub(super) struct Job<'a> {
    pub(super) footer: Footer,
    pub(super) plan: &'a DatasetPlan,
    pub(super) pool: &'a ThreadPool,
    pub(super) progress: &'a dyn Progress,
    pub(super) sanitizer: &'a Sanitizer,
    pub(super) staging: &'a Path,
}

/// What became of one dataset.
pub(super) struct Done {
    pub(super) misfits: Vec<u64>,
    pub(super) preview: Option<Preview>,
    pub(super) sink: SinkReceipt,
    pub(super) source: SourceReceipt,
}

/// Rows of one row group as they will be written.
struct ReadyGroup {
    bytes_read: u64,
    encoded: EncodedGroup,
    rows: Vec<Sanitized>,
}

type Ready = (u64, Result<ReadyGroup, RunError>);

/// Carries out one dataset.
pub(super) fn execute(job: &Job<'_>, source: Box<dyn Source>) -> Result<Done, RunError> {
    let mut groups = GroupCutter::new(source);
    // Sources parse in parallel: on this pool, so that the number of threads that was asked for holds.
    let first = job.pool.install(|| groups.next_group())?;
    let begun = begin(first.as_ref(), job)?;
    let in_flight = job.pool.current_num_threads() + 1;
    let (permit_sender, permits) = sync_channel(in_flight);
    for _ in 0..in_flight {
        // INVARIANT: the channel has room for every permit, and its receiver lives until the end of this function.
        let _ = permit_sender.send(());
    }
    let (ready_sender, ready) = channel::<Ready>();
    let writer = Writer::new(&begun.encoder, job.staging, job.progress, permit_sender)?;
    let (read, written) = std::thread::scope(|scope| {
        let writing = scope.spawn(|| writer.write_all(ready));
        let read = job.pool.in_place_scope(|pool| {
            let mut next = first;
            while let Some(group) = next {
                if permits.recv().is_err() {
                    return Ok(()); // The writer has ended with a failure, which is told below.
                }
                let (sender, encoder, sanitizer) = (ready_sender.clone(), &begun.encoder, job.sanitizer);
                pool.spawn(move |_| work(group, sanitizer, encoder, &sender));
                next = job.pool.install(|| groups.next_group())?;
            }
            Ok(())
        });
        drop(ready_sender);
        (read, writing.join().unwrap_or(Err(RunError::Defect { place: "the writer" })))
    });
    // Rows that were read before a failure of the reader come before it: a failure of theirs is the first one.
    let written = match (read, written) {
        (_, Err(error)) | (Err(error), Ok(_)) => return Err(error),
        (Ok(()), Ok(written)) => written,
    };
    let source = groups.finish()?;
    if source.rows() != written.rows {
        return Err(RunError::RowsLost { read: source.rows(), written: written.rows });
    }
    Ok(Done {
        misfits: written.misfits,
        preview: begun.preview,
        sink: SinkReceipt::new(written.files, written.columns),
        source,
    })
}

/// What the first row group decides.
struct Begun {
    encoder: Encoder,
    preview: Option<Preview>,
}

fn begin(first: Option<&RawGroup>, job: &Job<'_>) -> Result<Begun, RunError> {
    let sample = match first {
        Some(group) => group.batches.first().map(|batch| (batch.clone(), group.first_row)),
        None => None,
    };
    let (rows, preview) = match sample {
        Some((batch, first_row)) => {
            let sanitized = job.pool.install(|| job.sanitizer.apply(&batch, first_row))?;
            let preview = Preview::of_first_row(job.plan, &batch, sanitized.batch());
            (vec![sanitized], preview)
        }
        None => (Vec::new(), None),
    };
    let protected: Vec<bool> = job
        .plan
        .columns()
        .iter()
        .filter(|column| column.output_type().is_some())
        .map(ColumnPlan::is_protected)
        .collect();
    let encoder = Encoder::new(job.sanitizer.output_schema(), &protected, &job.footer, &rows)?;
    Ok(Begun { encoder, preview })
}

/// One row group in the pool: sanitized, then encoded.
fn work(group: RawGroup, sanitizer: &Sanitizer, encoder: &Encoder, sender: &Sender<Ready>) {
    let RawGroup { batches, bytes_read, first_row, index } = group;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut row = first_row;
        let mut rows = Vec::with_capacity(batches.len());
        for batch in batches {
            let next = row + batch.num_rows() as u64;
            rows.push(sanitizer.apply(&batch, row)?);
            row = next;
        }
        let encoded = encoder.encode(&rows)?;
        Ok(ReadyGroup { bytes_read, encoded, rows })
    }));
    let outcome = outcome.unwrap_or(Err(RunError::Defect { place: "a worker" }));
    // The receiver is gone only where the run has failed already.
    let _ = sender.send((index, outcome));
}

/// Puts row groups in their order.
struct Writer<'a> {
    digest: LogicalDigest,
    encoder: &'a Encoder,
    files: Vec<SinkFile>,
    misfits: Vec<u64>,
    part: PartWriter,
    permits: SyncSender<()>,
    progress: &'a dyn Progress,
    rows: u64,
    staging: &'a Path,
}

/// What the writer vouches for.
struct Written {
    columns: Vec<LogicalColumn>,
    files: Vec<SinkFile>,
    misfits: Vec<u64>,
    rows: u64,
}

impl<'a> Writer<'a> {
    fn new(
        encoder: &'a Encoder,
        staging: &'a Path,
        progress: &'a dyn Progress,
        permits: SyncSender<()>,
    ) -> Result<Self, RunError> {
        Ok(Self {
            digest: LogicalDigest::new(encoder.schema())?,
            encoder,
            files: Vec::new(),
            misfits: Vec::new(),
            part: PartWriter::create(staging, 0, encoder)?,
            permits,
            progress,
            rows: 0,
            staging,
        })
    }

    fn write_all(mut self, ready: Receiver<Ready>) -> Result<Written, RunError> {
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (index, outcome) in ready {
            waiting.insert(index, outcome);
            while let Some(outcome) = waiting.remove(&next) {
                self.write(next, outcome?)?;
                next += 1;
                // The reader may have come to its end and not want the permit any more.
                let _ = self.permits.try_send(());
            }
        }
        if !waiting.is_empty() {
            return Err(RunError::Defect { place: "the order of row groups" });
        }
        let Self { digest, mut files, misfits, part, rows, .. } = self;
        files.push(part.finish()?);
        Ok(Written { columns: digest.finish().columns().to_vec(), files, misfits, rows })
    }

    fn write(&mut self, index: u64, group: ReadyGroup) -> Result<(), RunError> {
        if index > 0 && index.is_multiple_of(GROUPS_PER_PART) {
            let number = self.files.len() + 1;
            let part = std::mem::replace(&mut self.part, PartWriter::create(self.staging, number, self.encoder)?);
            self.files.push(part.finish()?);
        }
        let mut rows = 0;
        for sanitized in &group.rows {
            self.digest.update(sanitized.batch())?;
            rows += sanitized.rows() as u64;
            self.misfits.resize(sanitized.misfits().len(), 0);
            for (total, count) in self.misfits.iter_mut().zip(sanitized.misfits()) {
                *total += count;
            }
        }
        self.part.append(group.encoded)?;
        self.rows += rows;
        self.progress.advance(rows, group.bytes_read);
        Ok(())
    }
}
