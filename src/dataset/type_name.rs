//! The normalised name of a type in a logical digest.
//!
//! # Promises
//!
//! - Two Arrow types that hold the same cells in another layout have one name: `Utf8`, `LargeUtf8`, `Utf8View` and a
//!   dictionary of them are all `utf8`.
//! - The name is unambiguous: field names of a struct stand in it as JSON strings.
//!
//! SPEC: `schemas/logical-digest.v1.md`, "Types".

use arrow_schema::{DataType, Fields, IntervalUnit, TimeUnit};

/// The normalised name of `data_type`, or `None` where the logical digest does not know the type.
pub fn type_name(data_type: &DataType) -> Option<String> {
    let name = match data_type {
        DataType::Null => "null".to_owned(),
        DataType::Boolean => "bool".to_owned(),
        DataType::Int8 => "int8".to_owned(),
        DataType::Int16 => "int16".to_owned(),
        DataType::Int32 => "int32".to_owned(),
        DataType::Int64 => "int64".to_owned(),
        DataType::UInt8 => "uint8".to_owned(),
        DataType::UInt16 => "uint16".to_owned(),
        DataType::UInt32 => "uint32".to_owned(),
        DataType::UInt64 => "uint64".to_owned(),
        DataType::Float16 => "float16".to_owned(),
        DataType::Float32 => "float32".to_owned(),
        DataType::Float64 => "float64".to_owned(),
        DataType::Date32 => "date32".to_owned(),
        DataType::Date64 => "date64".to_owned(),
        DataType::Time32(unit) | DataType::Time64(unit) => format!("time({})", unit_name(unit)),
        DataType::Duration(unit) => format!("duration({})", unit_name(unit)),
        DataType::Timestamp(unit, None) => format!("timestamp({})", unit_name(unit)),
        DataType::Timestamp(unit, Some(zone)) => format!("timestamp({},{})", unit_name(unit), quoted(zone)),
        DataType::Interval(IntervalUnit::YearMonth) => "interval(year_month)".to_owned(),
        DataType::Interval(IntervalUnit::DayTime) => "interval(day_time)".to_owned(),
        DataType::Interval(IntervalUnit::MonthDayNano) => "interval(month_day_nano)".to_owned(),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => format!("decimal({precision},{scale})"),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "utf8".to_owned(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "binary".to_owned(),
        DataType::FixedSizeBinary(width) => format!("fixed_binary({width})"),
        DataType::Dictionary(_, values) => type_name(values)?,
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => format!("list<{}>", type_name(item.data_type())?),
        DataType::Map(entries, _) => map_name(entries.data_type())?,
        DataType::Struct(fields) => format!("struct<{}>", fields_name(fields)?),
        DataType::RunEndEncoded(..) | DataType::Union(..) => return None,
    };
    Some(name)
}

fn map_name(entries: &DataType) -> Option<String> {
    let DataType::Struct(fields) = entries else { return None };
    let mut parts = fields.iter().map(|field| type_name(field.data_type()));
    Some(format!("map<{},{}>", parts.next()??, parts.next()??))
}

fn fields_name(fields: &Fields) -> Option<String> {
    let parts: Option<Vec<String>> = fields
        .iter()
        .map(|field| Some(format!("{}:{}", quoted(field.name()), type_name(field.data_type())?)))
        .collect();
    Some(parts?.join(","))
}

fn unit_name(unit: &TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    }
}

/// A JSON string with the two escapes that the document allows, and `\u00xx` for control characters.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\0'..='\x1f' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}
