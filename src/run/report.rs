//! What a finished run tells the one who started it.
//!
//! # Promises
//!
//! - Numbers, names, places, shapes and tokens; no cell of the input.
//!
//! # What this module does not know
//!
//! Whether it is read by a person or a machine.

use std::path::PathBuf;

use serde::Serialize;

use super::preview::Preview;

/// One finished run.
#[derive(Clone, Debug, Serialize)]
pub struct RunReport {
    /// The run's identity, as in the attestation.
    pub run_id: String,
    /// The policy.
    pub policy: String,
    /// The keyset whose keys wrote.
    pub keyset: String,
    /// The key version that wrote.
    pub key_version: u32,
    /// Whether nothing was published because that was asked for.
    pub dry_run: bool,
    /// Where the datasets stand.
    pub output: PathBuf,
    /// The folder with the public keys for `verify`.
    pub trust: PathBuf,
    /// Whether the workspace was made by this run, and where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_workspace: Option<PathBuf>,
    /// Wall time.
    pub seconds: f64,
    /// The datasets in the order of the policy.
    pub datasets: Vec<DatasetReport>,
}

/// One dataset of a finished run.
#[derive(Clone, Debug, Serialize)]
pub struct DatasetReport {
    /// Its name.
    pub name: String,
    /// Files read.
    pub files_in: usize,
    /// Bytes read.
    pub bytes_in: u64,
    /// Files written.
    pub files_out: usize,
    /// Bytes written.
    pub bytes_out: u64,
    /// Rows, in and out.
    pub rows: u64,
    /// Wall time.
    pub seconds: f64,
    /// One entry a leaf.
    pub columns: Vec<ColumnReport>,
    /// The first row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
}

/// One leaf of a finished run.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnReport {
    /// The leaf.
    pub column: String,
    /// What was done, in one word.
    pub transform: &'static str,
    /// Cells that did not fit, treated as the rule says.
    pub misfits: u64,
}
