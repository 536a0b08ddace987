//! Hive partitions: folders named `name=value` that are columns of the files below them.
//!
//! # Promises
//!
//! - All files of a dataset have the same partition columns in the same order; they come after the files' own.
//! - Their cells are text unless the read options give a type.
//!
//! # What this module does not know
//!
//! The formats of the files.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{Field, Schema, SchemaRef};

use super::{
    error::SourceError,
    input::InputFile,
    options::{ColumnType, ReadOptions},
    typed::{Cast, is_zoned},
};

/// The partition columns that all files of a dataset share.
#[derive(Debug)]
pub(super) struct Partitions {
    columns: Vec<(String, ColumnType, bool)>,
    schema: SchemaRef,
}

impl Partitions {
    /// Adds the partition columns of `files` to the schema of the files themselves.
    pub(super) fn new(files: &[InputFile], own: &Schema, options: &ReadOptions) -> Result<Self, SourceError> {
        let names: Vec<&String> =
            files.first().map(|file| file.partitions.iter().map(|(name, _)| name).collect()).unwrap_or_default();
        for file in files {
            let clash = file.partitions.iter().any(|(name, _)| own.field_with_name(name).is_ok());
            if clash || !file.partitions.iter().map(|(name, _)| name).eq(names.iter().copied()) {
                return Err(SourceError::Partitions { path: file.shown.clone() });
            }
        }
        let columns: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let column_type = options.types.get(*name).copied().unwrap_or(ColumnType::Text);
                let mut cells = files.iter().filter_map(|file| file.partitions.get(index)?.1.as_deref());
                ((*name).clone(), column_type, cells.any(is_zoned))
            })
            .collect();
        let mut fields: Vec<_> = own.fields().iter().cloned().collect();
        fields.extend(
            columns
                .iter()
                .map(|(name, column_type, zoned)| Arc::new(Field::new(name, column_type.data_type(*zoned), true))),
        );
        Ok(Self { columns, schema: Arc::new(Schema::new(fields)) })
    }

    /// The schema of the files with the partition columns after it.
    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Whether `name` is a partition column.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.columns.iter().any(|(column, ..)| column == name)
    }

    /// Adds the partition cells of `file` to rows of that file, and gives them the dataset's schema.
    pub(super) fn append(
        &self,
        columns: Vec<ArrayRef>,
        rows: usize,
        file: &InputFile,
    ) -> Result<RecordBatch, SourceError> {
        let mut columns = columns;
        for ((name, column_type, zoned), (_, cell)) in self.columns.iter().zip(&file.partitions) {
            let text = StringArray::from_iter(std::iter::repeat_n(cell.as_deref(), rows));
            let cast = Cast { column_type: *column_type, zoned: *zoned, empty_is_null: false, told: true };
            columns.push(cast.apply(Arc::new(text)).map_err(|_| SourceError::Retyped {
                column: name.clone(),
                line: 0,
                path: file.shown.clone(),
                row: 0,
                type_name: column_type.to_string(),
            })?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
            .map_err(|_| SourceError::RetypedColumn { column: String::new(), path: file.shown.clone() })
    }
}
