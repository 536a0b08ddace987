//! The shop's own records: `users.csv`, `orders.parquet`, `messages.csv`.
//!
//! # Promises
//!
//! - Files join: a `user_id` is the same person in each, and most orders are paid with the card of `users.csv`.
//! - Memory does not grow with the number of rows.
//!
//! # What this module does not know
//!
//! Where its writers put the bytes.

use std::{
    error::Error,
    io::{self, Write},
    sync::Arc,
};

use arrow_array::{
    ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, types::Decimal128Type,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};

use crate::generator::{
    calendar::moment,
    dice::{Dice, Stream},
    people::{People, Person},
    text::{Rows, csv_field},
    words,
};

/// How much of everything there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) seed: u64,
    pub(crate) users: u64,
    pub(crate) orders: u64,
    pub(crate) events: u64,
    pub(crate) messages: u64,
}

impl Size {
    /// The size of the committed files, times `scale`.
    pub(crate) fn scaled(seed: u64, scale: u64) -> Self {
        Self { seed, users: 200 * scale, orders: 600 * scale, events: 1_500 * scale, messages: 150 * scale }
    }
}

/// Writes the customers.
pub(crate) fn users<W: Write>(size: &Size, to: W) -> io::Result<W> {
    let mut people = People::new(size.seed, size.users);
    let mut rows = Rows::new(to);
    rows.row(|row| {
        row.write_all(
            b"user_id,name,email,phone,card,ssn,birth_date,postcode,country,signup_date,loyalty_points,\
              marketing_consent\n",
        )
    })?;
    for index in 0..people.count() {
        let person = people.person(index);
        rows.row(|row| {
            let Person { id, given, surname, email, phone, card, birth_date, postcode, country, .. } = &person;
            let ssn = person.ssn.as_deref().unwrap_or_default();
            write!(row, "{id},{given} {surname},{email},{phone},{card},{ssn},{birth_date},{postcode},{country},")?;
            writeln!(row, "{},{},{}", person.signup_date, person.loyalty_points, person.marketing_consent)
        })?;
    }
    rows.finish()
}

/// Writes the orders.
pub(crate) fn orders<W: Write + Send>(size: &Size, to: W) -> Result<(), Box<dyn Error>> {
    let schema = orders_schema();
    let mut writer = ArrowWriter::try_new(to, Arc::clone(&schema), Some(parquet_properties()?))?;
    let mut start = 0;
    while start < size.orders {
        let end = size.orders.min(start + BATCH);
        writer.write(&orders_batch(size, &schema, start, end)?)?;
        start = end;
    }
    writer.close()?;
    Ok(())
}

/// Writes the messages to support.
pub(crate) fn messages<W: Write>(size: &Size, to: W) -> io::Result<W> {
    let mut people = People::new(size.seed, size.users);
    let mut dice = Dice::new(size.seed, Stream::Message);
    let mut rows = Rows::new(to);
    rows.row(|row| {
        row.write_all(b"message_id,user_id,email,sent_at,channel,agent,callback_phone,satisfaction,subject,body\n")
    })?;
    for index in 0..size.messages {
        let dice = dice.row(index);
        let message_id = dice.uuid();
        let person = people.person(dice.regular(size.users));
        let channel = dice.weighted(&[("mail", 55), ("chat", 30), ("phone", 15)]);
        let agent = dice.pick(words::AGENTS);
        let callback = if channel == "phone" || dice.percent(15) { person.phone.as_str() } else { "" };
        let satisfaction = dice.weighted(&[("", 45), ("5", 25), ("4", 14), ("3", 7), ("2", 4), ("1", 5)]);
        let (subject, body) = dice.pick(words::MESSAGES);
        let order = order_id(dice.below_u64(size.orders.max(1)));
        let body = fill(body, &person, &order);
        rows.row(|row| {
            let (id, email, sent_at) = (person.id, &person.email, moment(index, size.messages));
            write!(row, "{message_id},{id},{email},{sent_at},{channel},{agent},{callback},{satisfaction},{subject},")?;
            csv_field(row, &body);
            row.push(b'\n');
            Ok(())
        })?;
    }
    rows.finish()
}

/// How every Parquet file of the samples is written: the same bytes whatever version of the writer made them.
pub(crate) fn parquet_properties() -> Result<WriterProperties, Box<dyn Error>> {
    Ok(WriterProperties::builder()
        .set_created_by("counterfoil samples".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(1 << 18))
        .build())
}

/// The number of an order: ten digits, the first of them zero.
fn order_id(index: u64) -> String {
    format!("{:010}", 60_417_000 + index * 7)
}

fn orders_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("order_id", DataType::Utf8, false),
        Field::new("user_id", DataType::Int64, false),
        Field::new("card", DataType::Utf8, true),
        Field::new("amount", DataType::Decimal128(10, 2), false),
        Field::new("currency", DataType::Utf8, false),
        Field::new("ordered_at", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false),
        Field::new("ship_zip", DataType::Utf8, true),
        Field::new("gift_code", DataType::Utf8, true),
        Field::new("status", DataType::Utf8, false),
    ]))
}

fn orders_batch(size: &Size, schema: &SchemaRef, start: u64, end: u64) -> Result<RecordBatch, Box<dyn Error>> {
    let mut people = People::new(size.seed, size.users);
    let mut dice = Dice::new(size.seed, Stream::Order);
    let mut columns = Orders::default();
    for index in start..end {
        let dice = dice.row(index);
        let buyer = dice.regular(size.users);
        let person = people.person(buyer);
        columns.order_id.push(order_id(index));
        columns.user_id.push(person.id);
        columns.card.push(match dice.below(100) {
            0..7 => None,
            7..19 => Some(people.card(buyer, 1)),
            _ => Some(person.card),
        });
        columns.amount.push(i128::from(199 + 50 * dice.zipf(2_400) + dice.below_u64(50)));
        columns.currency.push(match person.country {
            "GB" => "GBP",
            "CA" => "CAD",
            _ => "USD",
        });
        columns.ordered_at.push(moment(index, size.orders).0 * 1_000);
        columns.ship_zip.push((person.country == "US" && dice.percent(95)).then_some(person.postcode));
        columns.gift_code.push(
            dice.percent(8).then(|| {
                (0..8).map(|_| char::from(dice.pick(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"))).collect::<String>()
            }),
        );
        columns.status.push(dice.weighted(&[("delivered", 78), ("shipped", 9), ("returned", 8), ("cancelled", 5)]));
    }
    columns.batch(schema)
}

#[derive(Default)]
struct Orders {
    order_id: Vec<String>,
    user_id: Vec<i64>,
    card: Vec<Option<String>>,
    amount: Vec<i128>,
    currency: Vec<&'static str>,
    ordered_at: Vec<i64>,
    ship_zip: Vec<Option<String>>,
    gift_code: Vec<Option<String>>,
    status: Vec<&'static str>,
}

impl Orders {
    fn batch(self, schema: &SchemaRef) -> Result<RecordBatch, Box<dyn Error>> {
        let amount: Decimal128Array =
            arrow_array::PrimitiveArray::<Decimal128Type>::from(self.amount).with_precision_and_scale(10, 2)?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(self.order_id)),
            Arc::new(Int64Array::from(self.user_id)),
            Arc::new(StringArray::from(self.card)),
            Arc::new(amount),
            Arc::new(StringArray::from(self.currency)),
            Arc::new(TimestampMicrosecondArray::from(self.ordered_at).with_timezone("UTC")),
            Arc::new(StringArray::from(self.ship_zip)),
            Arc::new(StringArray::from(self.gift_code)),
            Arc::new(StringArray::from(self.status)),
        ];
        Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
    }
}

fn fill(body: &str, person: &Person, order: &str) -> String {
    body.replace("{given}", person.given)
        .replace("{name}", &format!("{} {}", person.given, person.surname))
        .replace("{email}", &person.email)
        .replace("{phone}", &person.phone)
        .replace("{order}", order)
}

/// Rows of a batch on their way to Parquet.
pub(crate) const BATCH: u64 = 16_384;
