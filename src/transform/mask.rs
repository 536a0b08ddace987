//! Masks: most of a text hidden behind a fill character.
//!
//! # Promises
//!
//! - A mask never shows a whole cell: one that is too short to hide anything is hidden as a whole.
//! - The length in characters stays, and with it what it tells.
//!
//! # What this module does not know
//!
//! What the text is. A mask has no way back and does not keep cells apart.

use std::sync::Arc;

use arrow_array::{ArrayRef, LargeStringArray};
use arrow_schema::DataType;

use crate::transform::{
    column::{Applied, ColumnTransform, private::Sealed},
    error::TransformError,
    format::is_text,
    options::Direction,
    text::{Worked, over_text},
};

/// Hides the characters of a text but for some at its ends.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Mask {
    /// What stands for a hidden character.
    pub fill: char,
    /// Characters shown at the start.
    pub keep_first: usize,
    /// Characters shown at the end.
    pub keep_last: usize,
    /// Whether characters other than letters and digits are shown, and not counted above.
    pub keep_separators: bool,
}

impl Mask {
    /// Binds to a column's type.
    ///
    /// # Errors
    ///
    /// A type other than text.
    pub fn bind(self, input: &DataType) -> Result<Box<dyn ColumnTransform>, TransformError> {
        if !is_text(input) {
            return Err(TransformError::ColumnType {
                column: None,
                input: input.to_string(),
                takes: "text".to_owned(),
                transform: "mask".to_owned(),
            });
        }
        Ok(Box::new(BoundMask { input: input.clone(), mask: self }))
    }

    fn apply(self, cell: &str) -> String {
        let counts = |character: char| !self.keep_separators || character.is_alphanumeric();
        let symbols = cell.chars().filter(|character| counts(*character)).count();
        let (mut first, mut last) = (self.keep_first, symbols.saturating_sub(self.keep_last));
        if first >= last {
            (first, last) = (0, symbols);
        }
        let mut place = 0;
        cell.chars()
            .map(|character| {
                if !counts(character) {
                    return character;
                }
                place += 1;
                if (first..last).contains(&(place - 1)) { self.fill } else { character }
            })
            .collect()
    }
}

struct BoundMask {
    input: DataType,
    mask: Mask,
}

impl Sealed for BoundMask {}

impl ColumnTransform for BoundMask {
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
        &self.input
    }

    fn apply(&self, column: &ArrayRef, first_row: u64) -> Result<Applied, TransformError> {
        over_text(column, &self.input, first_row, |cells| {
            let masked: LargeStringArray = cells.iter().map(|cell| cell.map(|cell| self.mask.apply(cell))).collect();
            Ok(Worked { cells: Arc::new(masked), misfits: Vec::new() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: Mask = Mask { fill: '*', keep_first: 4, keep_last: 4, keep_separators: true };

    #[test]
    fn the_ends_and_separators_are_shown() {
        assert_eq!(CARD.apply("4111-1111-1111-1234"), "4111-****-****-1234");
        assert_eq!(Mask { keep_separators: false, ..CARD }.apply("4111-1111"), "4111*1111");
        assert_eq!(
            Mask { keep_first: 0, keep_last: 0, fill: '×', keep_separators: true }.apply("Ana Ruíz"),
            "××× ××××"
        );
    }

    #[test]
    fn a_short_cell_is_hidden_as_a_whole() {
        for cell in ["1", "1234", "12345678", "1-2"] {
            assert!(CARD.apply(cell).chars().all(|character| matches!(character, '*' | '-')), "{cell}");
        }
        assert_eq!(CARD.apply(""), "");
    }
}
