//! How the files of a dataset are read, as far as a policy says it.
//!
//! # Promises
//!
//! - What the policy left out is absent here; no default is invented on the way.
//!
//! # What this module does not know
//!
//! How a file is opened, or what reading one costs.

use std::fmt;

use super::{
    place::Spanned,
    words::{Compression, Encoding, FileFormat},
};
use crate::names::ColumnPath;

/// The `read` key of a dataset.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Compression of the whole file, where its name does not say it.
    pub compression: Option<Compression>,
    /// CSV: the byte between cells.
    pub delimiter: Option<u8>,
    /// CSV and NDJSON: what the bytes mean.
    pub encoding: Option<Encoding>,
    /// The file format, where the file's name does not say it.
    pub format: Option<FileFormat>,
    /// CSV: whether the first row names the columns.
    pub header: Option<bool>,
    /// CSV: the names of the columns from left to right, in place of the header's if there is one.
    pub names: Option<Vec<String>>,
    /// CSV: texts that mean null, besides the empty cell.
    pub null_values: Vec<String>,
    /// CSV: whether and by what cells are quoted.
    pub quote: Option<Quote>,
    /// Types of columns that the file does not type itself.
    pub types: Vec<(Spanned<ColumnPath>, ColumnType)>,
}

impl ReadOptions {
    /// The type that the policy gives a column.
    pub fn type_of(&self, path: &ColumnPath) -> Option<ColumnType> {
        self.types.iter().find(|(column, _)| column.value == *path).map(|(_, column_type)| *column_type)
    }
}

/// What stands around a cell that holds delimiters.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Quote {
    /// This byte.
    Byte(u8),
    /// Nothing: a quote is a character like any other.
    Never,
}

/// The type of a column of a text file.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ColumnType {
    /// `true` or `false`.
    Bool,
    /// A day.
    Date,
    /// A decimal number.
    Decimal {
        /// Digits in all, 1 to 38.
        precision: u8,
        /// Digits after the point, at most `precision`.
        scale: u8,
    },
    /// A 64-bit floating-point number.
    Float64,
    /// A signed 32-bit integer.
    Int32,
    /// A signed 64-bit integer.
    Int64,
    /// Characters.
    Text,
    /// A point in time.
    Timestamp,
}

impl ColumnType {
    /// The words that need no parameters.
    pub const WORDS: &'static [&'static str] = &["bool", "date", "float64", "int32", "int64", "text", "timestamp"];

    /// The greatest precision of a decimal.
    pub const MAX_PRECISION: u8 = 38;

    /// The type of a word, or of `decimal(PRECISION, SCALE)`.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "bool" => Self::Bool,
            "date" => Self::Date,
            "float64" => Self::Float64,
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "text" => Self::Text,
            "timestamp" => Self::Timestamp,
            _ => return Self::decimal(word),
        })
    }

    fn decimal(word: &str) -> Option<Self> {
        let parameters = word.strip_prefix("decimal(")?.strip_suffix(')')?;
        let (precision, scale) = parameters.split_once(',')?;
        let (precision, scale) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
        let fits = (1..=Self::MAX_PRECISION).contains(&precision) && scale <= precision;
        fits.then_some(Self::Decimal { precision, scale })
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Decimal { precision, scale } => return write!(f, "decimal({precision},{scale})"),
            Self::Float64 => "float64",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Text => "text",
            Self::Timestamp => "timestamp",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_fits_its_precision() {
        assert_eq!(ColumnType::from_word("decimal(10, 2)"), Some(ColumnType::Decimal { precision: 10, scale: 2 }));
        assert_eq!(ColumnType::from_word("decimal(38,38)").unwrap().to_string(), "decimal(38,38)");
        for word in ["decimal", "decimal()", "decimal(0,0)", "decimal(39,2)", "decimal(2,3)", "decimal(2,-1)", "Text"] {
            assert_eq!(ColumnType::from_word(word), None, "{word}");
        }
    }

    #[test]
    fn every_word_is_a_type_that_prints_as_the_word() {
        for word in ColumnType::WORDS {
            assert_eq!(ColumnType::from_word(word).unwrap().to_string(), *word);
        }
    }
}
