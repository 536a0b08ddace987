//! From text to [`ReadOptions`].
//!
//! # Promises
//!
//! - An option that the dataset's format would ignore is a mistake.
//!
//! # What this module does not know
//!
//! What a reader does with an option.

use std::collections::HashSet;

use super::{
    error::PolicyError,
    fields::{self, Fields, Mistakes},
    place::Spanned,
    read::{ColumnType, Quote, ReadOptions},
    suggest,
    syntax::{Entry, Table, Value},
    words::{Compression, Encoding, FileFormat},
};
use crate::names::ColumnPath;

/// Lowers the key `read` of a dataset; `columns` is the table of its rules, where it has one.
pub(super) fn lower(entry: &Entry, place: &str, columns: Option<&Table>, mistakes: &mut Mistakes) -> ReadOptions {
    let Some(table) = fields::table(&entry.node, "read", Some("read = { delimiter = \"|\" }"), mistakes) else {
        return ReadOptions::default();
    };
    let mut fields = Fields::new(table, format!("`read` of {place}"), Some(entry.key.span));
    let options = ReadOptions {
        compression: fields.word("compression", Compression::WORDS, Compression::from_word, mistakes),
        delimiter: byte(&mut fields, "delimiter", mistakes),
        encoding: fields.word("encoding", Encoding::WORDS, Encoding::from_word, mistakes),
        format: fields.word("format", FileFormat::WORDS, FileFormat::from_word, mistakes),
        header: fields.boolean("header", mistakes),
        names: names(&mut fields, mistakes),
        null_values: texts(&mut fields, "null_values", "null_values = [\"NA\"]", mistakes).unwrap_or_default(),
        quote: quote(&mut fields, mistakes),
        types: types(&mut fields, place, columns, mistakes),
    };
    check_bytes(&fields, &options, mistakes);
    check_header(&fields, mistakes);
    check_format(&fields, options.format, mistakes);
    fields.finish(mistakes);
    options
}

/// One character that is one byte in every encoding that is read.
fn byte(fields: &mut Fields<'_>, key: &'static str, mistakes: &mut Mistakes) -> Option<u8> {
    let entry = fields.take(key)?;
    let text = fields::text(&entry.node, key, mistakes)?.value;
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Some(*byte),
        _ => {
            let help = "a tab is written \"\\t\"".to_owned();
            mistakes.push(fields::invalid(
                &entry.node,
                key,
                "must be exactly one ASCII character".to_owned(),
                Some(help),
            ));
            None
        }
    }
}

/// An empty text says that nothing is quoted.
fn quote(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<Quote> {
    match &fields.peek("quote")?.node.value {
        Value::Text(text) if text.is_empty() => fields.take("quote").map(|_| Quote::Never),
        _ => byte(fields, "quote", mistakes).map(Quote::Byte),
    }
}

fn texts(fields: &mut Fields<'_>, key: &'static str, example: &str, mistakes: &mut Mistakes) -> Option<Vec<String>> {
    let items = fields::list(&fields.take(key)?.node, key, example, mistakes)?;
    items.iter().map(|item| Some(fields::text(item, key, mistakes)?.value.to_owned())).collect()
}

fn names(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<Vec<String>> {
    let names = texts(fields, "names", "names = [\"id\", \"email\"]", mistakes)?;
    let mut seen = HashSet::new();
    let twice = names.iter().find(|name| !seen.insert(name.as_str()));
    let reason = match twice {
        Some(name) => format!("has `{name}` twice"),
        None if names.is_empty() => "is empty".to_owned(),
        None => return Some(names),
    };
    let node = &fields.peek("names")?.node;
    mistakes.push(fields::invalid(node, "names", reason, Some("each column has a name of its own".to_owned())));
    None
}

fn types(
    fields: &mut Fields<'_>,
    place: &str,
    columns: Option<&Table>,
    mistakes: &mut Mistakes,
) -> Vec<(Spanned<ColumnPath>, ColumnType)> {
    let Some(entry) = fields.take("types") else {
        return Vec::new();
    };
    let Some(table) = fields::table(&entry.node, "types", Some("types = { zip = \"text\" }"), mistakes) else {
        return Vec::new();
    };
    let known: Option<Vec<(&str, ColumnPath)>> = columns.map(|table| {
        let keys = table.entries.iter().map(|entry| entry.key.value.as_str());
        keys.filter_map(|key| Some((key, key.parse().ok()?))).collect()
    });
    let mut types = Vec::new();
    for entry in &table.entries {
        let path = fields::path(&entry.key, mistakes);
        if let (Some(path), Some(known)) = (&path, &known)
            && known.iter().all(|(_, other)| other != path)
        {
            let keys: Vec<&str> = known.iter().map(|(key, _)| *key).collect();
            let help = match suggest::closest(&entry.key.value, &keys) {
                Some(key) => format!("did you mean `{key}`?"),
                None => "a type belongs to a column that has a rule".to_owned(),
            };
            let (key, place, span) = (entry.key.value.clone(), format!("`columns` of {place}"), entry.key.span);
            mistakes.push(PolicyError::UnknownKey { help, key, place, span });
        }
        if let (Some(path), Some(column_type)) = (path, column_type(entry, mistakes)) {
            types.push((Spanned::new(entry.key.span, path), column_type));
        }
    }
    types
}

fn column_type(entry: &Entry, mistakes: &mut Mistakes) -> Option<ColumnType> {
    let text = fields::text(&entry.node, &entry.key.value, mistakes)?.value;
    if text.starts_with("decimal") && ColumnType::from_word(text).is_none() {
        let reason = "is not a decimal type".to_owned();
        let help = "write `decimal(10,2)`: 1 to 38 digits in all, and how many of them after the point".to_owned();
        mistakes.push(fields::invalid(&entry.node, &entry.key.value, reason, Some(help)));
        return None;
    }
    fields::word(&entry.node, &entry.key.value, ColumnType::WORDS, ColumnType::from_word, mistakes)
}

/// A delimiter within quotes must be told from the quotes, those that stand by default included.
fn check_bytes(fields: &Fields<'_>, options: &ReadOptions, mistakes: &mut Mistakes) {
    let delimiter = options.delimiter.unwrap_or(b',');
    let (key, other, quote) = match options.quote {
        None => ("delimiter", "quote", b'"'),
        Some(Quote::Byte(quote)) => ("quote", "delimiter", quote),
        Some(Quote::Never) => return,
    };
    if let Some(entry) = fields.peek(key).filter(|_| quote == delimiter) {
        mistakes.push(fields::invalid(&entry.node, key, format!("is the same character as `{other}`"), None));
    }
}

/// Names without a word about the header would turn the first row of a file without one into a header.
fn check_header(fields: &Fields<'_>, mistakes: &mut Mistakes) {
    if let (None, Some(names)) = (fields.peek("header"), fields.peek("names")) {
        mistakes.push(PolicyError::MissingKey {
            help: "say whether the first row is a header that `names` replace: `header = true`, or the first of the \
                   data: `header = false`"
                .to_owned(),
            key: "header",
            place: "`read` with `names`".to_owned(),
            span: Some(names.key.span),
        });
    }
}

fn check_format(fields: &Fields<'_>, format: Option<FileFormat>, mistakes: &mut Mistakes) {
    let ignored: &[&str] = match format {
        None | Some(FileFormat::Csv) => return,
        Some(FileFormat::Ndjson) => CSV_ONLY,
        Some(FileFormat::Ipc | FileFormat::Parquet) => NOT_SELF_DESCRIBING,
    };
    let Some(format) = format else { return };
    for entry in ignored.iter().filter_map(|key| fields.peek(key)) {
        // `compression = "none"` says of a typed file what is true of it.
        if matches!(&entry.node.value, Value::Text(word) if word == "none") {
            continue;
        }
        mistakes.push(PolicyError::UnexpectedParameter {
            help: format!("a file of this format says it itself; leave `{}` out", entry.key.value),
            parameter: entry.key.value.clone(),
            span: entry.key.span,
            words: format!("format = \"{format}\""),
        });
    }
}

const CSV_ONLY: &[&str] = &["delimiter", "header", "names", "null_values", "quote"];

const NOT_SELF_DESCRIBING: &[&str] =
    &["compression", "delimiter", "encoding", "header", "names", "null_values", "quote", "types"];
