//! How large a message space is, as a plan prints it.
//!
//! # What this module does not know
//!
//! Which format has it.

use std::fmt;

use crate::transform::class::FLOOR;

/// One class of a format: strings that are tokens of one another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MessageSpace {
    /// What strings are in it, in a few words; empty where the format is one class.
    pub class: String,
    /// How many they are.
    pub size: Size,
}

/// The number of strings in a class.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Size {
    /// This many.
    Exact(u128),
    /// A number that depends on the cell, or is beyond 128 bits.
    Formula(String),
}

impl Size {
    /// Whether FF1 is refused for every cell of the class.
    pub fn is_small(&self) -> bool {
        matches!(self, Self::Exact(size) if *size < FLOOR)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(size) if *size > FLOOR && size.is_power_of_two() => write!(f, "2^{}", size.ilog2()),
            Self::Exact(size) if *size > FLOOR && 10u128.pow(size.ilog10()) == *size => {
                write!(f, "10^{}", size.ilog10())
            }
            Self::Exact(size) => {
                let digits = size.to_string();
                for (index, digit) in digits.chars().enumerate() {
                    if index > 0 && (digits.len() - index).is_multiple_of(3) {
                        f.write_str(",")?;
                    }
                    write!(f, "{digit}")?;
                }
                Ok(())
            }
            Self::Formula(formula) => f.write_str(formula),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        for (size, text) in [
            (1, "1"),
            (366, "366"),
            (999_999, "999,999"),
            (3_652_059, "3,652,059"),
            (1 << 31, "2^31"),
            (100_000_000, "10^8"),
        ] {
            assert_eq!(Size::Exact(size).to_string(), text);
        }
    }
}
