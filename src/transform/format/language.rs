//! What a format does for the tokenizer: read cells into numbers, write numbers back as tokens.
//!
//! # Promises
//!
//! - `write` is the inverse of `read` on every class, and whatever number of the class it gets, it writes a string that
//!   `read` puts into the same class.
//!
//! # What this module does not know
//!
//! Keys, ciphers, Arrow.

use crate::transform::{
    class::Class,
    lanes::{Group, Lanes, Unfit},
};

/// Longest cell, in characters; longer ones are misfits.
pub(crate) const MAX_CELL: usize = 256;

/// A format over text.
pub(crate) trait Language: Send + Sync {
    /// The format's name and parameters, bound into keys and tweaks.
    fn id(&self) -> String;

    /// What a cell needs, for the error of a misfit.
    fn needs(&self) -> String;

    /// Classes are numbered below this.
    fn classes(&self) -> u32;

    /// What a class is.
    fn class(&self, class: u32) -> Class;

    /// Reads a cell and pushes its number, and its context if the class binds one, to the group of its class.
    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit>;

    /// Writes the string that has the number at `index` of the group and stands where `cell` stood.
    fn write(&self, group: &Group, index: usize, cell: &str, out: &mut Vec<u8>);

    /// Whether some numbers of the class are no tokens and have to be enciphered again.
    fn walks(&self, _class: u32) -> bool {
        false
    }

    /// Whether a number makes a token of the class; asked only where the class walks.
    fn admits(&self, _class: u32, _number: u128, _cell: &str) -> bool {
        true
    }
}

/// A format over numbers: native integers, and dates as days.
pub(crate) trait Numbers: Language {
    /// Reads a number and pushes it to the group of its class.
    fn read_number(&self, number: i128, lanes: &mut Lanes<'_>) -> Result<(), Unfit>;

    /// The number at `index` of the group.
    fn write_number(&self, group: &Group, index: usize) -> i128;
}

/// Whether a character stands between symbols and is carried in place.
pub(crate) const fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'_' | b':' | b',' | b'+' | b'#')
}

/// The digits of a cell as numbers 0 to 9, with everything that `carried` allows left out.
///
/// Gives `None` for any other character, and for a cell longer than [`MAX_CELL`].
#[expect(clippy::indexing_slicing, reason = "the cell is no longer than the buffer, so its count of digits is not")]
pub(crate) fn read_digits<'b>(
    cell: &str,
    carried: impl Fn(u8) -> bool,
    buffer: &'b mut [u8; MAX_CELL],
) -> Option<&'b [u8]> {
    if cell.len() > MAX_CELL {
        return None;
    }
    let mut length = 0;
    for byte in cell.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            buffer[length] = digit;
            length += 1;
        } else if !carried(byte) {
            return None;
        }
    }
    Some(&buffer[..length])
}

/// `NUM_10(digits)`; at most 19 digits.
pub(crate) fn fold(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// `STR_10^m(number)`, m = length of `digits`.
pub(crate) fn unfold(mut number: u64, digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        // A digit is below 256, so the cast keeps it.
        *digit = (number % 10) as u8;
        number /= 10;
    }
}

/// Puts digits in place of the digits of a cell; all other characters stay.
pub(crate) fn write_digits(cell: &str, digits: &[u8], out: &mut Vec<u8>) {
    if cell.len() == digits.len() {
        out.extend(digits.iter().map(|digit| digit + b'0'));
        return;
    }
    let mut digits = digits.iter();
    out.extend(
        cell.bytes().map(
            |byte| {
                if byte.is_ascii_digit() { digits.next().map_or(byte, |digit| digit + b'0') } else { byte }
            },
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_back_in_their_places() {
        let mut buffer = [0; MAX_CELL];
        let digits = read_digits("12-3 4", is_separator, &mut buffer).unwrap().to_vec();
        assert_eq!((fold(&digits), digits.len()), (1234, 4));
        let mut out = Vec::new();
        let mut token = [0; 4];
        unfold(56, &mut token);
        write_digits("12-3 4", &token, &mut out);
        assert_eq!(out, b"00-5 6");
        assert!(read_digits("12x", is_separator, &mut [0; MAX_CELL]).is_none());
        assert!(read_digits(&"1".repeat(257), is_separator, &mut [0; MAX_CELL]).is_none());
    }
}
