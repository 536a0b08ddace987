//! A value together with its place in the text.
//!
//! # What this module does not know
//!
//! Which text it is.

use miette::SourceSpan;

/// A part of the policy with its place in the text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Spanned<T> {
    /// The place, in bytes of the text.
    pub span: SourceSpan,
    /// The part itself.
    pub value: T,
}

impl<T> Spanned<T> {
    /// A part at a place.
    pub fn new(span: SourceSpan, value: T) -> Self {
        Self { span, value }
    }
}
