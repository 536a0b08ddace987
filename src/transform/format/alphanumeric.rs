//! `alphanumeric`: codes of ASCII letters and digits, in their layout.
//!
//! # What this module does not know
//!
//! Which codes were ever given out.

use crate::transform::{
    class::Class,
    format::{
        language::{Language, MAX_CELL, is_separator},
        layout::{CLASSES, layout_class, read_layout, write_layout},
    },
    lanes::{Group, Lanes, Unfit},
};

/// Letters and digits with separators. A class is the pair of their numbers.
pub(crate) struct AlphanumericLanguage;

impl Language for AlphanumericLanguage {
    fn id(&self) -> String {
        "alphanumeric".to_owned()
    }

    fn needs(&self) -> String {
        format!("up to {MAX_CELL} ASCII letters and digits, which any of ` -./()_:,+#` may part")
    }

    fn classes(&self) -> u32 {
        CLASSES
    }

    fn class(&self, class: u32) -> Class {
        layout_class(class, false)
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        if cell.len() > MAX_CELL || !cell.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_separator(byte)) {
            return Err(Unfit::Shape);
        }
        read_layout(cell, lanes).map(|_| ())
    }

    fn write(&self, group: &Group, index: usize, cell: &str, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(cell.as_bytes());
        write_layout(group, index, out.get_mut(start..).unwrap_or_default());
    }
}
