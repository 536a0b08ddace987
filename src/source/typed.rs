//! Text into typed columns, and never a cell changed on the way.
//!
//! # Promises
//!
//! - A number with leading zeros, spaces, a plus sign or more digits than its type holds does not fit: a column of such
//!   cells is text.
//! - A cell that does not fit is named by its place; it never becomes null.
//!
//! # What this module does not know
//!
//! Where the text came from.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, StringArray,
    TimestampMicrosecondArray, cast::AsArray,
};

use super::options::ColumnType;

/// Below this one, every integer has a double of its own.
const MAX_EXACT: u64 = 1 << 53;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// What a column of text is to become.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Cast {
    /// The type.
    pub(super) column_type: ColumnType,
    /// Whether its timestamps name a zone.
    pub(super) zoned: bool,
    /// Whether an empty cell of a column that is not text is null.
    pub(super) empty_is_null: bool,
    /// Whether the type was asked for. A type that was only guessed from the first rows holds for a later cell where
    /// nothing of it is lost: no digit of a number is rounded away, no fraction left out.
    pub(super) told: bool,
}

impl Cast {
    /// Converts a whole column; the error is the index of the first cell that does not fit.
    pub(super) fn apply(&self, text: ArrayRef) -> Result<ArrayRef, usize> {
        let cells = text.as_string::<i32>();
        Ok(match self.column_type {
            ColumnType::Text => text,
            ColumnType::Bool => Arc::new(self.collect::<_, BooleanArray>(cells, parse_bool)?),
            ColumnType::Date => Arc::new(self.collect::<_, Date32Array>(cells, |cell| parse_date(cell.as_bytes()))?),
            ColumnType::Decimal { precision, scale } => {
                let parse = |cell: &str| parse_decimal(cell.as_bytes(), precision, scale);
                let array: Decimal128Array = self.collect(cells, parse)?;
                Arc::new(array.with_precision_and_scale(precision, scale).map_err(|_| 0_usize)?)
            }
            ColumnType::Float64 => Arc::new(self.collect::<_, Float64Array>(cells, |cell| {
                parse_float(cell).filter(|_| self.told || is_short_float(cell))
            })?),
            ColumnType::Int32 => Arc::new(
                self.collect::<_, Int32Array>(cells, |cell| i32::try_from(parse_whole(cell.as_bytes())?).ok())?,
            ),
            ColumnType::Int64 if !self.told => {
                Arc::new(self.collect::<_, Int64Array>(cells, |cell| parse_int(cell.as_bytes()))?)
            }
            ColumnType::Int64 => Arc::new(self.collect::<_, Int64Array>(cells, |cell| parse_whole(cell.as_bytes()))?),
            ColumnType::Timestamp => {
                let parse = |cell: &str| {
                    let (micros, zoned) = parse_timestamp(cell.as_bytes())?;
                    (zoned == self.zoned).then_some(micros)
                };
                let array: TimestampMicrosecondArray = self.collect(cells, parse)?;
                Arc::new(if self.zoned { array.with_timezone("UTC") } else { array })
            }
        })
    }

    fn collect<T, A: FromIterator<Option<T>>>(
        &self,
        cells: &StringArray,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<A, usize> {
        let parsed = cells.iter().enumerate().map(|(row, cell)| match cell {
            None => Ok(None),
            Some("") if self.empty_is_null => Ok(None),
            Some(cell) => parse(cell).map(Some).ok_or(row),
        });
        parsed.collect()
    }
}

/// Whether a cell is a timestamp that names a zone.
pub(super) fn is_zoned(cell: &str) -> bool {
    parse_timestamp(cell.as_bytes()).is_some_and(|(_, zoned)| zoned)
}

/// The types that all cells seen so far fit.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    bool: bool,
    date: bool,
    float: bool,
    int: bool,
    naive: bool,
    seen: bool,
    utc: bool,
}

impl Guess {
    pub(super) fn new() -> Self {
        Self { bool: true, date: true, float: true, int: true, naive: true, seen: false, utc: true }
    }

    /// Looks at one more cell that is not null.
    pub(super) fn look(&mut self, cell: &str) {
        let bytes = cell.as_bytes();
        self.seen = true;
        self.bool = self.bool && parse_bool(cell).is_some();
        self.date = self.date && parse_date(bytes).is_some();
        self.int = self.int && parse_int(bytes).is_some();
        self.float = self.float && is_short_float(cell);
        if self.naive || self.utc {
            let zone = parse_timestamp(bytes).map(|(_, zoned)| zoned);
            self.naive = self.naive && zone == Some(false);
            self.utc = self.utc && zone == Some(true) && cell.ends_with('Z');
        }
    }

    /// The narrowest type that fits, and whether its timestamps name a zone.
    pub(super) fn answer(&self) -> (ColumnType, bool) {
        match self {
            Self { seen: false, .. } => (ColumnType::Text, false),
            Self { bool: true, .. } => (ColumnType::Bool, false),
            Self { int: true, .. } => (ColumnType::Int64, false),
            Self { float: true, .. } => (ColumnType::Float64, false),
            Self { date: true, .. } => (ColumnType::Date, false),
            Self { naive: true, .. } => (ColumnType::Timestamp, false),
            Self { utc: true, .. } => (ColumnType::Timestamp, true),
            _ => (ColumnType::Text, false),
        }
    }
}

fn parse_bool(cell: &str) -> Option<bool> {
    match cell {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A whole number as its own canonical text: no plus, no leading zeros, no negative zero.
/// A whole number, with a fraction of zeros or without: spreadsheets and data frames write nullable integers so.
fn parse_whole(cell: &[u8]) -> Option<i64> {
    let whole = match cell.iter().position(|byte| *byte == b'.') {
        None => cell,
        Some(point) => {
            let (whole, fraction) = cell.split_at_checked(point)?;
            let zeros = fraction.get(1..)?;
            if zeros.is_empty() || zeros.iter().any(|byte| *byte != b'0') {
                return None;
            }
            whole
        }
    };
    parse_int(whole)
}

fn parse_int(cell: &[u8]) -> Option<i64> {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let canonical = match digits {
        [b'0'] => digits.len() == cell.len(),
        [b'1'..=b'9', ..] => true,
        _ => false,
    };
    if !canonical || digits.len() > 19 {
        return None;
    }
    let negative = digits.len() < cell.len();
    digits.iter().try_fold(0_i64, |value, byte| {
        let digit = i64::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?);
        let value = value.checked_mul(10)?;
        if negative { value.checked_sub(digit) } else { value.checked_add(digit) }
    })
}

/// The parts of a number: digits before and after the point, and whether there is an exponent.
struct Number<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    pointed: bool,
    exponent: bool,
}

fn number(cell: &[u8]) -> Option<Number<'_>> {
    let cell = cell.strip_prefix(b"-").unwrap_or(cell);
    let (mantissa, exponent) = match cell.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (cell.get(..at)?, Some(cell.get(at + 1..)?)),
        None => (cell, None),
    };
    if let Some(exponent) = exponent {
        let digits = exponent.strip_prefix(b"-").or(exponent.strip_prefix(b"+")).unwrap_or(exponent);
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
    }
    let (whole, fraction, pointed) = match mantissa.iter().position(|byte| *byte == b'.') {
        Some(at) => (mantissa.get(..at)?, mantissa.get(at + 1..)?, true),
        None => (mantissa, &b""[..], false),
    };
    let digits = whole.iter().chain(fraction).all(u8::is_ascii_digit);
    let leading_zero = whole.len() > 1 && whole.first() == Some(&b'0');
    let complete = (!whole.is_empty() || !fraction.is_empty()) && (!pointed || !fraction.is_empty());
    (digits && !leading_zero && complete).then_some(Number { whole, fraction, pointed, exponent: exponent.is_some() })
}

/// A number as a double. One that looks whole must be exactly a double: it may be an identifier.
fn parse_float(cell: &str) -> Option<f64> {
    let parts = number(cell.as_bytes())?;
    let value: f64 = cell.parse().ok().filter(|value: &f64| value.is_finite())?;
    let whole = !parts.pointed && !parts.exponent;
    (!whole || value.abs() < MAX_EXACT as f64).then_some(value)
}

/// Whether a double keeps every digit that is written.
fn is_short_float(cell: &str) -> bool {
    let Some(parts) = number(cell.as_bytes()) else { return false };
    let significant = parts.whole.iter().chain(parts.fraction).skip_while(|digit| **digit == b'0').count();
    let most = if parts.pointed || parts.exponent { 17 } else { 15 };
    significant <= most && parse_float(cell).is_some()
}

/// An exact decimal: no exponent, no more digits after the point than the scale.
fn parse_decimal(cell: &[u8], precision: u8, scale: i8) -> Option<i128> {
    let parts = number(cell).filter(|parts| !parts.exponent)?;
    let scale = usize::try_from(scale).ok()?;
    let missing = scale.checked_sub(parts.fraction.len())?;
    let mut value = 0_i128;
    for digit in parts.whole.iter().chain(parts.fraction).chain(std::iter::repeat_n(&b'0', missing)) {
        value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    let fits = value < 10_i128.checked_pow(u32::from(precision))?;
    fits.then_some(if cell.first() == Some(&b'-') { -value } else { value })
}

/// `YYYY-MM-DD` as days since 1970-01-01, in the Gregorian calendar carried backwards.
fn parse_date(cell: &[u8]) -> Option<i32> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = cell else { return None };
    let year = digits(&[y1, y2, y3, y4])?;
    let (month, day) = (digits(&[m1, m2])?, digits(&[d1, d2])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March, so that the leap day is the last one; eras have 400 years of 146,097 days.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Microseconds since 1970-01-01 00:00, and whether the cell names a zone (then they are UTC).
fn parse_timestamp(cell: &[u8]) -> Option<(i64, bool)> {
    let (date, rest) = cell.split_at_checked(10)?;
    let (b'T' | b' ', time) = rest.split_first().map(|(mark, time)| (*mark, time))? else { return None };
    let days = i64::from(parse_date(date)?);
    let zone_at = time.iter().position(|byte| matches!(byte, b'Z' | b'+' | b'-')).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone_at)?;
    let micros = days * MICROS_PER_DAY + parse_clock(clock)?;
    Some(match zone {
        [] => (micros, false),
        b"Z" => (micros, true),
        &[sign, h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[h1, h2])?, digits(&[m1, m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = i64::from(hours * 60 + minutes) * 60_000_000;
            (if sign == b'-' { micros + offset } else { micros - offset }, true)
        }
        _ => return None,
    })
}

/// `HH:MM`, `HH:MM:SS`, or with up to six digits of a fraction, in microseconds.
fn parse_clock(clock: &[u8]) -> Option<i64> {
    let (&[h1, h2, b':', m1, m2], rest) = clock.split_first_chunk::<5>()? else { return None };
    let (hours, minutes) = (digits(&[h1, h2])?, digits(&[m1, m2])?);
    let (seconds, fraction) = match rest {
        [] => (0, 0),
        &[b':', s1, s2] => (digits(&[s1, s2])?, 0),
        [b':', s1, s2, b'.', fraction @ ..] if (1..=6).contains(&fraction.len()) => {
            let scale = 10_i32.pow(6 - u32::try_from(fraction.len()).ok()?);
            (digits(&[*s1, *s2])?, digits(fraction)? * scale)
        }
        _ => return None,
    };
    let valid = hours < 24 && minutes < 60 && seconds < 60;
    valid.then_some(i64::from((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + i64::from(fraction))
}

/// At most nine digits.
fn digits(bytes: &[u8]) -> Option<i32> {
    bytes.iter().try_fold(0_i32, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;

    use super::*;

    #[test]
    fn a_number_that_would_lose_something_is_no_number() {
        for good in ["0", "7", "-7", "9223372036854775807", "-9223372036854775808"] {
            assert_eq!(parse_int(good.as_bytes()).unwrap().to_string(), good);
        }
        for bad in ["", "-", "007", "+7", " 7", "7 ", "-0", "9223372036854775808", "1.0", "1_0", "0x1", "１"] {
            assert!(parse_int(bad.as_bytes()).is_none(), "{bad}");
        }
        for good in ["0.5", "17850.0", "-1e5", "1E+3", ".5", "42.33196014757168", "0"] {
            assert!(parse_float(good).is_some() && is_short_float(good), "{good}");
        }
        for bad in ["007.5", "1.", ".", "nan", "inf", "1e", "1e999", "+1.0", "1,5", "9007199254740993", " 1.5"] {
            assert!(parse_float(bad).is_none(), "{bad}");
        }
        assert!(!is_short_float("1234567890123456") && !is_short_float("0.123456789012345678"));
    }

    #[test]
    fn a_decimal_is_exact() {
        assert_eq!(parse_decimal(b"12.3", 10, 2), Some(1230));
        assert_eq!(parse_decimal(b"-0.05", 10, 2), Some(-5));
        assert_eq!(parse_decimal(b"7", 3, 2), Some(700));
        for bad in ["12.345", "1e2", "100", "01.5", ""] {
            assert_eq!(parse_decimal(bad.as_bytes(), 4, 2), None, "{bad}");
        }
    }

    #[test]
    fn days_and_times_agree_with_the_calendar() {
        assert_eq!(parse_date(b"1970-01-01"), Some(0));
        assert_eq!(parse_date(b"2000-02-29"), Some(11_016));
        assert_eq!(parse_date(b"0001-01-01"), Some(-719_162));
        assert_eq!(parse_date(b"9999-12-31"), Some(2_932_896));
        for bad in ["1900-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "24-01-01", "2024/01/01", "2024-1-1"] {
            assert_eq!(parse_date(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(parse_timestamp(b"1970-01-02 00:00"), Some((MICROS_PER_DAY, false)));
        assert_eq!(parse_timestamp(b"1970-01-01T00:00:01.5Z"), Some((1_500_000, true)));
        assert_eq!(parse_timestamp(b"1970-01-01T02:00:00+02:00"), Some((0, true)));
        assert_eq!(parse_timestamp(b"1969-12-31T23:00:00-01:00"), Some((0, true)));
        for bad in
            ["1970-01-01", "1970-01-01 24:00", "1970-01-01T00:00:60", "1970-01-01T00:00:00.1234567", "1970-01-01T0:00"]
        {
            assert_eq!(parse_timestamp(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn the_guess_is_the_narrowest_type_that_keeps_every_cell() {
        let guess = |cells: &[&str]| {
            let mut guess = Guess::new();
            cells.iter().for_each(|cell| guess.look(cell));
            guess.answer()
        };
        assert_eq!(guess(&["1", "20"]), (ColumnType::Int64, false));
        assert_eq!(guess(&["1", "020"]), (ColumnType::Text, false));
        assert_eq!(guess(&["1", "2.5"]), (ColumnType::Float64, false));
        assert_eq!(guess(&["true", "False"]), (ColumnType::Bool, false));
        assert_eq!(guess(&["2024-01-01"]), (ColumnType::Date, false));
        assert_eq!(guess(&["2024-01-01 10:00:00"]), (ColumnType::Timestamp, false));
        assert_eq!(guess(&["2024-01-01T10:00:00Z"]), (ColumnType::Timestamp, true));
        assert_eq!(guess(&["2024-01-01T10:00:00Z", "2024-01-01T10:00:00"]), (ColumnType::Text, false));
        assert_eq!(guess(&["2024-01-01T10:00:00+01:00"]), (ColumnType::Text, false));
        assert_eq!(guess(&[]), (ColumnType::Text, false));
    }

    #[test]
    fn the_first_misfit_is_named() {
        let cast = Cast { column_type: ColumnType::Int64, zoned: false, empty_is_null: true, told: false };
        let cells = |cells: &[Option<&str>]| Arc::new(StringArray::from(cells.to_vec())) as ArrayRef;
        assert_eq!(cast.apply(cells(&[Some("1"), None, Some(""), Some("x"), Some("y")])).unwrap_err(), 3);
        let array = cast.apply(cells(&[Some("1"), None, Some("")])).unwrap();
        assert_eq!((array.len(), array.null_count()), (3, 2));
    }

    #[test]
    fn a_guessed_type_loses_nothing_and_a_told_one_does_as_it_was_told() {
        let apply = |column_type, told, cell: &str| {
            let cast = Cast { column_type, zoned: false, empty_is_null: true, told };
            cast.apply(Arc::new(StringArray::from(vec![cell]))).is_ok()
        };
        let long = "0.12345678901234567890123";
        assert!(!apply(ColumnType::Float64, false, long) && apply(ColumnType::Float64, true, long));
        assert!(apply(ColumnType::Float64, false, "0.00000000012345678901234567"));
        assert!(!apply(ColumnType::Int64, false, "17850.0") && apply(ColumnType::Int64, true, "17850.0"));
    }
}
