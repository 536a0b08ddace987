//! How the files of a dataset are to be read.
//!
//! # What this module does not know
//!
//! The policy's spelling of these options, and why a column must be text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use arrow_schema::{DataType, TimeUnit};

/// What stands in a file.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum FileFormat {
    /// Delimiter-separated text.
    Csv,
    /// Arrow IPC, the file or the stream form.
    Ipc,
    /// One JSON object a line.
    Ndjson,
    /// Parquet.
    Parquet,
}

impl FileFormat {
    /// The word of the policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ipc => "ipc",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
        }
    }
}

impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the bytes of a text file are packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Compression {
    /// gzip, one member or many.
    Gzip,
    /// Not at all.
    None,
}

/// The type of a column of a text format.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ColumnType {
    /// `true` or `false`, also `True`, `TRUE`, `False`, `FALSE`.
    Bool,
    /// `YYYY-MM-DD`.
    Date,
    /// A decimal number of at most `precision` digits, `scale` of them after the point.
    Decimal {
        /// Digits in all, at most 38.
        precision: u8,
        /// Digits after the point.
        scale: i8,
    },
    /// A decimal or scientific number that fits an IEEE 754 double.
    Float64,
    /// A whole number without leading zeros; a fraction of zeros is let pass, as in the `17850.0` of a nullable column.
    Int32,
    /// A whole number without leading zeros; a fraction of zeros is let pass, as in the `17850.0` of a nullable column.
    Int64,
    /// The cell as it stands.
    Text,
    /// `YYYY-MM-DD`, `T` or a space, `HH:MM`, then seconds, up to six digits of a fraction and a zone if there are any.
    Timestamp,
}

impl ColumnType {
    /// The Arrow type of a column of this type; `zoned` says whether its timestamps name a zone.
    pub fn data_type(self, zoned: bool) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Decimal { precision, scale } => DataType::Decimal128(precision, scale),
            Self::Float64 => DataType::Float64,
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::Text => DataType::Utf8,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, zoned.then(|| "UTC".into())),
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Date => f.write_str("date"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Float64 => f.write_str("float64"),
            Self::Int32 => f.write_str("int32"),
            Self::Int64 => f.write_str("int64"),
            Self::Text => f.write_str("text"),
            Self::Timestamp => f.write_str("timestamp"),
        }
    }
}

/// How the files of a dataset are to be read. What a format has no use for is refused; types of columns whose format has types are not looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReadOptions {
    /// CSV and NDJSON: `None` looks at the name and at the first bytes.
    pub compression: Option<Compression>,
    /// CSV: `None` is the comma, and the tab in a file named `.tsv`.
    pub delimiter: Option<u8>,
    /// CSV and NDJSON: a label of the WHATWG Encoding Standard, `utf-8` where it is `None`.
    pub encoding: Option<String>,
    /// `None` goes by the file's name.
    pub format: Option<FileFormat>,
    /// CSV: whether each file begins with the names of its columns.
    pub header: bool,
    /// CSV: names for the columns, in place of the header's or of `column_1`, `column_2`…
    pub names: Option<Vec<String>>,
    /// CSV: cells that mean null, quoted or not; an empty cell of a typed column is null in any case.
    pub null_values: Vec<String>,
    /// CSV: the quote character; `None` for files that do not quote.
    pub quote: Option<u8>,
    /// CSV: columns that are text unless `types` says otherwise; NDJSON: likewise, where all cells looked at are null.
    pub text_columns: BTreeSet<String>,
    /// CSV and NDJSON: types by column, or by path (`context.amount`, `items[].price`); partition columns too.
    pub types: BTreeMap<String, ColumnType>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            compression: None,
            delimiter: None,
            encoding: None,
            format: None,
            header: true,
            names: None,
            null_values: vec![String::new()],
            quote: Some(b'"'),
            text_columns: BTreeSet::new(),
            types: BTreeMap::new(),
        }
    }
}
