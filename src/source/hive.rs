//! The cells that Hive partitions write into the names of folders: `name=value`.
//!
//! # What this module does not know
//!
//! Which folders hold files of one dataset, and the types of partition columns.

use std::path::{Path, PathBuf};

/// What Hive writes for a null.
const HIVE_NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The partition columns of a path: names, and values where they are not null.
pub(super) type PartitionCells = Vec<(String, Option<String>)>;

/// Reads the partitions out of a path relative to the dataset's folder.
pub(super) fn partitions_of(relative: &Path) -> PartitionCells {
    let Some(parent) = relative.parent() else { return Vec::new() };
    parent
        .components()
        .filter_map(|part| {
            let part = part.as_os_str().to_str()?;
            let (name, value) = part.split_once('=')?;
            let value = unescape(value);
            Some((unescape(name), (value != HIVE_NULL).then_some(value)))
        })
        .collect()
}

/// A path without the cells that stand in the names of its parts: `day=2024-01-01` is shown as `day=…`.
pub(super) fn without_cells(relative: &Path) -> PathBuf {
    let part = |part: std::path::Component<'_>| {
        let name = part.as_os_str();
        match name.to_string_lossy().split_once('=') {
            Some((column, _)) => format!("{column}=…").into(),
            None => name.to_owned(),
        }
    };
    relative.components().map(part).collect()
}

/// Hive writes special characters of a partition as `%` and two hexadecimal digits.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| tail.get(..2).and_then(|digits| data_encoding::HEXUPPER_PERMISSIVE.decode(digits).ok()))
            .flatten();
        match escaped {
            Some(byte) => {
                bytes.extend(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partition_folders_become_cells() {
        let cells =
            partitions_of(Path::new("a/day=2024-01-01/city=S%C3%A3o%20Paulo/x=__HIVE_DEFAULT_PARTITION__/f.csv"));
        let cells: Vec<_> = cells.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
        assert_eq!(cells, [("day", Some("2024-01-01")), ("city", Some("São Paulo")), ("x", None)]);
        assert!(partitions_of(Path::new("day=1.csv")).is_empty());
        assert_eq!(unescape("100%"), "100%");
    }
}
