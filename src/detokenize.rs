//! The one way back: sanitized rows and a key in, cleartext out.
//!
//! Tokens of `tokenize` and sealed cells are restored; pseudonyms, masks, coarsened and kept columns stay as they stand.
//!
//! # Promises
//!
//! - A restored row is no `Sanitized`: no sink accepts it.
//! - Nothing else in the library asks for [`Direction::Detokenize`].
//!
//! # What this module does not know
//!
//! Who may ask, and why: whoever builds a [`Detokenizer`] holds the unlocked keyset.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use crate::{
    keys::UnlockedKeyset,
    names::DatasetName,
    plan::{BindError, Plan, bind_column, leaves},
    transform::{Action, Direction, Restorer, TransformError},
};

/// Restores the rows of one dataset.
#[derive(Debug)]
pub struct Detokenizer(Restorer);

impl Detokenizer {
    /// For a dataset of a plan whose sanitized rows have this schema, with the keyset that wrote it.
    ///
    /// # Errors
    ///
    /// [`BindError`] where the plan has no such dataset, or the key version is not to be had.
    pub fn new(
        plan: &Plan,
        dataset: &DatasetName,
        schema: SchemaRef,
        keys: &UnlockedKeyset,
    ) -> Result<Self, BindError> {
        let found = plan.datasets().iter().find(|found| found.name() == dataset);
        let found = found.ok_or_else(|| BindError::NoDataset { dataset: dataset.clone() })?;
        let (root, version) = (keys.primary_root()?, keys.primary());
        let mut actions = Vec::new();
        for leaf in leaves(&schema) {
            let line = found.columns().iter().find(|column| *column.path() == leaf.path);
            let reversible = line.filter(|column| column.is_reversible());
            let transform = match reversible {
                Some(column) => bind_column(found, column, root, version, Direction::Detokenize, &leaf.data_type)?,
                None => None,
            };
            actions.push((leaf.path, transform.map_or(Action::Keep, Action::Transform)));
        }
        Ok(Self(Restorer::new(schema, actions)?))
    }

    /// Restores rows; `first_row` is the number of the first one in the dataset.
    ///
    /// # Errors
    ///
    /// A cell that is no token of this domain and key version: [`TransformError`], with its row.
    pub fn restore(&self, batch: &RecordBatch, first_row: u64) -> Result<RecordBatch, TransformError> {
        self.0.apply(batch, first_row)
    }
}
