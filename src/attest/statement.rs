//! in-toto Statements: subjects, a predicate and its type; and the SLSA provenance predicate as far as we fill it.
//!
//! # Promises
//!
//! - Subjects are the files of `SHA256SUMS` and `SHA256SUMS` itself, sorted by name.
//! - Names of our own (`buildType`, `builder.id`) are constants here. They are names: nothing fetches them.
//!
//! # What this module does not know
//!
//! Signatures, and what `sanitized-dataset/v1` says.
//!
//! SPEC: in-toto Attestation Framework v1 (`spec/v1/statement.md`); SLSA Provenance v1 (`slsa.dev/provenance/v1`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::attest::predicate::PlainDigest;

/// The type of every statement.
pub(crate) const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// What ran.
pub(crate) const SLSA_PROVENANCE: &str = "https://slsa.dev/provenance/v1";
/// Plain digests and real names; never beside the data.
pub(crate) const RESTRICTED_INPUTS: &str = "https://counterfoil.example/restricted-inputs/v1";
/// How `externalParameters` of our SLSA statements are to be read.
pub(crate) const BUILD_TYPE: &str = "https://counterfoil.example/sanitize/v1";
/// The trust boundary of a run: the machine of whoever holds the keys.
pub(crate) const BUILDER: &str = "https://counterfoil.example/builder/key-holder/v1";

/// A Statement.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Statement<P> {
    #[serde(rename = "_type")]
    pub(crate) kind: String,
    pub(crate) predicate: P,
    #[serde(rename = "predicateType")]
    pub(crate) predicate_type: String,
    pub(crate) subject: Vec<Subject>,
}

/// An output file.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) digest: SubjectDigest,
}

/// The digests of a subject; others than SHA-256 are ignored.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(crate) struct SubjectDigest {
    pub(crate) sha256: String,
}

impl<P> Statement<P> {
    pub(crate) fn new(predicate_type: &str, predicate: P, subject: Vec<Subject>) -> Self {
        Self { kind: STATEMENT.to_owned(), predicate, predicate_type: predicate_type.to_owned(), subject }
    }
}

/// SLSA Provenance v1.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SlsaProvenance {
    pub(crate) build_definition: BuildDefinition,
    pub(crate) run_details: RunDetails,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BuildDefinition {
    pub(crate) build_type: String,
    pub(crate) external_parameters: ExternalParameters,
    pub(crate) resolved_dependencies: Vec<ResourceDescriptor>,
}

/// What the caller chose.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExternalParameters {
    pub(crate) dataset: String,
    pub(crate) policy: PolicyParameter,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct PolicyParameter {
    pub(crate) digest: PlainDigest,
    pub(crate) name: String,
    pub(crate) version: u32,
}

/// A named thing and its digests: `sha256`, or `saltedSha256` for a commitment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct ResourceDescriptor {
    pub(crate) digest: BTreeMap<String, String>,
    pub(crate) name: String,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct RunDetails {
    pub(crate) builder: Builder,
    pub(crate) byproducts: Vec<ResourceDescriptor>,
    pub(crate) metadata: BuildMetadata,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Builder {
    pub(crate) id: String,
    pub(crate) version: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BuildMetadata {
    pub(crate) finished_on: String,
    pub(crate) invocation_id: String,
    pub(crate) started_on: String,
}
