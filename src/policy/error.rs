//! What can be wrong with a policy, each mistake with its place and what to do about it.
//!
//! # Promises
//!
//! - A message quotes the policy's own words only: no environment value, no cell, no key.
//!
//! # What this module does not know
//!
//! How a mistake was found.

use std::{io, path::PathBuf};

use miette::{Diagnostic, SourceSpan};

use crate::names::InvalidName;

/// One mistake.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum PolicyError {
    /// Two rules of one domain would give unequal tokens to equal cells.
    #[error("the rules of domain `{domain}` disagree: `{first_words}` and `{second_words}`")]
    #[diagnostic(
        code(policy::domain_conflict),
        help("one domain has one format with one set of parameters; give one of the two columns a domain of its own")
    )]
    DomainConflict {
        /// The domain.
        domain: String,
        /// The earlier rule.
        #[label("this rule says `{first_words}`")]
        first: SourceSpan,
        /// The earlier rule in words.
        first_words: String,
        /// The later rule.
        #[label("and this one `{second_words}`")]
        second: SourceSpan,
        /// The later rule in words.
        second_words: String,
    },
    /// Two keys name one column.
    #[error("column `{path}` has two rules")]
    #[diagnostic(code(policy::duplicate_column), help("keep one of them; differently quoted keys can name one column"))]
    DuplicateColumn {
        /// The earlier key.
        #[label("first rule")]
        first: SourceSpan,
        /// The column.
        path: String,
        /// The later key.
        #[label("second rule")]
        second: SourceSpan,
    },
    /// A text without a single key.
    #[error("the policy is empty")]
    #[diagnostic(
        code(policy::empty),
        help(
            "a policy starts with `policy`, `version`, `purpose` and `keyset`; `counterfoil init` writes one with \
             comments"
        )
    )]
    Empty,
    /// A key that must say something says nothing.
    #[error("`{key}` is empty")]
    #[diagnostic(code(policy::empty_value))]
    EmptyValue {
        /// The key.
        key: String,
        /// What the key wants.
        #[help]
        help: String,
        /// The value.
        #[label("nothing is written here")]
        span: SourceSpan,
    },
    /// An environment variable that is not set, or not text.
    #[error("the environment variable `{variable}` is not set")]
    #[diagnostic(
        code(policy::environment_variable_missing),
        help("set `{variable}` for this command, or write the location out; a literal `${{` is written `$${{`")
    )]
    EnvironmentVariableMissing {
        /// The location.
        #[label("asks for `{variable}`")]
        span: SourceSpan,
        /// The variable.
        variable: String,
    },
    /// One end of a range without the other.
    #[error("`{present}` without `{absent}`")]
    #[diagnostic(code(policy::half_range), help("a range has two ends: write `{absent}` as well"))]
    HalfRange {
        /// The end that is missing.
        absent: &'static str,
        /// The end that is there.
        present: &'static str,
        /// Its place.
        #[label("only one end of the range")]
        span: SourceSpan,
    },
    /// An interpolation that names no variable.
    #[error("`${{…}}` does not name an environment variable")]
    #[diagnostic(
        code(policy::interpolation),
        help("write `${{NAME}}`, with a NAME of letters, digits and `_`; a literal `${{` is written `$${{`")
    )]
    Interpolation {
        /// The location.
        #[label("no variable's name between the braces, or no closing brace")]
        span: SourceSpan,
    },
    /// An interpolation where none is done.
    #[error("`{key}` cannot take its value from the environment")]
    #[diagnostic(
        code(policy::interpolation_elsewhere),
        help("only `source` is interpolated, so that the policy reads alike everywhere; write the value out")
    )]
    InterpolationElsewhere {
        /// The key.
        key: String,
        /// The value.
        #[label("`${{…}}` stands in `source` only")]
        span: SourceSpan,
    },
    /// A text that is not an alphabet.
    #[error("`alphabet` {reason}")]
    #[diagnostic(
        code(policy::invalid_alphabet),
        help("an alphabet lists 2 to 65,536 characters, each once; their order is that of their numerals")
    )]
    InvalidAlphabet {
        /// What is wrong with it.
        reason: String,
        /// The value.
        #[label("not an alphabet")]
        span: SourceSpan,
    },
    /// A text that is not a name.
    #[error("`{text}` is not a {what}")]
    #[diagnostic(code(policy::invalid_name))]
    InvalidName {
        /// Why not.
        #[source]
        reason: InvalidName,
        /// The place.
        #[label("not a {what}")]
        span: SourceSpan,
        /// The text.
        text: String,
        /// What it was to name.
        what: &'static str,
    },
    /// A key that is not the path of a column.
    #[error("`{path}` is not the path of a column")]
    #[diagnostic(
        code(policy::invalid_path),
        help(
            "a path is written `column`, `struct.field` or `list[].field`; a dot or bracket of the name itself has a \
             backslash before it, in single quotes: 'a\\.b'"
        )
    )]
    InvalidPath {
        /// The key.
        path: String,
        /// Its place.
        #[label("not a path")]
        span: SourceSpan,
    },
    /// A value of the right kind that the key cannot hold.
    #[error("`{key}` {reason}")]
    #[diagnostic(code(policy::invalid_value))]
    InvalidValue {
        /// What the key can hold.
        #[help]
        help: Option<String>,
        /// The key.
        key: String,
        /// What is wrong with the value.
        reason: String,
        /// The value.
        #[label("not a value for `{key}`")]
        span: SourceSpan,
    },
    /// A key that must be there is not.
    #[error("{place} has no `{key}`")]
    #[diagnostic(code(policy::missing_key))]
    MissingKey {
        /// What to write.
        #[help]
        help: String,
        /// The key.
        key: &'static str,
        /// Whose key it is.
        place: String,
        /// The place of the owner, where it has one.
        #[label("`{key}` is missing here")]
        span: Option<SourceSpan>,
    },
    /// A rule that says nothing is to be done.
    #[error("the rule of column `{path}` names no transform")]
    #[diagnostic(
        code(policy::missing_transform),
        help(
            "a rule holds exactly one of `tokenize`, `seal`, `pseudonym`, `mask`, `coarsen`, `keep`, `drop`; to leave \
             the column as it is, write \"keep\""
        )
    )]
    MissingTransform {
        /// The column.
        path: String,
        /// The rule.
        #[label("what becomes of this column?")]
        span: SourceSpan,
    },
    /// Something of the language's future.
    #[error("{what} is not built yet")]
    #[diagnostic(code(policy::not_built))]
    NotBuilt {
        /// What can be done today.
        #[help]
        help: String,
        /// The place.
        #[label("this version cannot do this")]
        span: SourceSpan,
        /// The words that ask for it.
        what: String,
    },
    /// No such file.
    #[error("there is no policy `{}`", path.display())]
    #[diagnostic(
        code(policy::not_found),
        help("give the path of a policy file; `counterfoil init` writes a first one")
    )]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// Bytes that are not UTF-8.
    #[error("`{}` is not UTF-8: line {line}, byte {column} of the line", path.display())]
    #[diagnostic(code(policy::not_utf8), help("TOML is UTF-8; save the file in that encoding"))]
    NotUtf8 {
        /// The first byte that is wrong, counted from 1 within its line.
        column: usize,
        /// Its line, counted from 1.
        line: usize,
        /// The file.
        path: PathBuf,
    },
    /// A rule for a column and one for a column within it.
    #[error("column `{inner}` lies within column `{outer}`, and both have rules")]
    #[diagnostic(
        code(policy::overlapping_columns),
        help("write rules for the fields of `{outer}` and none for `{outer}` itself, or the other way round")
    )]
    OverlappingColumns {
        /// The column within.
        inner: String,
        /// Its key.
        #[label("this is a part of `{outer}`")]
        inner_span: SourceSpan,
        /// The column around it.
        outer: String,
        /// Its key.
        #[label("a rule for the whole of `{outer}`")]
        outer_span: SourceSpan,
    },
    /// A range of less than two elements.
    #[error("`min` is not less than `max`")]
    #[diagnostic(
        code(policy::reversed_range),
        help("exchange the two if they are the wrong way round; in a range of one there is nothing to hide behind")
    )]
    ReversedRange {
        /// The upper end.
        #[label("and ends here")]
        max: SourceSpan,
        /// The lower end.
        #[label("the range starts here")]
        min: SourceSpan,
    },
    /// A rule with two transforms.
    #[error("the rule of column `{path}` names two transforms: `{first_word}` and `{second_word}`")]
    #[diagnostic(
        code(policy::several_transforms),
        help("a column is read once and written once; keep the one that says what is to be written")
    )]
    SeveralTransforms {
        /// The earlier transform.
        #[label("one transform")]
        first: SourceSpan,
        /// Its word.
        first_word: String,
        /// The column.
        path: String,
        /// The later transform.
        #[label("another one")]
        second: SourceSpan,
        /// Its word.
        second_word: String,
    },
    /// A text that is not TOML.
    #[error("this is not TOML: {message}")]
    #[diagnostic(code(policy::syntax))]
    Syntax {
        /// A way out, where one is likely.
        #[help]
        help: Option<String>,
        /// What the parser says.
        message: String,
        /// The place.
        #[label("here")]
        span: SourceSpan,
    },
    /// A file that no policy needs.
    #[error("the policy has more than {limit} bytes")]
    #[diagnostic(
        code(policy::too_large),
        help("a policy holds one short line a column; was a file of data given instead?")
    )]
    TooLarge {
        /// The greatest accepted size.
        limit: u64,
    },
    /// A parameter that means nothing to its transform.
    #[error("`{parameter}` does not belong to `{words}`")]
    #[diagnostic(code(policy::unexpected_parameter))]
    UnexpectedParameter {
        /// Which parameters the transform takes.
        #[help]
        help: String,
        /// The parameter.
        parameter: String,
        /// Its key.
        #[label("means nothing here")]
        span: SourceSpan,
        /// The transform in the policy's words.
        words: String,
    },
    /// A key that the language does not have.
    #[error("{place} has no key `{key}`")]
    #[diagnostic(code(policy::unknown_key))]
    UnknownKey {
        /// A key that was perhaps meant, or all of them.
        #[help]
        help: String,
        /// The key.
        key: String,
        /// Whose key it would be.
        place: String,
        /// The key's place.
        #[label("unknown key")]
        span: SourceSpan,
    },
    /// A word that the list for this key does not have.
    #[error("`{word}` is not a word for `{key}`")]
    #[diagnostic(code(policy::unknown_word))]
    UnknownWord {
        /// A word that was perhaps meant, or all of them.
        #[help]
        help: String,
        /// The key.
        key: String,
        /// The value's place.
        #[label("unknown word")]
        span: SourceSpan,
        /// The word.
        word: String,
    },
    /// A nested column whose path TOML took apart.
    #[error("the path of a nested column must be quoted")]
    #[diagnostic(
        code(policy::unquoted_path),
        help("TOML reads a bare dot as a table; write `\"{path}\" = …` directly under `columns`")
    )]
    UnquotedPath {
        /// The path that was meant.
        path: String,
        /// The first key of it.
        #[label("this became a table with the key of a column in it")]
        span: SourceSpan,
    },
    /// A file that cannot be read.
    #[error("cannot read the policy `{}`: {kind}", path.display())]
    #[diagnostic(code(policy::unreadable), help("check that the path is a file and that you may read it"))]
    Unreadable {
        /// What the system says.
        kind: io::ErrorKind,
        /// The file.
        path: PathBuf,
    },
    /// Another version of the language.
    #[error("this program reads policies of version {}, not {found}", super::rule::Policy::VERSION)]
    #[diagnostic(
        code(policy::unsupported_version),
        help(
            "`version` is that of the policy language, not of your text: write `version = {}`, or take a program that \
             reads version {found}",
            super::rule::Policy::VERSION
        )
    )]
    UnsupportedVersion {
        /// The version found.
        found: String,
        /// The value.
        #[label("not supported")]
        span: SourceSpan,
    },
    /// A value of another kind than the key takes.
    #[error("`{key}` takes {expected}, not {found}")]
    #[diagnostic(code(policy::wrong_type))]
    WrongType {
        /// What the key takes.
        expected: &'static str,
        /// What is there.
        found: &'static str,
        /// An example.
        #[help]
        help: Option<String>,
        /// The key.
        key: String,
        /// The value.
        #[label("this is {found}")]
        span: SourceSpan,
    },
}

impl PolicyError {
    /// Where in the text the mistake begins; what concerns the whole text comes first.
    pub(super) fn offset(&self) -> usize {
        self.labels().into_iter().flatten().map(|label| label.offset()).min().unwrap_or(0)
    }
}
