//! Policy and schemas to plan: every rule finds its column, and every column its rule.
//!
//! # Promises
//!
//! - All refusals of all datasets are collected before the first row is read.
//! - A line that would mend the policy is printed as it would be typed.
//!
//! # What this module does not know
//!
//! Keys and rows.

use std::collections::BTreeMap;

use arrow_schema::SchemaRef;
use counterfoil_crypto::digest::sha256;

use super::{
    error::{PlanRefused, Refusal},
    leaves::{Leaf, leaves},
    plan::{ColumnPlan, DatasetPlan, Plan},
    spec::{Described, describe, word_of},
};
use crate::{
    names::{ColumnPath, KeyVersion},
    policy::{DatasetPolicy, OnMisfit, Policy, ReadOptions, Rule, TransformSpec, line_for},
};

/// Columns that a message names; the lines to add name them all.
const MAX_NAMED: usize = 12;

/// Resolves a policy for the schemas of its datasets, given in the policy's order.
///
/// # Errors
///
/// [`PlanRefused`] with every column that has no rule, rule that has no column, and column whose type does not fit.
pub fn resolve(policy: &Policy, schemas: &[SchemaRef], key_version: Option<KeyVersion>) -> Result<Plan, PlanRefused> {
    let mut refusals = Vec::new();
    let mut datasets = Vec::new();
    for (dataset, schema) in policy.datasets().iter().zip(schemas) {
        datasets.push(resolve_dataset(dataset, schema, &mut refusals));
    }
    if !refusals.is_empty() {
        return Err(PlanRefused::new(policy.source_code(), refusals));
    }
    Ok(Plan {
        datasets,
        key_version,
        keyset: policy.keyset().clone(),
        policy: policy.name().to_owned(),
        policy_digest: sha256(policy.text().as_bytes()),
        purpose: policy.purpose().to_owned(),
    })
}

fn resolve_dataset(dataset: &DatasetPolicy, schema: &SchemaRef, refusals: &mut Vec<Refusal>) -> DatasetPlan {
    let leaves = leaves(schema);
    // Where no column is known, its names may be cells of a file that lost its header: they are not repeated then.
    let known = dataset.columns.is_empty() || leaves.iter().any(|leaf| rule_of(dataset, &leaf.path).is_some());
    if !known {
        refusals.push(Refusal::NoKnownColumn {
            dataset: dataset.name.value.to_string(),
            count: leaves.len(),
            place: dataset.columns_span,
        });
    }
    if known {
        refuse_missing(dataset, &leaves, refusals);
    }
    refuse_control_characters(dataset, &leaves, refusals);
    refuse_retyped(dataset, &leaves, refusals);
    refuse_groups(dataset, &leaves, refusals);
    let mut columns = Vec::new();
    let mut unknown = Vec::new();
    for leaf in &leaves {
        match rule_of(dataset, &leaf.path) {
            Some(rule) => match describe(&dataset.name.value, rule, &leaf.data_type) {
                Ok(described) => columns.push(column(dataset, rule, leaf, described)),
                Err(why) => refusals.push(why.into_refusal(dataset, rule, leaf)),
            },
            None => unknown.push(leaf),
        }
    }
    if known {
        refuse_unknown(dataset, &unknown, refusals);
    }
    let left = columns.iter().any(|column| column.output_type.is_some());
    if !left && refusals.is_empty() {
        refusals.push(Refusal::NothingLeft { dataset: dataset.name.value.to_string() });
    }
    DatasetPlan {
        columns,
        input: schema.clone(),
        read: read_words(&dataset.read),
        name: dataset.name.value.clone(),
        source: dataset.source.value.written().to_owned(),
    }
}

/// The rule of a leaf: its own, or the `drop` of a group that it belongs to.
fn rule_of<'a>(dataset: &'a DatasetPolicy, path: &ColumnPath) -> Option<&'a Rule> {
    dataset.rule(path).or_else(|| dataset.columns.iter().find(|rule| rule.path.value.covers(path)))
}

fn column(dataset: &DatasetPolicy, rule: &Rule, leaf: &Leaf, described: Described) -> ColumnPlan {
    let keyed = rule.transform.value.is_keyed() || matches!(rule.on_misfit, OnMisfit::Pseudonym | OnMisfit::Seal);
    ColumnPlan {
        format_id: described.format_id,
        domain: keyed.then(|| rule.domain_or_own(&dataset.name.value)),
        input_type: leaf.data_type.clone(),
        on_misfit: rule.on_misfit,
        output_type: described.output_type,
        path: leaf.path.clone(),
        shared_domain: rule.domain.is_some(),
        small_space: rule.small_space,
        span: rule.transform.span,
        spaces: described.spaces,
        transform: rule.transform.value.clone(),
        warnings: described.warnings,
    }
}

/// How the files are read, as far as the policy says it: other words, other cells.
fn read_words(read: &ReadOptions) -> BTreeMap<&'static str, String> {
    let types: Vec<String> = read.types.iter().map(|(path, of)| format!("{} {of}", path.value)).collect();
    let words = [
        ("compression", read.compression.map(|word| word.to_string())),
        ("delimiter", read.delimiter.map(|byte| byte.to_string())),
        ("encoding", read.encoding.map(|word| word.to_string())),
        ("format", read.format.map(|word| word.to_string())),
        ("header", read.header.map(|header| header.to_string())),
        ("names", read.names.as_ref().map(|names| format!("{names:?}"))),
        ("null_values", (!read.null_values.is_empty()).then(|| format!("{:?}", read.null_values))),
        ("quote", read.quote.map(|quote| format!("{quote:?}"))),
        ("types", (!types.is_empty()).then(|| types.join(", "))),
    ];
    words.into_iter().filter_map(|(key, word)| Some((key, word?))).collect()
}

/// A name that could move a terminal's cursor or end a line of a log is not repeated, and not written either.
fn refuse_control_characters(dataset: &DatasetPolicy, leaves: &[Leaf], refusals: &mut Vec<Refusal>) {
    let position = leaves.iter().position(|leaf| leaf.path.to_string().chars().any(char::is_control));
    refusals.extend(position.map(|position| Refusal::ControlCharacter {
        dataset: dataset.name.value.to_string(),
        position: position + 1,
        place: dataset.columns_span,
    }));
}

fn refuse_missing(dataset: &DatasetPolicy, leaves: &[Leaf], refusals: &mut Vec<Refusal>) {
    for rule in &dataset.columns {
        if leaves.iter().any(|leaf| rule.path.value.covers(&leaf.path)) {
            continue;
        }
        let name = rule.path.value.to_string();
        let nearest = leaves
            .iter()
            .map(|leaf| leaf.path.to_string())
            .map(|candidate| (strsim::damerau_levenshtein(&candidate, &name), candidate))
            .min()
            .filter(|(distance, _)| *distance <= 1 + name.chars().count() / 3);
        let help = match nearest {
            Some((_, candidate)) => format!("did you mean `{candidate}`? else remove the line"),
            None => "remove the line, or find out why the data no longer has the column".to_owned(),
        };
        refusals.push(Refusal::MissingColumn {
            dataset: dataset.name.value.to_string(),
            column: name,
            help,
            place: rule.path.span,
        });
    }
}

fn refuse_retyped(dataset: &DatasetPolicy, leaves: &[Leaf], refusals: &mut Vec<Refusal>) {
    for (path, expected) in &dataset.read.types {
        let Some(leaf) = leaves.iter().find(|leaf| leaf.path == path.value) else {
            refusals.push(Refusal::MissingColumn {
                dataset: dataset.name.value.to_string(),
                column: path.value.to_string(),
                help: "`read.types` names it; remove it there".to_owned(),
                place: path.span,
            });
            continue;
        };
        let found_word = word_of(&leaf.data_type);
        if found_word != expected.to_string() {
            refusals.push(Refusal::Retyped {
                dataset: dataset.name.value.to_string(),
                column: path.value.to_string(),
                expected: expected.to_string(),
                found: leaf.data_type.to_string(),
                found_word,
                place: path.span,
            });
        }
    }
}

/// A line that speaks of a group may only drop it: `keep` for a group would let a new field of it pass unseen.
fn refuse_groups(dataset: &DatasetPolicy, leaves: &[Leaf], refusals: &mut Vec<Refusal>) {
    for rule in &dataset.columns {
        let path = &rule.path.value;
        let below: Vec<&Leaf> = leaves.iter().filter(|leaf| path.covers(&leaf.path) && leaf.path != *path).collect();
        if below.is_empty() || rule.transform.value == TransformSpec::Drop {
            continue;
        }
        refusals.push(Refusal::Group {
            dataset: dataset.name.value.to_string(),
            column: path.to_string(),
            word: rule.transform.value.word(),
            lines: lines_for(&below),
            place: rule.path.span,
        });
    }
}

fn refuse_unknown(dataset: &DatasetPolicy, unknown: &[&Leaf], refusals: &mut Vec<Refusal>) {
    if unknown.is_empty() {
        return;
    }
    let names: Vec<String> = unknown.iter().map(|leaf| format!("`{}`", leaf.path)).collect();
    refusals.push(Refusal::UnknownColumns {
        dataset: dataset.name.value.to_string(),
        count: unknown.len(),
        names: match names.get(..MAX_NAMED) {
            Some(first) => format!("{} and {} more", first.join(", "), names.len() - MAX_NAMED),
            None => names.join(", "),
        },
        lines: lines_for(unknown),
        place: dataset.columns_span,
    });
}

/// One line a leaf, proposing `drop`: what nobody has decided yet is not to be handed out.
fn lines_for(leaves: &[&Leaf]) -> String {
    let lines: Vec<String> = leaves
        .iter()
        .map(|leaf| {
            let kind = if leaf.data_type.is_nested() { "of this type, can only be dropped" } else { "" };
            let line = line_for(&leaf.path, "\"drop\"");
            if kind.is_empty() { line } else { format!("{line}  # {kind}") }
        })
        .collect();
    lines.join("\n")
}
