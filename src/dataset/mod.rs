//! What a dataset was, told by those who read or wrote it: receipts and logical digests.
//!
//! # Promises
//!
//! - A receipt exists only because a source or a sink came to its end; nobody else can build one.
//! - A logical digest depends on rows, names and types alone: not on batches, encodings or the writer.
//!
//! # What this room does not know
//!
//! Keys, policies, and where a file is published.
//!
//! SPEC: `schemas/logical-digest.v1.md`.

mod cells;
mod error;
#[cfg(feature = "frames")]
mod ffi;
mod footer;
#[cfg(feature = "frames")]
pub mod frames;
pub mod logical_digest;
pub mod receipt;
pub mod recount;
mod type_name;

pub use error::DatasetError;
pub use footer::{FileFooter, footers};
pub use logical_digest::{ColumnDigest, LogicalColumn, LogicalDigest, LogicalDigests};
pub use receipt::{SinkFile, SinkReceipt, SourceFile, SourceReceipt};
pub use recount::{Recount, recount};
pub use type_name::type_name;
