//! Invented customers: person number n of a seed is the same person in every file.
//!
//! # Promises
//!
//! - Card numbers pass Luhn and start as public test cards do; social security numbers lie in the area 900-999, which
//!   is not issued; telephone numbers lie in ranges kept for fiction; mail domains are reserved ones.
//! - E-mail addresses are distinct within one count of people.
//!
//! # What this module does not know
//!
//! Which files ask for its people.

use crate::generator::{
    calendar::{Day, OPENING},
    dice::{Dice, Stream, scatter},
    words,
};

/// The people of one shop.
#[derive(Clone, Debug)]
pub(crate) struct People {
    cards: Dice,
    count: u64,
    people: Dice,
}

/// One customer.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) given: &'static str,
    pub(crate) surname: &'static str,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) card: String,
    pub(crate) ssn: Option<String>,
    pub(crate) birth_date: Day,
    pub(crate) postcode: String,
    pub(crate) country: &'static str,
    pub(crate) signup_date: Day,
    pub(crate) loyalty_points: u32,
    pub(crate) marketing_consent: bool,
}

impl People {
    pub(crate) fn new(seed: u64, count: u64) -> Self {
        Self { cards: Dice::new(seed, Stream::Card), count, people: Dice::new(seed, Stream::Person) }
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The id that every file uses for a person.
    pub(crate) fn id(index: u64) -> i64 {
        4_100_001 + index as i64
    }

    pub(crate) fn person(&mut self, index: u64) -> Person {
        let card = self.card(index, 0);
        let number = scatter(index, self.count.max(100));
        let dice = self.people.row(index);
        let country = dice.weighted(&[("US", 72), ("GB", 18), ("CA", 10)]);
        let (given, given_ascii) = dice.pick(words::GIVEN);
        let (surname, surname_ascii) = dice.pick(words::SURNAMES);
        let signup = 1_095 * u128::from(index) / u128::from(self.count.max(1));
        let days_old = 18 * 365 + dice.below(34 * 365) + dice.below(30 * 365);
        Person {
            id: Self::id(index),
            given,
            surname,
            email: email(dice, given_ascii, surname_ascii, number),
            phone: phone(dice, country),
            card,
            ssn: (country == "US" && dice.percent(92)).then(|| ssn(dice)),
            birth_date: Day(OPENING - days_old as i32),
            postcode: postcode(dice, country),
            country,
            signup_date: Day(OPENING - 1_096 + signup as i32),
            loyalty_points: dice.zipf(6_000) as u32,
            marketing_consent: dice.percent(57),
        }
    }

    /// Card number `which` of a person.
    pub(crate) fn card(&mut self, index: u64, which: u64) -> String {
        let dice = self.cards.row(index * 4 + which);
        let (prefix, length) = dice.weighted(words::CARD_PREFIXES);
        let mut digits = String::with_capacity(length);
        digits.push_str(prefix);
        while digits.len() + 1 < length {
            digits.push(digit(dice));
        }
        let check = check_digit(&digits);
        digits.push(check);
        digits
    }
}

/// The digit that makes `digits` pass Luhn when it is put after them.
pub(crate) fn check_digit(digits: &str) -> char {
    let mut sum = 0;
    for (place, byte) in digits.bytes().rev().enumerate() {
        let digit = u32::from(byte - b'0');
        let doubled = digit * 2;
        sum += match place % 2 {
            0 if doubled > 9 => doubled - 9,
            0 => doubled,
            _ => digit,
        };
    }
    char::from(b'0' + ((10 - sum % 10) % 10) as u8)
}

fn digit(dice: &mut Dice) -> char {
    char::from(b'0' + dice.below(10) as u8)
}

fn email(dice: &mut Dice, given: &str, surname: &str, number: u64) -> String {
    let domain = dice.weighted(words::DOMAINS);
    let initial = given.get(..1).unwrap_or_default();
    match dice.below(10) {
        0..5 => format!("{given}.{surname}{number}@{domain}"),
        5..7 => format!("{initial}{surname}{number}@{domain}"),
        7 => format!("{given}_{number}@{domain}"),
        8 => format!("{surname}.{given}{number}+shop@{domain}"),
        // Some people write their address with capitals.
        _ => format!("{}{}.{surname}{number}@{domain}", initial.to_uppercase(), given.get(1..).unwrap_or_default()),
    }
}

fn phone(dice: &mut Dice, country: &str) -> String {
    if country == "GB" {
        let line = dice.below(1_000);
        return match dice.below(3) {
            0 => format!("+44 7700 900{line:03}"),
            1 => format!("07700 900{line:03}"),
            _ => format!("020 7946 0{line:03}"),
        };
    }
    let (area, line) = (dice.pick(words::AREA_CODES), dice.below(100));
    match dice.below(4) {
        0 => format!("+1 {area} 555 01{line:02}"),
        1 => format!("({area}) 555-01{line:02}"),
        2 => format!("{area}-555-01{line:02}"),
        _ => format!("{area}.555.01{line:02}"),
    }
}

/// Area 900-999 with a group below 50: neither a social security number nor a taxpayer number that was ever issued.
fn ssn(dice: &mut Dice) -> String {
    let (area, group, serial) = (900 + dice.below(100), 1 + dice.below(49), dice.below(10_000));
    format!("{area:03}-{group:02}-{serial:04}")
}

fn postcode(dice: &mut Dice, country: &str) -> String {
    let letter = |dice: &mut Dice| char::from(dice.pick(b"ABCEGHJKLMNPRSTVXY"));
    match country {
        "GB" => {
            let (area, district, sector) = (dice.pick(words::POST_AREAS), 1 + dice.below(20), dice.below(10));
            format!("{area}{district} {sector}{}{}", letter(dice), letter(dice))
        }
        "CA" => {
            let (a, b, c) = (letter(dice), letter(dice), letter(dice));
            format!("{a}{}{b} {}{c}{}", digit(dice), digit(dice), digit(dice))
        }
        _ => format!("{:05}", 501 + dice.below(99_450)),
    }
}
