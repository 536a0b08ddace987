//! What a person decided, read from TOML: which datasets, which columns, what becomes of each.
//!
//! # What this room does not know
//!
//! Files of data, keys, and what a transform does to a cell.

mod read;
mod rule;
mod words;

pub use read::{ColumnType, ReadOptions};
pub use rule::{
    CoarsenSpec, DatasetPolicy, DateRange, IntegerRange, Location, MaskSpec, Policy, Rule, Spanned, TokenizeSpec,
    TransformSpec,
};
pub use words::{Compression, Encoding, FileFormat, OnMisfit, PseudonymEncoding, SmallSpace};
