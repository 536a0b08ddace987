//! The workspace of a run: found, or made where that was asked for, and its keys unlocked.
//!
//! # Promises
//!
//! - Nothing is made unless `init` was asked for, and nothing that exists is made anew.
//!
//! # What this module does not know
//!
//! Key bytes: it hands on what the keystore unlocked.

use std::path::{Path, PathBuf};

use counterfoil_crypto::sign::SigningKey;

use super::{error::RunError, inputs::folder_of};
use crate::{
    keys::{KeysError, Keystore, PassphraseSource, ProviderChoice, Purpose, UnlockedKeyset, Workspace},
    names::{KeyVersion, KeysetName},
    policy::Policy,
};

/// The name of the keyset that signs.
pub(super) const ATTEST_KEYSET: &str = "attest";
/// The public half of its primary version, in the trust folder.
const PUBLIC_KEY: &str = "attest.pub";

/// An open workspace.
pub(super) struct Opened {
    /// The policy's keyset; absent where keys were not asked for.
    pub(super) keys: Option<UnlockedKeyset>,
    /// The workspace's folder, where it was made just now.
    pub(super) new_workspace: Option<PathBuf>,
    /// The key that signs; absent where keys were not asked for.
    pub(super) signing: Option<SigningKey>,
    /// The version that writes.
    pub(super) version: KeyVersion,
    pub(super) workspace: Workspace,
}

/// Finds the workspace, makes what is missing where `init` says so, and unlocks the keys where `unlock` does.
pub(super) fn open_workspace(
    policy: &Policy,
    named: Option<&Path>,
    init: bool,
    unlock: bool,
    passphrases: &dyn PassphraseSource,
) -> Result<Opened, RunError> {
    let folder = folder_of(policy);
    let found = match named {
        Some(named) => Workspace::open(named),
        None => Workspace::find(&folder),
    };
    let (workspace, new_workspace) = match found {
        Err(KeysError::WorkspaceMissing { .. }) if init => {
            let root = named.map_or_else(|| folder.join(Workspace::FOLDER), Path::to_owned);
            (Workspace::create(&root)?, Some(root))
        }
        found => (found?, None),
    };
    let store = Keystore::open(&workspace)?;
    if init {
        create_missing(&store, policy.keyset(), ProviderChoice::File, passphrases)?;
    }
    let mut version = store.keyset(policy.keyset())?.primary();
    let (mut keys, mut signing) = (None, None);
    if unlock {
        let unlocked = store.unlock(policy.keyset(), passphrases)?;
        // The version of the keyset that was found unaltered, whatever stood in the file a moment ago.
        version = unlocked.primary();
        keys = Some(unlocked);
        let attest = store.unlock(&attest_keyset()?, passphrases)?;
        if !workspace.trust_dir().join(PUBLIC_KEY).exists() {
            store.export_public(&attest)?;
        }
        signing = Some(attest.signing_key()?);
    }
    Ok(Opened { keys, new_workspace, signing, version, workspace })
}

/// Makes a workspace with its signing key and one keyset; what exists stays.
pub fn init_workspace(
    root: &Path,
    keyset: &KeysetName,
    choice: ProviderChoice,
    passphrases: &dyn PassphraseSource,
) -> Result<Workspace, RunError> {
    let workspace = Workspace::create(root)?;
    let store = Keystore::open(&workspace)?;
    create_missing(&store, keyset, choice, passphrases)?;
    if !workspace.trust_dir().join(PUBLIC_KEY).exists() {
        store.export_public(&store.unlock(&attest_keyset()?, passphrases)?)?;
    }
    Ok(workspace)
}

fn create_missing(
    store: &Keystore,
    keyset: &KeysetName,
    choice: ProviderChoice,
    passphrases: &dyn PassphraseSource,
) -> Result<(), RunError> {
    let names = store.names()?;
    let attest = attest_keyset()?;
    if !names.contains(&attest) {
        let made = store.new_keyset(&attest, Purpose::Attest, choice, passphrases)?;
        store.export_public(&made)?;
    }
    if !names.contains(keyset) {
        store.new_keyset(keyset, Purpose::Tokenize, choice, passphrases)?;
    }
    Ok(())
}

fn attest_keyset() -> Result<KeysetName, RunError> {
    ATTEST_KEYSET.parse().map_err(|_| RunError::Defect { place: "the name of the signing keyset" })
}
