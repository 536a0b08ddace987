//! One folder, or a folder of datasets, from first look to verdict.
//!
//! # Promises
//!
//! - Each check is made once and reported, failed or not; a later check never repairs an earlier one.
//! - In a folder of datasets each subfolder counts as a dataset: one whose evidence was removed is reported, not
//!   passed over. Links and loose files beside them are failures.
//!
//! # What this module does not know
//!
//! How a check is made.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use counterfoil_crypto::sign::VerifyingKey;

use crate::attest::{
    predicate::SanitizedDataset,
    sums::{PROVENANCE, STATEMENTS, SUMS},
    text::counted,
    tree,
    verify::{
        consistency, data,
        evidence::{self, Evidence, Reading},
        expectations, files, openings,
        options::VerifyOptions,
        report::{Check, DatasetReport, Failure, FileChange, Finding, VerifyReport},
        trust,
    },
};

/// Verifies a dataset folder, or each dataset in a folder of datasets, against the public keys in `trust`.
pub fn verify(dir: &Path, trust: &Path, options: &VerifyOptions) -> VerifyReport {
    let Ok(Found { folders, mut beside, mut not_checked }) = dataset_folders(dir) else {
        return VerifyReport::new(vec![unreadable(dir)], Vec::new(), Vec::new());
    };
    let keys = trust::load(trust, dir);
    let datasets: Vec<DatasetReport> = folders.iter().map(|folder| dataset(folder, &keys, options)).collect();
    if beside.is_some() {
        // A run names each folder for its dataset: another name is a dataset in the place of one that is gone.
        let misplaced = folders.iter().zip(&datasets).filter(|(folder, report)| folder_name(folder) != report.dataset);
        let findings: Vec<Finding> = misplaced
            .map(|(folder, report)| Finding {
                change: FileChange::Changed,
                name: format!("{}, signed as `{}`", folder_name(folder), report.dataset),
            })
            .collect();
        if !findings.is_empty() {
            beside =
                Some(Check::fail(BESIDE, Failure::Changed, "folders in the place of other datasets").with(findings));
        }
        not_checked.extend(several_runs(&datasets));
    }
    VerifyReport::new(datasets, beside.into_iter().collect(), not_checked)
}

/// Datasets of one folder come from one run as a rule; where they do not, joins may span key versions.
fn several_runs(datasets: &[DatasetReport]) -> Option<String> {
    let runs: BTreeSet<&str> = datasets.iter().filter_map(|report| report.run_id.as_deref()).collect();
    (runs.len() > 1).then(|| format!("the datasets come from {} runs: whether they belong together", runs.len()))
}

/// What a folder holds at first look.
struct Found {
    folders: Vec<PathBuf>,
    /// The check of what lies beside the datasets, where there is a beside.
    beside: Option<Check>,
    not_checked: Vec<String>,
}

/// The dataset folders, and what lies beside them.
fn dataset_folders(dir: &Path) -> io::Result<Found> {
    let mut folders = Vec::new();
    let mut findings = Vec::new();
    let mut not_checked = Vec::new();
    let mut attested = false;
    let own = [PROVENANCE, SUMS].iter().any(|name| fs::symlink_metadata(dir.join(name)).is_ok());
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if kind.is_dir() && name.starts_with(STAGING_PREFIX) {
            not_checked.push(format!("`{name}`: what a run that was cut short left behind; it is no dataset"));
        } else if kind.is_dir() {
            attested |= fs::symlink_metadata(entry.path().join(PROVENANCE)).is_ok();
            folders.push(entry.path());
        } else if !(kind.is_file() && name == LOCK_NAME) {
            let change = if kind.is_file() { FileChange::Unlisted } else { FileChange::Unsafe };
            findings.push(Finding { change, name });
        }
    }
    if own || !attested {
        return Ok(Found { folders: vec![dir.to_path_buf()], beside: None, not_checked: Vec::new() });
    }
    folders.sort();
    not_checked.sort();
    findings.sort_by(|a, b| a.name.cmp(&b.name));
    let beside = if findings.is_empty() {
        Check::pass(BESIDE, format!("{} and nothing else", counted(folders.len() as u64, "dataset")))
    } else {
        Check::fail(BESIDE, Failure::Changed, "links or files that belong to no dataset").with(findings)
    };
    Ok(Found { folders, beside: Some(beside), not_checked })
}

fn dataset(dir: &Path, keys: &Result<Vec<VerifyingKey>, Check>, options: &VerifyOptions) -> DatasetReport {
    let Ok(entries) = tree::walk(dir) else { return unreadable(dir) };
    let (present, layout) = files::layout(&entries);
    let sound = layout.passed();
    let (trust, trusted) = match keys {
        Ok(keys) => (trust::passed(keys), keys.as_slice()),
        Err(check) => (check.clone(), [].as_slice()),
    };
    let mut checks = vec![trust, layout];
    let Reading { checks: read, evidence, mut not_checked } = statements(dir, &present, trusted);
    checks.extend(read);
    let authentic = match &evidence {
        Some(evidence) => signed_files(dir, &present, evidence, &mut checks) && sound,
        None => {
            unsigned_files(dir, present, &mut checks);
            false
        }
    };
    let manifest = evidence.as_ref().map(|evidence| &evidence.manifest);
    let mut all_opened = false;
    if let Some(evidence) = &evidence {
        checks.extend(consistency::check(evidence));
        if authentic {
            checks.extend(data::check(dir, &evidence.manifest));
        } else {
            checks.push(Check::skip("rows", "the data files are not the signed ones, so they are not parsed"));
        }
        if !options.openings.is_empty() {
            let (check, all) = openings::check(&options.openings, &evidence.manifest);
            checks.push(check);
            all_opened = all;
        }
    }
    checks.extend(expectations::check(options, manifest, all_opened));
    not_checked.extend(renamed(dir, manifest));
    not_checked.extend(limits(manifest, options));
    let name = manifest.map_or_else(|| folder_name(dir), |manifest| manifest.dataset.clone());
    let run_id = manifest.map(|manifest| manifest.run_id.clone());
    DatasetReport { run_id, ..DatasetReport::new(name, checks, not_checked) }
}

fn statements(dir: &Path, present: &BTreeMap<String, u64>, trusted: &[VerifyingKey]) -> Reading {
    let failed = |failure, detail: &str, change| {
        let finding = Finding { change, name: STATEMENTS.to_owned() };
        let checks = vec![Check::fail("signature", failure, detail).with(vec![finding])];
        Reading { checks, ..Reading::default() }
    };
    if !present.contains_key(STATEMENTS) {
        return failed(Failure::Absent, "the dataset has no statements", FileChange::Missing);
    }
    match files::read_small(dir, STATEMENTS, LIMIT) {
        Ok(text) => evidence::read(&text, trusted),
        Err(_) => failed(Failure::Undecided, "the statements cannot be read", FileChange::Unsafe),
    }
}

/// Whether every file is the signed one.
fn signed_files(dir: &Path, present: &BTreeMap<String, u64>, evidence: &Evidence, checks: &mut Vec<Check>) -> bool {
    let before = checks.len();
    if !evidence.subjects.contains_key(SUMS) {
        checks.push(Check::fail("sums", Failure::Undecided, "SHA256SUMS is not among the signed files"));
    } else if present.contains_key(SUMS) {
        checks.push(match files::read_small(dir, SUMS, LIMIT) {
            Ok(text) => files::check_sums(&text, &evidence.subjects),
            Err(_) => Check::fail("sums", Failure::Undecided, "SHA256SUMS cannot be read"),
        });
    }
    checks.push(files::check_files(dir, present, &evidence.subjects));
    checks.iter().skip(before).all(Check::passed)
}

/// Without a signature the list is believed by nobody; it still names files that differ from it.
fn unsigned_files(dir: &Path, mut present: BTreeMap<String, u64>, checks: &mut Vec<Check>) {
    if present.remove(SUMS).is_none() {
        checks.push(Check::skip("files", "there is nothing to hold them against"));
        return;
    }
    let listed = match files::read_small(dir, SUMS, LIMIT) {
        Ok(text) => files::parse(&text),
        Err(_) => Err(Check::fail("sums", Failure::Undecided, "SHA256SUMS cannot be read")),
    };
    checks.push(match listed {
        Ok(listed) => {
            let check = files::check_files(dir, &present, &listed);
            if check.passed() {
                Check::skip("files", format!("{}, as SHA256SUMS says, which no trusted key signed", check.detail))
            } else {
                check
            }
        }
        Err(check) => check,
    });
}

fn limits(manifest: Option<&SanitizedDataset>, options: &VerifyOptions) -> Vec<String> {
    let Some(manifest) = manifest else {
        return vec!["everything that the statements claim: no trusted key signed both".to_owned()];
    };
    let raw = if options.openings.is_empty() {
        "commitments only, no opening given"
    } else {
        "openings show which digests were committed to; the raw files themselves were not hashed"
    };
    let mut limits = vec![format!("raw inputs ({}): {raw}", manifest.inputs.len())];
    limits.extend(data::not_checked(manifest));
    limits.extend([
        format!(
            "times ({} to {}): claimed by the tool, no authority stamped them",
            manifest.started_at, manifest.finished_at
        ),
        "order of runs: this dataset has no log entry".to_owned(),
        "approval: no person's signature over the plan is attached".to_owned(),
        "tool: its digest is what it said of itself".to_owned(),
        "tokens: that they are those of the named keys can be shown with the keys only".to_owned(),
        "cells of kept columns: whether they still say who someone is".to_owned(),
    ]);
    limits
}

/// A folder may be renamed, so its name proves nothing; two folders that changed names should be seen.
fn renamed(dir: &Path, manifest: Option<&SanitizedDataset>) -> Option<String> {
    let (signed, found) = (&manifest?.dataset, folder_name(dir));
    (*signed != found).then(|| format!("folder name: it is `{found}`, the dataset was signed as `{signed}`"))
}

fn folder_name(dir: &Path) -> String {
    let folder = dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf());
    folder.file_name().map_or_else(|| "dataset".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn unreadable(dir: &Path) -> DatasetReport {
    let check = Check::fail("layout", Failure::Undecided, "the folder cannot be read");
    DatasetReport::new(folder_name(dir), vec![check], Vec::new())
}

const BESIDE: &str = "beside";
/// The lock of an output folder, which the writer leaves there.
const LOCK_NAME: &str = ".counterfoil.lock";
/// What the name of an unfinished dataset begins with.
const STAGING_PREFIX: &str = ".counterfoil-staging-";
/// Bytes of the statements or of `SHA256SUMS` that are read at most.
const LIMIT: u64 = 256 << 20;
