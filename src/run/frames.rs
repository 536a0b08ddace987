//! Polars frames through a sanitizer: the same kind in and out, the columns never copied on the way.
//!
//! # Promises
//!
//! - A frame gets the tokens that a file with the same rows gets.
//! - Rows are counted from the first row of the frame, so that an error names the row that the caller sees.
//!
//! # What this module does not know
//!
//! Where the frame came from.

use std::sync::Arc;

use polars::prelude::{AllowedOptimizations, DataFrame, LazyFrame, PolarsError};

use crate::{
    dataset::frames::{FrameError, batch_from_frame, frame_from_batch},
    transform::{Sanitizer, TransformError},
};

/// Why a frame could not be sanitized.
#[derive(Debug, miette::Diagnostic, thiserror::Error)]
#[non_exhaustive]
pub enum SanitizeFrameError {
    /// The frame cannot cross to Arrow, or what was made of it cannot come back.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Frame(#[from] FrameError),
    /// A transform refused.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Transform(#[from] TransformError),
}

/// Sanitizes a frame whose columns are those that the sanitizer was bound to.
///
/// A sanitizer for a frame is bound to the schema that [`batch_from_frame`] gives it.
///
/// # Errors
///
/// A column that cannot cross, another schema than the sanitizer's, or a misfit.
pub fn sanitize_frame(sanitizer: &Sanitizer, frame: &DataFrame) -> Result<DataFrame, SanitizeFrameError> {
    let batch = batch_from_frame(frame)?;
    Ok(frame_from_batch(sanitizer.apply(&batch, 0)?.batch())?)
}

/// Sanitizes a lazy frame when it is collected.
///
/// # Errors
///
/// None now; on collecting, a `ComputeError` with the message of [`SanitizeFrameError`], which never holds a cell.
pub fn sanitize_lazy(sanitizer: Arc<Sanitizer>, frame: LazyFrame) -> LazyFrame {
    let sanitize = move |frame: DataFrame| {
        sanitize_frame(&sanitizer, &frame).map_err(|error| PolarsError::ComputeError(error.to_string().into()))
    };
    // No optimisation may move a filter or a projection through a function that changes cells and columns.
    frame.map(sanitize, AllowedOptimizations::empty(), None, Some("counterfoil"))
}
