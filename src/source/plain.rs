//! Arrow types without metadata, and arrays brought to them.
//!
//! # Promises
//!
//! - Only metadata and nullability differ between a type and its plain form, seconds become milliseconds, and the keys
//!   of dictionaries have 32 bits at least: dictionaries of several files meet in one column, and eight bits overflow.
//! - Cells are shared, not copied, but for those.
//!
//! # What this module does not know
//!
//! Files.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, GenericListArray, GenericListViewArray, MapArray, OffsetSizeTrait,
    StructArray, cast::AsArray, types::Date64Type,
};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};

const MILLISECONDS_A_DAY: i64 = 86_400_000;

/// The same field without metadata at any depth.
pub(super) fn plain_field(field: &Field) -> Field {
    Field::new(field.name(), plain_type(field.data_type()), field.is_nullable())
}

/// The type without metadata.
pub(super) fn plain_type(data_type: &DataType) -> DataType {
    with_children(data_type, &|field| Some(plain_field(field))).unwrap_or_else(|| data_type.clone())
}

/// The same nested type over other child fields.
fn with_children(data_type: &DataType, child: &impl Fn(&Field) -> Option<Field>) -> Option<DataType> {
    let one = |field: &Field| child(field).map(Arc::new);
    Some(match data_type {
        DataType::List(item) => DataType::List(one(item)?),
        DataType::LargeList(item) => DataType::LargeList(one(item)?),
        DataType::ListView(item) => DataType::ListView(one(item)?),
        DataType::LargeListView(item) => DataType::LargeListView(one(item)?),
        DataType::FixedSizeList(item, size) => DataType::FixedSizeList(one(item)?, *size),
        DataType::Map(entries, sorted) => DataType::Map(one(entries)?, *sorted),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|field| one(field)).collect::<Option<Fields>>()?)
        }
        // Parquet has no seconds, and its days are days: written as such they would come back as bare integers elsewhere.
        DataType::Date64 => DataType::Date32,
        DataType::Time32(TimeUnit::Second) => DataType::Time32(TimeUnit::Millisecond),
        DataType::Timestamp(TimeUnit::Second, zone) => DataType::Timestamp(TimeUnit::Millisecond, zone.clone()),
        DataType::Dictionary(keys, values) => {
            let small = matches!(**keys, DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16);
            let keys = if small { Box::new(DataType::Int32) } else { keys.clone() };
            DataType::Dictionary(keys, Box::new(plain_type(values)))
        }
        other => other.clone(),
    })
}

/// The field that holds the cells of both, if they differ in nullability alone.
pub(super) fn merged(a: &Field, b: &Field) -> Option<Field> {
    if a.name() != b.name() {
        return None;
    }
    let pair = |a: &FieldRef, b: &FieldRef| merged(a, b).map(Arc::new);
    let data_type = match (a.data_type(), b.data_type()) {
        (DataType::List(a), DataType::List(b)) => DataType::List(pair(a, b)?),
        (DataType::LargeList(a), DataType::LargeList(b)) => DataType::LargeList(pair(a, b)?),
        (DataType::ListView(a), DataType::ListView(b)) => DataType::ListView(pair(a, b)?),
        (DataType::LargeListView(a), DataType::LargeListView(b)) => DataType::LargeListView(pair(a, b)?),
        (DataType::FixedSizeList(a, n), DataType::FixedSizeList(b, m)) if n == m => {
            DataType::FixedSizeList(pair(a, b)?, *n)
        }
        (DataType::Map(a, sorted), DataType::Map(b, _)) => DataType::Map(pair(a, b)?, *sorted),
        (DataType::Struct(a), DataType::Struct(b)) if a.len() == b.len() => {
            DataType::Struct(a.iter().zip(b).map(|(a, b)| pair(a, b)).collect::<Option<Fields>>()?)
        }
        (a, b) if a == b => a.clone(),
        _ => return None,
    };
    Some(Field::new(a.name(), data_type, a.is_nullable() || b.is_nullable()))
}

/// Columns of a type, nested ones counted.
pub(super) fn width(data_type: &DataType) -> usize {
    match data_type {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => width(item.data_type()),
        DataType::Struct(fields) => fields.iter().map(|field| width(field.data_type())).sum::<usize>() + 1,
        _ => 1,
    }
}

/// The same cells under `target`, which differs from the array's type in metadata, nullability, seconds and the keys of
/// dictionaries at most.
pub(super) fn conform(array: &ArrayRef, target: &DataType) -> Option<ArrayRef> {
    if array.data_type() == target {
        return Some(Arc::clone(array));
    }
    let nulls = array.nulls().cloned();
    Some(match (array.data_type(), target) {
        (DataType::List(_), DataType::List(item)) => list(array.as_list::<i32>(), item)?,
        (DataType::LargeList(_), DataType::LargeList(item)) => list(array.as_list::<i64>(), item)?,
        (DataType::ListView(_), DataType::ListView(item)) => list_view(array.as_list_view::<i32>(), item)?,
        (DataType::LargeListView(_), DataType::LargeListView(item)) => list_view(array.as_list_view::<i64>(), item)?,
        (DataType::FixedSizeList(_, from), DataType::FixedSizeList(item, to)) if from == to => {
            let values = conform(array.as_fixed_size_list().values(), item.data_type())?;
            Arc::new(FixedSizeListArray::try_new(Arc::clone(item), *to, values, nulls).ok()?)
        }
        (DataType::Map(..), DataType::Map(entries, sorted)) => {
            let map = array.as_map();
            let inner = conform(&(Arc::new(map.entries().clone()) as ArrayRef), entries.data_type())?;
            let inner = inner.as_struct().clone();
            Arc::new(MapArray::try_new(Arc::clone(entries), map.offsets().clone(), inner, nulls, *sorted).ok()?)
        }
        (DataType::Struct(from), DataType::Struct(to)) if from.len() == to.len() => {
            let columns = array.as_struct().columns().iter().zip(to);
            let columns =
                columns.map(|(column, field)| conform(column, field.data_type())).collect::<Option<Vec<_>>>()?;
            Arc::new(StructArray::try_new_with_length(to.clone(), columns, nulls, array.len()).ok()?)
        }
        (DataType::Date64, DataType::Date32) => {
            let whole = array.as_primitive::<Date64Type>().iter().flatten().all(|time| time % MILLISECONDS_A_DAY == 0);
            if !whole {
                return None;
            }
            cast_with_options(array, target, &CastOptions { safe: false, ..CastOptions::default() }).ok()?
        }
        (DataType::Time32(TimeUnit::Second), DataType::Time32(TimeUnit::Millisecond))
        | (DataType::Timestamp(TimeUnit::Second, _), DataType::Timestamp(TimeUnit::Millisecond, _))
        | (DataType::Dictionary(..), DataType::Dictionary(..)) => {
            let checked = CastOptions { safe: false, ..CastOptions::default() };
            cast_with_options(array, target, &checked).ok()?
        }
        _ => return None,
    })
}

fn list<O: OffsetSizeTrait>(list: &GenericListArray<O>, item: &FieldRef) -> Option<ArrayRef> {
    let values = conform(list.values(), item.data_type())?;
    let list = GenericListArray::try_new(Arc::clone(item), list.offsets().clone(), values, list.nulls().cloned());
    Some(Arc::new(list.ok()?))
}

fn list_view<O: OffsetSizeTrait>(list: &GenericListViewArray<O>, item: &FieldRef) -> Option<ArrayRef> {
    let values = conform(list.values(), item.data_type())?;
    let (offsets, sizes) = (list.offsets().clone(), list.sizes().clone());
    let list = GenericListViewArray::try_new(Arc::clone(item), offsets, sizes, values, list.nulls().cloned());
    Some(Arc::new(list.ok()?))
}
