//! Actions over the leaves of a schema, through structs and lists.
//!
//! # Promises
//!
//! - Every leaf has one action; a leaf without one, or an action without a leaf, is refused.
//! - Structs and lists come out as they went in, but for dropped fields; nulls stay at every level.
//! - What lies behind a null struct or list, or outside a slice, is not read.
//!
//! # What this module does not know
//!
//! What the transforms do, and which way they go.

use std::{collections::BTreeMap, sync::Arc};

use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, GenericListArray, Int64Array, OffsetSizeTrait, StructArray, cast::AsArray,
    make_array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, FieldRef, Fields};
use arrow_select::take::take;

use crate::{
    names::ColumnPath,
    transform::{column::ColumnTransform, error::TransformError},
};

/// What happens to a leaf, or to everything below a path.
pub enum Action {
    /// It is left out.
    Drop,
    /// It stays as it is.
    Keep,
    /// Its cells are transformed.
    Transform(Box<dyn ColumnTransform>),
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Drop => "Drop",
            Self::Keep => "Keep",
            Self::Transform(_) => "Transform",
        })
    }
}

/// The actions of a schema, each taken once.
pub(crate) struct Rules {
    open: BTreeMap<ColumnPath, (usize, Action)>,
    taken: Vec<ColumnPath>,
}

impl Rules {
    pub(crate) fn new(leaves: Vec<(ColumnPath, Action)>) -> Result<Self, TransformError> {
        let mut open = BTreeMap::new();
        for (leaf, (column, action)) in leaves.into_iter().enumerate() {
            if open.insert(column.clone(), (leaf, action)).is_some() {
                return Err(TransformError::DuplicateRule { column });
            }
        }
        Ok(Self { open, taken: Vec::new() })
    }

    /// Makes the node of a field; `None` where nothing of it is left.
    pub(crate) fn node(&mut self, field: &FieldRef, path: &ColumnPath) -> Result<Option<Node>, TransformError> {
        if let Some((leaf, action)) = self.open.remove(path) {
            self.taken.push(path.clone());
            return match action {
                Action::Drop => Ok(None),
                Action::Keep => Ok(Some(Node { field: Arc::clone(field), kind: Kind::Keep })),
                Action::Transform(transform) => Node::leaf(field, path, leaf, transform).map(Some),
            };
        }
        let (field_type, kind) = match field.data_type() {
            DataType::Struct(fields) => {
                let mut children = Vec::new();
                for (index, field) in fields.iter().enumerate() {
                    children.extend(self.node(field, &path.field(field.name()))?.map(|node| (index, node)));
                }
                if children.is_empty() && !fields.is_empty() {
                    return Ok(None);
                }
                let fields: Fields = children.iter().map(|(_, node)| Arc::clone(&node.field)).collect();
                (DataType::Struct(fields), Kind::Struct(children))
            }
            DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
                let Some(node) = self.node(item, &path.items())? else { return Ok(None) };
                let item = Arc::clone(&node.field);
                let field_type = match field.data_type() {
                    DataType::FixedSizeList(_, size) => DataType::FixedSizeList(item, *size),
                    DataType::LargeList(_) => DataType::LargeList(item),
                    _ => DataType::List(item),
                };
                (field_type, Kind::Items(Box::new(node)))
            }
            _ => return Err(TransformError::MissingRule { column: path.clone() }),
        };
        Ok(Some(Node { field: Arc::new(Field::new(field.name(), field_type, field.is_nullable())), kind }))
    }

    /// Refuses rules that no leaf took.
    pub(crate) fn finish(self) -> Result<(), TransformError> {
        match self.open.into_keys().next() {
            None => Ok(()),
            Some(column) if self.taken.iter().any(|taken| taken.covers(&column)) => {
                Err(TransformError::DuplicateRule { column })
            }
            Some(column) => Err(TransformError::UnknownColumn { column }),
        }
    }
}

/// A field with what happens to it.
pub(crate) struct Node {
    /// The field that comes out.
    pub(crate) field: FieldRef,
    kind: Kind,
}

enum Kind {
    Items(Box<Node>),
    Keep,
    Leaf { leaf: usize, path: ColumnPath, transform: Box<dyn ColumnTransform> },
    Struct(Vec<(usize, Node)>),
}

impl Node {
    fn leaf(
        field: &Field,
        path: &ColumnPath,
        leaf: usize,
        transform: Box<dyn ColumnTransform>,
    ) -> Result<Self, TransformError> {
        if transform.input_type() != field.data_type() {
            return Err(TransformError::ColumnType {
                column: Some(path.clone()),
                input: field.data_type().to_string(),
                takes: transform.input_type().to_string(),
                transform: "bound transform".to_owned(),
            });
        }
        let nullable = field.is_nullable() || transform.makes_nulls();
        // A transformed field leaves its metadata behind: it described the cells that are gone.
        let field = Arc::new(Field::new(field.name(), transform.output_type().clone(), nullable));
        Ok(Self { field, kind: Kind::Leaf { leaf, path: path.clone(), transform } })
    }

    /// Applies the node to an array, whose rows are null wherever `outer` is. Misfits are counted by leaf.
    pub(crate) fn apply(
        &self,
        array: &ArrayRef,
        outer: Option<&NullBuffer>,
        first_row: u64,
        misfits: &mut [u64],
    ) -> Result<ArrayRef, TransformError> {
        match &self.kind {
            Kind::Items(item) => match array.data_type() {
                DataType::FixedSizeList(_, size) => self.fixed(array, *size, outer, first_row, item, misfits),
                DataType::LargeList(_) => self.items::<i64>(array, outer, first_row, item, misfits),
                _ => self.items::<i32>(array, outer, first_row, item, misfits),
            },
            Kind::Keep => Ok(Arc::clone(array)),
            Kind::Leaf { leaf, path, transform } => {
                let column = with_nulls(array, outer)?;
                let applied = transform.apply(&column, first_row).map_err(|error| error.in_column(path))?;
                assert_eq!(applied.column.len(), array.len(), "a transform keeps the number of rows");
                if let Some(count) = misfits.get_mut(*leaf) {
                    *count += applied.misfits;
                }
                Ok(applied.column)
            }
            Kind::Struct(children) => {
                let array = array.as_struct_opt().ok_or(TransformError::Schema)?;
                let nulls = NullBuffer::union(array.nulls(), outer);
                let mut columns = Vec::with_capacity(children.len());
                for (index, child) in children {
                    let column = array.columns().get(*index).ok_or(TransformError::Schema)?;
                    columns.push(child.apply(column, nulls.as_ref(), first_row, misfits)?);
                }
                let fields: Fields = children.iter().map(|(_, child)| Arc::clone(&child.field)).collect();
                let length = array.len();
                StructArray::try_new_with_length(fields, columns, nulls, length).map(arrayed).map_err(|_| mismatch())
            }
        }
    }

    fn items<O: OffsetSizeTrait>(
        &self,
        array: &ArrayRef,
        outer: Option<&NullBuffer>,
        first_row: u64,
        item: &Self,
        misfits: &mut [u64],
    ) -> Result<ArrayRef, TransformError> {
        let list: &GenericListArray<O> = array.as_list_opt().ok_or(TransformError::Schema)?;
        let nulls = NullBuffer::union(list.nulls(), outer);
        let is_null = |row| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        let lengths: Vec<usize> =
            list.offsets().lengths().enumerate().map(|(row, length)| if is_null(row) { 0 } else { length }).collect();
        let offsets = OffsetBuffer::<O>::from_lengths(lengths.iter().copied());
        let start = list.offsets().first().as_usize();
        let total: usize = lengths.iter().sum();
        let values = if list.offsets().last().as_usize() - start == total {
            list.values().slice(start, total)
        } else {
            // Items behind a null list are left out.
            let starts = list.offsets().iter().map(|offset| offset.as_usize());
            let items = starts.zip(&lengths).flat_map(|(start, length)| start..start + length);
            let items: Int64Array = items.map(|item| i64::try_from(item).ok()).collect();
            take(list.values(), &items, None).map_err(|_| mismatch())?
        };
        let row = |item: u64| {
            let after = offsets.partition_point(|offset| offset.as_usize() as u64 <= item);
            first_row + after.saturating_sub(1) as u64
        };
        let values = item.apply(&values, None, 0, misfits).map_err(|error| error.map_row(row))?;
        GenericListArray::try_new(Arc::clone(&item.field), offsets, values, nulls).map(arrayed).map_err(|_| mismatch())
    }

    fn fixed(
        &self,
        array: &ArrayRef,
        size: i32,
        outer: Option<&NullBuffer>,
        first_row: u64,
        item: &Self,
        misfits: &mut [u64],
    ) -> Result<ArrayRef, TransformError> {
        let list = array.as_fixed_size_list_opt().ok_or(TransformError::Schema)?;
        let nulls = NullBuffer::union(list.nulls(), outer);
        let width = usize::try_from(size).unwrap_or_default();
        let inner = nulls.as_ref().map(|nulls| nulls.expand(width));
        let row = |item: u64| first_row + item / (width as u64).max(1);
        let values = item.apply(list.values(), inner.as_ref(), 0, misfits).map_err(|error| error.map_row(row))?;
        FixedSizeListArray::try_new(Arc::clone(&item.field), size, values, nulls).map(arrayed).map_err(|_| mismatch())
    }
}

/// The array with the rows null that are null in `outer`.
fn with_nulls(array: &ArrayRef, outer: Option<&NullBuffer>) -> Result<ArrayRef, TransformError> {
    match outer {
        Some(outer) if outer.null_count() > 0 && *array.data_type() != DataType::Null => {
            let nulls = NullBuffer::union(array.nulls(), Some(outer));
            array.to_data().into_builder().nulls(nulls).build().map(make_array).map_err(|_| mismatch())
        }
        _ => Ok(Arc::clone(array)),
    }
}

fn arrayed(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

fn mismatch() -> TransformError {
    TransformError::Schema
}
