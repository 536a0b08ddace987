//! Transforms: from a column to its sanitized column.
//!
//! A rule of a policy becomes a [`ColumnTransform`] by `bind`, which takes the column's type and, where tokens are made,
//! [`DomainKeys`]. A [`Sanitizer`] holds one action for each leaf of a schema and makes [`Sanitized`] batches, the only
//! thing that a sink accepts.
//!
//! # Promises
//!
//! - Equal cells give equal tokens within a domain, a format and a key version: in any column, batch or Arrow layout.
//! - Nulls stay null at every level; rows keep their number and order.
//! - A misfit is never passed through: [`OnMisfit`] decides, and it is counted.
//! - No error holds a cell.
//!
//! # What this room does not know
//!
//! Policies, keysets, files; who asks, and why.

mod bins;
mod calendar;
mod canonical;
mod cipher;
mod class;
mod coarsen;
mod column;
mod error;
mod format;
mod lanes;
mod mask;
mod misfit;
mod nested;
mod options;
mod pseudonym;
mod sanitizer;
mod seal;
mod text;
mod tokenize;
mod zip3;

pub use coarsen::Coarsen;
pub use column::{Applied, ColumnTransform};
pub use error::{Place, TransformError};
pub use format::{Alphabet, DateRange, Format, IntegerRange, Kept, MessageSpace, Size};
pub use mask::Mask;
pub use options::{Direction, DomainKeys, OnMisfit, SmallSpace};
pub use pseudonym::{Encoding, Pseudonym};
pub use sanitizer::{Action, Restorer, Sanitized, Sanitizer};
pub use seal::Seal;
pub use tokenize::Tokenize;
