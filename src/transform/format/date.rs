//! `date`: days of the calendar, within a range.
//!
//! # What this module does not know
//!
//! Times and zones. Order and distance of days are not kept.
//!
//! SPEC: ISO 8601-1, proleptic Gregorian calendar, four-digit years.

use chrono::{Datelike, NaiveDate};

use crate::transform::{
    class::{Class, Space},
    error::TransformError,
    format::language::{Language, Numbers, fold, unfold},
    lanes::{Group, Lanes, Unfit},
};

/// The days between two ends, both included. Counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct DateRange {
    min: i32,
    max: i32,
}

impl DateRange {
    /// From 0001-01-01 to 9999-12-31.
    pub const CALENDAR: Self = Self { min: -719_162, max: 2_932_896 };

    /// A range between two days as ISO 8601 writes them, `1900-01-01`.
    ///
    /// # Errors
    ///
    /// `min` after `max`, or a text that is no day.
    pub fn new(min: &str, max: &str) -> Result<Self, TransformError> {
        match (parse_iso_date(min), parse_iso_date(max)) {
            (Some(min), Some(max)) if min <= max => Ok(Self { min, max }),
            _ => Err(TransformError::EmptyRange { format: "date" }),
        }
    }

    /// How many days.
    pub fn size(&self) -> u128 {
        u128::from(self.max.abs_diff(self.min)) + 1
    }

    pub(crate) fn id(&self) -> String {
        format!("date:{}..{}", iso(self.min), iso(self.max))
    }
}

/// Days, in text or as numbers since 1970-01-01. One class.
pub(crate) struct DateLanguage(pub(crate) DateRange);

impl Language for DateLanguage {
    fn id(&self) -> String {
        self.0.id()
    }

    fn needs(&self) -> String {
        format!("a day from {} to {}, in text as YYYY-MM-DD", iso(self.0.min), iso(self.0.max))
    }

    fn classes(&self) -> u32 {
        1
    }

    fn class(&self, _class: u32) -> Class {
        Class { binds: false, label: String::new(), space: Space::Ranks(self.0.size()) }
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        self.read_number(i128::from(parse_iso_date(cell).ok_or(Unfit::Shape)?), lanes)
    }

    fn write(&self, group: &Group, index: usize, _cell: &str, out: &mut Vec<u8>) {
        // A token lies in the range, so its day is an i32.
        out.extend_from_slice(&iso_date(self.write_number(group, index) as i32));
    }
}

impl Numbers for DateLanguage {
    fn read_number(&self, number: i128, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        let day = i32::try_from(number).map_err(|_| Unfit::Shape)?;
        if day < self.0.min || self.0.max < day {
            return Err(Unfit::Shape);
        }
        lanes.enter(0)?.a.push(u64::from(day.abs_diff(self.0.min)));
        Ok(())
    }

    fn write_number(&self, group: &Group, index: usize) -> i128 {
        i128::from(self.0.min) + i128::from(group.rank(index))
    }
}

/// The day that `YYYY-MM-DD` writes, counted from 1970-01-01.
pub(crate) fn parse_iso_date(cell: &str) -> Option<i32> {
    let bytes: &[u8; 10] = cell.as_bytes().try_into().ok()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *bytes else { return None };
    let mut digits = [y1, y2, y3, y4, m1, m2, d1, d2];
    for digit in &mut digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        *digit -= b'0';
    }
    let number = fold(&digits);
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    if year == 0 {
        return None;
    }
    Some(NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32)?.num_days_from_ce() - EPOCH)
}

/// `YYYY-MM-DD` of a day within the calendar of four-digit years.
pub(crate) fn iso_date(day: i32) -> [u8; 10] {
    let date = NaiveDate::from_num_days_from_ce_opt(day + EPOCH).unwrap_or_default();
    let number = u64::from(date.year().unsigned_abs()) * 10_000 + u64::from(date.month() * 100 + date.day());
    let mut digits = [0; 8];
    unfold(number, &mut digits);
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits.map(|digit| digit + b'0');
    [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2]
}

fn iso(day: i32) -> String {
    iso_date(day).iter().map(|byte| char::from(*byte)).collect()
}

/// 1970-01-01, counted from 0001-01-01 as day 1.
const EPOCH: i32 = 719_163;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_has_its_days() {
        assert_eq!(DateRange::CALENDAR.size(), 3_652_059);
        assert_eq!(DateRange::CALENDAR.id(), "date:0001-01-01..9999-12-31");
        assert_eq!(DateRange::new("0001-01-01", "9999-12-31").unwrap(), DateRange::CALENDAR);
        assert_eq!(parse_iso_date("1970-01-01"), Some(0));
        assert_eq!(&iso_date(11_016), b"2000-02-29");
    }

    #[test]
    fn days_that_never_were_are_not_read() {
        for text in [
            "",
            "2001-02-29",
            "1900-02-29",
            "2000-13-01",
            "2000-00-10",
            "0000-01-01",
            "2000-1-01",
            "20000101",
            "2000/01/01",
            "-001-01-01",
            "2000-01--1",
            "2000]01]01",
            "2000-01]01",
            "2000-01-]1",
        ] {
            assert_eq!(parse_iso_date(text), None, "{text}");
        }
    }
}
