//! What rules owe one another: one rule a column, one format a domain.
//!
//! # Promises
//!
//! - Each disagreement is reported once, with both places.
//!
//! # What this module does not know
//!
//! How a rule is written.

use std::collections::HashMap;

use super::{
    error::PolicyError,
    fields::Mistakes,
    rule::{DatasetPolicy, Rule},
};

/// No two rules of a dataset speak of the same cells.
pub(super) fn columns(rules: &[Rule], mistakes: &mut Mistakes) {
    let mut sorted: Vec<&Rule> = rules.iter().collect();
    // INVARIANT: the order of paths puts a path directly before all that lie within it.
    sorted.sort_by(|a, b| a.path.value.cmp(&b.path.value));
    let mut outer: Option<&Rule> = None;
    for rule in sorted {
        match outer {
            Some(outer) if outer.path.value == rule.path.value => {
                let (path, mut spans) = (rule.path.value.to_string(), [outer.path.span, rule.path.span]);
                spans.sort_by_key(|span| span.offset());
                let [first, second] = spans;
                mistakes.push(PolicyError::DuplicateColumn { first, path, second });
            }
            Some(outer) if outer.path.value.covers(&rule.path.value) => {
                mistakes.push(PolicyError::OverlappingColumns {
                    inner: rule.path.value.to_string(),
                    inner_span: rule.path.span,
                    outer: outer.path.value.to_string(),
                    outer_span: outer.path.span,
                });
            }
            _ => outer = Some(rule),
        }
    }
}

/// All rules of a domain write the same tokens for the same cells.
pub(super) fn domains(datasets: &[DatasetPolicy], mistakes: &mut Mistakes) {
    let mut first_of: HashMap<&str, &Rule> = HashMap::new();
    for rule in datasets.iter().flat_map(|dataset| &dataset.columns) {
        let Some(domain) = rule.domain.as_ref().filter(|_| rule.transform.value.is_keyed()) else {
            continue;
        };
        let first = *first_of.entry(domain.value.as_str()).or_insert(rule);
        if first.transform.value != rule.transform.value {
            mistakes.push(PolicyError::DomainConflict {
                domain: domain.value.to_string(),
                first: first.transform.span,
                first_words: first.transform.value.to_string(),
                second: rule.transform.span,
                second_words: rule.transform.value.to_string(),
            });
        }
    }
}
