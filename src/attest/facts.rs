//! What a finished run says about one dataset: plain facts, filled in by the run, before anything is signed.
//!
//! # Promises
//!
//! - A fact is copied, never computed here: what the manifest says is what the edges vouched for.
//! - Facts that belong to the restricted side say so; the manifest keeps them there.
//!
//! # What this module does not know
//!
//! Where a fact came from: batches, keysets and file formats are other rooms.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use counterfoil_crypto::digest::Digest;

use crate::names::{DatasetName, RunId};

/// Everything that is said about one dataset of one run.
#[derive(Clone, Debug)]
pub struct ManifestFacts {
    /// The dataset, and the name of its output folder.
    pub dataset: DatasetName,
    /// The run; the same for every dataset of it.
    pub run_id: RunId,
    /// When the run started, by this machine's clock.
    pub started_at: DateTime<Utc>,
    /// When the last data file of this dataset was finished, by this machine's clock.
    pub finished_at: DateTime<Utc>,
    /// The program that ran.
    pub tool: ToolFacts,
    /// The policy that it followed.
    pub policy: PolicyFacts,
    /// Raw files that were read, in the order of reading.
    pub inputs: Vec<InputFacts>,
    /// Key versions that wrote, each once.
    pub keys: Vec<KeyFacts>,
    /// One entry for each leaf column of the output, in schema order.
    pub columns: Vec<ColumnFacts>,
    /// Input columns that are not in the output, in schema order.
    pub dropped: Vec<DroppedFacts>,
    /// Rows read.
    pub rows_in: u64,
    /// Rows written.
    pub rows_out: u64,
    /// The columns of the data files, as a reader of them finds them, in schema order.
    pub schema: Vec<SchemaColumn>,
    /// Data files written, in the order of rows.
    pub outputs: Vec<OutputFacts>,
}

/// The exact program.
#[derive(Clone, Debug)]
pub struct ToolFacts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the executable file, where it could be read.
    pub binary_sha256: Option<Digest>,
}

/// The policy's identity and words.
#[derive(Clone, Debug)]
pub struct PolicyFacts {
    /// Its name.
    pub name: String,
    /// Its version number.
    pub version: u32,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// The purpose that it states, in its author's words.
    pub purpose: String,
}

/// One raw file.
#[derive(Clone, Debug)]
pub struct InputFacts {
    /// What it is to the run: `source`.
    pub role: String,
    /// Restricted side: where it lay.
    pub path: PathBuf,
    /// Restricted side: its length.
    pub bytes: u64,
    /// Restricted side: its file digest. The shared side gets a salted commitment.
    pub sha256: Digest,
    /// Restricted side: the digest of its schema. The shared side gets a salted commitment.
    pub schema_sha256: Digest,
    /// Its rows.
    pub rows: u64,
}

/// One key version that wrote.
#[derive(Clone, Debug)]
pub struct KeyFacts {
    /// The keyset's name.
    pub id: String,
    /// The version within the keyset.
    pub version: u32,
    /// What the keyset is for: `tokenize`.
    pub purpose: String,
    /// What is done with it, as `HKDF-SHA-256` for a root from which column keys are derived.
    pub algorithm: String,
    /// Key check value in hexadecimal; never for a key that comes from a passphrase.
    pub kcv: Option<String>,
    /// When the version was made.
    pub created_at: DateTime<Utc>,
    /// Who keeps its KEK: `file`, `passphrase`.
    pub provider: String,
    /// Its status when the run started.
    pub state: String,
}

/// One leaf column of the output and what was done to it.
#[derive(Clone, Debug)]
pub struct ColumnFacts {
    /// Its path, as in the policy: `email`, `context.ip`, `items[].sku`.
    pub name: String,
    /// Its type in the output, as in the logical digest.
    pub data_type: String,
    /// Paths of the input columns that it was made from.
    pub sources: Vec<String>,
    /// The transform: `tokenize`, `seal`, `pseudonym`, `mask`, `coarsen` or `keep`.
    pub kind: String,
    /// The algorithm in the words of its standard, as `FF1 (NIST SP 800-38G), AES-256`; empty for `keep`.
    pub algorithm: String,
    /// The rule's parameters in the policy's words; empty where there are none.
    pub parameters: String,
    /// The join scope, where the transform has one.
    pub domain: Option<String>,
    /// The keyset and version that wrote it, where a key did.
    pub key: Option<(String, u32)>,
    /// Whether cells of the input are hidden in it.
    pub masking: bool,
    /// Whether the key holder can restore the cells.
    pub reversible: bool,
    /// Cells that did not fit the format.
    pub misfits: u64,
    /// What became of them: `fail`, `null`, `pseudonym` or `seal`; empty where nothing can misfit.
    pub on_misfit: String,
    /// Its message spaces as the plan prints them; empty where there is none.
    pub message_space: String,
}

/// One input column that did not go into the output.
#[derive(Clone, Debug)]
pub struct DroppedFacts {
    /// Restricted side: its path. The shared side shows an alias.
    pub name: String,
    /// Why: `policy`.
    pub reason: String,
}

/// One column of the data files.
#[derive(Clone, Debug)]
pub struct SchemaColumn {
    /// Its name.
    pub name: String,
    /// Its type, as in the logical digest.
    pub data_type: String,
    /// The logical digest of its cells, where it was taken. The shared side gets it for keyed columns only.
    pub logical_sha256: Option<Digest>,
}

/// One data file.
#[derive(Clone, Debug)]
pub struct OutputFacts {
    /// Its path from the dataset's folder, with `/`: `data/part-00000.parquet`.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its file digest.
    pub sha256: Digest,
    /// Its rows.
    pub rows: u64,
    /// Its row groups.
    pub row_groups: u64,
}
