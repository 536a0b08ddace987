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
    options::{ColumnType, Compression, FileFormat, ReadOptions},
    parquet,
    source::{Source, SourceSpec},
};

/// Finds the files of a dataset, settles their schema, and makes ready to read them.
///
/// Nothing but names, headers, footers and the beginnings of files is read before the first batch is asked for.
pub fn open(spec: &SourceSpec) -> Result<Box<dyn Source>, SourceError> {
    check_types(&spec.options)?;
    let (files, format) = discover(spec)?;
    check_use(&spec.options, format)?;
    let files = Arc::from(files);
    match format {
        FileFormat::Csv => csv::open(files, &spec.options),
        FileFormat::Ndjson => json::open(files, &spec.options),
        FileFormat::Parquet => parquet::open(files, &spec.options),
        FileFormat::Ipc => ipc::open(files, &spec.options),
    }
}

/// Refuses options that the format has no use for: whoever wrote them expects something of them.
fn check_use(options: &ReadOptions, format: FileFormat) -> Result<(), SourceError> {
    let csv = format == FileFormat::Csv;
    let text = csv || format == FileFormat::Ndjson;
    let idle = [
        (!csv && options.delimiter.is_some(), "delimiter"),
        (!csv && !options.header, "header"),
        (!csv && options.names.is_some(), "names"),
        (!csv && options.null_values.iter().any(|value| !value.is_empty()), "null_values"),
        (!csv && options.quote != Some(b'"'), "quote"),
        (!text && options.compression == Some(Compression::Gzip), "compression"),
        (!text && options.encoding.is_some(), "encoding"),
    ];
    match idle.into_iter().find(|(idle, _)| *idle) {
        Some((_, option)) => {
            Err(SourceError::BadOptions { reason: format!("`{option}` means nothing where the files are `{format}`") })
        }
        None => Ok(()),
    }
}

/// Refuses decimals that no column can have.
fn check_types(options: &ReadOptions) -> Result<(), SourceError> {
    let impossible = |told: &ColumnType| match *told {
        ColumnType::Decimal { precision, scale } => {
            !(1..=38).contains(&precision) || !u8::try_from(scale).is_ok_and(|scale| scale <= precision)
        }
        _ => false,
    };
    match options.types.iter().find(|(_, told)| impossible(told)) {
        Some((column, told)) => {
            let reason =
                format!("`{column}` cannot be `{told}`: at most 38 digits, and at most as many after the point");
            Err(SourceError::BadOptions { reason })
        }
        None => Ok(()),
    }
}
