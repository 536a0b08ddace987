//! From a keyset's record to its KEK: the one place that knows every provider.
//!
//! # Promises
//!
//! - A KEK that comes out of here is the one that the record commits to.
//! - A KEK file is made only where no keyset waits for a lost one.
//!
//! # What this module does not know
//!
//! What is wrapped.

use std::path::{Path, PathBuf};

use counterfoil_crypto::wrap::Argon2Params;

use super::{
    disk,
    encoding::Hex,
    error::KeysError,
    kek::{KekProvider, make_kek_file, read_kek_file},
    passphrase::{self, PassphraseCost, PassphraseSource, Stored},
    record::{ProviderRecord, Purpose},
};
use crate::names::KeysetName;

/// Which provider a new keyset gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ProviderChoice {
    /// A KEK file beside the keystore, one a purpose. For one machine: see [`super::ProviderKind::notice`].
    File,
    /// A passphrase at this cost.
    Passphrase(PassphraseCost),
}

/// What a provider may need besides its record.
#[derive(Clone, Copy)]
pub(super) struct Custody<'a> {
    pub(super) kek_dir: &'a Path,
    pub(super) keyset: &'a KeysetName,
    pub(super) purpose: Purpose,
    pub(super) passphrases: &'a dyn PassphraseSource,
}

impl Custody<'_> {
    fn kek_path(&self) -> PathBuf {
        self.kek_dir.join(format!("{}.kek", self.purpose))
    }
}

/// The KEK of an existing keyset.
pub(super) fn open(record: &ProviderRecord, custody: Custody<'_>) -> Result<Box<dyn KekProvider>, KeysError> {
    match record {
        ProviderRecord::File { kek_id, commitment } => {
            let path = custody.kek_path();
            let kek = if disk::check_folder(custody.kek_dir)? { read_kek_file(&path)? } else { None };
            let kek =
                kek.ok_or_else(|| KeysError::KekMissing { keyset: custody.keyset.clone(), path: path.clone() })?;
            if kek.id() == kek_id && kek.commitment() == commitment.0 {
                Ok(Box::new(kek))
            } else {
                Err(KeysError::WrongKek { keyset: custody.keyset.clone(), path })
            }
        }
        ProviderRecord::Passphrase { kek_id, commitment, salt, memory_kib, passes, lanes, insecure_below_floor } => {
            let stored = Stored {
                kek_id,
                commitment: &commitment.0,
                salt: &salt.0,
                params: Argon2Params { memory_kib: *memory_kib, passes: *passes, lanes: *lanes },
                insecure_below_floor: *insecure_below_floor,
            };
            Ok(Box::new(passphrase::open(custody.keyset, &stored, custody.passphrases)?))
        }
    }
}

/// The KEK of a new keyset, made where it does not exist; `waiting` is a keyset that needs a KEK file of this purpose.
pub(super) fn create(
    choice: ProviderChoice,
    custody: Custody<'_>,
    waiting: Option<KeysetName>,
) -> Result<(ProviderRecord, Box<dyn KekProvider>), KeysError> {
    match choice {
        ProviderChoice::File => {
            let path = custody.kek_path();
            let kek = match (read_kek_file(&path)?, waiting) {
                (Some(kek), _) => kek,
                (None, Some(keyset)) => return Err(KeysError::KekMissing { keyset, path }),
                (None, None) => make_kek_file(&path, custody.purpose)?,
            };
            let record = ProviderRecord::File { kek_id: kek.id().to_owned(), commitment: Hex(kek.commitment()) };
            Ok((record, Box::new(kek)))
        }
        ProviderChoice::Passphrase(cost) => {
            let (record, kek) = passphrase::create(custody.keyset, cost, custody.passphrases)?;
            Ok((record, Box::new(kek)))
        }
    }
}
