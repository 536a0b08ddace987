//! `digits`: strings of decimal digits. A length is a class; leading zeros and separators stay.
//!
//! # What this module does not know
//!
//! What the digits stand for.

use crate::transform::{
    class::{Class, Space, Width},
    format::{
        kept::Kept,
        language::{Language, MAX_CELL, fold, is_separator, read_digits, unfold, write_digits},
    },
    lanes::{Group, Lanes, Unfit},
};

/// Digits of which some at the ends may be kept. A class is the number of free digits.
pub(crate) struct DigitsLanguage(pub(crate) Kept);

impl Language for DigitsLanguage {
    fn id(&self) -> String {
        format!("digits{}", self.0)
    }

    fn needs(&self) -> String {
        format!("{} to {MAX_CELL} digits, which any of ` -./()_:,+#` may part", (self.0.first + self.0.last + 1).max(6))
    }

    fn classes(&self) -> u32 {
        MAX_CELL as u32 + 1
    }

    fn class(&self, class: u32) -> Class {
        Class {
            binds: self.0.binds(),
            label: String::new(),
            space: Space::Numerals { length: class as usize, radix: 10 },
        }
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        let mut buffer = [0; MAX_CELL];
        let digits = read_digits(cell, is_separator, &mut buffer).ok_or(Unfit::Shape)?;
        let (free, context) = self.0.part(digits, lanes)?;
        let group = lanes.enter(free.len() as u32)?;
        if self.0.binds() {
            group.contexts.push(context);
        }
        push_digits(group, free);
        Ok(())
    }

    fn write(&self, group: &Group, index: usize, cell: &str, out: &mut Vec<u8>) {
        let mut buffer = [0; MAX_CELL];
        let length = group.class as usize;
        let Some(free) = buffer.get_mut(..length) else { return };
        take_digits(group, index, free);
        if self.0.binds() {
            write_between(cell, self.0.first, free, out);
        } else {
            write_digits(cell, free, out);
        }
    }
}

/// Pushes a digit string as numerals of radix 10.
pub(crate) fn push_digits(group: &mut Group, digits: &[u8]) {
    if group.width == Width::Halves {
        let (a, b) = digits.split_at(digits.len() / 2);
        group.a.push(fold(a));
        group.b.push(fold(b));
    } else {
        group.numerals.extend(digits.iter().map(|digit| u16::from(*digit)));
    }
}

/// The digit string at an index.
pub(crate) fn take_digits(group: &Group, index: usize, digits: &mut [u8]) {
    let length = digits.len();
    if group.width == Width::Halves {
        let (a, b) = group.halves(index);
        let (first, second) = digits.split_at_mut(length / 2);
        unfold(a, first);
        unfold(b, second);
    } else {
        // A numeral of radix 10 fits into a byte.
        digits.iter_mut().zip(group.numerals(index, length)).for_each(|(digit, numeral)| *digit = *numeral as u8);
    }
}

/// Puts digits in place of those of a cell, from its digit number `first` on; all else stays.
pub(crate) fn write_between(cell: &str, first: usize, digits: &[u8], out: &mut Vec<u8>) {
    let mut seen = 0;
    out.extend(cell.bytes().map(|byte| {
        if !byte.is_ascii_digit() {
            return byte;
        }
        seen += 1;
        (seen - 1usize).checked_sub(first).and_then(|place| digits.get(place)).map_or(byte, |digit| digit + b'0')
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_ends_stay_whatever_parts_them() {
        let mut out = Vec::new();
        write_between("12-34 56", 2, &[9, 9], &mut out);
        assert_eq!(out, b"12-99 56");
    }
}
