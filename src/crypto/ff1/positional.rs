//! NUM and STR: numerals to a half and back.
//!
//! Several numerals make a word of 64 bits, and only whole words meet wider integers.
//!
//! # Promises
//!
//! - What is folded unfolds to itself. No numeral is divided by: a word's quotients are multiplications by a reciprocal.
//!
//! # What this module does not know
//!
//! Which half it is.
//!
//! SPEC: NIST SP 800-38G, Algorithms 1 (NUM) and 3 (STR).

use num_bigint::BigUint;

/// One radix and what makes its words cheap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Positional {
    radix: u64,
    /// floor((2^64 − 1) / radix)
    reciprocal: u64,
    /// Numerals of a word: as many as 64 bits hold.
    width: usize,
    /// radix^width
    word: u64,
}

impl Positional {
    pub(crate) fn new(radix: u32) -> Self {
        let radix = u64::from(radix);
        let width = u64::MAX.ilog(radix);
        Self { radix, reciprocal: u64::MAX / radix, width: width as usize, word: radix.pow(width) }
    }

    /// NUM of at most a word's numerals, or of more whose number is known to fit.
    pub(crate) fn fold_word(&self, numerals: &[u16]) -> u64 {
        numerals.iter().fold(0, |sum, numeral| sum.wrapping_mul(self.radix).wrapping_add(u64::from(*numeral)))
    }

    /// STR of a word, over some numerals.
    pub(crate) fn unfold_word(&self, word: u64, numerals: &mut [u16]) {
        let mut rest = word;
        for numeral in numerals.iter_mut().rev() {
            // The estimate of the quotient is exact or one too small.
            let estimate = ((u128::from(rest) * u128::from(self.reciprocal)) >> 64) as u64;
            let remainder = rest - estimate * self.radix;
            let short = u64::from(remainder >= self.radix);
            *numeral = (remainder - short * self.radix) as u16;
            rest = estimate + short;
        }
    }

    /// NUM of numerals whose number is known to fit 128 bits.
    pub(crate) fn fold_wide(&self, numerals: &[u16]) -> u128 {
        let (first, words) = self.words(numerals);
        words.fold(u128::from(self.fold_word(first)), |sum, word| {
            sum.wrapping_mul(u128::from(self.word)).wrapping_add(u128::from(self.fold_word(word)))
        })
    }

    /// STR of a number, over some numerals.
    pub(crate) fn unfold_wide(&self, number: u128, numerals: &mut [u16]) {
        let mut rest = number;
        for word in numerals.rchunks_mut(self.width) {
            self.unfold_word((rest % u128::from(self.word)) as u64, word);
            rest /= u128::from(self.word);
        }
    }

    /// NUM of numerals, however many.
    pub(crate) fn fold_big(&self, numerals: &[u16]) -> BigUint {
        let (first, words) = self.words(numerals);
        words.fold(BigUint::from(self.fold_word(first)), |sum, word| sum * self.word + self.fold_word(word))
    }

    /// STR of a number, over some numerals, however many.
    pub(crate) fn unfold_big(&self, number: BigUint, numerals: &mut [u16]) {
        let mut rest = number;
        for word in numerals.rchunks_mut(self.width) {
            self.unfold_word(u64::try_from(&rest % self.word).unwrap_or_default(), word);
            rest /= self.word;
        }
    }

    /// What stands before the first whole word, and the whole words up to the last numeral.
    fn words<'a>(&self, numerals: &'a [u16]) -> (&'a [u16], impl Iterator<Item = &'a [u16]>) {
        let (first, words) = numerals.split_at(numerals.len() % self.width);
        (first, words.chunks_exact(self.width))
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;

    #[test]
    fn numerals_survive_every_integer() {
        for radix in [2, 3, 10, 36, 255, 256, 65_535, 65_536] {
            let positional = Positional::new(radix);
            for length in 1..=40 {
                for start in [0, 1, 7, radix - 1] {
                    let numerals: Vec<u16> = (0..length).map(|place| ((start + place * 5) % radix) as u16).collect();
                    let number = numerals.iter().fold(BigUint::ZERO, |sum, numeral| sum * radix + *numeral);
                    let mut unfolded = vec![0; numerals.len()];
                    assert_eq!(positional.fold_big(&numerals), number);
                    positional.unfold_big(number.clone(), &mut unfolded);
                    assert_eq!(unfolded, numerals);
                    if let Ok(wide) = u128::try_from(&number) {
                        unfolded.fill(9);
                        assert_eq!(positional.fold_wide(&numerals), wide);
                        positional.unfold_wide(wide, &mut unfolded);
                        assert_eq!(unfolded, numerals);
                    }
                    if let Ok(word) = u64::try_from(&number) {
                        unfolded.fill(9);
                        assert_eq!(positional.fold_word(&numerals), word);
                        positional.unfold_word(word, &mut unfolded);
                        assert_eq!(unfolded, numerals);
                    }
                }
            }
        }
    }

    #[test]
    fn words_at_the_upper_end_unfold_exactly() {
        for radix in [2u32, 3, 10, 36, 255, 256, 65_535, 65_536] {
            let positional = Positional::new(radix);
            for word in (0..1000).map(|below| u64::MAX - below) {
                let mut numerals = [0; 64];
                positional.unfold_word(word, &mut numerals);
                assert_eq!(positional.fold_word(&numerals), word);
                assert!(numerals.iter().all(|numeral| u32::from(*numeral) < radix));
            }
        }
    }
}
