//! Coarsening: cells made less exact, in order and in groups that still make sense.
//!
//! # Promises
//!
//! - Dates, timestamps and stepped numbers keep their type; text becomes reduced text; bins and areas are text.
//! - A cell that cannot be coarsened is a misfit; it never passes through.
//!
//! # What this module does not know
//!
//! Whether the groups are large enough to hide in.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, Int32Array, Int64Array, LargeStringArray, PrimitiveArray,
    cast::AsArray,
    timezone::Tz,
    types::{
        Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
        UInt32Type, UInt64Type,
    },
};
use arrow_schema::{DataType, TimeUnit};
use chrono::{DateTime, Datelike};

use crate::transform::{
    bins::{Bins, Step},
    calendar::{Unit, parse_iso_time},
    canonical::canonical_text,
    column::{Applied, ColumnTransform, private::Sealed},
    error::{TransformError, row_place},
    format::is_text,
    misfit::Treatment,
    options::{Direction, DomainKeys, OnMisfit},
    text::{Worked, cast_cells, over_text},
    zip3::zip3,
};

/// What cells are coarsened to.
#[derive(Clone, Debug, PartialEq)]
pub enum Coarsen {
    /// Numbers to half-open bins between edges in rising order: `<18`, `[18,30)`, `>=30`.
    Bins(Vec<f64>),
    /// Times to the hour.
    Hour,
    /// Days and times to the Monday of their ISO week; text to `1985-W28`.
    IsoWeek,
    /// Days and times to the month; text to `1985-07`.
    Month,
    /// Days and times to the quarter; text to `1985-Q3`.
    Quarter,
    /// Numbers to the multiple of this that is not above them.
    Step(f64),
    /// Days and times to the year; text to `1985`.
    Year,
    /// US postal codes to their first three digits, or 000 where too few people live.
    Zip3,
}

impl Coarsen {
    /// Binds to a column's type. Keys are needed where misfits are sealed or become pseudonyms.
    ///
    /// # Errors
    ///
    /// A type that cannot be coarsened so, bins or steps that are none, or a treatment of misfits without keys or in a
    /// column that is not text.
    pub fn bind(
        &self,
        input: &DataType,
        on_misfit: OnMisfit,
        keys: Option<DomainKeys<'_>>,
    ) -> Result<Box<dyn ColumnTransform>, TransformError> {
        let kind = self.kind()?;
        let Some(output) = kind.output(input) else {
            return Err(TransformError::ColumnType {
                column: None,
                input: input.to_string(),
                takes: kind.takes().to_owned(),
                transform: format!("coarsen to {}", self.name()),
            });
        };
        let treatment = match (on_misfit, keys) {
            (OnMisfit::Fail, _) => Treatment::Fail,
            (OnMisfit::Null, _) => Treatment::Null,
            (_, None) => return Err(TransformError::MisfitTreatment { input: input.to_string() }),
            (_, Some(keys)) => Treatment::new(on_misfit, input, keys)?,
        };
        Ok(Box::new(BoundCoarsen { input: input.clone(), kind, name: self.name(), output, treatment }))
    }

    /// The policy's word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bins(_) => "bins",
            Self::Hour => "hour",
            Self::IsoWeek => "iso-week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Step(_) => "step",
            Self::Year => "year",
            Self::Zip3 => "zip3",
        }
    }

    fn kind(&self) -> Result<Kind, TransformError> {
        Ok(match self {
            Self::Bins(edges) => Kind::Bins(Bins::new(edges)?),
            Self::Hour => Kind::Time(Unit::Hour),
            Self::IsoWeek => Kind::Time(Unit::IsoWeek),
            Self::Month => Kind::Time(Unit::Month),
            Self::Quarter => Kind::Time(Unit::Quarter),
            Self::Step(step) => Kind::Step(Step::new(*step)?),
            Self::Year => Kind::Time(Unit::Year),
            Self::Zip3 => Kind::Zip3,
        })
    }
}

enum Kind {
    Bins(Bins),
    Step(Step),
    Time(Unit),
    Zip3,
}

impl Kind {
    /// The type of the coarsened column; `None` where the type cannot be coarsened so.
    fn output(&self, input: &DataType) -> Option<DataType> {
        if is_text(input) {
            return Some(input.clone());
        }
        match (self, input) {
            (Self::Bins(_), _) if input.is_numeric() => Some(DataType::Utf8),
            (Self::Zip3, _) if input.is_integer() => Some(DataType::Utf8),
            (Self::Step(_), DataType::Float32 | DataType::Float64) => Some(input.clone()),
            (Self::Step(step), DataType::Decimal128(_, scale)) => step.whole(*scale).map(|_| input.clone()),
            (Self::Step(step), _) if input.is_integer() => step.whole(0).map(|_| input.clone()),
            (Self::Time(_), DataType::Date64 | DataType::Timestamp(_, None)) => Some(input.clone()),
            (Self::Time(_), DataType::Timestamp(_, Some(zone))) => zone.parse::<Tz>().ok().map(|_| input.clone()),
            (Self::Time(unit), DataType::Date32) => (*unit != Unit::Hour).then(|| input.clone()),
            _ => None,
        }
    }

    fn takes(&self) -> &'static str {
        match self {
            Self::Bins(_) => "text and numbers",
            Self::Step(_) => "text and numbers; whole numbers by whole steps, decimals by steps of their scale",
            Self::Time(Unit::Hour) => "text, date64 and timestamps",
            Self::Time(_) => "text, dates and timestamps",
            Self::Zip3 => "text and integers",
        }
    }

    fn needs(&self) -> &'static str {
        match self {
            Self::Bins(_) | Self::Step(_) => "a number",
            Self::Time(Unit::Hour) => "a day and a time as ISO 8601 writes them",
            Self::Time(_) => "a day as ISO 8601 writes it, with or without a time",
            Self::Zip3 => "a US postal code of 5 or 9 digits",
        }
    }

    fn coarsen(&self, cell: &str) -> Option<String> {
        match self {
            Self::Bins(bins) => bins.label(parse_number(cell)?).map(str::to_owned),
            Self::Step(step) => step.floor(parse_number(cell)?).map(|number| number.to_string()),
            Self::Time(unit) => parse_iso_time(cell, *unit == Unit::Hour).map(|time| unit.text(time)),
            Self::Zip3 => zip3(cell).map(str::to_owned),
        }
    }
}

/// A decimal number; words that Rust reads as floats are none.
fn parse_number(cell: &str) -> Option<f64> {
    let numeric = cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    cell.parse().ok().filter(|number: &f64| numeric && number.is_finite())
}

struct BoundCoarsen {
    input: DataType,
    kind: Kind,
    name: &'static str,
    output: DataType,
    treatment: Treatment,
}

impl BoundCoarsen {
    /// `coarse` gives the new text of a cell, or `None` for a misfit.
    fn texts(
        &self,
        cells: &LargeStringArray,
        coarse: impl Fn(&str) -> Option<String>,
    ) -> Result<Worked, TransformError> {
        let mut misfits = Vec::new();
        let mut texts: Vec<Option<String>> = Vec::with_capacity(cells.len());
        for (row, cell) in cells.iter().enumerate() {
            let Some(cell) = cell else {
                texts.push(None);
                continue;
            };
            let mut text = coarse(cell);
            if text.is_none() {
                misfits.push(row);
                self.check(row, cell.chars().count())?;
                let mut out = Vec::new();
                if self.treatment.write(cell, &mut out)? {
                    text = String::from_utf8(out).ok();
                }
            }
            texts.push(text);
        }
        Ok(Worked { cells: Arc::new(LargeStringArray::from(texts)), misfits })
    }

    /// `coarse` gives the new number of a cell, or `None` for a misfit.
    fn numbers<T: ArrowPrimitiveType>(
        &self,
        column: &ArrayRef,
        coarse: impl Fn(T::Native) -> Option<T::Native>,
    ) -> Result<Worked, TransformError> {
        let cells: &PrimitiveArray<T> = column.as_primitive_opt().ok_or(TransformError::Schema)?;
        let mut misfits = Vec::new();
        let mut numbers = Vec::with_capacity(cells.len());
        for (row, cell) in cells.iter().enumerate() {
            let number = cell.and_then(&coarse);
            if cell.is_some() && number.is_none() {
                misfits.push(row);
                self.check(row, 1)?;
            }
            numbers.push(number);
        }
        let numbers = PrimitiveArray::<T>::from_iter(numbers).with_data_type(column.data_type().clone());
        Ok(Worked { cells: Arc::new(numbers), misfits })
    }

    fn check(&self, row: usize, length: usize) -> Result<(), TransformError> {
        if !self.treatment.fails(Direction::Tokenize) {
            return Ok(());
        }
        let (format, needs) = (self.name.to_owned(), self.kind.needs().to_owned());
        Err(TransformError::Misfit { format, length, needs, place: row_place(row) })
    }

    fn step(&self, column: &ArrayRef, step: Step) -> Result<Worked, TransformError> {
        let scale = if let DataType::Decimal128(_, scale) = self.input { scale } else { 0 };
        let whole = step.whole(scale).unwrap_or(1);
        match &self.input {
            DataType::Decimal128(_, _) => self.numbers::<Decimal128Type>(column, |number| floor(number, whole)),
            DataType::Int8 => self.numbers::<Int8Type>(column, |number| floor(number, whole)),
            DataType::Int16 => self.numbers::<Int16Type>(column, |number| floor(number, whole)),
            DataType::Int32 => self.numbers::<Int32Type>(column, |number| floor(number, whole)),
            DataType::Int64 => self.numbers::<Int64Type>(column, |number| floor(number, whole)),
            DataType::UInt8 => self.numbers::<UInt8Type>(column, |number| floor(number, whole)),
            DataType::UInt16 => self.numbers::<UInt16Type>(column, |number| floor(number, whole)),
            DataType::UInt32 => self.numbers::<UInt32Type>(column, |number| floor(number, whole)),
            DataType::UInt64 => self.numbers::<UInt64Type>(column, |number| floor(number, whole)),
            DataType::Float32 => self.numbers::<Float32Type>(column, |number| {
                // The nearest float of a multiple below the number is not above it.
                Some(step.floor(decimal(number)?)? as f32).filter(|floor| floor.is_finite())
            }),
            _ => self.numbers::<Float64Type>(column, |number| step.floor(number)),
        }
    }

    fn time(&self, column: &ArrayRef, unit: Unit) -> Result<Worked, TransformError> {
        let (per_second, zone) = match &self.input {
            DataType::Date32 => {
                let days: &Int32Array = &cast_cells(column, &DataType::Int32)?.as_primitive().clone();
                return self.numbers::<Int32Type>(&(Arc::new(days.clone()) as ArrayRef), |day| start_day(day, unit));
            }
            DataType::Timestamp(TimeUnit::Second, zone) => (1, zone.as_deref()),
            DataType::Timestamp(TimeUnit::Microsecond, zone) => (1_000_000, zone.as_deref()),
            DataType::Timestamp(TimeUnit::Nanosecond, zone) => (1_000_000_000, zone.as_deref()),
            DataType::Timestamp(TimeUnit::Millisecond, zone) => (1000, zone.as_deref()),
            _ => (1000, None),
        };
        let zone: Option<Tz> = zone.and_then(|zone| zone.parse().ok());
        let instants: Int64Array = cast_cells(column, &DataType::Int64)?.as_primitive().clone();
        self.numbers::<Int64Type>(&(Arc::new(instants) as ArrayRef), |instant| {
            unit.start_second(instant.div_euclid(per_second), zone)?.checked_mul(per_second)
        })
    }
}

impl Sealed for BoundCoarsen {}

impl ColumnTransform for BoundCoarsen {
    fn direction(&self) -> Direction {
        Direction::Tokenize
    }

    fn input_type(&self) -> &DataType {
        &self.input
    }

    fn makes_nulls(&self) -> bool {
        self.treatment.makes_nulls()
    }

    fn output_type(&self) -> &DataType {
        &self.output
    }

    fn apply(&self, column: &ArrayRef, first_row: u64) -> Result<Applied, TransformError> {
        if is_text(&self.input) {
            return over_text(column, &self.output, first_row, |cells| {
                self.texts(cells, |cell| self.kind.coarsen(cell))
            });
        }
        let worked = match &self.kind {
            Kind::Bins(bins) => {
                let floats = match &self.input {
                    DataType::Float32 => Arc::clone(column),
                    _ => cast_cells(column, &DataType::Float64)?,
                };
                self.texts(&canonical_text(&floats)?, |cell| bins.label(cell.parse().ok()?).map(str::to_owned))
            }
            Kind::Step(step) => self.step(column, *step),
            Kind::Time(unit) => self.time(column, *unit),
            // A code that was read as a number has lost its leading zeros.
            Kind::Zip3 => self.texts(&canonical_text(column)?, |cell| {
                let short = (1..=5).contains(&cell.len());
                zip3(&format!("{cell:0>5}")).filter(|_| short).map(str::to_owned)
            }),
        };
        let worked = worked.map_err(|error| error.map_row(|row| first_row + row))?;
        Ok(Applied { column: cast_cells(&worked.cells, &self.output)?, misfits: worked.misfits.len() as u64 })
    }
}

/// The number that the shortest decimals of a float write: 0.7 and not 0.699999988.
fn decimal(number: f32) -> Option<f64> {
    number.to_string().parse().ok()
}

fn floor<N: Copy + Into<i128> + TryFrom<i128>>(number: N, step: i128) -> Option<N> {
    let number: i128 = number.into();
    N::try_from(number.div_euclid(step).checked_mul(step)?).ok()
}

fn start_day(day: i32, unit: Unit) -> Option<i32> {
    let time = DateTime::from_timestamp(i64::from(day) * SECONDS, 0)?.naive_utc();
    Some(unit.start(time)?.date().num_days_from_ce() - EPOCH)
}

/// Seconds of a day.
const SECONDS: i64 = 86_400;

/// 1970-01-01, counted from 0001-01-01 as day 1.
const EPOCH: i32 = 719_163;
