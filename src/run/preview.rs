//! What a row looks like before and after: shapes of cells on the one side, tokens on the other.
//!
//! # Promises
//!
//! - A cell of the input shows as its shape: letters as `x`, digits as `9`, nothing else of it but ASCII punctuation.
//! - A cell that is kept shows as its shape too: only what a transform made is shown as it stands.
//!
//! # What this module does not know
//!
//! Why a column is treated as it is.

use arrow_array::{Array, ArrayRef, RecordBatch, cast::AsArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;
use serde::Serialize;

use crate::{
    names::{ColumnPath, Segment},
    plan::{ColumnPlan, DatasetPlan},
};

/// Longest text shown of one cell, in characters.
const MAX_SHOWN: usize = 40;

/// One row, before and after.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Preview {
    /// One entry a leaf, in schema order.
    pub columns: Vec<PreviewCell>,
}

/// One cell, before and after.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct PreviewCell {
    /// The leaf.
    pub column: String,
    /// The shape of the cell.
    pub before: String,
    /// What the transform wrote; absent where the column is dropped or kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// What was done, in one word.
    pub transform: &'static str,
}

impl Preview {
    /// The first row of a batch; `None` where there is none.
    pub(super) fn of_first_row(plan: &DatasetPlan, before: &RecordBatch, after: &RecordBatch) -> Option<Self> {
        Self::of_row(plan, before, after, 0)
    }

    /// One row of a batch; `None` where it has no such row.
    pub(super) fn of_row(plan: &DatasetPlan, before: &RecordBatch, after: &RecordBatch, row: usize) -> Option<Self> {
        if row >= before.num_rows() || row >= after.num_rows() {
            return None;
        }
        let columns = plan.columns().iter().map(|column| cell(column, before, after, row)).collect();
        Some(Self { columns })
    }
}

fn cell(column: &ColumnPlan, before: &RecordBatch, after: &RecordBatch, row: usize) -> PreviewCell {
    let word = column.transform().word();
    let after = match word {
        "drop" | "keep" => None,
        _ => text_at(after, column.path(), row).map(|text| shorten(&text)),
    };
    let before = match text_at(before, column.path(), row) {
        Some(text) => shape(&text),
        None => "null".to_owned(),
    };
    PreviewCell { column: column.path().to_string(), before, after, transform: word }
}

/// The text of a cell; of a list, of its first item; `None` where it is null or there is none.
fn text_at(batch: &RecordBatch, path: &ColumnPath, row: usize) -> Option<String> {
    let mut segments = path.segments().iter();
    let Some(Segment::Field(top)) = segments.next() else { return None };
    let index = batch.schema_ref().index_of(top).ok()?;
    let mut array: ArrayRef = batch.columns().get(index)?.slice(row, 1);
    for segment in segments {
        if array.is_empty() || array.is_null(0) {
            return None;
        }
        array = match (segment, array.data_type()) {
            (Segment::Field(name), DataType::Struct(_)) => array.as_struct().column_by_name(name)?.clone(),
            (Segment::Items, DataType::List(_)) => array.as_list::<i32>().value(0),
            (Segment::Items, DataType::LargeList(_)) => array.as_list::<i64>().value(0),
            _ => return None,
        };
    }
    if array.is_empty() || array.is_null(0) {
        return None;
    }
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(&array, &options).ok()?;
    formatter.value(0).try_to_string().ok()
}

/// Letters as `x`, digits as `9`; ASCII punctuation and spaces stay, anything else is `x` too.
fn shape(text: &str) -> String {
    let shaped: String = text
        .chars()
        .take(MAX_SHOWN + 1)
        .map(|character| match character {
            '0'..='9' => '9',
            ' ' => ' ',
            other if other.is_ascii_punctuation() => other,
            'A'..='Z' => 'X',
            _ => 'x',
        })
        .collect();
    shorten(&shaped)
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= MAX_SHOWN {
        return text.chars().map(|character| if character.is_control() { '.' } else { character }).collect();
    }
    let mut short: String = text
        .chars()
        .take(MAX_SHOWN - 1)
        .map(|character| if character.is_control() { '.' } else { character })
        .collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_says_nothing_but_kinds_of_characters() {
        assert_eq!(shape("Ada.L+1@example.com"), "Xxx.X+9@xxxxxxx.xxx");
        assert_eq!(shape("Зоя 12"), "xxx 99");
        assert_eq!(shape(&"7".repeat(100)).chars().count(), MAX_SHOWN);
    }
}
