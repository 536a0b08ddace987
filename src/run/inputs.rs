//! From the words of a policy's `read` to the options of a source.
//!
//! # Promises
//!
//! - A column under a transform that works on characters is read as text unless the policy types it: leading zeros survive.
//!
//! # What this module does not know
//!
//! How a file is read.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use crate::{
    names::Segment,
    policy::{self, DatasetPolicy, Policy, TransformSpec},
    source::{self, SourceSpec},
};

/// The folder of the policy's file.
pub(super) fn folder_of(policy: &Policy) -> PathBuf {
    if policy.base().as_os_str().is_empty() { PathBuf::from(".") } else { policy.base().to_owned() }
}

/// Where and how a dataset is read.
pub(super) fn source_spec(policy: &Policy, dataset: &DatasetPolicy) -> SourceSpec {
    SourceSpec {
        location: dataset.source.value.resolved().to_owned(),
        base: policy.base().to_owned(),
        options: read_options(dataset),
        shown: dataset.source.value.written().to_owned(),
    }
}

fn read_options(dataset: &DatasetPolicy) -> source::ReadOptions {
    let read = &dataset.read;
    let mut null_values = vec![String::new()];
    null_values.extend(read.null_values.iter().cloned());
    source::ReadOptions {
        compression: read.compression.map(|compression| match compression {
            policy::Compression::Gzip => source::Compression::Gzip,
            policy::Compression::None => source::Compression::None,
        }),
        delimiter: read.delimiter,
        encoding: read.encoding.map(|encoding| encoding.word().to_owned()),
        format: read.format.map(|format| match format {
            policy::FileFormat::Csv => source::FileFormat::Csv,
            policy::FileFormat::Ipc => source::FileFormat::Ipc,
            policy::FileFormat::Ndjson => source::FileFormat::Ndjson,
            policy::FileFormat::Parquet => source::FileFormat::Parquet,
        }),
        header: read.header.unwrap_or(true),
        names: read.names.clone(),
        null_values,
        quote: match read.quote {
            None => Some(b'"'),
            Some(policy::Quote::Byte(byte)) => Some(byte),
            Some(policy::Quote::Never) => None,
        },
        text_columns: text_columns(dataset),
        types: types(read),
    }
}

/// Columns whose cells are strings of characters to their transform.
fn text_columns(dataset: &DatasetPolicy) -> BTreeSet<String> {
    let texts = dataset.columns.iter().filter(|rule| match &rule.transform.value {
        TransformSpec::Coarsen(coarsen) => *coarsen == policy::CoarsenSpec::Zip3,
        TransformSpec::Drop | TransformSpec::Keep => false,
        _ => true,
    });
    texts
        .filter_map(|rule| match rule.path.value.segments() {
            [Segment::Field(name)] => Some(name.clone()),
            _ => None,
        })
        .collect()
}

fn types(read: &policy::ReadOptions) -> BTreeMap<String, source::ColumnType> {
    let typed = read.types.iter().map(|(path, column_type)| {
        let column_type = match *column_type {
            policy::ColumnType::Bool => source::ColumnType::Bool,
            policy::ColumnType::Date => source::ColumnType::Date,
            policy::ColumnType::Decimal { precision, scale } => {
                // INVARIANT: a decimal of the policy has a scale of at most 38.
                source::ColumnType::Decimal { precision, scale: i8::try_from(scale).unwrap_or(i8::MAX) }
            }
            policy::ColumnType::Float64 => source::ColumnType::Float64,
            policy::ColumnType::Int32 => source::ColumnType::Int32,
            policy::ColumnType::Int64 => source::ColumnType::Int64,
            policy::ColumnType::Text => source::ColumnType::Text,
            policy::ColumnType::Timestamp => source::ColumnType::Timestamp,
        };
        (path.value.to_string(), column_type)
    });
    typed.collect()
}
