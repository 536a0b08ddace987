//! The signed manifest against itself and against its subjects.
//!
//! # Promises
//!
//! - Totals are added up again; a data file, an attachment, a column or a key that stands in one place only is a
//!   failure.
//!
//! # What this module does not know
//!
//! Files.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_crypto::digest::Digest;

use crate::{
    attest::{
        predicate::SanitizedDataset,
        sums::SUMS,
        text::counted,
        verify::{
            evidence::Evidence,
            report::{Check, Failure, FileChange, Finding},
        },
        wire::Count,
    },
    names::ColumnPath,
};

/// Adds up the manifest.
pub(crate) fn check(evidence: &Evidence) -> Vec<Check> {
    vec![manifest(&evidence.manifest, &evidence.subjects), misfits(&evidence.manifest)]
}

fn manifest(manifest: &SanitizedDataset, subjects: &BTreeMap<String, Digest>) -> Check {
    let fail = |detail: &str| Check::fail(MANIFEST, Failure::Changed, detail);
    let output = &manifest.output;
    let rows = &manifest.rows;
    if output.parts.is_empty() {
        return Check::fail(MANIFEST, Failure::Absent, "the manifest lists no data file");
    }
    if total(output.parts.iter().map(|part| part.rows)) != Some(output.rows.0) || output.rows != rows.written {
        return fail("rows of the data files do not add up");
    }
    if total(output.parts.iter().map(|part| part.bytes)) != Some(output.bytes.0)
        || output.files.0 != output.parts.len() as u64
    {
        return fail("files and bytes do not add up");
    }
    if rows.written.0.checked_add(rows.dropped.0) != Some(rows.read.0)
        || total(manifest.inputs.iter().map(|input| input.rows)) != Some(rows.read.0)
    {
        return fail("rows in and out do not add up");
    }
    let unaccounted = unaccounted(manifest, subjects);
    if !unaccounted.is_empty() {
        return fail("signed files and files of the manifest differ").with(unaccounted);
    }
    if let Some(name) = loose_column(manifest) {
        return fail(&format!("column `{name}` stands in one place of the manifest only"));
    }
    let key_known = |id: &str, version| manifest.keys.iter().any(|key| key.id == id && key.version == version);
    let keyed = |column: &&crate::attest::predicate::Column| match (&column.key_id, column.key_version) {
        (Some(id), Some(version)) => !key_known(id, version),
        (None, None) => false,
        _ => true,
    };
    if let Some(column) = manifest.columns.iter().find(keyed) {
        return fail(&format!("column `{}` names a key that the manifest does not list", column.name));
    }
    Check::pass(
        MANIFEST,
        format!(
            "{}, {} dropped, {} rows in, {} rows out",
            counted(manifest.columns.len() as u64, "column"),
            manifest.dropped.len(),
            rows.read.0,
            rows.written.0
        ),
    )
}

/// Subjects that the manifest does not speak of, and the reverse.
fn unaccounted(manifest: &SanitizedDataset, subjects: &BTreeMap<String, Digest>) -> Vec<Finding> {
    let mut spoken: BTreeSet<&str> = BTreeSet::from([SUMS]);
    spoken.extend(manifest.output.parts.iter().map(|part| part.name.as_str()));
    let mut findings = Vec::new();
    for attachment in &manifest.attachments {
        spoken.insert(&attachment.name);
        if subjects.get(&attachment.name).is_some_and(|digest| *digest != attachment.digest.sha256.0) {
            findings.push(Finding { change: FileChange::Changed, name: attachment.name.clone() });
        }
    }
    let unsigned = spoken.iter().filter(|name| !subjects.contains_key(**name));
    findings.extend(unsigned.map(|name| Finding { change: FileChange::Missing, name: (*name).to_owned() }));
    let unspoken = subjects.keys().filter(|name| !spoken.contains(name.as_str()));
    findings.extend(unspoken.map(|name| Finding { change: FileChange::Unlisted, name: name.clone() }));
    findings
}

/// A column that was transformed and is not in the files, or the reverse.
fn loose_column(manifest: &SanitizedDataset) -> Option<String> {
    let top = |name: &str| name.parse::<ColumnPath>().map(|path| path.top().to_owned()).ok();
    let stated: BTreeSet<String> = manifest.columns.iter().filter_map(|column| top(&column.name)).collect();
    let written: BTreeSet<String> = manifest.output.columns.iter().map(|column| column.name.clone()).collect();
    let unreadable = manifest.columns.iter().find(|column| top(&column.name).is_none());
    let loose = stated.symmetric_difference(&written).next().cloned();
    unreadable.map(|column| column.name.clone()).or(loose)
}

fn misfits(manifest: &SanitizedDataset) -> Check {
    let sum = total(manifest.columns.iter().map(|column| column.misfits));
    if sum != Some(manifest.rows.misfits.0) {
        return Check::fail(MISFITS, Failure::Changed, "misfits of the columns do not add up");
    }
    let refused =
        manifest.columns.iter().find(|column| column.transformation.on_misfit == "fail" && column.misfits.0 > 0);
    match refused {
        Some(column) => {
            let detail = format!("column `{}` has misfits, and its rule refuses them", column.name);
            Check::fail(MISFITS, Failure::Changed, detail)
        }
        None => {
            let columns = manifest.columns.iter().filter(|column| column.misfits.0 > 0).count() as u64;
            let cells = counted(manifest.rows.misfits.0, "cell");
            Check::pass(MISFITS, format!("{cells} in {}", counted(columns, "column")))
        }
    }
}

fn total(counts: impl Iterator<Item = Count>) -> Option<u64> {
    let mut total: u64 = 0;
    for count in counts {
        total = total.checked_add(count.0)?;
    }
    Some(total)
}

const MANIFEST: &str = "manifest";
const MISFITS: &str = "misfits";
