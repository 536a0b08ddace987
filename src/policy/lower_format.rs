//! From text to [`TokenizeSpec`]: a format and the parameters that belong to it.
//!
//! # Promises
//!
//! - A range has two ends in order and holds at least two elements; an alphabet holds no character twice.
//!
//! # What this module does not know
//!
//! How a format treats a cell.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};

use super::{
    error::PolicyError,
    fields::{self, Fields, Mistakes},
    place::Spanned,
    rule::{DateRange, IntegerRange, TokenizeSpec},
    suggest,
    syntax::{Node, Value},
};

/// The formats that `tokenize` can name.
pub(super) const FORMATS: &[&str] =
    &["alphabet", "alphanumeric", "date", "digits", "email", "integer", "ip", "pan", "phone", "us-ssn", "uuid"];

/// Parameters of the language's future.
pub(super) const NOT_BUILT_PARAMETERS: &[&str] = &["prefix_preserving"];

/// The most characters that a rule can keep at one end.
pub(super) const MAX_KEPT: u32 = 4096;

/// Formats of the language's future, with what can be done today.
const NOT_BUILT: &[(&str, &str)] = &[
    ("datetime", "today `{ coarsen = \"hour\" }` treats a timestamp, `{ tokenize = \"date\" }` a day"),
    ("decimal", "today `{ tokenize = \"integer\" }` treats whole numbers, `seal` all others"),
    ("hex", "today an alphabet does it: `{ tokenize = \"alphabet\", alphabet = \"0123456789abcdef\" }`"),
    ("iban", "today `alphanumeric` keeps its layout, without its check digits"),
    ("imei", "today `digits` keeps its length, without its check digit"),
    ("mac", "today `pseudonym` or `seal` treat it"),
    ("pattern", "today `alphabet`, `alphanumeric` or `digits` treat text"),
    ("vin", "today `alphanumeric` keeps its layout, without its check digit"),
];

/// The digits of the longest payment card number.
const MAX_PAN: u32 = 19;

/// The most characters of an alphabet: SPEC: NIST SP 800-38G, radix at most 2^16.
const MAX_ALPHABET: usize = 1 << 16;

/// Lowers the key `tokenize` and the parameters of its format.
pub(super) fn lower(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<TokenizeSpec> {
    let entry = fields.take("tokenize")?;
    let word = fields::text(&entry.node, "tokenize", mistakes);
    match word.as_ref().map(|word| word.value) {
        Some("alphabet") => alphabet(fields, mistakes),
        Some("alphanumeric") => Some(TokenizeSpec::Alphanumeric),
        Some("date") => date(fields, mistakes).map(TokenizeSpec::Date),
        Some("digits") => {
            let (keep_first, keep_last) = kept(fields, MAX_KEPT, mistakes);
            Some(TokenizeSpec::Digits { keep_first, keep_last })
        }
        Some("email") => {
            Some(TokenizeSpec::Email { keep_domain: fields.boolean("keep_domain", mistakes).unwrap_or(false) })
        }
        Some("integer") => integer(fields, mistakes),
        Some("ip") => Some(TokenizeSpec::Ip),
        Some("pan") => pan(fields, mistakes),
        Some("phone") => Some(TokenizeSpec::Phone),
        Some("us-ssn") => Some(TokenizeSpec::UsSsn),
        Some("uuid") => Some(TokenizeSpec::Uuid),
        unknown => {
            // The parameters of a format that was misspelt are not mistakes of their own.
            for key in ["alphabet", "keep_domain", "keep_first", "keep_last", "max", "min"] {
                let _ = fields.take(key);
            }
            mistakes.extend(unknown.map(|word| unknown_format(word, &entry.node)));
            None
        }
    }
}

fn unknown_format(word: &str, node: &Node) -> PolicyError {
    match NOT_BUILT.iter().find(|(future, _)| *future == word) {
        Some((_, help)) => {
            PolicyError::NotBuilt { help: (*help).to_owned(), span: node.span, what: format!("the format `{word}`") }
        }
        None => PolicyError::UnknownWord {
            help: suggest::help(word, FORMATS),
            key: "tokenize".to_owned(),
            span: node.span,
            word: word.to_owned(),
        },
    }
}

fn kept(fields: &mut Fields<'_>, most: u32, mistakes: &mut Mistakes) -> (u32, u32) {
    let keep_first = fields.count("keep_first", most, mistakes).unwrap_or(0);
    (keep_first, fields.count("keep_last", most, mistakes).unwrap_or(0))
}

fn pan(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<TokenizeSpec> {
    let (keep_first, keep_last) = kept(fields, MAX_PAN, mistakes);
    if keep_first + keep_last < MAX_PAN {
        return Some(TokenizeSpec::Pan { keep_first, keep_last });
    }
    if let Some(entry) = fields.peek("keep_last").or(fields.peek("keep_first")) {
        let reason = format!("leaves no digit free: {keep_first}+{keep_last} of at most {MAX_PAN} are kept");
        let help = "PCI DSS lets at most the first 8 and the last 4 digits show".to_owned();
        mistakes.push(fields::invalid(&entry.node, &entry.key.value, reason, Some(help)));
    }
    None
}

fn alphabet(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<TokenizeSpec> {
    let help = "list its characters: `{ tokenize = \"alphabet\", alphabet = \"0123456789abcdef\" }`";
    let entry = fields.require("alphabet", help, mistakes)?;
    let text = fields::text(&entry.node, "alphabet", mistakes)?.value;
    let mut seen = HashSet::new();
    let twice = text.chars().find(|character| !seen.insert(*character));
    let reason = match (twice, seen.len()) {
        (Some(character), _) => format!("has {character:?} twice"),
        (None, 0) => "is empty".to_owned(),
        (None, 1) => "has one character only".to_owned(),
        (None, count) if count > MAX_ALPHABET => format!("has {count} characters"),
        (None, _) => return Some(TokenizeSpec::Alphabet { alphabet: text.to_owned() }),
    };
    mistakes.push(PolicyError::InvalidAlphabet { reason, span: entry.node.span });
    None
}

fn integer(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<TokenizeSpec> {
    let ends = (fields.take("min"), fields.take("max"));
    let (min, max) = match ends {
        (None, None) => return Some(TokenizeSpec::Integer { range: None }),
        (Some(min), None) => {
            mistakes.push(PolicyError::HalfRange { absent: "max", present: "min", span: min.key.span });
            return None;
        }
        (None, Some(max)) => {
            mistakes.push(PolicyError::HalfRange { absent: "min", present: "max", span: max.key.span });
            return None;
        }
        (Some(min), Some(max)) => (min, max),
    };
    let (min, max) = (whole(&min.node, "min", mistakes), whole(&max.node, "max", mistakes));
    let (min, max) = ordered(min?, max?, mistakes)?;
    Some(TokenizeSpec::Integer { range: Some(IntegerRange { max, min }) })
}

/// An integer that a native type can hold; beyond `i64` it may be written as text.
fn whole(node: &Node, key: &'static str, mistakes: &mut Mistakes) -> Option<Spanned<i128>> {
    let integer = match &node.value {
        Value::Integer(integer) => *integer,
        Value::Text(text) => match text.parse() {
            Ok(integer) => Some(integer),
            Err(_) => return fields::wrong_type(node, key, "an integer", Some(&format!("{key} = 1")), mistakes),
        },
        _ => return fields::wrong_type(node, key, "an integer", Some(&format!("{key} = 1")), mistakes),
    };
    let held = integer.filter(|integer| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(integer));
    if held.is_none() {
        let reason = format!("is outside {} to {}", i64::MIN, u64::MAX);
        mistakes.push(fields::invalid(node, key, reason, None));
    }
    held.map(|integer| Spanned::new(node.span, integer))
}

fn date(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<DateRange> {
    let all = DateRange::default();
    let min = match fields.take("min") {
        Some(entry) => day(&entry.node, "min", mistakes),
        None => Some(Spanned::new(0.into(), all.min)),
    };
    let max = match fields.take("max") {
        Some(entry) => day(&entry.node, "max", mistakes),
        None => Some(Spanned::new(0.into(), all.max)),
    };
    let (min, max) = ordered(min?, max?, mistakes)?;
    Some(DateRange { max, min })
}

fn day(node: &Node, key: &'static str, mistakes: &mut Mistakes) -> Option<Spanned<NaiveDate>> {
    let example = format!("{key} = \"1900-01-01\"");
    let (Value::Text(text) | Value::Datetime(text)) = &node.value else {
        return fields::wrong_type(node, key, "a date", Some(&example), mistakes);
    };
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let day = day.filter(|day| text.len() == 10 && (1..=9999).contains(&day.year()));
    if day.is_none() {
        let reason = "is not a day of the calendar, YYYY-MM-DD".to_owned();
        mistakes.push(fields::invalid(node, key, reason, Some(format!("write it like `{example}`"))));
    }
    day.map(|day| Spanned::new(node.span, day))
}

fn ordered<T: PartialOrd>(min: Spanned<T>, max: Spanned<T>, mistakes: &mut Mistakes) -> Option<(T, T)> {
    if min.value < max.value {
        return Some((min.value, max.value));
    }
    mistakes.push(PolicyError::ReversedRange { max: max.span, min: min.span });
    None
}

/// The bounds of `coarsen = "bins"`.
pub(super) fn bins(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<Vec<f64>> {
    let help = "list the bounds: `{ coarsen = \"bins\", bins = [0, 18, 30] }`";
    let entry = fields.require("bins", help, mistakes)?;
    let items = fields::list(&entry.node, "bins", "bins = [0, 18, 30]", mistakes)?;
    let bounds: Vec<f64> = items.iter().map(|item| number(item, "bins", mistakes)).collect::<Option<_>>()?;
    if bounds.is_empty() || !bounds.is_sorted_by(|a, b| a < b) {
        let reason = "must ascend, with at least one bound".to_owned();
        mistakes.push(fields::invalid(&entry.node, "bins", reason, None));
        return None;
    }
    Some(bounds)
}

/// The width of `coarsen = "step"`.
pub(super) fn step(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<f64> {
    let help = "say the width of a step: `{ coarsen = \"step\", step = 10 }`";
    let entry = fields.require("step", help, mistakes)?;
    let step = number(&entry.node, "step", mistakes)?;
    if step <= 0.0 {
        mistakes.push(fields::invalid(&entry.node, "step", "must be greater than 0".to_owned(), None));
        return None;
    }
    Some(step)
}

/// A finite number that `f64` holds exactly as it was written.
fn number(node: &Node, key: &'static str, mistakes: &mut Mistakes) -> Option<f64> {
    const EXACT: i128 = 1 << 53;
    let number = match node.value {
        Value::Float(float) => Some(float).filter(|float| float.is_finite()),
        Value::Integer(integer) => integer.filter(|integer| (-EXACT..=EXACT).contains(integer)).map(|i| i as f64),
        _ => return fields::wrong_type(node, key, "a number", None, mistakes),
    };
    if number.is_none() {
        let reason = "must be finite, and within ±2^53 where it is whole".to_owned();
        mistakes.push(fields::invalid(node, key, reason, None));
    }
    number
}
