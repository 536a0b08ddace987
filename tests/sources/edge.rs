//! Collections of edge cases: nothing panics, and what is read is what their authors meant.

use super::*;

fn expected(path: &Path) -> Vec<Vec<String>> {
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let row = |row: &serde_json::Value| match row {
        serde_json::Value::Array(cells) => cells.iter().map(text).collect(),
        serde_json::Value::Object(cells) => cells.values().map(text).collect(),
        _ => panic!(),
    };
    json.as_array().unwrap().iter().map(row).collect()
}

/// All cells as text, an empty one as such.
fn rows_of(read: &Read) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for batch in &read.batches {
        let columns: Vec<Vec<Option<String>>> = batch.columns().iter().map(texts).collect();
        for row in 0..batch.num_rows() {
            rows.push(columns.iter().map(|column| column[row].clone().unwrap_or_default()).collect());
        }
    }
    rows
}

fn sorted(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    rows.iter_mut().for_each(|row| row.sort());
    rows
}

#[test]
fn csv_spectrum_means_what_its_json_says() {
    let Some(data) = data("csv-spectrum") else { return };
    let base = data.join("edge-cases/csv-spectrum");
    for entry in fs::read_dir(base.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let header = fs::read_to_string(&path).unwrap().lines().next().unwrap().to_owned();
        let columns: Vec<&str> = header.split(',').collect();
        let mut options = all_text(&columns);
        if stem == "location_coordinates" {
            // A quote within a cell that is not quoted: refused, and read where quotes are said to mean nothing.
            let refused = read(&base, &format!("csvs/{stem}.csv"), options.clone());
            assert_eq!(code(&refused.err().unwrap()), "source::quote");
            options.quote = None;
            // Its JSON is of another row.
            assert_eq!(read(&base, &format!("csvs/{stem}.csv"), options).unwrap().rows(), 1);
            continue;
        }
        let read = read(&base, &format!("csvs/{stem}.csv"), options).unwrap();
        // The order of an object's fields is not kept by every JSON reader: cells are compared as sets.
        let expected = sorted(expected(&base.join(format!("json/{stem}.json"))));
        assert_eq!(sorted(rows_of(&read)), expected, "{stem}");
    }
}

#[test]
fn csv_test_data_is_read_when_good_and_refused_when_bad() {
    let Some(data) = data("csv-test-data") else { return };
    let base = data.join("edge-cases/csv-test-data");
    let mut refusals = BTreeMap::new();
    for entry in fs::read_dir(base.join("csv")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let bad = stem.starts_with("bad-");
        let options = ReadOptions { header: bad, ..plain() };
        let json = base.join(format!("json/{stem}.json"));
        match read(&base, &format!("csv/{stem}.csv"), options) {
            Ok(read) if json.exists() && stem != "header-no-rows" && stem != "header-simple" => {
                assert_eq!(rows_of(&read), expected(&json), "{stem}");
            }
            Ok(_) => {}
            Err(error) => {
                refusals.insert(stem, code(&error));
            }
        }
    }
    let refusals: Vec<_> = refusals.iter().map(|(stem, code)| (stem.as_str(), code.as_str())).collect();
    assert_eq!(
        refusals,
        [
            ("all-empty", "source::empty"),
            ("bad-header-less-fields", "source::ragged"),
            ("bad-header-more-fields", "source::ragged"),
            ("bad-header-no-header", "source::empty"),
            ("bad-missing-quote", "source::quote"),
            ("bad-quotes-with-unescaped-quote", "source::quote"),
            ("bad-unescaped-quote", "source::quote"),
        ]
    );
}

#[test]
fn no_json_document_panics_and_the_strict_ones_agree() {
    let Some(data) = data("JSONTestSuite") else { return };
    let base = data.join("edge-cases/JSONTestSuite/test_parsing");
    for entry in fs::read_dir(&base).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // Each case becomes the cell of a line, as far as it is one line.
        let case = fs::read(&path).unwrap();
        let line = [b"{\"a\":".as_slice(), &case, b"}\n"].concat();
        let folder = folder(&[("whole.ndjson", &case), ("cell.ndjson", &line)]);
        let whole = read(folder.path(), "whole.ndjson", plain());
        let cell = read(folder.path(), "cell.ndjson", plain());
        let one_line = !case.contains(&b'\n');
        if name.starts_with("n_") && name != "n_structure_whitespace_formfeed.json" {
            assert!(whole.is_err(), "{name}");
        }
        if name.starts_with("y_") && one_line {
            match cell {
                Ok(read) => assert_eq!(read.rows(), 1, "{name}"),
                Err(error) => {
                    let known = name.contains("duplicated_key") || code(&error) == "source::mixed_json";
                    assert!(known, "{name}: {}", rendered(&error));
                }
            }
        }
    }
}

/// What the yardstick says of each file: rows where it was read.
fn yardstick(data: &Path) -> Vec<(String, Option<usize>)> {
    let read = read(data, "edge-cases/parquet-testing/reference_read.csv", plain()).unwrap();
    let columns = [read.column("file"), read.column("pyarrow"), read.column("rows")];
    (0..read.rows())
        .map(|row| {
            let good = columns[1][row].as_deref() == Some("ok");
            let rows = columns[2][row].as_ref().map(|rows| rows.parse::<f64>().unwrap() as usize);
            (columns[0][row].clone().unwrap(), rows.filter(|_| good))
        })
        .collect()
}

#[test]
fn no_parquet_file_panics_and_most_read_as_pyarrow_reads_them() {
    let Some(data) = data("parquet-testing") else { return };
    let base = data.join("edge-cases/parquet-testing");
    let options = ReadOptions { format: Some(FileFormat::Parquet), ..plain() };
    let mut stderr = std::io::stderr();
    let (mut agree, mut differ) = (0, Vec::new());
    for (file, expected) in yardstick(&data) {
        let outcome = read(&base, &file, options.clone());
        match (&outcome, expected) {
            (Ok(read), Some(rows)) if read.rows() == rows => agree += 1,
            (Err(_), None) => agree += 1,
            (Ok(read), expected) => differ.push(format!("{file}: read {} rows, expected {expected:?}", read.rows())),
            (Err(error), Some(rows)) => differ.push(format!("{file}: {}, expected {rows} rows", code(error))),
        }
    }
    writeln!(stderr, "parquet-testing: {agree} as pyarrow, {} not:\n  {}", differ.len(), differ.join("\n  ")).unwrap();
    assert!(agree >= 190, "{agree}");
}
