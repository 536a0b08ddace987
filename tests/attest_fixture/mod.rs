//! A small attested dataset in a folder of its own, as a run would leave it, for tests that then alter it.
//!
//! It knows nothing of policies and keysets: facts are made up, data files and digests are real.
#![allow(dead_code, reason = "each test binary uses its own part of the fixture")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use chrono::{DateTime, Utc};
use counterfoil::{
    attest::{
        Attestation, ColumnFacts, DroppedFacts, InputFacts, KeyFacts, Manifest, ManifestFacts, OutputFacts,
        PolicyFacts, SchemaColumn, ToolFacts, VerifyOptions, VerifyReport, footer_entries, verify, write,
    },
    dataset::LogicalDigest,
    names::RunId,
};
use counterfoil_crypto::{
    digest::{Digest, sha256},
    secret::Secret,
    sign::SigningKey,
};
use parquet::{
    arrow::ArrowWriter,
    file::{metadata::KeyValue, properties::WriterProperties},
};
use tempfile::TempDir;

/// A raw path that must not show on the shared side.
pub(crate) const RAW_PATH: &str = "/exports/jane.doe/people.csv";
/// A dropped column whose name must not show on the shared side.
pub(crate) const DROPPED: &str = "mothers_maiden_name";

/// A workspace with one attested dataset.
pub(crate) struct World {
    pub(crate) root: TempDir,
    pub(crate) dataset: PathBuf,
    pub(crate) trust: PathBuf,
    pub(crate) openings: PathBuf,
    pub(crate) attestation: Attestation,
}

/// The key of a seed.
pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&Secret::<32>::fill(|bytes| bytes.fill(seed)))
}

/// SHA-256 of the policy that the fixture claims to follow.
pub(crate) fn policy_digest() -> Digest {
    sha256(b"policy")
}

impl World {
    /// A dataset `users` of two parts, signed by the trusted key.
    pub(crate) fn new() -> Self {
        Self::with(1, |_| ())
    }

    /// The same, with facts altered before they are signed by the key of `seed`. Key 1 is the trusted one.
    pub(crate) fn with(seed: u8, alter: impl FnOnce(&mut ManifestFacts)) -> Self {
        let root = tempfile::tempdir().unwrap();
        let dataset = root.path().join("out").join("users");
        let trust = root.path().join("trust");
        let restricted = root.path().join("restricted");
        for folder in [&trust, &restricted] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(trust.join("attest.pub"), key(1).verifying_key().to_pem()).unwrap();
        let (attestation, openings) = attest(&dataset, &restricted, "users", seed, 0, alter);
        Self { root, dataset, trust, openings, attestation }
    }

    /// Verifies with nothing expected.
    pub(crate) fn verify(&self) -> VerifyReport {
        self.verify_with(&VerifyOptions::default())
    }

    /// Verifies with expectations.
    pub(crate) fn verify_with(&self, options: &VerifyOptions) -> VerifyReport {
        verify(&self.dataset, &self.trust, options)
    }

    /// A file of the dataset.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dataset.join(name)
    }

    /// Alters a text file of the dataset.
    pub(crate) fn edit(&self, name: &str, edit: impl FnOnce(String) -> String) {
        let path = self.path(name);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, edit(text)).unwrap();
    }

    /// Makes `SHA256SUMS` agree with the files again, as a careful forger would.
    pub(crate) fn rewrite_sums(&self) {
        self.edit("SHA256SUMS", |text| {
            let line = |line: &str| {
                let name = &line[66..];
                fs::read(self.path(name)).map(|content| format!("{}  {name}\n", sha256(&content))).unwrap_or_default()
            };
            text.lines().map(line).collect()
        });
    }
}

/// Writes and attests one dataset; `first` makes its cells different from those of others.
pub(crate) fn attest(
    dataset: &Path,
    restricted: &Path,
    name: &str,
    seed: u8,
    first: i64,
    alter: impl FnOnce(&mut ManifestFacts),
) -> (Attestation, PathBuf) {
    fs::create_dir_all(dataset.join("data")).unwrap();
    let batches = [batch(first, 5), batch(first + 5, 3)];
    let mut digest = LogicalDigest::new(&schema()).unwrap();
    let mut outputs = Vec::new();
    for (index, batch) in batches.iter().enumerate() {
        digest.update(batch).unwrap();
        let path = format!("data/part-{index:05}.parquet");
        outputs.push(write_part(&dataset.join(&path), path, batch));
    }
    let digests = digest.finish();
    let columns = digests.columns().iter();
    let schema = columns
        .map(|column| SchemaColumn {
            name: column.name.clone(),
            data_type: column.type_name.clone(),
            logical_sha256: column.digest.to_string().parse().ok(),
        })
        .collect();
    let mut facts = facts(name, schema, outputs);
    alter(&mut facts);
    let (manifest, openings) = Manifest::new(facts).unwrap();
    let attestation = write(dataset, restricted, &manifest, openings, &key(seed)).unwrap();
    let openings = attestation.openings().to_path_buf();
    (attestation, openings)
}

fn schema() -> SchemaRef {
    let context = vec![Field::new("ip", DataType::Utf8, true), Field::new("port", DataType::Int64, true)];
    Arc::new(Schema::new(vec![
        Field::new("user_id", DataType::Int64, true),
        Field::new("email", DataType::Utf8, true),
        Field::new("context", DataType::Struct(context.into()), true),
        Field::new("sex", DataType::Utf8, true),
    ]))
}

fn batch(first: i64, rows: i64) -> RecordBatch {
    let numbers = || first..first + rows;
    let ids: ArrayRef = Arc::new(Int64Array::from_iter(numbers().map(|n| (n % 4 != 3).then_some(n * 7919))));
    let emails: ArrayRef = Arc::new(StringArray::from_iter(numbers().map(|n| Some(format!("q{n}x@mlkj.com")))));
    let ips: ArrayRef = Arc::new(StringArray::from_iter(numbers().map(|n| Some(format!("203.0.113.{}", n % 256)))));
    let ports: ArrayRef = Arc::new(Int64Array::from_iter(numbers().map(|n| Some(n % 2))));
    let context: ArrayRef = Arc::new(StructArray::from(vec![
        (Arc::new(Field::new("ip", DataType::Utf8, true)), ips),
        (Arc::new(Field::new("port", DataType::Int64, true)), ports),
    ]));
    let sexes: ArrayRef = Arc::new(StringArray::from_iter(numbers().map(|n| Some(if n % 2 == 0 { "f" } else { "m" }))));
    RecordBatch::try_new(schema(), vec![ids, emails, context, sexes]).unwrap()
}

fn write_part(path: &Path, name: String, batch: &RecordBatch) -> OutputFacts {
    let entries = footer_entries(policy_digest(), &[("shop".to_owned(), 3)], "counterfoil", "0.1.0");
    let entries = entries.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    let properties = WriterProperties::builder().set_key_value_metadata(Some(entries)).build();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    fs::write(path, &file).unwrap();
    OutputFacts {
        path: name,
        bytes: file.len() as u64,
        sha256: sha256(&file),
        rows: batch.num_rows() as u64,
        row_groups: 1,
    }
}

fn facts(name: &str, schema: Vec<SchemaColumn>, outputs: Vec<OutputFacts>) -> ManifestFacts {
    ManifestFacts {
        dataset: name.parse().unwrap(),
        run_id: RunId::generate(),
        started_at: at("2026-01-31T10:00:00.5Z"),
        finished_at: at("2026-01-31T10:00:09Z"),
        tool: ToolFacts {
            name: "counterfoil".to_owned(),
            version: "0.1.0".to_owned(),
            binary_sha256: Some(sha256(b"binary")),
        },
        policy: PolicyFacts {
            name: "shop".to_owned(),
            version: 1,
            sha256: policy_digest(),
            purpose: "train the recommender".to_owned(),
        },
        inputs: vec![InputFacts {
            role: "source".to_owned(),
            path: RAW_PATH.into(),
            bytes: 4711,
            sha256: raw_digest(),
            schema_sha256: sha256(b"raw schema"),
            rows: 8,
        }],
        keys: vec![KeyFacts {
            id: "shop".to_owned(),
            version: 3,
            purpose: "tokenize".to_owned(),
            algorithm: "HKDF-SHA-256".to_owned(),
            kcv: None,
            created_at: at("2026-01-01T00:00:00Z"),
            provider: "file".to_owned(),
            state: "enabled".to_owned(),
        }],
        columns: vec![
            column("user_id", "int64", "tokenize", "format = \"integer\", domain = \"customer\""),
            column("email", "utf8", "tokenize", "format = \"email\""),
            column("context.ip", "utf8", "tokenize", "format = \"ip\""),
            kept("context.port", "int64"),
            kept("sex", "utf8"),
        ],
        dropped: vec![DroppedFacts { name: DROPPED.to_owned(), reason: "policy".to_owned() }],
        rows_in: 8,
        rows_out: 8,
        schema,
        outputs,
    }
}

/// Digest of the raw file that the fixture claims to have read.
pub(crate) fn raw_digest() -> Digest {
    sha256(b"raw")
}

fn column(name: &str, data_type: &str, kind: &str, parameters: &str) -> ColumnFacts {
    ColumnFacts {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        sources: vec![name.to_owned()],
        kind: kind.to_owned(),
        algorithm: "FF1 (NIST SP 800-38G), AES-256".to_owned(),
        parameters: parameters.to_owned(),
        domain: Some("customer".to_owned()),
        key: Some(("shop".to_owned(), 3)),
        masking: true,
        reversible: true,
        misfits: u64::from(name == "email"),
        on_misfit: "null".to_owned(),
        message_space: "2^32".to_owned(),
    }
}

fn kept(name: &str, data_type: &str) -> ColumnFacts {
    ColumnFacts {
        algorithm: String::new(),
        domain: None,
        key: None,
        masking: false,
        reversible: false,
        on_misfit: String::new(),
        message_space: String::new(),
        ..column(name, data_type, "keep", "")
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
