//! A policy resolved for the schemas it meets: what a person reviews, a lock file holds, and a run carries out.
//!
//! # Promises
//!
//! - Every leaf of every input has exactly one line here; none is treated in silence.
//! - The digest changes when what would be done to any column changes.
//!
//! # What this module does not know
//!
//! Files and rows.

use std::collections::BTreeMap;

use arrow_schema::{DataType, SchemaRef};
use counterfoil_crypto::digest::{Digest, sha256};
use miette::SourceSpan;
use serde::Serialize;

use crate::{
    names::{ColumnPath, DatasetName, Domain, KeyVersion, KeysetName},
    policy::{OnMisfit, SmallSpace, TransformSpec},
};

/// A policy resolved for the schemas of its datasets.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) datasets: Vec<DatasetPlan>,
    pub(super) key_version: Option<KeyVersion>,
    pub(super) keyset: KeysetName,
    pub(super) policy: String,
    pub(super) policy_digest: Digest,
    pub(super) purpose: String,
}

impl Plan {
    /// The datasets in the order of the policy.
    pub fn datasets(&self) -> &[DatasetPlan] {
        &self.datasets
    }

    /// The key version that writes; absent where the plan was made without a keystore.
    pub fn key_version(&self) -> Option<KeyVersion> {
        self.key_version
    }

    /// The keyset whose keys write the tokens.
    pub fn keyset(&self) -> &KeysetName {
        &self.keyset
    }

    /// The policy's name.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// SHA-256 of the policy's text.
    pub fn policy_digest(&self) -> Digest {
        self.policy_digest
    }

    /// What the output is for.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// The plan as data: what `--json` prints and the lock file holds.
    pub fn view(&self) -> PlanView {
        PlanView {
            policy: self.policy.clone(),
            purpose: self.purpose.clone(),
            keyset: self.keyset.to_string(),
            key_version: self.key_version.map(|version| version.0),
            datasets: self.datasets.iter().map(DatasetPlan::view).collect(),
        }
    }

    /// SHA-256 of the plan's JSON without the key version, which rotates without changing what is done.
    pub fn digest(&self) -> Digest {
        let view = PlanView { key_version: None, ..self.view() };
        // INVARIANT: a view holds texts, numbers and lists only, which always serialise.
        sha256(&serde_json::to_vec(&view).unwrap_or_default())
    }
}

/// One dataset of a plan.
#[derive(Clone, Debug)]
pub struct DatasetPlan {
    pub(super) columns: Vec<ColumnPlan>,
    pub(super) input: SchemaRef,
    pub(super) name: DatasetName,
    pub(super) read: BTreeMap<&'static str, String>,
    pub(super) source: String,
}

impl DatasetPlan {
    /// One line a leaf, in schema order.
    pub fn columns(&self) -> &[ColumnPlan] {
        &self.columns
    }

    /// The schema of the input.
    pub fn input(&self) -> &SchemaRef {
        &self.input
    }

    /// The dataset's name.
    pub fn name(&self) -> &DatasetName {
        &self.name
    }

    /// Where the files are, as the policy writes it.
    pub fn source(&self) -> &str {
        &self.source
    }

    fn view(&self) -> DatasetView {
        DatasetView {
            name: self.name.to_string(),
            source: self.source.clone(),
            read: self.read.clone(),
            columns: self.columns.iter().map(ColumnPlan::view).collect(),
        }
    }
}

/// What becomes of one leaf.
#[derive(Clone, Debug)]
pub struct ColumnPlan {
    pub(super) domain: Option<Domain>,
    pub(super) format_id: Option<String>,
    pub(super) input_type: DataType,
    pub(super) on_misfit: OnMisfit,
    pub(super) output_type: Option<DataType>,
    pub(super) path: ColumnPath,
    pub(super) shared_domain: bool,
    pub(super) small_space: SmallSpace,
    pub(super) span: SourceSpan,
    pub(super) spaces: Vec<MessageSpace>,
    pub(super) transform: TransformSpec,
    pub(super) warnings: Vec<String>,
}

impl ColumnPlan {
    /// The domain of a keyed transform.
    pub fn domain(&self) -> Option<&Domain> {
        self.domain.as_ref()
    }

    /// The type that is read.
    pub fn input_type(&self) -> &DataType {
        &self.input_type
    }

    /// What becomes of a cell outside the format.
    pub fn on_misfit(&self) -> OnMisfit {
        self.on_misfit
    }

    /// The type that is written; absent where the column is dropped.
    pub fn output_type(&self) -> Option<&DataType> {
        self.output_type.as_ref()
    }

    /// The leaf.
    pub fn path(&self) -> &ColumnPath {
        &self.path
    }

    /// Whether the rule names a domain, so that the column may join with others.
    pub fn is_in_shared_domain(&self) -> bool {
        self.shared_domain
    }

    /// What is done where FF1 has too small a message space.
    pub fn small_space(&self) -> SmallSpace {
        self.small_space
    }

    /// The place of the rule in the policy's text.
    pub fn span(&self) -> SourceSpan {
        self.span
    }

    /// The number of strings among which a token lies, by class; empty where that is not the measure.
    pub fn spaces(&self) -> &[MessageSpace] {
        &self.spaces
    }

    /// What is done.
    pub fn transform(&self) -> &TransformSpec {
        &self.transform
    }

    /// What the author of the policy should know.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Whether the output holds other cells than the input.
    pub fn is_protected(&self) -> bool {
        !matches!(self.transform, TransformSpec::Keep)
    }

    /// Whether whoever holds the key can restore the cells.
    pub fn is_reversible(&self) -> bool {
        matches!(self.transform, TransformSpec::Seal | TransformSpec::Tokenize(_))
    }

    /// The transform in the policy's words, with what is not the default.
    pub fn words(&self) -> String {
        let mut words = self.transform.to_string();
        if self.small_space == SmallSpace::Permute {
            words.push_str(", small spaces permuted");
        }
        if self.on_misfit != OnMisfit::Fail {
            words.push_str(&format!(", misfits {}", self.on_misfit));
        }
        words
    }

    fn view(&self) -> ColumnView {
        ColumnView {
            path: self.path.to_string(),
            input_type: self.input_type.to_string(),
            transform: self.words(),
            domain: self.domain.as_ref().map(ToString::to_string),
            format: self.format_id.clone(),
            message_spaces: self.spaces.clone(),
            output_type: self.output_type.as_ref().map(ToString::to_string),
            warnings: self.warnings.clone(),
        }
    }
}

/// The number of strings among which a token of one class lies.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct MessageSpace {
    /// The class within the format; empty where there is one only.
    pub class: String,
    /// The number, in decimal or as a power.
    pub size: String,
}

/// A plan as data.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct PlanView {
    /// The policy's name.
    pub policy: String,
    /// What the output is for.
    pub purpose: String,
    /// The keyset.
    pub keyset: String,
    /// The version that writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_version: Option<u32>,
    /// The datasets.
    pub datasets: Vec<DatasetView>,
}

/// A dataset of a plan as data.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct DatasetView {
    /// Its name.
    pub name: String,
    /// Where the files are, as the policy writes it.
    pub source: String,
    /// How they are read, as far as the policy says it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub read: BTreeMap<&'static str, String>,
    /// One entry a leaf.
    pub columns: Vec<ColumnView>,
}

/// A line of a plan as data.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ColumnView {
    /// The leaf.
    pub path: String,
    /// The Arrow type that is read.
    pub input_type: String,
    /// What is done, in the policy's words.
    pub transform: String,
    /// The domain of a keyed transform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The format's identity with all its parameters: part of every token's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The message spaces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub message_spaces: Vec<MessageSpace>,
    /// The Arrow type that is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_type: Option<String>,
    /// What the author should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}
