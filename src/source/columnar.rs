//! What the columnar formats share: one schema over all files, batches without metadata, digests by a pass of their own.
//!
//! # Promises
//!
//! - Metadata of files, schemas and fields is taken off: it may hold anything, statistics of raw cells included.
//! - A panic of a decoder on a hostile file is an error like any other.
//! - The receipt's digests are of the files that were decoded: a change between the two passes is an error.
//!
//! # What this module does not know
//!
//! How a file is decoded.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arrow_array::{Array, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};

use super::{
    error::SourceError,
    input::{DigestThread, InputFile},
    limits::MAX_COLUMNS,
    options::FileFormat,
    partitions::Partitions,
    plain::{conform, merged, plain_field, width},
    source::Source,
    text_source::cut,
};
use crate::dataset::{
    receipt::{SourceFile, SourceReceipt},
    type_name,
};

/// Gives the batches of one file, `None` at its end.
pub(super) type Batches = Box<dyn FnMut() -> Result<Option<RecordBatch>, SourceError> + Send>;

/// Makes ready to decode the file of this number.
pub(super) type Opener = Box<dyn Fn(usize, &InputFile) -> Result<Batches, SourceError> + Send>;

/// A dataset of Parquet or IPC files.
pub(super) struct ColumnarSource {
    current: Option<Batches>,
    digests: Option<DigestThread>,
    // INVARIANT: true only after the last batch of the last file was given out and no error was.
    ended: bool,
    failed: bool,
    files: Arc<[InputFile]>,
    format: FileFormat,
    opener: Opener,
    own: Vec<Field>,
    partitions: Partitions,
    progress: Arc<AtomicU64>,
    ready: VecDeque<RecordBatch>,
    rows_per_file: Vec<u64>,
}

impl ColumnarSource {
    pub(super) fn new(
        files: Arc<[InputFile]>,
        format: FileFormat,
        opener: Opener,
        own: Vec<Field>,
        partitions: Partitions,
    ) -> Self {
        Self {
            current: None,
            digests: None,
            ended: false,
            failed: false,
            files,
            format,
            opener,
            own,
            partitions,
            progress: Arc::default(),
            ready: VecDeque::new(),
            rows_per_file: Vec::new(),
        }
    }

    /// Decodes until a batch is ready or the last file ends.
    fn advance(&mut self) -> Result<bool, SourceError> {
        let files = Arc::clone(&self.files);
        let Some(input) = files.get(self.rows_per_file.len().saturating_sub(usize::from(self.current.is_some())))
        else {
            return Ok(false);
        };
        let batches = match &mut self.current {
            Some(batches) => batches,
            None => {
                let batches = guarded(self.format, input, || (self.opener)(self.rows_per_file.len(), input))?;
                self.rows_per_file.push(0);
                self.current.insert(batches)
            }
        };
        match guarded(self.format, input, batches)? {
            Some(batch) => {
                let columns = conform_all(&batch, &self.own, input)?;
                if let Some(rows) = self.rows_per_file.last_mut() {
                    *rows += batch.num_rows() as u64;
                }
                self.ready.extend(cut(&self.partitions.append(columns, batch.num_rows(), input)?));
            }
            None => {
                self.current = None;
                self.progress.fetch_add(input.bytes(), Ordering::Relaxed);
            }
        }
        Ok(true)
    }
}

fn conform_all(
    batch: &RecordBatch,
    fields: &[Field],
    input: &InputFile,
) -> Result<Vec<arrow_array::ArrayRef>, SourceError> {
    let path = || input.shown.clone();
    if batch.num_columns() != fields.len() {
        return Err(SourceError::Changed { path: path() });
    }
    let conformed = batch.columns().iter().zip(fields).map(|(column, field)| {
        let retyped = || SourceError::RetypedColumn { column: field.name().clone(), path: path() };
        let column = conform(column, field.data_type()).ok_or_else(retyped)?;
        if column.null_count() > 0 && !field.is_nullable() {
            return Err(retyped());
        }
        Ok(column)
    });
    conformed.collect()
}

impl Source for ColumnarSource {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.partitions.schema())
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, SourceError> {
        if self.failed {
            return Err(SourceError::Unfinished);
        }
        self.digests.get_or_insert_with(|| DigestThread::start(Arc::clone(&self.files)));
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Ok(Some(batch));
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) => {
                    self.ended = true;
                    return Ok(None);
                }
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
            }
        }
    }

    fn finish(mut self: Box<Self>) -> Result<SourceReceipt, SourceError> {
        let digests = match self.digests.take() {
            Some(thread) if self.ended => thread.finish()?,
            other => {
                self.digests = other;
                return Err(SourceError::Unfinished);
            }
        };
        self.files.iter().try_for_each(InputFile::check)?;
        let files = self.files.iter().zip(digests).zip(&self.rows_per_file);
        let files =
            files.map(|((input, digest), rows)| SourceFile::new(input.path.clone(), input.bytes(), digest, *rows));
        Ok(SourceReceipt::new(files.collect()))
    }

    fn bytes_total(&self) -> u64 {
        self.files.iter().map(InputFile::bytes).sum()
    }

    fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.progress)
    }

    fn file_count(&self) -> usize {
        self.files.len()
    }
}

impl Drop for ColumnarSource {
    fn drop(&mut self) {
        if let Some(thread) = &self.digests {
            thread.abandon();
        }
    }
}

/// The one schema of files with these schemas: names, order and types must agree, nullable anywhere is nullable.
pub(super) fn agreed(schemas: &[SchemaRef], files: &[InputFile]) -> Result<Vec<Field>, SourceError> {
    let mut agreed: Option<Vec<Field>> = None;
    for (schema, input) in schemas.iter().zip(files) {
        let fields = own_fields(schema, input)?;
        agreed = Some(match agreed {
            None => fields,
            Some(known) => merge(known, &fields, input)?,
        });
    }
    Ok(agreed.unwrap_or_default())
}

fn own_fields(schema: &Schema, input: &InputFile) -> Result<Vec<Field>, SourceError> {
    let path = || input.shown.clone();
    let mut fields: Vec<Field> = Vec::new();
    let mut columns = 0;
    let mut names = std::collections::HashMap::new();
    for (place, field) in (1..).zip(schema.fields()) {
        let field = plain_field(field);
        columns += width(field.data_type());
        if columns > MAX_COLUMNS {
            return Err(SourceError::TooLarge { limit: MAX_COLUMNS, path: path(), what: "a number of columns" });
        }
        if let Some(first) = names.insert(field.name().clone(), place) {
            return Err(SourceError::DuplicateColumn { first, path: path(), second: place });
        }
        if type_name(field.data_type()).is_none() {
            let type_name = field.data_type().to_string();
            return Err(SourceError::UnsupportedType { column: field.name().clone(), path: path(), type_name });
        }
        fields.push(field);
    }
    Ok(fields)
}

fn merge(known: Vec<Field>, fields: &[Field], input: &InputFile) -> Result<Vec<Field>, SourceError> {
    let path = || input.shown.clone();
    let has = |fields: &[Field], name: &str| fields.iter().any(|field| field.name() == name);
    if let Some(missing) = known.iter().find(|field| !has(fields, field.name())) {
        return Err(SourceError::MissingColumn { column: format!("the column `{}`", missing.name()), path: path() });
    }
    if let Some(extra) = fields.iter().position(|field| !has(&known, field.name())) {
        return Err(SourceError::UnknownColumn { column: extra + 1, path: path() });
    }
    let merged = known.into_iter().zip(fields).map(|(known, field)| {
        let column = field.name().clone();
        if known.name() != field.name() {
            return Err(SourceError::Order { column: format!("the column `{}`", known.name()), path: path() });
        }
        merged(&known, field).ok_or_else(|| SourceError::RetypedColumn { column, path: path() })
    });
    merged.collect()
}

/// Runs a step of a decoder; a panic in it says that the file is damaged.
pub(super) fn guarded<T>(
    format: FileFormat,
    input: &InputFile,
    step: impl FnOnce() -> Result<T, SourceError>,
) -> Result<T, SourceError> {
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| Err(corrupt(format, input)))
}

/// The refusal of a file that its decoder refuses.
pub(super) fn corrupt(format: FileFormat, input: &InputFile) -> SourceError {
    SourceError::Corrupt { format, path: input.shown.clone() }
}
