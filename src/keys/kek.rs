//! KEKs: what wraps a keyset's keys, and what every provider of one can do.
//!
//! # Promises
//!
//! - A key is wrapped for its place: keyset, purpose, version and date stand in the associated data, so it opens nowhere else.
//! - A KEK on disk is made once and never replaced; a damaged KEK file is told from a wrong one.
//!
//! # What this module does not know
//!
//! Which keysets exist and what their files look like.
//!
//! SPEC: `schemas/keyset.v1.md`, *Wrapping* and *KEK file*.

use std::{fmt, path::Path};

use counterfoil_crypto::{
    kdf::lp,
    secret::{Secret, SecretBytes, random_bytes},
    wrap,
};
use data_encoding::HEXLOWER;

use super::{
    disk,
    error::KeysError,
    record::{ProviderKind, Purpose},
};
use crate::names::{KeyVersion, KeysetName};

/// What holds a KEK and wraps keys with it: a local secret, or a service that never gives the KEK away.
pub trait KekProvider {
    /// The KEK's name.
    fn id(&self) -> &str;

    /// What sort of provider this is.
    fn kind(&self) -> ProviderKind;

    /// Wraps a key for its place.
    fn wrap_key(&self, place: &KeyPlace<'_>, key: &Secret<32>) -> Result<Vec<u8>, KeysError>;

    /// Unwraps a key that was wrapped for this place.
    fn unwrap_key(&self, place: &KeyPlace<'_>, wrapped: &[u8]) -> Result<Secret<32>, KeysError>;
}

/// Where a key belongs; what it is bound to while wrapped.
#[derive(Clone, Copy, Debug)]
pub struct KeyPlace<'a> {
    /// Its keyset.
    pub keyset: &'a KeysetName,
    /// Its number; 0 is the keyset's integrity key.
    pub version: KeyVersion,
    /// What the keyset is for.
    pub purpose: Purpose,
    /// When it was made, as the keyset file writes it.
    pub created: &'a str,
}

impl KeyPlace<'_> {
    /// `"counterfoil/wrap/v1" || lp(kek id) || lp(keyset) || u32be(version) || lp(purpose) || lp(created)`
    pub fn associated_data(&self, kek_id: &str) -> Vec<u8> {
        let mut out = b"counterfoil/wrap/v1".to_vec();
        lp(&mut out, kek_id.as_bytes());
        lp(&mut out, self.keyset.as_str().as_bytes());
        out.extend_from_slice(&self.version.0.to_be_bytes());
        lp(&mut out, self.purpose.as_str().as_bytes());
        lp(&mut out, self.created.as_bytes());
        out
    }
}

/// A KEK in this process's memory.
pub(super) struct LocalKek {
    id: String,
    kind: ProviderKind,
    kek: Secret<32>,
}

impl LocalKek {
    pub(super) fn new(id: String, kind: ProviderKind, kek: Secret<32>) -> Self {
        Self { id, kind, kek }
    }

    pub(super) fn commitment(&self) -> [u8; 32] {
        wrap::commitment(&self.kek, &self.id)
    }
}

impl fmt::Debug for LocalKek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKek").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl KekProvider for LocalKek {
    fn id(&self) -> &str {
        &self.id
    }

    fn kind(&self) -> ProviderKind {
        self.kind
    }

    fn wrap_key(&self, place: &KeyPlace<'_>, key: &Secret<32>) -> Result<Vec<u8>, KeysError> {
        wrap::wrap_key(&self.kek, &place.associated_data(&self.id), key)
            .map(|wrapped| wrapped.to_vec())
            .map_err(|_| KeysError::Entropy)
    }

    fn unwrap_key(&self, place: &KeyPlace<'_>, wrapped: &[u8]) -> Result<Secret<32>, KeysError> {
        wrap::unwrap_key(&self.kek, &place.associated_data(&self.id), wrapped)
            .map_err(|_| KeysError::TamperedKey { keyset: place.keyset.clone(), version: place.version })
    }
}

/// A KEK's name: provider, what for, and 64 random bits.
pub(super) fn new_kek_id(kind: ProviderKind, what: &str) -> Result<String, KeysError> {
    let random = random_bytes::<8>().map_err(|_| KeysError::Entropy)?;
    Ok(format!("{kind}-{what}-{}", HEXLOWER.encode(&random)))
}

/// Reads a KEK file; `None` if there is none.
pub(super) fn read_kek_file(path: &Path) -> Result<Option<LocalKek>, KeysError> {
    let Some(content) = disk::read_secret(path, KEK_FILE_LIMIT)? else { return Ok(None) };
    let damaged = || KeysError::KekDamaged { path: path.to_owned() };
    let mut lines = content.expose().split(|byte| *byte == b'\n');
    match lines.next() {
        Some(line) if line == KEK_FORMAT.as_bytes() => {}
        Some(line) if line.starts_with(KEK_FORMAT_FAMILY.as_bytes()) => {
            return Err(KeysError::UnknownFormat { path: path.to_owned() });
        }
        _ => return Err(damaged()),
    }
    let mut entry = |word: &str| lines.next().and_then(|line| line.strip_prefix(word.as_bytes())).ok_or_else(damaged);
    let id = std::str::from_utf8(entry("id ")?).map_err(|_| damaged())?.to_owned();
    let key = entry("key ")?;
    let check = entry("check ")?;
    if lines.next() != Some(b"") || lines.next().is_some() || key.len() != 64 {
        return Err(damaged());
    }
    let kek = Secret::try_fill(|bytes| HEXLOWER.decode_mut(key, bytes).map(drop)).map_err(|_| damaged())?;
    let kek = LocalKek::new(id, ProviderKind::File, kek);
    if HEXLOWER.encode(&kek.commitment()).as_bytes() == check { Ok(Some(kek)) } else { Err(damaged()) }
}

/// Makes a new KEK and its file. The caller holds the keystore's lock and has seen that there is none.
pub(super) fn make_kek_file(path: &Path, purpose: Purpose) -> Result<LocalKek, KeysError> {
    let id = new_kek_id(ProviderKind::File, purpose.as_str())?;
    let kek = Secret::random().map_err(|_| KeysError::Entropy)?;
    let check = HEXLOWER.encode(&wrap::commitment(&kek, &id));
    let head = format!("{KEK_FORMAT}\nid {id}\nkey ");
    let tail = format!("\ncheck {check}\n");
    // Made at its full length at once, so that no copy of the key stays behind.
    let mut content = vec![0; head.len() + 64 + tail.len()];
    let (head_place, rest) = content.split_at_mut(head.len());
    let (key_place, tail_place) = rest.split_at_mut(64);
    head_place.copy_from_slice(head.as_bytes());
    HEXLOWER.encode_mut(kek.expose(), key_place);
    tail_place.copy_from_slice(tail.as_bytes());
    let content = SecretBytes::new(content);
    disk::write_atomic(path, content.expose(), disk::PRIVATE_FILE)?;
    Ok(LocalKek::new(id, ProviderKind::File, kek))
}

const KEK_FILE_LIMIT: u64 = 4096;
const KEK_FORMAT: &str = "counterfoil/kek/v1";
const KEK_FORMAT_FAMILY: &str = "counterfoil/kek/";
