//! From the words of a rule to the transform that carries it out, for a column of a given type.
//!
//! # Promises
//!
//! - What a plan says of a column is what binding does: both come from [`bound`], so that they cannot disagree.
//!
//! # What this module does not know
//!
//! Where the root key comes from.

use arrow_schema::{DataType, TimeUnit};
use counterfoil_crypto::secret::Secret;

use super::{error::Refusal, leaves::Leaf, plan::MessageSpace};
use crate::{
    names::{DatasetName, KeyVersion},
    policy::{self, CoarsenSpec, DatasetPolicy, PseudonymEncoding, Rule, TokenizeSpec, TransformSpec},
    transform::{
        Alphabet, Coarsen, ColumnTransform, DateRange, Direction, DomainKeys, Encoding, Format, IntegerRange, Kept,
        Mask, OnMisfit, Pseudonym, Seal, SmallSpace, Tokenize, TransformError,
    },
};

/// What becomes of a leaf, beyond its words.
pub(super) struct Described {
    pub(super) format_id: Option<String>,
    pub(super) output_type: Option<DataType>,
    pub(super) spaces: Vec<MessageSpace>,
    pub(super) warnings: Vec<String>,
}

/// Why a rule cannot be carried out on a leaf.
pub(super) enum Unfit {
    /// A map or a union, which has no leaves that a rule could name.
    Nested,
    /// What the transform said.
    Transform(TransformError),
}

/// The parts of a rule that make a transform.
pub(super) struct Task<'a> {
    pub(super) on_misfit: policy::OnMisfit,
    pub(super) small_space: policy::SmallSpace,
    pub(super) transform: &'a TransformSpec,
}

/// Says what a rule does to a leaf, or why it cannot.
pub(super) fn describe(dataset: &DatasetName, rule: &Rule, input: &DataType) -> Result<Described, Unfit> {
    let transform = &rule.transform.value;
    if input.is_nested() && *transform != TransformSpec::Drop {
        return Err(Unfit::Nested);
    }
    let task = Task { on_misfit: rule.on_misfit, small_space: rule.small_space, transform };
    let output_type = match transform {
        TransformSpec::Drop => None,
        TransformSpec::Keep => Some(input.clone()),
        _ => {
            // A root of zeros, for the refusals and the types alone: nothing is ever transformed with it.
            let (domain, root) = (rule.domain_or_own(dataset), Secret::fill(|_| ()));
            let keys = DomainKeys { domain: &domain, root: &root, version: KeyVersion(0) };
            let bound = bound(&task, input, keys, Direction::Tokenize).map_err(Unfit::Transform)?;
            bound.map(|bound| bound.output_type().clone())
        }
    };
    let spaces = spaces(transform, input).map_err(Unfit::Transform)?;
    let format_id = match transform {
        TransformSpec::Tokenize(spec) => Some(format_of(spec).map_err(Unfit::Transform)?.id()),
        _ => None,
    };
    Ok(Described { format_id, output_type, warnings: warnings(rule, &spaces), spaces })
}

/// The transform of a rule, bound to a column's type and to keys; `None` for `keep` and `drop`.
pub(super) fn bound(
    task: &Task<'_>,
    input: &DataType,
    keys: DomainKeys<'_>,
    direction: Direction,
) -> Result<Option<Box<dyn ColumnTransform>>, TransformError> {
    let on_misfit = match task.on_misfit {
        policy::OnMisfit::Fail => OnMisfit::Fail,
        policy::OnMisfit::Null => OnMisfit::Null,
        policy::OnMisfit::Pseudonym => OnMisfit::Pseudonym,
        policy::OnMisfit::Seal => OnMisfit::Seal,
    };
    let small_space = match task.small_space {
        policy::SmallSpace::Permute => SmallSpace::Permute,
        policy::SmallSpace::Refuse => SmallSpace::Refuse,
    };
    Ok(Some(match task.transform {
        TransformSpec::Drop | TransformSpec::Keep => return Ok(None),
        TransformSpec::Coarsen(spec) => coarsen_of(spec).bind(input, on_misfit, Some(keys))?,
        TransformSpec::Mask(spec) => Mask {
            fill: spec.fill,
            keep_first: spec.keep_first as usize,
            keep_last: spec.keep_last as usize,
            keep_separators: spec.keep_separators,
        }
        .bind(input)?,
        TransformSpec::Pseudonym(encoding) => Pseudonym { encoding: encoding_of(*encoding) }.bind(input, keys)?,
        TransformSpec::Seal => Seal { direction }.bind(input, keys)?,
        TransformSpec::Tokenize(spec) => {
            Tokenize { direction, format: format_of(spec)?, on_misfit, small_space }.bind(input, keys)?
        }
    }))
}

/// The word that `read.types` has for an Arrow type, as near as may be.
pub(super) fn word_of(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean => "bool".to_owned(),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision},{scale})"),
        DataType::Float64 => "float64".to_owned(),
        DataType::Int32 => "int32".to_owned(),
        DataType::Int64 => "int64".to_owned(),
        DataType::Timestamp(
            TimeUnit::Second | TimeUnit::Millisecond | TimeUnit::Microsecond | TimeUnit::Nanosecond,
            _,
        ) => "timestamp".to_owned(),
        DataType::LargeUtf8 | DataType::Utf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Dictionary(_, values) => word_of(values),
        other => other.to_string(),
    }
}

impl Unfit {
    pub(super) fn into_refusal(self, dataset: &DatasetPolicy, rule: &Rule, leaf: &Leaf) -> Refusal {
        let names = (dataset.name.value.to_string(), leaf.path.to_string());
        let place = rule.transform.span;
        match self {
            Self::Nested => Refusal::WrongType {
                dataset: names.0,
                column: names.1,
                found: leaf.data_type.to_string(),
                why: "its cells cannot be named by a path, so no rule can speak of each".to_owned(),
                help: "drop it, or write it as structs and lists".to_owned(),
                place,
            },
            Self::Transform(TransformError::SmallMessageSpace { size, .. }) => Refusal::SmallSpace {
                dataset: names.0,
                column: names.1,
                format: rule.transform.value.to_string(),
                space: size.to_string(),
                place,
            },
            Self::Transform(error) => Refusal::WrongType {
                dataset: names.0,
                column: names.1,
                found: leaf.data_type.to_string(),
                help: miette::Diagnostic::help(&error)
                    .map_or_else(|| "choose another transform for this column".to_owned(), |help| help.to_string()),
                why: error.to_string(),
                place,
            },
        }
    }
}

fn spaces(transform: &TransformSpec, input: &DataType) -> Result<Vec<MessageSpace>, TransformError> {
    let space = |class: &str, size: &str| MessageSpace { class: class.to_owned(), size: size.to_owned() };
    Ok(match transform {
        TransformSpec::Tokenize(spec) => format_of(spec)?
            .message_spaces(input)
            .into_iter()
            .map(|found| space(&found.class, &found.size.to_string()))
            .collect(),
        TransformSpec::Pseudonym(PseudonymEncoding::Int64) => vec![space("", "2^63")],
        TransformSpec::Pseudonym(PseudonymEncoding::Uuid) => vec![space("", "2^122")],
        TransformSpec::Pseudonym(_) => vec![space("", "2^128")],
        _ => Vec::new(),
    })
}

fn warnings(rule: &Rule, spaces: &[MessageSpace]) -> Vec<String> {
    let mut warnings = Vec::new();
    let small =
        spaces.iter().any(|space| space.size.replace(',', "").parse::<u128>().is_ok_and(|size| size < 1_000_000));
    if small && rule.small_space == policy::SmallSpace::Permute {
        warnings.push(
            "the message space is small: whoever holds the key, or enough known pairs, knows every token".to_owned(),
        );
    }
    if let TransformSpec::Tokenize(TokenizeSpec::Pan { keep_first, keep_last }) = rule.transform.value
        && keep_first + keep_last > 0
    {
        let free = 16_u32.saturating_sub(keep_first + keep_last.max(1)).saturating_sub(u32::from(keep_last > 0));
        warnings.push(format!(
            "{keep_first} first and {keep_last} last digits stay: of 16 digits {free} are free, as the check digit is not, \
             which leaves 10^{free} numbers"
        ));
    }
    warnings
}

fn coarsen_of(spec: &CoarsenSpec) -> Coarsen {
    match spec {
        CoarsenSpec::Bins(edges) => Coarsen::Bins(edges.clone()),
        CoarsenSpec::Hour => Coarsen::Hour,
        CoarsenSpec::IsoWeek => Coarsen::IsoWeek,
        CoarsenSpec::Month => Coarsen::Month,
        CoarsenSpec::Quarter => Coarsen::Quarter,
        CoarsenSpec::Step(step) => Coarsen::Step(*step),
        CoarsenSpec::Year => Coarsen::Year,
        CoarsenSpec::Zip3 => Coarsen::Zip3,
    }
}

fn encoding_of(encoding: PseudonymEncoding) -> Encoding {
    match encoding {
        PseudonymEncoding::Base32 => Encoding::Base32,
        PseudonymEncoding::Hex => Encoding::Hex,
        PseudonymEncoding::Int64 => Encoding::Int64,
        PseudonymEncoding::Uuid => Encoding::Uuid,
    }
}

fn format_of(spec: &TokenizeSpec) -> Result<Format, TransformError> {
    let kept = |first: u32, last: u32| Kept { first: first as usize, last: last as usize };
    Ok(match spec {
        TokenizeSpec::Alphabet { alphabet } => Format::Alphabet(Alphabet::new(alphabet)?),
        TokenizeSpec::Alphanumeric => Format::Alphanumeric,
        TokenizeSpec::Date(range) => Format::Date(DateRange::new(
            &range.min.format("%Y-%m-%d").to_string(),
            &range.max.format("%Y-%m-%d").to_string(),
        )?),
        TokenizeSpec::Digits { keep_first, keep_last } => Format::Digits(kept(*keep_first, *keep_last)),
        TokenizeSpec::Email { keep_domain } => Format::Email { keep_domain: *keep_domain },
        TokenizeSpec::Integer { range: None } => Format::Integer(None),
        TokenizeSpec::Integer { range: Some(range) } => Format::Integer(Some(IntegerRange::new(range.min, range.max)?)),
        TokenizeSpec::Ip => Format::Ip,
        TokenizeSpec::Pan { keep_first, keep_last } => Format::Pan(kept(*keep_first, *keep_last)),
        TokenizeSpec::Phone => Format::Phone,
        TokenizeSpec::UsSsn => Format::UsSsn,
        TokenizeSpec::Uuid => Format::Uuid,
    })
}
