//! The predicate `sanitized-dataset/v1`: what was done to each column, as it stands in the signed statement.
//!
//! # Promises
//!
//! - These types are the format: `schemas/manifest.v1.schema.json` is generated from them and a test holds it equal.
//! - A field that a later version adds is ignored on reading, and no check gets milder by that.
//! - Nothing here says anything about raw data that is not salted; no column that no key wrote has a digest of its own.
//!
//! # What this module does not know
//!
//! How facts become a predicate, and what a verifier makes of one.
//!
//! SPEC: `schemas/manifest.v1.md`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attest::wire::{Count, Sha256Hex};

/// The name of this predicate. A name only: nothing fetches it.
pub const SANITIZED_DATASET: &str = "https://counterfoil.example/sanitized-dataset/v1";

/// What one run did to one dataset.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SanitizedDataset {
    /// Files beside the data that belong to the dataset, with their digests.
    pub attachments: Vec<Attachment>,
    /// One entry for each leaf column of the output, in schema order.
    pub columns: Vec<Column>,
    /// The dataset's name.
    pub dataset: String,
    /// One entry for each input column that is not in the output.
    pub dropped: Vec<Dropped>,
    /// When the data was finished, as claimed by the tool. RFC 3339, UTC.
    pub finished_at: String,
    /// One entry for each raw file, as a salted commitment.
    pub inputs: Vec<Input>,
    /// Key versions that wrote. Never key material.
    pub keys: Vec<Key>,
    /// Totals that a reader of the data can recount.
    pub output: Output,
    /// The policy that was followed.
    pub policy: Policy,
    /// What the dataset is meant for.
    pub purpose: Purpose,
    /// Binds the restricted statement to this run.
    pub restricted: Restricted,
    /// Rows in and out.
    pub rows: Rows,
    /// `urn:uuid:` and the run's identity; the same as the invocation of the SLSA statement.
    pub run_id: String,
    /// When the run started, as claimed by the tool. RFC 3339, UTC.
    pub started_at: String,
    /// The program.
    pub tool: Tool,
}

/// A file beside the data.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its digest.
    pub digest: PlainDigest,
    /// Its path in the dataset's folder.
    pub name: String,
}

/// A digest of something that is itself shared.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlainDigest {
    /// SHA-256 of the bytes.
    pub sha256: Sha256Hex,
}

/// A commitment to a digest that is not shared.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SaltedDigest {
    /// `SHA-256("counterfoil/commit/v1" || 00 || purpose || 00 || salt || digest)`.
    pub salted_sha256: Sha256Hex,
}

/// One leaf column of the output.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// The keyset that wrote it, where a key did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The version of that keyset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_version: Option<u32>,
    /// Whether cells of the input are hidden in it.
    pub masking: bool,
    /// Cells that did not fit the format.
    pub misfits: Count,
    /// Its path: `email`, `context.ip`, `items[].sku`.
    pub name: String,
    /// Whether the key holder can restore the cells.
    pub reversible: bool,
    /// Paths of the input columns that it was made from.
    pub sources: Vec<String>,
    /// What was done.
    pub transformation: Transformation,
    /// Its type in the output.
    #[serde(rename = "type")]
    pub data_type: String,
}

/// What was done to a column.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transformation {
    /// The algorithm in the words of its standard; empty for `keep`.
    pub algorithm: String,
    /// The join scope, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// `tokenize`, `seal`, `pseudonym`, `mask`, `coarsen` or `keep`.
    pub kind: String,
    /// Message spaces as the plan printed them; empty where there is none.
    pub message_space: String,
    /// What became of misfits; empty where nothing can misfit.
    pub on_misfit: String,
    /// The rule's parameters in the policy's words; empty where there are none.
    pub parameters: String,
}

/// One input column that is not in the output, under an alias.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dropped {
    /// `dropped-0000`; the name is in the restricted statement.
    pub alias: String,
    /// Why.
    pub reason: String,
}

/// One raw file, under an alias.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// `input-0000`; the path is in the restricted statement.
    pub alias: String,
    /// Commitment to its file digest, purpose `input-file`.
    pub digest: SaltedDigest,
    /// What it was to the run.
    pub role: String,
    /// Its rows.
    pub rows: Count,
    /// Commitment to the digest of its schema, purpose `input-schema`.
    pub schema: SaltedDigest,
}

/// One key version.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// What was done with it.
    pub algorithm: String,
    /// When it was made. RFC 3339, UTC.
    pub created_at: String,
    /// The keyset.
    pub id: String,
    /// Key check value in hexadecimal; absent for a key that comes from a passphrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kcv: Option<String>,
    /// Who keeps the key that wraps it.
    pub provider: String,
    /// What the keyset is for.
    pub purpose: String,
    /// Its status when the run started.
    pub state: String,
    /// The version.
    pub version: u32,
}

/// Totals of the data files.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Bytes of all data files.
    pub bytes: Count,
    /// The columns that a reader finds, in order, and no others.
    pub columns: Vec<OutputColumn>,
    /// Number of data files.
    pub files: Count,
    /// RFC 6962 root over the logical digests of all columns in schema order; absent where no column is keyed, since it
    /// would be an unkeyed digest of cells. `schemas/logical-digest.v1.md`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logical_root: Option<PlainDigest>,
    /// The data files in the order of rows.
    pub parts: Vec<Part>,
    /// Rows of all data files.
    pub rows: Count,
}

/// One column of the data files.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputColumn {
    /// Digest of its cells, independent of how the file encodes them; absent unless a key wrote every leaf of it.
    /// `schemas/logical-digest.v1.md`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logical_digest: Option<PlainDigest>,
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: String,
}

/// One data file.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Its length.
    pub bytes: Count,
    /// Its path in the dataset's folder.
    pub name: String,
    /// Its row groups.
    pub row_groups: Count,
    /// Its rows.
    pub rows: Count,
}

/// The policy.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Digest of its bytes.
    pub digest: PlainDigest,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
}

/// What the dataset is meant for.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Purpose {
    /// The policy's own words.
    pub statement: String,
}

/// The tie to the restricted side.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Restricted {
    /// Commitment to the SHA-256 of the restricted statement's line, purpose `restricted-statement`.
    pub commitment: SaltedDigest,
}

/// Rows in and out. Exact.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rows {
    /// Rows read and not written.
    pub dropped: Count,
    /// Rows read.
    #[serde(rename = "in")]
    pub read: Count,
    /// Cells of all columns that did not fit their format.
    pub misfits: Count,
    /// Rows written.
    #[serde(rename = "out")]
    pub written: Count,
}

/// The program.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tool {
    /// SHA-256 of the executable file, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary_sha256: Option<Sha256Hex>,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The JSON Schema of the predicate, as `schemas/manifest.v1.schema.json` has it.
pub fn manifest_schema() -> String {
    let schema = schemars::schema_for!(SanitizedDataset);
    let mut text = format!("{:#}", schema.as_value());
    text.push('\n');
    text
}
