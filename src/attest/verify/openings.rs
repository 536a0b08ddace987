//! Openings of the restricted side against the commitments of the signed manifest.
//!
//! # Promises
//!
//! - An opening counts only if salt and digest give the very commitment that was signed for its item.
//! - Openings of other runs or datasets in the same file are passed over, and prove nothing here.
//!
//! # What this module does not know
//!
//! The raw files: an opening proves which digest was committed to, not that a file has it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use counterfoil_crypto::digest::Digest;

use crate::attest::{
    canonical::Json,
    commitment::{INPUT_FILE, INPUT_SCHEMA, Opening, RESTRICTED, RESTRICTED_STATEMENT},
    predicate::SanitizedDataset,
    verify::{
        files::read_small,
        report::{Check, Failure, FileChange, Finding},
    },
};

/// How many raw files were opened, and the check.
pub(crate) fn check(files: &[PathBuf], manifest: &SanitizedDataset) -> (Check, bool) {
    let mut signed = commitments(manifest);
    let raw_files = manifest.inputs.len();
    let mut opened = 0;
    let mut findings = BTreeSet::new();
    for file in files {
        let openings = match read(file) {
            Ok(openings) => openings,
            Err(detail) => return (Check::fail(OPENINGS, Failure::Undecided, detail), false),
        };
        for opening in openings {
            if opening.dataset != manifest.dataset || opening.run_id != manifest.run_id {
                continue;
            }
            let item = (opening.purpose.clone(), opening.alias.clone());
            match signed.get(&item) {
                Some(commitment) if opening.commitment() == Some(*commitment) => {
                    signed.remove(&item);
                    opened += usize::from(opening.purpose == INPUT_FILE);
                }
                _ => {
                    findings.insert(format!("{} of {}", opening.purpose, opening.alias));
                }
            }
        }
    }
    if !findings.is_empty() {
        let findings = findings.into_iter().map(|name| Finding { change: FileChange::Changed, name }).collect();
        let detail = "an opening does not give the commitment that was signed";
        return (Check::fail(OPENINGS, Failure::Changed, detail).with(findings), false);
    }
    if opened == 0 {
        let detail = "the files given open nothing of this dataset and run";
        return (Check::fail(OPENINGS, Failure::Absent, detail), false);
    }
    let detail = format!("{opened} of {raw_files} raw files, {} commitments left closed", signed.len());
    (Check::pass(OPENINGS, detail), opened == raw_files)
}

fn commitments(manifest: &SanitizedDataset) -> BTreeMap<(String, String), Digest> {
    let mut signed = BTreeMap::new();
    for input in &manifest.inputs {
        signed.insert((INPUT_FILE.to_owned(), input.alias.clone()), input.digest.salted_sha256.0);
        signed.insert((INPUT_SCHEMA.to_owned(), input.alias.clone()), input.schema.salted_sha256.0);
    }
    let restricted = manifest.restricted.commitment.salted_sha256.0;
    signed.insert((RESTRICTED_STATEMENT.to_owned(), RESTRICTED.to_owned()), restricted);
    signed
}

fn read(file: &Path) -> Result<Vec<Opening>, String> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let name = file.file_name().and_then(|name| name.to_str()).ok_or("an openings file has no name")?;
    let text = read_small(folder, name, LIMIT).map_err(|_| format!("`{name}` cannot be read"))?;
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace));
    lines
        .map(|(index, line)| Json::parse(line).and_then(|json| json.read()).map_err(|_| index + 1))
        .collect::<Result<_, usize>>()
        .map_err(|line| format!("`{name}`, line {line}: not an opening"))
}

const OPENINGS: &str = "openings";
/// Bytes of an openings file that are read at most.
const LIMIT: u64 = 256 << 20;
