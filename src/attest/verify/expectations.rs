//! Authentic is not enough: what the auditor expected of policy, keys and evidence.
//!
//! # Promises
//!
//! - An expectation is judged only on an authentic manifest; without one it is skipped, and the missing evidence fails.
//!
//! # What this module does not know
//!
//! Why it was expected.

use std::collections::BTreeSet;

use crate::attest::{
    predicate::SanitizedDataset,
    verify::{
        options::{ExpectedKey, Requirement, VerifyOptions},
        report::{Check, Failure},
    },
};

/// One check for each kind of expectation that was given.
pub(crate) fn check(options: &VerifyOptions, manifest: Option<&SanitizedDataset>, all_opened: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    if options.expect_policy.is_some() {
        checks.push(manifest.map_or_else(|| unsigned(POLICY), |manifest| policy(options, manifest)));
    }
    if !options.expect_keys.is_empty() {
        checks.push(manifest.map_or_else(|| unsigned(KEYS), |manifest| keys(&options.expect_keys, manifest)));
    }
    for requirement in &options.require {
        checks.push(match requirement {
            Requirement::Openings if all_opened => Check::pass(REQUIRED, "openings of every raw file"),
            Requirement::Openings => Check::fail(REQUIRED, Failure::Absent, "not every raw file is opened"),
            other => Check::fail(REQUIRED, Failure::Absent, format!("{}: not present in this dataset", other.as_str())),
        });
    }
    checks
}

fn policy(options: &VerifyOptions, manifest: &SanitizedDataset) -> Check {
    let found = manifest.policy.digest.sha256.0;
    if options.expect_policy == Some(found) {
        Check::pass(POLICY, format!("`{}` version {}, {found}", manifest.policy.name, manifest.policy.version))
    } else {
        Check::fail(POLICY, Failure::Unexpected, format!("the policy that was followed is {found}"))
    }
}

/// Of each keyset that is named, exactly the versions that are named must have written.
fn keys(expected: &[ExpectedKey], manifest: &SanitizedDataset) -> Check {
    let named: BTreeSet<&str> = expected.iter().map(|key| key.id.as_str()).collect();
    let expected: BTreeSet<(&str, u32)> = expected.iter().map(|key| (key.id.as_str(), key.version)).collect();
    let used: BTreeSet<(&str, u32)> = manifest.keys.iter().map(|key| (key.id.as_str(), key.version)).collect();
    let found: BTreeSet<(&str, u32)> = used.iter().copied().filter(|(id, _)| named.contains(id)).collect();
    let used = used.iter().map(|(id, version)| format!("{id}:{version}")).collect::<Vec<_>>().join(", ");
    if found == expected {
        Check::pass(KEYS, used)
    } else if used.is_empty() {
        Check::fail(KEYS, Failure::Unexpected, "no key wrote this dataset")
    } else {
        Check::fail(KEYS, Failure::Unexpected, format!("the key versions that wrote are {used}"))
    }
}

fn unsigned(name: &'static str) -> Check {
    Check::skip(name, "no authentic manifest says")
}

const KEYS: &str = "key versions";
const POLICY: &str = "policy";
const REQUIRED: &str = "required";
