//! Whole policies over real datasets: the same tokens on any number of threads, every cell restored with the key, and no
//! protected cell anywhere in what is published.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;
mod proof;

use std::collections::{BTreeMap, HashMap, HashSet};

use arrow_array::{Array, cast::AsArray};
use common::real_data;
use proof::{Proof, texts};

#[test]
fn movielens_joins_on_tokens_as_it_did_on_ids() {
    let Some(data) = real_data("movielens_joins_on_tokens_as_it_did_on_ids") else { return };
    let proof = Proof::of(&format!(
        r#"
policy = "movielens"
version = 1
purpose = "train a recommender"
keyset = "movielens"

[datasets.users]
source = "{0}/movielens-100k/ml-100k.user"
read = {{ format = "csv", delimiter = "\t", types = {{ "user_id:token" = "int64" }} }}
[datasets.users.columns]
"user_id:token"    = {{ tokenize = "integer", domain = "user" }}
"age:token"        = {{ coarsen = "step", step = 10 }}
"gender:token"     = "keep"
"occupation:token" = "keep"
"zip_code:token"   = {{ coarsen = "zip3", on_misfit = "null" }}

[datasets.ratings]
source = "{0}/movielens-100k/ml-100k.inter"
read = {{ format = "csv", delimiter = "\t", types = {{ "user_id:token" = "int64" }} }}
[datasets.ratings.columns]
"user_id:token"   = {{ tokenize = "integer", domain = "user" }}
"item_id:token"   = "keep"
"rating:float"    = "keep"
"timestamp:float" = "keep"
"#,
        data.display()
    ));
    let raw_users = proof.raw("users", "user_id:token");
    let raw_ratings = proof.raw("ratings", "user_id:token");
    let users = proof.output("users", "user_id:token");
    let ratings = proof.output("ratings", "user_id:token");
    assert_eq!((users.len(), ratings.len()), (943, 100_000));
    assert_eq!(join(&users, &ratings), join(&raw_users, &raw_ratings));
    assert_eq!(join(&users, &ratings).0, 100_000);
    proof.holds();
}

/// Rows of the join, and how often each number of ratings for one user occurs.
fn join(users: &[Option<String>], ratings: &[Option<String>]) -> (usize, BTreeMap<usize, usize>) {
    let mut counts: HashMap<&str, usize> = users.iter().flatten().map(|id| (id.as_str(), 0)).collect();
    let mut rows = 0;
    for id in ratings.iter().flatten() {
        if let Some(count) = counts.get_mut(id.as_str()) {
            *count += 1;
            rows += 1;
        }
    }
    let mut cardinalities = BTreeMap::new();
    for count in counts.values() {
        *cardinalities.entry(*count).or_default() += 1;
    }
    (rows, cardinalities)
}

#[test]
fn card_numbers_become_card_numbers() {
    let Some(data) = real_data("card_numbers_become_card_numbers") else { return };
    let proof = Proof::of(&format!(
        r#"
policy = "cards"
version = 1
purpose = "train a fraud model"
keyset = "cards"

[datasets.transactions]
source = "{0}/card-transactions/fraudTest_head.csv"
[datasets.transactions.columns]
"" = "drop"
trans_date_trans_time = {{ coarsen = "hour" }}
cc_num     = {{ tokenize = "pan", domain = "card" }}
merchant   = "keep"
category   = "keep"
amt        = "keep"
first      = {{ seal = {{}} }}
last       = {{ pseudonym = "hex" }}
gender     = "keep"
street     = "drop"
city       = "drop"
state      = "keep"
zip        = {{ coarsen = "zip3", on_misfit = "null" }}
lat        = "drop"
long       = "drop"
city_pop   = {{ coarsen = "bins", bins = [1000, 10000, 100000, 1000000] }}
job        = "keep"
dob        = {{ coarsen = "year" }}
trans_num  = {{ tokenize = "alphanumeric" }}
unix_time  = "drop"
merch_lat  = "drop"
merch_long = "drop"
is_fraud   = "keep"
"#,
        data.display()
    ));
    let raw = proof.raw("transactions", "cc_num");
    let tokens = proof.output("transactions", "cc_num");
    let distinct: HashSet<&String> = tokens.iter().flatten().collect();
    assert_eq!(raw.iter().flatten().collect::<HashSet<_>>().len(), 879);
    assert_eq!(distinct.len(), 879);
    for (cell, token) in raw.iter().flatten().zip(tokens.iter().flatten()) {
        assert_eq!(cell.len(), token.len());
        assert!(luhn(token));
    }
    proof.holds();
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0') * if index % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[test]
fn patients_and_their_conditions_join_by_uuid() {
    let Some(data) = real_data("patients_and_their_conditions_join_by_uuid") else { return };
    let proof = Proof::of(&format!(
        r#"
policy = "clinic"
version = 1
purpose = "train a triage model"
keyset = "clinic"

[datasets.patients]
source = "{0}/synthea-csv/patients.csv"
read = {{ types = {{ BIRTHDATE = "date", DEATHDATE = "date" }} }}
[datasets.patients.columns]
Id         = {{ tokenize = "uuid", domain = "patient" }}
BIRTHDATE  = {{ tokenize = "date", domain = "date" }}
DEATHDATE  = {{ tokenize = "date", domain = "date" }}
SSN        = {{ tokenize = "us-ssn" }}
DRIVERS    = {{ tokenize = "alphanumeric" }}
PASSPORT   = {{ tokenize = "alphanumeric", on_misfit = "seal" }}
PREFIX     = "drop"
FIRST      = {{ seal = {{}} }}
LAST       = {{ seal = {{}} }}
SUFFIX     = "drop"
MAIDEN     = {{ pseudonym = "base32" }}
MARITAL    = "keep"
RACE       = "keep"
ETHNICITY  = "keep"
GENDER     = "keep"
BIRTHPLACE = "drop"
ADDRESS    = {{ pseudonym = "uuid" }}
CITY       = "drop"
STATE      = "keep"
COUNTY     = "drop"
ZIP        = {{ coarsen = "zip3" }}
LAT        = "drop"
LON        = "drop"
HEALTHCARE_EXPENSES = {{ coarsen = "step", step = 10000 }}
HEALTHCARE_COVERAGE = {{ coarsen = "step", step = 1000 }}

[datasets.conditions]
source = "{0}/synthea-csv/conditions.csv"
read = {{ types = {{ START = "date", STOP = "date" }} }}
[datasets.conditions.columns]
START       = {{ tokenize = "date", domain = "date" }}
STOP        = {{ tokenize = "date", domain = "date" }}
PATIENT     = {{ tokenize = "uuid", domain = "patient" }}
ENCOUNTER   = {{ tokenize = "uuid", domain = "encounter" }}
CODE        = "keep"
DESCRIPTION = "keep"
"#,
        data.display()
    ));
    let raw = join(&proof.raw("patients", "Id"), &proof.raw("conditions", "PATIENT"));
    let tokens = join(&proof.output("patients", "Id"), &proof.output("conditions", "PATIENT"));
    assert_eq!(raw, tokens);
    assert_eq!(tokens.0, 8_376);
    for (cell, token) in proof.raw("patients", "SSN").iter().zip(proof.output("patients", "SSN")) {
        let (cell, token) = (cell.as_ref().unwrap(), token.unwrap());
        assert_eq!(token.len(), 11);
        assert_eq!((&token[3..4], &token[6..7]), ("-", "-"));
        assert_eq!(token.starts_with('9'), cell.starts_with('9'), "numbers that are never issued stay so");
    }
    proof.holds();
}

#[test]
fn a_shop_has_the_same_tokens_as_305_files_and_as_one() {
    let Some(data) = real_data("a_shop_has_the_same_tokens_as_305_files_and_as_one") else { return };
    let columns = r#"
InvoiceNo   = { tokenize = "alphanumeric", domain = "invoice", on_misfit = "seal" }
StockCode   = "keep"
Description = "keep"
Quantity    = "keep"
InvoiceDate = { coarsen = "month" }
UnitPrice   = "keep"
CustomerID  = { tokenize = "integer", domain = "customer" }
Country     = "keep"
"#;
    let proof = Proof::of(&format!(
        r#"
policy = "retail"
version = 1
purpose = "train a basket model"
keyset = "retail"

[datasets.days]
source = "{0}/online-retail/by-day/*.csv"
read = {{ types = {{ StockCode = "text", UnitPrice = "float64", CustomerID = "int64", InvoiceDate = "timestamp" }} }}
[datasets.days.columns]
{columns}
[datasets.whole]
source = "{0}/online-retail/online_retail.parquet"
[datasets.whole.columns]
{columns}
"#,
        data.display()
    ));
    for column in ["InvoiceNo", "CustomerID", "StockCode", "Quantity"] {
        let (days, whole) = (proof.output("days", column), proof.output("whole", column));
        assert_eq!(days.len(), 541_909);
        assert!(days == whole, "{column} differs between the two");
    }
    assert_eq!(proof.output("days", "CustomerID").iter().filter(|cell| cell.is_none()).count(), 135_080);
    proof.holds();
}

#[test]
fn names_among_addresses_are_sealed() {
    let Some(data) = real_data("names_among_addresses_are_sealed") else { return };
    let proof = Proof::of(&format!(
        r#"
policy = "wiki"
version = 1
purpose = "train a vandalism model"
keyset = "wiki"

[datasets.edits]
source = "{0}/wikipedia-edits/wikiticker-2015-09-12-sampled.json.gz"
read = {{ format = "ndjson", compression = "gzip" }}
[datasets.edits.columns]
time           = "keep"
channel        = "keep"
cityName       = "drop"
comment        = {{ seal = {{}} }}
countryIsoCode = "keep"
countryName    = "drop"
isAnonymous    = "keep"
isMinor        = "keep"
isNew          = "keep"
isRobot        = "keep"
isUnpatrolled  = "keep"
metroCode      = "drop"
namespace      = "drop"
page           = {{ seal = {{}} }}
regionIsoCode  = "keep"
regionName     = "drop"
user           = {{ tokenize = "ip", on_misfit = "seal" }}
delta          = "keep"
added          = "keep"
deleted        = "keep"
"#,
        data.display()
    ));
    let (_, batches) = common::read_output(&proof.dataset("edits"));
    let mut kinds = [0_usize; 3];
    let raw = proof.raw("edits", "user");
    let mut rows = raw.iter().flatten();
    for batch in &batches {
        for token in texts(batch.column_by_name("user").unwrap()).into_iter().flatten() {
            let cell = rows.next().unwrap();
            let parsed = token.parse::<std::net::IpAddr>();
            match (cell.parse::<std::net::IpAddr>(), parsed) {
                (Ok(std::net::IpAddr::V4(_)), Ok(std::net::IpAddr::V4(_))) => kinds[0] += 1,
                (Ok(std::net::IpAddr::V6(_)), Ok(std::net::IpAddr::V6(_))) => kinds[1] += 1,
                _ => {
                    assert!(token.starts_with("cfs1_"));
                    kinds[2] += 1;
                }
            }
        }
        assert!(batch.column_by_name("comment").unwrap().as_string_opt::<i32>().is_some_and(|c| c.null_count() == 0));
    }
    assert_eq!(kinds.iter().sum::<usize>(), 39_244);
    assert!(kinds[0] == 3_800 && kinds[1] > 200, "{kinds:?}");
    assert_eq!(proof.misfits("edits", "user"), kinds[2] as u64);
    proof.holds();
}
