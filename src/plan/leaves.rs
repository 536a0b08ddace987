//! A schema's leaves: the columns that a policy must speak about, nested ones included.
//!
//! # What this module does not know
//!
//! What a policy says of them.

use arrow_schema::{DataType, Schema};

use crate::names::ColumnPath;

/// One leaf of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) path: ColumnPath,
    pub(crate) data_type: DataType,
}

/// All leaves in schema order: fields of structs and items of lists by path, everything else as it stands.
pub(crate) fn leaves(schema: &Schema) -> Vec<Leaf> {
    let mut found = Vec::new();
    for field in schema.fields() {
        descend(ColumnPath::column(field.name()), field.data_type(), &mut found);
    }
    found
}

fn descend(path: ColumnPath, data_type: &DataType, found: &mut Vec<Leaf>) {
    match data_type {
        DataType::Struct(fields) => {
            for field in fields {
                descend(path.field(field.name()), field.data_type(), found);
            }
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            descend(path.items(), item.data_type(), found)
        }
        other => found.push(Leaf { path, data_type: other.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use arrow_schema::Field;

    use super::*;

    #[test]
    fn a_nested_schema_has_its_leaves_by_path() {
        let item = DataType::Struct(vec![Field::new("sku", DataType::Utf8, true)].into());
        let context = DataType::Struct(vec![Field::new("ip", DataType::Utf8, true)].into());
        let schema = Schema::new(vec![
            Field::new("id", DataType::Int64, true),
            Field::new("context", context, true),
            Field::new_list("items", Field::new_list_field(item, true), true),
            Field::new_list("tags", Field::new_list_field(DataType::Utf8, true), true),
        ]);
        let paths: Vec<String> = leaves(&schema).iter().map(|leaf| leaf.path.to_string()).collect();
        assert_eq!(paths, ["id", "context.ip", "items[].sku", "tags[]"]);
    }
}
