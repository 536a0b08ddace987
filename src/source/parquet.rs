//! Parquet files.
//!
//! # Promises
//!
//! - All footers are read before the first row, and all files agree.
//! - A batch that is too large when it is decoded makes the following ones smaller.
//! - A file gives as many rows as its footer says, or an error.
//!
//! # What this module does not know
//!
//! What the columns are for.

use std::{
    io::{Read, Seek, SeekFrom},
    sync::Arc,
};

use arrow_schema::{DataType, Field, Schema};
use parquet::{
    arrow::arrow_reader::{
        ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    },
    errors::ParquetError,
};
use rayon::prelude::*;

use super::{
    columnar::{Batches, ColumnarSource, agreed, corrupt, guarded},
    error::SourceError,
    input::InputFile,
    limits::{BATCH_BYTES, MAX_BATCH_ROWS, MAX_RECORD},
    options::{FileFormat, ReadOptions},
    partitions::Partitions,
    plain::plain_type,
    source::Source,
};

const FORMAT: FileFormat = FileFormat::Parquet;
/// Last bytes of a file whose footer is encrypted.
const ENCRYPTED_MAGIC: &[u8] = b"PARE";
/// Bytes of a decoded batch beyond which the following ones have half as many rows.
const MAX_BATCH_BYTES: usize = 256 << 20;
/// Rows of a batch that is never made smaller.
const FEW_ROWS: usize = 64;

/// Opens Parquet files as one dataset.
pub(super) fn open(files: Arc<[InputFile]>, options: &ReadOptions) -> Result<Box<dyn Source>, SourceError> {
    let footers: Vec<ArrowReaderMetadata> =
        files.par_iter().map(|input| guarded(FORMAT, input, || footer(input))).collect::<Result<_, _>>()?;
    let schemas: Vec<_> = footers.iter().map(|footer| Arc::clone(footer.schema())).collect();
    let own = agreed(&schemas, &files)?;
    let partitions = Partitions::new(&files, &Schema::new(own.clone()), options)?;
    let opener = move |index: usize, input: &InputFile| match footers.get(index) {
        Some(footer) => batches(footer, input),
        None => Err(corrupt(FORMAT, input)),
    };
    Ok(Box::new(ColumnarSource::new(files, FORMAT, Box::new(opener), own, partitions)))
}

fn footer(input: &InputFile) -> Result<ArrowReaderMetadata, SourceError> {
    let mut file = input.open()?;
    if input.bytes() == 0 {
        return Err(SourceError::Empty { path: input.shown.clone() });
    }
    let mut tail = [0; 4];
    if input.bytes() >= 12 {
        file.seek(SeekFrom::End(-4)).map_err(|source| input.io(source))?;
        file.read_exact(&mut tail).map_err(|source| input.io(source))?;
    }
    if tail == ENCRYPTED_MAGIC {
        return Err(SourceError::Encrypted { path: input.shown.clone() });
    }
    let footer = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| refusal(&error, input))?;
    // The decoder would believe the smaller of the two and lose rows in silence.
    let grouped: i64 = footer.metadata().row_groups().iter().map(|group| group.num_rows().max(0)).sum();
    if grouped != footer.metadata().file_metadata().num_rows() {
        return Err(corrupt(FORMAT, input));
    }
    Ok(widened(footer))
}

/// The footer under which dictionaries are decoded with keys wide enough for several row groups.
fn widened(footer: ArrowReaderMetadata) -> ArrowReaderMetadata {
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Dictionary(..) => Field::clone(field).with_data_type(plain_type(field.data_type())),
        _ => Field::clone(field),
    };
    let fields: Vec<Field> = footer.schema().fields().iter().map(field).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, footer.schema().metadata().clone()));
    if schema == *footer.schema() {
        return footer;
    }
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(Arc::clone(footer.metadata()), options).unwrap_or(footer)
}

/// What a refusal of the decoder means. Its text may quote the file and goes no further.
fn refusal(error: &ParquetError, input: &InputFile) -> SourceError {
    let path = input.shown.clone();
    match error {
        ParquetError::External(inner) => match inner.downcast_ref::<std::io::Error>().map(std::io::Error::raw_os_error)
        {
            Some(Some(code)) => input.io(std::io::Error::from_raw_os_error(code)),
            _ => corrupt(FORMAT, input),
        },
        ParquetError::General(text) | ParquetError::NYI(text) if text.contains("ncrypt") => {
            SourceError::Encrypted { path }
        }
        ParquetError::NYI(_) => SourceError::UnsupportedFeature { path },
        _ => corrupt(FORMAT, input),
    }
}

fn batches(footer: &ArrowReaderMetadata, input: &InputFile) -> Result<Batches, SourceError> {
    let expected = u64::try_from(footer.metadata().file_metadata().num_rows()).map_err(|_| corrupt(FORMAT, input))?;
    let mut batch_rows = batch_rows(footer, input)?;
    let mut reader = reader(footer, input, 0, batch_rows)?;
    let (footer, input) = (footer.clone(), input.clone());
    let mut rows = 0;
    Ok(Box::new(move || {
        loop {
            match reader.next() {
                Some(Ok(batch)) => {
                    rows += batch.num_rows();
                    if batch.get_array_memory_size() > MAX_BATCH_BYTES && batch_rows > FEW_ROWS {
                        batch_rows /= 2;
                        reader = self::reader(&footer, &input, rows, batch_rows)?;
                    }
                    return Ok(Some(batch));
                }
                // Text of a batch that is longer than the offsets of its column can say.
                Some(Err(error)) if batch_rows > FEW_ROWS && error.to_string().contains("overflow") => {
                    batch_rows = (batch_rows / 8).max(FEW_ROWS);
                    reader = self::reader(&footer, &input, rows, batch_rows)?;
                }
                None if rows as u64 == expected => return Ok(None),
                Some(Err(_)) | None => return Err(corrupt(FORMAT, &input)),
            }
        }
    }))
}

/// Reads on from a row of the file, in batches of so many rows.
fn reader(
    footer: &ArrowReaderMetadata,
    input: &InputFile,
    from: usize,
    batch_rows: usize,
) -> Result<ParquetRecordBatchReader, SourceError> {
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(input.open()?, footer.clone());
    let builder = builder.with_batch_size(batch_rows);
    let builder = if from > 0 { builder.with_offset(from) } else { builder };
    builder.build().map_err(|error| refusal(&error, input))
}

/// Rows of a batch, so that a batch of average rows stays within [`BATCH_BYTES`].
fn batch_rows(footer: &ArrowReaderMetadata, input: &InputFile) -> Result<usize, SourceError> {
    let widest = footer.metadata().row_groups().iter().map(|group| {
        let rows = u64::try_from(group.num_rows()).unwrap_or(0).max(1);
        // The text behind the keys of dictionaries counts as often as it is decoded, where the writer says how much it is.
        let text = group.columns().iter().filter_map(|column| column.unencoded_byte_array_data_bytes());
        let text: u64 = text.map(|bytes| u64::try_from(bytes).unwrap_or(0)).sum();
        u64::try_from(group.total_byte_size()).unwrap_or(0).max(text) / rows
    });
    let bytes = usize::try_from(widest.max().unwrap_or(0)).unwrap_or(usize::MAX).max(1);
    if bytes > MAX_RECORD {
        return Err(SourceError::TooLarge {
            limit: MAX_RECORD,
            path: input.shown.clone(),
            what: "rows of an average size",
        });
    }
    Ok((BATCH_BYTES / bytes).clamp(1, MAX_BATCH_ROWS))
}
