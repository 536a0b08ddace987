//! Days and times cut down to the start of their year, quarter, month, ISO week or hour.
//!
//! # What this module does not know
//!
//! Arrow's units and arrays.
//!
//! SPEC: ISO 8601-1: reduced precision (`1985-07`, `1985-07-12T10`), week dates (`1985-W28`).

use arrow_array::timezone::Tz;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike};

/// What a time is cut down to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unit {
    Hour,
    IsoWeek,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// The first instant of the unit that holds an instant; `None` outside the calendar that chrono has.
    pub(crate) fn start(self, time: NaiveDateTime) -> Option<NaiveDateTime> {
        let date = time.date();
        let date = match self {
            Self::Hour => return date.and_hms_opt(time.hour(), 0, 0),
            Self::IsoWeek => {
                date.checked_sub_signed(TimeDelta::days(i64::from(date.weekday().num_days_from_monday())))?
            }
            Self::Month => NaiveDate::from_ymd_opt(date.year(), date.month(), 1)?,
            Self::Quarter => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1)?,
            Self::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1)?,
        };
        Some(date.and_time(NaiveTime::MIN))
    }

    /// The same in seconds since 1970, by the clocks of a zone.
    pub(crate) fn start_second(self, second: i64, zone: Option<Tz>) -> Option<i64> {
        let time = DateTime::from_timestamp(second, 0)?.naive_utc();
        let Some(zone) = zone else { return Some(self.start(time)?.and_utc().timestamp()) };
        let offset = zone.offset_from_utc_datetime(&time).fix();
        let start = self.start(time.checked_add_offset(offset)?)?;
        // Where clocks skip the start, it is reckoned by the offset of the instant itself.
        match zone.from_local_datetime(&start).earliest() {
            Some(start) => Some(start.timestamp()),
            None => Some(start.checked_sub_offset(offset)?.and_utc().timestamp()),
        }
    }

    /// The unit that holds an instant, as reduced ISO text.
    pub(crate) fn text(self, time: NaiveDateTime) -> String {
        let (year, month) = (time.year(), time.month());
        match self {
            Self::Hour => format!("{}T{:02}", time.date(), time.hour()),
            Self::IsoWeek => format!("{:04}-W{:02}", time.iso_week().year(), time.iso_week().week()),
            Self::Month => format!("{year:04}-{month:02}"),
            Self::Quarter => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
            Self::Year => format!("{year:04}"),
        }
    }
}

/// The instant that a text of a day, or of a day and a time, writes; a zone behind it is left out of account.
///
/// A day alone has no hour, so it is not read where `timed` asks for one.
pub(crate) fn parse_iso_time(cell: &str, timed: bool) -> Option<NaiveDateTime> {
    let (date, time) = cell.split_at_checked(10)?;
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok().filter(|parsed| parsed.to_string() == date)?;
    if time.is_empty() {
        return if timed { None } else { date.and_hms_opt(0, 0, 0) };
    }
    let time = time.strip_prefix(['T', 't', ' '])?;
    let zone = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone)?;
    let clock = if zone.is_empty() { clock } else { clock.strip_suffix(' ').unwrap_or(clock) };
    Some(date.and_time(parse_clock(clock).filter(|_| is_zone(zone))?))
}

/// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f`. The shape is looked at here, as chrono reads spaces and single digits as well.
fn parse_clock(clock: &str) -> Option<NaiveTime> {
    let (whole, form) = match clock.as_bytes() {
        [h1, h2, b':', m1, m2] => ([*h1, *h2, *m1, *m2, b'0', b'0'], "%H:%M"),
        [h1, h2, b':', m1, m2, b':', s1, s2] => ([*h1, *h2, *m1, *m2, *s1, *s2], "%H:%M:%S"),
        [h1, h2, b':', m1, m2, b':', s1, s2, b'.', parts @ ..]
            if !parts.is_empty() && parts.iter().all(u8::is_ascii_digit) =>
        {
            ([*h1, *h2, *m1, *m2, *s1, *s2], "%H:%M:%S%.f")
        }
        _ => return None,
    };
    let digits = whole.iter().all(u8::is_ascii_digit);
    NaiveTime::parse_from_str(clock, form).ok().filter(|_| digits)
}

/// Nothing, `Z`, `+HH`, `+HHMM` or `+HH:MM`, with either sign.
fn is_zone(zone: &str) -> bool {
    match zone.as_bytes() {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] | [b'+' | b'-', h1, h2, m1, m2] => {
            [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit())
        }
        [b'+' | b'-', h1, h2] => [h1, h2].iter().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_reduced() {
        let time = parse_iso_time("1985-07-12T10:15:30.5+02:00", true).unwrap();
        for (unit, text) in [
            (Unit::Year, "1985"),
            (Unit::Quarter, "1985-Q3"),
            (Unit::Month, "1985-07"),
            (Unit::IsoWeek, "1985-W28"),
            (Unit::Hour, "1985-07-12T10"),
        ] {
            assert_eq!(unit.text(time), text);
        }
        assert_eq!(Unit::IsoWeek.text(parse_iso_time("2021-01-03", false).unwrap()), "2020-W53");
    }

    #[test]
    fn other_writings_are_not_read() {
        for text in [
            "",
            "1985",
            "1985-7-12",
            "12/07/1985",
            "1985-02-30",
            "1985-07-12x",
            "1985-07-12T25:00",
            "+1985-07-1",
            "1985-07-12 10:00 EST",
            "1985-07-12T 1:15",
            "1985-07-12T1:15",
            "1985-07-12T10:15:",
            "1985-07-12T10:15:30.",
            "1985-07-12T10:15Z05",
            "1985-07-12T10:15+::",
            "1985-07-12T10:15+2",
        ] {
            assert_eq!(parse_iso_time(text, false), None, "{text}");
        }
        assert_eq!(parse_iso_time("1985-07-12", true), None);
        assert!(parse_iso_time("2020-06-21 12:14:25", true).is_some());
        assert!(parse_iso_time("2020-06-21T12:14Z", true).is_some());
        assert!(parse_iso_time("2020-06-21 12:14:25.123456 +0200", true).is_some());
        assert!(parse_iso_time("2020-06-21 12:14:25-05", true).is_some());
    }

    #[test]
    fn a_zone_has_its_own_midnight() {
        let zone: Tz = "+05:30".parse().unwrap();
        // 2019-12-31T20:00Z is 2020-01-01T01:30 there; its year began at 18:30Z.
        let second = parse_iso_time("2019-12-31T20:00", true).unwrap().and_utc().timestamp();
        let start = parse_iso_time("2019-12-31T18:30", true).unwrap().and_utc().timestamp();
        assert_eq!(Unit::Year.start_second(second, Some(zone)), Some(start));
        let utc = parse_iso_time("2019-01-01", false).unwrap().and_utc().timestamp();
        assert_eq!(Unit::Year.start_second(second, None), Some(utc));
    }
}
