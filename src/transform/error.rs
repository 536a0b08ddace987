//! What can go wrong between a column and its sanitized column.
//!
//! # Promises
//!
//! - An error holds places, lengths, types and the words of the policy; never a cell, never key bytes.
//! - Texts of Arrow's own errors are not passed on, because they can quote cells.
//!
//! # What this module does not know
//!
//! The policy's file and spans: whoever runs the transforms adds them.

use std::fmt;

use crate::names::{ColumnPath, KeyVersion};

/// Where a cell stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    column: Option<ColumnPath>,
    row: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = &self.column {
            write!(f, "column `{column}`, ")?;
        }
        write!(f, "row {}", self.row)
    }
}

/// Why a transform cannot be bound or applied.
#[derive(Debug, miette::Diagnostic, thiserror::Error)]
#[non_exhaustive]
pub enum TransformError {
    /// A symbol stands twice in an alphabet.
    #[error("the symbol at position {position} of the alphabet stands there twice")]
    #[diagnostic(code(transform::alphabet_repeats), help("an alphabet names each symbol once"))]
    AlphabetRepeats {
        /// Position in characters, counted from 0.
        position: usize,
    },
    /// An alphabet that is too small or too large.
    #[error("an alphabet has 2 to 65536 symbols, this one has {symbols}")]
    #[diagnostic(code(transform::alphabet_size))]
    AlphabetSize {
        /// Its number of symbols.
        symbols: usize,
    },
    /// Bin edges or a step that make no bins.
    #[error("bins need finite edges in rising order, and a step is finite and above zero")]
    #[diagnostic(code(transform::bins))]
    Bins,
    /// A cipher that cannot be built for a class of the format.
    #[error("no cipher can be built for class `{class}` of `{format}`")]
    #[diagnostic(code(transform::cipher), help("this is a defect of the format, please report it"))]
    Cipher {
        /// The class within the format.
        class: String,
        /// The format's identity.
        format: String,
    },
    /// A column of a type that the transform does not take.
    #[error("`{transform}` does not take a column of type {input}{}", at(.column))]
    #[diagnostic(code(transform::column_type), help("it takes {takes}"))]
    ColumnType {
        /// The column, where known.
        column: Option<ColumnPath>,
        /// The column's type.
        input: String,
        /// The types that the transform takes.
        takes: String,
        /// The policy's word for the transform.
        transform: String,
    },
    /// Two rules for one leaf, or one for a leaf and one above it.
    #[error("column `{column}` has two rules")]
    #[diagnostic(code(transform::duplicate_rule))]
    DuplicateRule {
        /// The leaf.
        column: ColumnPath,
    },
    /// A range whose smallest cell lies above its largest, or outside what the format can hold.
    #[error("`min` lies above `max`, or one of them outside what `{format}` can hold")]
    #[diagnostic(code(transform::empty_range))]
    EmptyRange {
        /// The policy's word for the format.
        format: &'static str,
    },
    /// A sealed cell that was written under another key version.
    #[error("{place}: sealed under key version {version}, not under the one given")]
    #[diagnostic(code(transform::key_version), help("detokenize with key version {version}"))]
    KeyVersion {
        /// Where the cell stands.
        place: Place,
        /// The version that the sealed cell names.
        version: KeyVersion,
    },
    /// A cell whose message space is too small for FF1.
    #[error("{place}: a cell of {length} symbols is too short to tokenize as `{format}`")]
    #[diagnostic(
        code(transform::message_too_short),
        help(
            "FF1 needs a message space of at least 10^6; say what a short cell becomes (`on_misfit = \"null\"`), or ask for a keyed permutation of short cells (`small_space = \"permute\"`)"
        )
    )]
    MessageTooShort {
        /// The format's identity.
        format: String,
        /// Length of the cell in characters.
        length: usize,
        /// Where the cell stands.
        place: Place,
    },
    /// A cell that the format cannot hold.
    #[error("{place}: a cell of {length} symbols does not fit `{format}` (needs {needs})")]
    #[diagnostic(
        code(transform::misfit),
        help(
            "correct the cell, choose another format, or say what a misfit becomes: `on_misfit = \"null\"`, `\"pseudonym\"` or `\"seal\"`"
        )
    )]
    Misfit {
        /// The format's identity.
        format: String,
        /// Length of the cell in characters.
        length: usize,
        /// What the format wants of a cell.
        needs: String,
        /// Where the cell stands.
        place: Place,
    },
    /// `pseudonym` or `seal` asked for misfits of a column that is not text.
    #[error("misfits of a column of type {input} cannot be turned into text")]
    #[diagnostic(
        code(transform::misfit_treatment),
        help("use `on_misfit = \"fail\"` or `\"null\"`, or read the column as text")
    )]
    MisfitTreatment {
        /// The column's type.
        input: String,
    },
    /// A leaf of the schema without an action.
    #[error("column `{column}` has no rule")]
    #[diagnostic(code(transform::missing_rule), help("each column has a rule, `keep` and `drop` included"))]
    MissingRule {
        /// The leaf.
        column: ColumnPath,
    },
    /// A batch that is not of the schema that the sanitizer was made for.
    #[error("the batch has another schema than the one that the transforms were bound to")]
    #[diagnostic(code(transform::schema))]
    Schema,
    /// A format that is small as a whole.
    #[error("the message space of `{format}` has {size} elements, FF1 needs 10^6")]
    #[diagnostic(
        code(transform::small_message_space),
        help("widen the range, coarsen the column, or ask for a keyed permutation: `small_space = \"permute\"`")
    )]
    SmallMessageSpace {
        /// The format's identity.
        format: String,
        /// Its number of elements.
        size: u128,
    },
    /// A column that outgrows its Arrow type.
    #[error("the transformed column outgrows its type{}", at(.column))]
    #[diagnostic(code(transform::too_large), help("use smaller batches"))]
    TooLarge {
        /// The column, where known.
        column: Option<ColumnPath>,
    },
    /// A rule for something that the schema does not have.
    #[error("there is no column `{column}`")]
    #[diagnostic(code(transform::unknown_column))]
    UnknownColumn {
        /// The path that the rule names.
        column: ColumnPath,
    },
    /// A cell that is no sealed cell of this domain and key version.
    #[error("{place}: not a sealed cell of this domain and key version")]
    #[diagnostic(code(transform::unopened))]
    Unopened {
        /// Where the cell stands.
        place: Place,
    },
    /// A transform that goes the other way than the batch.
    #[error("the transform of column `{column}` goes the other way")]
    #[diagnostic(code(transform::wrong_direction), help("a sanitizer never detokenizes, a restorer never tokenizes"))]
    WrongDirection {
        /// The leaf.
        column: ColumnPath,
    },
}

impl TransformError {
    /// The row of the cell at fault, counted from 0 over the whole dataset.
    pub fn row(&self) -> Option<u64> {
        match self {
            Self::KeyVersion { place, .. }
            | Self::MessageTooShort { place, .. }
            | Self::Misfit { place, .. }
            | Self::Unopened { place } => Some(place.row),
            _ => None,
        }
    }

    /// The column at fault, once a sanitizer has named it.
    pub fn column(&self) -> Option<&ColumnPath> {
        match self {
            Self::KeyVersion { place, .. }
            | Self::MessageTooShort { place, .. }
            | Self::Misfit { place, .. }
            | Self::Unopened { place } => place.column.as_ref(),
            Self::ColumnType { column, .. } | Self::TooLarge { column } => column.as_ref(),
            Self::DuplicateRule { column }
            | Self::MissingRule { column }
            | Self::UnknownColumn { column }
            | Self::WrongDirection { column } => Some(column),
            _ => None,
        }
    }

    /// The same error with its row put through `to_row`.
    pub(crate) fn map_row(mut self, to_row: impl FnOnce(u64) -> u64) -> Self {
        if let Some(place) = self.place_mut() {
            place.row = to_row(place.row);
        }
        self
    }

    /// The same error with its column named.
    pub(crate) fn in_column(mut self, path: &ColumnPath) -> Self {
        if let Some(place) = self.place_mut() {
            place.column = Some(path.clone());
        } else if let Self::ColumnType { column, .. } | Self::TooLarge { column } = &mut self {
            *column = Some(path.clone());
        }
        self
    }

    fn place_mut(&mut self) -> Option<&mut Place> {
        match self {
            Self::KeyVersion { place, .. }
            | Self::MessageTooShort { place, .. }
            | Self::Misfit { place, .. }
            | Self::Unopened { place } => Some(place),
            _ => None,
        }
    }
}

/// The place of a row whose column is not known yet.
pub(crate) fn row_place(row: usize) -> Place {
    Place { column: None, row: row as u64 }
}

fn at(column: &Option<ColumnPath>) -> String {
    column.as_ref().map(|column| format!(", column `{column}`")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misfit_names_place_length_and_rule() {
        let error = TransformError::Misfit {
            format: "digits".to_owned(),
            length: 4,
            needs: "at least 6 digits".to_owned(),
            place: row_place(3),
        };
        assert_eq!(error.to_string(), "row 3: a cell of 4 symbols does not fit `digits` (needs at least 6 digits)");
        let error = error.map_row(|row| row + 18_201).in_column(&ColumnPath::column("branch"));
        assert_eq!((error.row(), error.column().map(ColumnPath::top)), (Some(18_204), Some("branch")));
        assert!(error.to_string().starts_with("column `branch`, row 18204: "));
    }
}
