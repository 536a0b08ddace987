//! The bytes of cells in a logical digest: a tag, then the value.
//!
//! # Promises
//!
//! - Bytes depend on the cells alone: not on offsets, slices, unused buffers, dictionaries or what lies under a null.
//! - Flat columns are written whole pieces at a time, without a branch per type per cell.
//!
//! SPEC: `schemas/logical-digest.v1.md`, "Cells".

use std::{ops::Range, sync::Arc};

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, Float16Array, Float32Array, Float64Array, GenericListViewArray,
    OffsetSizeTrait,
    cast::AsArray,
    types::{Float16Type, Float32Type, Float64Type},
};
use arrow_buffer::{ArrowNativeType, Buffer, NullBuffer, OffsetBuffer};
use arrow_schema::DataType;

const ABSENT: u8 = 0;
const PRESENT: u8 = 1;
/// The one bit pattern for which every NaN is written.
const NAN_16: u16 = 0x7e00;
const NAN_32: u32 = 0x7fc0_0000;
const NAN_64: u64 = 0x7ff8_0000_0000_0000;

#[cfg(not(target_endian = "little"))]
compile_error!("the logical digest copies Arrow buffers as little-endian values");

/// One column, taken apart once so that its cells can be written quickly.
pub(super) enum Cells {
    Absent,
    Bool { array: BooleanArray },
    Bytes { offsets: Vec<i64>, values: Buffer, nulls: Option<NullBuffer> },
    Fixed { values: Buffer, width: usize, nulls: Option<NullBuffer> },
    List { ranges: Vec<(usize, usize)>, nulls: Option<NullBuffer>, items: Box<Cells> },
    Map { offsets: OffsetBuffer<i32>, nulls: Option<NullBuffer>, keys: Box<Cells>, values: Box<Cells> },
    Struct { nulls: Option<NullBuffer>, fields: Vec<Cells> },
    View { array: arrow_array::BinaryViewArray },
}

impl Cells {
    /// Takes a column apart; `None` where the type has no byte form.
    pub(super) fn new(column: &ArrayRef) -> Option<Self> {
        let nulls = column.nulls().cloned();
        Some(match column.data_type() {
            DataType::Null => Self::Absent,
            DataType::Boolean => Self::Bool { array: column.as_boolean().clone() },
            DataType::Float16 | DataType::Float32 | DataType::Float64 => fixed(&one_nan(column))?,
            DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
                fixed(&arrow_cast::cast(column, &DataType::Decimal128(*precision, *scale)).ok()?)?
            }
            DataType::Decimal256(precision, scale) if *precision <= 38 => {
                fixed(&arrow_cast::cast(column, &DataType::Decimal128(*precision, *scale)).ok()?)?
            }
            DataType::Dictionary(_, values) => Self::new(&arrow_cast::cast(column, values).ok()?)?,
            DataType::Utf8 => bytes(column.as_string::<i32>().offsets(), column.as_string::<i32>().values(), nulls),
            DataType::LargeUtf8 => {
                bytes(column.as_string::<i64>().offsets(), column.as_string::<i64>().values(), nulls)
            }
            DataType::Binary => bytes(column.as_binary::<i32>().offsets(), column.as_binary::<i32>().values(), nulls),
            DataType::LargeBinary => {
                bytes(column.as_binary::<i64>().offsets(), column.as_binary::<i64>().values(), nulls)
            }
            DataType::Utf8View => Self::View { array: column.as_string_view().clone().to_binary_view() },
            DataType::BinaryView => Self::View { array: column.as_binary_view().clone() },
            DataType::List(_) => {
                let list = column.as_list::<i32>();
                Self::List { ranges: ranges(list.offsets()), nulls, items: Box::new(Self::new(list.values())?) }
            }
            DataType::LargeList(_) => {
                let list = column.as_list::<i64>();
                Self::List { ranges: ranges(list.offsets()), nulls, items: Box::new(Self::new(list.values())?) }
            }
            DataType::ListView(_) => views(column.as_list_view::<i32>(), nulls)?,
            DataType::LargeListView(_) => views(column.as_list_view::<i64>(), nulls)?,
            DataType::FixedSizeList(_, width) => {
                let width = usize::try_from(*width).ok()?;
                let ranges = (0..column.len()).map(|row| (row * width, (row + 1) * width)).collect();
                Self::List { ranges, nulls, items: Box::new(Self::new(column.as_fixed_size_list().values())?) }
            }
            DataType::Map(..) => {
                let map = column.as_map();
                let keys = Box::new(Self::new(map.keys())?);
                Self::Map { offsets: map.offsets().clone(), nulls, keys, values: Box::new(Self::new(map.values())?) }
            }
            DataType::Struct(_) => {
                let fields = column.as_struct().columns().iter().map(Self::new).collect::<Option<_>>()?;
                Self::Struct { nulls, fields }
            }
            DataType::RunEndEncoded(..) | DataType::Union(..) => return None,
            _ => fixed(column)?,
        })
    }

    /// Appends the cells of `rows`.
    pub(super) fn append(&self, rows: Range<usize>, out: &mut Vec<u8>) {
        match self {
            Self::Absent => out.resize(out.len() + rows.len(), ABSENT),
            Self::Bool { array } => {
                for row in rows {
                    match array.is_null(row) {
                        true => out.push(ABSENT),
                        false => out.extend_from_slice(&[PRESENT, u8::from(array.value(row))]),
                    }
                }
            }
            Self::Bytes { offsets, values, nulls } => append_bytes(offsets, values, nulls.as_ref(), rows, out),
            Self::Fixed { values, width, nulls } => match width {
                1 => append_fixed::<1>(values, nulls.as_ref(), rows, out),
                2 => append_fixed::<2>(values, nulls.as_ref(), rows, out),
                4 => append_fixed::<4>(values, nulls.as_ref(), rows, out),
                8 => append_fixed::<8>(values, nulls.as_ref(), rows, out),
                16 => append_fixed::<16>(values, nulls.as_ref(), rows, out),
                _ => append_wide(values, *width, nulls.as_ref(), rows, out),
            },
            Self::List { ranges, nulls, items } => {
                for row in rows {
                    if tag(nulls.as_ref(), row, out) {
                        let (start, end) = ranges.get(row).copied().unwrap_or_default();
                        out.extend_from_slice(&(end.saturating_sub(start) as u64).to_le_bytes());
                        items.append(start..end, out);
                    }
                }
            }
            Self::Map { offsets, nulls, keys, values } => {
                for row in rows {
                    if tag(nulls.as_ref(), row, out) {
                        let (start, end) = range(offsets, row);
                        out.extend_from_slice(&(end.saturating_sub(start) as u64).to_le_bytes());
                        for entry in start..end {
                            keys.append(entry..entry + 1, out);
                            values.append(entry..entry + 1, out);
                        }
                    }
                }
            }
            Self::Struct { nulls, fields } => {
                for row in rows {
                    if tag(nulls.as_ref(), row, out) {
                        fields.iter().for_each(|field| field.append(row..row + 1, out));
                    }
                }
            }
            Self::View { array } => {
                for row in rows {
                    if tag(array.nulls(), row, out) {
                        append_length_and_bytes(array.value(row), out);
                    }
                }
            }
        }
    }
}

/// Writes the tag of a cell and says whether a value follows.
fn tag(nulls: Option<&NullBuffer>, row: usize, out: &mut Vec<u8>) -> bool {
    let present = nulls.is_none_or(|nulls| nulls.is_valid(row));
    out.push(u8::from(present));
    present
}

fn append_length_and_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    out.extend_from_slice(bytes);
}

fn append_bytes(offsets: &[i64], values: &[u8], nulls: Option<&NullBuffer>, rows: Range<usize>, out: &mut Vec<u8>) {
    let Some(window) = offsets.get(rows.start..=rows.end) else { return };
    for (row, pair) in rows.zip(window.windows(2)) {
        if tag(nulls, row, out) {
            let &[start, end] = pair else { continue };
            append_length_and_bytes(values.get(start as usize..end as usize).unwrap_or_default(), out);
        }
    }
}

fn append_fixed<const W: usize>(values: &[u8], nulls: Option<&NullBuffer>, rows: Range<usize>, out: &mut Vec<u8>) {
    let Some(values) = values.get(rows.start * W..rows.end * W) else { return };
    match nulls {
        Some(nulls) if nulls.null_count() > 0 => {
            for (row, value) in rows.zip(values.chunks_exact(W)) {
                match nulls.is_valid(row) {
                    true => {
                        out.push(PRESENT);
                        out.extend_from_slice(value);
                    }
                    false => out.push(ABSENT),
                }
            }
        }
        _ => {
            let start = out.len();
            out.resize(start + rows.len() * (W + 1), PRESENT);
            let Some(target) = out.get_mut(start..) else { return };
            for (cell, value) in target.chunks_exact_mut(W + 1).zip(values.chunks_exact(W)) {
                if let Some((_, cell)) = cell.split_first_mut() {
                    cell.copy_from_slice(value);
                }
            }
        }
    }
}

fn append_wide(values: &[u8], width: usize, nulls: Option<&NullBuffer>, rows: Range<usize>, out: &mut Vec<u8>) {
    for row in rows {
        if tag(nulls, row, out) {
            out.extend_from_slice(values.get(row * width..(row + 1) * width).unwrap_or_default());
        }
    }
}

/// The values of a fixed-width column as bytes that begin at its first row.
fn fixed(column: &ArrayRef) -> Option<Cells> {
    let width = match column.data_type() {
        DataType::FixedSizeBinary(width) => usize::try_from(*width).ok()?,
        other => other.primitive_width()?,
    };
    let data = column.to_data();
    let values = data.buffers().first()?.slice_with_length(data.offset() * width, data.len() * width);
    Some(Cells::Fixed { values, width, nulls: column.nulls().cloned() })
}

fn bytes<O: OffsetSizeTrait>(offsets: &OffsetBuffer<O>, values: &Buffer, nulls: Option<NullBuffer>) -> Cells {
    let offsets = offsets.iter().map(|offset| offset.as_usize() as i64).collect();
    Cells::Bytes { offsets, values: values.clone(), nulls }
}

fn ranges<O: OffsetSizeTrait>(offsets: &OffsetBuffer<O>) -> Vec<(usize, usize)> {
    offsets.windows(2).filter_map(|pair| Some((pair.first()?.as_usize(), pair.last()?.as_usize()))).collect()
}

fn range(offsets: &OffsetBuffer<i32>, row: usize) -> (usize, usize) {
    let at = |index: usize| offsets.get(index).map_or(0, |offset| offset.as_usize());
    (at(row), at(row + 1))
}

fn views<O: OffsetSizeTrait>(list: &GenericListViewArray<O>, nulls: Option<NullBuffer>) -> Option<Cells> {
    let ranges = list
        .value_offsets()
        .iter()
        .zip(list.value_sizes())
        .map(|(start, size)| (start.as_usize(), start.as_usize() + size.as_usize()))
        .collect();
    Some(Cells::List { ranges, nulls, items: Box::new(Cells::new(list.values())?) })
}

/// The same column with one bit pattern for every NaN; negative zero stays what it is.
fn one_nan(column: &ArrayRef) -> ArrayRef {
    match column.data_type() {
        DataType::Float16 => {
            let nan = <<Float16Type as ArrowPrimitiveType>::Native>::from_bits(NAN_16);
            let array: Float16Array = column.as_primitive::<Float16Type>().unary(|value| match value.is_nan() {
                true => nan,
                false => value,
            });
            Arc::new(array)
        }
        DataType::Float32 => {
            let array: Float32Array = column.as_primitive::<Float32Type>().unary(|value: f32| match value.is_nan() {
                true => f32::from_bits(NAN_32),
                false => value,
            });
            Arc::new(array)
        }
        DataType::Float64 => {
            let array: Float64Array = column.as_primitive::<Float64Type>().unary(|value: f64| match value.is_nan() {
                true => f64::from_bits(NAN_64),
                false => value,
            });
            Arc::new(array)
        }
        _ => column.clone(),
    }
}
