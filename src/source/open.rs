//! Opens a dataset, whatever its format.
//!
//! # What this module does not know
//!
//! How any format is read.

use std::sync::Arc;

use super::{
    csv,
    discover::discover,
    error::SourceError,
    ipc, json,
    options::FileFormat,
    parquet,
    source::{Source, SourceSpec},
};

/// Finds the files of a dataset, settles their schema, and makes ready to read them.
///
/// Nothing but names, headers, footers and the beginnings of files is read before the first batch is asked for.
pub fn open(spec: &SourceSpec) -> Result<Box<dyn Source>, SourceError> {
    let (files, format) = discover(spec)?;
    let files = Arc::from(files);
    match format {
        FileFormat::Csv => csv::open(files, &spec.options),
        FileFormat::Ndjson => json::open(files, &spec.options),
        FileFormat::Parquet => parquet::open(files, &spec.options),
        FileFormat::Ipc => ipc::open(files, &spec.options),
    }
}
