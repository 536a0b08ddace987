//! Batches through their actions: the one source of [`Sanitized`].
//!
//! # Promises
//!
//! - A [`Sanitized`] batch went through one action for each leaf of its schema, and none of them detokenizes.
//! - Rows keep their number and order. The result does not depend on threads or on how rows are cut into batches.
//! - When several columns hold misfits, the error is that of the first column.
//!
//! # What this module does not know
//!
//! Where batches come from and go to.

use std::{fmt, sync::Arc};

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema, SchemaRef};
use rayon::prelude::*;

pub use crate::transform::nested::Action;
use crate::{
    names::ColumnPath,
    transform::{
        error::TransformError,
        nested::{Node, Rules},
        options::Direction,
    },
};

/// Turns batches of one schema into sanitized ones.
pub struct Sanitizer(Tree);

impl Sanitizer {
    /// A sanitizer from one action for each leaf; an action above leaves (`keep`, `drop`) stands for all of them.
    ///
    /// # Errors
    ///
    /// A leaf without an action, an action without a leaf, two for one leaf, or a transform that detokenizes or was
    /// bound to another type.
    pub fn new(input: SchemaRef, leaves: Vec<(ColumnPath, Action)>) -> Result<Self, TransformError> {
        Tree::new(input, leaves, Direction::Tokenize).map(Self)
    }

    /// Sanitizes a batch. `first_row` is the number of its first row in the dataset.
    ///
    /// # Errors
    ///
    /// Another schema than the one given, or a misfit in a column that does not allow for them.
    pub fn apply(&self, batch: &RecordBatch, first_row: u64) -> Result<Sanitized, TransformError> {
        let (batch, misfits) = self.0.apply(batch, first_row)?;
        Ok(Sanitized { batch, misfits })
    }

    /// The paths that were given to [`Sanitizer::new`], in their order: misfits are counted by them.
    pub fn leaves(&self) -> &[ColumnPath] {
        &self.0.leaves
    }

    /// The schema of the batches that come out.
    pub fn output_schema(&self) -> SchemaRef {
        Arc::clone(&self.0.output)
    }
}

impl fmt::Debug for Sanitizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sanitizer").field("columns", &self.0.output.fields().len()).finish_non_exhaustive()
    }
}

/// A batch that went through a [`Sanitizer`].
#[derive(Clone)]
pub struct Sanitized {
    batch: RecordBatch,
    // INVARIANT: one count for each leaf of the sanitizer.
    misfits: Vec<u64>,
}

impl Sanitized {
    /// The batch.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// The number of misfits in each of [`Sanitizer::leaves`].
    pub fn misfits(&self) -> &[u64] {
        &self.misfits
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }
}

impl fmt::Debug for Sanitized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sanitized")
            .field("columns", &self.batch.num_columns())
            .field("rows", &self.batch.num_rows())
            .finish_non_exhaustive()
    }
}

/// Turns sanitized batches back, as far as there is a way. What comes out is cleartext, so it is no [`Sanitized`].
pub struct Restorer(Tree);

impl Restorer {
    /// A restorer from one action for each leaf.
    ///
    /// # Errors
    ///
    /// As for [`Sanitizer::new`], with a transform that does not detokenize.
    pub fn new(input: SchemaRef, leaves: Vec<(ColumnPath, Action)>) -> Result<Self, TransformError> {
        Tree::new(input, leaves, Direction::Detokenize).map(Self)
    }

    /// Restores a batch. `first_row` is the number of its first row in the dataset.
    ///
    /// # Errors
    ///
    /// Another schema than the one given, or a cell that is no token.
    pub fn apply(&self, batch: &RecordBatch, first_row: u64) -> Result<RecordBatch, TransformError> {
        Ok(self.0.apply(batch, first_row)?.0)
    }

    /// The schema of the batches that come out.
    pub fn output_schema(&self) -> SchemaRef {
        Arc::clone(&self.0.output)
    }
}

impl fmt::Debug for Restorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Restorer").field("columns", &self.0.output.fields().len()).finish_non_exhaustive()
    }
}

/// What both directions share.
struct Tree {
    columns: Vec<(usize, Node)>,
    input: SchemaRef,
    leaves: Vec<ColumnPath>,
    output: SchemaRef,
}

impl Tree {
    fn new(input: SchemaRef, leaves: Vec<(ColumnPath, Action)>, direction: Direction) -> Result<Self, TransformError> {
        for (column, action) in &leaves {
            if let Action::Transform(transform) = action
                && transform.direction() != direction
            {
                return Err(TransformError::WrongDirection { column: column.clone() });
            }
        }
        let paths = leaves.iter().map(|(path, _)| path.clone()).collect();
        let mut rules = Rules::new(leaves)?;
        let mut columns = Vec::new();
        for (index, field) in input.fields().iter().enumerate() {
            columns.extend(rules.node(field, &ColumnPath::column(field.name()))?.map(|node| (index, node)));
        }
        rules.finish()?;
        // The schema's metadata is left behind: it may quote cells, as statistics of other tools do.
        let output = Schema::new(columns.iter().map(|(_, node)| Arc::clone(&node.field)).collect::<Vec<_>>());
        Ok(Self { columns, input, leaves: paths, output: Arc::new(output) })
    }

    fn apply(&self, batch: &RecordBatch, first_row: u64) -> Result<(RecordBatch, Vec<u64>), TransformError> {
        self.check(batch)?;
        let applied: Vec<Result<(ArrayRef, Vec<u64>), TransformError>> = self
            .columns
            .par_iter()
            .map(|(index, node)| {
                let mut misfits = vec![0; self.leaves.len()];
                let column = batch.columns().get(*index).ok_or(TransformError::Schema)?;
                Ok((node.apply(column, None, first_row, &mut misfits)?, misfits))
            })
            .collect();
        let mut columns = Vec::with_capacity(applied.len());
        let mut misfits = vec![0; self.leaves.len()];
        for column in applied {
            let (column, counts) = column?;
            columns.push(column);
            misfits.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let output = RecordBatch::try_new_with_options(Arc::clone(&self.output), columns, &options)
            .map_err(|_| TransformError::Schema)?;
        assert_eq!(output.num_rows(), batch.num_rows(), "a batch keeps its number of rows");
        Ok((output, misfits))
    }

    fn check(&self, batch: &RecordBatch) -> Result<(), TransformError> {
        let schema = batch.schema();
        let same =
            schema.fields().len() == self.input.fields().len()
                && schema.fields().iter().zip(self.input.fields()).all(|(one, other)| {
                    one.name() == other.name() && one.data_type().equals_datatype(other.data_type())
                });
        if same { Ok(()) } else { Err(TransformError::Schema) }
    }
}
