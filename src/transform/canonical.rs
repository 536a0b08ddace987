//! The canonical text of a cell of any type: what is sealed, and what a pseudonym is made of.
//!
//! # Promises
//!
//! - Cells that mean the same number have the same text in every integer and float type: `17`, not `17.0`.
//! - Days are `YYYY-MM-DD`, times RFC 3339 as Arrow writes them, decimals keep their scale.
//!
//! # What this module does not know
//!
//! What the text is for.
//!
//! SPEC: `schemas/token.v1.md`, canonical text.

use std::fmt::Display;

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, LargeStringArray, PrimitiveArray,
    cast::AsArray,
    types::{Date64Type, Float16Type, Float32Type, Float64Type},
};
use arrow_schema::DataType;

use crate::transform::{
    error::TransformError,
    format::iso_date,
    text::{cast_cells, plain_text},
};

/// Whether cells of this type have a canonical text.
pub(crate) fn has_canonical_text(input: &DataType) -> bool {
    match input {
        DataType::Boolean
        | DataType::Date32
        | DataType::Date64
        | DataType::LargeUtf8
        | DataType::Null
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(_, _)
        | DataType::Utf8
        | DataType::Utf8View => true,
        DataType::Dictionary(_, cells) => has_canonical_text(cells),
        other => other.is_numeric(),
    }
}

/// The types of [`has_canonical_text`] in words.
pub(crate) const TAKES: &str = "text, numbers, booleans, dates, times and timestamps";

/// The canonical text of each cell; nulls stay null.
pub(crate) fn canonical_text(column: &ArrayRef) -> Result<LargeStringArray, TransformError> {
    match column.data_type() {
        DataType::Date64 => Ok(days(column)),
        DataType::Dictionary(_, cells) => canonical_text(&cast_cells(column, cells)?),
        DataType::Float16 => Ok(shortest(column.as_primitive::<Float16Type>(), |number| number.to_f32())),
        DataType::Float32 => Ok(shortest(column.as_primitive::<Float32Type>(), |number| number)),
        DataType::Float64 => Ok(shortest(column.as_primitive::<Float64Type>(), |number| number)),
        _ => plain_text(column),
    }
}

/// The shortest decimals that read back as the number, without exponent.
fn shortest<T: ArrowPrimitiveType, D: Display>(
    numbers: &PrimitiveArray<T>,
    widen: impl Fn(T::Native) -> D,
) -> LargeStringArray {
    numbers.iter().map(|number| number.map(|number| widen(number).to_string())).collect()
}

/// Whole days as days, other instants as Arrow writes them.
fn days(column: &ArrayRef) -> LargeStringArray {
    let instants = column.as_primitive::<Date64Type>();
    instants
        .iter()
        .enumerate()
        .map(|(row, instant)| {
            let day = i32::try_from(instant?.div_euclid(MILLISECONDS)).ok()?;
            if instant?.rem_euclid(MILLISECONDS) == 0 && (-719_162..=2_932_896).contains(&day) {
                return Some(iso_date(day).iter().map(|byte| char::from(*byte)).collect::<String>());
            }
            instants.value_as_datetime(row).map(|instant| format!("{instant:?}"))
        })
        .collect()
}

/// Milliseconds of a day.
const MILLISECONDS: i64 = 86_400_000;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        BooleanArray, Date32Array, Date64Array, Decimal128Array, Float64Array, Int32Array, TimestampMillisecondArray,
    };

    use super::*;

    fn text(column: ArrayRef) -> Vec<Option<String>> {
        canonical_text(&column).unwrap().iter().map(|cell| cell.map(str::to_owned)).collect()
    }

    #[test]
    fn a_number_has_one_text_in_all_types() {
        assert_eq!(text(Arc::new(Int32Array::from(vec![Some(17), None]))), [Some("17".to_owned()), None]);
        assert_eq!(text(Arc::new(Float64Array::from(vec![17.0, 0.1, 1e21]))).len(), 3);
        assert_eq!(text(Arc::new(Float64Array::from(vec![17.0])))[0].as_deref(), Some("17"));
        let decimals = Decimal128Array::from(vec![1230]).with_precision_and_scale(6, 2).unwrap();
        assert_eq!(text(Arc::new(decimals))[0].as_deref(), Some("12.30"));
    }

    #[test]
    fn days_times_and_truths_have_their_text() {
        assert_eq!(text(Arc::new(Date32Array::from(vec![0])))[0].as_deref(), Some("1970-01-01"));
        assert_eq!(text(Arc::new(Date64Array::from(vec![86_400_000])))[0].as_deref(), Some("1970-01-02"));
        assert_eq!(text(Arc::new(BooleanArray::from(vec![true])))[0].as_deref(), Some("true"));
        let times = TimestampMillisecondArray::from(vec![1_500]);
        assert_eq!(text(Arc::new(times.clone()))[0].as_deref(), Some("1970-01-01T00:00:01.500"));
        assert_eq!(text(Arc::new(times.with_timezone("UTC")))[0].as_deref(), Some("1970-01-01T00:00:01.500Z"));
    }
}
