//! The logical digest: the document's vectors, and what must and must not change it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

use std::{fs::File, path::PathBuf, sync::Arc};

use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryArray, Float32Array,
    Float64Array, Int32Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray, TimestampMicrosecondArray,
    UInt8Array,
    builder::{Int32Builder, MapBuilder, StringBuilder},
    types::Int64Type,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Field, Schema};
use counterfoil::dataset::{ColumnDigest, DatasetError, LogicalDigest, recount, type_name};
use proptest::prelude::*;

/// The document whose vectors these are.
const DOCUMENT: &str = include_str!("../schemas/logical-digest.v1.md");

fn digest(name: &str, column: &ArrayRef) -> (String, String) {
    let mut digest = ColumnDigest::new(name, column.data_type()).unwrap();
    digest.update(column).unwrap();
    let finished = digest.finish();
    (finished.type_name, finished.digest.to_string())
}

fn vectors() -> Vec<ArrayRef> {
    let fields: Vec<Field> = vec![Field::new("x", DataType::Int32, true), Field::new("y", DataType::Utf8, true)];
    let inner: Vec<ArrayRef> =
        vec![Arc::new(Int32Array::from(vec![1, 77])), Arc::new(StringArray::from(vec![None, Some("hidden")]))];
    let structs = StructArray::new(fields.into(), inner, Some(NullBuffer::from(vec![true, false])));
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("k");
    map.values().append_value(1);
    map.keys().append_value("l");
    map.values().append_null();
    map.append(true).unwrap();
    map.append(false).unwrap();
    let lists = vec![Some(vec![Some(1), None]), Some(vec![]), None];
    vec![
        Arc::new(Int64Array::from(vec![Some(7), None, Some(-1)])),
        Arc::new(UInt8Array::from(vec![0])),
        Arc::new(UInt8Array::from(vec![None])),
        Arc::new(Int32Array::from(vec![0])),
        Arc::new(Int32Array::from(vec![None; 4])),
        Arc::new(StringArray::from(vec![Some(""), None])),
        Arc::new(StringArray::from(vec![None, Some("")])),
        Arc::new(StringArray::from(vec!["é", "日本"])),
        Arc::new(StringArray::from(Vec::<&str>::new())),
        Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])),
        Arc::new(Float64Array::from(vec![0.0, -0.0, f64::from_bits(0xfff8_0000_0000_0001)])),
        Arc::new(Float32Array::from(vec![1.5, f32::from_bits(0xffc0_0001)])),
        Arc::new(Date32Array::from(vec![Some(1), None])),
        Arc::new(TimestampMicrosecondArray::from(vec![1_000_000]).with_timezone("UTC")),
        Arc::new(Decimal128Array::from(vec![110, -5]).with_precision_and_scale(9, 2).unwrap()),
        Arc::new(BinaryArray::from(vec![b"\x00\xff".as_slice()])),
        Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size([Some([0, 0xff]), None].into_iter(), 2).unwrap()),
        Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists)),
        Arc::new(structs),
        Arc::new(map.finish()),
    ]
}

#[test]
fn the_document_and_the_code_agree() {
    let is_vector = |line: &&str| line.starts_with("| `") && line.rsplit('`').nth(1).is_some_and(|hex| hex.len() == 64);
    let rows: Vec<&str> = DOCUMENT.lines().filter(is_vector).collect();
    let vectors = vectors();
    assert_eq!(rows.len(), vectors.len());
    for (row, column) in rows.iter().zip(&vectors) {
        let (type_name, digest) = digest("c", column);
        assert!(row.starts_with(&format!("| `{type_name}` |")), "{row} is {type_name}");
        assert!(row.ends_with(&format!("`{digest}` |")), "{row} is {digest}");
    }
    assert!(DOCUMENT.contains(&format!("SHA-256: {}", digest("id", &vectors[0]).1)));
    let columns: [(&str, ArrayRef); 3] = [
        ("a", Arc::new(Int64Array::from(vec![1]))),
        ("b", Arc::new(StringArray::from(vec!["x"]))),
        ("c", Arc::new(BooleanArray::from(vec![None]))),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap();
    let mut dataset = LogicalDigest::new(&batch.schema()).unwrap();
    dataset.update(&batch).unwrap();
    assert!(DOCUMENT.contains(&format!("`{}`", dataset.finish().root())));
}

#[test]
fn storage_makes_no_difference() {
    let texts: ArrayRef =
        Arc::new(StringArray::from(vec![Some("a"), None, Some(""), Some("a"), Some("longer than a view")]));
    let dictionary = DataType::Dictionary(DataType::Int8.into(), DataType::Utf8.into());
    for other in [DataType::LargeUtf8, DataType::Utf8View, dictionary] {
        assert_eq!(digest("c", &texts), digest("c", &arrow_cast::cast(&texts, &other).unwrap()), "{other}");
    }
    let lists = vectors().swap_remove(17);
    let item = Arc::new(Field::new_list_field(DataType::Int64, true));
    for other in [DataType::LargeList(Arc::clone(&item)), DataType::ListView(item)] {
        assert_eq!(digest("c", &lists), digest("c", &arrow_cast::cast(&lists, &other).unwrap()), "{other}");
    }
    let decimals = vectors().swap_remove(14);
    for other in [DataType::Decimal32(9, 2), DataType::Decimal64(9, 2), DataType::Decimal256(9, 2)] {
        assert_eq!(digest("c", &decimals), digest("c", &arrow_cast::cast(&decimals, &other).unwrap()), "{other}");
    }
}

#[test]
fn names_and_types_make_a_difference() {
    let column: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let narrow: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    assert_ne!(digest("a", &column).1, digest("b", &column).1);
    assert_ne!(digest("a", &column).1, digest("a", &narrow).1);
    let odd = Field::new("a\"b\\c\n", DataType::Null, true);
    assert_eq!(type_name(&DataType::Struct(vec![odd].into())).unwrap(), "struct<\"a\\\"b\\\\c\\u000a\":null>");
    let union = DataType::RunEndEncoded(
        Arc::new(Field::new("run_ends", DataType::Int32, false)),
        Arc::new(Field::new("values", DataType::Int32, true)),
    );
    assert!(matches!(ColumnDigest::new("c", &union), Err(DatasetError::UnsupportedType { .. })));
    let mut other = ColumnDigest::new("c", &DataType::Utf8).unwrap();
    assert!(matches!(other.update(&column), Err(DatasetError::UnsupportedType { .. })));
}

proptest! {
    #[test]
    fn batches_and_slices_make_no_difference(
        cells in prop::collection::vec(prop::option::of((any::<i64>(), ".{0,12}")), 1..60),
        cut in 0usize..60,
    ) {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter(cells.iter().map(|cell| cell.as_ref().map(|(n, _)| *n))));
        let texts: ArrayRef = Arc::new(StringArray::from_iter(cells.iter().map(|cell| cell.as_ref().map(|(_, t)| t))));
        let fields = vec![Field::new("n", DataType::Int64, true), Field::new("t", DataType::Utf8, true)];
        let nulls = NullBuffer::from_iter(cells.iter().enumerate().map(|(row, _)| row % 5 != 3));
        let both: ArrayRef = Arc::new(StructArray::new(fields.into(), vec![numbers.clone(), texts.clone()], Some(nulls)));
        let cut = cut.min(cells.len());
        for column in [numbers, texts, both] {
            let mut split = ColumnDigest::new("c", column.data_type()).unwrap();
            split.update(&column.slice(0, cut)).unwrap();
            split.update(&column.slice(cut, cells.len() - cut)).unwrap();
            prop_assert_eq!(split.finish().digest.to_string(), digest("c", &column).1);
        }
    }
}

/// Writes each batch to a file of its own.
fn written(batches: &[RecordBatch]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let write = |(index, batch): (usize, &RecordBatch)| {
        let path = folder.path().join(format!("part-{index}.parquet"));
        let mut writer =
            parquet::arrow::ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        path
    };
    let paths = batches.iter().enumerate().map(write).collect();
    (folder, paths)
}

fn rows(range: std::ops::Range<i64>) -> RecordBatch {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(range.clone()));
    let names: ArrayRef =
        Arc::new(StringArray::from_iter(range.clone().map(|id| (id % 7 != 0).then(|| format!("n{id}")))));
    let lists = range.map(|id| (id % 3 != 0).then(|| (0..id % 4).map(Some).collect::<Vec<_>>()));
    let lists: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists));
    RecordBatch::try_from_iter([("id", ids), ("name", names), ("list", lists)]).unwrap()
}

#[test]
fn a_recount_finds_what_was_written() {
    let batches = [rows(0..70_000), rows(70_000..70_001), rows(70_001..90_000)];
    let (_folder, paths) = written(&batches);
    let counted = recount(&paths).unwrap();
    assert_eq!((counted.rows, counted.rows_per_file.as_slice()), (90_000, [70_000, 1, 19_999].as_slice()));
    let mut expected = LogicalDigest::new(&batches[0].schema()).unwrap();
    batches.iter().for_each(|batch| expected.update(batch).unwrap());
    assert_eq!(counted.digests, expected.finish());
    let swapped = recount(&[paths[1].clone(), paths[0].clone(), paths[2].clone()]).unwrap();
    assert_ne!(swapped.digests.root(), counted.digests.root());
}

#[test]
fn a_recount_refuses_what_it_cannot_believe() {
    let other = RecordBatch::new_empty(Arc::new(Schema::new(vec![Field::new("id", DataType::Int32, true)])));
    let (folder, mut paths) = written(&[rows(0..10), other]);
    assert!(matches!(recount(&paths), Err(DatasetError::Disagree { .. })));
    assert!(matches!(recount(&[]), Err(DatasetError::NoFiles)));
    paths.push(folder.path().join("gone.parquet"));
    assert!(matches!(recount(&paths), Err(DatasetError::Io { .. })));
    let bytes = std::fs::read(&paths[0]).unwrap();
    for at in (4..bytes.len() - 8).step_by(13) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0xff;
        std::fs::write(&paths[0], &flipped).unwrap();
        let _ = recount(&paths[..1]);
    }
    std::fs::write(&paths[0], &bytes[..bytes.len() - 3]).unwrap();
    assert!(matches!(recount(&paths[..1]), Err(DatasetError::Corrupt { .. })));
}
