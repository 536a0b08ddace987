//! The keystore: a folder of keyset files, changed by one writer at a time.
//!
//! # Promises
//!
//! - A KEK is on the disk before the first keyset that needs it; a keyset file is replaced whole.
//! - A change reads the file again under the lock: two writers never lose each other's versions.
//! - Version numbers are never used twice.
//!
//! # What this module does not know
//!
//! Which providers there are, and how they are asked.
//!
//! SPEC: `schemas/keyset.v1.md`.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::Utc;
use counterfoil_crypto::{mac::Mac, secret::Secret, sign::SigningKey};

use super::{
    disk,
    encoding::{Hex, Wrapped},
    error::KeysError,
    kek::{KekProvider, KeyPlace},
    keyset::{Keyset, TIME},
    passphrase::PassphraseSource,
    provider::{self, Custody, ProviderChoice},
    record::{Document, FORMAT, IntegrityRecord, KeyStatus, ProviderKind, Purpose, VersionRecord},
    unlocked::{UnlockedKeyset, authentication_code, integrity_key},
    workspace::Workspace,
};
use crate::names::{KeyVersion, KeysetName};

/// The keysets of a workspace.
#[derive(Clone, Debug)]
pub struct Keystore {
    dir: PathBuf,
    kek_dir: PathBuf,
    trust_dir: PathBuf,
    patience: Duration,
}

impl Keystore {
    /// Makes the workspace's folders where they are missing, and opens the keystore; keysets that are there stay.
    pub fn create(root: &Path) -> Result<Self, KeysError> {
        Self::open(&Workspace::create(root)?)
    }

    /// Opens the keystore of a workspace.
    pub fn open(workspace: &Workspace) -> Result<Self, KeysError> {
        if !disk::check_folder(workspace.root())? {
            return Err(KeysError::WorkspaceMissing { from: workspace.root().to_owned() });
        }
        let (dir, kek_dir) = (workspace.keystore_dir(), workspace.kek_dir());
        if !disk::check_folder(&dir)? {
            return Err(KeysError::KeystoreMissing { path: dir });
        }
        disk::check_folder(&kek_dir)?;
        let store = Self { dir, kek_dir, trust_dir: workspace.trust_dir(), patience: PATIENCE };
        if store.folders().into_iter().any(disk::has_leftovers) {
            // Taking the lock sweeps. Where it cannot be had now, the leftovers wait for the next writer.
            let _ = store.lock(Duration::ZERO);
        }
        Ok(store)
    }

    /// The names of the keysets, sorted.
    pub fn names(&self) -> Result<Vec<KeysetName>, KeysError> {
        let failed = || KeysError::io("read", &self.dir);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(failed())? {
            let file_name = entry.map_err(failed())?.file_name();
            let name = file_name.to_str().and_then(|text| text.strip_suffix(SUFFIX)).and_then(|text| text.parse().ok());
            names.extend(name);
        }
        names.sort();
        Ok(names)
    }

    /// What everyone may see of a keyset. Not yet known to be unaltered: that shows when it is unlocked.
    pub fn keyset(&self, name: &KeysetName) -> Result<Keyset, KeysError> {
        let path = self.path(name);
        match disk::read_private(&path, KEYSET_LIMIT)? {
            Some(bytes) => Keyset::parse(&bytes, name, &path),
            None => Err(KeysError::KeysetMissing { keyset: name.clone(), path: self.dir.clone() }),
        }
    }

    /// Unwraps the enabled versions of a keyset.
    pub fn unlock(&self, name: &KeysetName, passphrases: &dyn PassphraseSource) -> Result<UnlockedKeyset, KeysError> {
        let keyset = self.keyset(name)?;
        let kek = self.kek(&keyset, passphrases)?;
        UnlockedKeyset::unlock(keyset, kek.as_ref())
    }

    /// Makes a keyset with one version.
    pub fn new_keyset(
        &self,
        name: &KeysetName,
        purpose: Purpose,
        choice: ProviderChoice,
        passphrases: &dyn PassphraseSource,
    ) -> Result<UnlockedKeyset, KeysError> {
        let _lock = self.lock(self.patience)?;
        let path = self.path(name);
        if fs::symlink_metadata(&path).is_ok() {
            return Err(KeysError::KeysetExists { keyset: name.clone() });
        }
        disk::make_folder(&self.kek_dir, disk::PRIVATE_FOLDER)?;
        disk::check_folder(&self.kek_dir)?;
        let waiting = self.waiting_for_kek_file(purpose)?;
        let custody = Custody { kek_dir: &self.kek_dir, keyset: name, purpose, passphrases };
        let (provider, kek) = provider::create(choice, custody, waiting)?;
        let created = Utc::now().format(TIME).to_string();
        let integrity = Secret::random().map_err(|_| KeysError::Entropy)?;
        let place = KeyPlace { keyset: name, version: KeyVersion(0), purpose, created: &created };
        let wrapped_key = Wrapped(kek.wrap_key(&place, &integrity)?);
        let first = new_version(kek.as_ref(), KeyPlace { version: KeyVersion(1), ..place })?;
        let document = Document {
            format: FORMAT.to_owned(),
            name: name.to_string(),
            purpose,
            serial: 1,
            provider,
            primary: 1,
            versions: vec![first],
            integrity: IntegrityRecord { created: created.clone(), wrapped_key, mac: Hex([0; 32]) },
        };
        let keyset = self.write(name, document, &integrity)?;
        UnlockedKeyset::unlock(keyset, kek.as_ref())
    }

    /// Adds a version to a keyset and makes it the primary; those before stay as they are.
    pub fn add_version(
        &self,
        name: &KeysetName,
        passphrases: &dyn PassphraseSource,
    ) -> Result<UnlockedKeyset, KeysError> {
        let _lock = self.lock(self.patience)?;
        let keyset = self.keyset(name)?;
        let kek = self.kek(&keyset, passphrases)?;
        let integrity = integrity_key(&keyset, kek.as_ref())?;
        let path = self.path(name);
        let full = |what| KeysError::Inconsistent { path: path.clone(), what };
        let last = keyset.versions().last().map_or(0, |v| v.version().0);
        let next = last.checked_add(1).ok_or_else(|| full("it has no version number left"))?;
        let created = Utc::now().format(TIME).to_string();
        let place = KeyPlace { keyset: name, version: KeyVersion(next), purpose: keyset.purpose(), created: &created };
        let mut document = keyset.document().clone();
        document.versions.push(new_version(kek.as_ref(), place)?);
        document.primary = next;
        document.serial = document.serial.checked_add(1).ok_or_else(|| full("it has no serial number left"))?;
        let keyset = self.write(name, document, &integrity)?;
        UnlockedKeyset::unlock(keyset, kek.as_ref())
    }

    /// Writes the public halves of a keyset that attests into the workspace's `trust/`: `attest.pub` is the primary,
    /// `attest.v<N>.pub` are the other versions.
    pub fn export_public(&self, keyset: &UnlockedKeyset) -> Result<Vec<PathBuf>, KeysError> {
        let halves = keyset.public_halves()?;
        let _lock = self.lock(self.patience)?;
        disk::make_folder(&self.trust_dir, disk::PUBLIC_FOLDER)?;
        let mut written = Vec::new();
        for (name, pem) in halves {
            let path = self.trust_dir.join(name);
            disk::write_atomic(&path, pem.as_bytes(), disk::PUBLIC_FILE)?;
            written.push(path);
        }
        Ok(written)
    }

    /// Whether the keystore or its KEK files lie in a folder, which need not exist yet; links are resolved.
    pub fn is_inside(&self, folder: &Path) -> Result<bool, KeysError> {
        let folder = disk::resolve(folder)?;
        Ok(disk::resolve(&self.dir)?.starts_with(&folder) || disk::resolve(&self.kek_dir)?.starts_with(&folder))
    }

    fn path(&self, name: &KeysetName) -> PathBuf {
        self.dir.join(format!("{name}{SUFFIX}"))
    }

    fn lock(&self, patience: Duration) -> Result<disk::Lock, KeysError> {
        disk::lock(&self.dir, &self.folders(), patience)
    }

    /// The folders that are written under the lock.
    fn folders(&self) -> [&Path; 3] {
        [&self.dir, &self.kek_dir, &self.trust_dir]
    }

    fn kek(&self, keyset: &Keyset, passphrases: &dyn PassphraseSource) -> Result<Box<dyn KekProvider>, KeysError> {
        let custody = Custody { kek_dir: &self.kek_dir, keyset: keyset.name(), purpose: keyset.purpose(), passphrases };
        provider::open(&keyset.document().provider, custody)
    }

    /// A keyset whose keys are wrapped by the KEK file of this purpose.
    fn waiting_for_kek_file(&self, purpose: Purpose) -> Result<Option<KeysetName>, KeysError> {
        for name in self.names()? {
            let keyset = self.keyset(&name)?;
            if keyset.provider() == ProviderKind::File && keyset.purpose() == purpose {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    fn write(&self, name: &KeysetName, mut document: Document, integrity: &Secret<32>) -> Result<Keyset, KeysError> {
        let path = self.path(name);
        document.integrity.mac = Hex(authentication_code(&document, integrity));
        let keyset = Keyset::from_document(document, name, &path)?;
        disk::write_atomic(&path, &keyset.to_json(&path)?, disk::PRIVATE_FILE)?;
        Ok(keyset)
    }
}

/// A new random key for a place, wrapped.
fn new_version(kek: &dyn KekProvider, place: KeyPlace<'_>) -> Result<VersionRecord, KeysError> {
    let key = Secret::random().map_err(|_| KeysError::Entropy)?;
    let public_key = match place.purpose {
        Purpose::Attest => Some(SigningKey::from_seed(&key).verifying_key().to_pem()),
        Purpose::Tokenize => None,
    };
    Ok(VersionRecord {
        version: place.version.0,
        status: KeyStatus::Enabled,
        algorithm: place.purpose.algorithm(),
        created: place.created.to_owned(),
        wrapped_key: Some(Wrapped(kek.wrap_key(&place, &key)?)),
        kcv: (kek.kind() != ProviderKind::Passphrase).then(|| key_check_value(&key, place)),
        public_key,
    })
}

/// `HMAC-SHA-256(key, "counterfoil/kcv/v1" || 0x00 || keyset || "/" || version)[..16]`
fn key_check_value(key: &Secret<32>, place: KeyPlace<'_>) -> Hex<16> {
    let tag = Mac::new(key).tag(format!("counterfoil/kcv/v1\0{}/{}", place.keyset, place.version).as_bytes());
    let mut value = [0; 16];
    for (byte, taken) in value.iter_mut().zip(tag) {
        *byte = taken;
    }
    Hex(value)
}

const SUFFIX: &str = ".keyset.json";
const KEYSET_LIMIT: u64 = 1 << 20;
/// How long a writer waits for another.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::keys::{
        disk::faults::{Fault, set},
        passphrase::NoPassphrase,
    };

    type Change = fn(&Path) -> Result<(), KeysError>;

    /// The changes that write, each from a workspace that the ones before it made.
    const CHANGES: [Change; 6] = [
        |root| Keystore::create(root).map(drop),
        |root| make(root, "shop", Purpose::Tokenize),
        |root| Keystore::create(root)?.add_version(&"shop".parse().unwrap(), &NoPassphrase).map(drop),
        |root| make(root, "till", Purpose::Tokenize),
        |root| make(root, "attest", Purpose::Attest),
        |root| {
            let store = Keystore::create(root)?;
            store.export_public(&store.unlock(&"attest".parse().unwrap(), &NoPassphrase)?).map(drop)
        },
    ];

    fn make(root: &Path, name: &str, purpose: Purpose) -> Result<(), KeysError> {
        let made =
            Keystore::create(root)?.new_keyset(&name.parse().unwrap(), purpose, ProviderChoice::File, &NoPassphrase);
        match made {
            Err(KeysError::KeysetExists { .. }) => Ok(()),
            other => other.map(drop),
        }
    }

    /// What each version's root answers: the same answer, the same key.
    fn answers(root: &Path) -> BTreeSet<(KeysetName, KeyVersion, Vec<u8>)> {
        let Ok(store) = Workspace::open(root).and_then(|w| Keystore::open(&w)) else { return BTreeSet::new() };
        let mut answers = BTreeSet::new();
        for name in store.names().unwrap() {
            let unlocked = store.unlock(&name, &NoPassphrase).unwrap();
            for version in unlocked.keyset().versions() {
                let answer = match unlocked.root(version.version()) {
                    Some(root) => Mac::new(root).tag(b"who?").to_vec(),
                    None => unlocked.signing_key().unwrap().sign(b"who?").to_vec(),
                };
                answers.insert((name.clone(), version.version(), answer));
            }
        }
        answers
    }

    fn leftovers(root: &Path) -> usize {
        ["", "keystore", "kek", "trust"]
            .iter()
            .filter_map(|folder| fs::read_dir(root.join(folder)).ok())
            .flat_map(|entries| entries.flatten())
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(".unfinished-"))
            .count()
    }

    /// Runs every change with a fault at every step of it, and hands the workspace over after each.
    fn with_faults(fault: fn(u32) -> Fault, judge: impl Fn(&Path)) {
        for (number, change) in CHANGES.iter().enumerate() {
            let mut steps = 0;
            loop {
                let folder = tempfile::tempdir().unwrap();
                let root = folder.path().join(".counterfoil");
                for earlier in &CHANGES[..number] {
                    earlier(&root).unwrap();
                }
                let before = answers(&root);
                set(fault(steps));
                let outcome = change(&root);
                set(Fault::None);
                judge(&root);
                let after = answers(&root);
                assert!(after.is_superset(&before), "change {number}, step {steps}");
                change(&root).unwrap();
                assert!(answers(&root).is_superset(&after), "change {number}, step {steps}");
                assert_eq!(leftovers(&root), 0, "change {number}, step {steps}");
                if outcome.is_ok() {
                    break;
                }
                steps += 1;
            }
            assert!(steps >= 5, "change {number} has only {steps} steps");
        }
    }

    #[test]
    fn a_kill_at_any_step_loses_no_key() {
        with_faults(Fault::KillAt, |_| {});
    }

    #[test]
    fn a_failing_step_leaves_nothing_behind() {
        with_faults(Fault::FailAt, |root| assert_eq!(leftovers(root), 0));
    }

    #[test]
    fn a_second_writer_is_told_to_wait() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(".counterfoil");
        make(&root, "shop", Purpose::Tokenize).unwrap();
        let mut store = Keystore::create(&root).unwrap();
        store.patience = Duration::from_millis(30);
        let held = store.lock(Duration::ZERO).unwrap();
        let shop = "shop".parse().unwrap();
        assert!(matches!(store.add_version(&shop, &NoPassphrase), Err(KeysError::Busy { .. })));
        assert!(store.unlock(&shop, &NoPassphrase).is_ok(), "readers need no lock");
        drop(held);
        assert_eq!(store.add_version(&shop, &NoPassphrase).unwrap().primary(), KeyVersion(2));
    }

    #[test]
    fn a_kek_is_on_the_disk_before_its_keyset() {
        let mut steps = 0;
        let mut alone = false;
        loop {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().join(".counterfoil");
            Keystore::create(&root).unwrap();
            set(Fault::KillAt(steps));
            let outcome = make(&root, "shop", Purpose::Tokenize);
            set(Fault::None);
            let (kek, keyset) = (root.join("kek/tokenize.kek"), root.join("keystore/shop.keyset.json"));
            assert!(kek.exists() || !keyset.exists());
            alone |= kek.exists() && !keyset.exists();
            if outcome.is_ok() {
                break;
            }
            steps += 1;
        }
        assert!(alone, "no step between the KEK and its keyset was tried");
    }
}
