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
    let folder = folder(&[("one.arrows", &one), ("two.arrows", &two), ("pad.arrows", &padded), ("cut.arrows", unmarked)]);
    assert_eq!(read(folder.path(), "one.arrows", plain()).unwrap().rows(), 5);
    for name in ["two.arrows", "pad.arrows", "cut.arrows"] {
        assert_eq!(code(&read(folder.path(), name, plain()).err().unwrap()), "source::corrupt", "{name}");
    }
}
