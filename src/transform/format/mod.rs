//! Formats: what shape of cell a column holds, and which strings are tokens of it.
//!
//! Each format parts its strings into classes: disjoint sets, each with a number for every string in it. A token is the
//! string that has the enciphered number, so it lies in the class of its cell and the way back is exact.
//!
//! SPEC: `schemas/token.v1.md`.

mod alphabet;
mod alphanumeric;
mod date;
mod digits;
mod email;
mod integer;
mod ip;
mod kept;
mod language;
mod layout;
mod pan;
mod phone;
mod size;
mod spec;
mod ssn;
mod uuid;

pub use alphabet::Alphabet;
pub use date::DateRange;
pub use integer::IntegerRange;
pub use kept::Kept;
pub use size::{MessageSpace, Size};
pub use spec::Format;

pub(crate) use alphabet::AlphabetLanguage;
pub(crate) use alphanumeric::AlphanumericLanguage;
pub(crate) use date::{DateLanguage, iso_date};
pub(crate) use digits::DigitsLanguage;
pub(crate) use email::EmailLanguage;
pub(crate) use integer::IntegerLanguage;
pub(crate) use ip::IpLanguage;
pub(crate) use language::{Language, Numbers, is_separator};
pub(crate) use pan::PanLanguage;
pub(crate) use phone::PhoneLanguage;
pub(crate) use spec::is_text;
pub(crate) use ssn::SsnLanguage;
pub(crate) use uuid::UuidLanguage;
