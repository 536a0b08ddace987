//! A keyset as everyone may see it: its versions, their status, and what wraps them.
//!
//! # Promises
//!
//! - A [`Keyset`] is consistent: its primary exists and is enabled, versions ascend, each version has what its status needs.
//! - It holds wrapped keys only, and prints not even those.
//!
//! # What this module does not know
//!
//! How a key is unwrapped. Whether the file was altered shows only when it is unlocked.

use std::path::Path;

use chrono::NaiveDateTime;
use counterfoil_crypto::kdf::lp;
use serde::Deserialize;

use super::{
    error::KeysError,
    record::{Document, FORMAT, KeyStatus, ProviderKind, ProviderRecord, Purpose, VersionRecord},
};
use crate::names::{KeyVersion, KeysetName};

/// Keys of one purpose, wrapped by one KEK.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Keyset {
    name: KeysetName,
    // INVARIANT: passed `check`.
    document: Document,
}

impl Keyset {
    /// The keyset's name.
    pub fn name(&self) -> &KeysetName {
        &self.name
    }

    /// What its keys are for.
    pub fn purpose(&self) -> Purpose {
        self.document.purpose
    }

    /// Who holds its KEK.
    pub fn provider(&self) -> ProviderKind {
        self.document.provider.kind()
    }

    /// The name of its KEK.
    pub fn kek_id(&self) -> &str {
        self.document.provider.kek_id()
    }

    /// How often the keyset was changed, its making included.
    pub fn serial(&self) -> u64 {
        self.document.serial
    }

    /// The version that writes.
    pub fn primary(&self) -> KeyVersion {
        KeyVersion(self.document.primary)
    }

    /// All versions, in ascending order.
    pub fn versions(&self) -> &[VersionRecord] {
        &self.document.versions
    }

    /// One version.
    pub fn version(&self, version: KeyVersion) -> Option<&VersionRecord> {
        self.document.versions.iter().find(|v| v.version() == version)
    }

    /// Whether its passphrase was made cheap to guess, for a test.
    pub fn is_insecure(&self) -> bool {
        matches!(self.document.provider, ProviderRecord::Passphrase { insecure_below_floor: true, .. })
    }

    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    /// Reads a keyset file's bytes; `path` is for messages, `name` is what the file is called.
    pub(super) fn parse(bytes: &[u8], name: &KeysetName, path: &Path) -> Result<Self, KeysError> {
        let malformed = |error: serde_json::Error| KeysError::Malformed {
            column: error.column(),
            line: error.line(),
            path: path.to_owned(),
        };
        let header: Header = serde_json::from_slice(bytes).map_err(malformed)?;
        if header.format != FORMAT {
            return Err(KeysError::UnknownFormat { path: path.to_owned() });
        }
        if header.provider.is_some_and(|p| !ProviderKind::KNOWN.contains(&p.kind.as_str())) {
            return Err(KeysError::UnknownProvider { path: path.to_owned() });
        }
        let document: Document = serde_json::from_slice(bytes).map_err(malformed)?;
        Self::from_document(document, name, path)
    }

    /// Makes a keyset of a document whose parts fit together.
    pub(super) fn from_document(document: Document, name: &KeysetName, path: &Path) -> Result<Self, KeysError> {
        check(&document, name).map_err(|what| KeysError::Inconsistent { path: path.to_owned(), what })?;
        Ok(Self { name: name.clone(), document })
    }

    /// The keyset file's bytes.
    pub(super) fn to_json(&self, path: &Path) -> Result<Vec<u8>, KeysError> {
        let mut bytes = serde_json::to_vec_pretty(&self.document).map_err(|error| KeysError::Io {
            action: "write",
            path: path.to_owned(),
            source: error.into(),
        })?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// What the integrity key authenticates: every entry but the code itself.
pub(super) fn authenticated(document: &Document) -> Vec<u8> {
    let mut out = b"counterfoil/keyset-mac/v1".to_vec();
    lp(&mut out, document.name.as_bytes());
    lp(&mut out, document.purpose.as_str().as_bytes());
    out.extend_from_slice(&document.serial.to_be_bytes());
    lp(&mut out, document.provider.kind().as_str().as_bytes());
    lp(&mut out, document.provider.kek_id().as_bytes());
    lp(&mut out, document.provider.commitment());
    lp(&mut out, &provider_parameters(&document.provider));
    out.extend_from_slice(&document.primary.to_be_bytes());
    lp(&mut out, document.integrity.created.as_bytes());
    lp(&mut out, &document.integrity.wrapped_key.0);
    for version in &document.versions {
        out.extend_from_slice(&version.version.to_be_bytes());
        lp(&mut out, version.status.as_str().as_bytes());
        lp(&mut out, version.algorithm.as_str().as_bytes());
        lp(&mut out, version.created.as_bytes());
        lp(&mut out, version.wrapped_key.as_ref().map_or(&[], |w| w.0.as_slice()));
        lp(&mut out, version.kcv.as_ref().map_or(&[], |kcv| kcv.0.as_slice()));
        lp(&mut out, version.public_key.as_deref().unwrap_or_default().as_bytes());
    }
    out
}

fn provider_parameters(provider: &ProviderRecord) -> Vec<u8> {
    match provider {
        ProviderRecord::File { .. } => Vec::new(),
        ProviderRecord::Passphrase { salt, memory_kib, passes, lanes, insecure_below_floor, .. } => {
            let mut out = salt.0.to_vec();
            out.extend_from_slice(&memory_kib.to_be_bytes());
            out.extend_from_slice(&passes.to_be_bytes());
            out.extend_from_slice(&lanes.to_be_bytes());
            out.push(u8::from(*insecure_below_floor));
            out
        }
    }
}

fn check(document: &Document, name: &KeysetName) -> Result<(), &'static str> {
    let holds = |condition: bool, what: &'static str| if condition { Ok(()) } else { Err(what) };
    holds(document.format == FORMAT, "its format is another one")?;
    holds(document.name == name.as_str(), "its `name` is not that of the file")?;
    holds(document.serial > 0, "its `serial` is 0")?;
    holds(is_time(&document.integrity.created), "a `created` is not a time in UTC")?;
    let mut previous = 0;
    for version in &document.versions {
        holds(version.version > previous, "its `versions` do not ascend from 1")?;
        previous = version.version;
        check_version(version, document)?;
    }
    let primary = document.versions.iter().find(|v| v.version == document.primary);
    holds(primary.is_some_and(|v| v.status == KeyStatus::Enabled), "its `primary` is not an enabled version")
}

fn check_version(version: &VersionRecord, document: &Document) -> Result<(), &'static str> {
    let holds = |condition: bool, what: &'static str| if condition { Ok(()) } else { Err(what) };
    let destroyed = version.status == KeyStatus::Destroyed;
    let signs = document.purpose == Purpose::Attest;
    holds(version.wrapped_key.is_some() != destroyed, "a version has a wrapped key exactly if it is not destroyed")?;
    holds(version.algorithm == document.purpose.algorithm(), "an `algorithm` does not serve the `purpose`")?;
    holds(version.public_key.is_some() == signs, "a version has a public key exactly if it signs")?;
    holds(is_time(&version.created), "a `created` is not a time in UTC")
}

fn is_time(text: &str) -> bool {
    NaiveDateTime::parse_from_str(text, TIME).is_ok_and(|time| time.format(TIME).to_string() == text)
}

/// How times are written: UTC, whole seconds.
pub(super) const TIME: &str = "%Y-%m-%dT%H:%M:%SZ";

/// As much of a file as tells whether the rest can be understood.
#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    format: String,
    provider: Option<ProviderHeader>,
}

#[derive(Deserialize)]
struct ProviderHeader {
    #[serde(default)]
    kind: String,
}
