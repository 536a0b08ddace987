//! Where rows come in: files of five formats, read in bounded batches.
//!
//! # Promises
//!
//! - Every file of a dataset is read to its end exactly once, in an order that depends on names alone, and all agree in
//!   schema; a [`SourceReceipt`](crate::dataset::SourceReceipt) is given only then.
//! - A cell is never changed in silence: what does not fit its type ends the reading, with the line to add.
//! - A damaged or hostile file is an error with its place; no error quotes a cell.
//!
//! # What this room does not know
//!
//! Policies, keys, and what becomes of the rows.

mod columnar;
mod csv;
mod csv_rows;
mod discover;
pub mod error;
mod hive;
mod input;
mod ipc;
mod json;
mod json_columns;
mod json_shape;
pub mod limits;
mod open;
pub mod options;
mod parquet;
mod partitions;
mod pieces;
mod plain;
#[expect(clippy::module_inception, reason = "the trait stands in the file that bears its name")]
pub mod source;
mod text;
mod text_source;
mod typed;

pub use error::SourceError;
pub use open::open;
pub use options::{ColumnType, Compression, FileFormat, ReadOptions};
pub use source::{Source, SourceSpec};
