//! Facts become a manifest: what is shared and what stays restricted part ways here, once.
//!
//! # Promises
//!
//! - Of a raw file the shared side gets an alias, a row count and salted commitments: no path, no length, no plain
//!   digest.
//! - Of a dropped column it gets an alias and the reason.
//! - Of a column that no key wrote it gets no digest of its own: cells with few values could be guessed from one.
//! - Facts that contradict each other are refused, not smoothed over.
//!
//! # What this module does not know
//!
//! Files, signatures, and what a verifier asks.

use counterfoil_crypto::digest::Digest;
use serde::{Deserialize, Serialize};

use crate::{
    attest::{
        commitment::{CommitKey, INPUT_FILE, INPUT_SCHEMA, Opening},
        error::AttestError,
        facts::{ColumnFacts, ManifestFacts, SchemaColumn},
        predicate::{
            Column, Dropped, Input, Key, Output, OutputColumn, Part, PlainDigest, Policy, Purpose, Rows, SaltedDigest,
            Tool, Transformation,
        },
        wire::{self, Count, Sha256Hex},
    },
    dataset::{LogicalColumn, LogicalDigests},
    names::ColumnPath,
};

/// What is signed about one dataset, before its files beside the data exist.
#[derive(Debug)]
pub struct Manifest {
    pub(crate) facts: ManifestFacts,
    pub(crate) columns: Vec<Column>,
    pub(crate) dropped: Vec<Dropped>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) keys: Vec<Key>,
    pub(crate) output: Output,
    pub(crate) rows: Rows,
}

/// The restricted side of a manifest: salts, plain digests, real names.
pub struct Openings {
    pub(crate) key: CommitKey,
    pub(crate) lines: Vec<Opening>,
    pub(crate) restricted: RestrictedInputs,
}

/// The predicate of the restricted statement.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RestrictedInputs {
    pub(crate) dataset: String,
    pub(crate) dropped: Vec<RestrictedDropped>,
    pub(crate) inputs: Vec<RestrictedInput>,
    pub(crate) run_id: String,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct RestrictedDropped {
    pub(crate) alias: String,
    pub(crate) name: String,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RestrictedInput {
    pub(crate) alias: String,
    pub(crate) bytes: Count,
    pub(crate) path: String,
    pub(crate) schema_sha256: Sha256Hex,
    pub(crate) sha256: Sha256Hex,
}

impl Manifest {
    /// Parts facts into a shared and a restricted side.
    pub fn new(facts: ManifestFacts) -> Result<(Self, Openings), AttestError> {
        check(&facts)?;
        let key = CommitKey::random(facts.dataset.to_string(), run_urn(&facts))?;
        let mut lines = Vec::new();
        let inputs = inputs(&facts, &key, &mut lines);
        let restricted = restricted(&facts);
        let manifest = Self {
            columns: facts.columns.iter().map(column).collect(),
            dropped: dropped(&facts),
            inputs,
            keys: keys(&facts),
            output: output(&facts),
            rows: rows(&facts),
            facts,
        };
        Ok((manifest, Openings { key, lines, restricted }))
    }

    /// `urn:uuid:` and the run's identity.
    pub(crate) fn run_urn(&self) -> String {
        run_urn(&self.facts)
    }

    pub(crate) fn started_at(&self) -> String {
        wire::time(self.facts.started_at)
    }

    pub(crate) fn finished_at(&self) -> String {
        wire::time(self.facts.finished_at)
    }

    pub(crate) fn policy(&self) -> Policy {
        let policy = &self.facts.policy;
        Policy { digest: plain(policy.sha256), name: policy.name.clone(), version: policy.version }
    }

    pub(crate) fn purpose(&self) -> Purpose {
        Purpose { statement: self.facts.policy.purpose.clone() }
    }

    pub(crate) fn tool(&self) -> Tool {
        let tool = &self.facts.tool;
        Tool {
            binary_sha256: tool.binary_sha256.map(Sha256Hex),
            name: tool.name.clone(),
            version: tool.version.clone(),
        }
    }
}

impl std::fmt::Debug for Openings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Openings {{ lines: {} }}", self.lines.len())
    }
}

pub(crate) fn plain(digest: Digest) -> PlainDigest {
    PlainDigest { sha256: Sha256Hex(digest) }
}

pub(crate) fn salted(digest: Digest) -> SaltedDigest {
    SaltedDigest { salted_sha256: Sha256Hex(digest) }
}

fn check(facts: &ManifestFacts) -> Result<(), AttestError> {
    let wrong = |what| Err(AttestError::InconsistentFacts { what });
    if facts.outputs.iter().map(|output| output.rows).sum::<u64>() != facts.rows_out {
        return wrong("rows of the data files and rows written");
    }
    if facts.rows_out > facts.rows_in {
        return wrong("more rows written than read");
    }
    if facts.inputs.iter().map(|input| input.rows).sum::<u64>() != facts.rows_in {
        return wrong("rows of the inputs and rows read");
    }
    let known = |id: &str, version: u32| facts.keys.iter().any(|key| key.id == id && key.version == version);
    if facts.columns.iter().any(|column| column.key.as_ref().is_some_and(|(id, version)| !known(id, *version))) {
        return wrong("a column was written by a key that is not listed");
    }
    Ok(())
}

fn alias(kind: &str, index: usize) -> String {
    format!("{kind}-{index:04}")
}

fn run_urn(facts: &ManifestFacts) -> String {
    format!("urn:uuid:{}", facts.run_id)
}

fn inputs(facts: &ManifestFacts, key: &CommitKey, lines: &mut Vec<Opening>) -> Vec<Input> {
    let mut inputs = Vec::with_capacity(facts.inputs.len());
    for (index, input) in facts.inputs.iter().enumerate() {
        let alias = alias("input", index);
        let (file, mut file_opening) = key.commit(INPUT_FILE, &alias, input.sha256);
        let (schema, schema_opening) = key.commit(INPUT_SCHEMA, &alias, input.schema_sha256);
        file_opening.bytes = Some(Count(input.bytes));
        file_opening.path = Some(input.path.to_string_lossy().into_owned());
        lines.extend([file_opening, schema_opening]);
        inputs.push(Input {
            alias,
            digest: salted(file),
            role: input.role.clone(),
            rows: Count(input.rows),
            schema: salted(schema),
        });
    }
    inputs
}

fn restricted(facts: &ManifestFacts) -> RestrictedInputs {
    let dropped = facts.dropped.iter().enumerate();
    let inputs = facts.inputs.iter().enumerate();
    RestrictedInputs {
        dataset: facts.dataset.to_string(),
        dropped: dropped
            .map(|(index, column)| RestrictedDropped { alias: alias("dropped", index), name: column.name.clone() })
            .collect(),
        inputs: inputs
            .map(|(index, input)| RestrictedInput {
                alias: alias("input", index),
                bytes: Count(input.bytes),
                path: input.path.to_string_lossy().into_owned(),
                schema_sha256: Sha256Hex(input.schema_sha256),
                sha256: Sha256Hex(input.sha256),
            })
            .collect(),
        run_id: run_urn(facts),
    }
}

fn column(facts: &ColumnFacts) -> Column {
    Column {
        data_type: facts.data_type.clone(),
        key_id: facts.key.as_ref().map(|(id, _)| id.clone()),
        key_version: facts.key.as_ref().map(|(_, version)| *version),
        masking: facts.masking,
        misfits: Count(facts.misfits),
        name: facts.name.clone(),
        reversible: facts.reversible,
        sources: facts.sources.clone(),
        transformation: Transformation {
            algorithm: facts.algorithm.clone(),
            domain: facts.domain.clone(),
            kind: facts.kind.clone(),
            message_space: facts.message_space.clone(),
            on_misfit: facts.on_misfit.clone(),
            parameters: facts.parameters.clone(),
        },
    }
}

fn dropped(facts: &ManifestFacts) -> Vec<Dropped> {
    let entry = |(index, column): (usize, &crate::attest::facts::DroppedFacts)| Dropped {
        alias: alias("dropped", index),
        reason: column.reason.clone(),
    };
    facts.dropped.iter().enumerate().map(entry).collect()
}

fn keys(facts: &ManifestFacts) -> Vec<Key> {
    let mut keys: Vec<Key> = facts
        .keys
        .iter()
        .map(|key| Key {
            algorithm: key.algorithm.clone(),
            created_at: wire::time(key.created_at),
            id: key.id.clone(),
            kcv: key.kcv.clone(),
            provider: key.provider.clone(),
            purpose: key.purpose.clone(),
            state: key.state.clone(),
            version: key.version,
        })
        .collect();
    keys.sort_by(|a, b| (&a.id, a.version).cmp(&(&b.id, b.version)));
    keys
}

fn output(facts: &ManifestFacts) -> Output {
    // With the digests of the keyed columns beside it, the root would test a guess of all others at once.
    let all_keyed = facts.schema.iter().all(|column| wholly_keyed(facts, &column.name));
    Output {
        bytes: Count(facts.outputs.iter().map(|output| output.bytes).sum()),
        columns: facts
            .schema
            .iter()
            .map(|column| OutputColumn {
                data_type: column.data_type.clone(),
                logical_digest: column.logical_sha256.filter(|_| all_keyed).map(plain),
                name: column.name.clone(),
            })
            .collect(),
        files: Count(facts.outputs.len() as u64),
        logical_root: logical_root(facts).map(plain),
        parts: facts
            .outputs
            .iter()
            .map(|output| Part {
                bytes: Count(output.bytes),
                name: output.path.clone(),
                row_groups: Count(output.row_groups),
                rows: Count(output.rows),
            })
            .collect(),
        rows: Count(facts.rows_out),
    }
}

/// Whether the cells are tokens: a transform under a key made every one of them.
fn is_keyed(column: &ColumnFacts) -> bool {
    column.key.is_some() && KEYED.contains(&column.kind.as_str())
}

/// Whether a key wrote every leaf of a column of the files.
fn wholly_keyed(facts: &ManifestFacts, name: &str) -> bool {
    let below = |column: &&ColumnFacts| column.name.parse().is_ok_and(|path: ColumnPath| path.top() == name);
    let mut leaves = facts.columns.iter().filter(below).peekable();
    leaves.peek().is_some() && leaves.all(is_keyed)
}

/// The root over all columns, where at least one is keyed: whoever has not its tokens cannot test a guess of the others.
fn logical_root(facts: &ManifestFacts) -> Option<Digest> {
    if !facts.columns.iter().any(is_keyed) {
        return None;
    }
    let column = |column: &SchemaColumn| {
        let digest = column.logical_sha256?;
        Some(LogicalColumn { name: column.name.clone(), type_name: column.data_type.clone(), digest })
    };
    let columns: Option<Vec<LogicalColumn>> = facts.schema.iter().map(column).collect();
    columns.map(|columns| LogicalDigests::new(columns).root())
}

fn rows(facts: &ManifestFacts) -> Rows {
    Rows {
        dropped: Count(facts.rows_in.saturating_sub(facts.rows_out)),
        misfits: Count(facts.columns.iter().map(|column| column.misfits).sum()),
        read: Count(facts.rows_in),
        written: Count(facts.rows_out),
    }
}

/// The transforms whose cells say nothing without the key.
const KEYED: [&str; 3] = ["pseudonym", "seal", "tokenize"];
