//! The leaf columns of data files, from the type names of their columns.
//!
//! # Promises
//!
//! - Fields of structs and items of lists by path, in schema order, as the plan walks them: `context.ip`, `items[].sku`.
//! - A type name that cannot be taken apart is a leaf as it stands, so that nothing is passed over.
//!
//! # What this module does not know
//!
//! What the manifest says of a leaf.

use crate::names::ColumnPath;

/// Path and type name of one leaf.
pub(crate) type Leaf = (String, String);

/// The leaves below a column. A list is a leaf as a whole where `whole` says that it was planned so: views of lists
/// have the type name of lists, and no rule reaches into them.
pub(crate) fn leaves(name: &str, type_name: &str, whole: &dyn Fn(&str, &str) -> bool, found: &mut Vec<Leaf>) {
    descend(&ColumnPath::column(name), type_name, whole, found);
}

fn descend(path: &ColumnPath, type_name: &str, whole: &dyn Fn(&str, &str) -> bool, found: &mut Vec<Leaf>) {
    let spelled = path.to_string();
    let inner = |kind: &str| type_name.strip_prefix(kind)?.strip_suffix('>');
    if let Some(item) = inner("list<").filter(|_| !whole(&spelled, type_name)) {
        return descend(&path.items(), item, whole, found);
    }
    match inner("struct<").and_then(fields) {
        Some(fields) => {
            for (name, type_name) in fields {
                descend(&path.field(&name), type_name, whole, found);
            }
        }
        None => found.push((spelled, type_name.to_owned())),
    }
}

/// Takes `"ip":utf8,"port":int64` apart.
fn fields(text: &str) -> Option<Vec<(String, &str)>> {
    let mut fields = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_at_checked(quoted(rest)?)?;
        let after = after.strip_prefix(':')?;
        let (type_name, after) = after.split_at_checked(top_level_comma(after)?)?;
        fields.push((serde_json::from_str(name).ok()?, type_name));
        rest = match after.strip_prefix(',') {
            Some("") => return None,
            Some(next) => next,
            None => after,
        };
    }
    Some(fields)
}

/// Where the JSON string ends that `text` begins with.
fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (position, character) in text.strip_prefix('"')?.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(position + 2),
            _ => (),
        }
    }
    None
}

/// Where the first type of a list of fields ends: at a comma outside brackets and strings, or at the end.
fn top_level_comma(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut position = 0;
    while let Some(rest) = text.get(position..) {
        match rest.chars().next() {
            None => return Some(position),
            Some(',') if depth == 0 => return Some(position),
            Some('"') => position += quoted(rest)?,
            Some(character) => {
                match character {
                    '<' | '(' => depth += 1,
                    '>' | ')' => depth = depth.checked_sub(1)?,
                    _ => (),
                }
                position += character.len_utf8();
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_schema::{DataType, Field, Schema, TimeUnit};

    use super::*;
    use crate::{dataset::type_name, plan};

    fn of(name: &str, type_name: &str) -> Vec<Leaf> {
        let mut found = Vec::new();
        leaves(name, type_name, &|_, _| false, &mut found);
        found
    }

    #[test]
    fn the_leaves_are_those_of_the_plan() {
        let zone = DataType::Timestamp(TimeUnit::Microsecond, Some("A,\"b>".into()));
        let entries = vec![Field::new("keys", DataType::Utf8, false), Field::new("values", DataType::Int64, true)];
        let map = DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entries.into()), false)), false);
        let inner = vec![
            Field::new("a.b", DataType::Decimal128(10, 2), true),
            Field::new("q\"\\,:<\u{1}ä", zone, true),
            Field::new("map", map.clone(), true),
            Field::new("none", DataType::Struct(Vec::<Field>::new().into()), true),
        ];
        let item = |data_type: &DataType| Arc::new(Field::new_list_field(data_type.clone(), true));
        let row = DataType::Struct(inner.into());
        let nested = DataType::List(item(&DataType::LargeList(item(&row))));
        let schema = Schema::new(vec![
            Field::new("id", DataType::Int64, true),
            Field::new("x.y[]", DataType::Utf8View, true),
            Field::new("pairs", map, true),
            Field::new("items", nested, true),
            Field::new("fixed", DataType::FixedSizeList(item(&row), 2), true),
            Field::new("row", row, true),
        ]);
        let planned: Vec<Leaf> = plan::leaves(&schema)
            .into_iter()
            .map(|leaf| (leaf.path.to_string(), type_name(&leaf.data_type).unwrap()))
            .collect();
        let names = schema.fields().iter().map(|field| (field.name(), type_name(field.data_type()).unwrap()));
        let found: Vec<Leaf> = names.flat_map(|(name, type_name)| of(name, &type_name)).collect();
        assert_eq!(found, planned);
        assert_eq!(found.len(), 12);
    }

    #[test]
    fn a_list_that_was_planned_whole_is_a_leaf() {
        let mut found = Vec::new();
        leaves("tags", "list<utf8>", &|path, type_name| (path, type_name) == ("tags", "list<utf8>"), &mut found);
        assert_eq!(found, [("tags".to_owned(), "list<utf8>".to_owned())]);
    }

    #[test]
    fn a_broken_type_name_is_a_leaf_as_it_stands() {
        for text in
            ["struct<a:utf8>", "struct<\"a\"utf8>", "struct<\"a\":utf8,>", "struct<\"a:utf8>", "struct<\"a\":b>>"]
        {
            assert_eq!(of("x", text), [("x".to_owned(), text.to_owned())]);
        }
    }
}
