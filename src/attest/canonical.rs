//! JSON with one spelling: what we sign is written in it, and what we verify is read by it.
//!
//! # Promises
//!
//! - Written: UTF-8, no white space, the keys of each object sorted by their bytes, no floats. Equal values give equal
//!   bytes.
//! - Read: an object with a key twice, a float, or an integer beyond 2^53 - 1 is refused, wherever it stands. Parsers
//!   differ in what they make of those, so nothing signed may depend on them. Larger counts are strings.
//!
//! # What this module does not know
//!
//! What the documents say.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor},
};

/// A JSON value without floats, each object with sorted and unique keys.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Json {
    Bool(bool),
    Integer(i64),
    List(Vec<Json>),
    Map(BTreeMap<String, Json>),
    Null,
    Text(String),
}

/// Where a text stopped being JSON as we accept it. It does not say what stood there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NotCanonical {
    /// Line, from 1; 0 where no place is known.
    pub(crate) line: usize,
    /// Column, from 1.
    pub(crate) column: usize,
}

impl Json {
    /// Reads a text; white space around values is allowed.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, NotCanonical> {
        serde_json::from_slice(text).map_err(place)
    }

    /// The value of a document of ours.
    pub(crate) fn of<T: Serialize>(document: &T) -> Result<Self, NotCanonical> {
        Self::parse(&serde_json::to_vec(document).map_err(place)?)
    }

    /// The only spelling of this value.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, NotCanonical> {
        serde_json::to_vec(self).map_err(place)
    }

    /// The document of ours that this value is.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, NotCanonical> {
        serde_json::from_slice(&self.to_bytes()?).map_err(place)
    }

    /// The text at a key of an object.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self {
            Self::Map(entries) => match entries.get(key) {
                Some(Self::Text(text)) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::List(items) => items.serialize(serializer),
            Self::Map(entries) => entries.serialize(serializer),
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without floats and without a key twice")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Json, E> {
        if value < -LARGEST_INTEGER {
            return Err(E::custom("an integer out of range"));
        }
        Ok(Json::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Json, E> {
        match i64::try_from(value) {
            Ok(value) if value <= LARGEST_INTEGER => Ok(Json::Integer(value)),
            _ => Err(E::custom("an integer out of range")),
        }
    }

    fn visit_f64<E: de::Error>(self, _value: f64) -> Result<Json, E> {
        Err(E::custom("a float"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((key, value)) = access.next_entry::<String, Json>()? {
            if entries.insert(key, value).is_some() {
                return Err(de::Error::custom("a key twice"));
            }
        }
        Ok(Json::Map(entries))
    }
}

fn place(error: serde_json::Error) -> NotCanonical {
    NotCanonical { line: error.line(), column: error.column() }
}

/// The largest integer that every JSON parser keeps exactly: 2^53 - 1.
const LARGEST_INTEGER: i64 = (1 << 53) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Json, NotCanonical> {
        Json::parse(text.as_bytes())
    }

    #[test]
    fn one_value_has_one_spelling() {
        let one = parse(r#" {"b": [1, null, true], "a": "\u00e4\n", "aa": {}} "#).unwrap();
        let other = parse("{\"aa\":{},\"a\":\"ä\\n\",\"b\":[1,null,true]}").unwrap();
        assert_eq!(one.to_bytes().unwrap(), other.to_bytes().unwrap());
        assert_eq!(
            String::from_utf8(one.to_bytes().unwrap()).unwrap(),
            "{\"a\":\"ä\\n\",\"aa\":{},\"b\":[1,null,true]}"
        );
    }

    #[test]
    fn floats_in_any_dress_are_refused() {
        for text in ["1.0", "[1e3]", r#"{"a": -0.5}"#, "1E400", "9007199254740992", "18446744073709551616"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse("9007199254740991").unwrap(), Json::Integer(LARGEST_INTEGER));
        assert_eq!(parse("-9007199254740991").unwrap(), Json::Integer(-LARGEST_INTEGER));
    }

    #[test]
    fn a_key_twice_is_refused_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"x":{"a":1,"\u0061":2}}]"#] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn text_after_the_value_is_refused() {
        for text in ["", "{} {}", "{}x", "nul", "[1,]", "\u{feff}{}"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_place_is_named_and_the_text_is_not() {
        assert_eq!(parse("{\n \"a\": x}").unwrap_err(), NotCanonical { line: 2, column: 7 });
    }
}
