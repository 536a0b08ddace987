//! Parquet and IPC files made here: what they may not lose, and what must not overflow.

use arrow_array::{DictionaryArray, Int64Array, StringArray, types::Int8Type};

use super::*;

fn ids(rows: i64) -> RecordBatch {
    RecordBatch::try_from_iter([("id", Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef)]).unwrap()
}

fn stream(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    bytes
}

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn a_stream_ends_with_its_mark_and_the_file_with_the_stream() {
    let one = stream(&ids(5));
    let two = [one.as_slice(), &stream(&ids(3))].concat();
    let padded = [one.as_slice(), &[0; 8]].concat();
    let unmarked = &one[..one.len() - 8];
    let folder =
        folder(&[("one.arrows", &one), ("two.arrows", &two), ("pad.arrows", &padded), ("cut.arrows", unmarked)]);
    assert_eq!(read(folder.path(), "one.arrows", plain()).unwrap().rows(), 5);
    for name in ["two.arrows", "pad.arrows", "cut.arrows"] {
        assert_eq!(code(&read(folder.path(), name, plain()).err().unwrap()), "source::corrupt", "{name}");
    }
}

#[test]
fn the_keys_of_small_dictionaries_are_widened() {
    let words = |from: usize| {
        let keys = arrow_array::Int8Array::from_iter_values(0..100);
        let values = StringArray::from_iter_values((from..from + 100).map(|word| format!("word {word}")));
        let column = DictionaryArray::<Int8Type>::try_new(keys, Arc::new(values)).unwrap();
        RecordBatch::try_from_iter([("word", Arc::new(column) as ArrayRef)]).unwrap()
    };
    let (first, second) = (words(0), words(100));
    // The second file has two row groups, whose dictionaries together have more words than eight bits can count.
    let mut groups = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut groups, second.schema(), None).unwrap();
    for batch in [&second, &words(200)] {
        writer.write(batch).unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
    let folder = folder(&[
        ("a.parquet", &parquet(&first)),
        ("b.parquet", &groups),
        ("a.arrows", &stream(&first)),
        ("b.arrows", &stream(&second)),
    ]);
    for (location, count) in [("*.parquet", 300), ("*.arrows", 200)] {
        let read = read(folder.path(), location, plain()).unwrap();
        let wide = DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into());
        assert_eq!(read.data_type("word"), wide, "{location}");
        let expected: Vec<_> = (0..count).map(|word| Some(format!("word {word}"))).collect();
        assert_eq!(read.column("word"), expected, "{location}");
    }
}

#[test]
fn batches_that_are_too_large_when_decoded_become_smaller() {
    // One long text, kept once in the file and so often in a column that a batch of all allowed rows is too large.
    const ROWS: usize = 140_000;
    let text = "x".repeat(4_200);
    let column = StringArray::from_iter_values(std::iter::repeat_n(text.as_str(), ROWS / 100));
    let batch = RecordBatch::try_from_iter([("text", Arc::new(column) as ArrayRef)]).unwrap();
    let mut bytes = Vec::new();
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .build();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    (0..100).for_each(|_| writer.write(&batch).unwrap());
    writer.close().unwrap();
    let folder = folder(&[("a.parquet", &bytes)]);
    let mut source = open(&spec(folder.path(), "a.parquet", plain())).unwrap();
    let mut rows = Vec::new();
    while let Some(batch) = source.next_batch().unwrap() {
        rows.push(batch.num_rows());
        assert_eq!(batch.column(0).as_string::<i32>().value(batch.num_rows() - 1).len(), text.len());
    }
    assert_eq!(rows, [65_536, 32_768, 32_768, ROWS - 131_072]);
    assert_eq!(source.finish().unwrap().rows(), ROWS as u64);
}
