//! Parquet part files: columns encoded on all cores, row groups appended in order, bytes hashed on their way out.
//!
//! # Promises
//!
//! - Bytes depend on the rows, the schema, the footer and this crate's version: not on threads, clock or machine.
//! - A protected column has no statistics, no bloom filter and no page index: nothing of it stands outside its pages.
//! - The footer carries only what [`Footer`] names.
//!
//! # What this module does not know
//!
//! Why a column is protected, and where the file will finally stand.
//!
//! SPEC: engine facts: a dictionary gains nothing for a column whose values hardly repeat, and costs an eighth of the run.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema, SchemaRef};
use counterfoil_crypto::digest::{Digest, Sha256};
use parquet::{
    arrow::{
        ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata,
        arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves},
    },
    basic::{Compression, ZstdLevel},
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties, WriterVersion},
        writer::SerializedFileWriter,
    },
};
use rayon::prelude::*;

use super::error::SinkError;
use crate::{dataset::receipt::SinkFile, transform::Sanitized};

/// Rows of every row group but the last of a dataset.
pub const ROWS_PER_GROUP: usize = 131_072;

/// zstd level of every page: tokens do not compress, so a higher one buys little and costs a quarter of the run.
const ZSTD_LEVEL: i32 = 1;
/// Rows looked at to decide whether a column's values repeat.
const DICTIONARY_PROBE_ROWS: usize = 8_192;

/// What stands in the footer's key-value metadata: values fixed by input, policy, key versions and tool.
#[derive(Clone, Debug)]
pub struct Footer {
    /// Key and value, in the order in which they are written.
    pub entries: Vec<(String, String)>,
}

/// How the columns of one dataset are encoded; decided from its first row group.
#[derive(Debug)]
pub struct Encoder {
    schema: SchemaRef,
    properties: Arc<WriterProperties>,
    factory: ArrowRowGroupWriterFactory,
    leaves: Vec<usize>,
}

/// One row group, encoded and compressed, not yet in a file.
pub struct EncodedGroup {
    chunks: Vec<ArrowColumnChunk>,
    rows: usize,
}

impl std::fmt::Debug for EncodedGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EncodedGroup").field("columns", &self.chunks.len()).field("rows", &self.rows).finish()
    }
}

impl Encoder {
    /// Decides the encoding of a dataset whose first row group is `first`.
    ///
    /// `protected` says for every leaf, in schema order, whether it was transformed.
    pub fn new(schema: SchemaRef, protected: &[bool], footer: &Footer, first: &[Sanitized]) -> Result<Self, SinkError> {
        let refused = |_| SinkError::Encode { file: "data".to_owned() };
        let descriptor = ArrowSchemaConverter::new().convert(&schema).map_err(refused)?;
        let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(refused)?;
        let mut builder = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_created_by(concat!("counterfoil ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_key_value_metadata(Some(
                footer.entries.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect(),
            ));
        let repeats = leaf_repetition(&schema, first);
        for (index, column) in descriptor.columns().iter().enumerate() {
            let path = column.path().clone();
            if protected.get(index).copied().unwrap_or(true) {
                builder = builder.set_column_statistics_enabled(path.clone(), EnabledStatistics::None);
            }
            if !repeats.get(index).copied().unwrap_or(true) {
                builder = builder.set_column_dictionary_enabled(path, false);
            }
        }
        let mut properties = builder.build();
        add_encoded_arrow_schema_to_metadata(&schema, &mut properties);
        let properties = Arc::new(properties);
        let probe = SerializedFileWriter::new(std::io::sink(), descriptor.root_schema_ptr(), Arc::clone(&properties))
            .map_err(refused)?;
        let factory = ArrowRowGroupWriterFactory::new(&probe, Arc::clone(&schema));
        let leaves = schema.fields().iter().map(|field| count_leaves(field.data_type())).collect();
        Ok(Self { schema, properties, factory, leaves })
    }

    /// The schema that is written.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Encodes one row group, its columns in parallel on the current thread pool.
    pub fn encode(&self, batches: &[Sanitized]) -> Result<EncodedGroup, SinkError> {
        let refused = |_| SinkError::Encode { file: "data".to_owned() };
        let mut writers = self.factory.create_column_writers(0).map_err(refused)?.into_iter();
        let columns: Vec<Vec<ArrowColumnWriter>> =
            self.leaves.iter().map(|count| writers.by_ref().take(*count).collect()).collect();
        let chunks: Vec<Vec<ArrowColumnChunk>> = columns
            .into_par_iter()
            .enumerate()
            .map(|(index, writers)| self.encode_column(index, writers, batches))
            .collect::<Result<_, SinkError>>()?;
        let rows = batches.iter().map(Sanitized::rows).sum();
        Ok(EncodedGroup { chunks: chunks.into_iter().flatten().collect(), rows })
    }

    fn encode_column(
        &self,
        index: usize,
        mut writers: Vec<ArrowColumnWriter>,
        batches: &[Sanitized],
    ) -> Result<Vec<ArrowColumnChunk>, SinkError> {
        let refused = |_| SinkError::Encode { file: "data".to_owned() };
        let field = self.schema.fields().get(index).ok_or_else(|| SinkError::Encode { file: "data".to_owned() })?;
        for batch in batches {
            let column = batch.batch().column(index);
            let leaves = compute_leaves(field, column).map_err(refused)?;
            for (writer, leaf) in writers.iter_mut().zip(&leaves) {
                writer.write(leaf).map_err(refused)?;
            }
        }
        writers.into_iter().map(|writer| writer.close().map_err(refused)).collect()
    }
}

/// One part file being written.
pub struct PartWriter {
    failure: Failure,
    writer: SerializedFileWriter<HashingFile>,
    relative: String,
    path: PathBuf,
    rows: u64,
    row_groups: u64,
}

impl std::fmt::Debug for PartWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartWriter").field("file", &self.relative).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl PartWriter {
    /// Makes `data/part-NNNNN.parquet` below the staging folder.
    pub fn create(staging: &Path, number: usize, encoder: &Encoder) -> Result<Self, SinkError> {
        let relative = format!("data/part-{number:05}.parquet");
        let path = staging.join(&relative);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(SinkError::io("make the folder", folder))?;
        }
        let failure = Failure::default();
        let file = File::create_new(&path).map_err(SinkError::io("make", &path))?;
        let sink = HashingFile {
            file: BufWriter::with_capacity(1 << 20, file),
            hash: Sha256::new(),
            bytes: 0,
            failure: Arc::clone(&failure),
        };
        let root = encoder.factory_root().map_err(|()| SinkError::Encode { file: relative.clone() })?;
        let writer = SerializedFileWriter::new(sink, root, Arc::clone(&encoder.properties))
            .map_err(|_| SinkError::Encode { file: relative.clone() })?;
        Ok(Self { failure, writer, relative, path, rows: 0, row_groups: 0 })
    }

    /// Appends an encoded row group.
    pub fn append(&mut self, group: EncodedGroup) -> Result<(), SinkError> {
        let rows = group.rows as u64;
        if self.try_append(group).is_err() {
            return Err(refusal(&self.failure, "write", &self.path, &self.relative));
        }
        self.rows += rows;
        self.row_groups += 1;
        Ok(())
    }

    fn try_append(&mut self, group: EncodedGroup) -> parquet::errors::Result<()> {
        let mut row_group = self.writer.next_row_group()?;
        for chunk in group.chunks {
            chunk.append_to_row_group(&mut row_group)?;
        }
        row_group.close().map(|_| ())
    }

    /// Writes the footer, syncs the file, and vouches for what was written.
    pub fn finish(self) -> Result<SinkFile, SinkError> {
        let Self { failure, writer, relative, path, rows, row_groups } = self;
        let sink = writer.into_inner().map_err(|_| refusal(&failure, "write the footer of", &path, &relative))?;
        let (bytes, digest) = sink.finish().map_err(SinkError::io("sync", &path))?;
        Ok(SinkFile::new(relative, bytes, digest, rows, row_groups))
    }
}

impl Encoder {
    fn factory_root(&self) -> Result<parquet::schema::types::TypePtr, ()> {
        ArrowSchemaConverter::new().convert(&self.schema).map(|d| d.root_schema_ptr()).map_err(|_| ())
    }
}

/// Bytes go to the file and through SHA-256.
struct HashingFile {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
    failure: Failure,
}

/// The first failure of the system, kept beside the encoder, which wraps it away.
type Failure = Arc<Mutex<Option<std::io::Error>>>;

/// The system's own error where there was one; else the encoder's refusal.
fn refusal(failure: &Failure, action: &'static str, path: &Path, relative: &str) -> SinkError {
    match failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => SinkError::io(action, path)(error),
        None => SinkError::Encode { file: relative.to_owned() },
    }
}

impl HashingFile {
    fn finish(mut self) -> std::io::Result<(u64, Digest)> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok((self.bytes, self.hash.finalize()))
    }

    fn keep<T>(&self, outcome: std::io::Result<T>) -> std::io::Result<T> {
        outcome.inspect_err(|error| {
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| {
                match error.raw_os_error() {
                    Some(code) => std::io::Error::from_raw_os_error(code),
                    None => error.kind().into(),
                }
            });
        })
    }
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let outcome = self.file.write_all(bytes);
        self.keep(outcome)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let outcome = self.file.flush();
        self.keep(outcome)
    }
}

fn count_leaves(data_type: &DataType) -> usize {
    match data_type {
        DataType::Struct(fields) => fields.iter().map(|field| count_leaves(field.data_type())).sum(),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => count_leaves(item.data_type()),
        _ => 1,
    }
}

/// For every leaf: do its values repeat enough for a dictionary to pay? Nested leaves are taken to repeat.
fn leaf_repetition(schema: &Schema, first: &[Sanitized]) -> Vec<bool> {
    let mut answers = Vec::new();
    for (index, field) in schema.fields().iter().enumerate() {
        let leaves = count_leaves(field.data_type());
        let nested = leaves != 1 || field.data_type().is_nested();
        let repeats = nested || first.first().is_none_or(|batch| repeats(batch.batch(), index));
        answers.extend(std::iter::repeat_n(repeats, leaves));
    }
    answers
}

fn repeats(batch: &RecordBatch, index: usize) -> bool {
    let rows = batch.num_rows().min(DICTIONARY_PROBE_ROWS);
    let column: ArrayRef = batch.column(index).slice(0, rows);
    let filled = rows - column.null_count();
    if filled < 64 || matches!(column.data_type(), DataType::Dictionary(..) | DataType::Boolean) {
        return true;
    }
    let Ok(options) = arrow_row_hashes(&column) else { return true };
    let distinct = options.len();
    distinct * 2 < filled
}

/// Distinct non-null cells of a short column, by a keyless hash of their bytes: only a count leaves this function.
fn arrow_row_hashes(column: &ArrayRef) -> Result<std::collections::HashSet<u64>, ()> {
    use std::hash::{DefaultHasher, Hasher};
    let data = column.to_data();
    let width = column.data_type().primitive_width();
    let mut seen = std::collections::HashSet::new();
    for row in 0..column.len() {
        if column.is_null(row) {
            continue;
        }
        let mut hasher = DefaultHasher::new();
        match (width, column.data_type()) {
            (Some(width), _) => {
                let buffer = data.buffers().first().ok_or(())?.as_slice();
                let start = (data.offset() + row) * width;
                hasher.write(buffer.get(start..start + width).ok_or(())?);
            }
            (None, DataType::Utf8) => {
                hasher.write(arrow_array::cast::AsArray::as_string::<i32>(column).value(row).as_bytes())
            }
            (None, DataType::LargeUtf8) => {
                hasher.write(arrow_array::cast::AsArray::as_string::<i64>(column).value(row).as_bytes());
            }
            (None, DataType::Utf8View) => {
                hasher.write(arrow_array::cast::AsArray::as_string_view(column).value(row).as_bytes());
            }
            _ => return Err(()),
        }
        seen.insert(hasher.finish());
    }
    Ok(seen)
}
