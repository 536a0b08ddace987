//! What an auditor expects beyond "authentic and unaltered".
//!
//! # Promises
//!
//! - An expectation that cannot be read is refused; none is guessed.
//!
//! # What this module does not know
//!
//! Whether the expectation is met.

use std::{path::PathBuf, str::FromStr};

use counterfoil_crypto::digest::Digest;

use crate::attest::wire;

/// What is expected of every dataset that is verified.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    /// Key versions that must have written, and no other version of their keysets.
    pub expect_keys: Vec<ExpectedKey>,
    /// The policy that must have been followed.
    pub expect_policy: Option<Digest>,
    /// Openings files of the restricted side.
    pub openings: Vec<PathBuf>,
    /// Evidence that must be present.
    pub require: Vec<Requirement>,
}

impl VerifyOptions {
    /// Reads a policy digest: 64 hexadecimal digits, with or without `sha256:` before them.
    pub fn policy_digest(text: &str) -> Result<Digest, InvalidOption> {
        wire::digest(text.strip_prefix("sha256:").unwrap_or(text)).ok_or(InvalidOption::Digest)
    }
}

/// A key version: `shop:3`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ExpectedKey {
    /// The keyset.
    pub id: String,
    /// The version.
    pub version: u32,
}

impl FromStr for ExpectedKey {
    type Err = InvalidOption;

    fn from_str(text: &str) -> Result<Self, InvalidOption> {
        let (id, version) = text.rsplit_once(':').ok_or(InvalidOption::Key)?;
        let version = version.parse().map_err(|_| InvalidOption::Key)?;
        if id.is_empty() { Err(InvalidOption::Key) } else { Ok(Self { id: id.to_owned(), version }) }
    }
}

/// Evidence that can be required.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Requirement {
    /// A person's signature over the plan.
    Approval,
    /// A proof of inclusion in an append-only log.
    Log,
    /// An opening of every commitment to a raw file.
    Openings,
    /// A token of a time-stamping authority.
    Timestamp,
    /// A cosignature over the log's head.
    Witness,
}

impl Requirement {
    /// The word for it on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Log => "log",
            Self::Openings => "openings",
            Self::Timestamp => "timestamp",
            Self::Witness => "witness",
        }
    }
}

impl FromStr for Requirement {
    type Err = InvalidOption;

    fn from_str(text: &str) -> Result<Self, InvalidOption> {
        let all = [Self::Approval, Self::Log, Self::Openings, Self::Timestamp, Self::Witness];
        all.into_iter().find(|requirement| requirement.as_str() == text).ok_or(InvalidOption::Requirement)
    }
}

/// Why a text is not an expectation.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOption {
    /// Not a SHA-256 digest.
    #[error("a policy is expected by its SHA-256 in lower-case hexadecimal, with or without `sha256:` before it")]
    Digest,
    /// Not a key version.
    #[error("a key version is expected as `KEYSET:VERSION`, like `shop:3`")]
    Key,
    /// Not a kind of evidence.
    #[error("evidence is one of `approval`, `log`, `openings`, `timestamp`, `witness`")]
    Requirement,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_are_read_or_refused() {
        let key: ExpectedKey = "shop:3".parse().unwrap();
        assert_eq!((key.id.as_str(), key.version), ("shop", 3));
        for text in ["shop", ":3", "shop:", "shop:x", "shop:-1"] {
            assert!(text.parse::<ExpectedKey>().is_err(), "{text}");
        }
        assert_eq!("log".parse(), Ok(Requirement::Log));
        assert!("Log".parse::<Requirement>().is_err());
        let hex = "ab".repeat(32);
        assert_eq!(VerifyOptions::policy_digest(&hex), VerifyOptions::policy_digest(&format!("sha256:{hex}")));
        assert!(VerifyOptions::policy_digest("sha256:ab").is_err());
    }
}
