//! Days and moments as integers, and how they are written.
//!
//! # Promises
//!
//! - The proleptic Gregorian calendar, counted from 1970-01-01, without leap seconds.
//! - [`moment`] never goes back: a later row has the same or a later time.
//!
//! # What this module does not know
//!
//! Time zones: every moment is UTC.

use std::fmt;

/// First day of the shop's records: 2024-01-01.
pub(crate) const OPENING: i32 = 19_723;
/// Days that the records span.
pub(crate) const DAYS: u64 = 540;

/// A day, counted from 1970-01-01; shown as `2024-02-29`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Day(pub(crate) i32);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Days are counted from 0000-03-01, so that a leap day is the last day of its year; eras have 400 years.
        let shifted = i64::from(self.0) + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A moment in milliseconds since 1970-01-01T00:00:00Z; shown as `2024-02-29T13:05:59.250Z`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Moment(pub(crate) i64);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = Day(self.0.div_euclid(86_400_000) as i32);
        let ms = self.0.rem_euclid(86_400_000);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
        write!(f, "{day}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1_000)
    }
}

/// When row `row` of `rows` happened: even over the days, by the habits of [`HOURS`] within each.
pub(crate) fn moment(row: u64, rows: u64) -> Moment {
    let place = ((u128::from(row) * u128::from(DAYS)) << 32) / u128::from(rows.max(1));
    let day = (place >> 32) as i64;
    let total: u64 = HOURS.iter().sum();
    // The part of the day that has passed, in weights of HOURS times 2^32.
    let mut left = (place & 0xffff_ffff) as u64 * total;
    let mut ms = 0;
    for weight in HOURS {
        let hour = weight << 32;
        if left < hour {
            ms += (left / weight * 3_600_000) >> 32;
            break;
        }
        left -= hour;
        ms += 3_600_000;
    }
    Moment((i64::from(OPENING) + day) * 86_400_000 + ms as i64)
}

/// How busy each hour of a day is.
const HOURS: [u64; 24] = [4, 2, 1, 1, 1, 2, 4, 7, 9, 10, 11, 12, 13, 12, 10, 10, 11, 13, 15, 18, 19, 17, 12, 7];
