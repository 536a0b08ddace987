//! Commitments: what the shared side may say about raw data, and the openings that prove it later.
//!
//! # Promises
//!
//! - A commitment says nothing about its digest to anyone without the salt, and fits no other digest.
//! - One salt opens one item; it reveals neither the commit key nor another salt. The commit key is random for each
//!   dataset of each run and is kept nowhere: equal inputs of two runs cannot be linked by their commitments.
//!
//! # What this module does not know
//!
//! What the digests are of.
//!
//! SPEC: `schemas/manifest.v1.md`, section "Commitments".

use counterfoil_crypto::{
    digest::{Digest, sha256},
    kdf,
    secret::Secret,
};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::attest::{
    error::AttestError,
    wire::{Count, Sha256Hex},
};

/// Purpose of a commitment to the file digest of a raw file.
pub(crate) const INPUT_FILE: &str = "input-file";
/// Purpose of a commitment to the digest of a raw file's schema.
pub(crate) const INPUT_SCHEMA: &str = "input-schema";
/// Purpose of the commitment to the restricted statement.
pub(crate) const RESTRICTED_STATEMENT: &str = "restricted-statement";
/// The alias under which the restricted statement is opened.
pub(crate) const RESTRICTED: &str = "restricted";

/// `SHA-256("counterfoil/commit/v1" || 00 || purpose || 00 || salt || digest)`
pub(crate) fn commitment(purpose: &str, salt: &[u8; 32], digest: &Digest) -> Digest {
    let mut message = Vec::with_capacity(LABEL.len() + purpose.len() + 66);
    message.extend_from_slice(LABEL.as_bytes());
    message.push(0);
    message.extend_from_slice(purpose.as_bytes());
    message.push(0);
    message.extend_from_slice(salt);
    message.extend_from_slice(&digest.0);
    sha256(&message)
}

/// The salts of one dataset of one run.
pub(crate) struct CommitKey {
    key: Secret<32>,
    dataset: String,
    run_id: String,
}

impl CommitKey {
    pub(crate) fn random(dataset: String, run_id: String) -> Result<Self, AttestError> {
        let key = Secret::random().map_err(|_| AttestError::NoRandomness)?;
        Ok(Self { key, dataset, run_id })
    }

    /// Commits to a digest. `HKDF-SHA-256[salt = label, info = lp(purpose) || lp(alias)](key, 32)` is the salt.
    pub(crate) fn commit(&self, purpose: &str, alias: &str, digest: Digest) -> (Digest, Opening) {
        let salt = kdf::derive_salt(&self.key, LABEL.as_bytes(), &[purpose.as_bytes(), alias.as_bytes()]);
        let opening = Opening {
            alias: alias.to_owned(),
            bytes: None,
            dataset: self.dataset.clone(),
            path: None,
            purpose: purpose.to_owned(),
            run_id: self.run_id.clone(),
            salt: HEXLOWER.encode(&salt),
            sha256: Sha256Hex(digest),
        };
        (commitment(purpose, &salt, &digest), opening)
    }
}

/// One line of an openings file: enough to recompute one commitment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Opening {
    /// The item's name in the shared statement.
    pub(crate) alias: String,
    /// Length of the file, for `input-file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<Count>,
    /// The dataset.
    pub(crate) dataset: String,
    /// Where the file lay, for `input-file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// What kind of item.
    pub(crate) purpose: String,
    /// The run.
    pub(crate) run_id: String,
    /// 32 bytes in lower-case hexadecimal.
    pub(crate) salt: String,
    /// The plain digest.
    pub(crate) sha256: Sha256Hex,
}

impl Opening {
    /// The commitment that this opens; `None` where the salt is not 32 bytes in lower-case hexadecimal.
    pub(crate) fn commitment(&self) -> Option<Digest> {
        let salt = HEXLOWER.decode(self.salt.as_bytes()).ok()?;
        let salt = <[u8; 32]>::try_from(salt.as_slice()).ok()?;
        Some(commitment(&self.purpose, &salt, &self.sha256.0))
    }
}

const LABEL: &str = "counterfoil/commit/v1";

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CommitKey {
        CommitKey::random("users".to_owned(), "urn:uuid:0".to_owned()).unwrap()
    }

    #[test]
    fn the_bytes_are_those_of_the_format_document() {
        let digest = commitment(INPUT_FILE, &[7; 32], &sha256(b"raw"));
        let mut message = b"counterfoil/commit/v1\0input-file\0".to_vec();
        message.extend_from_slice(&[7; 32]);
        message.extend_from_slice(&sha256(b"raw").0);
        assert_eq!(digest, sha256(&message));
    }

    #[test]
    fn an_opening_opens_its_own_commitment_only() {
        let key = key();
        let (file, opening) = key.commit(INPUT_FILE, "input-0000", sha256(b"raw"));
        assert_eq!(opening.commitment(), Some(file));
        assert_ne!(key.commit(INPUT_FILE, "input-0001", sha256(b"raw")).0, file);
        assert_ne!(key.commit(INPUT_SCHEMA, "input-0000", sha256(b"raw")).0, file);
        let mut other = opening.clone();
        other.sha256 = Sha256Hex(sha256(b"other"));
        assert_ne!(other.commitment(), Some(file));
        other.salt = "7".repeat(63);
        assert_eq!(other.commitment(), None);
    }

    #[test]
    fn two_runs_over_one_file_cannot_be_linked() {
        let commit = || key().commit(INPUT_FILE, "input-0000", sha256(b"raw")).0;
        assert_ne!(commit(), commit());
    }
}
