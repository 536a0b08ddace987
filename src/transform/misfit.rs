//! What becomes of a misfit.
//!
//! # Promises
//!
//! - A misfit never passes through as it is.
//! - On the way back, sealed misfits are opened and pseudonyms stay; nothing else that does not fit is accepted.
//!
//! # What this module does not know
//!
//! Why a cell is a misfit.

use arrow_schema::DataType;

use crate::transform::{
    error::TransformError,
    format::is_text,
    options::{Direction, DomainKeys, OnMisfit},
    pseudonym, seal,
};

/// The rule's decision, with the keys it takes.
pub(crate) enum Treatment {
    Fail,
    Null,
    Pseudonym(pseudonym::Maker),
    Seal(Box<seal::CellSealer>),
}

impl Treatment {
    /// Binds a decision to a column's type and to keys.
    pub(crate) fn new(on: OnMisfit, input: &DataType, keys: DomainKeys<'_>) -> Result<Self, TransformError> {
        let treatment = match on {
            OnMisfit::Fail => return Ok(Self::Fail),
            OnMisfit::Null => return Ok(Self::Null),
            OnMisfit::Pseudonym => Self::Pseudonym(pseudonym::Maker::new(keys)),
            OnMisfit::Seal => Self::Seal(Box::new(seal::CellSealer::new(keys))),
        };
        if is_text(input) { Ok(treatment) } else { Err(TransformError::MisfitTreatment { input: input.to_string() }) }
    }

    /// Whether a misfit on the way there ends the run; on the way back every one does.
    pub(crate) fn fails(&self, direction: Direction) -> bool {
        matches!(self, Self::Fail) || direction == Direction::Detokenize
    }

    /// Whether misfits become null.
    pub(crate) fn makes_nulls(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Writes what stands in place of a misfit; `false` for a null.
    pub(crate) fn write(&self, cell: &str, out: &mut Vec<u8>) -> Result<bool, TransformError> {
        match self {
            Self::Fail | Self::Null => Ok(false),
            Self::Pseudonym(maker) => {
                maker.write_marked(cell, out);
                Ok(true)
            }
            Self::Seal(sealer) => {
                out.extend_from_slice(sealer.seal_text(cell)?.as_bytes());
                Ok(true)
            }
        }
    }

    /// On the way back: what a treated misfit was, or itself where there is no way back.
    ///
    /// A text that only begins like a sealed cell is no misfit: it can be a token.
    pub(crate) fn restore(&self, cell: &str, row: usize) -> Result<Option<String>, TransformError> {
        match self {
            Self::Pseudonym(_) if pseudonym::is_marked(cell) => Ok(Some(cell.to_owned())),
            Self::Seal(sealer) if seal::is_marked(cell) => match sealer.open_text(cell, row) {
                Ok(opened) => Ok(str::from_utf8(opened.cleartext()).ok().map(str::to_owned)),
                Err(TransformError::Unopened { .. }) => Ok(None),
                Err(error) => Err(error),
            },
            _ => Ok(None),
        }
    }
}
