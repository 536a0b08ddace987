//! The keyset file's shape, `counterfoil/keyset/v1`: what serde reads and writes, and its JSON Schema.
//!
//! # Promises
//!
//! - An unknown entry is an error, never ignored.
//! - Nothing here is secret: keys are wrapped, the rest is public.
//!
//! # What this module does not know
//!
//! Whether the entries fit together; that is judged where a [`Keyset`](super::Keyset) is made of them.
//!
//! SPEC: `schemas/keyset.v1.md`.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::encoding::{Hex, Wrapped};
use crate::names::KeyVersion;

/// The one value of `format`.
pub(super) const FORMAT: &str = "counterfoil/keyset/v1";

/// What the keys of a keyset are for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Purpose {
    /// Signing attestations.
    Attest,
    /// Deriving the keys of tokens, pseudonyms and sealed cells.
    Tokenize,
}

impl Purpose {
    /// The word in files and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attest => "attest",
            Self::Tokenize => "tokenize",
        }
    }

    /// What a key of this purpose is used with.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::Attest => Algorithm::Ed25519,
            Self::Tokenize => Algorithm::HkdfSha256,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the 32 bytes of a key version are.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub enum Algorithm {
    /// The seed of an Ed25519 key (RFC 8032).
    #[serde(rename = "ed25519")]
    Ed25519,
    /// The input key of HKDF-SHA-256 (RFC 5869).
    #[serde(rename = "hkdf-sha-256")]
    HkdfSha256,
}

impl Algorithm {
    /// The word in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::HkdfSha256 => "hkdf-sha-256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a key version may be used.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyStatus {
    /// Its bytes are gone; the entry stays.
    Destroyed,
    /// Kept, but not used.
    Disabled,
    /// Used.
    Enabled,
}

impl KeyStatus {
    /// The word in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Destroyed => "destroyed",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
        }
    }
}

impl fmt::Display for KeyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who holds the KEK.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ProviderKind {
    /// A file beside the keystore.
    File,
    /// A passphrase, through Argon2id.
    Passphrase,
}

impl ProviderKind {
    /// The words that a keyset file may use.
    pub(super) const KNOWN: [&str; 2] = ["file", "passphrase"];

    /// The word in files and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Passphrase => "passphrase",
        }
    }

    /// What whoever chooses this provider has to know.
    pub const fn notice(self) -> &'static str {
        match self {
            Self::File => {
                "the KEK is a file beside the keystore: whoever copies the workspace holds the keys. \
                 For one machine and one user; keep a backup of the whole workspace apart from the data"
            }
            Self::Passphrase => {
                "the keys cannot be unwrapped without the passphrase, and nobody can restore it: keep it apart from the keystore"
            }
        }
    }
}

impl fmt::Display for ProviderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A keyset file.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(rename = "Keyset", title = "counterfoil keyset file, version 1")]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// `counterfoil/keyset/v1`.
    #[schemars(regex(pattern = "^counterfoil/keyset/v1$"))]
    pub(super) format: String,
    /// The keyset's name; also the file's name before `.keyset.json`.
    #[schemars(regex(pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"))]
    pub(super) name: String,
    /// What the keys are for.
    pub(super) purpose: Purpose,
    /// Counts the changes of this file from 1.
    #[schemars(range(min = 1))]
    pub(super) serial: u64,
    /// Who holds the KEK, and how the right one is known.
    pub(super) provider: ProviderRecord,
    /// The version that writes.
    #[schemars(range(min = 1))]
    pub(super) primary: u32,
    /// The key versions, in ascending order.
    #[schemars(length(min = 1))]
    pub(super) versions: Vec<VersionRecord>,
    /// What shows that this file was not altered.
    pub(super) integrity: IntegrityRecord,
}

/// Who holds the KEK.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(rename = "Provider")]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub(super) enum ProviderRecord {
    /// The KEK is in `kek/<purpose>.kek` of the workspace.
    File {
        /// The KEK's name, chosen when it was made.
        kek_id: String,
        /// Fits one KEK only.
        commitment: Hex<32>,
    },
    /// The KEK is derived from a passphrase by Argon2id, version 0x13, with 32 bytes of output.
    Passphrase {
        /// The KEK's name, chosen when it was made.
        kek_id: String,
        /// Fits one KEK only.
        commitment: Hex<32>,
        /// Argon2's salt.
        salt: Hex<16>,
        /// Argon2's memory.
        #[schemars(range(min = 64, max = 4_194_304))]
        memory_kib: u32,
        /// Argon2's passes.
        #[schemars(range(min = 1, max = 32))]
        passes: u32,
        /// Argon2's lanes.
        #[schemars(range(min = 1, max = 16))]
        lanes: u32,
        /// Made by a test with less than 64 MiB or 3 passes: protects nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        insecure_below_floor: bool,
    },
}

impl ProviderRecord {
    pub(super) fn kind(&self) -> ProviderKind {
        match self {
            Self::File { .. } => ProviderKind::File,
            Self::Passphrase { .. } => ProviderKind::Passphrase,
        }
    }

    pub(super) fn kek_id(&self) -> &str {
        match self {
            Self::File { kek_id, .. } | Self::Passphrase { kek_id, .. } => kek_id,
        }
    }

    pub(super) fn commitment(&self) -> &[u8; 32] {
        match self {
            Self::File { commitment, .. } | Self::Passphrase { commitment, .. } => &commitment.0,
        }
    }
}

/// One key version as everyone may see it.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(rename = "Version")]
#[serde(deny_unknown_fields)]
pub struct VersionRecord {
    /// The version's number.
    #[schemars(range(min = 1))]
    pub(super) version: u32,
    /// Whether it may be used.
    pub(super) status: KeyStatus,
    /// What its 32 bytes are.
    pub(super) algorithm: Algorithm,
    /// When it was made, in UTC: `2025-01-31T09:30:00Z`.
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))]
    pub(super) created: String,
    /// The wrapped key; absent once destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wrapped_key: Option<Wrapped>,
    /// The key check value; absent where the KEK comes from a passphrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kcv: Option<Hex<16>>,
    /// The public half as PEM (SPKI); present for signing keys only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) public_key: Option<String>,
}

impl VersionRecord {
    /// The version's number.
    pub fn version(&self) -> KeyVersion {
        KeyVersion(self.version)
    }

    /// Whether it may be used.
    pub fn status(&self) -> KeyStatus {
        self.status
    }

    /// What its 32 bytes are.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// When it was made, in UTC: `2025-01-31T09:30:00Z`.
    pub fn created(&self) -> &str {
        &self.created
    }

    /// The key check value in hex; none where the KEK comes from a passphrase.
    pub fn kcv(&self) -> Option<String> {
        self.kcv.map(|kcv| kcv.to_string())
    }

    /// The public half of a signing key, as PEM.
    pub fn public_key(&self) -> Option<&str> {
        self.public_key.as_deref()
    }
}

/// What shows that the file was not altered.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[schemars(rename = "Integrity")]
#[serde(deny_unknown_fields)]
pub(super) struct IntegrityRecord {
    /// When the integrity key was made.
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))]
    pub(super) created: String,
    /// The integrity key, wrapped like a key of version 0.
    pub(super) wrapped_key: Wrapped,
    /// HMAC-SHA-256 over every other entry, under the integrity key.
    pub(super) mac: Hex<32>,
}

/// The JSON Schema of a keyset file, as `schemas/keyset.v1.schema.json` holds it.
pub fn json_schema() -> schemars::Schema {
    schemars::schema_for!(Document)
}
