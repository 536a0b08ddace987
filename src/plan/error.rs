//! Why a policy does not fit the data it meets.
//!
//! # Promises
//!
//! - Every refusal of a dataset is found before the first row is read, and all of them are told at once.
//! - What to add to the policy is printed as the line itself.
//!
//! # What this module does not know
//!
//! Cells.

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

/// A policy that cannot be carried out on these datasets.
#[derive(Debug, Diagnostic, thiserror::Error)]
#[error("the policy does not fit the data: {} {}", refusals.len(), if refusals.len() == 1 { "refusal" } else { "refusals" })]
#[diagnostic(code(plan::refused), help("nothing was read or written"))]
pub struct PlanRefused {
    #[source_code]
    source_code: NamedSource<Arc<str>>,
    #[related]
    refusals: Vec<Refusal>,
}

impl PlanRefused {
    pub(super) fn new(source_code: NamedSource<Arc<str>>, refusals: Vec<Refusal>) -> Self {
        Self { source_code, refusals }
    }

    /// Each refusal.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }
}

/// One thing that stands in the way.
#[derive(Debug, Diagnostic, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A column's name holds a control character.
    #[error("the name of column {position} of dataset `{dataset}` holds a control character")]
    #[diagnostic(
        code(plan::control_character),
        help("name the column anew where the data is written, or by `names` under `read`")
    )]
    ControlCharacter {
        /// The dataset.
        dataset: String,
        /// The leaf, counted from 1.
        position: usize,
        /// The place of the rules.
        #[label("no line can name it")]
        place: SourceSpan,
    },
    /// A group of columns is kept by one line.
    #[error("`{column}` of dataset `{dataset}` is a group of columns: `{word}` must be said of each of them")]
    #[diagnostic(code(plan::group), help("replace the line by these:\n{lines}"))]
    Group {
        /// The dataset.
        dataset: String,
        /// The path of the group.
        column: String,
        /// The transform that was asked for.
        word: &'static str,
        /// One line a leaf.
        lines: String,
        /// The rule.
        #[label("this line speaks of a group")]
        place: SourceSpan,
    },
    /// The policy names columns that the data has not.
    #[error("dataset `{dataset}` has no column `{column}`")]
    #[diagnostic(code(plan::missing_column), help("{help}"))]
    MissingColumn {
        /// The dataset.
        dataset: String,
        /// The column of the policy.
        column: String,
        /// What to do.
        help: String,
        /// The rule.
        #[label("named here")]
        place: SourceSpan,
    },
    /// Not one of the columns has a rule.
    #[error("dataset `{dataset}` has {count} columns, and the policy names none of them")]
    #[diagnostic(
        code(plan::no_known_column),
        help(
            "look at the first row of the file: if it is no header, write `read = {{ header = false, names = […] }}`; else correct the names. They are not shown here, since they may be cells"
        )
    )]
    NoKnownColumn {
        /// The dataset.
        dataset: String,
        /// Columns of the data.
        count: usize,
        /// The place of the rules.
        #[label("none of these is a column of the data")]
        place: SourceSpan,
    },
    /// No column would remain.
    #[error("dataset `{dataset}` would have no column left")]
    #[diagnostic(code(plan::nothing_left), help("keep or transform at least one column"))]
    NothingLeft {
        /// The dataset.
        dataset: String,
    },
    /// FF1 must not be used on so small a message space.
    #[error("column `{column}` of dataset `{dataset}`: {space} strings are too few for `{format}`")]
    #[diagnostic(
        code(plan::small_space),
        help(
            "FF1 needs a message space of at least 1,000,000; write `small_space = \"permute\"` for the keyed permutation table, widen the range, or use `pseudonym`"
        )
    )]
    SmallSpace {
        /// The dataset.
        dataset: String,
        /// The column.
        column: String,
        /// The format's words.
        format: String,
        /// The number of strings.
        space: String,
        /// The rule.
        #[label("this rule asks for format-preserving tokens")]
        place: SourceSpan,
    },
    /// The data has columns of which the policy says nothing.
    #[error("dataset `{dataset}` has {count} {} of which the policy says nothing: {names}", if *count == 1 { "column" } else { "columns" })]
    #[diagnostic(code(plan::unknown_column), help("say what becomes of {}:\n{lines}", if *count == 1 { "it" } else { "each" }))]
    UnknownColumns {
        /// The dataset.
        dataset: String,
        /// How many.
        count: usize,
        /// Their paths.
        names: String,
        /// The lines to add.
        lines: String,
        /// The place of the rules.
        #[label("its line is missing here")]
        place: SourceSpan,
    },
    /// The column has another type than the policy expects.
    #[error("column `{column}` of dataset `{dataset}` is {found}, and the policy says `{expected}`")]
    #[diagnostic(
        code(plan::retyped_column),
        help(
            "the data has changed, or the policy is wrong: write `{column} = \"{found_word}\"` under `read.types`, or leave the line out"
        )
    )]
    Retyped {
        /// The dataset.
        dataset: String,
        /// The column.
        column: String,
        /// The type in the policy's words.
        expected: String,
        /// The type of the data.
        found: String,
        /// The type of the data in the policy's words, as near as may be.
        found_word: String,
        /// The place of the type.
        #[label("expected here")]
        place: SourceSpan,
    },
    /// The transform cannot take a column of this type.
    #[error("column `{column}` of dataset `{dataset}` is {found}: {why}")]
    #[diagnostic(code(plan::wrong_type), help("{help}"))]
    WrongType {
        /// The dataset.
        dataset: String,
        /// The column.
        column: String,
        /// The type of the data.
        found: String,
        /// What the transform said.
        why: String,
        /// What to do.
        help: String,
        /// The rule.
        #[label("this rule")]
        place: SourceSpan,
    },
}
