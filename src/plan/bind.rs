//! Plan and keys to sanitizers: the one place where a rule meets its key.
//!
//! # Promises
//!
//! - Every leaf of the plan gets exactly the transform that the plan shows.
//! - Root keys are read here and not kept: a sanitizer holds ciphers of derived keys.
//!
//! # What this module does not know
//!
//! How keys are kept, and which rows will come.

use arrow_schema::DataType;
use counterfoil_crypto::secret::Secret;

use super::{
    plan::{ColumnPlan, DatasetPlan, Plan},
    spec::{Task, bound},
};
use crate::{
    keys::{KeysError, UnlockedKeyset},
    names::{ColumnPath, DatasetName, Domain, KeyVersion},
    policy::TransformSpec,
    transform::{Action, ColumnTransform, Direction, DomainKeys, Sanitizer, TransformError},
};

/// Why a plan could not be bound to keys.
#[derive(Debug, miette::Diagnostic, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The key version cannot be had.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Keys(#[from] KeysError),
    /// The plan has no such dataset.
    #[error("the plan has no dataset `{dataset}`")]
    #[diagnostic(code(plan::no_dataset))]
    NoDataset {
        /// The name that was asked for.
        dataset: DatasetName,
    },
    /// A transform refused.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Transform(#[from] TransformError),
}

/// Binds every dataset of a plan to the primary version of its keyset; one sanitizer a dataset, in the plan's order.
pub fn bind(plan: &Plan, keys: &UnlockedKeyset) -> Result<Vec<Sanitizer>, BindError> {
    let root = keys.primary_root()?;
    plan.datasets().iter().map(|dataset| Ok(bind_dataset(dataset, root, keys.primary())?)).collect()
}

fn bind_dataset(dataset: &DatasetPlan, root: &Secret<32>, version: KeyVersion) -> Result<Sanitizer, TransformError> {
    let mut actions: Vec<(ColumnPath, Action)> = Vec::with_capacity(dataset.columns().len());
    for column in dataset.columns() {
        let action = match column.transform() {
            TransformSpec::Drop => Action::Drop,
            TransformSpec::Keep => Action::Keep,
            _ => match bind_column(dataset, column, root, version, Direction::Tokenize, column.input_type())? {
                Some(transform) => Action::Transform(transform),
                None => Action::Keep,
            },
        };
        actions.push((column.path().clone(), action));
    }
    Sanitizer::new(dataset.input().clone(), actions)
}

/// The transform of one line of a plan, for a column of type `input`: the plan's own, or, backwards, that of the tokens.
pub(crate) fn bind_column(
    dataset: &DatasetPlan,
    column: &ColumnPlan,
    root: &Secret<32>,
    version: KeyVersion,
    direction: Direction,
    input: &DataType,
) -> Result<Option<Box<dyn ColumnTransform>>, TransformError> {
    let own = Domain::of_column(dataset.name(), column.path());
    let keys = DomainKeys { domain: column.domain().unwrap_or(&own), root, version };
    let task = Task { on_misfit: column.on_misfit(), small_space: column.small_space(), transform: column.transform() };
    bound(&task, input, keys, direction)
}
