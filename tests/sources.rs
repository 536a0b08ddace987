//! Reading: real files of every format, and what bad input gets.
//!
//! Real data stand beside the project or where `COUNTERFOIL_TEST_DATA` says; tests that need them say loudly when they
//! are missing.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow_array::{Array, ArrayRef, RecordBatch, cast::AsArray};
use arrow_schema::{DataType, TimeUnit};
use counterfoil::{
    dataset::SourceReceipt,
    source::{ColumnType, FileFormat, ReadOptions, Source, SourceError, SourceSpec, open},
};

#[path = "sources/bad.rs"]
mod bad;
#[path = "sources/columnar.rs"]
mod columnar;
#[path = "sources/edge.rs"]
mod edge;
#[path = "sources/real.rs"]
mod real;
#[path = "sources/shown.rs"]
mod shown;
#[path = "sources/small.rs"]
mod small;

/// Everything that a source gave.
struct Read {
    batches: Vec<RecordBatch>,
    receipt: SourceReceipt,
    schema: arrow_schema::SchemaRef,
}

impl Read {
    fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn column(&self, name: &str) -> Vec<Option<String>> {
        let column = |batch: &RecordBatch| texts(batch.column_by_name(name).unwrap());
        self.batches.iter().flat_map(column).collect()
    }

    fn data_type(&self, name: &str) -> DataType {
        self.schema.field_with_name(name).unwrap().data_type().clone()
    }
}

/// Cells as text, as Arrow prints them.
fn texts(column: &ArrayRef) -> Vec<Option<String>> {
    let text = arrow_cast::cast(column, &DataType::Utf8).unwrap();
    text.as_string::<i32>().iter().map(|cell| cell.map(str::to_owned)).collect()
}

fn read_all(mut source: Box<dyn Source>) -> Result<Read, SourceError> {
    let schema = source.schema();
    let mut batches = Vec::new();
    while let Some(batch) = source.next_batch()? {
        assert!(batch.num_rows() > 0 && batch.num_rows() <= 65_536);
        assert_eq!(batch.schema(), schema);
        batches.push(batch);
    }
    let receipt = source.finish()?;
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(receipt.rows(), rows as u64);
    Ok(Read { batches, receipt, schema })
}

fn read(base: &Path, location: &str, options: ReadOptions) -> Result<Read, SourceError> {
    read_all(open(&spec(base, location, options))?)
}

fn spec(base: &Path, location: &str, options: ReadOptions) -> SourceSpec {
    SourceSpec { location: location.to_owned(), base: base.to_owned(), options, shown: location.to_owned() }
}

fn plain() -> ReadOptions {
    ReadOptions::default()
}

fn all_text(columns: &[&str]) -> ReadOptions {
    ReadOptions { text_columns: columns.iter().map(|&name| name.to_owned()).collect(), ..plain() }
}

fn typed(types: &[(&str, ColumnType)]) -> ReadOptions {
    ReadOptions { types: types.iter().map(|&(name, told)| (name.to_owned(), told)).collect(), ..plain() }
}

/// The shared data, or a loud word that a test did nothing.
fn data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("COUNTERFOIL_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    let mut stderr = std::io::stderr();
    writeln!(stderr, "\nSKIPPED {test}: no test data at {}; set COUNTERFOIL_TEST_DATA\n", folder.display()).unwrap();
    None
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The stable code of an error.
fn code(error: &SourceError) -> String {
    miette::Diagnostic::code(error).unwrap().to_string()
}

/// Error, code and help, as a person sees them.
fn rendered(error: &SourceError) -> String {
    let help = miette::Diagnostic::help(error).map(|help| help.to_string()).unwrap_or_default();
    format!("{error}\n{help}\n{error:?}")
}
