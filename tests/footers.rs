//! What stands in a part file outside its pages: nothing of a protected column, and no word that the run did not choose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::{collections::BTreeMap, path::Path};

use common::{Bench, files_below};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaDataReader};

const SHOP: [&str; 5] = ["policy.toml", "users.csv", "orders.parquet", "events.ndjson.gz", "messages.csv"];

#[test]
fn a_protected_column_has_no_statistics_and_a_kept_one_has() {
    let bench = Bench::new();
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/shop");
    for name in SHOP {
        bench.write(name, std::fs::read(shop.join(name)).unwrap());
    }
    let run = bench.counterfoil(&["run", "policy.toml", "--init", "--json"]).expect(0);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let (mut protected, mut kept) = (0, 0);
    for dataset in report["datasets"].as_array().unwrap() {
        let name = dataset["name"].as_str().unwrap();
        let transforms: BTreeMap<&str, &str> = dataset["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|column| (column["column"].as_str().unwrap(), column["transform"].as_str().unwrap()))
            .collect();
        for part in files_below(&bench.join("out").join(name).join("data")) {
            let file = std::fs::File::open(part).unwrap();
            let metadata = ParquetMetaDataReader::new()
                .with_page_index_policy(PageIndexPolicy::Optional)
                .parse_and_finish(&file)
                .unwrap();
            let words: Vec<&str> =
                metadata.file_metadata().key_value_metadata().unwrap().iter().map(|pair| pair.key.as_str()).collect();
            assert!(words.iter().all(|word| word.starts_with("counterfoil.") || *word == "ARROW:schema"), "{words:?}");
            for chunk in metadata.row_groups().iter().flat_map(|group| group.columns()) {
                // A list's items stand one level deeper in Parquet than in a path of ours.
                let path = chunk.column_path().string().replace(".list.item", "[]").replace(".list.element", "[]");
                if transforms[path.as_str()] == "keep" {
                    assert!(chunk.statistics().is_some(), "{name}: {path}");
                    kept += 1;
                } else {
                    assert!(chunk.statistics().is_none(), "{name}: {path} has statistics");
                    assert!(chunk.bloom_filter_offset().is_none(), "{name}: {path} has a bloom filter");
                    assert!(chunk.column_index_offset().is_none(), "{name}: {path} has a column index");
                    assert!(chunk.unencoded_byte_array_data_bytes().is_none(), "{name}: {path} says its length");
                    protected += 1;
                }
            }
        }
    }
    assert!(protected > 15 && kept > 10, "{protected} protected, {kept} kept");
}
