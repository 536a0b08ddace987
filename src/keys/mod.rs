//! The keystore: keysets on disk, wrapped under a KEK, and the way to unlock them.
//!
//! A [`Workspace`] is the folder `.counterfoil`. Its [`Keystore`] holds one [`Keyset`] a file; each key version is 32 random
//! bytes wrapped by a [`KekProvider`]. [`Keystore::unlock`] gives an [`UnlockedKeyset`], whose secrets are wiped when it goes.
//!
//! # Promises
//!
//! - A keystore that others may read, that is reached through a symbolic link, or that belongs to someone else is refused.
//! - A change appears by an atomic rename or not at all; a kill at any step loses no key.
//! - A wrong KEK, a wrong passphrase, an altered key and an altered file are told apart, and each ends the unlocking.
//!
//! # What this room does not know
//!
//! Columns, data files, policies: what the keys are used for.
//!
//! SPEC: `schemas/keyset.v1.md`.

mod disk;
mod encoding;
mod error;
mod kek;
mod keyset;
mod passphrase;
mod provider;
mod record;
mod store;
mod unlocked;
mod workspace;

pub use error::KeysError;
pub use kek::{KekProvider, KeyPlace};
pub use keyset::Keyset;
pub use passphrase::{
    FixedPassphrase, NoPassphrase, PASSPHRASE_FILE_VARIABLE, PassphraseCost, PassphraseFile, PassphraseReason,
    PassphraseRequest, PassphraseSource,
};
pub use provider::ProviderChoice;
pub use record::{Algorithm, KeyStatus, ProviderKind, Purpose, VersionRecord, json_schema};
pub use store::Keystore;
pub use unlocked::UnlockedKeyset;
pub use workspace::Workspace;
