//! The auditor's keys: public halves from a folder that is not the dataset's.
//!
//! # Promises
//!
//! - A key inside the dataset is never trusted, however the paths are written.
//!
//! # What this module does not know
//!
//! How the keys came to the auditor.

use std::{fs, path::Path};

use counterfoil_crypto::sign::VerifyingKey;

use crate::attest::{
    text::counted,
    verify::report::{Check, Failure},
};

/// Reads every `attest*.pub` of the folder, or says why there is nothing to trust.
pub(crate) fn load(trust: &Path) -> Result<Vec<VerifyingKey>, Check> {
    let undecided = |detail: String| Check::fail(TRUST, Failure::Undecided, detail);
    let entries = fs::read_dir(trust).map_err(|_| undecided("the trust folder cannot be read".to_owned()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("attest") && name.ends_with(".pub"))
        .collect();
    names.sort();
    let mut keys: Vec<VerifyingKey> = Vec::with_capacity(names.len());
    for name in &names {
        let text = fs::read_to_string(trust.join(name)).map_err(|_| undecided(format!("`{name}` cannot be read")))?;
        let key = VerifyingKey::from_pem(text.trim())
            .or_else(|_| VerifyingKey::from_pem(&text))
            .map_err(|_| undecided(format!("`{name}` is not an Ed25519 public key in PEM")))?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        return Err(Check::fail(TRUST, Failure::Absent, "the trust folder holds no `attest*.pub`"));
    }
    Ok(keys)
}

/// What the trust folder is worth for this dataset.
pub(crate) fn check(trust: &Path, dataset: &Path, keys: &[VerifyingKey]) -> Check {
    let inside = match (trust.canonicalize(), dataset.canonicalize()) {
        (Ok(trust), Ok(dataset)) => trust.starts_with(dataset),
        _ => return Check::fail(TRUST, Failure::Undecided, "a folder cannot be read"),
    };
    if inside {
        return Check::fail(
            TRUST,
            Failure::Undecided,
            "the trust folder lies inside the dataset: keys must come another way",
        );
    }
    let ids: Vec<String> = keys.iter().map(|key| key.key_id().chars().take(SHORT_ID).collect()).collect();
    Check::pass(TRUST, format!("{}: {}", counted(keys.len() as u64, "key"), ids.join(", ")))
}

const TRUST: &str = "trust";
/// Hexadecimal digits of a key id that a person compares.
const SHORT_ID: usize = 16;
