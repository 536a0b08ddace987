//! Masks: most of a text hidden behind a fill character.
//!
//! # Promises
//!
//! - A mask never shows a whole cell: where no letter or digit would be hidden, everything is.
//! - Whatever is no ASCII separator counts as a character to hide.
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
    format::{is_separator, is_text},
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
    /// Whether the separators space and `-./()_:,+#` are shown, and not counted above.
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
        let parts = |character: char| self.keep_separators && u8::try_from(character).is_ok_and(is_separator);
        let symbols: Vec<char> = cell.chars().filter(|character| !parts(*character)).collect();
        if symbols.is_empty() {
            return cell.chars().map(|_| self.fill).collect();
        }
        let mut hidden = self.keep_first..symbols.len().saturating_sub(self.keep_last);
        // A mask that hides only marks shows all that the cell says.
        if !symbols.get(hidden.clone()).is_some_and(|symbols| symbols.iter().any(|symbol| symbol.is_alphanumeric())) {
            hidden = 0..symbols.len();
        }
        let mut place = 0;
        cell.chars()
            .map(|character| {
                if parts(character) {
                    return character;
                }
                place += 1;
                if hidden.contains(&(place - 1)) { self.fill } else { character }
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
        assert_eq!(Mask { keep_separators: false, ..CARD }.apply("4111-11111"), "4111**1111");
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

    #[test]
    fn only_separators_are_shown_beside_the_ends_and_never_alone() {
        let all = Mask { keep_first: 0, keep_last: 0, ..CARD };
        for (cell, masked) in [
            ("\u{1f600}\u{1f600}", "**"),
            ("a@b.c", "***.*"),
            ("€5 – ½", "** * *"),
            ("\u{a0}\u{ad}|\t", "****"),
            ("--- (#)", "*******"),
            (" ", "*"),
        ] {
            assert_eq!(all.apply(cell), masked, "{cell}");
        }
        assert_eq!(CARD.apply("---"), "***");
        for cell in ["1234@5678", "1234|5678", "1234-5678"] {
            assert!(!CARD.apply(cell).contains(char::is_alphanumeric), "{cell}");
            assert_eq!(Mask { keep_separators: false, ..CARD }.apply(cell), "*********");
        }
        assert_eq!(CARD.apply("1234@56789"), "1234**6789");
    }

    #[test]
    fn every_character_is_a_separator_or_hidden() {
        let all = Mask { keep_first: 0, keep_last: 0, fill: '*', keep_separators: true };
        for character in '\0'..='\u{2fff}' {
            let shown = " -./()_:,+#*".contains(character);
            assert_eq!(all.apply(&format!("a{character}")).contains(character), shown, "{character:?}");
        }
    }
}
