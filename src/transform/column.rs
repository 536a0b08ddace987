//! The trait that every transform of a column has.
//!
//! # Promises
//!
//! - Sealed: the transforms of this room are all there are, so a sanitized column went through one of them.
//! - A transform works on whole columns and gives back as many rows as it got.
//!
//! # What this module does not know
//!
//! What the transforms do.

use arrow_array::ArrayRef;
use arrow_schema::DataType;

use crate::transform::{error::TransformError, options::Direction};

/// A function from column to column, bound to the column's type and to its keys.
pub trait ColumnTransform: Send + Sync + private::Sealed {
    /// Which way it goes; transforms without inverse go [`Direction::Tokenize`].
    fn direction(&self) -> Direction;

    /// The type that it was bound to.
    fn input_type(&self) -> &DataType;

    /// Whether it can make a null of a cell.
    fn makes_nulls(&self) -> bool;

    /// The type of the columns it makes.
    fn output_type(&self) -> &DataType;

    /// Transforms a column. `first_row` is the number of its first row in the dataset, for errors.
    ///
    /// # Errors
    ///
    /// A misfit under [`crate::transform::OnMisfit::Fail`], with its row and length.
    fn apply(&self, column: &ArrayRef, first_row: u64) -> Result<Applied, TransformError>;
}

/// A transformed column.
pub struct Applied {
    /// The column, as long as the one that went in.
    pub column: ArrayRef,
    /// How many cells were misfits.
    pub misfits: u64,
}

impl std::fmt::Debug for Applied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Applied").field("rows", &self.column.len()).field("misfits", &self.misfits).finish()
    }
}

pub(crate) mod private {
    /// Implemented in this room only.
    pub trait Sealed {}
}
