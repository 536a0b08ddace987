//! Alphabets: characters to numerals and back.
//!
//! # Promises
//!
//! - The order of the characters is the order of the numerals, 0 first. No character stands twice.
//! - ASCII characters are looked up in a table, others by bisection.
//!
//! # What this module does not know
//!
//! Which characters of a cell are separators.
//!
//! SPEC: NIST SP 800-38G, section 4.1: an alphabet of `radix` characters stands for the numerals 0..radix.

use alloc::{boxed::Box, vec::Vec};

/// Most characters of an alphabet: SP 800-38G allows a radix of 2 to 2^16.
pub const MAX_RADIX: u32 = 1 << 16;

/// An ordered set of 2 to 65 536 characters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Alphabet {
    /// Character of each numeral.
    characters: Box<[char]>,
    /// Numeral of each ASCII character; [`ABSENT`] where there is none.
    ascii: [u32; 128],
    /// Numerals of the other characters, in the order of the characters.
    others: Box<[(char, u16)]>,
}

impl Alphabet {
    /// The alphabet of these characters in this order.
    ///
    /// # Errors
    ///
    /// [`InvalidAlphabet`] when there are fewer than 2 or more than 65 536 characters or one stands twice.
    pub fn new(characters: impl IntoIterator<Item = char>) -> Result<Self, InvalidAlphabet> {
        let characters: Box<[char]> = characters.into_iter().collect();
        if characters.len() < 2 || characters.len() > MAX_RADIX as usize {
            return Err(InvalidAlphabet::Radix { found: characters.len() });
        }
        let mut ascii = [ABSENT; 128];
        let mut others = Vec::new();
        for (numeral, character) in (0..=u16::MAX).zip(characters.iter().copied()) {
            match ascii.get_mut(character as usize) {
                Some(place) if *place == ABSENT => *place = u32::from(numeral),
                Some(_) => return Err(InvalidAlphabet::Repeated { position: usize::from(numeral) }),
                None => others.push((character, numeral)),
            }
        }
        others.sort_unstable();
        if let Some(position) = first_repeated(&others) {
            return Err(InvalidAlphabet::Repeated { position });
        }
        Ok(Self { characters, ascii, others: others.into() })
    }

    /// Number of characters.
    pub fn radix(&self) -> u32 {
        // INVARIANT: `new` admits at most MAX_RADIX characters.
        self.characters.len() as u32
    }

    /// The numeral of a character; `None` outside the alphabet.
    pub fn numeral(&self, character: char) -> Option<u16> {
        match self.ascii.get(character as usize) {
            Some(numeral) => u16::try_from(*numeral).ok(),
            None => {
                let place = self.others.binary_search_by_key(&character, |(other, _)| *other).ok()?;
                self.others.get(place).map(|(_, numeral)| *numeral)
            }
        }
    }

    /// The character of a numeral; `None` from `radix` on.
    pub fn character(&self, numeral: u16) -> Option<char> {
        self.characters.get(usize::from(numeral)).copied()
    }

    /// The characters in the order of their numerals.
    pub fn characters(&self) -> &[char] {
        &self.characters
    }
}

/// Why some characters are no alphabet.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAlphabet {
    /// Too few or too many characters.
    #[error("an alphabet has 2 to {MAX_RADIX} characters, not {found}")]
    Radix {
        /// Number of characters.
        found: usize,
    },
    /// A character that stood before.
    #[error("the character at position {position} of the alphabet stood before")]
    Repeated {
        /// Position of the second occurrence, counted from 0.
        position: usize,
    },
}

/// Marks an ASCII character outside the alphabet: beyond every numeral.
const ABSENT: u32 = u32::MAX;

/// Position of the second occurrence of some character that stands twice in the sorted pairs.
fn first_repeated(sorted: &[(char, u16)]) -> Option<usize> {
    sorted.iter().zip(sorted.iter().skip(1)).find(|(one, next)| one.0 == next.0).map(|(_, next)| usize::from(next.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_numerals_are_inverse() {
        let alphabet = Alphabet::new("0123ÄäΩz".chars()).unwrap();
        assert_eq!(alphabet.radix(), 8);
        for numeral in 0..8 {
            let character = alphabet.character(numeral).unwrap();
            assert_eq!(alphabet.numeral(character), Some(numeral));
        }
        assert_eq!(alphabet.character(8), None);
        assert_eq!(alphabet.numeral('4'), None);
        assert_eq!(alphabet.numeral('Ö'), None);
    }

    #[test]
    fn the_widest_alphabet_is_accepted_and_one_more_refused() {
        let all = || ('\0'..=char::MAX).take(MAX_RADIX as usize);
        let alphabet = Alphabet::new(all()).unwrap();
        assert_eq!(alphabet.radix(), MAX_RADIX);
        let last = alphabet.character(u16::MAX).unwrap();
        assert_eq!(alphabet.numeral(last), Some(u16::MAX));
        assert_eq!(Alphabet::new(all().chain(['\u{10ffff}'])), Err(InvalidAlphabet::Radix { found: 65_537 }));
    }

    #[test]
    fn repeated_characters_are_refused_with_their_place() {
        assert_eq!(Alphabet::new("aba".chars()), Err(InvalidAlphabet::Repeated { position: 2 }));
        assert_eq!(Alphabet::new("aäbä".chars()), Err(InvalidAlphabet::Repeated { position: 3 }));
        assert_eq!(Alphabet::new("a".chars()), Err(InvalidAlphabet::Radix { found: 1 }));
    }
}
