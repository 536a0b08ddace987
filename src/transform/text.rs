//! Text columns in whatever layout Arrow has for them, led through one piece of work.
//!
//! # Promises
//!
//! - The work sees plain text cells; a dictionary's entries are worked on once each, and only those that are used.
//! - What comes out shares no buffer with what came in, unless the work hands one on.
//!
//! # What this module does not know
//!
//! What the work is.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, LargeStringArray, cast::AsArray, make_array};
use arrow_buffer::NullBuffer;
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::DataType;
use arrow_select::take::take;

use crate::transform::{column::Applied, error::TransformError};

/// The result of work on text cells.
pub(crate) struct Worked {
    /// As many cells as there were.
    pub(crate) cells: ArrayRef,
    /// The rows of the misfits.
    pub(crate) misfits: Vec<usize>,
}

/// Works on the cells of a text column. `output` is the type that the result is cast to.
///
/// Rows in errors of `work` are those of the cells it was given; here they become rows of the dataset.
pub(crate) fn over_text(
    column: &ArrayRef,
    output: &DataType,
    first_row: u64,
    work: impl Fn(&LargeStringArray) -> Result<Worked, TransformError>,
) -> Result<Applied, TransformError> {
    if let DataType::Dictionary(_, _) = column.data_type() {
        return over_dictionary(column, output, first_row, work);
    }
    let worked = work(&plain_text(column)?).map_err(|error| error.map_row(|row| first_row + row))?;
    Ok(Applied { column: cast_cells(&worked.cells, output)?, misfits: worked.misfits.len() as u64 })
}

/// A text column as plain text with 64-bit offsets.
pub(crate) fn plain_text(column: &ArrayRef) -> Result<LargeStringArray, TransformError> {
    let cells = cast_cells(column, &DataType::LargeUtf8)?;
    cells.as_string_opt().cloned().ok_or(TransformError::Schema)
}

/// Casts without loss. The one thing that can go wrong is that offsets outgrow their type.
pub(crate) fn cast_cells(cells: &ArrayRef, output: &DataType) -> Result<ArrayRef, TransformError> {
    if cells.data_type() == output {
        return Ok(Arc::clone(cells));
    }
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(cells, output, &strict).map_err(|_| TransformError::TooLarge { column: None })
}

fn over_dictionary(
    column: &ArrayRef,
    output: &DataType,
    first_row: u64,
    work: impl Fn(&LargeStringArray) -> Result<Worked, TransformError>,
) -> Result<Applied, TransformError> {
    let dictionary = column.as_any_dictionary_opt().ok_or(TransformError::Schema)?;
    let entries = plain_text(dictionary.values())?;
    // For each entry the first row that uses it, and how many do.
    let mut uses = vec![(0usize, 0u64); entries.len()];
    // Without entries all rows are null, and Arrow has no normal form for their keys.
    let keys = if entries.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
    for (row, entry) in keys.into_iter().enumerate() {
        if let Some((first, count)) = uses.get_mut(entry).filter(|_| column.is_valid(row)) {
            if *count == 0 {
                *first = row;
            }
            *count += 1;
        }
    }
    let used = NullBuffer::from_iter(uses.iter().map(|(_, count)| *count > 0));
    let (offsets, bytes, nulls) = entries.into_parts();
    let entries = LargeStringArray::try_new(offsets, bytes, NullBuffer::union(nulls.as_ref(), Some(&used)))
        .map_err(|_| TransformError::Schema)?;
    let worked = work(&entries).map_err(|error| {
        error.map_row(|entry| first_row + uses.get(entry as usize).map_or(0, |(first, _)| *first as u64))
    })?;
    let misfits = worked.misfits.iter().filter_map(|entry| uses.get(*entry)).map(|(_, count)| count).sum();
    let DataType::Dictionary(_, inner) = output else {
        let keys = cast_cells(&make_array(dictionary.keys().to_data()), &DataType::Int64)?;
        let cells = take(&worked.cells, &keys, None).map_err(|_| TransformError::Schema)?;
        return Ok(Applied { column: cast_cells(&cells, output)?, misfits });
    };
    let entries = cast_cells(&worked.cells, inner)?;
    let column = dictionary.with_values(entries);
    // A null entry that is used becomes a null key: not every reader looks for nulls behind keys.
    let nulls = column.logical_nulls();
    let data = column.to_data().into_builder().nulls(nulls).build().map_err(|_| TransformError::Schema)?;
    Ok(Applied { column: make_array(data), misfits })
}
