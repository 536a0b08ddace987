//! Strings of ASCII letters and digits in a fixed layout: a letter stands for a letter, a digit for a digit.
//!
//! # Promises
//!
//! - The rank of a string is its mixed-radix number: first symbol first, a letter of either case 0 to 25, a digit 0 to 9.
//! - Case and every other character stay where they are.
//!
//! # What this module does not know
//!
//! Which other characters a format allows.

use counterfoil_crypto::ff1::BigUint;

use crate::transform::{
    class::{Class, Space, Width},
    format::language::MAX_CELL,
    lanes::{Group, Lanes, Unfit},
};

/// How many letters and digits a layout has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Layout {
    pub(crate) letters: u32,
    pub(crate) digits: u32,
}

impl Layout {
    /// The layout of a text.
    pub(crate) fn of(text: &str) -> Self {
        let mut layout = Self::default();
        for byte in text.bytes() {
            layout.letters += u32::from(byte.is_ascii_alphabetic());
            layout.digits += u32::from(byte.is_ascii_digit());
        }
        layout
    }

    /// The number of the class with this layout; both counts are at most [`MAX_CELL`].
    pub(crate) fn class(self) -> u32 {
        self.letters * WIDTH + self.digits
    }

    fn from_class(class: u32) -> Self {
        Self { letters: class / WIDTH, digits: class % WIDTH }
    }

    fn size(self) -> Option<u128> {
        26u128.checked_pow(self.letters)?.checked_mul(10u128.checked_pow(self.digits)?)
    }
}

/// `a{letters}d{digits}` with `26^letters * 10^digits` strings.
pub(crate) fn layout_class(class: u32, binds: bool) -> Class {
    let layout = Layout::from_class(class);
    let space = match layout.size() {
        Some(size) => Space::Ranks(size),
        None => Space::Mixed { letters: layout.letters, digits: layout.digits },
    };
    Class { binds, label: format!("a{}d{}", layout.letters, layout.digits), space }
}

/// Classes of layouts are numbered below this.
pub(crate) const CLASSES: u32 = WIDTH * WIDTH;

/// Enters the class of a text's layout and pushes its rank.
pub(crate) fn read_layout<'l>(text: &str, lanes: &'l mut Lanes<'_>) -> Result<&'l mut Group, Unfit> {
    let group = lanes.enter(Layout::of(text).class())?;
    match group.width {
        Width::Big => {
            let mut rank = BigUint::ZERO;
            fold(text, |product, chunk| rank = &rank * product + chunk);
            group.big.push(rank);
        }
        Width::Wide => {
            let mut rank = 0u128;
            fold(text, |product, chunk| rank = rank * u128::from(product) + u128::from(chunk));
            group.wide.push(rank);
        }
        _ => {
            let mut rank = 0u64;
            fold(text, |product, chunk| rank = rank * product + chunk);
            group.a.push(rank);
        }
    }
    Ok(group)
}

/// Replaces the letters and digits of a template by those of the rank at an index.
pub(crate) fn write_layout(group: &Group, index: usize, template: &mut [u8]) {
    match group.width {
        Width::Big => {
            let mut rank = group.big.get(index).cloned().unwrap_or_default();
            unfold(template, |product| {
                let rest = &rank % product;
                rank /= product;
                u64::try_from(rest).unwrap_or_default()
            });
        }
        Width::Wide => {
            let mut rank = group.wide_rank(index);
            unfold(template, |product| {
                let rest = rank % u128::from(product);
                rank /= u128::from(product);
                // A remainder is below its 64-bit divisor.
                rest as u64
            });
        }
        // The whole of a narrow rank is one chunk.
        _ => unfold(template, |_| group.rank(index)),
    }
}

/// Gives `take_in` chunks of symbols as `(product of radices, number)`, first symbols first.
fn fold(text: &str, mut take_in: impl FnMut(u64, u64)) {
    let (mut product, mut number) = (1u64, 0u64);
    for byte in text.bytes() {
        let (radix, symbol) = match byte {
            b'a'..=b'z' => (26, byte - b'a'),
            b'A'..=b'Z' => (26, byte - b'A'),
            b'0'..=b'9' => (10, byte - b'0'),
            _ => continue,
        };
        match product.checked_mul(radix) {
            Some(larger) => (product, number) = (larger, number * radix + u64::from(symbol)),
            None => {
                take_in(product, number);
                (product, number) = (radix, u64::from(symbol));
            }
        }
    }
    take_in(product, number);
}

/// Writes symbols over a template, last symbols first; `take_out` divides by a product and gives the remainder.
fn unfold(template: &mut [u8], mut take_out: impl FnMut(u64) -> u64) {
    let mut rest = template;
    while !rest.is_empty() {
        let mut product = 1u64;
        let mut start = rest.len();
        for byte in rest.iter().rev() {
            match product.checked_mul(radix(*byte)) {
                Some(larger) => product = larger,
                None => break,
            }
            start -= 1;
        }
        let mut number = take_out(product);
        let Some((before, chunk)) = rest.split_at_mut_checked(start) else { return };
        for byte in chunk.iter_mut().rev() {
            let (radix, zero) = match *byte {
                b'a'..=b'z' => (26, b'a'),
                b'A'..=b'Z' => (26, b'A'),
                b'0'..=b'9' => (10, b'0'),
                _ => continue,
            };
            // A symbol is below its radix of at most 26.
            *byte = zero + (number % radix) as u8;
            number /= radix;
        }
        rest = before;
    }
}

fn radix(byte: u8) -> u64 {
    match byte {
        b'0'..=b'9' => 10,
        b'A'..=b'Z' | b'a'..=b'z' => 26,
        _ => 1,
    }
}

const WIDTH: u32 = MAX_CELL as u32 + 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_and_its_layout_make_the_string() {
        for text in ["a", "Zz9", "ab-12_CD", "zzzzzzzzzzzzz", "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9"] {
            let mut rank = BigUint::ZERO;
            fold(text, |product, chunk| rank = &rank * product + chunk);
            let mut template: Vec<u8> = text
                .bytes()
                .map(|byte| match byte {
                    b'a'..=b'z' => b'a',
                    b'A'..=b'Z' => b'A',
                    b'0'..=b'9' => b'0',
                    other => other,
                })
                .collect();
            unfold(&mut template, |product| {
                let rest = &rank % product;
                rank /= product;
                u64::try_from(rest).unwrap()
            });
            assert_eq!(template, text.as_bytes());
        }
    }

    #[test]
    fn the_rank_is_the_mixed_radix_number() {
        let mut rank = 0;
        fold("b1-Z", |product, chunk| rank = rank * product + chunk);
        assert_eq!(rank, (10 + 1) * 26 + 25);
    }
}
