//! The shape of JSON objects: which fields they have, and what stands in them.
//!
//! # Promises
//!
//! - Fields keep the order in which they were first seen. Whole numbers, fractions, truth values and texts that meet in
//!   one field make it text; a scalar and a structure, or a list and an object, make it mixed, which is not read unless
//!   the options tell it to be text: it is JSON text then.
//! - A timestamp is text; nothing is guessed from the letters of a string.
//!
//! # What this module does not know
//!
//! Arrow's arrays.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{
    limits::{MAX_COLUMNS, MAX_DEPTH},
    options::ColumnType,
};
use crate::names::{ColumnPath, Segment};

/// What stands in a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// Anything, kept as JSON text.
    Json,
    /// A column of text, to be cast.
    Leaf(Leaf),
    /// A list.
    List(Box<Shape>),
    /// Single values in one object and a structure in another, or lists and objects.
    Mixed,
    /// Nothing but null so far.
    Null,
    /// An object.
    Object(Vec<(String, Shape)>),
}

/// What the scalars of a field are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Leaf {
    /// Truth values.
    Bool,
    /// Numbers with fractions.
    Float,
    /// Whole numbers.
    Int,
    /// Texts, or scalars of several kinds.
    Text,
    /// As the options tell.
    Told(ColumnType),
}

impl Leaf {
    /// The type of a column of such scalars.
    pub(super) fn column_type(self) -> ColumnType {
        match self {
            Self::Bool => ColumnType::Bool,
            Self::Float => ColumnType::Float64,
            Self::Int => ColumnType::Int64,
            Self::Text => ColumnType::Text,
            Self::Told(told) => told,
        }
    }
}

impl Shape {
    /// Looks at one more object; the count of all fields must stay within the limit.
    pub(super) fn look<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        Look { depth: 0, shape: self }.deserialize(deserializer)
    }

    /// Takes in what was seen in another file.
    pub(super) fn merge(&mut self, other: Self) {
        match (&mut *self, other) {
            (_, Self::Null) => {}
            (Self::Json | Self::Mixed, _) => {}
            (_, Self::Json) => *self = Self::Json,
            (Self::Null, other) => *self = other,
            (Self::Leaf(a), Self::Leaf(b)) => *a = joined(*a, b),
            (Self::List(a), Self::List(b)) => a.merge(*b),
            (Self::Object(fields), Self::Object(others)) => {
                for (name, shape) in others {
                    match fields.iter_mut().find(|(field, _)| *field == name) {
                        Some((_, field)) => field.merge(shape),
                        None => fields.push((name, shape)),
                    }
                }
            }
            _ => *self = Self::Mixed,
        }
    }

    /// The first mixed field below `path`, the field of this shape itself included.
    pub(super) fn mixed(&self, path: Option<ColumnPath>) -> Option<ColumnPath> {
        match self {
            Self::Mixed => path,
            Self::List(item) => item.mixed(path.map(|path| path.items())),
            Self::Object(fields) => fields.iter().find_map(|(name, shape)| {
                let field = path.as_ref().map_or_else(|| ColumnPath::column(name), |path| path.field(name));
                shape.mixed(Some(field))
            }),
            Self::Json | Self::Leaf(_) | Self::Null => None,
        }
    }

    /// Whether the field at `path` is mixed.
    pub(super) fn is_mixed_at(&self, path: &[Segment]) -> bool {
        match (self, path.split_first()) {
            (Self::Mixed, None) => true,
            (Self::List(item), Some((Segment::Items, rest))) => item.is_mixed_at(rest),
            (Self::Object(fields), Some((Segment::Field(name), rest))) => {
                fields.iter().any(|(field, shape)| field == name && shape.is_mixed_at(rest))
            }
            _ => false,
        }
    }

    /// Columns, nested ones counted.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Json | Self::Leaf(_) | Self::Mixed | Self::Null => 1,
            Self::List(item) => item.width(),
            Self::Object(fields) => fields.iter().map(|(_, shape)| shape.width()).sum::<usize>() + 1,
        }
    }

    /// Sets the type of the leaf at `path`, which is made where it is missing. Says whether that was possible.
    pub(super) fn tell(&mut self, path: &[Segment], told: ColumnType) -> bool {
        if matches!(self, Self::Mixed) && (!path.is_empty() || told != ColumnType::Text) {
            // It stays mixed and is refused as such.
            return true;
        }
        let Some((first, rest)) = path.split_first() else {
            *self = match (&*self, told) {
                (Self::Object(_) | Self::List(_) | Self::Json | Self::Mixed, ColumnType::Text) => Self::Json,
                (Self::Object(_) | Self::List(_) | Self::Json, _) => return false,
                _ => Self::Leaf(Leaf::Told(told)),
            };
            return true;
        };
        if matches!(self, Self::Null) {
            *self = match first {
                Segment::Field(_) => Self::Object(Vec::new()),
                Segment::Items => Self::List(Box::new(Self::Null)),
            };
        }
        match (self, first) {
            (Self::List(item), Segment::Items) => item.tell(rest, told),
            (Self::Object(fields), Segment::Field(name)) => {
                if let Some((_, shape)) = fields.iter_mut().find(|(field, _)| field == name) {
                    return shape.tell(rest, told);
                }
                let mut shape = Self::Null;
                let done = shape.tell(rest, told);
                fields.push((name.clone(), shape));
                done
            }
            _ => false,
        }
    }

    fn meet(&mut self, leaf: Leaf) {
        match self {
            Self::Null => *self = Self::Leaf(leaf),
            Self::Leaf(known) => *known = joined(*known, leaf),
            Self::Json | Self::Mixed => {}
            Self::List(_) | Self::Object(_) => *self = Self::Mixed,
        }
    }
}

fn joined(a: Leaf, b: Leaf) -> Leaf {
    match (a, b) {
        (Leaf::Int, Leaf::Float) | (Leaf::Float, Leaf::Int) => Leaf::Float,
        _ if a == b => a,
        _ => Leaf::Text,
    }
}

/// Walks over one value and widens a shape by it.
struct Look<'a> {
    depth: usize,
    shape: &'a mut Shape,
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.depth > MAX_DEPTH || matches!(self.shape, Shape::Json | Shape::Mixed) {
            if !matches!(self.shape, Shape::Mixed) {
                *self.shape = Shape::Json;
            }
            return serde::Deserialize::deserialize(deserializer).map(|_: IgnoredAny| ());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.shape.meet(Leaf::Bool);
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.shape.meet(Leaf::Int);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.shape.meet(if i64::try_from(value).is_ok() { Leaf::Int } else { Leaf::Text });
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // A whole number beyond 2^53 may have been an identifier with more digits than a double keeps.
        let exact = value.fract() != 0.0 || value.abs() < 9_007_199_254_740_992.0;
        self.shape.meet(if exact { Leaf::Float } else { Leaf::Text });
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.shape.meet(Leaf::Text);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if matches!(self.shape, Shape::Null) {
            *self.shape = Shape::List(Box::new(Shape::Null));
        }
        let Shape::List(item) = self.shape else {
            *self.shape = Shape::Mixed;
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        while items.next_element_seed(Look { depth: self.depth + 1, shape: item })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        if matches!(self.shape, Shape::Null) {
            *self.shape = Shape::Object(Vec::new());
        }
        let Shape::Object(fields) = self.shape else {
            *self.shape = Shape::Mixed;
            while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let mut expected = 0;
        while let Some(name) = entries.next_key::<String>()? {
            // Objects mostly name their fields in one order: the next one is looked for first.
            let at = match fields.get(expected).is_some_and(|(field, _)| *field == name) {
                true => Some(expected),
                false => fields.iter().position(|(field, _)| *field == name),
            };
            let at = at.unwrap_or_else(|| {
                fields.push((name, Shape::Null));
                fields.len() - 1
            });
            if at > MAX_COLUMNS {
                return Err(serde::de::Error::custom("too many fields"));
            }
            expected = at + 1;
            if let Some((_, shape)) = fields.get_mut(at) {
                entries.next_value_seed(Look { depth: self.depth + 1, shape })?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(lines: &[&str]) -> Shape {
        let mut shape = Shape::Null;
        for line in lines {
            shape.look(&mut serde_json::Deserializer::from_str(line)).unwrap();
        }
        shape
    }

    #[test]
    fn a_field_is_as_wide_as_what_was_seen() {
        let Shape::Object(fields) = shape(&[
            r#"{"i":1,"f":1,"m":1,"n":null,"l":[1],"e":{},"s":{"a":true},"x":1,"big":18446744073709551615}"#,
            r#"{"i":2,"f":1.5,"m":"a","n":null,"l":[],"s":{"b":"q"},"x":{"y":1}}"#,
        ]) else {
            panic!()
        };
        let of = |name: &str| fields.iter().find(|(field, _)| field == name).unwrap().1.clone();
        assert_eq!(of("i"), Shape::Leaf(Leaf::Int));
        assert_eq!(of("f"), Shape::Leaf(Leaf::Float));
        assert_eq!(of("m"), Shape::Leaf(Leaf::Text));
        assert_eq!(of("big"), Shape::Leaf(Leaf::Text));
        assert_eq!(of("n"), Shape::Null);
        assert_eq!(of("l"), Shape::List(Box::new(Shape::Leaf(Leaf::Int))));
        assert_eq!(of("x"), Shape::Mixed);
        assert_eq!(of("e"), Shape::Object(vec![]));
        assert!(matches!(of("s"), Shape::Object(fields) if fields.len() == 2));
    }

    #[test]
    fn a_told_type_makes_the_field_that_is_missing() {
        let mut known = shape(&[r#"{"a":{"b":1}}"#]);
        let path = |text: &str| text.parse::<crate::names::ColumnPath>().unwrap();
        assert!(known.tell(path("a.c").segments(), ColumnType::Text));
        assert!(known.tell(path("items[].sku").segments(), ColumnType::Text));
        assert!(known.tell(path("a").segments(), ColumnType::Text));
        assert!(!known.tell(path("a.b.c").segments(), ColumnType::Int64));
        let Shape::Object(fields) = known else { panic!() };
        assert_eq!(fields[0].1, Shape::Json);
        assert!(matches!(&fields[1].1, Shape::List(item) if matches!(**item, Shape::Object(_))));
    }
}
