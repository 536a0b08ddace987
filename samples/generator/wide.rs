//! One wide table for measurements: twelve columns of ids, identifying strings, a time, numbers and enums.
//!
//! # Promises
//!
//! - The same rows in each of the three file formats; beside them a policy that gives every column its rule.
//! - Memory does not grow with the number of rows.
//!
//! # What this module does not know
//!
//! What is measured.

use std::{
    error::Error,
    io::{self, Write},
    sync::Arc,
};

use arrow_array::{
    ArrayRef, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;

use crate::generator::{
    calendar::{Moment, moment},
    dice::{Dice, Stream},
    people::{People, Person},
    shop::{BATCH, parquet_properties},
    text::Rows,
    traffic::address,
};

/// How many rows, and how many people they speak of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) seed: u64,
    pub(crate) users: u64,
    pub(crate) rows: u64,
}

/// Writes the rows as CSV.
pub(crate) fn csv<W: Write>(extent: Extent, to: W) -> io::Result<W> {
    let mut rows = Rows::new(to);
    rows.row(|row| writeln!(row, "{}", COLUMNS.join(",")))?;
    let mut table = Table::new(extent);
    for index in 0..extent.rows {
        let r = table.row(index);
        rows.row(|row| {
            let Person { id, email, phone, card, country, .. } = &r.person;
            write!(row, "{},{id},{},{email},{card},{phone},{},", r.event_id, r.ts, r.ip)?;
            writeln!(
                row,
                "{}.{:02},{},{},{},{country}",
                r.cents / 100,
                r.cents % 100,
                r.quantity,
                r.duration_ms,
                r.kind
            )
        })?;
    }
    rows.finish()
}

/// Writes the rows as JSON, one document a line.
pub(crate) fn ndjson<W: Write>(extent: Extent, to: W) -> io::Result<W> {
    let mut rows = Rows::new(to);
    let mut table = Table::new(extent);
    for index in 0..extent.rows {
        let r = table.row(index);
        rows.row(|row| {
            let Person { id, email, phone, card, country, .. } = &r.person;
            write!(row, r#"{{"event_id":"{}","user_id":{id},"ts":"{}","email":"{email}","#, r.event_id, r.ts)?;
            write!(row, r#""card":"{card}","phone":"{phone}","ip":"{}","#, r.ip)?;
            write!(row, r#""amount":{}.{:02},"quantity":{},"#, r.cents / 100, r.cents % 100, r.quantity)?;
            writeln!(row, r#""duration_ms":{},"kind":"{}","country":"{country}"}}"#, r.duration_ms, r.kind)
        })?;
    }
    rows.finish()
}

/// Writes the rows as Parquet.
pub(crate) fn parquet<W: Write + Send>(extent: Extent, to: W) -> Result<(), Box<dyn Error>> {
    let schema = schema();
    let mut writer = ArrowWriter::try_new(to, Arc::clone(&schema), Some(parquet_properties()?))?;
    let mut table = Table::new(extent);
    let mut start = 0;
    while start < extent.rows {
        let end = extent.rows.min(start + BATCH);
        let rows: Vec<Row> = (start..end).map(|index| table.row(index)).collect();
        writer.write(&batch(&schema, &rows)?)?;
        start = end;
    }
    writer.close()?;
    Ok(())
}

/// The policy for a file of this name beside it.
pub(crate) fn policy(file: &str) -> String {
    let read = if file.ends_with(".csv") { READ_CSV } else { "" };
    format!("{POLICY_HEAD}source = \"{file}\"\n{read}{POLICY_COLUMNS}")
}

struct Table {
    dice: Dice,
    extent: Extent,
    people: People,
}

impl Table {
    fn new(extent: Extent) -> Self {
        Self { dice: Dice::new(extent.seed, Stream::Wide), extent, people: People::new(extent.seed, extent.users) }
    }

    fn row(&mut self, index: u64) -> Row {
        let dice = self.dice.row(index);
        Row {
            event_id: dice.uuid(),
            person: self.people.person(dice.regular(self.extent.users)),
            ts: moment(index, self.extent.rows),
            ip: address(dice),
            cents: 99 + 25 * dice.zipf(8_000) as i64 + i64::from(dice.below(25)),
            quantity: 1 + dice.zipf(6) as i32,
            duration_ms: 40 + (dice.zipf(600) * 100) as i32 + dice.below(100) as i32,
            kind: dice.weighted(&[("view", 58), ("search", 16), ("add_to_cart", 14), ("checkout", 7), ("login", 5)]),
        }
    }
}

struct Row {
    event_id: String,
    person: Person,
    ts: Moment,
    ip: String,
    cents: i64,
    quantity: i32,
    duration_ms: i32,
    kind: &'static str,
}

fn schema() -> SchemaRef {
    let types = [
        DataType::Utf8,
        DataType::Int64,
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Utf8,
        DataType::Utf8,
        DataType::Utf8,
        DataType::Utf8,
        DataType::Decimal128(12, 2),
        DataType::Int32,
        DataType::Int32,
        DataType::Utf8,
        DataType::Utf8,
    ];
    let fields: Vec<Field> =
        COLUMNS.iter().zip(types).map(|(name, data_type)| Field::new(*name, data_type, false)).collect();
    Arc::new(Schema::new(fields))
}

fn batch(schema: &SchemaRef, rows: &[Row]) -> Result<RecordBatch, Box<dyn Error>> {
    let text = |cell: fn(&Row) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(rows.iter().map(cell))) };
    let int = |cell: fn(&Row) -> i32| -> ArrayRef { Arc::new(Int32Array::from_iter_values(rows.iter().map(cell))) };
    let micros = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|r| r.ts.0 * 1_000));
    let amount = Decimal128Array::from_iter_values(rows.iter().map(|r| i128::from(r.cents)));
    let columns: Vec<ArrayRef> = vec![
        text(|r| &r.event_id),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.person.id))),
        Arc::new(micros.with_timezone("UTC")),
        text(|r| &r.person.email),
        text(|r| &r.person.card),
        text(|r| &r.person.phone),
        text(|r| &r.ip),
        Arc::new(amount.with_precision_and_scale(12, 2)?),
        int(|r| r.quantity),
        int(|r| r.duration_ms),
        text(|r| r.kind),
        text(|r| r.person.country),
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

const COLUMNS: [&str; 12] = [
    "event_id",
    "user_id",
    "ts",
    "email",
    "card",
    "phone",
    "ip",
    "amount",
    "quantity",
    "duration_ms",
    "kind",
    "country",
];

const POLICY_HEAD: &str = r#"policy  = "wide"
version = 1
purpose = "measure a run"
keyset  = "wide"

[datasets.events]
"#;

const READ_CSV: &str = r#"read = { types = { user_id = "int64", ts = "timestamp", amount = "decimal(12,2)", quantity = "int32", duration_ms = "int32" } }
"#;

const POLICY_COLUMNS: &str = r#"
[datasets.events.columns]
event_id    = { tokenize = "uuid" }
user_id     = { tokenize = "integer", domain = "customer" }
ts          = "keep"
email       = { tokenize = "email", domain = "email" }
card        = { tokenize = "pan", domain = "card" }
phone       = { tokenize = "phone", domain = "phone" }
ip          = { tokenize = "ip", domain = "ip" }
amount      = "keep"
quantity    = "keep"
duration_ms = "keep"
kind        = "keep"
country     = "keep"
"#;
