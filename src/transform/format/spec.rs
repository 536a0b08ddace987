//! The formats by name and parameter: plain data that a policy can say and a plan can print.
//!
//! # Promises
//!
//! - [`Format::id`] is the same for equal formats and different for different ones; it is part of every key.
//!
//! # What this module does not know
//!
//! How a format reads and writes: each has its own file.

use std::fmt;

use arrow_schema::DataType;

use crate::transform::format::{
    alphabet::Alphabet,
    date::DateRange,
    integer::{self, IntegerRange},
    kept::Kept,
    size::{MessageSpace, Size},
    ssn,
};

/// The shape of a column's cells, and of their tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Format {
    /// Strings over an alphabet that the policy gives; separators outside it are carried.
    Alphabet(Alphabet),
    /// ASCII letters and digits: a letter for a letter, a digit for a digit, case layout kept.
    Alphanumeric,
    /// Days of the calendar, from and to the ends of a range.
    Date(DateRange),
    /// Digits; leading zeros and separators are kept.
    Digits(Kept),
    /// E-mail addresses.
    Email {
        /// Whether only the part before the `@` is tokenized.
        keep_domain: bool,
    },
    /// Integers, by magnitude or within a range.
    Integer(Option<IntegerRange>),
    /// IP addresses of both versions.
    Ip,
    /// Card numbers that pass the Luhn check.
    Pan(Kept),
    /// Telephone numbers; a country calling code is kept.
    Phone,
    /// Social security numbers of the United States.
    UsSsn,
    /// UUIDs; version and variant are kept.
    Uuid,
}

impl Format {
    /// The canonical text of the format and its parameters: part of a token's identity.
    pub fn id(&self) -> String {
        match self {
            Self::Alphabet(alphabet) => alphabet.id(),
            Self::Date(range) => range.id(),
            Self::Digits(kept) => format!("digits{kept}"),
            Self::Email { keep_domain: true } => "email:keep-domain".to_owned(),
            Self::Integer(Some(range)) => range.id(),
            Self::Pan(kept) => format!("pan{kept}"),
            other => other.name().to_owned(),
        }
    }

    /// The policy's word for the format.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Alphabet(_) => "alphabet",
            Self::Alphanumeric => "alphanumeric",
            Self::Date(_) => "date",
            Self::Digits(_) => "digits",
            Self::Email { .. } => "email",
            Self::Integer(_) => "integer",
            Self::Ip => "ip",
            Self::Pan(_) => "pan",
            Self::Phone => "phone",
            Self::UsSsn => "us-ssn",
            Self::Uuid => "uuid",
        }
    }

    /// Whether a column of this type can hold the format.
    pub fn accepts(&self, input: &DataType) -> bool {
        if is_text(input) {
            return true;
        }
        match (self, input) {
            (Self::Date(_), DataType::Date32 | DataType::Date64) => true,
            (Self::Integer(range), _) => integer::bounds(input).is_some_and(|bounds| match range {
                Some(range) => range.lies_within(bounds),
                None => !matches!(input, DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16),
            }),
            _ => false,
        }
    }

    /// The column types that can hold the format, in words.
    pub fn takes(&self) -> &'static str {
        match self {
            Self::Date(_) => "text, date32 and date64",
            Self::Integer(None) => {
                "text and integers of 32 and 64 bits, or narrower integers with `min` and `max` inside the type"
            }
            Self::Integer(Some(_)) => "text, and integers whose type holds `min` and `max`",
            _ => "text",
        }
    }

    /// The classes that a column of this type can meet, with their numbers of strings.
    pub fn message_spaces(&self, input: &DataType) -> Vec<MessageSpace> {
        let one = |size: Size| vec![MessageSpace { class: String::new(), size }];
        let class = |class: &str, size| MessageSpace { class: class.to_owned(), size };
        let formula = |text: &str| Size::Formula(text.to_owned());
        match self {
            Self::Alphabet(alphabet) => one(Size::Formula(format!("{}^n for n symbols", alphabet.radix()))),
            Self::Alphanumeric => one(formula("26^a*10^b for a letters and b digits")),
            Self::Date(range) => one(Size::Exact(range.size())),
            Self::Digits(kept) => one(free_digits(kept.first + kept.last)),
            Self::Email { keep_domain: false } => {
                one(formula("26^a*10^b for a letters and b digits before the top-level domain"))
            }
            Self::Email { keep_domain: true } => one(formula("26^a*10^b for a letters and b digits before the @")),
            Self::Integer(None) => integer::message_spaces(input),
            Self::Integer(Some(range)) => one(Size::Exact(range.size())),
            Self::Ip => vec![
                class("v4", Size::Exact(1 << 32)),
                class("v6", formula("2^128 - 2^32")),
                class("v6, long upper-case form", formula("about 2^128")),
                class("v4-mapped v6", Size::Exact(1 << 32)),
            ],
            Self::Pan(kept) => one(free_digits(kept.first + kept.last + 1)),
            Self::Phone => vec![
                class("+1 and 10 digits", Size::Exact(6_400_000_000)),
                class("other", formula("9*10^(m-1) for m digits after country code and leading zeros")),
            ],
            Self::UsSsn => ssn::message_spaces(),
            Self::Uuid => one(Size::Exact(1 << 122)),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id())
    }
}

/// Whether cells are text, directly or through a dictionary.
pub(crate) fn is_text(input: &DataType) -> bool {
    match input {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, cells) => is_text(cells),
        _ => false,
    }
}

fn free_digits(kept: usize) -> Size {
    Size::Formula(match kept {
        0 => "10^n for n digits".to_owned(),
        kept => format!("10^(n-{kept}) for n digits"),
    })
}
