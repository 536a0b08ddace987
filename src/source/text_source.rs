//! What the text formats share: pieces read ahead, parsed on all cores, given out in order.
//!
//! # Promises
//!
//! - Batches and errors come as if the files had been parsed one row after the other.
//! - Memory is bounded by twice the number of threads times the size of a piece.
//!
//! # What this module does not know
//!
//! How a piece is parsed. Parsing runs on the caller's rayon pool: its threads must not wait for this source.

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::AtomicU64},
};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::SchemaRef;
use rayon::prelude::*;

use super::{
    error::SourceError,
    input::InputFile,
    limits::MAX_BATCH_ROWS,
    partitions::Partitions,
    pieces::{Piece, Pieces},
    source::Source,
};
use crate::dataset::receipt::{SourceFile, SourceReceipt};

/// The rows of a piece.
pub(super) struct Parsed {
    pub(super) columns: Vec<ArrayRef>,
    pub(super) lines: u64,
    pub(super) rows: usize,
}

/// Where in a file and in the dataset a fault stands.
pub(super) struct Place<'a> {
    /// Line in the file, from 1.
    pub(super) line: u64,
    /// The file.
    pub(super) input: &'a InputFile,
    /// Row in the dataset, from 0.
    pub(super) row: u64,
}

/// A parser of pieces.
pub(super) trait PieceParser: Send + Sync {
    /// What can be wrong, with lines and rows counted from the piece's beginning.
    type Fault: Send;

    /// Parses whole records.
    fn parse(&self, piece: &Piece) -> Result<Parsed, Self::Fault>;

    /// The error for a fault, given where its piece begins.
    fn explain(&self, fault: Self::Fault, piece: &Place<'_>) -> SourceError;
}

/// A dataset of text files.
pub(super) struct TextSource<P: PieceParser> {
    // INVARIANT: true only after the last row of the last file was given out and no error was.
    ended: bool,
    failed: Option<SourceError>,
    files: Arc<[InputFile]>,
    line: u64,
    parser: P,
    partitions: Partitions,
    pending: Vec<Piece>,
    pieces: Pieces,
    ready: VecDeque<RecordBatch>,
    rows: u64,
    rows_per_file: Vec<u64>,
}

impl<P: PieceParser> TextSource<P> {
    pub(super) fn new(files: Arc<[InputFile]>, parser: P, partitions: Partitions, pieces: Pieces) -> Self {
        let rows_per_file = vec![0; files.len()];
        Self {
            ended: false,
            failed: None,
            files,
            line: 1,
            parser,
            partitions,
            pending: Vec::new(),
            pieces,
            ready: VecDeque::new(),
            rows: 0,
            rows_per_file,
        }
    }

    /// Parses the pieces at hand while the next ones are read.
    fn advance(&mut self) -> bool {
        let pending = std::mem::take(&mut self.pending);
        let (pieces, parser, failed) = (&mut self.pieces, &self.parser, &mut self.failed);
        let (next, parsed) = rayon::join(
            || read_ahead(pieces, failed),
            || pending.par_iter().map(|piece| parser.parse(piece)).collect::<Vec<_>>(),
        );
        let more = !next.is_empty();
        self.pending = next;
        for (piece, outcome) in pending.iter().zip(parsed) {
            if let Err(error) = self.accept(piece, outcome) {
                // Rows before the fault are still given out, and nothing behind it.
                self.pending.clear();
                self.failed = Some(error);
                break;
            }
        }
        more || !pending.is_empty()
    }

    fn accept(&mut self, piece: &Piece, outcome: Result<Parsed, P::Fault>) -> Result<(), SourceError> {
        let Some(input) = self.files.get(piece.file) else { return Ok(()) };
        if piece.first {
            self.line = 1;
        }
        let place = Place { line: self.line, input, row: self.rows };
        let parsed = outcome.map_err(|fault| self.parser.explain(fault, &place))?;
        self.line += parsed.lines;
        self.rows += parsed.rows as u64;
        if let Some(rows) = self.rows_per_file.get_mut(piece.file) {
            *rows += parsed.rows as u64;
        }
        if parsed.rows > 0 {
            let batch = self.partitions.append(parsed.columns, parsed.rows, input)?;
            self.ready.extend(cut(&batch));
        }
        Ok(())
    }
}

impl<P: PieceParser> Source for TextSource<P> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.partitions.schema())
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, SourceError> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Ok(Some(batch));
            }
            if self.pending.is_empty()
                && let Some(error) = self.failed.take()
            {
                self.failed = Some(SourceError::Unfinished);
                return Err(error);
            }
            if !self.advance() && self.failed.is_none() {
                self.ended = true;
                return Ok(None);
            }
        }
    }

    fn finish(self: Box<Self>) -> Result<SourceReceipt, SourceError> {
        if !self.ended {
            return Err(SourceError::Unfinished);
        }
        let digests = self.pieces.finish()?;
        let files = self.files.iter().zip(digests).zip(self.rows_per_file);
        Ok(SourceReceipt::new(
            files
                .map(|((input, (digest, bytes)), rows)| SourceFile::new(input.path.clone(), bytes, digest, rows))
                .collect(),
        ))
    }

    fn bytes_total(&self) -> u64 {
        self.files.iter().map(InputFile::bytes).sum()
    }

    fn bytes_read(&self) -> Arc<AtomicU64> {
        self.pieces.progress()
    }

    fn file_count(&self) -> usize {
        self.files.len()
    }
}

/// Reads one piece for every thread; an error waits until the rows before it were given out.
fn read_ahead(pieces: &mut Pieces, failed: &mut Option<SourceError>) -> Vec<Piece> {
    let mut read = Vec::new();
    while failed.is_none() && read.len() < rayon::current_num_threads() {
        match pieces.next() {
            Ok(Some(piece)) => read.push(piece),
            Ok(None) => break,
            Err(error) => *failed = Some(error),
        }
    }
    read
}

/// Views of a batch that have no more rows than a batch may have.
pub(super) fn cut(batch: &RecordBatch) -> Vec<RecordBatch> {
    (0..batch.num_rows())
        .step_by(MAX_BATCH_ROWS)
        .map(|start| batch.slice(start, MAX_BATCH_ROWS.min(batch.num_rows() - start)))
        .collect()
}
