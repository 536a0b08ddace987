//! Bad input: each case has its own diagnostic, with help, and never a cell in it.

use std::os::unix::fs::PermissionsExt;

use super::*;

/// What stands in cells here, and in no error.
const CANARY: &str = "canary-7c1f";

/// Reads something bad and returns the error's code, after looking at its words.
fn refused(files: &[(&str, &[u8])], location: &str, options: ReadOptions) -> String {
    let folder = folder(files);
    let error = read(folder.path(), location, options).err().unwrap();
    let words = rendered(&error);
    assert!(!words.contains(CANARY), "{words}");
    assert!(miette::Diagnostic::help(&error).is_some(), "{words}");
    code(&error)
}

#[test]
fn files_that_are_not_there_or_not_files() {
    assert_eq!(refused(&[], "gone.csv", plain()), "source::io");
    assert_eq!(refused(&[], "gone/*.csv", plain()), "source::no_files");
    assert_eq!(refused(&[("in/x", b"1")], "in", plain()), "source::unknown_format");
    assert_eq!(refused(&[("a.csv", b"")], "a.csv", plain()), "source::empty");
    assert_eq!(refused(&[("a.csv", b"\n\n")], "a.csv", plain()), "source::empty");
    assert_eq!(refused(&[("a.csv.gz", &gzip(b""))], "a.csv.gz", plain()), "source::empty");
    assert_eq!(refused(&[("a.ndjson", b" \n")], "a.ndjson", plain()), "source::empty");
    assert_eq!(refused(&[("a.parquet", b"")], "a.parquet", plain()), "source::empty");
    assert_eq!(refused(&[("a.arrow", b"")], "a.arrow", plain()), "source::empty");
    assert_eq!(refused(&[("a.csv", b"x\n1\n")], "https://host/a.csv", plain()), "source::unsupported_location");
}

#[test]
fn a_file_that_may_not_be_read() {
    let folder = folder(&[("a.csv", b"x\n1\n")]);
    let path = folder.path().join("a.csv");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        return; // The administrator may read everything.
    }
    assert_eq!(code(&read(folder.path(), "a.csv", plain()).err().unwrap()), "source::io");
}

#[test]
fn a_header_without_rows_is_a_dataset_without_rows() {
    let folder = folder(&[("a.csv", b"x,y\n")]);
    let read = read(folder.path(), "a.csv", plain()).unwrap();
    assert_eq!((read.rows(), read.schema.fields().len()), (0, 2));
    assert_eq!(read.data_type("x"), DataType::Utf8);
}

#[test]
fn rows_that_are_no_rows() {
    let ragged = format!("a,b\n1,2\n\n\"x\ny\",{CANARY},3\n");
    let folder = folder(&[("a.csv", ragged.as_bytes())]);
    let error = read(folder.path(), "a.csv", plain()).err().unwrap();
    let SourceError::Ragged { expected: 2, found: 3, line: 4, row: 1, .. } = error else { panic!("{error:?}") };
    for (text, expected) in [
        (format!("a,b\n{CANARY}\n"), "source::ragged"),
        (format!("a,b\n1,\"{CANARY}\n"), "source::quote"),
        (format!("a,b\n1,\"{CANARY}\"x\n"), "source::quote"),
        (format!("a,b\n1,{CANARY}\"\n"), "source::quote"),
        (format!("a,a\n1,{CANARY}\n"), "source::duplicate_column"),
    ] {
        assert_eq!(refused(&[("a.csv", text.as_bytes())], "a.csv", plain()), expected, "{text}");
    }
}

#[test]
fn a_late_cell_of_another_type_is_found_where_it_stands() {
    let mut text = String::from("id,n\n");
    for row in 0..600_000 {
        text.push_str(&format!("{row},{row}\n"));
    }
    text.push_str(&format!("600000,{CANARY}\n"));
    let folder = folder(&[("a.csv", text.as_bytes())]);
    let error = read(folder.path(), "a.csv", plain()).err().unwrap();
    assert!(!rendered(&error).contains(CANARY));
    let SourceError::Retyped { column, line: 600_002, row: 600_000, type_name, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!((column.as_str(), type_name.as_str()), ("n", "int64"));
    for cell in [" 7", "007", "7.5", "7.", "7.00x", "99999999999999999999"] {
        let text = format!("n\n1\n{cell}\n");
        let told = typed(&[("n", ColumnType::Int64)]);
        assert_eq!(refused(&[("a.csv", text.as_bytes())], "a.csv", told), "source::retyped", "{cell}");
    }
}

#[test]
fn text_that_is_not_in_its_encoding() {
    let mut text = b"name\nAnn\nJos".to_vec();
    text.extend(b"\xe9\n");
    assert_eq!(refused(&[("a.csv", &text)], "a.csv", plain()), "source::malformed_text");
    assert_eq!(refused(&[("a.ndjson", b"{\"a\":\"\xff\"}\n")], "a.ndjson", plain()), "source::malformed_text");
    let folder = folder(&[("a.csv", &text)]);
    let error = read(folder.path(), "a.csv", plain()).err().unwrap();
    let SourceError::MalformedText { offset: 12, .. } = error else { panic!("{error:?}") };
    let unknown = ReadOptions { encoding: Some("klingon".to_owned()), ..plain() };
    assert_eq!(refused(&[("a.csv", b"x\n")], "a.csv", unknown), "source::bad_options");
    let wide = typed(&[("x", ColumnType::Decimal { precision: 39, scale: 2 })]);
    assert_eq!(refused(&[("a.csv", b"x\n")], "a.csv", wide), "source::bad_options");
    let wrong = ReadOptions { encoding: Some("shift_jis".to_owned()), ..plain() };
    assert_eq!(refused(&[("a.csv", b"x\n\x81")], "a.csv", wrong), "source::malformed_text");
}

#[test]
fn gzip_that_is_cut_or_damaged() {
    let text: String = (0..50_000).map(|row| format!("{row},{}\n", row * 7919 % 10_007)).collect();
    let whole = gzip(format!("a,b\n{text}").as_bytes());
    let cut = &whole[..whole.len() / 2];
    assert_eq!(refused(&[("a.csv.gz", cut)], "a.csv.gz", plain()), "source::truncated_gzip");
    let short = &whole[..whole.len() - 4];
    assert_eq!(refused(&[("a.csv.gz", short)], "a.csv.gz", plain()), "source::truncated_gzip");
    let mut flipped = whole.clone();
    let checksum = flipped.len() - 6;
    flipped[checksum] ^= 0x55;
    assert_eq!(refused(&[("a.csv.gz", &flipped)], "a.csv.gz", plain()), "source::corrupt_gzip");
    assert_eq!(
        refused(&[("a.csv.gz", b"this is text and no gzip stream\n")], "a.csv.gz", plain()),
        "source::corrupt_gzip"
    );
}

#[test]
fn json_that_is_no_row() {
    for (lines, expected) in [
        (format!("{{\"a\":\"{CANARY}\"}}\n{{\"a\":"), "source::malformed_json"),
        (format!("{{\"a\":\"{CANARY}\"}} x\n"), "source::malformed_json"),
        (format!("[\"{CANARY}\"]\n"), "source::not_an_object"),
        ("7\n".to_owned(), "source::not_an_object"),
        (format!("{{\"a\":1,\"a\":\"{CANARY}\"}}\n"), "source::duplicate_field"),
    ] {
        assert_eq!(refused(&[("a.ndjson", lines.as_bytes())], "a.ndjson", plain()), expected, "{lines}");
    }
}

#[test]
fn json_that_changes_behind_the_probe() {
    let mut lines = String::new();
    for row in 0..140_000 {
        lines.push_str(&format!("{{\"n\":{row},\"s\":{{\"t\":[1]}}}}\n"));
    }
    for (last, expected) in [
        (format!("{{\"n\":1,\"s\":{{\"u\":\"{CANARY}\"}}}}\n"), "source::unknown_field"),
        (format!("{{\"n\":\"{CANARY}\"}}\n"), "source::retyped"),
        (format!("{{\"n\":1,\"s\":{{\"t\":[1,\"{CANARY}\"]}}}}\n"), "source::retyped"),
        (format!("{{\"n\":1,\"s\":\"{CANARY}\"}}\n"), "source::retyped"),
        (format!("{{\"n\":[\"{CANARY}\"]}}\n"), "source::retyped"),
        (format!("\"{CANARY}\"\n"), "source::not_an_object"),
        (format!("{{\"n\":1,\"{CANARY}\n"), "source::malformed_json"),
    ] {
        let text = format!("{lines}{last}");
        let folder = folder(&[("a.ndjson", text.as_bytes())]);
        let error = read(folder.path(), "a.ndjson", plain()).err().unwrap();
        assert_eq!(code(&error), expected, "{last}");
        let words = rendered(&error);
        assert!(!words.contains(CANARY) && words.contains("140001") && words.contains("140000"), "{words}");
    }
}

#[test]
fn json_fields_that_mix_values_and_structures() {
    for (first, second, field) in [
        (format!("{{\"a\":\"{CANARY}\"}}"), format!("{{\"a\":[\"{CANARY}\"]}}"), "a"),
        (format!("{{\"a\":[{{\"b\":\"{CANARY}\"}}]}}"), "{\"a\":[{\"b\":{}}]}".to_owned(), "a[].b"),
        ("{\"a\":{\"b\":[]}}".to_owned(), "{\"a\":{\"b\":{}}}".to_owned(), "a.b"),
        ("{\"a\":{}}".to_owned(), "{\"a\":1}".to_owned(), "a"),
    ] {
        let one = format!("{first}\n{second}\n");
        let folder = folder(&[
            ("a.ndjson", one.as_bytes()),
            ("in/a.ndjson", first.as_bytes()),
            ("in/b.ndjson", second.as_bytes()),
        ]);
        for (location, place) in [("a.ndjson", "`a.ndjson`, line 2:"), ("in", "`b.ndjson`, line 1:")] {
            let error = read(folder.path(), location, all_text(&["a"])).err().unwrap();
            let words = rendered(&error);
            assert_eq!(code(&error), "source::mixed_json", "{words}");
            assert!(
                words.contains(place) && words.contains(&format!("`{field}`")) && !words.contains(CANARY),
                "{words}"
            );
            assert_eq!(read(folder.path(), location, typed(&[(field, ColumnType::Text)])).unwrap().rows(), 2);
            let told = read(folder.path(), location, typed(&[(field, ColumnType::Int64)]));
            assert_eq!(code(&told.err().unwrap()), "source::mixed_json");
        }
    }
    let late = "{\"a\":{}}\n".repeat(128_000) + "{\"a\":\"x\"}\n";
    assert_eq!(refused(&[("a.ndjson", late.as_bytes())], "a.ndjson", plain()), "source::retyped");
}

#[test]
fn parquet_and_ipc_that_are_cut_or_damaged() {
    let column: ArrayRef =
        Arc::new(arrow_array::StringArray::from_iter_values((0..5_000).map(|row| format!("{CANARY}{row}"))));
    let batch = RecordBatch::try_from_iter([("a", column)]).unwrap();
    let mut parquet = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut parquet, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut ipc = Vec::new();
    let mut writer = arrow_ipc::writer::FileWriter::try_new(&mut ipc, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    for (name, whole) in [("a.parquet", &parquet), ("a.arrow", &ipc)] {
        for length in [1, 5, 11, whole.len() / 2, whole.len() - 1] {
            assert_eq!(refused(&[(name, &whole[..length])], name, plain()), "source::corrupt", "{name} {length}");
        }
    }
    // No flipped byte may panic, and none may pass a wrong schema on in silence.
    for at in (0..parquet.len()).step_by(97) {
        let mut flipped = parquet.clone();
        flipped[at] ^= 0xff;
        let folder = folder(&[("a.parquet", &flipped)]);
        let _ = read(folder.path(), "a.parquet", plain());
    }
    for at in (0..ipc.len()).step_by(97) {
        let mut flipped = ipc.clone();
        flipped[at] ^= 0xff;
        let folder = folder(&[("a.arrow", &flipped)]);
        let _ = read(folder.path(), "a.arrow", plain());
    }
}

#[test]
fn files_that_disagree() {
    let first: (&str, &[u8]) = ("a.csv", b"x,y\n1,2\n");
    for (second, expected) in [
        (&b"x\n1\n"[..], "source::missing_column"),
        (b"x,y,z\n1,2,3\n", "source::unknown_column"),
        (b"y,x\n1,2\n", "source::order"),
    ] {
        assert_eq!(refused(&[first, ("b.csv", second)], "*.csv", plain()), expected);
    }
    let files: [(&str, &[u8]); 2] = [("in/p=1/a.csv", b"x\n1\n"), ("in/a.csv", b"x\n1\n")];
    assert_eq!(refused(&files, "in", plain()), "source::partitions");
    assert_eq!(refused(&[("in/x=1/a.csv", b"x\n1\n")], "in", plain()), "source::partitions");
    assert_eq!(refused(&[first], "a.csv", typed(&[("zip", ColumnType::Text)])), "source::unknown_typed_column");
}

#[test]
fn a_file_without_a_header_does_not_show_its_first_row() {
    let first = format!("1,{CANARY}\n2,x\n");
    for (second, expected) in [
        (format!("3,{CANARY}-b\n"), "source::missing_column"),
        (format!("1,{CANARY},{CANARY}-c\n"), "source::unknown_column"),
        (format!("{CANARY},1\n"), "source::order"),
        (format!("1,{CANARY},{CANARY}\n"), "source::order"),
    ] {
        let files: [(&str, &[u8]); 2] = [("a.csv", first.as_bytes()), ("b.csv", second.as_bytes())];
        assert_eq!(refused(&files, "*.csv", plain()), expected, "{second}");
    }
    let twice = format!("{CANARY},1,{CANARY}\n");
    assert_eq!(refused(&[("a.csv", twice.as_bytes())], "a.csv", plain()), "source::duplicate_column");
    let folder = folder(&[("a.csv", b"id,zip\n1,2\n"), ("b.csv", b"id\n1\n")]);
    let words = rendered(&read(folder.path(), "*.csv", all_text(&["zip"])).err().unwrap());
    assert!(words.contains("lacks the column `zip` of the other files"), "{words}");
}

#[test]
fn options_that_the_format_has_no_use_for() {
    let ndjson: (&str, &[u8]) = ("a.ndjson", b"{\"x\":1}\n");
    for options in [
        ReadOptions { delimiter: Some(b';'), ..plain() },
        ReadOptions { header: false, ..plain() },
        ReadOptions { names: Some(vec!["x".to_owned()]), ..plain() },
        ReadOptions { null_values: vec![String::new(), "NA".to_owned()], ..plain() },
        ReadOptions { quote: None, ..plain() },
    ] {
        assert_eq!(refused(&[ndjson], "a.ndjson", options.clone()), "source::bad_options", "{options:?}");
        assert_eq!(refused(&[("a.parquet", b"x")], "a.parquet", options), "source::bad_options");
    }
    let encoding = ReadOptions { encoding: Some("utf-8".to_owned()), ..plain() };
    assert_eq!(refused(&[("a.arrow", b"x")], "a.arrow", encoding.clone()), "source::bad_options");
    assert_eq!(read(folder(&[ndjson]).path(), "a.ndjson", encoding).unwrap().rows(), 1);
}

#[test]
fn a_file_that_changes_gives_no_receipt() {
    let folder = folder(&[("a.csv", b"x\n1\n"), ("b.csv", b"x\n2\n")]);
    let spec = spec(folder.path(), "*.csv", plain());
    let early = open(&spec).unwrap();
    assert_eq!(code(&early.finish().unwrap_err()), "source::unfinished");
    let mut source = open(&spec).unwrap();
    while source.next_batch().unwrap().is_some() {}
    fs::write(folder.path().join("b.csv"), "x\n2\n3\n").unwrap();
    assert_eq!(code(&source.finish().unwrap_err()), "source::changed");
}

#[test]
fn a_row_without_end_is_refused() {
    let mut text = b"a,b\n1,\"".to_vec();
    text.extend(std::iter::repeat_n(b"x\n", 40 << 20).flatten());
    assert_eq!(refused(&[("a.csv", &text)], "a.csv", plain()), "source::too_large");
}
