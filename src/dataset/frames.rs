//! Polars frames as record batches and back, without copying the columns.
//!
//! # Promises
//!
//! - Rows, their order and their nulls are the same on both sides; text arrives as Arrow string views.
//! - A column that cannot cross is named; nothing is converted in silence.
//!
//! # What this module does not know
//!
//! What is done to the batch in between.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema};
use polars::prelude::{Column, CompatLevel, DataFrame, Series};

use super::ffi;

/// Why a frame or a batch could not cross.
#[derive(Clone, Debug, Eq, PartialEq, miette::Diagnostic, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The columns do not form a table.
    #[error("the columns do not form a table of one height")]
    #[diagnostic(code(dataset::frame_shape))]
    Shape,
    /// A column's type exists on one side only.
    #[error("column `{column}` has a type that cannot cross between Polars and Arrow")]
    #[diagnostic(code(dataset::frame_type), help("cast the column to a plain type before it is sanitized"))]
    Type {
        /// The column.
        column: String,
    },
}

/// A frame as one record batch.
pub fn batch_from_frame(frame: &DataFrame) -> Result<RecordBatch, FrameError> {
    let mut fields = Vec::with_capacity(frame.width());
    let mut columns = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        let refused = |_| FrameError::Type { column: column.name().to_string() };
        let series = column.as_materialized_series().rechunk();
        let exported = series.dtype().to_arrow_field(series.name().clone(), CompatLevel::newest());
        let (array, field) = ffi::from_polars(series.to_arrow(0, CompatLevel::newest()), &exported).map_err(refused)?;
        fields.push(Field::new(series.name().as_str(), field.data_type().clone(), true));
        columns.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(frame.height()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).map_err(|_| FrameError::Shape)
}

/// A record batch as a frame.
pub fn frame_from_batch(batch: &RecordBatch) -> Result<DataFrame, FrameError> {
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let refused = || FrameError::Type { column: field.name().clone() };
        if !ffi::crosses(field.data_type()) {
            return Err(refused());
        }
        let chunk = ffi::to_polars(field.name(), array).map_err(|_| refused())?;
        let series = Series::from_arrow(field.name().as_str().into(), chunk).map_err(|_| refused())?;
        columns.push(Column::from(series));
    }
    DataFrame::new(batch.num_rows(), columns).map_err(|_| FrameError::Shape)
}

#[cfg(test)]
mod tests {
    use arrow_array::{Array, Int64Array, StringArray, cast::AsArray};

    use super::*;

    #[test]
    fn a_batch_crosses_and_returns_with_its_nulls() {
        let schema = Schema::new(vec![
            Field::new("id", arrow_schema::DataType::Int64, true),
            Field::new("name", arrow_schema::DataType::Utf8, true),
        ]);
        let ids = Arc::new(Int64Array::from(vec![Some(1), None, Some(3)]));
        let names = Arc::new(StringArray::from(vec![Some("a"), Some(""), None]));
        let batch = RecordBatch::try_new(Arc::new(schema), vec![ids, names]).unwrap();
        let frame = frame_from_batch(&batch).unwrap();
        assert_eq!(frame.shape(), (3, 2));
        let back = batch_from_frame(&frame).unwrap();
        assert_eq!(back.column(0), batch.column(0));
        let text = back.column(1).as_string_view();
        assert_eq!((text.value(0), text.value(1), text.is_null(2)), ("a", "", true));
    }

    #[test]
    fn an_empty_frame_keeps_its_columns() {
        let batch =
            RecordBatch::new_empty(Arc::new(Schema::new(vec![Field::new("x", arrow_schema::DataType::Int32, true)])));
        let back = batch_from_frame(&frame_from_batch(&batch).unwrap()).unwrap();
        assert_eq!((back.num_rows(), back.num_columns()), (0, 1));
    }
}
