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

#[cfg(test)]
mod tests {
    use arrow_array::{
        Array, Int32Array, Int64Array, ListArray, StringArray, StructArray, cast::AsArray, types::Int32Type,
    };
    use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
    use arrow_schema::{DataType, Field, Fields};
    use counterfoil_crypto::secret::Secret;

    use super::*;
    use crate::{
        names::{Domain, KeyVersion},
        transform::{DomainKeys, Format, Kept, OnMisfit, SmallSpace, Tokenize},
    };

    fn digits(direction: Direction, on_misfit: OnMisfit) -> Action {
        let domain: Domain = "test".parse().unwrap();
        let root = Secret::fill(|bytes| bytes.fill(3));
        let keys = DomainKeys { domain: &domain, root: &root, version: KeyVersion(1) };
        let format = Format::Digits(Kept::NOTHING);
        let tokenize = Tokenize { direction, format, on_misfit, small_space: SmallSpace::Refuse };
        Action::Transform(tokenize.bind(&DataType::Utf8, keys).unwrap())
    }

    fn path(text: &str) -> ColumnPath {
        text.parse().unwrap()
    }

    /// `id`, and `items`, a list of structs of `sku` and `count`. Row 1 is null with items behind it, row 3 is empty.
    fn orders() -> RecordBatch {
        let skus = StringArray::from(vec![Some("1000001"), Some("bad"), None, Some("1000004"), Some("1000005")]);
        let counts = Int32Array::from(vec![1, 2, 3, 4, 5]);
        let fields: Fields =
            vec![Field::new("sku", DataType::Utf8, true), Field::new("count", DataType::Int32, false)].into();
        // The null struct hides `1000004`.
        let structs = StructArray::new(
            fields.clone(),
            vec![Arc::new(skus), Arc::new(counts)],
            Some(NullBuffer::from(vec![true, true, true, false, true])),
        );
        let item = Arc::new(Field::new("item", DataType::Struct(fields), true));
        let offsets = OffsetBuffer::new(ScalarBuffer::from(vec![0, 1, 2, 5, 5]));
        let nulls = NullBuffer::from(vec![true, false, true, true]);
        let items = ListArray::new(Arc::clone(&item), offsets, Arc::new(structs), Some(nulls));
        let schema = Schema::new(vec![
            Field::new("id", DataType::Int64, false),
            Field::new("items", DataType::List(item), true),
        ]);
        RecordBatch::try_new(Arc::new(schema), vec![Arc::new(Int64Array::from(vec![1, 2, 3, 4])), Arc::new(items)])
            .unwrap()
    }

    fn leaves(sku: Action) -> Vec<(ColumnPath, Action)> {
        vec![(path("id"), Action::Keep), (path("items[].sku"), sku), (path("items[].count"), Action::Keep)]
    }

    #[test]
    fn leaves_in_lists_of_structs_are_tokenized_and_come_back() {
        let batch = orders();
        let sanitizer = Sanitizer::new(batch.schema(), leaves(digits(Direction::Tokenize, OnMisfit::Fail))).unwrap();
        let sanitized = sanitizer.apply(&batch, 0).unwrap();
        assert_eq!((sanitized.rows(), sanitized.misfits()), (4, &[0, 0, 0][..]));
        let tokens = sanitized.batch().column(1).as_list::<i32>();
        assert!(tokens.is_null(1) && tokens.is_valid(3));
        let third = tokens.value(2);
        assert_eq!((third.len(), third.null_count()), (3, 1));
        let skus = third.as_struct().column(0).as_string::<i32>();
        assert!(skus.is_null(0) && skus.is_null(1) && skus.value(2) != "1000005");
        assert_eq!(third.as_struct().column(1).as_primitive::<Int32Type>().value(2), 5);

        let schema = sanitizer.output_schema();
        let restorer = Restorer::new(schema, leaves(digits(Direction::Detokenize, OnMisfit::Fail))).unwrap();
        let restored = restorer.apply(sanitized.batch(), 0).unwrap();
        assert_eq!(restored.column(1), batch.column(1));
    }

    #[test]
    fn a_slice_gives_the_slice_of_the_tokens() {
        let batch = orders();
        let sanitizer = Sanitizer::new(batch.schema(), leaves(digits(Direction::Tokenize, OnMisfit::Fail))).unwrap();
        let whole = sanitizer.apply(&batch, 0).unwrap();
        let part = sanitizer.apply(&batch.slice(2, 2), 2).unwrap();
        assert_eq!(part.batch(), &whole.batch().slice(2, 2));
    }

    #[test]
    fn a_misfit_in_a_list_is_told_by_its_row() {
        let batch = orders();
        let items = batch.column(1).as_list::<i32>();
        let bared = ListArray::new(
            match items.data_type() {
                DataType::List(item) => Arc::clone(item),
                _ => unreachable!(),
            },
            items.offsets().clone(),
            Arc::clone(items.values()),
            None,
        );
        let batch = RecordBatch::try_new(batch.schema(), vec![Arc::clone(batch.column(0)), Arc::new(bared)]).unwrap();
        let sanitizer = Sanitizer::new(batch.schema(), leaves(digits(Direction::Tokenize, OnMisfit::Fail))).unwrap();
        let error = sanitizer.apply(&batch, 100).unwrap_err();
        assert_eq!((error.row(), error.column()), (Some(101), Some(&path("items[].sku"))));
        assert!(!error.to_string().contains("bad"));
        let sanitizer = Sanitizer::new(batch.schema(), leaves(digits(Direction::Tokenize, OnMisfit::Null))).unwrap();
        assert_eq!(sanitizer.apply(&batch, 100).unwrap().misfits(), [0, 1, 0]);
    }

    #[test]
    fn dropped_fields_are_gone_at_every_level() {
        let batch = orders();
        let sanitizer = Sanitizer::new(
            batch.schema(),
            vec![
                (path("id"), Action::Drop),
                (path("items[].sku"), Action::Drop),
                (path("items[].count"), Action::Keep),
            ],
        )
        .unwrap();
        let sanitized = sanitizer.apply(&batch, 0).unwrap();
        let schema = sanitized.batch().schema();
        assert_eq!(schema.fields().len(), 1);
        assert!(!format!("{schema:?}").contains("sku"));
        let all = vec![(path("id"), Action::Drop), (path("items"), Action::Drop)];
        assert_eq!(Sanitizer::new(batch.schema(), all).unwrap().apply(&batch, 0).unwrap().rows(), 4);
    }

    #[test]
    fn every_leaf_has_one_rule() {
        let schema = orders().schema();
        let new = |leaves| Sanitizer::new(Arc::clone(&schema), leaves).unwrap_err();
        let missing = new(vec![(path("id"), Action::Keep), (path("items[].sku"), Action::Drop)]);
        assert!(matches!(&missing, TransformError::MissingRule { column } if *column == path("items[].count")));
        let twice =
            new(vec![(path("id"), Action::Keep), (path("items"), Action::Keep), (path("items[].sku"), Action::Drop)]);
        assert!(matches!(twice, TransformError::DuplicateRule { .. }));
        let unknown =
            new(vec![(path("id"), Action::Keep), (path("items"), Action::Keep), (path("name"), Action::Drop)]);
        assert!(matches!(unknown, TransformError::UnknownColumn { .. }));
        let back = new(leaves(digits(Direction::Detokenize, OnMisfit::Fail)));
        assert!(matches!(back, TransformError::WrongDirection { .. }));
        let typed = new(vec![(path("id"), digits(Direction::Tokenize, OnMisfit::Fail)), (path("items"), Action::Keep)]);
        assert!(matches!(typed, TransformError::ColumnType { .. }));
    }

    #[test]
    fn a_sanitized_batch_prints_its_shape_only() {
        let batch = orders();
        let sanitizer = Sanitizer::new(batch.schema(), vec![(path("id"), Action::Keep), (path("items"), Action::Keep)]);
        let sanitized = sanitizer.unwrap().apply(&batch, 0).unwrap();
        assert_eq!(format!("{sanitized:?}"), "Sanitized { columns: 2, rows: 4, .. }");
    }
}
