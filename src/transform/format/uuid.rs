//! `uuid`: universally unique identifiers of the RFC's variant, of any version.
//!
//! # Promises
//!
//! - Version, variant, hyphens and case stay; all 122 other bits change.
//!
//! # What this module does not know
//!
//! What the bits of a version mean: the time in a token of version 7 is no time.
//!
//! SPEC: RFC 9562, sections 4.1 and 4.2.

use crate::transform::{
    class::{CONTEXT, Class, Space},
    format::language::Language,
    lanes::{Group, Lanes, Unfit, context},
};

/// UUIDs with or without hyphens. Two classes: without upper-case letters, and without lower-case ones.
pub(crate) struct UuidLanguage {
    /// The context of each version: its digit in lower case, then `8` for the variant.
    contexts: [[u8; CONTEXT]; 16],
}

impl UuidLanguage {
    pub(crate) fn new() -> Self {
        Self { contexts: std::array::from_fn(|version| context(format!("{version:x}8").as_bytes())) }
    }
}

impl Language for UuidLanguage {
    fn id(&self) -> String {
        "uuid".to_owned()
    }

    fn needs(&self) -> String {
        "32 hexadecimal digits of one case, plain or parted 8-4-4-4-12, of the variant of RFC 9562".to_owned()
    }

    fn classes(&self) -> u32 {
        2
    }

    fn class(&self, class: u32) -> Class {
        let label = if class == UPPER { "upper" } else { "lower" };
        Class { binds: true, label: label.to_owned(), space: Space::Ranks(1 << 122) }
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        let (uuid, upper) = parse(cell.as_bytes()).ok_or(Unfit::Shape)?;
        if uuid >> 62 & 3 != 0b10 {
            return Err(Unfit::Shape);
        }
        let group = lanes.enter(if upper { UPPER } else { LOWER })?;
        group.contexts.push(self.contexts.get((uuid >> 76 & 15) as usize).copied().unwrap_or_default());
        group.wide.push(uuid >> 80 << 74 | (uuid >> 64 & 0xfff) << 62 | uuid & LOW_62);
        Ok(())
    }

    fn write(&self, group: &Group, index: usize, cell: &str, out: &mut Vec<u8>) {
        let mut uuid = compose(group.wide_rank(index), version(cell));
        let digits = if group.class == UPPER { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
        out.extend(cell.bytes().map(|byte| {
            if byte == b'-' {
                return byte;
            }
            uuid = uuid.rotate_left(4);
            digits.get((uuid & 15) as usize).copied().unwrap_or(byte)
        }));
    }

    fn walks(&self, class: u32) -> bool {
        class == UPPER
    }

    fn admits(&self, _class: u32, number: u128, cell: &str) -> bool {
        let uuid = compose(number, version(cell));
        // A digit from `A` on has its highest bit set and one of the two below it.
        uuid & (uuid << 1 | uuid << 2) & (u128::MAX / 15 * 8) != 0
    }
}

/// The number that 32 digits write, and whether any of them is an upper-case letter.
fn parse(cell: &[u8]) -> Option<(u128, bool)> {
    let (mut high, mut low, mut seen) = (0u64, 0u64, 0u8);
    let mut take = |part: &[u8]| {
        for byte in part {
            let digit = DIGITS.get(usize::from(*byte)).copied().unwrap_or(OTHER);
            seen |= digit;
            high = high << 4 | low >> 60;
            low = low << 4 | u64::from(digit & 15);
        }
    };
    match cell.len() {
        32 => take(cell),
        36 => {
            for (part, last) in [(0..8, 8), (9..13, 13), (14..18, 18), (19..23, 23), (24..36, 0)] {
                if last != 0 && cell.get(last) != Some(&b'-') {
                    return None;
                }
                take(cell.get(part)?);
            }
        }
        _ => return None,
    }
    let mixed = seen & LETTER_UPPER != 0 && seen & LETTER_LOWER != 0;
    (seen & OTHER == 0 && !mixed).then_some((u128::from(high) << 64 | u128::from(low), seen & LETTER_UPPER != 0))
}

/// The version digit of a cell that has been read.
fn version(cell: &str) -> u128 {
    let place = if cell.len() == 36 { 14 } else { 12 };
    cell.as_bytes().get(place).and_then(|byte| DIGITS.get(usize::from(*byte))).map_or(0, |digit| u128::from(digit & 15))
}

/// A UUID from its 122 free bits and its version.
const fn compose(free: u128, version: u128) -> u128 {
    free >> 74 << 80 | version << 76 | (free >> 62 & 0xfff) << 64 | 0b10 << 62 | free & LOW_62
}

const LOWER: u32 = 0;
const UPPER: u32 = 1;
const LOW_62: u128 = (1 << 62) - 1;

const OTHER: u8 = 1 << 7;
const LETTER_UPPER: u8 = 1 << 6;
const LETTER_LOWER: u8 = 1 << 5;

/// Value and kind of each byte as hexadecimal digit.
#[expect(clippy::indexing_slicing, reason = "the byte counts up to the length of the table")]
const DIGITS: [u8; 256] = {
    let mut digits = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        digits[byte] = match byte as u8 {
            digit @ b'0'..=b'9' => digit - b'0',
            letter @ b'a'..=b'f' => (letter - b'a' + 10) | LETTER_LOWER,
            letter @ b'A'..=b'F' => (letter - b'A' + 10) | LETTER_UPPER,
            _ => OTHER,
        };
        byte += 1;
    }
    digits
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_bits_and_version_make_the_uuid() {
        let text = b"1d604da9-9a81-4ba9-80c2-de3375d59b40";
        let (uuid, upper) = parse(text).unwrap();
        assert_eq!((uuid, upper), (0x1d60_4da9_9a81_4ba9_80c2_de33_75d5_9b40, false));
        let free = uuid >> 80 << 74 | (uuid >> 64 & 0xfff) << 62 | uuid & LOW_62;
        assert!(free < 1 << 122);
        assert_eq!(compose(free, 4), uuid);
    }

    #[test]
    fn a_letter_is_seen_wherever_it_stands() {
        let language = UuidLanguage::new();
        let cell = "00000000-0000-4000-8000-000000000000";
        assert!(!language.admits(UPPER, 0, cell));
        assert!(language.admits(UPPER, 0xa, cell));
        assert!(language.admits(UPPER, 0xf << 118, cell));
        assert!(!language.admits(UPPER, 9 << 60, cell));
    }

    #[test]
    fn other_writings_are_not_read() {
        for text in [
            "",
            "1d604da9-9a81-4ba9-80c2-de3375d59b4",
            "1d604da9-9a81-4bA9-80c2-de3375d59b40",
            "1d604da99-a81-4ba9-80c2-de3375d59b40",
            "{1d604da9-9a81-4ba9-80c2-de3375d59b}",
            "1d604da9-9a81-4ba9-80c2-de3375d59bg0",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
