//! Steps 1, 3 and 4 of FF1: what follows from radix and length alone.
//!
//! # Promises
//!
//! - b and d come from integers. `ceil(v · log2(radix))` is the bit length of radix^v − 1, and no floating-point
//!   logarithm is exact on every power of two.
//!
//! # What this module does not know
//!
//! Keys and tweaks.
//!
//! SPEC: NIST SP 800-38G, Algorithm 7, steps 1, 3, 4; section 5.1 for the ranges.

use num_bigint::BigUint;

use crate::{
    ff1::{
        error::Ff1Error,
        limits::{MAX_LENGTH, MIN_MESSAGE_SPACE},
    },
    numeral::MAX_RADIX,
};

/// What follows from radix and length.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    pub(crate) radix: u32,
    /// n: numerals of a row.
    pub(crate) length: usize,
    /// u: numerals of A.
    pub(crate) u: usize,
    /// v: numerals of B.
    pub(crate) v: usize,
    /// b: bytes of NUM(B) in Q.
    pub(crate) b: usize,
    /// d: bytes of y.
    pub(crate) d: usize,
    /// radix^u, the modulus of the even rounds.
    pub(crate) even: BigUint,
    /// radix^v, the modulus of the odd rounds.
    pub(crate) odd: BigUint,
}

impl Parameters {
    /// Checks the ranges of section 5.1, but not the least message space.
    pub(crate) fn new(radix: u32, length: usize) -> Result<Self, Ff1Error> {
        if !(2..=MAX_RADIX).contains(&radix) {
            return Err(Ff1Error::RadixOutOfRange { found: radix });
        }
        if !(2..=MAX_LENGTH).contains(&length) {
            return Err(Ff1Error::LengthOutOfRange { found: length });
        }
        // 1. Let u = floor(n / 2); v = n − u.
        let u = length / 2;
        let v = length - u;
        let even = BigUint::from(radix).pow(u as u32);
        let odd = BigUint::from(radix).pow(v as u32);
        // 3. Let b = ceil(ceil(v · log2(radix)) / 8).
        let b = ((&odd - 1u32).bits() as usize).div_ceil(8);
        // 4. Let d = 4 · ceil(b / 4) + 4.
        let d = 4 * b.div_ceil(4) + 4;
        Ok(Self { radix, length, u, v, b, d, even, odd })
    }

    /// The least message space of Revision 1.
    pub(crate) fn check_message_space(&self) -> Result<(), Ff1Error> {
        if &self.even * &self.odd < BigUint::from(MIN_MESSAGE_SPACE) {
            return Err(Ff1Error::MessageSpaceTooSmall);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_have_exact_lengths() {
        // (radix, v, b): the first three are where v · ln(radix) / ln(2) is one bit too many.
        for (radix, v, b) in [(256, 29, 29), (256, 31, 31), (65_536, 29, 58), (2, 64, 8), (2, 65, 9), (10, 8, 4)] {
            let parameters = Parameters::new(radix, 2 * v).unwrap();
            assert_eq!((parameters.u, parameters.v, parameters.b), (v, v, b));
            assert_eq!(parameters.d, 4 * b.div_ceil(4) + 4);
        }
    }

    #[test]
    fn the_floor_is_a_million() {
        let short = |radix, length| Parameters::new(radix, length).unwrap().check_message_space();
        assert_eq!(short(10, 5), Err(Ff1Error::MessageSpaceTooSmall));
        assert_eq!(short(10, 6), Ok(()));
        assert_eq!(short(2, 19), Err(Ff1Error::MessageSpaceTooSmall));
        assert_eq!(short(2, 20), Ok(()));
        assert_eq!(short(999, 2), Err(Ff1Error::MessageSpaceTooSmall));
        assert_eq!(short(1000, 2), Ok(()));
    }

    #[test]
    fn ranges_are_those_of_the_document() {
        assert_eq!(Parameters::new(1, 9).err(), Some(Ff1Error::RadixOutOfRange { found: 1 }));
        assert_eq!(Parameters::new(65_537, 9).err(), Some(Ff1Error::RadixOutOfRange { found: 65_537 }));
        assert_eq!(Parameters::new(10, 1).err(), Some(Ff1Error::LengthOutOfRange { found: 1 }));
        assert_eq!(Parameters::new(10, 4097).err(), Some(Ff1Error::LengthOutOfRange { found: 4097 }));
    }
}
