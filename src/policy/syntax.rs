//! TOML as a tree in which every key and value knows its place.
//!
//! # Promises
//!
//! - Entries come in the order of the text, not of the alphabet.
//! - The whole text is understood, or every place that is not TOML is reported.
//!
//! # What this module does not know
//!
//! What any key means.

use miette::SourceSpan;
use toml::de::{DeTable, DeValue};

use super::{error::PolicyError, place::Spanned};

/// A table: inline, under a header, or made of dotted keys.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Spanned<String>,
    pub(super) node: Node,
}

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: SourceSpan,
    pub(super) value: Value,
}

/// A value of TOML.
#[derive(Debug)]
pub(super) enum Value {
    Boolean(bool),
    /// A date, a time or both, as ISO 8601 text.
    Datetime(String),
    Float(f64),
    /// `None`: more digits than any use of ours can have.
    Integer(Option<i128>),
    List(Vec<Node>),
    Table(Table),
    Text(String),
}

impl Value {
    /// The kind of the value, with an article.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::Datetime(_) => "a date or time",
            Self::Float(_) => "a floating-point number",
            Self::Integer(_) => "an integer",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Text(_) => "a text",
        }
    }
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Result<Table, Vec<PolicyError>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(lower_table(table.get_ref()));
    }
    let end = text.len();
    let mut mistakes: Vec<PolicyError> = Vec::new();
    let mut line_of_last = None;
    for error in errors {
        let span = error.span().unwrap_or(end..end);
        // What follows on a line that is already broken is mostly an echo of it.
        let line = text.get(..span.start).map(|before| before.matches('\n').count());
        if line_of_last == Some(line) {
            continue;
        }
        line_of_last = Some(line);
        let help = help_for(text, &span, error.message());
        mistakes.push(PolicyError::Syntax { help, message: error.message().to_owned(), span: span.into() });
    }
    Err(mistakes)
}

fn help_for(text: &str, span: &std::ops::Range<usize>, message: &str) -> Option<String> {
    if text.trim_start().starts_with('{') {
        return Some("this looks like JSON; a policy is written in TOML: `policy = \"shop\"`".to_owned());
    }
    let line_start = text.get(..span.start)?.rfind('\n').map_or(0, |position| position + 1);
    let line = text.get(line_start..)?.lines().next()?;
    let key = line.split('=').next()?.trim();
    if message.starts_with("string values must be quoted") {
        return Some(format!("a text stands in double quotes: `{key} = \"…\"`"));
    }
    if message == "duplicate key" {
        return Some("the same key stands further up; keep one of the two".to_owned());
    }
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let odd = !key.contains(['"', '\'', '[', '#', '{']) && key.chars().any(|c| !bare(c));
    odd.then(|| format!("a key with other characters than letters, digits, `-` and `_` is quoted: `\"{key}\" = …`"))
}

fn lower_table(table: &DeTable<'_>) -> Table {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: Spanned::new(key.span().into(), key.get_ref().to_string()),
            node: lower_node(value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key.span.offset());
    Table { entries }
}

fn lower_node(node: &toml::Spanned<DeValue<'_>>) -> Node {
    let value = match node.get_ref() {
        DeValue::Array(items) => Value::List(items.iter().map(lower_node).collect()),
        DeValue::Boolean(boolean) => Value::Boolean(*boolean),
        DeValue::Datetime(datetime) => Value::Datetime(datetime.to_string()),
        DeValue::Float(float) => Value::Float(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Integer(integer) => Value::Integer(i128::from_str_radix(integer.as_str(), integer.radix()).ok()),
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Table(table) => Value::Table(lower_table(table)),
    };
    Node { span: node.span().into(), value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_the_order_and_the_places_of_the_text() {
        let text = "b = 1\na = { d = 0x1F, c = 18446744073709551615 }\n";
        let table = parse(text).unwrap();
        let keys: Vec<&str> = table.entries.iter().map(|entry| entry.key.value.as_str()).collect();
        assert_eq!(keys, ["b", "a"]);
        let Value::Table(inner) = &table.entries[1].node.value else { panic!("a table") };
        assert!(matches!(inner.entries[0].node.value, Value::Integer(Some(31))));
        assert!(matches!(inner.entries[1].node.value, Value::Integer(Some(18_446_744_073_709_551_615))));
        let span = inner.entries[1].node.span;
        assert_eq!(&text[span.offset()..span.offset() + span.len()], "18446744073709551615");
    }

    #[test]
    fn a_deep_text_is_refused_and_does_not_overflow_the_stack() {
        assert!(parse(&format!("a = {}", "[".repeat(100_000))).is_err());
        assert!(parse(&format!("a = {}{}", "[".repeat(5_000), "]".repeat(5_000))).is_err());
        let dots = vec!["a"; 100_000].join(".");
        let _ = parse(&format!("{dots} = 1"));
    }
}
