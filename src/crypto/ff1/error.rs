//! What can be wrong with an FF1 cipher's parameters or its rows.
//!
//! # Promises
//!
//! - A message tells places and lengths, never a numeral, a rank or a key byte.
//!
//! # What this module does not know
//!
//! The column that the rows belong to.

use crate::{
    ff1::limits::{MAX_CONTEXT, MAX_LENGTH, MIN_MESSAGE_SPACE},
    numeral::MAX_RADIX,
};

/// Why an FF1 cipher was not built, or left its rows as they were.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Ff1Error {
    /// One context a row is due if the cipher was built with a context length above 0, and none otherwise.
    #[error("{rows} rows and {contexts} contexts: there is one a row if the cipher takes contexts, and none otherwise")]
    ContextCount {
        /// Number of rows.
        rows: usize,
        /// Number of contexts.
        contexts: usize,
    },
    /// A context length above [`MAX_CONTEXT`].
    #[error("a context has at most {MAX_CONTEXT} bytes, not {found}")]
    ContextLength {
        /// The length asked for.
        found: usize,
    },
    /// A half that is not below radix^u or radix^v.
    #[error("row {row} holds a half outside its modulus")]
    HalfOutOfRange {
        /// Row, counted from 0.
        row: usize,
    },
    /// The halves of this cipher need more bits than the call offers.
    #[error("the halves of this cipher are wider than the integers of this call")]
    HalvesTooWide,
    /// Fewer or more second halves than first ones.
    #[error("there are as many first halves as second ones")]
    HalvesUneven,
    /// Not a key length of AES.
    #[error("an AES key has 16, 24 or 32 bytes, not {found}")]
    KeyLength {
        /// Number of bytes.
        found: usize,
    },
    /// A length that the cipher does not take.
    #[error("a numeral string has 2 to {MAX_LENGTH} numerals, not {found}")]
    LengthOutOfRange {
        /// The length asked for.
        found: usize,
    },
    /// radix^length, or the number of ranks, below the floor.
    #[error("the message space is smaller than {MIN_MESSAGE_SPACE}")]
    MessageSpaceTooSmall,
    /// A numeral that is not below the radix.
    #[error("row {row} holds a numeral outside the radix")]
    NumeralOutOfRange {
        /// Row, counted from 0.
        row: usize,
    },
    /// A radix that the cipher does not take.
    #[error("a radix is 2 to {MAX_RADIX}, not {found}")]
    RadixOutOfRange {
        /// The radix asked for.
        found: u32,
    },
    /// A rank that is not below the size.
    #[error("row {row} holds a rank outside the size")]
    RankOutOfRange {
        /// Row, counted from 0.
        row: usize,
    },
    /// The size of this cipher exceeds the integers of the call.
    #[error("the ranks of this cipher are wider than the integers of this call")]
    RanksTooWide,
    /// Numerals that do not divide into rows.
    #[error("{found} numerals do not divide into rows of {length}")]
    RowLength {
        /// Number of numerals.
        found: usize,
        /// Numerals of a row.
        length: usize,
    },
    /// A tweak of 4 GiB or more.
    #[error("a tweak is shorter than 4 GiB")]
    TweakTooLong,
}
