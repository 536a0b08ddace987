//! The JSON Schema of a policy, for editors: the shape of the text, with every key's meaning.
//!
//! # Promises
//!
//! - What the schema refuses, [`Policy::parse`](super::rule::Policy::parse) refuses. The reverse does not hold: agreement between
//!   rules and the order of ranges are beyond a schema.
//!
//! # What this module does not know
//!
//! How a text is read; the types here are never built, only described.
#![expect(dead_code, reason = "each type is a description; no value of it is ever built")]

use std::collections::BTreeMap;

use schemars::{
    JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema, transform::RecursiveTransform,
};
use serde_json::{Value, json};

use super::words::{Compression, Encoding, FileFormat, OnMisfit, PseudonymEncoding, SmallSpace};

/// The schema as text, as it stands in `schemas/policy.v1.schema.json`.
pub fn json_schema() -> String {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(without_null));
    let schema = settings.into_generator().into_root_schema_for::<Document>();
    format!("{:#}\n", schema.as_value())
}

/// TOML has no null: a key that may be left out is simply not required.
fn without_null(schema: &mut Schema) {
    let null = json!({ "type": "null" });
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(branches)) = object.get_mut("anyOf")
        && branches.contains(&null)
    {
        branches.retain(|branch| *branch != null);
        if let (Some(Value::Object(only)), true) = (branches.pop(), branches.is_empty()) {
            object.remove("anyOf");
            object.extend(only);
        }
    }
    if let Some(kind) = object.get_mut("type")
        && let Value::Array(kinds) = kind
    {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            *kind = only.clone();
        }
    }
}

/// A counterfoil policy, version 1: which datasets are read, and what becomes of each of their columns.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Policy")]
struct Document {
    /// The name of this policy.
    #[schemars(length(min = 1, max = 128))]
    policy: String,
    /// The version of the policy language.
    #[schemars(range(min = 1, max = 1))]
    version: u32,
    /// What the output is for. It is written into the attestation.
    #[schemars(length(min = 1))]
    purpose: String,
    /// The keyset of the keystore whose keys write the tokens. Never key material.
    keyset: Name,
    /// The datasets, by name. Those whose columns share a domain join.
    #[schemars(length(min = 1))]
    datasets: BTreeMap<Name, Dataset>,
}

/// One dataset: files of one schema.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Dataset {
    /// A file, a glob or a folder, relative to the policy. `${NAME}` takes a value from the environment.
    #[schemars(length(min = 1))]
    source: String,
    /// How the files are read.
    read: Option<Read>,
    /// One rule for each column, by the column's path: `email`, `context.ip`, `items[].sku`.
    columns: BTreeMap<String, Rule>,
}

/// How the files of a dataset are read.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Read {
    /// Compression of the whole file, where its name does not say it.
    compression: Option<Compression>,
    /// CSV: the character between cells; a comma by default, a tab in a file named `.tsv`.
    delimiter: Option<Byte>,
    /// Text files: what the bytes mean; UTF-8 by default.
    encoding: Option<Encoding>,
    /// The file format, where the file's name does not say it.
    format: Option<FileFormat>,
    /// CSV: whether the first row names the columns; it does by default.
    header: Option<bool>,
    /// CSV: the names of the columns from left to right; `header` stands beside it.
    #[schemars(length(min = 1))]
    names: Option<Vec<String>>,
    /// CSV: texts that mean null, besides the empty cell.
    null_values: Option<Vec<String>>,
    /// CSV: the character around a cell that holds delimiters; `"` by default, empty where nothing is quoted.
    #[schemars(length(max = 1))]
    quote: Option<String>,
    /// Text files: types of columns, by path.
    types: Option<BTreeMap<String, Type>>,
}

/// What becomes of one column.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Rule {
    Word(Word),
    Tokenize(Tokenize),
    Seal(Seal),
    Pseudonym(Pseudonym),
    Mask(Mask),
    Coarsen(Coarsen),
    Keep(Keep),
    Drop(Drop),
}

/// A transform without parameters.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Word {
    /// The column is left out of the output.
    Drop,
    /// The column stays as it is.
    Keep,
    /// A one-way keyed token, in hexadecimal.
    Pseudonym,
    /// Authenticated encryption of each cell.
    Seal,
}

/// A reversible token of the same shape.
#[derive(JsonSchema)]
#[schemars(tag = "tokenize", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
enum Tokenize {
    /// Text over a given alphabet.
    Alphabet {
        /// 2 to 65,536 characters, each once, in the order of their numerals.
        #[schemars(length(min = 2, max = 65_536))]
        alphabet: String,
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// Letters and digits with their layout kept.
    Alphanumeric {
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// A day of the calendar.
    Date {
        /// The first day, YYYY-MM-DD; 0001-01-01 by default.
        min: Option<String>,
        /// The last day, YYYY-MM-DD; 9999-12-31 by default.
        max: Option<String>,
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// A string of digits.
    Digits {
        /// Digits kept at the start.
        #[schemars(range(max = 4096))]
        keep_first: Option<u32>,
        /// Digits kept at the end.
        #[schemars(range(max = 4096))]
        keep_last: Option<u32>,
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// An e-mail address.
    Email {
        /// Whether everything after `@` is kept.
        keep_domain: Option<bool>,
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// A native integer, or its decimal text.
    Integer {
        /// The least integer of the range; `max` stands beside it.
        min: Option<Integer>,
        /// The greatest integer of the range; `min` stands beside it.
        max: Option<Integer>,
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// An IPv4 or IPv6 address.
    Ip {
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// A payment card number.
    Pan {
        /// Digits kept at the start.
        #[schemars(range(max = 19))]
        keep_first: Option<u32>,
        /// Digits kept at the end.
        #[schemars(range(max = 19))]
        keep_last: Option<u32>,
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// A telephone number.
    Phone {
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// A United States social security number.
    UsSsn {
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
    /// A UUID.
    Uuid {
        #[schemars(flatten)]
        shared: TokenizeShared,
    },
}

#[derive(JsonSchema)]
struct TokenizeShared {
    /// The scope in which equal cells give equal tokens; without one the column is its own.
    domain: Option<Name>,
    /// What becomes of a cell that the format cannot hold; `fail` by default.
    on_misfit: Option<OnMisfit>,
    /// What is done where the message space is below 10^6; `refuse` by default.
    small_space: Option<SmallSpace>,
}

/// Authenticated encryption of each cell.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Seal {
    /// Always `{}`.
    seal: Empty,
    /// The scope in which equal cells are sealed alike; without one the column is its own.
    domain: Option<Name>,
}

/// A one-way keyed token.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Pseudonym {
    /// How the pseudonym is written; `{}` means `hex`.
    pseudonym: EncodingOrEmpty,
    /// The scope in which equal cells give equal pseudonyms; without one the column is its own.
    domain: Option<Name>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum EncodingOrEmpty {
    Empty(Empty),
    Encoding(PseudonymEncoding),
}

/// All but the ends is covered.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Mask {
    mask: MaskParameters,
}

/// What stays visible.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MaskParameters {
    /// Characters kept at the start; 0 by default.
    #[schemars(range(max = 4096))]
    keep_first: Option<u32>,
    /// Characters kept at the end; 0 by default.
    #[schemars(range(max = 4096))]
    keep_last: Option<u32>,
    /// The character that covers; `*` by default.
    #[schemars(length(min = 1, max = 1))]
    fill: Option<String>,
    /// Whether separators stay visible; they do not by default.
    keep_separators: Option<bool>,
}

/// Less detail.
#[derive(JsonSchema)]
#[schemars(tag = "coarsen", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
enum Coarsen {
    /// The interval between two bounds.
    Bins {
        /// The bounds, ascending.
        #[schemars(length(min = 1))]
        bins: Vec<f64>,
        #[schemars(flatten)]
        shared: CoarsenShared,
    },
    /// The hour of a timestamp.
    Hour {
        #[schemars(flatten)]
        shared: CoarsenShared,
    },
    /// The ISO 8601 week.
    IsoWeek {
        #[schemars(flatten)]
        shared: CoarsenShared,
    },
    /// The month.
    Month {
        #[schemars(flatten)]
        shared: CoarsenShared,
    },
    /// The quarter.
    Quarter {
        #[schemars(flatten)]
        shared: CoarsenShared,
    },
    /// The next lower multiple.
    Step {
        /// The width of a step, greater than 0.
        step: f64,
        #[schemars(flatten)]
        shared: CoarsenShared,
    },
    /// The year.
    Year {
        #[schemars(flatten)]
        shared: CoarsenShared,
    },
    /// The first three digits of a United States ZIP code, sparse ones as `000`.
    Zip3 {
        #[schemars(flatten)]
        shared: CoarsenShared,
    },
}

#[derive(JsonSchema)]
struct CoarsenShared {
    /// The scope of a misfit's token; only with `on_misfit` `pseudonym` or `seal`.
    domain: Option<Name>,
    /// What becomes of a cell that cannot be coarsened; `fail` by default.
    on_misfit: Option<OnMisfit>,
}

/// The column stays as it is.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Keep {
    /// Always `{}`.
    keep: Empty,
}

/// The column is left out of the output.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Drop {
    /// Always `{}`.
    drop: Empty,
}

/// `{}`
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Empty {}

/// A whole number; beyond 2^63 - 1 it is written as text.
#[derive(JsonSchema)]
#[schemars(untagged)]
enum Integer {
    Number(i64),
    Text(#[schemars(regex(pattern = r"^[+-]?[0-9]+$"))] String),
}

/// One ASCII character.
#[derive(JsonSchema)]
struct Byte(#[schemars(length(min = 1, max = 1))] String);

/// A name: letters, digits, `-`, `_` and `.`, at most 128.
#[derive(JsonSchema, Eq, Ord, PartialEq, PartialOrd)]
struct Name(#[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$"))] String);

/// The type of a column of a text file.
struct Type;

impl JsonSchema for Type {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Type".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The type of a column of a text file.",
            "anyOf": [
                { "enum": super::read::ColumnType::WORDS },
                { "type": "string", "pattern": r"^decimal\(\s*[0-9]+\s*,\s*[0-9]+\s*\)$" }
            ]
        })
    }
}
