//! Tokens of format v1, frozen: a difference is a broken promise to everyone who has tokens.
//!
//! Each file of `golden/token.v1` holds cells with their tokens under one root key, domain and key version. A cell whose
//! token is written as `null` is new: it gets its token when the test runs with `COUNTERFOIL_NEW_GOLDEN=1`. A token that
//! stands there is never rewritten.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test that fails panics")]

use std::{env, fs, path::PathBuf, sync::Arc};

use arrow_array::{ArrayRef, StringArray, cast::AsArray};
use arrow_schema::DataType;
use counterfoil::{
    names::{Domain, KeyVersion},
    transform::{
        Alphabet, ColumnTransform, DateRange, Direction, DomainKeys, Encoding, Format, IntegerRange, Kept, OnMisfit,
        Pseudonym, Seal, SmallSpace, Tokenize,
    },
};
use counterfoil_crypto::secret::Secret;
use serde_json::{Value, json};

#[test]
fn alphabet() {
    let greek: String = ('α'..='ω').collect();
    check(
        "alphabet",
        "alphabet",
        &[
            ("0123456789abcdef", &format(Format::Alphabet(alphabet_of("0123456789abcdef")))),
            ("α-ω", &format(Format::Alphabet(alphabet_of(&greek)))),
        ],
    );
}

#[test]
fn alphanumeric() {
    check("alphanumeric", "alphanumeric", &[("alphanumeric", &format(Format::Alphanumeric))]);
}

#[test]
fn date() {
    let decades = DateRange::new("1940-01-01", "2009-12-31").unwrap();
    check(
        "date",
        "date",
        &[
            ("calendar", &format(Format::Date(DateRange::CALENDAR))),
            ("1940-01-01..2009-12-31", &format(Format::Date(decades))),
        ],
    );
}

#[test]
fn digits() {
    check(
        "digits",
        "digits",
        &[
            ("digits", &format(Format::Digits(Kept::NOTHING))),
            ("keep 2,3", &format(Format::Digits(Kept { first: 2, last: 3 }))),
        ],
    );
}

#[test]
fn email() {
    check(
        "email",
        "email",
        &[
            ("email", &format(Format::Email { keep_domain: false })),
            ("keep-domain", &format(Format::Email { keep_domain: true })),
        ],
    );
}

#[test]
fn integer() {
    let ages = IntegerRange::new(-10, 120).unwrap();
    check(
        "integer",
        "integer",
        &[("integer", &format(Format::Integer(None))), ("-10..120", &format(Format::Integer(Some(ages))))],
    );
}

#[test]
fn ip() {
    check("ip", "ip", &[("ip", &format(Format::Ip))]);
}

#[test]
fn pan() {
    check(
        "pan",
        "pan",
        &[("pan", &format(Format::Pan(Kept::NOTHING))), ("keep 6,4", &format(Format::Pan(Kept { first: 6, last: 4 })))],
    );
}

#[test]
fn phone() {
    check("phone", "phone", &[("phone", &format(Format::Phone))]);
}

#[test]
fn pseudonym() {
    let of =
        |encoding| move |input: &DataType, keys: DomainKeys<'_>, _| Pseudonym { encoding }.bind(input, keys).unwrap();
    check(
        "pseudonym",
        "one-way",
        &[
            ("base32", &of(Encoding::Base32)),
            ("hex", &of(Encoding::Hex)),
            ("int64", &of(Encoding::Int64)),
            ("uuid", &of(Encoding::Uuid)),
        ],
    );
}

#[test]
fn seal() {
    let seal = |input: &DataType, keys: DomainKeys<'_>, direction| Seal { direction }.bind(input, keys).unwrap();
    check("seal", "seal", &[("seal", &seal)]);
}

#[test]
fn us_ssn() {
    check("us-ssn", "us-ssn", &[("us-ssn", &format(Format::UsSsn))]);
}

#[test]
fn uuid() {
    check("uuid", "uuid", &[("uuid", &format(Format::Uuid))]);
}

type Bind<'b> = dyn Fn(&DataType, DomainKeys<'_>, Direction) -> Box<dyn ColumnTransform> + 'b;

fn alphabet_of(symbols: &str) -> Alphabet {
    Alphabet::new(symbols).unwrap()
}

fn format(format: Format) -> impl Fn(&DataType, DomainKeys<'_>, Direction) -> Box<dyn ColumnTransform> {
    move |input, keys, direction| {
        let (on_misfit, small_space) = (OnMisfit::Seal, SmallSpace::Permute);
        Tokenize { direction, format: format.clone(), on_misfit, small_space }.bind(input, keys).unwrap()
    }
}

/// Holds a file to what the transforms make of its cells. `kind` says whether there is a way back.
fn check(file: &str, kind: &str, transforms: &[(&str, &Bind<'_>)]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/token.v1").join(format!("{file}.json"));
    let mut golden: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let root = data_encoding::HEXLOWER.decode(golden["root"].as_str().unwrap().as_bytes()).unwrap();
    let root = Secret::fill(|bytes| bytes.copy_from_slice(&root));
    let domain: Domain = golden["domain"].as_str().unwrap().parse().unwrap();
    let version = KeyVersion(golden["key_version"].as_u64().unwrap().try_into().unwrap());
    let keys = DomainKeys { domain: &domain, root: &root, version };
    for (name, bind) in transforms {
        let pairs = golden["tokens"][*name].as_array_mut().unwrap();
        assert!(!pairs.is_empty());
        let cells: ArrayRef =
            Arc::new(StringArray::from_iter_values(pairs.iter().map(|pair| pair[0].as_str().unwrap())));
        let tokens = bind(&DataType::Utf8, keys, Direction::Tokenize).apply(&cells, 0).unwrap().column;
        if kind != "one-way" {
            let back = bind(&DataType::Utf8, keys, Direction::Detokenize).apply(&tokens, 0).unwrap().column;
            assert_eq!(&back, &cells, "{file}, {name}");
        }
        let tokens = arrow_cast::cast(&tokens, &DataType::Utf8).unwrap();
        for (pair, token) in pairs.iter_mut().zip(tokens.as_string::<i32>().iter().flatten()) {
            if pair[1].is_null() && env::var_os("COUNTERFOIL_NEW_GOLDEN").is_some() {
                pair[1] = json!(token);
            }
            assert_eq!(pair[1], token, "{file}, {name}, {}", pair[0]);
        }
    }
    assert_eq!(golden["tokens"].as_object().unwrap().len(), transforms.len(), "{file} holds what is tested");
    if env::var_os("COUNTERFOIL_NEW_GOLDEN").is_some() {
        let text = serde_json::to_string_pretty(&golden).unwrap();
        fs::write(&path, text + "\n").unwrap();
    }
}
