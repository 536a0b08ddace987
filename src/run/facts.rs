//! What a finished dataset says of itself: receipts, plan and key records brought together for the manifest.
//!
//! # Promises
//!
//! - Every fact comes from the edge that vouches for it: rows and digests from receipts, columns from the plan.
//!
//! # What this module does not know
//!
//! What is shared and what stays restricted: the manifest decides that.

use std::{fs::File, io::Read};

use arrow_schema::Schema;
use chrono::{DateTime, Utc};
use counterfoil_crypto::digest::{Digest, Sha256, sha256};

use super::pipeline::Done;
use crate::{
    attest::{
        self, ColumnFacts, DroppedFacts, InputFacts, KeyFacts, ManifestFacts, OutputFacts, PolicyFacts, SchemaColumn,
        ToolFacts,
    },
    dataset::type_name,
    keys::Keyset,
    names::{KeyVersion, RunId},
    plan::{ColumnPlan, DatasetPlan, Plan},
    policy::{Policy, TransformSpec},
};

/// What all datasets of a run have in common.
pub(super) struct RunFacts<'a> {
    pub(super) keyset: &'a Keyset,
    pub(super) plan: &'a Plan,
    pub(super) run_id: RunId,
    pub(super) started_at: DateTime<Utc>,
    pub(super) tool: ToolFacts,
    pub(super) version: KeyVersion,
}

/// The facts of one dataset.
pub(super) fn manifest_facts(run: &RunFacts<'_>, dataset: &DatasetPlan, done: &Done) -> ManifestFacts {
    let written: Vec<(&ColumnPlan, u64)> = dataset
        .columns()
        .iter()
        .zip(done.misfits.iter().copied().chain(std::iter::repeat(0)))
        .filter(|(column, _)| column.output_type().is_some())
        .collect();
    let schema_sha256 = schema_digest(dataset.input());
    ManifestFacts {
        dataset: dataset.name().clone(),
        run_id: run.run_id,
        started_at: run.started_at,
        finished_at: Utc::now(),
        tool: run.tool.clone(),
        policy: PolicyFacts {
            name: run.plan.policy().to_owned(),
            version: Policy::VERSION,
            sha256: run.plan.policy_digest(),
            purpose: run.plan.purpose().to_owned(),
        },
        inputs: done
            .source
            .files()
            .iter()
            .map(|file| InputFacts {
                role: "source".to_owned(),
                path: file.path().to_owned(),
                bytes: file.bytes(),
                sha256: file.sha256(),
                schema_sha256,
                rows: file.rows(),
            })
            .collect(),
        keys: key_facts(run, dataset),
        columns: written.iter().map(|(column, misfits)| column_facts(run, column, *misfits)).collect(),
        dropped: dataset
            .columns()
            .iter()
            .filter(|column| column.output_type().is_none())
            .map(|column| DroppedFacts { name: column.path().to_string(), reason: "policy".to_owned() })
            .collect(),
        rows_in: done.source.rows(),
        rows_out: done.sink.rows(),
        schema: done
            .sink
            .columns()
            .iter()
            .map(|column| SchemaColumn {
                name: column.name.clone(),
                data_type: column.type_name.clone(),
                logical_sha256: Some(column.digest),
            })
            .collect(),
        outputs: done
            .sink
            .files()
            .iter()
            .map(|file| OutputFacts {
                path: file.path().to_owned(),
                bytes: file.bytes(),
                sha256: file.sha256(),
                rows: file.rows(),
                row_groups: file.row_groups(),
            })
            .collect(),
    }
}

/// What the footer of every part file says.
pub(super) fn footer_entries(run: &RunFacts<'_>, dataset: &DatasetPlan) -> Vec<(String, String)> {
    let keys: Vec<(String, u32)> = key_facts(run, dataset).into_iter().map(|key| (key.id, key.version)).collect();
    attest::footer_entries(run.plan.policy_digest(), &keys, &run.tool.name, &run.tool.version)
}

/// The program that runs: its name, version and, where its file can be read, its digest.
pub(super) fn tool_facts() -> ToolFacts {
    ToolFacts {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        binary_sha256: binary_digest(),
    }
}

fn binary_digest() -> Option<Digest> {
    let mut file = File::open(std::env::current_exe().ok()?).ok()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(hash.finalize()),
            read => hash.update(buffer.get(..read)?),
        }
    }
}

fn key_facts(run: &RunFacts<'_>, dataset: &DatasetPlan) -> Vec<KeyFacts> {
    let keyed = dataset.columns().iter().any(uses_key);
    let Some(record) = run.keyset.version(run.version).filter(|_| keyed) else {
        return Vec::new();
    };
    let created = record.created().parse::<DateTime<Utc>>().unwrap_or(DateTime::UNIX_EPOCH);
    vec![KeyFacts {
        id: run.keyset.name().to_string(),
        version: run.version.0,
        purpose: run.keyset.purpose().to_string(),
        algorithm: record.algorithm().to_string(),
        kcv: record.kcv(),
        created_at: created,
        provider: run.keyset.provider().to_string(),
        state: record.status().to_string(),
    }]
}

fn uses_key(column: &ColumnPlan) -> bool {
    use crate::policy::OnMisfit;
    column.output_type().is_some()
        && (column.transform().is_keyed() || matches!(column.on_misfit(), OnMisfit::Pseudonym | OnMisfit::Seal))
}

fn column_facts(run: &RunFacts<'_>, column: &ColumnPlan, misfits: u64) -> ColumnFacts {
    let transform = column.transform();
    let output = column.output_type().unwrap_or(column.input_type());
    let spaces: Vec<String> = column
        .spaces()
        .iter()
        .map(
            |space| {
                if space.class.is_empty() { space.size.clone() } else { format!("{}: {}", space.class, space.size) }
            },
        )
        .collect();
    let words = column.words();
    let parameters = words.strip_prefix(transform.word()).unwrap_or_default().trim_start_matches([' ', ',']).to_owned();
    let can_misfit = !matches!(transform, TransformSpec::Keep | TransformSpec::Seal | TransformSpec::Pseudonym(_));
    ColumnFacts {
        name: column.path().to_string(),
        data_type: type_name(output).unwrap_or_else(|| output.to_string()),
        sources: vec![column.path().to_string()],
        kind: transform.word().to_owned(),
        algorithm: algorithm(column).to_owned(),
        parameters,
        domain: column.domain().map(ToString::to_string),
        key: uses_key(column).then(|| (run.keyset.name().to_string(), run.version.0)),
        masking: column.is_protected(),
        reversible: column.is_reversible(),
        misfits,
        on_misfit: if can_misfit { column.on_misfit().to_string() } else { String::new() },
        message_space: spaces.join("; "),
    }
}

fn algorithm(column: &ColumnPlan) -> &'static str {
    use crate::policy::SmallSpace;
    match (column.transform(), column.small_space()) {
        (TransformSpec::Tokenize(_), SmallSpace::Permute) => {
            "FF1 (NIST SP 800-38G) with AES-256; keyed permutation table below a message space of 10^6"
        }
        (TransformSpec::Tokenize(_), _) => "FF1 (NIST SP 800-38G) with AES-256",
        (TransformSpec::Seal, _) => "AES-256-GCM-SIV (RFC 8452), nonce by HMAC-SHA-256",
        (TransformSpec::Pseudonym(_), _) => "HMAC-SHA-256 (FIPS 198-1)",
        _ => "",
    }
}

fn schema_digest(schema: &Schema) -> Digest {
    let fields: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| {
            format!(
                "{:?} {}",
                field.name(),
                type_name(field.data_type()).unwrap_or_else(|| field.data_type().to_string())
            )
        })
        .collect();
    sha256(fields.join("\n").as_bytes())
}
