//! Scalars of signed documents: digests as lower-case hexadecimal, counts as strings, times in UTC.
//!
//! # Promises
//!
//! - Each has one spelling, and any other spelling is refused on reading.
//!
//! # What this module does not know
//!
//! Which field it stands in.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use counterfoil_crypto::digest::Digest;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sha256Hex(pub Digest);

/// A count of up to 64 bits, written as a decimal string: JSON numbers are not exact beyond 2^53.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Count(pub u64);

/// `2026-01-31T23:59:59.123Z`
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The digest that a text of exactly 64 lower-case hexadecimal digits spells.
pub(crate) fn digest(text: &str) -> Option<Digest> {
    let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() == 64 && text.bytes().all(lower) { text.parse().ok() } else { None }
}

fn count(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

impl Serialize for Sha256Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sha256Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        digest(&text).map(Self).ok_or_else(|| D::Error::custom("not 64 lower-case hexadecimal digits"))
    }
}

impl JsonSchema for Sha256Hex {
    fn schema_name() -> Cow<'static, str> {
        "Sha256Hex".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A SHA-256 digest, written as 64 lower-case hexadecimal digits.",
            "pattern": "^[0-9a-f]{64}$",
            "type": "string",
        })
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        count(&text).map(Self).ok_or_else(|| D::Error::custom("not a count"))
    }
}

impl JsonSchema for Count {
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A count of up to 64 bits, written as a decimal string.",
            "pattern": "^(0|[1-9][0-9]{0,19})$",
            "type": "string",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_has_one_spelling() {
        for text in ["01", "+1", " 1", "1.0", "", "18446744073709551616", "-0"] {
            assert_eq!(count(text), None, "{text}");
        }
        assert_eq!(count("18446744073709551615"), Some(u64::MAX));
        assert_eq!(serde_json::to_string(&Count(9007199254740993)).unwrap(), "\"9007199254740993\"");
    }

    #[test]
    fn a_digest_has_one_spelling() {
        let lower = "ab".repeat(32);
        assert_eq!(digest(&lower).unwrap().to_string(), lower);
        for text in ["AB".repeat(32), "ab".repeat(31), format!("0x{}", "ab".repeat(31)), "é".repeat(32)] {
            assert!(digest(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn times_end_in_z() {
        let at = DateTime::from_timestamp_millis(1_700_000_000_120).unwrap();
        assert_eq!(time(at), "2023-11-14T22:13:20.120Z");
    }
}
