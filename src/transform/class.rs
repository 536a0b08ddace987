//! Classes: the disjoint sets of strings that a format consists of, and how their numbers are kept.
//!
//! # What this module does not know
//!
//! Formats, ciphers, columns.

/// Bytes of the context that is bound beside the tweak.
pub(crate) const CONTEXT: usize = 8;

/// FF1 is refused below this size (SP 800-38G Rev. 1).
pub(crate) const FLOOR: u128 = 1_000_000;

/// One class of a format.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Class {
    /// Whether rows bring a context.
    pub(crate) binds: bool,
    /// Bound by the tweak.
    pub(crate) label: String,
    /// Its numbers.
    pub(crate) space: Space,
}

/// The numbers of a class.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Space {
    /// More than 2^128 mixed-radix strings: `letters` symbols of radix 26 and `digits` of radix 10, in any order.
    Mixed { digits: u32, letters: u32 },
    /// Numeral strings of one radix and length.
    Numerals { length: usize, radix: u32 },
    /// The numbers below a size.
    Ranks(u128),
    /// The numbers below 2^128.
    Ranks128,
}

impl Space {
    /// How many numbers; `None` beyond 128 bits.
    pub(crate) fn size(&self) -> Option<u128> {
        match self {
            Self::Mixed { .. } | Self::Ranks128 => None,
            Self::Numerals { length, radix } => u128::from(*radix).checked_pow(*length as u32),
            Self::Ranks(size) => Some(*size),
        }
    }

    /// In what the numbers are kept.
    pub(crate) fn width(&self) -> Width {
        match self {
            Self::Mixed { .. } => Width::Big,
            Self::Numerals { length, radix } if *length <= halves_fit(*radix) => Width::Halves,
            Self::Numerals { .. } => Width::Numerals,
            Self::Ranks(size) if *size <= 1 << 64 => Width::Narrow,
            Self::Ranks(_) | Self::Ranks128 => Width::Wide,
        }
    }
}

/// In what the numbers of a class are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Width {
    /// Integers of any size.
    Big,
    /// Numeral strings as two integers of 64 bits.
    Halves,
    /// Integers of 64 bits.
    Narrow,
    /// Numeral strings.
    Numerals,
    /// Integers of 128 bits.
    Wide,
}

/// The longest numeral string of a radix whose halves are kept as integers of 64 bits.
pub(crate) fn halves_fit(radix: u32) -> usize {
    let mut length = 0;
    let mut size = 1u128;
    while size * u128::from(radix) <= 1 << 64 {
        size *= u128::from(radix);
        length += 1;
    }
    2 * length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_end_where_their_integers_do() {
        assert_eq!(halves_fit(10), 38);
        assert_eq!(halves_fit(36), 24);
        assert_eq!(halves_fit(2), 128);
        assert_eq!(halves_fit(65_536), 8);
    }
}
