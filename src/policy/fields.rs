//! Taking a table apart: each key is asked for once, and what nobody asked for is a mistake.
//!
//! # Promises
//!
//! - The keys that a suggestion can propose are the keys that were asked for.
//! - A value of the wrong kind is reported and counts as absent, so that reading goes on to the next mistake.
//!
//! # What this module does not know
//!
//! Which keys there are.

use miette::SourceSpan;

use super::{
    error::PolicyError,
    place::Spanned,
    suggest,
    syntax::{Entry, Node, Table, Value},
};
use crate::names::{ColumnPath, InvalidName};

/// The mistakes found so far.
pub(super) type Mistakes = Vec<PolicyError>;

/// A table whose keys are being asked for.
pub(super) struct Fields<'a> {
    asked: Vec<&'static str>,
    place: String,
    span: Option<SourceSpan>,
    table: &'a Table,
}

impl<'a> Fields<'a> {
    /// `place` names the table in messages; `span` is where a missing key is reported.
    pub(super) fn new(table: &'a Table, place: String, span: Option<SourceSpan>) -> Self {
        Self { asked: Vec::new(), place, span, table }
    }

    /// Asks for a key.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'a Entry> {
        self.asked.push(key);
        self.peek(key)
    }

    /// Looks at a key without asking for it.
    pub(super) fn peek(&self, key: &str) -> Option<&'a Entry> {
        self.table.entries.iter().find(|entry| entry.key.value == key)
    }

    /// Asks for a key that must be there.
    pub(super) fn require(&mut self, key: &'static str, help: &str, mistakes: &mut Mistakes) -> Option<&'a Entry> {
        let found = self.take(key);
        if found.is_none() {
            let (help, place, span) = (help.to_owned(), self.place.clone(), self.span);
            mistakes.push(PolicyError::MissingKey { help, key, place, span });
        }
        found
    }

    /// The keys that were asked for.
    pub(super) fn asked(&self) -> &[&'static str] {
        &self.asked
    }

    /// The entries that nobody asked for.
    pub(super) fn left(&self) -> impl Iterator<Item = &'a Entry> {
        self.table.entries.iter().filter(|entry| !self.asked.iter().any(|key| *key == entry.key.value))
    }

    /// Reports the entries that nobody asked for.
    pub(super) fn finish(self, mistakes: &mut Mistakes) {
        for entry in self.left() {
            mistakes.push(unknown_key(entry, &self.place, &self.asked));
        }
    }

    pub(super) fn boolean(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<bool> {
        let entry = self.take(key)?;
        match entry.node.value {
            Value::Boolean(boolean) => Some(boolean),
            _ => wrong_type(&entry.node, key, "`true` or `false`", None, mistakes),
        }
    }

    pub(super) fn text(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<Spanned<&'a str>> {
        let entry = self.take(key)?;
        text(&entry.node, key, mistakes)
    }

    /// A count of characters.
    pub(super) fn count(&mut self, key: &'static str, most: u32, mistakes: &mut Mistakes) -> Option<u32> {
        let entry = self.take(key)?;
        let Value::Integer(integer) = entry.node.value else {
            return wrong_type(&entry.node, key, "an integer", None, mistakes);
        };
        let count = integer.and_then(|integer| u32::try_from(integer).ok()).filter(|count| *count <= most);
        if count.is_none() {
            mistakes.push(invalid(&entry.node, key, format!("is outside 0 to {most}"), None));
        }
        count
    }

    /// A word of a closed list.
    pub(super) fn word<T>(
        &mut self,
        key: &'static str,
        words: &[&str],
        from_word: impl Fn(&str) -> Option<T>,
        mistakes: &mut Mistakes,
    ) -> Option<T> {
        let entry = self.take(key)?;
        word(&entry.node, key, words, from_word, mistakes)
    }
}

/// A text, or a mistake.
pub(super) fn text<'a>(node: &'a Node, key: &str, mistakes: &mut Mistakes) -> Option<Spanned<&'a str>> {
    match &node.value {
        Value::Text(text) => Some(Spanned::new(node.span, text)),
        _ => wrong_type(node, key, "a text in quotes", None, mistakes),
    }
}

/// A word of a closed list, or a mistake.
pub(super) fn word<T>(
    node: &Node,
    key: &str,
    words: &[&str],
    from_word: impl Fn(&str) -> Option<T>,
    mistakes: &mut Mistakes,
) -> Option<T> {
    let text = text(node, key, mistakes)?;
    let found = from_word(text.value);
    if found.is_none() {
        mistakes.push(PolicyError::UnknownWord {
            help: suggest::help(text.value, words),
            key: key.to_owned(),
            span: node.span,
            word: text.value.to_owned(),
        });
    }
    found
}

/// A table, or a mistake.
pub(super) fn table<'a>(
    node: &'a Node,
    key: &str,
    example: Option<&str>,
    mistakes: &mut Mistakes,
) -> Option<&'a Table> {
    match &node.value {
        Value::Table(table) => Some(table),
        _ => wrong_type(node, key, "a table", example, mistakes),
    }
}

/// A list, or a mistake.
pub(super) fn list<'a>(node: &'a Node, key: &str, example: &str, mistakes: &mut Mistakes) -> Option<&'a [Node]> {
    match &node.value {
        Value::List(items) => Some(items),
        _ => wrong_type(node, key, "a list", Some(example), mistakes),
    }
}

/// A name, or a mistake at its place.
pub(super) fn named<T>(
    text: Spanned<&str>,
    what: &'static str,
    parse: impl Fn(&str) -> Result<T, InvalidName>,
    mistakes: &mut Mistakes,
) -> Option<Spanned<T>> {
    match parse(text.value) {
        Ok(name) => Some(Spanned::new(text.span, name)),
        Err(reason) => {
            let text = Spanned::new(text.span, text.value.to_owned());
            mistakes.push(PolicyError::InvalidName { reason, span: text.span, text: text.value, what });
            None
        }
    }
}

/// The path of a column, or a mistake at its key.
pub(super) fn path(key: &Spanned<String>, mistakes: &mut Mistakes) -> Option<ColumnPath> {
    let path = key.value.parse().ok();
    if path.is_none() {
        mistakes.push(PolicyError::InvalidPath { path: key.value.clone(), span: key.span });
    }
    path
}

/// Reports a value of the wrong kind.
pub(super) fn wrong_type<T>(
    node: &Node,
    key: &str,
    expected: &'static str,
    example: Option<&str>,
    mistakes: &mut Mistakes,
) -> Option<T> {
    mistakes.push(PolicyError::WrongType {
        expected,
        found: node.value.kind(),
        help: example.map(|example| format!("write it like `{example}`")),
        key: key.to_owned(),
        span: node.span,
    });
    None
}

/// A value that the key cannot hold.
pub(super) fn invalid(node: &Node, key: &str, reason: String, help: Option<String>) -> PolicyError {
    PolicyError::InvalidValue { help, key: key.to_owned(), reason, span: node.span }
}

/// A key that nobody asked for.
pub(super) fn unknown_key(entry: &Entry, place: &str, known: &[&str]) -> PolicyError {
    let key = entry.key.value.clone();
    PolicyError::UnknownKey { help: suggest::help(&key, known), key, place: place.to_owned(), span: entry.key.span }
}
