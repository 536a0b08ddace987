//! `pan`: payment card numbers. A token passes the Luhn check as its cell does.
//!
//! # Promises
//!
//! - Kept ends stay; the last digit before the kept end is solved so that the check holds, all others are enciphered.
//!
//! # What this module does not know
//!
//! Issuers: without kept digits a token may begin like a card of anyone.
//!
//! SPEC: ISO/IEC 7812-1, annex B (Luhn).

use crate::transform::{
    class::{Class, Space},
    format::{
        digits::{push_digits, take_digits},
        kept::Kept,
        language::{Language, MAX_CELL, read_digits, write_digits},
    },
    lanes::{Group, Lanes, Unfit},
};

/// Card numbers of 11 to 19 digits. A class is the number of enciphered digits.
pub(crate) struct PanLanguage(pub(crate) Kept);

impl Language for PanLanguage {
    fn id(&self) -> String {
        format!("pan{}", self.0)
    }

    fn needs(&self) -> String {
        "11 to 19 digits that pass the Luhn check, which space and `-` may part".to_owned()
    }

    fn classes(&self) -> u32 {
        LONGEST as u32
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
        if !(SHORTEST..=LONGEST).contains(&digits.len()) || luhn(digits) != 0 {
            return Err(Unfit::Shape);
        }
        let (middle, context) = self.0.part(digits, lanes)?;
        let (_solved, free) = middle.split_last().ok_or(Unfit::Short)?;
        let group = lanes.enter(free.len() as u32)?;
        if self.0.binds() {
            group.contexts.push(context);
        }
        push_digits(group, free);
        Ok(())
    }

    fn write(&self, group: &Group, index: usize, cell: &str, out: &mut Vec<u8>) {
        let mut buffer = [0; MAX_CELL];
        let Some(length) = read_digits(cell, is_separator, &mut buffer).map(<[u8]>::len) else { return };
        let solved = self.0.first + group.class as usize;
        let Some(digits) = buffer.get_mut(..length) else { return };
        if let Some(free) = digits.get_mut(self.0.first..solved) {
            take_digits(group, index, free);
        }
        solve(digits, solved);
        write_digits(cell, digits, out);
    }
}

/// The Luhn sum modulo 10; 0 in a number that passes the check.
fn luhn(digits: &[u8]) -> u8 {
    // At most 19 digits of at most 9 each.
    let sum: u8 = digits
        .rchunks(2)
        .map(|pair| match pair {
            [doubled, digit] => weigh(*doubled, 1) + digit,
            [digit] => *digit,
            _ => 0,
        })
        .sum();
    sum % 10
}

/// Chooses the digit at a place so that the number passes the check.
fn solve(digits: &mut [u8], place: usize) {
    let from_end = digits.len().saturating_sub(place + 1);
    let Some(digit) = digits.get_mut(place) else { return };
    *digit = 0;
    let wanted = (10 - luhn(digits)) % 10;
    // Weighing is a permutation of the ten digits, so one of them weighs what is wanted.
    let solution = (0..10).find(|digit| weigh(*digit, from_end) == wanted);
    if let (Some(digit), Some(solution)) = (digits.get_mut(place), solution) {
        *digit = solution;
    }
}

/// A digit's part of the Luhn sum: every second digit from the end is doubled, and 9 taken off above 9.
const fn weigh(digit: u8, place_from_end: usize) -> u8 {
    match (place_from_end % 2, digit) {
        (0, _) => digit,
        (_, 0..=4) => 2 * digit,
        _ => 2 * digit - 9,
    }
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-')
}

const SHORTEST: usize = 11;
const LONGEST: usize = 19;

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|byte| byte - b'0').collect()
    }

    #[test]
    fn the_check_tells_card_numbers_from_typing_errors() {
        for pan in ["4111111111111111", "378282246310005", "6304000000000000", "4222222222222"] {
            assert_eq!(luhn(&digits(pan)), 0, "{pan}");
            let mut typo = digits(pan);
            typo[3] = (typo[3] + 1) % 10;
            assert_ne!(luhn(&typo), 0);
        }
    }

    #[test]
    fn a_digit_at_any_place_can_be_solved() {
        let pan = digits("4111111111111111");
        for place in 0..pan.len() {
            let mut other = pan.clone();
            other[place] = 9;
            solve(&mut other, place);
            assert_eq!(other, pan);
        }
    }
}
