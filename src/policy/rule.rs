//! What a person decided: the typed policy, and the words in which it is printed.
//!
//! # Promises
//!
//! - A [`Policy`] that exists is whole: every name valid, every parameter in range, every domain of one mind.
//! - A specification is data: plain, comparable, printable. It does nothing.
//! - Places in the text are kept, so that a later refusal can point at the line that asked for it.
//!
//! # What this module does not know
//!
//! Whether a dataset exists, which columns it has, or which keys there are.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::NaiveDate;
use miette::{NamedSource, SourceSpan};

use super::{
    place::Spanned,
    read::ReadOptions,
    words::{OnMisfit, PseudonymEncoding, SmallSpace},
};
use crate::names::{ColumnPath, DatasetName, Domain, KeysetName};

/// A set of datasets that join, and what becomes of each of their columns.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) base: PathBuf,
    pub(super) datasets: Vec<DatasetPolicy>,
    pub(super) display_name: Arc<str>,
    pub(super) keyset: KeysetName,
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) text: Arc<str>,
}

impl Policy {
    /// The version of the policy language that this type holds.
    pub const VERSION: u32 = 1;

    /// The policy's own name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the output is for.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// The keyset whose keys write the tokens.
    pub fn keyset(&self) -> &KeysetName {
        &self.keyset
    }

    /// The datasets in the order of the text; at least one.
    pub fn datasets(&self) -> &[DatasetPolicy] {
        &self.datasets
    }

    /// The dataset of this name.
    pub fn dataset(&self, name: &DatasetName) -> Option<&DatasetPolicy> {
        self.datasets.iter().find(|dataset| dataset.name.value == *name)
    }

    /// The text as it was read; what a digest of the policy is taken over.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The folder that relative sources start from; empty for a policy that was not read from a file.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The text under its display name, for a diagnostic with labels.
    pub fn source_code(&self) -> NamedSource<Arc<str>> {
        NamedSource::new(&*self.display_name, Arc::clone(&self.text)).with_language("TOML")
    }
}

/// One dataset of a policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DatasetPolicy {
    /// One rule a column, in the order of the text.
    pub columns: Vec<Rule>,
    /// The place of the key `columns`.
    pub columns_span: SourceSpan,
    /// The dataset's name.
    pub name: Spanned<DatasetName>,
    /// How the files are read.
    pub read: ReadOptions,
    /// Where the files are.
    pub source: Spanned<Location>,
}

impl DatasetPolicy {
    /// The rule of exactly this column.
    pub fn rule(&self, path: &ColumnPath) -> Option<&Rule> {
        self.columns.iter().find(|rule| rule.path.value == *path)
    }
}

/// Where a dataset's files are: a file, a glob or a folder.
///
/// Printed as it was written, since an environment variable may hold what a log must not.
#[derive(Clone, Eq, PartialEq)]
pub struct Location {
    pub(super) resolved: String,
    pub(super) written: String,
}

impl Location {
    /// The location with the environment's values in place.
    pub fn resolved(&self) -> &str {
        &self.resolved
    }

    /// The location as the policy has it.
    pub fn written(&self) -> &str {
        &self.written
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({:?})", self.written)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// What becomes of one column.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// The domain that the rule names; without one the column is its own.
    pub domain: Option<Spanned<Domain>>,
    /// What becomes of a cell outside the format.
    pub on_misfit: OnMisfit,
    /// The column; the span is that of its key.
    pub path: Spanned<ColumnPath>,
    /// What is done where FF1 has too small a message space.
    pub small_space: SmallSpace,
    /// What is done to the column; the span is that of the rule's right-hand side.
    pub transform: Spanned<TransformSpec>,
}

impl Rule {
    /// The domain of the column: the one that the rule names, or else the column's own.
    pub fn domain_or_own(&self, dataset: &DatasetName) -> Domain {
        match &self.domain {
            Some(domain) => domain.value.clone(),
            None => Domain::of_column(dataset, &self.path.value),
        }
    }
}

/// What is done to a column. `Display` gives the words of a plan's table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TransformSpec {
    /// Less detail.
    Coarsen(CoarsenSpec),
    /// The column is left out of the output.
    Drop,
    /// The column stays as it is.
    Keep,
    /// All but the ends is covered.
    Mask(MaskSpec),
    /// A one-way keyed token.
    Pseudonym(PseudonymEncoding),
    /// Authenticated encryption of each cell.
    Seal,
    /// A reversible token of the same shape.
    Tokenize(TokenizeSpec),
}

impl TransformSpec {
    /// The word of the transform alone.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Coarsen(_) => "coarsen",
            Self::Drop => "drop",
            Self::Keep => "keep",
            Self::Mask(_) => "mask",
            Self::Pseudonym(_) => "pseudonym",
            Self::Seal => "seal",
            Self::Tokenize(_) => "tokenize",
        }
    }

    /// Whether the tokens depend on a domain, so that equal cells of one domain join.
    pub fn is_keyed(&self) -> bool {
        matches!(self, Self::Pseudonym(_) | Self::Seal | Self::Tokenize(_))
    }
}

impl fmt::Display for TransformSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Coarsen(coarsen) => write!(f, "coarsen {coarsen}"),
            Self::Drop => f.write_str("drop"),
            Self::Keep => f.write_str("keep"),
            Self::Mask(mask) => write!(f, "mask {mask}"),
            Self::Pseudonym(encoding) => write!(f, "pseudonym {encoding}"),
            Self::Seal => f.write_str("seal"),
            Self::Tokenize(format) => write!(f, "tokenize {format}"),
        }
    }
}

/// A format of `tokenize` with its parameters.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TokenizeSpec {
    /// Text over a given alphabet; separators outside it stay in place.
    Alphabet {
        /// 2 to 65,536 distinct characters, in the order of their numerals.
        alphabet: String,
    },
    /// Letters and digits with their layout kept.
    Alphanumeric,
    /// A day of the calendar.
    Date(DateRange),
    /// A string of digits.
    Digits {
        /// Digits kept at the start.
        keep_first: u32,
        /// Digits kept at the end.
        keep_last: u32,
    },
    /// An e-mail address.
    Email {
        /// Whether everything after `@` is kept.
        keep_domain: bool,
    },
    /// A native integer, or its decimal text.
    Integer {
        /// The range that is closed under the token; without one the classes by magnitude are.
        range: Option<IntegerRange>,
    },
    /// An IPv4 or IPv6 address.
    Ip,
    /// A payment card number.
    Pan {
        /// Digits kept at the start.
        keep_first: u32,
        /// Digits kept at the end.
        keep_last: u32,
    },
    /// A telephone number.
    Phone,
    /// A United States social security number.
    UsSsn,
    /// A UUID.
    Uuid,
}

impl TokenizeSpec {
    /// The word of the format alone.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Alphabet { .. } => "alphabet",
            Self::Alphanumeric => "alphanumeric",
            Self::Date(_) => "date",
            Self::Digits { .. } => "digits",
            Self::Email { .. } => "email",
            Self::Integer { .. } => "integer",
            Self::Ip => "ip",
            Self::Pan { .. } => "pan",
            Self::Phone => "phone",
            Self::UsSsn => "us-ssn",
            Self::Uuid => "uuid",
        }
    }
}

impl fmt::Display for TokenizeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        match self {
            Self::Alphabet { alphabet } => write!(f, " of {} symbols", alphabet.chars().count()),
            Self::Date(range) if *range == DateRange::default() => Ok(()),
            Self::Date(range) => write!(f, " {}..{}", range.min, range.max),
            Self::Digits { keep_first: 0, keep_last: 0 } | Self::Pan { keep_first: 0, keep_last: 0 } => Ok(()),
            Self::Digits { keep_first, keep_last } | Self::Pan { keep_first, keep_last } => {
                write!(f, " keep {keep_first}+{keep_last}")
            }
            Self::Email { keep_domain: true } => f.write_str(" keep domain"),
            Self::Integer { range: Some(range) } => write!(f, " {}..{}", range.min, range.max),
            Self::Alphanumeric
            | Self::Email { .. }
            | Self::Integer { .. }
            | Self::Ip
            | Self::Phone
            | Self::UsSsn
            | Self::Uuid => Ok(()),
        }
    }
}

/// Days from `min` to `max`, both included.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct DateRange {
    /// The last day.
    pub max: NaiveDate,
    /// The first day.
    pub min: NaiveDate,
}

impl Default for DateRange {
    /// Every day that four digits of a year can write: 0001-01-01 to 9999-12-31.
    fn default() -> Self {
        Self {
            max: NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX),
            min: NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(NaiveDate::MIN),
        }
    }
}

/// Integers from `min` to `max`, both included; within the range of `i64` and `u64` together.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct IntegerRange {
    /// The greatest.
    pub max: i128,
    /// The least.
    pub min: i128,
}

/// How much detail `coarsen` leaves.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CoarsenSpec {
    /// The interval between two of these ascending bounds.
    Bins(Vec<f64>),
    /// The hour of a timestamp.
    Hour,
    /// The ISO 8601 week.
    IsoWeek,
    /// The month.
    Month,
    /// The quarter.
    Quarter,
    /// The next lower multiple.
    Step(f64),
    /// The year.
    Year,
    /// The first three digits of a United States ZIP code, sparse ones as `000`.
    Zip3,
}

impl fmt::Display for CoarsenSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bins(bounds) => {
                f.write_str("bins")?;
                bounds.iter().try_for_each(|bound| write!(f, " {bound}"))
            }
            Self::Hour => f.write_str("hour"),
            Self::IsoWeek => f.write_str("iso-week"),
            Self::Month => f.write_str("month"),
            Self::Quarter => f.write_str("quarter"),
            Self::Step(step) => write!(f, "step {step}"),
            Self::Year => f.write_str("year"),
            Self::Zip3 => f.write_str("zip3"),
        }
    }
}

/// What `mask` leaves visible.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct MaskSpec {
    /// The character that covers.
    pub fill: char,
    /// Characters kept at the start.
    pub keep_first: u32,
    /// Characters kept at the end.
    pub keep_last: u32,
    /// Whether separators stay visible.
    pub keep_separators: bool,
}

impl fmt::Display for MaskSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keep {}+{} fill `{}`", self.keep_first, self.keep_last, self.fill)?;
        if self.keep_separators { f.write_str(" keep separators") } else { Ok(()) }
    }
}
