//! The data files counted again: rows, row groups, columns, logical digests, and what the footers say.
//!
//! # Promises
//!
//! - Only files whose bytes are the signed ones are parsed.
//! - A column or leaf that the manifest does not list is a failure, as is one that it lists and the files lack, one of
//!   another type or place, and one that stands twice.
//!
//! # What this module does not know
//!
//! How a data file is encoded: the room `dataset` counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use crate::{
    attest::{
        footer::footer_entries,
        predicate::SanitizedDataset,
        sums,
        text::counted,
        verify::{
            leaves::{Leaf, leaves},
            report::{Check, Failure, FileChange, Finding},
        },
    },
    dataset::{DatasetError, FileFooter, Recount, footers, recount},
};

/// Counts the data files of an authentic manifest.
pub(crate) fn check(folder: &Path, manifest: &SanitizedDataset) -> Vec<Check> {
    let parts = &manifest.output.parts;
    if parts.iter().any(|part| !sums::is_plain(&part.name)) {
        return vec![Check::fail(ROWS, Failure::Undecided, "a data file's name leads elsewhere")];
    }
    let paths: Vec<PathBuf> = parts.iter().map(|part| folder.join(&part.name)).collect();
    let footers = match footers(&paths) {
        Ok(footers) => footers,
        Err(error) => return vec![unreadable(folder, &error)],
    };
    let mut checks = vec![rows(manifest, &footers), footer_metadata(manifest, &footers)];
    match recount(&paths) {
        Ok(counted) => checks.extend([columns(manifest, &counted), digests(manifest, &counted)]),
        Err(error) => checks.push(unreadable(folder, &error)),
    }
    checks
}

/// What the checks leave open.
pub(crate) fn not_checked(manifest: &SanitizedDataset) -> Option<String> {
    let bare = manifest.output.columns.iter().filter(|column| column.logical_digest.is_none()).count() as u64;
    (manifest.output.logical_root.is_none() && bare > 0).then(|| {
        format!(
            "logical digests: {} not covered; no root is signed where no key wrote, since it would tell cells",
            counted(bare, "column")
        )
    })
}

fn rows(manifest: &SanitizedDataset, footers: &[FileFooter]) -> Check {
    let parts = &manifest.output.parts;
    let differs = parts
        .iter()
        .zip(footers)
        .filter(|(part, footer)| part.rows.0 != footer.rows || part.row_groups.0 != footer.row_groups);
    let findings: Vec<Finding> =
        differs.map(|(part, _)| Finding { change: FileChange::Changed, name: part.name.clone() }).collect();
    if !findings.is_empty() || parts.len() != footers.len() {
        return Check::fail(ROWS, Failure::Changed, "rows or row groups are not those of the manifest").with(findings);
    }
    let groups: u64 = footers.iter().map(|footer| footer.row_groups).sum();
    let rows: u64 = footers.iter().map(|footer| footer.rows).sum();
    Check::pass(
        ROWS,
        format!(
            "{} in {} in {}",
            counted(rows, "row"),
            counted(groups, "row group"),
            counted(footers.len() as u64, "file")
        ),
    )
}

fn footer_metadata(manifest: &SanitizedDataset, footers: &[FileFooter]) -> Check {
    let keys: Vec<(String, u32)> = manifest.keys.iter().map(|key| (key.id.clone(), key.version)).collect();
    let tool = &manifest.tool;
    let expected = footer_entries(manifest.policy.digest.sha256.0, &keys, &tool.name, &tool.version);
    let mut findings = Vec::new();
    for (part, footer) in manifest.output.parts.iter().zip(footers) {
        let found: BTreeMap<&str, &str> = footer.metadata.iter().map(|(key, value)| (&**key, &**value)).collect();
        let wrong = expected.iter().filter(|(key, value)| found.get(key.as_str()) != Some(&value.as_str()));
        findings.extend(
            wrong.map(|(key, _)| Finding { change: FileChange::Changed, name: format!("{}: {key}", part.name) }),
        );
    }
    if findings.is_empty() {
        Check::pass(FOOTERS, "policy digest, key versions and tool agree with the manifest")
    } else {
        Check::fail(FOOTERS, Failure::Changed, "a file names another origin than the manifest").with(findings)
    }
}

/// Columns and leaves of the manifest against those of the files: the same names and types in the same order.
fn columns(manifest: &SanitizedDataset, recount: &Recount) -> Check {
    let signed_columns: Vec<Leaf> =
        manifest.output.columns.iter().map(|column| (column.name.clone(), column.data_type.clone())).collect();
    let signed_leaves: Vec<Leaf> =
        manifest.columns.iter().map(|column| (column.name.clone(), column.data_type.clone())).collect();
    let planned: BTreeSet<(&str, &str)> = signed_leaves.iter().map(|(name, of)| (name.as_str(), of.as_str())).collect();
    let mut found_columns = Vec::new();
    let mut found_leaves = Vec::new();
    for column in recount.digests.columns() {
        let whole = |path: &str, type_name: &str| planned.contains(&(path, type_name));
        leaves(&column.name, &column.type_name, &whole, &mut found_leaves);
        found_columns.push((column.name.clone(), column.type_name.clone()));
    }
    let mut findings = differences(&signed_columns, &found_columns);
    for finding in differences(&signed_leaves, &found_leaves) {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    if !findings.is_empty() {
        return Check::fail(COLUMNS, Failure::Changed, "the columns are not those of the manifest").with(findings);
    }
    let (columns, leaves) = (found_columns.len() as u64, found_leaves.len() as u64);
    let detail = format!("{}, {}", counted(columns, "column"), counted_leaves(leaves));
    Check::pass(COLUMNS, format!("{detail}, names, types and order as signed"))
}

fn counted_leaves(leaves: u64) -> String {
    if leaves == 1 { "1 leaf".to_owned() } else { format!("{leaves} leaves") }
}

/// What differs between two lists that must be equal and without repetition; nothing only if they are.
fn differences(signed: &[Leaf], found: &[Leaf]) -> Vec<Finding> {
    let finding = |change, name: &str| Finding { change, name: format!("column {name}") };
    let name_in = |columns: &[Leaf], name: &str| columns.iter().any(|(other, _)| other == name);
    let mut findings: Vec<Finding> = Vec::new();
    for column in found {
        if !name_in(signed, &column.0) {
            findings.push(finding(FileChange::Unlisted, &column.0));
        } else if !signed.contains(column) {
            findings.push(finding(FileChange::Changed, &column.0));
        }
    }
    let missing = signed.iter().filter(|(name, _)| !name_in(found, name));
    findings.extend(missing.map(|(name, _)| finding(FileChange::Missing, name)));
    for columns in [signed, found] {
        let mut names = BTreeSet::new();
        let twice = columns.iter().filter(|(name, _)| !names.insert(name));
        findings.extend(twice.map(|(name, _)| finding(FileChange::Changed, name)));
    }
    if findings.is_empty() {
        let moved = signed.iter().zip(found).filter(|(signed, found)| signed != found);
        findings.extend(moved.map(|((name, _), _)| finding(FileChange::Changed, name)));
    }
    findings
}

fn digests(manifest: &SanitizedDataset, recount: &Recount) -> Check {
    let found = recount.digests.columns();
    let mut findings = Vec::new();
    let mut compared = 0;
    for column in &manifest.output.columns {
        let Some(signed) = &column.logical_digest else { continue };
        compared += 1;
        let same = found
            .iter()
            .any(|other| other.name == column.name && other.digest.to_string() == signed.sha256.0.to_string());
        if !same {
            findings.push(Finding { change: FileChange::Changed, name: format!("column {}", column.name) });
        }
    }
    let root = manifest.output.logical_root;
    if findings.is_empty() && root.is_some_and(|root| root.sha256.0 != recount.digests.root()) {
        findings.push(Finding { change: FileChange::Changed, name: "root over all columns".to_owned() });
    }
    if !findings.is_empty() {
        return Check::fail(LOGICAL, Failure::Changed, "cells are not those that were signed").with(findings);
    }
    if compared == 0 && root.is_none() {
        return Check::skip(LOGICAL, "the manifest has none");
    }
    let over = root.map(|_| format!("root over {}, ", counted(found.len() as u64, "column"))).unwrap_or_default();
    let (compared, rows) = (counted(compared, "column digest"), counted(recount.rows, "row"));
    Check::pass(LOGICAL, format!("{over}{compared}, {rows}"))
}

fn unreadable(folder: &Path, error: &DatasetError) -> Check {
    let name = |path: &Path| path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
    let (change, path) = match error {
        DatasetError::Disagree { path } => (FileChange::Changed, name(path)),
        DatasetError::Corrupt { path } | DatasetError::Io { path, .. } => (FileChange::Unsafe, name(path)),
        _ => return Check::fail(ROWS, Failure::Undecided, "the data files cannot be counted"),
    };
    Check::fail(ROWS, Failure::Undecided, "a data file cannot be counted").with(vec![Finding { change, name: path }])
}

const COLUMNS: &str = "columns";
const FOOTERS: &str = "footers";
const LOGICAL: &str = "logical digests";
const ROWS: &str = "rows";
