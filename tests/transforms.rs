//! Transforms other than tokens, and what becomes of misfits, through the library's face.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int8Array,
    Int32Array, Int64Array, StringArray, TimestampMicrosecondArray, UInt64Array, cast::AsArray, types::Float32Type,
};
use arrow_cast::cast;
use arrow_schema::DataType;
use counterfoil::{
    names::{Domain, KeyVersion},
    transform::{
        Applied, Coarsen, Direction, DomainKeys, Encoding, Format, IntegerRange, Kept, OnMisfit, Pseudonym, Seal,
        SmallSpace, Tokenize, TransformError,
    },
};
use counterfoil_crypto::secret::Secret;

fn with_keys<R>(domain: &str, version: u32, run: impl FnOnce(DomainKeys<'_>) -> R) -> R {
    let domain: Domain = domain.parse().unwrap();
    let root = Secret::fill(|bytes| bytes.fill(9));
    run(DomainKeys { domain: &domain, root: &root, version: KeyVersion(version) })
}

fn texts(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

fn seal(column: &ArrayRef, direction: Direction, domain: &str, version: u32) -> Result<ArrayRef, TransformError> {
    with_keys(domain, version, |keys| Seal { direction }.bind(column.data_type(), keys))?
        .apply(column, 10)
        .map(|applied| applied.column)
}

fn tokenize(
    format: Format,
    column: &ArrayRef,
    on_misfit: OnMisfit,
    small_space: SmallSpace,
) -> Result<Applied, TransformError> {
    let tokenize = Tokenize { direction: Direction::Tokenize, format, on_misfit, small_space };
    with_keys("test", 1, |keys| tokenize.bind(column.data_type(), keys))?.apply(column, 100)
}

fn coarsen(column: &ArrayRef, coarsen: Coarsen) -> Result<ArrayRef, TransformError> {
    let transform = coarsen.bind(column.data_type(), OnMisfit::Fail, None)?;
    let column = transform.apply(column, 0)?.column;
    assert_eq!(column.data_type(), transform.output_type());
    Ok(column)
}

fn lines(column: &ArrayRef) -> Vec<String> {
    let column = cast(column, &DataType::Utf8).unwrap();
    column.as_string::<i32>().iter().map(|cell| cell.unwrap_or("null").to_owned()).collect()
}

#[test]
fn sealed_cells_open_in_their_domain_and_version_only() {
    let cells = texts(&[Some("Ada"), None, Some(""), Some("Ada")]);
    let sealed = seal(&cells, Direction::Tokenize, "names", 1).unwrap();
    let strings = sealed.as_string::<i32>();
    assert!(strings.value(0).starts_with("cfs1_AAAAA") && strings.value(0) == strings.value(3) && strings.is_null(1));
    assert_eq!(&seal(&sealed, Direction::Detokenize, "names", 1).unwrap(), &cells);
    let other = seal(&sealed, Direction::Detokenize, "others", 1).unwrap_err();
    assert!(matches!(other, TransformError::Unopened { .. }) && other.row() == Some(10));
    let later = seal(&sealed, Direction::Detokenize, "names", 2).unwrap_err();
    assert!(matches!(later, TransformError::KeyVersion { version: KeyVersion(1), .. }));
    assert!(seal(&cells, Direction::Detokenize, "names", 1).is_err());
}

#[test]
fn everything_with_a_text_can_be_sealed_and_binary_stays_binary() {
    let columns: [ArrayRef; 4] = [
        Arc::new(Int64Array::from(vec![Some(-7), None])),
        Arc::new(BooleanArray::from(vec![true, false])),
        Arc::new(Date32Array::from(vec![0, 1])),
        Arc::new(Float64Array::from(vec![17.0, 0.1])),
    ];
    for (column, opened) in
        columns.iter().zip([["-7", "null"], ["true", "false"], ["1970-01-01", "1970-01-02"], ["17", "0.1"]])
    {
        let sealed = seal(column, Direction::Tokenize, "any", 1).unwrap();
        assert_eq!(lines(&seal(&sealed, Direction::Detokenize, "any", 1).unwrap()), opened);
    }
    let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![Some(&[0xff, 0][..]), None]));
    let sealed = seal(&bytes, Direction::Tokenize, "any", 1).unwrap();
    assert_eq!((sealed.data_type(), sealed.as_binary::<i32>().value(0).len()), (&DataType::Binary, 4 + 12 + 2 + 16));
    assert_eq!(&seal(&sealed, Direction::Detokenize, "any", 1).unwrap(), &bytes);
}

#[test]
fn one_number_has_one_pseudonym_in_every_type() {
    let columns: [ArrayRef; 5] = [
        Arc::new(Int64Array::from(vec![17])),
        Arc::new(UInt64Array::from(vec![17])),
        Arc::new(Float64Array::from(vec![17.0])),
        texts(&[Some("17")]),
        cast(&texts(&[Some("17")]), &DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8))).unwrap(),
    ];
    for encoding in [Encoding::Base32, Encoding::Hex, Encoding::Int64, Encoding::Uuid] {
        let mut all: Vec<String> = columns
            .iter()
            .flat_map(|column| {
                let transform =
                    with_keys("p", 1, |keys| Pseudonym { encoding }.bind(column.data_type(), keys)).unwrap();
                let column = transform.apply(column, 0).unwrap().column;
                assert_eq!(column.data_type(), transform.output_type());
                lines(&column)
            })
            .collect();
        all.dedup();
        assert_eq!(all.len(), 1);
    }
}

#[test]
fn misfits_are_treated_as_the_rule_says() {
    let cells = texts(&[Some("123456"), Some("x"), None, Some("12")]);
    let digits = || Format::Digits(Kept::NOTHING);
    let failed = tokenize(digits(), &cells, OnMisfit::Fail, SmallSpace::Refuse).unwrap_err();
    assert_eq!(failed.row(), Some(101));
    assert!(failed.to_string().starts_with("row 101: a cell of 1 symbols does not fit `digits` (needs "));
    let nulled = tokenize(digits(), &cells, OnMisfit::Null, SmallSpace::Refuse).unwrap();
    assert_eq!((nulled.misfits, nulled.column.null_count()), (2, 3));
    // What was a misfit does not lie about in the buffers either.
    let buffers = nulled.column.to_data().buffers().iter().map(|buffer| buffer.as_slice().to_vec()).collect::<Vec<_>>();
    assert!(!buffers.iter().any(|buffer| buffer.contains(&b'x')));
    let permuted = tokenize(digits(), &cells, OnMisfit::Null, SmallSpace::Permute).unwrap();
    assert_eq!((permuted.misfits, permuted.column.null_count()), (1, 2));
    for (on_misfit, mark) in [(OnMisfit::Pseudonym, "cfp1_"), (OnMisfit::Seal, "cfs1_")] {
        let treated = tokenize(digits(), &cells, on_misfit, SmallSpace::Refuse).unwrap();
        assert!(treated.column.as_string::<i32>().value(1).starts_with(mark));
        assert_eq!((treated.misfits, treated.column.null_count()), (2, 1));
    }
}

#[test]
fn a_misfit_in_a_dictionary_counts_for_each_row_that_uses_it() {
    let plain = texts(&[Some("123456"), Some("x"), None, Some("x"), Some("123456")]);
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let cells = cast(&plain, &dictionary).unwrap();
    let nulled = tokenize(Format::Digits(Kept::NOTHING), &cells, OnMisfit::Null, SmallSpace::Refuse).unwrap();
    assert_eq!((nulled.misfits, nulled.column.null_count(), nulled.column.data_type()), (2, 3, &dictionary));
    let failed = tokenize(Format::Digits(Kept::NOTHING), &cells, OnMisfit::Fail, SmallSpace::Refuse).unwrap_err();
    assert_eq!(failed.row(), Some(101));
    // An entry that no row of the slice uses is no misfit.
    let used = tokenize(Format::Digits(Kept::NOTHING), &cells.slice(4, 1), OnMisfit::Fail, SmallSpace::Refuse);
    assert_eq!(used.unwrap().misfits, 0);
}

#[test]
fn what_cannot_be_bound_is_refused() {
    let ages: ArrayRef = Arc::new(Int8Array::from(vec![37]));
    let range = |min, max| Format::Integer(Some(IntegerRange::new(min, max).unwrap()));
    let bind = |format, on_misfit, small| tokenize(format, &ages, on_misfit, small).map(|_| ()).unwrap_err();
    assert!(matches!(
        bind(range(0, 120), OnMisfit::Fail, SmallSpace::Refuse),
        TransformError::SmallMessageSpace { size: 121, .. }
    ));
    assert!(matches!(bind(range(0, 200), OnMisfit::Fail, SmallSpace::Permute), TransformError::ColumnType { .. }));
    assert!(matches!(
        bind(Format::Integer(None), OnMisfit::Fail, SmallSpace::Permute),
        TransformError::ColumnType { .. }
    ));
    assert!(matches!(bind(range(0, 120), OnMisfit::Seal, SmallSpace::Permute), TransformError::MisfitTreatment { .. }));
    assert!(matches!(bind(Format::Uuid, OnMisfit::Fail, SmallSpace::Permute), TransformError::ColumnType { .. }));
    assert!(tokenize(range(0, 120), &ages, OnMisfit::Null, SmallSpace::Permute).is_ok());
}

#[test]
fn days_and_times_are_cut_down_in_their_type() {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(5_671), None, Some(-1)]));
    assert_eq!(lines(&coarsen(&days, Coarsen::Year).unwrap()), ["1985-01-01", "null", "1969-01-01"]);
    assert_eq!(lines(&coarsen(&days, Coarsen::Quarter).unwrap()), ["1985-07-01", "null", "1969-10-01"]);
    assert_eq!(lines(&coarsen(&days, Coarsen::Month).unwrap()), ["1985-07-01", "null", "1969-12-01"]);
    assert_eq!(lines(&coarsen(&days, Coarsen::IsoWeek).unwrap()), ["1985-07-08", "null", "1969-12-29"]);
    assert!(matches!(coarsen(&days, Coarsen::Hour), Err(TransformError::ColumnType { .. })));
    let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![-1]).with_timezone("Europe/Berlin"));
    assert_eq!(lines(&coarsen(&times, Coarsen::Hour).unwrap()), ["1970-01-01T00:00:00+01:00"]);
    let text = texts(&[Some("1985-07-12T10:15:00Z"), None]);
    assert_eq!(lines(&coarsen(&text, Coarsen::IsoWeek).unwrap()), ["1985-W28", "null"]);
    let error = coarsen(&texts(&[Some("12/07/1985")]), Coarsen::Year).unwrap_err();
    assert!(!error.to_string().contains("1985"));
}

#[test]
fn numbers_are_put_in_bins_and_steps() {
    let ages: ArrayRef = Arc::new(Int32Array::from(vec![Some(17), Some(18), None, Some(99)]));
    assert_eq!(lines(&coarsen(&ages, Coarsen::Bins(vec![18.0, 30.0])).unwrap()), ["<18", "[18,30)", "null", ">=30"]);
    assert_eq!(lines(&coarsen(&ages, Coarsen::Step(10.0)).unwrap()), ["10", "10", "null", "90"]);
    assert!(matches!(coarsen(&ages, Coarsen::Step(0.5)), Err(TransformError::ColumnType { .. })));
    let prices: ArrayRef = Arc::new(Decimal128Array::from(vec![1_299, -1]).with_precision_and_scale(8, 2).unwrap());
    assert_eq!(lines(&coarsen(&prices, Coarsen::Step(0.5)).unwrap()), ["12.50", "-0.50"]);
    let text = texts(&[Some("18"), Some("29.99")]);
    assert_eq!(lines(&coarsen(&text, Coarsen::Step(5.0)).unwrap()), ["15", "25"]);
    assert!(coarsen(&texts(&[Some("nan")]), Coarsen::Step(5.0)).is_err());
    let narrow: ArrayRef = Arc::new(Int8Array::from(vec![-128]));
    assert!(matches!(coarsen(&narrow, Coarsen::Step(100.0)), Err(TransformError::Misfit { .. })));
}

#[test]
fn single_floats_are_taken_for_the_decimals_that_they_show() {
    let cells: Vec<f32> = (-40..40).map(|tenths: i16| f32::from(tenths) / 10.0).collect();
    let column: ArrayRef = Arc::new(Float32Array::from(cells.clone()));
    assert_eq!(coarsen(&column, Coarsen::Step(0.1)).unwrap().as_primitive::<Float32Type>().values(), &cells[..]);
    let column: ArrayRef = Arc::new(Float32Array::from(vec![0.7, 0.69, -0.05, 16_777_216.0, 0.05]));
    assert_eq!(lines(&coarsen(&column, Coarsen::Step(0.05)).unwrap()), ["0.7", "0.65", "-0.05", "16777216.0", "0.05"]);
    let bins = coarsen(&column, Coarsen::Bins(vec![0.05, 0.7])).unwrap();
    assert_eq!(lines(&bins), [">=0.7", "[0.05,0.7)", "<0.05", ">=0.7", "[0.05,0.7)"]);
    let least: ArrayRef = Arc::new(Float32Array::from(vec![f32::MIN]));
    assert!(matches!(coarsen(&least, Coarsen::Step(1e38)), Err(TransformError::Misfit { .. })));
}

#[test]
fn postal_codes_become_areas() {
    let text = texts(&[Some("02138-1234"), Some("03601"), None]);
    assert_eq!(lines(&coarsen(&text, Coarsen::Zip3).unwrap()), ["021", "000", "null"]);
    let numbers: ArrayRef = Arc::new(Int32Array::from(vec![2138, 91750]));
    assert_eq!(lines(&coarsen(&numbers, Coarsen::Zip3).unwrap()), ["021", "917"]);
}
