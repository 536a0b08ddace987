//! `us-ssn`: social security numbers of the United States.
//!
//! # Promises
//!
//! - A number that can have been issued gets one that can have been issued; an area from 900 on stays from 900 on.
//!
//! # What this module does not know
//!
//! Which numbers were issued.
//!
//! SPEC: Social Security Administration, number randomization of 25 June 2011: areas 000, 666 and 900 to 999, group 00
//! and serial 0000 are never issued.

use crate::transform::{
    class::{Class, Space},
    format::{
        language::{Language, fold, unfold, write_digits},
        size::{MessageSpace, Size},
    },
    lanes::{Group, Lanes, Unfit},
};

/// `AAA-GG-SSSS`, with spaces, or nine digits. Two classes.
pub(crate) struct SsnLanguage;

impl Language for SsnLanguage {
    fn id(&self) -> String {
        "us-ssn".to_owned()
    }

    fn needs(&self) -> String {
        "`AAA-GG-SSSS`, `AAA GG SSSS` or nine digits; no area 000 or 666, below area 900 no group 00 and no serial 0000"
            .to_owned()
    }

    fn classes(&self) -> u32 {
        2
    }

    fn class(&self, class: u32) -> Class {
        let (label, size) = if class == ISSUED { ("ssn", ISSUED_SIZE) } else { ("9xx", NEVER_SIZE) };
        Class { binds: false, label: label.to_owned(), space: Space::Ranks(size) }
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        let (area, group, serial) = parse(cell).ok_or(Unfit::Shape)?;
        let (class, rank) = match area {
            900.. => (NEVER, ((area - 900) * 100 + group) * 10_000 + serial),
            0 | 666 => return Err(Unfit::Shape),
            _ if group == 0 || serial == 0 => return Err(Unfit::Shape),
            _ => (ISSUED, ((area - 1 - u64::from(area > 666)) * 99 + group - 1) * 9999 + serial - 1),
        };
        lanes.enter(class)?.a.push(rank);
        Ok(())
    }

    fn write(&self, group: &Group, index: usize, cell: &str, out: &mut Vec<u8>) {
        let rank = group.rank(index);
        let number = if group.class == NEVER {
            900_000_000 + rank
        } else {
            let (serial, rest) = (rank % 9999 + 1, rank / 9999);
            let (pair, area) = (rest % 99 + 1, rest / 99 + 1);
            ((area + u64::from(area > 665)) * 100 + pair) * 10_000 + serial
        };
        let mut digits = [0; 9];
        unfold(number, &mut digits);
        write_digits(cell, &digits, out);
    }
}

pub(crate) fn message_spaces() -> Vec<MessageSpace> {
    let space = |class: &str, size| MessageSpace { class: class.to_owned(), size: Size::Exact(size) };
    vec![space("areas 001 to 899", ISSUED_SIZE), space("areas 900 to 999, never issued", NEVER_SIZE)]
}

/// Area, group and serial.
fn parse(cell: &str) -> Option<(u64, u64, u64)> {
    let mut digits = [0; 9];
    let bytes = cell.as_bytes();
    let parted = match bytes.len() {
        9 => false,
        11 if matches!((bytes.get(3), bytes.get(6)), (Some(b'-'), Some(b'-')) | (Some(b' '), Some(b' '))) => true,
        _ => return None,
    };
    let symbols = bytes.iter().enumerate().filter(|(place, _)| !(parted && matches!(place, 3 | 6)));
    for (digit, (_, byte)) in digits.iter_mut().zip(symbols) {
        *digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
    }
    let number = fold(&digits);
    Some((number / 1_000_000, number / 10_000 % 100, number % 10_000))
}

const ISSUED: u32 = 0;
const NEVER: u32 = 1;
const ISSUED_SIZE: u128 = 898 * 99 * 9999;
const NEVER_SIZE: u128 = 100 * 100 * 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_layouts_are_read_and_others_are_not() {
        for cell in ["123-45-6789", "123 45 6789", "123456789"] {
            assert_eq!(parse(cell), Some((123, 45, 6789)));
        }
        for cell in ["", "12345678", "1234567890", "123-45 6789", "12-345-6789", "123-45-678x", "12345678901", "１２３"]
        {
            assert_eq!(parse(cell), None, "{cell}");
        }
    }
}
