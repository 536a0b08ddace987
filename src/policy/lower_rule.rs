//! From text to [`Rule`]: one column, one transform, and the parameters that belong to it.
//!
//! # Promises
//!
//! - A rule names exactly one transform, and no parameter is read that the transform would ignore.
//! - What the language promises for later is refused by name, not as a slip of the pen.
//!
//! # What this module does not know
//!
//! The type of the column, or how large its message space is.

use miette::SourceSpan;

use super::{
    error::PolicyError,
    fields::{self, Fields, Mistakes},
    lower_format,
    place::Spanned,
    rule::{CoarsenSpec, MaskSpec, Rule, TransformSpec},
    suggest,
    syntax::{Entry, Node, Value},
    words::{OnMisfit, PseudonymEncoding, SmallSpace},
};
use crate::names::Domain;

/// The transforms that a rule can name.
pub(super) const TRANSFORMS: &[&str] = &["coarsen", "drop", "keep", "mask", "pseudonym", "seal", "tokenize"];

/// Transforms of the language's future, with what can be done today.
const NOT_BUILT: &[(&str, &str)] = &[
    ("replace", "today `mask`, `pseudonym` or `drop` hide a cell"),
    ("shift", "today `{ tokenize = \"date\" }` or `{ coarsen = \"month\" }` treat dates"),
];

/// The words for `coarsen`.
pub(super) const LEVELS: &[&str] = &["bins", "hour", "iso-week", "month", "quarter", "step", "year", "zip3"];

/// Transforms that need no parameters and are written as a word.
const WORDS: &[&str] = &["drop", "keep", "pseudonym", "seal"];

/// Every parameter of any transform.
const PARAMETERS: &[&str] = &[
    "alphabet",
    "bins",
    "domain",
    "fill",
    "keep_domain",
    "keep_first",
    "keep_last",
    "keep_separators",
    "max",
    "min",
    "on_misfit",
    "small_space",
    "step",
];

/// Lowers one line of `columns`.
pub(super) fn lower(entry: &Entry, mistakes: &mut Mistakes) -> Option<Rule> {
    let path = fields::path(&entry.key, mistakes);
    let rule = match &entry.node.value {
        Value::Text(word) => lower_word(word, entry, mistakes).map(Body::plain),
        Value::Table(_) => lower_table(entry, mistakes),
        _ => {
            let example = "email = \"drop\"` or `email = { tokenize = \"email\" }";
            fields::wrong_type(&entry.node, &entry.key.value, "a word or a table", Some(example), mistakes)
        }
    };
    let (path, body) = (path?, rule?);
    Some(Rule {
        domain: body.domain,
        on_misfit: body.on_misfit,
        path: Spanned::new(entry.key.span, path),
        small_space: body.small_space,
        transform: Spanned::new(entry.node.span, body.transform),
    })
}

/// The right-hand side of a rule.
struct Body {
    domain: Option<Spanned<Domain>>,
    on_misfit: OnMisfit,
    small_space: SmallSpace,
    transform: TransformSpec,
}

impl Body {
    fn plain(transform: TransformSpec) -> Self {
        Self { domain: None, on_misfit: OnMisfit::Fail, small_space: SmallSpace::Refuse, transform }
    }
}

fn lower_word(word: &str, entry: &Entry, mistakes: &mut Mistakes) -> Option<TransformSpec> {
    match word {
        "drop" => return Some(TransformSpec::Drop),
        "keep" => return Some(TransformSpec::Keep),
        "pseudonym" => return Some(TransformSpec::Pseudonym(PseudonymEncoding::Hex)),
        "seal" => return Some(TransformSpec::Seal),
        _ => (),
    }
    if let Some(mistake) = not_built(word, entry.node.span) {
        mistakes.push(mistake);
        return None;
    }
    let all: Vec<&str> = WORDS.iter().chain(TRANSFORMS).chain(lower_format::FORMATS).chain(LEVELS).copied().collect();
    let help = match suggest::closest(word, &all) {
        None => format!("a rule of one word is {}; others are tables", suggest::list(WORDS)),
        Some("coarsen") => "did you mean `{ coarsen = \"year\" }`?".to_owned(),
        Some("mask") => "did you mean `{ mask = { keep_last = 4 } }`?".to_owned(),
        Some("tokenize") => "say in which format: `{ tokenize = \"digits\" }`".to_owned(),
        Some(format) if lower_format::FORMATS.contains(&format) => {
            format!("did you mean `{{ tokenize = \"{format}\" }}`?")
        }
        Some(level) if LEVELS.contains(&level) => format!("did you mean `{{ coarsen = \"{level}\" }}`?"),
        Some(word) => format!("did you mean `{word}`?"),
    };
    let (key, word) = (entry.key.value.clone(), word.to_owned());
    mistakes.push(PolicyError::UnknownWord { help, key, span: entry.node.span, word });
    None
}

fn not_built(word: &str, span: SourceSpan) -> Option<PolicyError> {
    let (_, help) = NOT_BUILT.iter().find(|(future, _)| *future == word)?;
    Some(PolicyError::NotBuilt { help: (*help).to_owned(), span, what: format!("the transform `{word}`") })
}

fn lower_table(entry: &Entry, mistakes: &mut Mistakes) -> Option<Body> {
    let Value::Table(table) = &entry.node.value else {
        return None;
    };
    let mut named = table.entries.iter().filter(|inner| TRANSFORMS.contains(&inner.key.value.as_str()));
    let future = table.entries.iter().find_map(|inner| not_built(&inner.key.value, inner.key.span));
    match (named.next(), named.next(), future) {
        (_, _, Some(mistake)) => mistakes.push(mistake),
        (None, _, None) => mistakes.push(without_transform(entry, &table.entries)),
        (Some(first), Some(second), None) => mistakes.push(PolicyError::SeveralTransforms {
            first: first.key.span,
            first_word: first.key.value.clone(),
            path: entry.key.value.clone(),
            second: second.key.span,
            second_word: second.key.value.clone(),
        }),
        (Some(transform), None, None) => {
            let place = format!("the rule of column `{}`", entry.key.value);
            let mut fields = Fields::new(table, place, Some(entry.node.span));
            let body = lower_transform(&mut fields, transform, mistakes);
            finish(fields, transform, mistakes);
            return body;
        }
    }
    None
}

fn without_transform(entry: &Entry, inner: &[Entry]) -> PolicyError {
    let path = entry.key.value.clone();
    let rule = |node: &Node| match &node.value {
        Value::Table(_) => true,
        Value::Text(word) => WORDS.contains(&word.as_str()),
        _ => false,
    };
    let known = |key: &str| PARAMETERS.contains(&key);
    if let Some(field) = inner.iter().find(|field| !known(&field.key.value) && rule(&field.node)) {
        return PolicyError::UnquotedPath { path: format!("{path}.{}", field.key.value), span: entry.key.span };
    }
    let slip = |field: &&Entry| !known(&field.key.value) && suggest::closest(&field.key.value, TRANSFORMS).is_some();
    match inner.iter().find(slip) {
        Some(field) => fields::unknown_key(field, &format!("the rule of column `{path}`"), TRANSFORMS),
        None => PolicyError::MissingTransform { path, span: entry.node.span },
    }
}

/// What nobody asked for: a parameter of another transform, or no parameter at all.
fn finish(fields: Fields<'_>, transform: &Entry, mistakes: &mut Mistakes) {
    let word = transform.key.value.as_str();
    let words = match &transform.node.value {
        Value::Text(format) => format!("{word} = \"{format}\""),
        _ => word.to_owned(),
    };
    let takes: Vec<&str> = fields.asked().iter().copied().filter(|key| *key != word).collect();
    for entry in fields.left() {
        let parameter = entry.key.value.clone();
        if lower_format::NOT_BUILT_PARAMETERS.contains(&parameter.as_str()) {
            let help = format!("without it the rule works: `{{ {words} }}`");
            let what = format!("the parameter `{parameter}`");
            mistakes.push(PolicyError::NotBuilt { help, span: entry.key.span, what });
        } else if PARAMETERS.contains(&parameter.as_str()) {
            let help = match (&*takes, word) {
                (_, "mask") => {
                    format!("parameters of `mask` stand in its braces: `{{ mask = {{ {parameter} = … }} }}`")
                }
                ([], _) => format!("`{word}` takes no parameters"),
                (takes, _) => format!("`{words}` takes {}", suggest::list(takes)),
            };
            mistakes.push(PolicyError::UnexpectedParameter {
                help,
                parameter,
                span: entry.key.span,
                words: words.clone(),
            });
        } else {
            mistakes.push(fields::unknown_key(entry, &format!("a `{words}` rule"), &takes));
        }
    }
}

fn lower_transform(fields: &mut Fields<'_>, entry: &Entry, mistakes: &mut Mistakes) -> Option<Body> {
    match entry.key.value.as_str() {
        "coarsen" => lower_coarsen(fields, mistakes),
        "drop" => bare(fields, "drop", mistakes).map(|()| Body::plain(TransformSpec::Drop)),
        "keep" => bare(fields, "keep", mistakes).map(|()| Body::plain(TransformSpec::Keep)),
        "mask" => lower_mask(fields, mistakes).map(|mask| Body::plain(TransformSpec::Mask(mask))),
        "pseudonym" => {
            let encoding = lower_pseudonym(fields, mistakes);
            let domain = domain(fields, mistakes);
            Some(Body { domain, ..Body::plain(TransformSpec::Pseudonym(encoding?)) })
        }
        "seal" => {
            let sealed = bare(fields, "seal", mistakes);
            let domain = domain(fields, mistakes);
            sealed.map(|()| Body { domain, ..Body::plain(TransformSpec::Seal) })
        }
        _ => {
            let format = lower_format::lower(fields, mistakes);
            let on_misfit = on_misfit(fields, mistakes);
            let small_space = fields.word("small_space", SmallSpace::WORDS, SmallSpace::from_word, mistakes);
            let domain = domain(fields, mistakes);
            let small_space = small_space.unwrap_or(SmallSpace::Refuse);
            Some(Body { domain, on_misfit, small_space, transform: TransformSpec::Tokenize(format?) })
        }
    }
}

/// The braces of a transform that takes nothing within them.
fn bare(fields: &mut Fields<'_>, key: &'static str, mistakes: &mut Mistakes) -> Option<()> {
    let entry = fields.take(key)?;
    empty_braces(entry, key, mistakes)
}

fn empty_braces(entry: &Entry, key: &'static str, mistakes: &mut Mistakes) -> Option<()> {
    let example = format!("{{ {key} = {{}} }}");
    let table = fields::table(&entry.node, key, Some(&example), mistakes)?;
    for inner in &table.entries {
        let field = inner.key.value.as_str();
        let help = match (field, key) {
            ("domain", "pseudonym" | "seal") => format!("it stands beside `{key}`: `{{ {key} = {{}}, domain = … }}`"),
            (_, "pseudonym") => format!(
                "the encoding is the value itself: `{{ pseudonym = \"hex\" }}`, one of {}",
                suggest::list(PseudonymEncoding::WORDS)
            ),
            _ => format!("nothing stands within the braces: `{example}`"),
        };
        let place = format!("`{key}`");
        mistakes.push(PolicyError::UnknownKey { help, key: field.to_owned(), place, span: inner.key.span });
    }
    table.entries.is_empty().then_some(())
}

fn lower_pseudonym(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<PseudonymEncoding> {
    let entry = fields.take("pseudonym")?;
    if let Value::Table(_) = &entry.node.value {
        return empty_braces(entry, "pseudonym", mistakes).map(|()| PseudonymEncoding::Hex);
    }
    fields::word(&entry.node, "pseudonym", PseudonymEncoding::WORDS, PseudonymEncoding::from_word, mistakes)
}

fn lower_mask(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<MaskSpec> {
    let entry = fields.take("mask")?;
    let table = fields::table(&entry.node, "mask", Some("{ mask = { keep_last = 4 } }"), mistakes)?;
    let mut inner = Fields::new(table, "`mask`".to_owned(), Some(entry.node.span));
    let keep_first = inner.count("keep_first", lower_format::MAX_KEPT, mistakes).unwrap_or(0);
    let keep_last = inner.count("keep_last", lower_format::MAX_KEPT, mistakes).unwrap_or(0);
    let keep_separators = inner.boolean("keep_separators", mistakes).unwrap_or(false);
    let fill = match inner.take("fill") {
        None => Some('*'),
        Some(entry) => fill(&entry.node, mistakes),
    };
    inner.finish(mistakes);
    Some(MaskSpec { fill: fill?, keep_first, keep_last, keep_separators })
}

fn fill(node: &Node, mistakes: &mut Mistakes) -> Option<char> {
    let text = fields::text(node, "fill", mistakes)?.value;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(fill), None) if !fill.is_control() => Some(fill),
        _ => {
            let reason = "must be exactly one visible character".to_owned();
            mistakes.push(fields::invalid(node, "fill", reason, Some("write it like `fill = \"*\"`".to_owned())));
            None
        }
    }
}

fn lower_coarsen(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<Body> {
    let level = fields.word("coarsen", LEVELS, |word| LEVELS.iter().find(|level| **level == word).copied(), mistakes);
    let coarsen = match level {
        Some("bins") => lower_format::bins(fields, mistakes).map(CoarsenSpec::Bins),
        Some("hour") => Some(CoarsenSpec::Hour),
        Some("iso-week") => Some(CoarsenSpec::IsoWeek),
        Some("month") => Some(CoarsenSpec::Month),
        Some("quarter") => Some(CoarsenSpec::Quarter),
        Some("step") => lower_format::step(fields, mistakes).map(CoarsenSpec::Step),
        Some("year") => Some(CoarsenSpec::Year),
        Some("zip3") => Some(CoarsenSpec::Zip3),
        _ => {
            // The parameters of a level that was misspelt are not mistakes of their own.
            let _ = (fields.take("bins"), fields.take("step"));
            None
        }
    };
    let on_misfit = on_misfit(fields, mistakes);
    // Only a misfit that becomes a token of its own needs a key, and so a domain.
    let domain = match on_misfit {
        OnMisfit::Pseudonym | OnMisfit::Seal => domain(fields, mistakes),
        OnMisfit::Fail | OnMisfit::Null => None,
    };
    Some(Body { domain, on_misfit, ..Body::plain(TransformSpec::Coarsen(coarsen?)) })
}

fn on_misfit(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> OnMisfit {
    fields.word("on_misfit", OnMisfit::WORDS, OnMisfit::from_word, mistakes).unwrap_or(OnMisfit::Fail)
}

fn domain(fields: &mut Fields<'_>, mistakes: &mut Mistakes) -> Option<Spanned<Domain>> {
    let text = fields.text("domain", mistakes)?;
    fields::named(text, "name of a domain", str::parse::<Domain>, mistakes)
}
