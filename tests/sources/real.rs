//! Real files, whole.

use super::*;

#[test]
fn online_retail_reads_alike_from_305_csv_files_and_from_parquet() {
    let Some(data) = data("online retail") else { return };
    let csv = read(&data, "online-retail/by-day", plain()).unwrap();
    assert_eq!((csv.receipt.files().len(), csv.rows()), (305, 541_909));
    assert_eq!(csv.data_type("CustomerID"), DataType::Float64);
    assert_eq!(csv.data_type("InvoiceDate"), DataType::Timestamp(TimeUnit::Microsecond, None));
    assert_eq!(csv.data_type("StockCode"), DataType::Utf8);
    let parquet = read(&data, "online-retail/online_retail.parquet", plain()).unwrap();
    assert_eq!(parquet.rows(), 541_909);
    assert_eq!(csv.column("InvoiceNo"), parquet.column("InvoiceNo"));
    let nulls = |read: &Read| read.column("CustomerID").iter().filter(|cell| cell.is_none()).count();
    assert_eq!((nulls(&csv), nulls(&parquet)), (135_080, 135_080));
    let folder = read(&data, "online-retail", plain());
    assert_eq!(code(&folder.err().unwrap()), "source::mixed_formats");
}

#[test]
fn movielens_is_tab_separated_under_names_of_its_own() {
    let Some(data) = data("movielens") else { return };
    let unknown = read(&data, "movielens-100k/ml-100k.user", plain());
    assert_eq!(code(&unknown.err().unwrap()), "source::unknown_format");
    let options = ReadOptions { delimiter: Some(b'\t'), format: Some(FileFormat::Csv), ..plain() };
    let users = read(&data, "movielens-100k/ml-100k.user", options.clone()).unwrap();
    assert_eq!(users.rows(), 943);
    assert_eq!(users.data_type("user_id:token"), DataType::Int64);
    assert_eq!(users.data_type("zip_code:token"), DataType::Utf8);
    assert_eq!(users.column("zip_code:token")[7].as_deref(), Some("05201"));
    let ratings = read(&data, "movielens-100k/ml-100k.inter", options.clone()).unwrap();
    assert_eq!(ratings.rows(), 100_000);
    let items = ReadOptions { quote: None, ..options };
    assert_eq!(read(&data, "movielens-100k/ml-100k.item", items).unwrap().rows(), 1_682);
}

#[test]
fn card_transactions_have_a_column_without_a_name() {
    let Some(data) = data("card transactions") else { return };
    let read = read(&data, "card-transactions/fraudTest_head.csv", all_text(&["cc_num"])).unwrap();
    assert_eq!((read.rows(), read.schema.fields().len()), (5_116, 23));
    assert_eq!(read.schema.field(0).name(), "");
    let mut cards = read.column("cc_num");
    cards.sort();
    cards.dedup();
    assert_eq!(cards.len(), 879);
    assert_eq!(read.data_type("dob"), DataType::Date32);
}

#[test]
fn patients_keep_the_zeros_of_their_postcodes() {
    let Some(data) = data("synthea") else { return };
    let patients = read(&data, "synthea-csv/patients.csv", all_text(&["ZIP"])).unwrap();
    assert_eq!(patients.rows(), 1_171);
    assert_eq!(patients.data_type("LAT"), DataType::Float64);
    assert_eq!(patients.data_type("BIRTHDATE"), DataType::Date32);
    let zips: Vec<String> = patients.column("ZIP").into_iter().flatten().collect();
    assert!(zips.iter().any(|zip| zip.starts_with("0")) && zips.iter().all(|zip| zip.len() == 5));
    let untold = read(&data, "synthea-csv/patients.csv", plain()).unwrap();
    assert_eq!(untold.column("ZIP"), patients.column("ZIP"));
    for (name, rows) in [("conditions", 8_376), ("immunizations", 15_478), ("careplans", 3_483), ("providers", 5_855)] {
        assert_eq!(read(&data, &format!("synthea-csv/{name}.csv"), plain()).unwrap().rows(), rows, "{name}");
    }
}

#[test]
fn the_other_tables_read_whole() {
    let Some(data) = data("the other tables") else { return };
    let semicolons = ReadOptions { delimiter: Some(b';'), ..plain() };
    assert_eq!(read(&data, "adult-census/adult.csv", semicolons).unwrap().rows(), 30_162);
    // Its `host` is a number for 8,000 rows and a name then: told as text, it reads.
    let late = read(&data, "o365-audit/auditrecords.csv.gz", plain());
    assert_eq!(code(&late.err().unwrap()), "source::retyped");
    assert_eq!(read(&data, "o365-audit/auditrecords.csv.gz", all_text(&["host"])).unwrap().rows(), 9_611);
    for (location, rows, columns) in [
        ("vendor-reviews/anonreviews.csv.gz", 578_805, 4),
        ("slack-community/messages.csv", 4_684, 44),
        ("slack-community/users.csv", 2_505, 18),
        ("card-transactions/sd254_users.csv", 2_000, 18),
        ("card-transactions/sd254_cards.csv", 6_146, 13),
        ("card-transactions/User0_credit_card_transactions.csv", 19_963, 15),
        ("fake-customers/FakeNameGenerator.com_3000.csv", 3_000, 30),
        ("telco-churn/monthly-customer-payments.csv", 7_032, 21),
        ("titanic/titanic.csv", 1_309, 14),
        ("chinook/Track.csv", 3_503, 9),
    ] {
        let read = read(&data, location, plain()).unwrap_or_else(|error| panic!("{location}: {}", rendered(&error)));
        assert_eq!((read.rows(), read.schema.fields().len()), (rows, columns), "{location}");
    }
}

#[test]
fn wikipedia_edits_are_packed_ndjson() {
    let Some(data) = data("wikipedia edits") else { return };
    let read = read(&data, "wikipedia-edits/wikiticker-2015-09-12-sampled.json.gz", plain()).unwrap();
    assert_eq!((read.rows(), read.schema.fields().len()), (39_244, 20));
    assert_eq!(read.data_type("time"), DataType::Utf8);
    assert_eq!(read.data_type("added"), DataType::Int64);
    assert_eq!(read.data_type("isRobot"), DataType::Boolean);
}

#[test]
fn nested_events_keep_their_nesting() {
    let Some(data) = data("nested events") else { return };
    // A list in 6,572 events and a text in 90, and items that are texts or objects: refused, and kept as JSON text where it is said.
    let mixed = read(&data, "o365-audit/audit_events.ndjson.gz", plain()).err().unwrap();
    assert!(matches!(&mixed, SourceError::MixedJson { field, .. } if field == "Parameters"), "{mixed}");
    let told = typed(&[("Parameters", ColumnType::Text), ("ModifiedProperties[]", ColumnType::Text)]);
    let audit = read(&data, "o365-audit/audit_events.ndjson.gz", told).unwrap();
    assert_eq!(audit.rows(), 9_608);
    assert!(matches!(audit.data_type("ModifiedProperties"), DataType::List(_)));
    assert!(matches!(audit.data_type("Item"), DataType::Struct(_)));
    assert_eq!(audit.data_type("Parameters"), DataType::Utf8);
    assert!(audit.column("Parameters").iter().flatten().any(|cell| cell.starts_with("[{")));
    let github = read(&data, "github-events/gharchive-100.ndjson", plain()).unwrap();
    assert_eq!(github.rows(), 100);
    assert!(matches!(github.data_type("actor"), DataType::Struct(_)));
    assert_eq!(read(&data, "edge-cases/email/isemail.ndjson", plain()).unwrap().rows(), 164);
}
