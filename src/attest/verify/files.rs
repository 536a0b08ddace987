//! The files of a dataset against their signed digests.
//!
//! # Promises
//!
//! - Every file is hashed, and every difference is named: changed, missing, unlisted or unsafe.
//! - A name that leads out of the folder, or a link, is reported and never opened.
//!
//! # What this module does not know
//!
//! What the files mean.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use counterfoil_crypto::digest::{Digest, Sha256};
use rayon::prelude::*;

use crate::attest::{
    sums::{self, BadSums, PROVENANCE, SUMS},
    text::counted,
    tree::{Entry, Kind},
    verify::report::{Check, Failure, FileChange, Finding},
};

/// The regular files of a folder by name, and the check that there is nothing else.
pub(crate) fn layout(entries: &[Entry]) -> (BTreeMap<String, u64>, Check) {
    let mut files = BTreeMap::new();
    let mut findings = Vec::new();
    for entry in entries {
        match entry.kind {
            Kind::File(bytes) if sums::is_plain(&entry.name) => {
                files.insert(entry.name.clone(), bytes);
            }
            _ => findings.push(Finding { change: FileChange::Unsafe, name: entry.name.clone() }),
        }
    }
    let check = if findings.is_empty() {
        Check::pass(LAYOUT, format!("{}, no links", counted(files.len() as u64, "file")))
    } else {
        Check::fail(LAYOUT, Failure::Changed, "links, devices or names that lead elsewhere").with(findings)
    };
    (files, check)
}

/// Reads a small file whole.
pub(crate) fn read_small(folder: &Path, name: &str, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let read = File::open(folder.join(name))?.take(limit + 1).read_to_end(&mut content)?;
    if read as u64 > limit { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(content) }
}

/// Holds the list `SHA256SUMS` against the signed subjects.
pub(crate) fn check_sums(text: &[u8], subjects: &BTreeMap<String, Digest>) -> Check {
    let listed = match parse(text) {
        Ok(listed) => listed,
        Err(check) => return check,
    };
    let mut findings = Vec::new();
    for (name, digest) in &listed {
        let change = match subjects.get(name) {
            _ if !sums::is_plain(name) => FileChange::Unsafe,
            None => FileChange::Unlisted,
            Some(signed) if signed != digest => FileChange::Changed,
            Some(_) => continue,
        };
        findings.push(Finding { change, name: name.clone() });
    }
    let left_out = subjects.keys().filter(|name| *name != SUMS && !listed.contains_key(*name));
    findings.extend(left_out.map(|name| Finding { change: FileChange::Missing, name: name.clone() }));
    if findings.is_empty() {
        Check::pass(SUMS_CHECK, format!("{}, the same as the signed subjects", counted(listed.len() as u64, "line")))
    } else {
        Check::fail(SUMS_CHECK, Failure::Changed, "SHA256SUMS is not the list that was signed").with(findings)
    }
}

/// The list as an expectation of its own, where no statement can be believed.
pub(crate) fn parse(text: &[u8]) -> Result<BTreeMap<String, Digest>, Check> {
    let undecided = |detail: String| Check::fail(SUMS_CHECK, Failure::Undecided, detail);
    let text = std::str::from_utf8(text).map_err(|_| undecided("SHA256SUMS is not UTF-8".to_owned()))?;
    match sums::parse(text) {
        Ok(sums) => Ok(sums.into_iter().map(|sum| (sum.name, sum.digest)).collect()),
        Err(BadSums::Empty) => Err(undecided("SHA256SUMS is empty".to_owned())),
        Err(BadSums::Line(line)) => Err(undecided(format!("SHA256SUMS, line {line}: not a digest and a name"))),
        Err(BadSums::Repeated(line)) => Err(undecided(format!("SHA256SUMS, line {line}: a name stands twice"))),
    }
}

/// Hashes every expected file on all cores and names what differs.
pub(crate) fn check_files(folder: &Path, files: &BTreeMap<String, u64>, expected: &BTreeMap<String, Digest>) -> Check {
    let mut findings = Vec::new();
    let mut present = Vec::new();
    for (name, digest) in expected {
        let change = match files.get(name) {
            _ if !sums::is_plain(name) || in_provenance(name) => FileChange::Unsafe,
            None => FileChange::Missing,
            Some(bytes) => {
                present.push((name, digest, *bytes));
                continue;
            }
        };
        findings.push(Finding { change, name: name.clone() });
    }
    let hashed: Vec<(&String, io::Result<bool>)> = present
        .par_iter()
        .map(|(name, digest, _)| (*name, hash(&folder.join(name)).map(|found| found == **digest)))
        .collect();
    let unreadable: BTreeSet<&str> =
        hashed.iter().filter(|(_, same)| same.is_err()).map(|(name, _)| name.as_str()).collect();
    let changed = hashed.iter().filter(|(_, same)| !matches!(same, Ok(true)));
    findings.extend(changed.map(|(name, _)| Finding { change: FileChange::Changed, name: (*name).clone() }));
    let unlisted = files.keys().filter(|name| !in_provenance(name) && !expected.contains_key(*name));
    findings.extend(unlisted.map(|name| Finding { change: FileChange::Unlisted, name: name.clone() }));
    findings.sort_by(|a, b| (a.change, &a.name).cmp(&(b.change, &b.name)));

    if findings.is_empty() {
        let bytes: u64 = present.iter().map(|(_, _, bytes)| bytes).sum();
        return Check::pass(FILES, format!("{}, {bytes} bytes hashed", counted(present.len() as u64, "file")));
    }
    if findings.iter().all(|finding| unreadable.contains(finding.name.as_str())) {
        return Check::fail(FILES, Failure::Undecided, "files that cannot be read").with(findings);
    }
    Check::fail(FILES, Failure::Changed, figures(&findings)).with(findings)
}

fn figures(findings: &[Finding]) -> String {
    let all = [
        (FileChange::Changed, "changed"),
        (FileChange::Missing, "missing"),
        (FileChange::Unlisted, "unlisted"),
        (FileChange::Unsafe, "unsafe"),
    ];
    let counted = all.into_iter().filter_map(|(change, word)| {
        let count = findings.iter().filter(|finding| finding.change == change).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    counted.collect::<Vec<_>>().join(", ")
}

fn in_provenance(name: &str) -> bool {
    name.strip_prefix(PROVENANCE).is_some_and(|rest| rest.starts_with('/'))
}

fn hash(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = file.read(&mut buffer)?;
        match buffer.get(..read) {
            Some([]) | None => return Ok(digest.finalize()),
            Some(bytes) => digest.update(bytes),
        }
    }
}

const LAYOUT: &str = "layout";
const SUMS_CHECK: &str = "sums";
const FILES: &str = "files";
/// Bytes read at once.
const BUFFER: usize = 1 << 20;
