//! JSON objects into Arrow columns of a known shape.
//!
//! # Promises
//!
//! - Numbers keep their digits until their column's type is applied to them: nothing passes through a double on its way.
//! - A field that the shape does not have, one that stands twice, or a structure where a scalar belongs ends the parse.
//! - A null, a missing field and an empty text are told apart where the type can tell them apart.
//!
//! # What this module does not know
//!
//! Lines and files.

use std::{collections::HashMap, fmt, sync::Arc};

use arrow_array::{ArrayRef, ListArray, StructArray, builder::StringBuilder};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, FieldRef, Fields};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{json_shape::Shape, options::ColumnType, typed::Cast};
use crate::names::ColumnPath;

/// What is wrong with an object, apart from its syntax.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum ObjectFault {
    /// A field that stands twice.
    Duplicate(ColumnPath),
    /// A value that its column cannot hold: the column, and its type.
    Misfit(ColumnPath, String),
    /// A field that is not known.
    Unknown(ColumnPath),
}

/// A column being filled.
pub(super) struct Node {
    kind: Kind,
    path: ColumnPath,
}

enum Kind {
    Json {
        cells: StringBuilder,
        /// Whether only objects belong here: all that were seen had no field.
        objects: bool,
    },
    Leaf {
        cells: StringBuilder,
        cast: Cast,
    },
    List {
        ends: Vec<i32>,
        item: Box<Node>,
        nulls: NullBufferBuilder,
    },
    Object {
        fields: Vec<Node>,
        index: HashMap<String, usize>,
        names: Vec<String>,
        nulls: NullBufferBuilder,
        rows: u64,
        seen: Vec<u64>,
    },
}

impl Node {
    /// An empty column of this shape; `zoned` says which paths have timestamps with zones.
    pub(super) fn new(shape: &Shape, path: ColumnPath, zoned: &impl Fn(&ColumnPath) -> bool) -> Self {
        let kind = match shape {
            Shape::Null => leaf(ColumnType::Text, false),
            Shape::Leaf(leaf_shape) => {
                let column_type = leaf_shape.column_type();
                leaf(column_type, column_type == ColumnType::Timestamp && zoned(&path))
            }
            Shape::List(item) => Kind::List {
                ends: vec![0],
                item: Box::new(Self::new(item, path.items(), zoned)),
                nulls: NullBufferBuilder::new(0),
            },
            Shape::Object(fields) if !fields.is_empty() => Kind::Object {
                fields: fields.iter().map(|(name, shape)| Self::new(shape, path.field(name), zoned)).collect(),
                index: fields.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect(),
                names: fields.iter().map(|(name, _)| name.clone()).collect(),
                nulls: NullBufferBuilder::new(0),
                rows: 0,
                seen: vec![0; fields.len()],
            },
            Shape::Object(_) => Kind::Json { cells: StringBuilder::new(), objects: true },
            Shape::Json | Shape::Mixed => Kind::Json { cells: StringBuilder::new(), objects: false },
        };
        Self { kind, path }
    }

    /// The columns of a whole dataset: the fields of an object without a path.
    pub(super) fn top(shape: &Shape, zoned: &impl Fn(&ColumnPath) -> bool) -> Option<Vec<(String, Self)>> {
        let Shape::Object(fields) = shape else { return None };
        let node = |(name, shape): &(String, Shape)| (name.clone(), Self::new(shape, ColumnPath::column(name), zoned));
        Some(fields.iter().map(node).collect())
    }

    /// The Arrow type of the finished column.
    pub(super) fn data_type(&self) -> DataType {
        match &self.kind {
            Kind::Json { .. } => DataType::Utf8,
            Kind::Leaf { cast, .. } => cast.column_type.data_type(cast.zoned),
            Kind::List { item, .. } => DataType::List(item_field(item)),
            Kind::Object { fields, names, .. } => DataType::Struct(struct_fields(names, fields)),
        }
    }

    fn append_null(&mut self) {
        match &mut self.kind {
            Kind::Json { cells, .. } | Kind::Leaf { cells, .. } => cells.append_null(),
            Kind::List { ends, nulls, .. } => {
                nulls.append_null();
                ends.push(ends.last().copied().unwrap_or_default());
            }
            Kind::Object { fields, nulls, rows, .. } => {
                nulls.append_null();
                *rows += 1;
                fields.iter_mut().for_each(Self::append_null);
            }
        }
    }

    /// The column; or the index of a cell that does not fit, and the fault.
    pub(super) fn finish(self) -> Result<ArrayRef, (usize, ObjectFault)> {
        let data_type = self.data_type();
        match self.kind {
            Kind::Json { mut cells, .. } => Ok(Arc::new(cells.finish())),
            Kind::Leaf { mut cells, cast } => cast
                .apply(Arc::new(cells.finish()))
                .map_err(|row| (row, ObjectFault::Misfit(self.path, cast.column_type.to_string()))),
            Kind::List { ends, item, mut nulls } => {
                let field = item_field(&item);
                // A fault at an item is a fault at the list that holds it.
                let values = item.finish().map_err(|(at, fault)| {
                    let list = ends.partition_point(|end| usize::try_from(*end).unwrap_or(0) <= at);
                    (list.saturating_sub(1), fault)
                })?;
                let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
                let list = ListArray::try_new(field, offsets, values, nulls.finish());
                list.map(|list| Arc::new(list) as ArrayRef).map_err(|_| misfit(self.path, &data_type))
            }
            Kind::Object { fields, names, mut nulls, .. } => {
                let schema = struct_fields(&names, &fields);
                let columns = fields.into_iter().map(Self::finish).collect::<Result<Vec<_>, _>>()?;
                let object = StructArray::try_new(schema, columns, nulls.finish());
                object.map(|object| Arc::new(object) as ArrayRef).map_err(|_| misfit(self.path, &data_type))
            }
        }
    }
}

fn leaf(column_type: ColumnType, zoned: bool) -> Kind {
    Kind::Leaf { cells: StringBuilder::new(), cast: Cast { column_type, zoned, empty_is_null: false, told: true } }
}

fn misfit(path: ColumnPath, data_type: &DataType) -> (usize, ObjectFault) {
    (0, ObjectFault::Misfit(path, data_type.to_string()))
}

fn item_field(item: &Node) -> FieldRef {
    Arc::new(Field::new_list_field(item.data_type(), true))
}

fn struct_fields(names: &[String], fields: &[Node]) -> Fields {
    names.iter().zip(fields).map(|(name, field)| Field::new(name, field.data_type(), true)).collect()
}

/// All columns of a dataset being filled, and the first fault that is not one of syntax.
pub(super) struct Columns {
    fault: Option<ObjectFault>,
    top: Node,
}

impl Columns {
    pub(super) fn new(shape: &Shape, zoned: &impl Fn(&ColumnPath) -> bool) -> Self {
        let nodes = Node::top(shape, zoned).unwrap_or_default();
        let (names, fields): (Vec<_>, Vec<_>) = nodes.into_iter().unzip();
        let kind = Kind::Object {
            index: names.iter().enumerate().map(|(index, name)| (name.clone(), index)).collect(),
            seen: vec![0; fields.len()],
            fields,
            names,
            nulls: NullBufferBuilder::new(0),
            rows: 0,
        };
        Self { fault: None, top: Node { kind, path: ColumnPath::column("") } }
    }

    /// Takes in one object. On an error [`Self::fault`] tells whether it was more than syntax.
    pub(super) fn push(&mut self, line: &str) -> Result<(), serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(line);
        Fill { fault: &mut self.fault, node: &mut self.top, top: true }.deserialize(&mut deserializer)?;
        deserializer.end()
    }

    /// The fault of the last object.
    pub(super) fn fault(&mut self) -> Option<ObjectFault> {
        self.fault.take()
    }

    /// The columns; or the row of a cell that does not fit, and the fault.
    pub(super) fn finish(self) -> Result<Vec<ArrayRef>, (usize, ObjectFault)> {
        match self.top.kind {
            Kind::Object { fields, .. } => fields.into_iter().map(Node::finish).collect(),
            _ => Ok(Vec::new()),
        }
    }
}

/// Appends one value to a column.
struct Fill<'a> {
    fault: &'a mut Option<ObjectFault>,
    node: &'a mut Node,
    top: bool,
}

impl<'de> DeserializeSeed<'de> for Fill<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { fault, node, top } = self;
        match &mut node.kind {
            Kind::Json { cells, objects } => {
                let raw: &RawValue = serde::Deserialize::deserialize(deserializer)?;
                match raw.get() {
                    "null" => cells.append_null(),
                    text if *objects && !text.starts_with('{') => {
                        *fault = Some(ObjectFault::Misfit(node.path.clone(), "struct".to_owned()));
                        return Err(D::Error::custom(""));
                    }
                    text => cells.append_value(text),
                }
                Ok(())
            }
            Kind::Leaf { cells, cast } => {
                let raw: &RawValue = serde::Deserialize::deserialize(deserializer)?;
                let text = raw.get();
                match text.as_bytes().first() {
                    Some(b'"') => match text.get(1..text.len() - 1) {
                        Some(plain) if !plain.contains('\\') => cells.append_value(plain),
                        _ => cells.append_value(serde_json::from_str::<String>(text).map_err(D::Error::custom)?),
                    },
                    Some(b'n') => cells.append_null(),
                    Some(b'{' | b'[') => {
                        *fault = Some(ObjectFault::Misfit(node.path.clone(), cast.column_type.to_string()));
                        return Err(D::Error::custom(""));
                    }
                    _ => cells.append_value(text),
                }
                Ok(())
            }
            Kind::List { .. } | Kind::Object { .. } => deserializer.deserialize_any(Fill { fault, node, top }),
        }
    }
}

impl<'de> Visitor<'de> for Fill<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the column's shape")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        if self.top {
            return Err(E::custom(""));
        }
        self.node.append_null();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Kind::List { ends, item, nulls } = &mut self.node.kind else {
            return self.refuse();
        };
        let mut end = ends.last().copied().unwrap_or_default();
        while items.next_element_seed(Fill { fault: self.fault, node: item, top: false })?.is_some() {
            end = end.checked_add(1).ok_or_else(|| A::Error::custom(""))?;
        }
        ends.push(end);
        nulls.append_non_null();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Kind::Object { fields, index, nulls, rows, seen, .. } = &mut self.node.kind else {
            return self.refuse();
        };
        *rows += 1;
        while let Some(name) = entries.next_key::<Name<'de>>()? {
            let path = || if self.top { ColumnPath::column(&name.0) } else { self.node.path.field(&name.0) };
            let Some(&at) = index.get(name.0.as_ref()) else {
                *self.fault = Some(ObjectFault::Unknown(path()));
                return Err(A::Error::custom(""));
            };
            let (Some(field), Some(last)) = (fields.get_mut(at), seen.get_mut(at)) else { continue };
            if std::mem::replace(last, *rows) == *rows {
                *self.fault = Some(ObjectFault::Duplicate(path()));
                return Err(A::Error::custom(""));
            }
            entries.next_value_seed(Fill { fault: self.fault, node: field, top: false })?;
        }
        for (field, last) in fields.iter_mut().zip(seen) {
            if last != rows {
                field.append_null();
            }
        }
        nulls.append_non_null();
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.refuse()
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.refuse()
    }
}

impl Fill<'_> {
    /// A value of another kind than the column's.
    fn refuse<E: serde::de::Error>(self) -> Result<(), E> {
        if !self.top {
            let kind = if matches!(self.node.kind, Kind::List { .. }) { "list" } else { "struct" };
            *self.fault = Some(ObjectFault::Misfit(self.node.path.clone(), kind.to_owned()));
        }
        Err(E::custom(""))
    }
}

/// A field's name, borrowed where it has no escapes.
struct Name<'de>(std::borrow::Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field's name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(name.into()))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(name.to_owned().into()))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

/// Whether a text is one JSON value of any kind.
pub(super) fn is_json(line: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(line).is_ok()
}
