//! A keyset with its keys unwrapped, as long as it is held.
//!
//! # Promises
//!
//! - Enabled versions only; the rest stays wrapped.
//! - Nothing is given out before the whole file is found unaltered.
//! - `Debug` prints name and numbers; keys are wiped on drop.
//!
//! # What this module does not know
//!
//! What is derived from the roots, and what is signed.

use std::fmt;

use counterfoil_crypto::{
    mac::Mac,
    secret::{Secret, SecretBytes},
    sign::SigningKey,
};

use super::{
    error::KeysError,
    kek::{KekProvider, KeyPlace},
    keyset::{Keyset, authenticated},
    record::{Document, KeyStatus, Purpose},
};
use crate::names::{KeyVersion, KeysetName};

/// A keyset and the keys of its enabled versions.
pub struct UnlockedKeyset {
    keyset: Keyset,
    // INVARIANT: `primary` is the key of the primary version; `others` are those of the other enabled versions.
    primary: Secret<32>,
    others: Vec<(KeyVersion, Secret<32>)>,
}

impl UnlockedKeyset {
    /// Unwraps the enabled versions and checks that the file was not altered.
    pub(super) fn unlock(keyset: Keyset, kek: &dyn KekProvider) -> Result<Self, KeysError> {
        let place = |version, created| KeyPlace { keyset: keyset.name(), version, purpose: keyset.purpose(), created };
        let mut primary = None;
        let mut others = Vec::new();
        for record in keyset.versions().iter().filter(|v| v.status() == KeyStatus::Enabled) {
            let wrapped = record.wrapped_key.as_ref().map_or(&[][..], |wrapped| wrapped.0.as_slice());
            let key = kek.unwrap_key(&place(record.version(), record.created()), wrapped)?;
            if record.version() == keyset.primary() {
                primary = Some(key);
            } else {
                others.push((record.version(), key));
            }
        }
        integrity_key(&keyset, kek)?;
        let primary = primary.ok_or_else(|| KeysError::TamperedKeyset { keyset: keyset.name().clone() })?;
        Ok(Self { keyset, primary, others })
    }

    /// What everyone may see of it.
    pub fn keyset(&self) -> &Keyset {
        &self.keyset
    }

    /// Its name.
    pub fn name(&self) -> &KeysetName {
        self.keyset.name()
    }

    /// The version that writes.
    pub fn primary(&self) -> KeyVersion {
        self.keyset.primary()
    }

    /// The root of an enabled version of a keyset that tokenizes; `None` for any other version.
    pub fn root(&self, version: KeyVersion) -> Option<&Secret<32>> {
        if self.keyset.purpose() != Purpose::Tokenize {
            None
        } else if version == self.primary() {
            Some(&self.primary)
        } else {
            self.others.iter().find(|(number, _)| *number == version).map(|(_, root)| root)
        }
    }

    /// The root of the primary version of a keyset that tokenizes.
    pub fn primary_root(&self) -> Result<&Secret<32>, KeysError> {
        self.require(Purpose::Tokenize).map(|()| &self.primary)
    }

    /// The primary signing key of a keyset that attests.
    pub fn signing_key(&self) -> Result<SigningKey, KeysError> {
        self.require(Purpose::Attest).map(|()| SigningKey::from_seed(&self.primary))
    }

    /// The public halves for auditors, with their file names: `attest.pub`, and `attest.v<N>.pub` for the other versions.
    pub(super) fn public_halves(&self) -> Result<Vec<(String, &str)>, KeysError> {
        self.require(Purpose::Attest)?;
        let name = |version| match version {
            _ if version == self.primary() => "attest.pub".to_owned(),
            _ => format!("attest.v{version}.pub"),
        };
        let versions = self.keyset.versions().iter();
        Ok(versions.filter_map(|v| Some((name(v.version()), v.public_key()?))).collect())
    }

    fn require(&self, wanted: Purpose) -> Result<(), KeysError> {
        let found = self.keyset.purpose();
        if found == wanted {
            return Ok(());
        }
        Err(KeysError::WrongPurpose {
            found: found.as_str(),
            keyset: self.keyset.name().clone(),
            wanted: wanted.as_str(),
        })
    }
}

impl fmt::Debug for UnlockedKeyset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnlockedKeyset")
            .field("name", self.name())
            .field("purpose", &self.keyset.purpose())
            .field("primary", &self.primary())
            .field("enabled", &(self.others.len() + 1))
            .finish_non_exhaustive()
    }
}

/// The integrity key of a keyset whose file it finds unaltered.
pub(super) fn integrity_key(keyset: &Keyset, kek: &dyn KekProvider) -> Result<Secret<32>, KeysError> {
    let document = keyset.document();
    let place = KeyPlace {
        keyset: keyset.name(),
        version: KeyVersion(0),
        purpose: document.purpose,
        created: &document.integrity.created,
    };
    let key = kek.unwrap_key(&place, &document.integrity.wrapped_key.0)?;
    let expected = SecretBytes::new(authentication_code(document, &key).to_vec());
    if expected.ct_eq(&SecretBytes::new(document.integrity.mac.0.to_vec())) {
        Ok(key)
    } else {
        Err(KeysError::TamperedKeyset { keyset: keyset.name().clone() })
    }
}

/// `HMAC-SHA-256(integrity key, every entry but the code itself)`
pub(super) fn authentication_code(document: &Document, key: &Secret<32>) -> [u8; 32] {
    Mac::new(key).tag(&authenticated(document))
}
