//! From text to [`Policy`]: the file, its head and its datasets.
//!
//! # Promises
//!
//! - A policy comes out whole, or every mistake of the text comes out together.
//! - A file is read to its end or refused: at most [`MAX_BYTES`] of it, and nothing but a plain file's bytes.
//!
//! # What this module does not know
//!
//! Whether the datasets exist.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    agree,
    error::PolicyError,
    errors::PolicyErrors,
    fields::{self, Fields, Mistakes},
    interpolate::{self, Environment, Refused},
    lower_read, lower_rule,
    place::Spanned,
    rule::{DatasetPolicy, Location, Policy, Rule},
    syntax::{self, Entry, Table, Value},
};
use crate::names::{DatasetName, KeysetName, MAX_NAME};

/// The greatest size of a policy, in bytes.
pub const MAX_BYTES: u64 = 4 << 20;

impl Policy {
    /// Reads a policy file.
    pub fn load(path: &Path) -> Result<Self, PolicyErrors> {
        let name = path.display().to_string();
        let text = read(path).map_err(|error| PolicyErrors::of_file(name.clone(), error))?;
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::lower(&name, &text, base, &|variable| std::env::var(variable).ok())
    }

    /// Reads a policy text; `name` is what diagnostics call it. Relative sources start from the current folder.
    pub fn parse(name: &str, text: &str) -> Result<Self, PolicyErrors> {
        Self::lower(name, text, PathBuf::new(), &|variable| std::env::var(variable).ok())
    }

    fn lower(name: &str, text: &str, base: PathBuf, environment: Environment<'_>) -> Result<Self, PolicyErrors> {
        let display_name: Arc<str> = name.into();
        if text.len() as u64 > MAX_BYTES {
            return Err(PolicyErrors::of_file(name.to_owned(), PolicyError::TooLarge { limit: MAX_BYTES }));
        }
        let text: Arc<str> = text.into();
        let source = || miette::NamedSource::new(&*display_name, Arc::clone(&text)).with_language("TOML");
        let table = syntax::parse(&text).map_err(|errors| PolicyErrors::in_text(source(), errors))?;
        let mut mistakes = Mistakes::new();
        let head = lower_policy(&table, environment, &mut mistakes);
        match (head, mistakes.is_empty()) {
            (Some(head), true) => Ok(Self {
                base,
                datasets: head.datasets,
                display_name,
                keyset: head.keyset,
                name: head.name,
                purpose: head.purpose,
                text,
            }),
            _ => Err(PolicyErrors::in_text(source(), mistakes)),
        }
    }
}

struct Head {
    datasets: Vec<DatasetPolicy>,
    keyset: KeysetName,
    name: String,
    purpose: String,
}

fn read(path: &Path) -> Result<String, PolicyError> {
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => PolicyError::NotFound { path: path.to_owned() },
        kind => PolicyError::Unreadable { kind, path: path.to_owned() },
    };
    let metadata = std::fs::metadata(path).map_err(refused)?;
    if !metadata.is_file() {
        let kind = if metadata.is_dir() { io::ErrorKind::IsADirectory } else { io::ErrorKind::InvalidInput };
        return Err(PolicyError::Unreadable { kind, path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(refused)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(PolicyError::TooLarge { limit: MAX_BYTES });
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = valid.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        PolicyError::NotUtf8 { column, line, path: path.to_owned() }
    })
}

fn lower_policy(table: &Table, environment: Environment<'_>, mistakes: &mut Mistakes) -> Option<Head> {
    if table.entries.is_empty() {
        mistakes.push(PolicyError::Empty);
        return None;
    }
    let mut fields = Fields::new(table, "the policy".to_owned(), table.entries.first().map(|entry| entry.key.span));
    check_version(&mut fields, mistakes)?;
    let name = head_text(&mut fields, "policy", "say what this policy is called: `policy = \"shop\"`", mistakes);
    let help = "say what the output is for: `purpose = \"train the recommender\"`";
    let purpose = head_text(&mut fields, "purpose", help, mistakes);
    let help = "name the keyset whose keys write the tokens: `keyset = \"shop\"`";
    let keyset = head_text(&mut fields, "keyset", help, mistakes)
        .and_then(|text| fields::named(text, "name of a keyset", str::parse::<KeysetName>, mistakes));
    let help = "a policy describes at least one dataset: `[datasets.users]` with `source` and `columns`";
    let datasets = fields.require("datasets", help, mistakes);
    fields.finish(mistakes);
    let datasets = lower_datasets(datasets?, environment, mistakes);
    agree::domains(&datasets, mistakes);
    Some(Head { datasets, keyset: keyset?.value, name: name?.value.to_owned(), purpose: purpose?.value.to_owned() })
}

/// Another version of the language makes every further message a guess: it is the only one then.
fn check_version(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<()> {
    let Some(entry) = fields.require("version", "write `version = 1`", mistakes) else {
        return Some(());
    };
    let found = match &entry.node.value {
        Value::Integer(Some(1)) => return Some(()),
        Value::Integer(Some(version)) => version.to_string(),
        Value::Float(version) => version.to_string(),
        Value::Text(version) => format!("{version:?}"),
        _ => return fields::wrong_type(&entry.node, "version", "an integer", Some("version = 1"), mistakes),
    };
    mistakes.push(PolicyError::UnsupportedVersion { found, span: entry.node.span });
    None
}

fn head_text<'a>(
    fields: &mut Fields<'a>,
    key: &'static str,
    help: &str,
    mistakes: &mut Mistakes,
) -> Option<Spanned<&'a str>> {
    let entry = fields.require(key, help, mistakes)?;
    let text = fields::text(&entry.node, key, mistakes)?;
    if text.value.contains("${") {
        mistakes.push(PolicyError::InterpolationElsewhere { key: key.to_owned(), span: text.span });
        return None;
    }
    if text.value.trim().is_empty() {
        mistakes.push(PolicyError::EmptyValue { help: help.to_owned(), key: key.to_owned(), span: text.span });
        return None;
    }
    let too_long = key != "purpose" && text.value.len() > MAX_NAME;
    if too_long || text.value.chars().any(char::is_control) {
        let reason = format!("has control characters, or more than {MAX_NAME} bytes");
        mistakes.push(fields::invalid(&entry.node, key, reason, None));
        return None;
    }
    Some(text)
}

fn lower_datasets(entry: &Entry, environment: Environment<'_>, mistakes: &mut Mistakes) -> Vec<DatasetPolicy> {
    let Some(table) = fields::table(&entry.node, "datasets", Some("[datasets.users]"), mistakes) else {
        return Vec::new();
    };
    if table.entries.is_empty() {
        let help = "describe at least one dataset: `[datasets.users]` with `source` and `columns`".to_owned();
        mistakes.push(PolicyError::EmptyValue { help, key: "datasets".to_owned(), span: entry.key.span });
    }
    table.entries.iter().filter_map(|entry| lower_dataset(entry, environment, mistakes)).collect()
}

fn lower_dataset(entry: &Entry, environment: Environment<'_>, mistakes: &mut Mistakes) -> Option<DatasetPolicy> {
    let key = Spanned::new(entry.key.span, entry.key.value.as_str());
    let name = fields::named(key, "name of a dataset", str::parse::<DatasetName>, mistakes);
    let key = format!("datasets.{}", entry.key.value);
    let table = fields::table(&entry.node, &key, Some(&format!("[{key}]")), mistakes)?;
    let place = format!("dataset `{}`", entry.key.value);
    let mut fields = Fields::new(table, place.clone(), Some(entry.key.span));
    let help = "say where its files are, relative to the policy: `source = \"users.csv\"`";
    let source = fields.require("source", help, mistakes);
    let source = source.and_then(|entry| lower_source(entry, environment, mistakes));
    let read = fields.take("read");
    let help =
        format!("every column needs a rule: write `[{key}.columns]`; `counterfoil plan` then prints the lines to add");
    let columns = fields.require("columns", &help, mistakes);
    fields.finish(mistakes);
    let rules = columns.map(|columns| lower_columns(columns, mistakes)).unwrap_or_default();
    let known = columns.and_then(|columns| match &columns.node.value {
        Value::Table(table) => Some(table),
        _ => None,
    });
    let read = read.map(|entry| lower_read::lower(entry, &place, known, mistakes)).unwrap_or_default();
    Some(DatasetPolicy { columns: rules, columns_span: columns?.key.span, name: name?, read, source: source? })
}

fn lower_source(entry: &Entry, environment: Environment<'_>, mistakes: &mut Mistakes) -> Option<Spanned<Location>> {
    let text = fields::text(&entry.node, "source", mistakes)?;
    let span = text.span;
    let resolved = match interpolate::interpolate(text.value, environment) {
        Ok(resolved) => resolved,
        Err(Refused::Malformed) => {
            mistakes.push(PolicyError::Interpolation { span });
            return None;
        }
        Err(Refused::Missing(variable)) => {
            mistakes.push(PolicyError::EnvironmentVariableMissing { span, variable });
            return None;
        }
    };
    if resolved.trim().is_empty() {
        let help = "write a file, a glob or a folder, relative to the policy".to_owned();
        mistakes.push(PolicyError::EmptyValue { help, key: "source".to_owned(), span });
        return None;
    }
    Some(Spanned::new(span, Location { resolved, written: text.value.to_owned() }))
}

fn lower_columns(entry: &Entry, mistakes: &mut Mistakes) -> Vec<Rule> {
    let Some(table) = fields::table(&entry.node, "columns", Some("columns = { email = \"drop\" }"), mistakes) else {
        return Vec::new();
    };
    let rules: Vec<Rule> = table.entries.iter().filter_map(|entry| lower_rule::lower(entry, mistakes)).collect();
    agree::columns(&rules, mistakes);
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "policy = 'p'\nversion = 1\npurpose = 't'\nkeyset = 'k'\n\
                        [datasets.u]\nsource = '${DIR}/u.csv'\n[datasets.u.columns]\n";

    #[test]
    fn a_location_prints_as_written_and_leads_where_the_environment_says() {
        let environment = |name: &str| (name == "DIR").then(|| "/secret".to_owned());
        let policy = Policy::lower("p.toml", TEXT, PathBuf::new(), &environment).unwrap();
        let source = &policy.datasets()[0].source.value;
        assert_eq!(source.resolved(), "/secret/u.csv");
        assert!(!format!("{policy:?} {source}").contains("/secret"));
    }

    #[test]
    fn a_missing_variable_is_named() {
        let errors = Policy::lower("p.toml", TEXT, PathBuf::new(), &|_| None).unwrap_err();
        assert_eq!(errors.to_string(), "the environment variable `DIR` is not set");
    }
}
