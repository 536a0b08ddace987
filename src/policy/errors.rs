//! All mistakes of one policy as one diagnostic.
//!
//! # Promises
//!
//! - The mistakes of a text are reported together, in the order of the text.
//!
//! # What this module does not know
//!
//! Which mistakes there are.

use std::{fmt, sync::Arc};

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode};

use super::error::PolicyError;

/// Every mistake of one policy, at least one.
///
/// A single mistake is shown as itself; several are shown under a headline.
pub struct PolicyErrors(Box<Refusal>);

struct Refusal {
    errors: Vec<PolicyError>,
    name: String,
    source: Option<NamedSource<Arc<str>>>,
}

impl PolicyErrors {
    /// Mistakes in a text.
    pub(super) fn in_text(source: NamedSource<Arc<str>>, mut errors: Vec<PolicyError>) -> Self {
        errors.sort_by_key(PolicyError::offset);
        Self(Box::new(Refusal { errors, name: source.name().to_owned(), source: Some(source) }))
    }

    /// A file that gave no text.
    pub(super) fn of_file(name: String, error: PolicyError) -> Self {
        Self(Box::new(Refusal { errors: vec![error], name, source: None }))
    }

    /// The mistakes in the order of the text.
    pub fn errors(&self) -> &[PolicyError] {
        &self.0.errors
    }

    fn only(&self) -> Option<&PolicyError> {
        match &*self.0.errors {
            [error] => Some(error),
            _ => None,
        }
    }
}

impl fmt::Debug for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0.errors).finish()
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.only() {
            Some(error) => error.fmt(f),
            None => write!(f, "{} mistakes in `{}`", self.0.errors.len(), self.0.name),
        }
    }
}

impl std::error::Error for PolicyErrors {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.only().and_then(std::error::Error::source)
    }
}

impl Diagnostic for PolicyErrors {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        match self.only() {
            Some(error) => error.code(),
            None => Some(Box::new("policy::refused")),
        }
    }

    fn severity(&self) -> Option<Severity> {
        Some(Severity::Error)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.only().and_then(Diagnostic::help)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.only().and_then(Diagnostic::labels)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        match self.only() {
            Some(_) => None,
            None => Some(Box::new(self.0.errors.iter().map(|error| error as &dyn Diagnostic))),
        }
    }
}
