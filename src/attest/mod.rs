//! What was done, signed: manifests, statements, the files beside the data, and their verification.
//!
//! # Promises
//!
//! - The shared side says nothing about raw data that is not salted.
//! - What is written verifies with `sha256sum` and `openssl` alone; [`verify`] is the comfortable way.
//! - Verification opens no connection, believes nothing that is not signed by a key from outside the dataset, and
//!   never passes where there is no evidence.
//!
//! # What this room does not know
//!
//! Batches, keysets, and how a data file is encoded.
//!
//! SPEC: `schemas/manifest.v1.md`.

mod canonical;
mod card;
mod commitment;
mod dictionary;
mod envelope;
mod error;
mod facts;
mod footer;
mod manifest;
mod predicate;
mod statement;
mod sums;
mod text;
mod tree;
mod verify;
mod wire;
mod write;

pub use error::AttestError;
pub use facts::{
    ColumnFacts, DroppedFacts, InputFacts, KeyFacts, ManifestFacts, OutputFacts, PolicyFacts, SchemaColumn, ToolFacts,
};
pub use footer::footer_entries;
pub use manifest::{Manifest, Openings};
pub use predicate::{SANITIZED_DATASET, SanitizedDataset, manifest_schema};
pub use verify::{
    Check, DatasetReport, ExpectedKey, Failure, FileChange, Finding, InvalidOption, Outcome, Requirement,
    VerifyOptions, VerifyReport, verify,
};
pub use write::{Attestation, write};
