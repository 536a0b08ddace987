//! Pseudonyms: one-way keyed tokens.
//!
//! # Promises
//!
//! - Equal canonical texts give equal pseudonyms within a domain and key version, in columns of any type.
//! - Without the key nobody can try out cells; whoever has it can.
//!
//! # What this module does not know
//!
//! A way back.
//!
//! SPEC: RFC 2104 (HMAC) over SHA-256; RFC 4648, section 6 (base 32); RFC 9562, section 5.8 (version 8).

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Int64Array, LargeStringArray};
use arrow_schema::DataType;
use counterfoil_crypto::{kdf::derive, mac::Mac, secret::Secret};
use data_encoding::{BASE32_NOPAD, HEXLOWER};

use crate::transform::{
    canonical::{TAKES, canonical_text, has_canonical_text},
    column::{Applied, ColumnTransform, private::Sealed},
    error::TransformError,
    format::is_text,
    options::{Direction, DomainKeys},
    text::{Worked, cast_cells, over_text},
};

/// How a pseudonym is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Encoding {
    /// 26 characters of lower-case base 32: 128 bits.
    Base32,
    /// 32 hexadecimal digits: 128 bits.
    Hex,
    /// A 64-bit integer of 63 bits; two in 3*10^9 cells are expected to coincide.
    Int64,
    /// A UUID of version 8: 122 bits.
    Uuid,
}

/// Puts a one-way token in place of each cell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pseudonym {
    /// How it is written.
    pub encoding: Encoding,
}

impl Pseudonym {
    /// Binds to a column's type and to keys.
    ///
    /// # Errors
    ///
    /// A type without canonical text.
    pub fn bind(self, input: &DataType, keys: DomainKeys<'_>) -> Result<Box<dyn ColumnTransform>, TransformError> {
        if !has_canonical_text(input) {
            return Err(TransformError::ColumnType {
                column: None,
                input: input.to_string(),
                takes: TAKES.to_owned(),
                transform: "pseudonym".to_owned(),
            });
        }
        let output = match self.encoding {
            Encoding::Int64 => DataType::Int64,
            _ if is_text(input) => input.clone(),
            _ => DataType::Utf8,
        };
        Ok(Box::new(BoundPseudonym { encoding: self.encoding, input: input.clone(), maker: Maker::new(keys), output }))
    }
}

struct BoundPseudonym {
    encoding: Encoding,
    input: DataType,
    maker: Maker,
    output: DataType,
}

impl BoundPseudonym {
    fn work(&self, cells: &LargeStringArray) -> ArrayRef {
        match self.encoding {
            Encoding::Int64 => {
                Arc::new(cells.iter().map(|cell| cell.map(|cell| self.maker.int64(cell))).collect::<Int64Array>())
            }
            encoding => {
                let texts = cells.iter().map(|cell| cell.map(|cell| self.maker.text(cell, encoding)));
                Arc::new(texts.collect::<LargeStringArray>())
            }
        }
    }
}

impl Sealed for BoundPseudonym {}

impl ColumnTransform for BoundPseudonym {
    fn direction(&self) -> Direction {
        Direction::Tokenize
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
                Ok(Worked { cells: self.work(cells), misfits: Vec::new() })
            });
        }
        let cells = self.work(&canonical_text(column)?);
        Ok(Applied { column: cast_cells(&cells, &self.output)?, misfits: 0 })
    }
}

/// Makes pseudonyms under one derived key.
pub(crate) struct Maker(Mac);

impl Maker {
    pub(crate) fn new(keys: DomainKeys<'_>) -> Self {
        let key: Secret<32> = derive(keys.root, "pseudonym", keys.domain.as_str(), "pseudonym");
        Self(Mac::new(&key))
    }

    /// `cfp1_` and the hexadecimal pseudonym: what stands in place of a misfit.
    pub(crate) fn write_marked(&self, cell: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(MARK);
        out.extend_from_slice(self.text(cell, Encoding::Hex).as_bytes());
    }

    fn text(&self, cell: &str, encoding: Encoding) -> String {
        let number = self.number(cell);
        match encoding {
            Encoding::Base32 => BASE32_NOPAD.encode(&number.to_be_bytes()).to_ascii_lowercase(),
            Encoding::Uuid => {
                let (version, variant) = (0xf << 76, 0b11 << 62);
                let uuid = number & !version & !variant | 8 << 76 | 0b10 << 62;
                uuid::Uuid::from_u128(uuid).hyphenated().to_string()
            }
            Encoding::Hex | Encoding::Int64 => HEXLOWER.encode(&number.to_be_bytes()),
        }
    }

    fn int64(&self, cell: &str) -> i64 {
        // The first eight bytes without their highest bit.
        (self.number(cell) >> 64) as i64 & i64::MAX
    }

    /// The first 16 bytes of the tag.
    fn number(&self, cell: &str) -> u128 {
        let tag = self.0.tag(cell.as_bytes());
        tag.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
    }
}

/// Whether a text is what [`Maker::write_marked`] writes.
pub(crate) fn is_marked(cell: &str) -> bool {
    let digits = cell.as_bytes().strip_prefix(MARK).unwrap_or_default();
    digits.len() == 32 && digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

const MARK: &[u8] = b"cfp1_";
