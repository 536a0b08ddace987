//! `phone`: telephone numbers in international and national writing.
//!
//! # Promises
//!
//! - A country calling code and leading zeros stay; the first digit after them is not zero before and not zero after.
//! - A ten-digit number of +1 that has the form of the North American plan keeps that form.
//!
//! # What this module does not know
//!
//! Which numbers are in use, and which ranges are mobile.
//!
//! SPEC: ITU-T E.164 (at most 15 digits; list of country codes); North American Numbering Plan, NXX-NXX-XXXX.

use crate::transform::{
    class::{Class, Space},
    format::{
        digits::write_between,
        language::{Language, MAX_CELL, fold, read_digits, unfold},
    },
    lanes::{Group, Lanes, Unfit},
};

/// Telephone numbers. A class is a kind of writing with the number of significant digits.
pub(crate) struct PhoneLanguage;

impl Language for PhoneLanguage {
    fn id(&self) -> String {
        "phone".to_owned()
    }

    fn needs(&self) -> String {
        "a telephone number of at most 15 digits, with or without `+` and country code, which any of ` -./()` may part; \
         after +1 ten digits of the form NXX-NXX-XXXX"
            .to_owned()
    }

    fn classes(&self) -> u32 {
        2 * NATIONAL
    }

    fn class(&self, class: u32) -> Class {
        let spread = |digits: u32| Space::Ranks(9 * 10u128.pow(digits.saturating_sub(1)));
        match class {
            NANP => Class { binds: false, label: "nanp".to_owned(), space: Space::Ranks(8 * 100 * 8 * 1_000_000) },
            NATIONAL.. => {
                let digits = class - NATIONAL;
                Class { binds: false, label: format!("national{digits}"), space: spread(digits) }
            }
            digits => Class { binds: true, label: format!("e164-{digits}"), space: spread(digits) },
        }
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        let mut buffer = [0; MAX_CELL];
        let (digits, code) = parse(cell, &mut buffer).ok_or(Unfit::Shape)?;
        let (code, rest) = digits.split_at_checked(code).ok_or(Unfit::Shape)?;
        let zeros = rest.iter().take_while(|digit| **digit == 0).count();
        let Some((first, others)) = rest.get(zeros..).and_then(<[u8]>::split_first) else { return Err(Unfit::Shape) };
        if code == [1] {
            let rank = nanp_rank(rest).ok_or(Unfit::Shape)?;
            lanes.enter(NANP)?.a.push(rank);
            return Ok(());
        }
        let length = others.len() as u32 + 1;
        let group = if code.is_empty() {
            lanes.enter(NATIONAL + length)?
        } else {
            let mut kept = [0; 3];
            kept.iter_mut().zip(code).for_each(|(kept, digit)| *kept = digit + b'0');
            let context = lanes.context(kept.get(..code.len()).unwrap_or_default());
            let group = lanes.enter(length)?;
            group.contexts.push(context);
            group
        };
        group.a.push(u64::from(first - 1) * 10u64.pow(length - 1) + fold(others));
        Ok(())
    }

    fn write(&self, group: &Group, index: usize, cell: &str, out: &mut Vec<u8>) {
        let mut buffer = [0; MAX_CELL];
        let total = cell.bytes().filter(u8::is_ascii_digit).count();
        let rank = group.rank(index);
        let (length, number) = match group.class {
            NANP => (10, nanp_number(rank)),
            class => {
                let length = class % NATIONAL;
                (length as usize, rank + 10u64.pow(length.saturating_sub(1)))
            }
        };
        let Some(digits) = buffer.get_mut(..length) else { return };
        unfold(number, digits);
        write_between(cell, total - length, digits, out);
    }
}

/// The digits of a number, and how many of them are the country calling code.
fn parse<'b>(cell: &str, buffer: &'b mut [u8; MAX_CELL]) -> Option<(&'b [u8], usize)> {
    let national = cell.strip_prefix('+').unwrap_or(cell);
    let digits = read_digits(national, is_separator, buffer)?;
    if digits.len() > 15 {
        return None;
    }
    let code = if national.len() == cell.len() { 0 } else { country_code(digits)? };
    Some((digits, code))
}

/// Length of the country calling code that digits begin with. A number has one such beginning.
///
/// Codes of three digits that nobody has been given yet are read as codes.
fn country_code(digits: &[u8]) -> Option<usize> {
    match (*digits.first()?, *digits.get(1)?) {
        (0, _) => None,
        (1 | 7, _) => Some(1),
        (2, 0 | 7)
        | (3, 0..=4 | 6 | 9)
        | (4, 0 | 1 | 3..=9)
        | (5, 1..=8)
        | (6, 0..=6)
        | (8, 1 | 2 | 4 | 6)
        | (9, 0..=5 | 8) => Some(2),
        _ => Some(3),
    }
}

/// The rank of `NXX-NXX-XXXX`, N from 2 to 9.
fn nanp_rank(digits: &[u8]) -> Option<u64> {
    let (area, exchange) = (*digits.first()?, *digits.get(3)?);
    if digits.len() != 10 || area < 2 || exchange < 2 {
        return None;
    }
    let number = fold(digits);
    let (first, second) = (number / 10_000_000, number % 10_000_000);
    Some((first - 200) * 8_000_000 + second - 2_000_000)
}

/// The inverse of [`nanp_rank`].
const fn nanp_number(rank: u64) -> u64 {
    (rank / 8_000_000 + 200) * 10_000_000 + rank % 8_000_000 + 2_000_000
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')')
}

/// The class of the North American plan; 1 to 15 are the others with a country code.
const NANP: u32 = 0;

/// From here on classes of national writing, by number of significant digits.
const NATIONAL: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_codes_are_cut_off_where_they_end() {
        for (cell, code) in
            [("+1 202", 1), ("+7", 0), ("+7 9", 1), ("+49 30", 2), ("+353 1", 3), ("+423 1", 3), ("030", 0)]
        {
            let mut buffer = [0; MAX_CELL];
            let found = parse(cell, &mut buffer).map(|(_, code)| code);
            assert_eq!(found, (cell != "+7").then_some(code), "{cell}");
        }
    }

    #[test]
    fn the_north_american_ranks_are_all_of_them() {
        for rank in [0, 1, 7_999_999, 8_000_000, 6_399_999_999] {
            let mut digits = [0; 10];
            unfold(nanp_number(rank), &mut digits);
            assert_eq!(nanp_rank(&digits), Some(rank));
        }
        assert_eq!(nanp_rank(&[1; 10]), None);
    }

    #[test]
    fn extensions_and_words_are_no_numbers() {
        for cell in ["555-0100 x12", "call", "1234567890123456", "+", "+0 1", "1+2", "++1"] {
            assert!(parse(cell, &mut [0; MAX_CELL]).is_none(), "{cell}");
        }
    }
}
