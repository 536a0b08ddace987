//! The committed samples are what the generator makes, and the generator keeps what its headers promise.
#![expect(clippy::unwrap_used, reason = "a sample that cannot be read fails its test")]

#[path = "../samples/generator/mod.rs"]
mod generator;

use std::{collections::HashSet, fs, io::Read, path::PathBuf};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use generator::{people, shop, traffic, wide};

const AGAIN: &str = "write it again with `cargo run --release --example samples`";

fn committed(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/shop").join(name)).unwrap()
}

fn inflated(gzip: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut text).unwrap();
    text
}

fn size() -> shop::Size {
    shop::Size::scaled(1, 1)
}

fn extent() -> wide::Extent {
    wide::Extent { seed: 7, users: 40, rows: 500 }
}

#[test]
fn users_are_reproduced() {
    assert!(shop::users(&size(), Vec::new()).unwrap() == committed("users.csv"), "users.csv differs: {AGAIN}");
}

#[test]
fn orders_are_reproduced() {
    let mut file = Vec::new();
    shop::orders(&size(), &mut file).unwrap();
    assert!(file == committed("orders.parquet"), "orders.parquet differs: {AGAIN}");
}

/// Deflate may choose differently on another processor; what it holds may not differ.
#[test]
fn events_are_reproduced_once_inflated() {
    let made = traffic::events(&size(), GzEncoder::new(Vec::new(), Compression::fast())).unwrap().finish().unwrap();
    assert!(inflated(&made) == inflated(&committed("events.ndjson.gz")), "events.ndjson.gz differs: {AGAIN}");
}

#[test]
fn messages_are_reproduced() {
    assert!(shop::messages(&size(), Vec::new()).unwrap() == committed("messages.csv"), "messages.csv differs: {AGAIN}");
}

#[test]
fn the_committed_samples_stay_small() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/shop");
    let total: u64 = ["users.csv", "orders.parquet", "events.ndjson.gz", "messages.csv", "policy.toml"]
        .iter()
        .map(|name| fs::metadata(folder.join(name)).unwrap().len())
        .sum();
    assert!(total < 400_000, "{total} bytes");
}

#[test]
fn another_seed_gives_other_people() {
    let other = shop::Size { seed: 2, ..size() };
    assert_ne!(shop::users(&other, Vec::new()).unwrap(), committed("users.csv"));
}

#[test]
fn people_are_invented_and_distinct() {
    let mut all = people::People::new(3, 5_000);
    let mut emails = HashSet::new();
    for index in 0..all.count() {
        let person = all.person(index);
        let (number, check) = person.card.split_at(person.card.len() - 1);
        assert_eq!(people::check_digit(number).to_string(), check);
        assert!(person.ssn.is_none_or(|ssn| ssn.starts_with('9')));
        let domain = person.email.rsplit('@').next().unwrap().to_owned();
        assert!(domain.ends_with(".example") || domain.starts_with("example."), "{domain}");
        assert!(emails.insert(person.email.to_lowercase()), "an address twice, at {index}");
        assert!(person.birth_date < person.signup_date);
    }
}

#[test]
fn luhn_as_in_the_standard() {
    // ISO/IEC 7812-1 annex B, and the best known of the public test cards.
    for (digits, check) in [("7992739871", '3'), ("411111111111111", '1'), ("37828224631000", '5')] {
        assert_eq!(people::check_digit(digits), check);
    }
}

#[test]
fn days_and_moments_are_those_of_the_calendar() {
    use generator::calendar::{Day, Moment, OPENING, moment};
    assert_eq!(Day(OPENING).to_string(), "2024-01-01");
    assert_eq!(Day(0).to_string(), "1970-01-01");
    assert_eq!(Day(-1).to_string(), "1969-12-31");
    assert_eq!(Day(11_016).to_string(), "2000-02-29");
    assert_eq!(Moment(951_867_183_045).to_string(), "2000-02-29T23:33:03.045Z");
    assert!((1..10_000).all(|row| moment(row - 1, 10_000) <= moment(row, 10_000)));
}

#[test]
fn the_wide_table_says_the_same_in_each_format() {
    let csv = String::from_utf8(wide::csv(extent(), Vec::new()).unwrap()).unwrap();
    let ndjson = String::from_utf8(wide::ndjson(extent(), Vec::new()).unwrap()).unwrap();
    assert_eq!(csv.lines().count(), 501);
    assert_eq!(ndjson.lines().count(), 500);
    let names: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    for (row, document) in csv.lines().skip(1).zip(ndjson.lines()) {
        let document: serde_json::Value = serde_json::from_str(document).unwrap();
        for (name, cell) in names.iter().zip(row.split(',')) {
            match &document[*name] {
                serde_json::Value::String(text) => assert_eq!(text, cell),
                number => assert_eq!(number.as_f64().unwrap(), cell.parse::<f64>().unwrap()),
            }
        }
    }
    let mut parquet = Vec::new();
    wide::parquet(extent(), &mut parquet).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
}

#[test]
fn the_wide_table_brings_a_policy_with_a_rule_for_each_column() {
    let csv = String::from_utf8(wide::csv(extent(), Vec::new()).unwrap()).unwrap();
    for file in ["events.csv", "events.parquet"] {
        let policy: toml::Table = wide::policy(file).parse().unwrap();
        let rules = policy["datasets"]["events"]["columns"].as_table().unwrap();
        assert!(csv.lines().next().unwrap().split(',').all(|name| rules.contains_key(name)));
        assert_eq!(rules.len(), 12);
    }
}

#[test]
fn every_event_is_a_document_of_the_same_shape() {
    let events = traffic::events(&size(), Vec::new()).unwrap();
    let mut strangers = 0;
    for line in String::from_utf8(events).unwrap().lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(event.as_object().unwrap().len(), 7);
        assert_eq!(event["context"].as_object().unwrap().len(), 4);
        strangers += u32::from(event["user_id"].is_null());
        let address = event["context"]["ip"].as_str().unwrap();
        assert_eq!(address.parse::<std::net::IpAddr>().unwrap().to_string(), address);
    }
    assert!(strangers > 0);
}

#[test]
fn the_shops_policy_has_a_rule_for_each_leaf() {
    let policy: toml::Table = String::from_utf8(committed("policy.toml")).unwrap().parse().unwrap();
    let rules = |dataset: &str| -> HashSet<String> {
        policy["datasets"][dataset]["columns"].as_table().unwrap().keys().cloned().collect()
    };
    let header = |name: &str| -> HashSet<String> {
        let text = String::from_utf8(committed(name)).unwrap();
        text.lines().next().unwrap().split(',').map(str::to_owned).collect()
    };
    assert_eq!(rules("users"), header("users.csv"));
    assert_eq!(rules("messages"), header("messages.csv"));
    let first = inflated(&committed("events.ndjson.gz"));
    let first: serde_json::Value = serde_json::Deserializer::from_slice(&first).into_iter().next().unwrap().unwrap();
    assert_eq!(rules("events"), leaves("", &first));
    assert_eq!(rules("orders").len(), 9);
}

fn leaves(path: &str, value: &serde_json::Value) -> HashSet<String> {
    match value {
        serde_json::Value::Object(fields) => {
            let dot = if path.is_empty() { "" } else { "." };
            fields.iter().flat_map(|(name, value)| leaves(&format!("{path}{dot}{name}"), value)).collect()
        }
        serde_json::Value::Array(items) => items.iter().flat_map(|item| leaves(&format!("{path}[]"), item)).collect(),
        _ => HashSet::from([path.to_owned()]),
    }
}
