//! Where sanitized rows leave: Parquet part files in a staging folder, published by one rename.
//!
//! # Promises
//!
//! - Only [`Sanitized`](crate::transform::Sanitized) rows can be written.
//! - The same rows give the same bytes on any number of threads.
//! - A dataset appears whole or not at all.
//!
//! # What this room does not know
//!
//! Keys, policies, and where the rows came from.

mod atomic;
mod error;
mod parquet;

pub use self::{
    atomic::{OutputLock, Staging, publish},
    error::SinkError,
    parquet::{EncodedGroup, Encoder, Footer, PartWriter, ROWS_PER_GROUP},
};
