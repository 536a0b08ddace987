//! How things are said: to people on stderr, to schedulers as JSON lines, as data on stdout.
//!
//! # What this module does not know
//!
//! Why something is said.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicBool, Ordering},
};

use counterfoil::{KeysError, RunError};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use serde_json::json;

/// A command that did not come to its end, and the exit code that says so.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: u8,
    /// What is told.
    pub(crate) diagnostic: Box<dyn Diagnostic + Send + Sync>,
}

/// Something was asked for in a way that cannot be meant.
#[derive(Debug, Diagnostic, thiserror::Error)]
#[error("{message}")]
#[diagnostic(code(usage), help("{help}"))]
pub(crate) struct Usage {
    /// What is wrong.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: String,
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let code = match &error {
            RunError::NoLock { .. } | RunError::Plan(_) | RunError::PlanChanged { .. } | RunError::Policy(_) => 3,
            _ => 1,
        };
        Self { code, diagnostic: Box::new(error) }
    }
}

impl From<KeysError> for Failure {
    fn from(error: KeysError) -> Self {
        Self { code: 1, diagnostic: Box::new(error) }
    }
}

impl From<Usage> for Failure {
    fn from(usage: Usage) -> Self {
        Self { code: 2, diagnostic: Box::new(usage) }
    }
}

/// The voice on stderr.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Talk {
    json: bool,
}

impl Talk {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether the talk is JSON lines.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// A line of talk.
    pub(crate) fn say(self, message: &str) {
        if self.json {
            eprintln!("{}", json!({ "level": "info", "message": message }));
        } else {
            eprintln!("{message}");
        }
    }

    /// A line of warning.
    pub(crate) fn warn(self, message: &str) {
        if self.json {
            eprintln!("{}", json!({ "level": "warn", "message": message }));
        } else {
            eprintln!("warning: {message}");
        }
    }

    /// Why a command failed.
    pub(crate) fn failure(self, failure: &Failure) {
        let diagnostic = failure.diagnostic.as_ref();
        if self.json {
            eprintln!("{}", failure_json(diagnostic, failure.code));
            return;
        }
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        let theme = match (terminal, std::env::var_os("NO_COLOR")) {
            (true, None) => GraphicalTheme::unicode(),
            _ => GraphicalTheme::unicode_nocolor(),
        };
        let mut text = String::new();
        let handler = GraphicalReportHandler::new_themed(theme).with_width(120).with_links(false);
        if handler.render_report(&mut text, diagnostic).is_err() {
            text = diagnostic.to_string();
        }
        eprintln!("Error: {}", text.trim_end());
    }
}

fn failure_json(diagnostic: &dyn Diagnostic, code: u8) -> serde_json::Value {
    let mut related = Vec::new();
    for one in diagnostic.related().into_iter().flatten() {
        related.push(failure_json(one, code));
    }
    json!({
        "level": "error",
        "code": diagnostic.code().map(|code| code.to_string()),
        "message": diagnostic.to_string(),
        "help": diagnostic.help().map(|help| help.to_string()),
        "related": related,
        "exit": code,
    })
}

static DATA_LOST: AtomicBool = AtomicBool::new(false);

/// Data on stdout. A reader that went away is nobody's failure; a disk that took nothing is.
pub(crate) fn data(text: &str) {
    use std::io::{ErrorKind, Write as _};
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if written.is_err_and(|error| error.kind() != ErrorKind::BrokenPipe) {
        DATA_LOST.store(true, Ordering::Relaxed);
    }
}

/// Whether something that should have gone to stdout did not.
pub(crate) fn data_was_lost() -> bool {
    DATA_LOST.load(Ordering::Relaxed)
}

/// Pretty JSON on stdout.
pub(crate) fn json_data(value: &impl serde::Serialize) {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    data(&text);
}

/// `1,234,567`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `12.3 MB`
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut scaled = number as f64;
    let mut unit = UNITS.iter();
    let mut name = unit.next().unwrap_or(&"B");
    for next in unit {
        if scaled < 1000.0 {
            break;
        }
        scaled /= 1000.0;
        name = next;
    }
    let mut text = String::new();
    let _ = if *name == "B" { write!(text, "{number} B") } else { write!(text, "{scaled:.1} {name}") };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!((grouped(7).as_str(), grouped(1234567).as_str()), ("7", "1,234,567"));
        assert_eq!((bytes(999).as_str(), bytes(12_345_678).as_str()), ("999 B", "12.3 MB"));
    }
}
