//! Small files made here: types, nulls, partitions, encodings, forms of compression and of IPC.

use arrow_array::{Int32Array, Int64Array, StringArray, StructArray};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;

use super::*;

#[test]
fn a_probe_types_what_it_can_keep() {
    let csv = b"id,zip,amount,ok,day,at,utc,none,name\n\
        1,01013,2.5,true,2024-01-31,2024-01-31 10:00:00,2024-01-31T10:00:00Z,,Ann\n\
        2,90210,3,false,2024-02-29,2024-01-31T10:00:00.5,2024-01-31T10:00:00Z,,\n";
    let folder = folder(&[("a.csv", csv)]);
    let read = read(folder.path(), "a.csv", plain()).unwrap();
    let micros = |zone: Option<&str>| DataType::Timestamp(TimeUnit::Microsecond, zone.map(Into::into));
    for (name, data_type) in [
        ("id", DataType::Int64),
        ("zip", DataType::Utf8),
        ("amount", DataType::Float64),
        ("ok", DataType::Boolean),
        ("day", DataType::Date32),
        ("at", micros(None)),
        ("utc", micros(Some("UTC"))),
        ("none", DataType::Utf8),
        ("name", DataType::Utf8),
    ] {
        assert_eq!(read.data_type(name), data_type, "{name}");
    }
    assert_eq!(read.column("zip"), [Some("01013".to_owned()), Some("90210".to_owned())]);
    assert_eq!(read.column("name")[1], None);
    assert_eq!(read.column("day")[1].as_deref(), Some("2024-02-29"));
}

#[test]
fn told_types_and_text_columns_win_over_the_probe() {
    let folder = folder(&[("a.csv", b"id,n,price\n1,2,1.10\n3,4,20\n")]);
    let mut options = typed(&[("n", ColumnType::Int32), ("price", ColumnType::Decimal { precision: 9, scale: 2 })]);
    options.text_columns.insert("id".to_owned());
    let read = read(folder.path(), "a.csv", options).unwrap();
    assert_eq!(read.data_type("id"), DataType::Utf8);
    assert_eq!(read.data_type("n"), DataType::Int32);
    assert_eq!(read.data_type("price"), DataType::Decimal128(9, 2));
    assert_eq!(read.column("price")[0].as_deref(), Some("1.10"));
}

#[test]
fn nulls_are_what_the_options_say() {
    let csv = b"a,b\nNA,\n\"\",\"NA\"\nx,1\n";
    let folder = folder(&[("a.csv", csv)]);
    let as_default = read(folder.path(), "a.csv", all_text(&["b"])).unwrap();
    assert_eq!(as_default.column("a"), [Some("NA".to_owned()), None, Some("x".to_owned())]);
    let options = ReadOptions { null_values: vec!["NA".to_owned()], ..plain() };
    let with_na = read(folder.path(), "a.csv", options).unwrap();
    assert_eq!(with_na.column("a"), [None, Some(String::new()), Some("x".to_owned())]);
    assert_eq!(with_na.data_type("b"), DataType::Int64);
    assert_eq!(with_na.column("b"), [None, None, Some("1".to_owned())]);
}

#[test]
fn files_without_a_header_take_names() {
    let folder = folder(&[("a.csv", b"1|x\n2|y\n"), ("b.csv", b"3|z\n")]);
    let options = ReadOptions { delimiter: Some(b'|'), header: false, ..plain() };
    let numbered = read(folder.path(), "*.csv", options.clone()).unwrap();
    assert_eq!(numbered.column("column_2"), ["x", "y", "z"].map(|cell| Some(cell.to_owned())));
    let options = ReadOptions { names: Some(vec!["id".to_owned(), "letter".to_owned()]), ..options };
    let named = read(folder.path(), "*.csv", options).unwrap();
    assert_eq!(named.column("id"), ["1", "2", "3"].map(|cell| Some(cell.to_owned())));
    assert_eq!(named.receipt.files().iter().map(|file| file.rows()).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn partitions_are_columns_after_the_files_own() {
    let folder = folder(&[
        ("in/day=2024-01-01/city=S%C3%A3o/a.csv", b"x\n1\n2\n"),
        ("in/day=2024-01-02/city=__HIVE_DEFAULT_PARTITION__/b.csv", b"x\n3\n"),
        ("in/_SUCCESS", b""),
    ]);
    let as_text = read(folder.path(), "in", plain()).unwrap();
    assert_eq!(
        as_text.schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>(),
        ["x", "day", "city"]
    );
    assert_eq!(as_text.column("city"), [Some("São".to_owned()), Some("São".to_owned()), None]);
    assert_eq!(as_text.data_type("day"), DataType::Utf8);
    let dated = read(folder.path(), "in/**/*.csv", typed(&[("day", ColumnType::Date)])).unwrap();
    assert_eq!(dated.data_type("day"), DataType::Date32);
    let wrong = read(folder.path(), "in", typed(&[("city", ColumnType::Int64)]));
    assert_eq!(code(&wrong.err().unwrap()), "source::retyped");
}

#[test]
fn encodings_and_compression_are_undone() {
    let utf16: Vec<u8> = "naïve,b\nÜ,1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark = [b"\xff\xfe".as_slice(), &utf16].concat();
    let packed = gzip(b"\xef\xbb\xbfa\n1\n");
    let two_members = [gzip(b"a\n1\n"), gzip(b"2\n")].concat();
    let folder = folder(&[
        ("latin.csv", b"name\nJos\xe9\n"),
        ("utf16.csv", &with_mark),
        ("bom.csv.gz", &packed),
        ("magic.csv", &two_members),
    ]);
    let latin = ReadOptions { encoding: Some("latin1".to_owned()), ..plain() };
    assert_eq!(read(folder.path(), "latin.csv", latin).unwrap().column("name")[0].as_deref(), Some("José"));
    assert_eq!(read(folder.path(), "utf16.csv", plain()).unwrap().column("naïve")[0].as_deref(), Some("Ü"));
    assert_eq!(read(folder.path(), "bom.csv.gz", plain()).unwrap().column("a")[0].as_deref(), Some("1"));
    let magic = read(folder.path(), "magic.csv", plain()).unwrap();
    assert_eq!(magic.column("a"), [Some("1".to_owned()), Some("2".to_owned())]);
    let file = &magic.receipt.files()[0];
    assert_eq!(file.bytes(), two_members.len() as u64);
    assert_eq!(file.sha256(), counterfoil_crypto::digest::sha256(&two_members));
}

#[test]
fn large_files_are_cut_into_pieces_without_a_seam() {
    let mut text = String::from("id,note\n");
    for row in 0..300_000 {
        text.push_str(&format!("{row},\"line {row}\nof \"\"two\"\"\"\n"));
    }
    let folder = folder(&[("big.csv", text.as_bytes())]);
    let read = read(folder.path(), "big.csv", plain()).unwrap();
    assert_eq!(read.rows(), 300_000);
    assert_eq!(read.data_type("id"), DataType::Int64);
    let ids = read.column("id");
    assert!(ids.iter().enumerate().all(|(row, id)| id.as_deref() == Some(row.to_string().as_str())));
    assert_eq!(read.column("note")[299_999].as_deref(), Some("line 299999\nof \"two\""));
}

#[test]
fn objects_lists_and_mixtures_keep_their_shape() {
    let lines = br#"{"id":1,"who":{"name":"a","tags":["x",null]},"items":[{"sku":"007","n":1.10}],"mix":1,"odd":{"k":1},"big":12345678901234567890123}
{"id":2,"who":null,"items":[],"mix":"b","odd":"plain","late":null}

{"id":null,"mix":1.10,"items":null,"who":{"name":"\u00e9\n"}}
"#;
    let folder = folder(&[("a.ndjson", lines)]);
    let read = read(folder.path(), "a.ndjson", typed(&[("odd", ColumnType::Text)])).unwrap();
    assert_eq!(read.rows(), 3);
    assert_eq!(read.data_type("id"), DataType::Int64);
    assert_eq!(read.column("mix"), ["1", "b", "1.10"].map(|cell| Some(cell.to_owned())));
    assert_eq!(read.column("odd")[0].as_deref(), Some(r#"{"k":1}"#));
    assert_eq!(read.column("odd")[1].as_deref(), Some(r#""plain""#));
    assert_eq!(read.column("big")[0].as_deref(), Some("12345678901234567890123"));
    let batch = &read.batches[0];
    let who = batch.column_by_name("who").unwrap().as_struct();
    assert!(who.is_null(1) && who.is_valid(2));
    assert_eq!(who.column_by_name("name").unwrap().as_string::<i32>().value(2), "é\n");
    let items = batch.column_by_name("items").unwrap().as_list::<i32>();
    assert_eq!((items.value_length(0), items.value_length(1), items.is_null(2)), (1, 0, true));
    assert_eq!(items.values().as_struct().column_by_name("sku").unwrap().as_string::<i32>().value(0), "007");
}

#[test]
fn json_types_are_told_by_path() {
    let lines = b"{\"a\":{\"at\":\"2024-01-01T00:00:00Z\"},\"items\":[{\"price\":\"1.5\"}]}\n{\"new\":{\"x\":\"y\"}}\n";
    let folder = folder(&[("a.jsonl", lines)]);
    let options = typed(&[
        ("a.at", ColumnType::Timestamp),
        ("items[].price", ColumnType::Decimal { precision: 9, scale: 2 }),
        ("new.z", ColumnType::Text),
    ]);
    let read = read(folder.path(), "a.jsonl", options).unwrap();
    let DataType::Struct(fields) = read.data_type("a") else { panic!() };
    assert_eq!(fields[0].data_type(), &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
    let DataType::Struct(fields) = read.data_type("new") else { panic!() };
    assert_eq!(fields.iter().map(|field| field.name().as_str()).collect::<Vec<_>>(), ["x", "z"]);
}

fn some_batch() -> RecordBatch {
    let metadata = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect::<std::collections::HashMap<_, _>>()
    };
    let inner = Field::new("x", DataType::Int32, true).with_metadata(metadata(&[("note", "secret")]));
    let fields = vec![
        Field::new("id", DataType::Int64, false).with_metadata(metadata(&[("note", "secret")])),
        Field::new("s", DataType::Struct(vec![inner.clone()].into()), true),
        Field::new("d", DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into()), true),
    ];
    let inner_column: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), None]));
    let dictionary = arrow_cast::cast(&StringArray::from(vec![Some("u"), None]), fields[2].data_type()).unwrap();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![7, 8])),
        Arc::new(StructArray::new(vec![inner].into(), vec![inner_column], None)),
        dictionary,
    ];
    let schema = Schema::new_with_metadata(fields, metadata(&[("pandas", "{\"secret\":1}")]));
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

#[test]
fn columnar_files_lose_their_metadata_and_keep_their_types() {
    let batch = some_batch();
    let mut parquet = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut parquet, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut file_form = Vec::new();
    let mut writer = arrow_ipc::writer::FileWriter::try_new(&mut file_form, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let mut stream_form = Vec::new();
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(&mut stream_form, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let folder = folder(&[("a.parquet", &parquet), ("a.arrow", &file_form), ("b.arrow", &stream_form)]);
    for name in ["a.parquet", "*.arrow"] {
        let read = read(folder.path(), name, plain()).unwrap();
        assert!(!format!("{:?}", read.schema).contains("secret"), "{name}");
        assert!(!read.schema.field(0).is_nullable() && read.schema.field(1).is_nullable());
        assert_eq!(read.data_type("d"), *batch.column(2).data_type());
        assert_eq!(read.column("id")[..2], [Some("7".to_owned()), Some("8".to_owned())]);
        assert_eq!(read.column("d")[..2], [Some("u".to_owned()), None]);
        let digest = counterfoil_crypto::digest::sha256(if name == "a.parquet" { &parquet } else { &file_form });
        assert_eq!(read.receipt.files()[0].sha256(), digest);
    }
}

#[test]
fn progress_ends_at_the_total() {
    let folder = folder(&[("a.csv", b"x\n1\n"), ("b.csv", b"x\n2\n")]);
    let spec = spec(folder.path(), "*.csv", plain());
    let mut source = open(&spec).unwrap();
    let progress = source.bytes_read();
    assert_eq!((source.bytes_total(), source.file_count()), (8, 2));
    while source.next_batch().unwrap().is_some() {}
    assert_eq!(progress.load(std::sync::atomic::Ordering::Relaxed), 8);
}
