//! `alphabet`: strings over an alphabet that the policy gives.
//!
//! # What this module does not know
//!
//! Which scripts the symbols are of. A symbol is one Unicode scalar value; nothing is normalized.

use std::sync::Arc;

use counterfoil_crypto::{digest::sha256, numeral};

use crate::transform::{
    class::{Class, Space, Width},
    error::TransformError,
    format::language::{Language, MAX_CELL, is_separator},
    lanes::{Group, Lanes, Unfit},
};

/// 2 to 65536 distinct symbols; their order is part of a token's identity.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Alphabet(Arc<numeral::Alphabet>);

impl Alphabet {
    /// An alphabet of the characters of a text, in their order.
    ///
    /// # Errors
    ///
    /// Fewer than 2 or more than 65536 symbols, or one that stands twice.
    pub fn new(symbols: &str) -> Result<Self, TransformError> {
        match numeral::Alphabet::new(symbols.chars()) {
            Ok(alphabet) => Ok(Self(Arc::new(alphabet))),
            Err(numeral::InvalidAlphabet::Repeated { position }) => Err(TransformError::AlphabetRepeats { position }),
            Err(_) => Err(TransformError::AlphabetSize { symbols: symbols.chars().count() }),
        }
    }

    /// Its number of symbols.
    pub fn radix(&self) -> u32 {
        self.0.radix()
    }

    pub(crate) fn id(&self) -> String {
        let symbols: String = self.0.characters().iter().collect();
        format!("alphabet:{}", sha256(symbols.as_bytes()))
    }
}

/// Strings over an alphabet. A class is the number of symbols.
pub(crate) struct AlphabetLanguage(pub(crate) Alphabet);

impl AlphabetLanguage {
    fn write_symbols(&self, symbols: &[u16], cell: &str, out: &mut Vec<u8>) {
        let mut symbols = symbols.iter();
        for character in cell.chars() {
            let symbol = match self.0.0.numeral(character) {
                Some(_) => symbols.next().and_then(|symbol| self.0.0.character(*symbol)).unwrap_or(character),
                None => character,
            };
            out.extend_from_slice(symbol.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

impl Language for AlphabetLanguage {
    fn id(&self) -> String {
        self.0.id()
    }

    fn needs(&self) -> String {
        format!("up to {MAX_CELL} symbols of its alphabet, which any of ` -./()_:,+#` outside the alphabet may part")
    }

    fn classes(&self) -> u32 {
        MAX_CELL as u32 + 1
    }

    fn class(&self, class: u32) -> Class {
        Class {
            binds: false,
            label: String::new(),
            space: Space::Numerals { length: class as usize, radix: self.0.radix() },
        }
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        let mut buffer = [0; MAX_CELL];
        let mut length = 0;
        for (index, character) in cell.chars().enumerate() {
            if index == MAX_CELL {
                return Err(Unfit::Shape);
            }
            match self.0.0.numeral(character) {
                Some(symbol) => {
                    if let Some(place) = buffer.get_mut(length) {
                        *place = symbol;
                    }
                    length += 1;
                }
                None if u8::try_from(character).is_ok_and(is_separator) => {}
                None => return Err(Unfit::Shape),
            }
        }
        let symbols = buffer.get(..length).ok_or(Unfit::Shape)?;
        let group = lanes.enter(length as u32)?;
        if group.width == Width::Halves {
            let radix = u64::from(self.0.radix());
            let (a, b) = symbols.split_at(length / 2);
            group.a.push(fold(a, radix));
            group.b.push(fold(b, radix));
        } else {
            group.numerals.extend_from_slice(symbols);
        }
        Ok(())
    }

    fn write(&self, group: &Group, index: usize, cell: &str, out: &mut Vec<u8>) {
        let length = group.class as usize;
        if group.width == Width::Numerals {
            return self.write_symbols(group.numerals(index, length), cell, out);
        }
        let mut buffer = [0; MAX_CELL];
        let Some(symbols) = buffer.get_mut(..length) else { return };
        let radix = u64::from(self.0.radix());
        let (a, b) = group.halves(index);
        let (first, second) = symbols.split_at_mut(length / 2);
        unfold(a, radix, first);
        unfold(b, radix, second);
        self.write_symbols(symbols, cell, out);
    }
}

/// `NUM_radix(symbols)`
fn fold(symbols: &[u16], radix: u64) -> u64 {
    symbols.iter().fold(0, |number, symbol| number * radix + u64::from(*symbol))
}

/// `STR_radix^m(number)`, m = length of `symbols`.
fn unfold(mut number: u64, radix: u64, symbols: &mut [u16]) {
    for symbol in symbols.iter_mut().rev() {
        // A symbol is below the radix, which is at most 2^16.
        *symbol = (number % radix) as u16;
        number /= radix;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alphabet_is_known_by_its_symbols_in_order() {
        let id = |symbols| Alphabet::new(symbols).unwrap().id();
        assert_eq!(id("abc"), "alphabet:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_ne!(id("abc"), id("acb"));
    }

    #[test]
    fn an_alphabet_of_one_symbol_or_of_twins_is_refused() {
        assert!(matches!(Alphabet::new("a"), Err(TransformError::AlphabetSize { symbols: 1 })));
        assert!(matches!(Alphabet::new("aba"), Err(TransformError::AlphabetRepeats { position: 2 })));
    }
}
