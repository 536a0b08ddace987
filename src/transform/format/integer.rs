//! `integer`: whole numbers, by magnitude or within a range.
//!
//! # Promises
//!
//! - A token fits every type that its cell fits, from 32 bits up; with a range it lies in the range.
//! - A number has one token, whatever type or text it is written in.
//!
//! # What this module does not know
//!
//! Other notations than the canonical decimal: no plus sign, no leading zero, no `-0`.

use arrow_schema::DataType;

use crate::transform::{
    class::{Class, Space, Width},
    error::TransformError,
    format::{
        language::{Language, Numbers},
        size::{MessageSpace, Size},
    },
    lanes::{Group, Lanes, Unfit},
};

/// The integers between two ends, both included.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct IntegerRange {
    min: i128,
    max: i128,
}

impl IntegerRange {
    /// A range within what 64 bits can hold, signed or unsigned.
    ///
    /// # Errors
    ///
    /// `min` above `max`, or an end outside.
    pub fn new(min: i128, max: i128) -> Result<Self, TransformError> {
        if min > max || min < i128::from(i64::MIN) || max > i128::from(u64::MAX) {
            return Err(TransformError::EmptyRange { format: "integer" });
        }
        Ok(Self { min, max })
    }

    /// How many integers.
    pub fn size(&self) -> u128 {
        (self.max - self.min).unsigned_abs() + 1
    }

    pub(crate) fn id(&self) -> String {
        format!("integer:{}..{}", self.min, self.max)
    }

    pub(crate) fn lies_within(&self, (min, max): (i128, i128)) -> bool {
        min <= self.min && self.max <= max
    }
}

/// Integers in text or native types. Without a range a class is a magnitude, with one there is one class.
pub(crate) struct IntegerLanguage(pub(crate) Option<IntegerRange>);

impl IntegerLanguage {
    fn start(&self, class: u32) -> i128 {
        match self.0 {
            Some(range) => range.min,
            None => MAGNITUDES.get(class as usize).map_or(0, |magnitude| magnitude.start),
        }
    }
}

impl Language for IntegerLanguage {
    fn id(&self) -> String {
        self.0.map_or_else(|| "integer".to_owned(), |range| range.id())
    }

    fn needs(&self) -> String {
        match self.0 {
            Some(range) => format!("a canonical decimal integer from {} to {}", range.min, range.max),
            None => "a canonical decimal integer of at most 64 bits".to_owned(),
        }
    }

    fn classes(&self) -> u32 {
        MAGNITUDES.len() as u32
    }

    fn class(&self, class: u32) -> Class {
        let (label, size) = match (self.0, MAGNITUDES.get(class as usize)) {
            (None, Some(magnitude)) => (magnitude.label, magnitude.size()),
            (range, _) => ("", range.map_or(0, |range| range.size())),
        };
        Class { binds: false, label: label.to_owned(), space: Space::Ranks(size) }
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        self.read_number(parse(cell).ok_or(Unfit::Shape)?, lanes)
    }

    fn write(&self, group: &Group, index: usize, _cell: &str, out: &mut Vec<u8>) {
        write_decimal(self.write_number(group, index), out);
    }
}

impl Numbers for IntegerLanguage {
    fn read_number(&self, number: i128, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        let (class, start) = match self.0 {
            None => {
                let class = MAGNITUDES.iter().position(|magnitude| magnitude.holds(number)).ok_or(Unfit::Shape)?;
                (class as u32, self.start(class as u32))
            }
            Some(range) if range.min <= number && number <= range.max => (0, range.min),
            Some(_) => return Err(Unfit::Shape),
        };
        let rank = (number - start).unsigned_abs();
        let group = lanes.enter(class)?;
        if group.width == Width::Wide {
            group.wide.push(rank);
        } else {
            // The class has at most 2^64 numbers.
            group.a.push(rank as u64);
        }
        Ok(())
    }

    fn write_number(&self, group: &Group, index: usize) -> i128 {
        // Ranks of a range are below 2^65.
        let rank = if group.width == Width::Wide { group.wide_rank(index) as i128 } else { group.rank(index).into() };
        self.start(group.class) + rank
    }
}

/// The smallest and the largest integer of a type; `None` for types of anything else.
pub(crate) fn bounds(input: &DataType) -> Option<(i128, i128)> {
    Some(match input {
        DataType::Int8 => (i8::MIN.into(), i8::MAX.into()),
        DataType::Int16 => (i16::MIN.into(), i16::MAX.into()),
        DataType::Int32 => (i32::MIN.into(), i32::MAX.into()),
        DataType::Int64 => (i64::MIN.into(), i64::MAX.into()),
        DataType::UInt8 => (0, u8::MAX.into()),
        DataType::UInt16 => (0, u16::MAX.into()),
        DataType::UInt32 => (0, u32::MAX.into()),
        DataType::UInt64 => (0, u64::MAX.into()),
        _ => return None,
    })
}

/// The magnitudes that a column of this type can meet.
pub(crate) fn message_spaces(input: &DataType) -> Vec<MessageSpace> {
    let (min, max) = bounds(input).unwrap_or((i64::MIN.into(), u64::MAX.into()));
    MAGNITUDES
        .iter()
        .filter(|magnitude| min <= magnitude.start && magnitude.end - 1 <= max)
        .map(|magnitude| MessageSpace { class: magnitude.label.to_owned(), size: Size::Exact(magnitude.size()) })
        .collect()
}

/// `number` in canonical decimals.
fn write_decimal(number: i128, out: &mut Vec<u8>) {
    let mut buffer = [b'0'; 20];
    // Numbers have at most 64 bits beside their sign.
    let mut rest = number.unsigned_abs() as u64;
    let mut start = buffer.len();
    for digit in buffer.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        start -= 1;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(buffer.get(start..).unwrap_or_default());
}

/// The number of a canonical decimal of at most 64 bits beside its sign.
fn parse(cell: &str) -> Option<i128> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let negative = digits.len() < cell.len();
    if digits.is_empty() || digits.len() > 20 || (digits.starts_with('0') && (digits.len() > 1 || negative)) {
        return None;
    }
    let mut number = 0u64;
    for byte in digits.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    let number = i128::from(number);
    Some(if negative { -number } else { number })
}

/// The integers from `start` below `end`.
struct Magnitude {
    label: &'static str,
    start: i128,
    end: i128,
}

impl Magnitude {
    const fn holds(&self, number: i128) -> bool {
        self.start <= number && number < self.end
    }

    const fn size(&self) -> u128 {
        (self.end - self.start).unsigned_abs()
    }
}

/// Closed under the types of 32 and 64 bits: whichever of them holds a cell holds its token.
const MAGNITUDES: [Magnitude; 6] = [
    Magnitude { label: "0..2^31", start: 0, end: 1 << 31 },
    Magnitude { label: "2^31..2^32", start: 1 << 31, end: 1 << 32 },
    Magnitude { label: "2^32..2^63", start: 1 << 32, end: 1 << 63 },
    Magnitude { label: "2^63..2^64", start: 1 << 63, end: 1 << 64 },
    Magnitude { label: "-2^31..0", start: -(1 << 31), end: 0 },
    Magnitude { label: "-2^63..-2^31", start: -(1 << 63), end: -(1 << 31) },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_decimals_are_integers() {
        for (text, number) in [
            ("0", 0),
            ("7", 7),
            ("-1", -1),
            ("18446744073709551615", i128::from(u64::MAX)),
            ("-18446744073709551615", -i128::from(u64::MAX)),
        ] {
            assert_eq!(parse(text), Some(number));
            let mut out = Vec::new();
            write_decimal(number, &mut out);
            assert_eq!(out, text.as_bytes());
        }
        for text in ["", "-", "+1", "01", "-0", "-01", "1.0", " 1", "1e3", "18446744073709551616", "٣"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn magnitudes_are_disjoint_and_closed_under_types() {
        for number in [i128::from(i64::MIN), -(1 << 31) - 1, -(1 << 31), -1, 0, (1 << 31) - 1, 1 << 31, (1 << 64) - 1] {
            assert_eq!(MAGNITUDES.iter().filter(|magnitude| magnitude.holds(number)).count(), 1);
        }
        let classes = |input| message_spaces(&input).into_iter().map(|space| space.class).collect::<Vec<_>>();
        assert_eq!(classes(DataType::Int32), ["0..2^31", "-2^31..0"]);
        assert_eq!(classes(DataType::UInt32), ["0..2^31", "2^31..2^32"]);
        assert_eq!(classes(DataType::UInt64).len(), 4);
        assert_eq!(classes(DataType::Int64).len(), 5);
        assert_eq!(classes(DataType::Utf8).len(), 6);
    }

    #[test]
    fn a_range_has_its_ends_in_order_and_in_64_bits() {
        assert_eq!(IntegerRange::new(-5, 5).unwrap().size(), 11);
        assert!(IntegerRange::new(1, 0).is_err());
        assert!(IntegerRange::new(0, 1 << 64).is_err());
        assert_eq!(IntegerRange::new(i64::MIN.into(), u64::MAX.into()).unwrap().size(), (1 << 64) + (1 << 63));
    }
}
