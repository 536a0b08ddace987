//! What a person decided, read from TOML: which datasets, which columns, what becomes of each.
//!
//! # What this room does not know
//!
//! Files of data, keys, and what a transform does to a cell.

mod agree;
mod error;
mod errors;
mod fields;
mod interpolate;
mod line;
mod lower;
mod lower_format;
mod lower_read;
mod lower_rule;
mod place;
mod read;
mod rule;
mod schema;
mod suggest;
mod syntax;
mod words;

pub use error::PolicyError;
pub use errors::PolicyErrors;
pub use line::line_for;
pub use lower::MAX_BYTES;
pub use place::Spanned;
pub use read::{ColumnType, Quote, ReadOptions};
pub use rule::{
    CoarsenSpec, DatasetPolicy, DateRange, IntegerRange, Location, MaskSpec, Policy, Rule, TokenizeSpec, TransformSpec,
};
pub use schema::json_schema;
pub use words::{Compression, Encoding, FileFormat, OnMisfit, PseudonymEncoding, SmallSpace};
