//! The auditor's keys: public halves from a folder that is not the dataset's.
//!
//! # Promises
//!
//! - A key inside the folder that is verified is never trusted, however the paths are written and linked.
//!
//! # What this module does not know
//!
//! How the keys came to the auditor.

use std::{
    fs::{self, File},
    io::Read as _,
    path::Path,
};

use counterfoil_crypto::sign::VerifyingKey;

use crate::attest::{
    text::counted,
    verify::report::{Check, Failure},
};

/// Reads every `attest*.pub` of the folder, or says why there is nothing to trust. `given` is what is verified: keys
/// from anywhere below it were delivered with the data.
pub(crate) fn load(trust: &Path, given: &Path) -> Result<Vec<VerifyingKey>, Check> {
    let (Ok(folder), Ok(given)) = (trust.canonicalize(), given.canonicalize()) else {
        return Err(undecided("the trust folder cannot be read"));
    };
    if folder.starts_with(&given) {
        return Err(undecided("the trust folder lies inside the folder that is verified: keys must come another way"));
    }
    let entries = fs::read_dir(&folder).map_err(|_| undecided("the trust folder cannot be read"))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("attest") && name.ends_with(".pub"))
        .collect();
    names.sort();
    let mut keys: Vec<VerifyingKey> = Vec::with_capacity(names.len());
    for name in &names {
        let key = read(&folder.join(name), &given).map_err(|why| undecided(format!("`{name}` {why}")))?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        return Err(Check::fail(TRUST, Failure::Absent, "the trust folder holds no `attest*.pub`"));
    }
    Ok(keys)
}

/// The key of one file. A link is followed to its end, which must be a file outside `given`.
fn read(path: &Path, given: &Path) -> Result<VerifyingKey, &'static str> {
    let end = path.canonicalize().map_err(|_| "cannot be read")?;
    if end.starts_with(given) {
        return Err("is a link into the folder that is verified: keys must come another way");
    }
    if !fs::symlink_metadata(&end).is_ok_and(|metadata| metadata.is_file()) {
        return Err("is not a regular file");
    }
    let mut text = String::new();
    File::open(&end).and_then(|file| file.take(LIMIT).read_to_string(&mut text)).map_err(|_| "cannot be read")?;
    VerifyingKey::from_pem(text.trim())
        .or_else(|_| VerifyingKey::from_pem(&text))
        .map_err(|_| "is not an Ed25519 public key in PEM")
}

/// The check of keys that were read.
pub(crate) fn passed(keys: &[VerifyingKey]) -> Check {
    let ids: Vec<String> = keys.iter().map(|key| key.key_id().chars().take(SHORT_ID).collect()).collect();
    Check::pass(TRUST, format!("{}: {}", counted(keys.len() as u64, "key"), ids.join(", ")))
}

fn undecided(detail: impl Into<String>) -> Check {
    Check::fail(TRUST, Failure::Undecided, detail)
}

/// Bytes of a key file that are read at most.
const LIMIT: u64 = 64 << 10;
const TRUST: &str = "trust";
/// Hexadecimal digits of a key id that a person compares.
const SHORT_ID: usize = 16;
