//! Sealing: a cell as authenticated ciphertext, equal for equal cells, opened with the key.
//!
//! # Promises
//!
//! - A sealed cell names its key version; one that was altered, or sealed for another domain, does not open.
//! - The length of a sealed cell tells the length of the cell.
//!
//! # What this module does not know
//!
//! The type that the cell had: opening gives its canonical text, or its bytes.
//!
//! SPEC: `schemas/token.v1.md`, sealed cells.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, LargeBinaryArray, LargeStringArray, builder::LargeBinaryBuilder, cast::AsArray};
use arrow_schema::DataType;
use counterfoil_crypto::{
    kdf::{derive, lp},
    secret::{Secret, SecretBytes},
    siv,
};
use data_encoding::BASE64URL_NOPAD;

use crate::{
    names::KeyVersion,
    transform::{
        canonical::{TAKES, canonical_text, has_canonical_text},
        column::{Applied, ColumnTransform, private::Sealed},
        error::{TransformError, row_place},
        format::is_text,
        options::{Direction, DomainKeys},
        text::{Worked, cast_cells, over_text},
    },
};

/// Seals each cell, or opens it again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Seal {
    /// Which way.
    pub direction: Direction,
}

impl Seal {
    /// Binds to a column's type and to keys.
    ///
    /// # Errors
    ///
    /// A type that is neither binary nor has a canonical text; when opening, one that is neither binary nor text.
    pub fn bind(self, input: &DataType, keys: DomainKeys<'_>) -> Result<Box<dyn ColumnTransform>, TransformError> {
        let binary = matches!(input, DataType::Binary | DataType::LargeBinary | DataType::BinaryView);
        let (fits, takes) = match self.direction {
            Direction::Detokenize => (is_text(input), "text and binary"),
            Direction::Tokenize => (has_canonical_text(input), TAKES),
        };
        if !binary && !fits {
            return Err(TransformError::ColumnType {
                column: None,
                input: input.to_string(),
                takes: takes.to_owned(),
                transform: "seal".to_owned(),
            });
        }
        let output = if binary || is_text(input) { input.clone() } else { DataType::Utf8 };
        let direction = self.direction;
        Ok(Box::new(BoundSeal { direction, input: input.clone(), output, sealer: CellSealer::new(keys) }))
    }
}

struct BoundSeal {
    direction: Direction,
    input: DataType,
    output: DataType,
    sealer: CellSealer,
}

impl BoundSeal {
    fn work(&self, cells: &LargeStringArray) -> Result<ArrayRef, TransformError> {
        let mut texts = Texts::with_capacity(cells.len());
        for (row, cell) in cells.iter().enumerate() {
            match (cell, self.direction) {
                (None, _) => texts.push(None),
                (Some(cell), Direction::Tokenize) => texts.push(Some(self.sealer.seal_text(cell)?)),
                (Some(cell), Direction::Detokenize) => {
                    let opened = self.sealer.open_text(cell, row)?;
                    let text = str::from_utf8(opened.cleartext());
                    texts.push(Some(text.map_err(|_| TransformError::Unopened { place: row_place(row) })?.to_owned()));
                }
            }
        }
        Ok(Arc::new(LargeStringArray::from(texts)))
    }

    fn work_binary(&self, cells: &LargeBinaryArray) -> Result<ArrayRef, TransformError> {
        let mut sealed = LargeBinaryBuilder::new();
        for (row, cell) in cells.iter().enumerate() {
            match (cell, self.direction) {
                (None, _) => sealed.append_null(),
                (Some(cell), Direction::Tokenize) => sealed.append_value(self.sealer.seal(cell)?),
                (Some(cell), Direction::Detokenize) => sealed.append_value(self.sealer.open(cell, row)?.cleartext()),
            }
        }
        Ok(Arc::new(sealed.finish()))
    }
}

impl Sealed for BoundSeal {}

impl ColumnTransform for BoundSeal {
    fn direction(&self) -> Direction {
        self.direction
    }

    fn input_type(&self) -> &DataType {
        &self.input
    }

    fn makes_nulls(&self) -> bool {
        false
    }

    fn output_type(&self) -> &DataType {
        &self.output
    }

    fn apply(&self, column: &ArrayRef, first_row: u64) -> Result<Applied, TransformError> {
        if is_text(column.data_type()) {
            return over_text(column, &self.output, first_row, |cells| {
                Ok(Worked { cells: self.work(cells)?, misfits: Vec::new() })
            });
        }
        let cells = if column.data_type() == &self.output {
            let cells = cast_cells(column, &DataType::LargeBinary)?;
            self.work_binary(cells.as_binary_opt().ok_or(TransformError::Schema)?)
        } else {
            self.work(&canonical_text(column)?)
        };
        let cells = cells.map_err(|error| error.map_row(|row| first_row + row))?;
        Ok(Applied { column: cast_cells(&cells, &self.output)?, misfits: 0 })
    }
}

/// Seals and opens single cells under one derived key.
pub(crate) struct CellSealer {
    sealer: siv::Sealer,
    version: KeyVersion,
}

impl CellSealer {
    pub(crate) fn new(keys: DomainKeys<'_>) -> Self {
        let key: Secret<64> = derive(keys.root, "seal", keys.domain.as_str(), "seal");
        // aad = "counterfoil/seal/v1" || lp(domain) || u32be(key version)
        let mut aad = b"counterfoil/seal/v1".to_vec();
        lp(&mut aad, keys.domain.as_str().as_bytes());
        aad.extend_from_slice(&keys.version.0.to_be_bytes());
        Self { sealer: siv::Sealer::new(&key, &aad), version: keys.version }
    }

    /// `"cfs1_" || base64url(seal(cell))`
    pub(crate) fn seal_text(&self, cell: &str) -> Result<String, TransformError> {
        let mut text = MARK.to_owned();
        BASE64URL_NOPAD.encode_append(&self.seal(cell.as_bytes())?, &mut text);
        Ok(text)
    }

    /// The cell of a text that [`CellSealer::seal_text`] wrote.
    pub(crate) fn open_text(&self, cell: &str, row: usize) -> Result<SecretBytes, TransformError> {
        let sealed = cell.strip_prefix(MARK).and_then(|text| BASE64URL_NOPAD.decode(text.as_bytes()).ok());
        self.open(&sealed.ok_or_else(|| TransformError::Unopened { place: row_place(row) })?, row)
    }

    /// `u32be(key version) || nonce || ciphertext || tag`
    fn seal(&self, cell: &[u8]) -> Result<Vec<u8>, TransformError> {
        let mut sealed = Vec::with_capacity(4 + cell.len() + siv::OVERHEAD);
        sealed.extend_from_slice(&self.version.0.to_be_bytes());
        self.sealer.seal(cell, &mut sealed).map_err(|_| TransformError::TooLarge { column: None })?;
        Ok(sealed)
    }

    fn open(&self, sealed: &[u8], row: usize) -> Result<SecretBytes, TransformError> {
        let unopened = || TransformError::Unopened { place: row_place(row) };
        let (version, sealed) = sealed.split_first_chunk().ok_or_else(unopened)?;
        let version = KeyVersion(u32::from_be_bytes(*version));
        if version != self.version {
            return Err(TransformError::KeyVersion { place: row_place(row), version });
        }
        self.sealer.open(sealed).map_err(|_| unopened())
    }
}

/// Whether a text begins as sealed cells do.
pub(crate) fn is_marked(cell: &str) -> bool {
    cell.starts_with(MARK)
}

type Texts = Vec<Option<String>>;

const MARK: &str = "cfs1_";
