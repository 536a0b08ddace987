//! Passphrases: who gives them, and the KEK that Argon2id makes of one.
//!
//! # Promises
//!
//! - A passphrase is taken byte for byte, less the end of its line, and wiped after use.
//! - Costs below 64 MiB or 3 passes are made by a door called insecure only, and the keyset says so; costs beyond the
//!   ceiling are refused before any memory is taken.
//!
//! # What this module does not know
//!
//! Terminals: prompting is the business of whoever implements [`PassphraseSource`].
//!
//! SPEC: RFC 9106 (Argon2id).

use std::{
    env,
    fs::File,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use counterfoil_crypto::{
    secret::{Secret, SecretBytes, random_bytes},
    wrap::{self, Argon2Params, MAX_LANES, MAX_MEMORY_KIB, MAX_PASSES, MIN_MEMORY_KIB, MIN_PASSES},
};

use super::{
    disk,
    encoding::Hex,
    error::KeysError,
    kek::{LocalKek, new_kek_id},
    record::{ProviderKind, ProviderRecord},
};
use crate::names::KeysetName;

/// The variable that names a file holding the passphrase. The passphrase itself is never in the environment.
pub const PASSPHRASE_FILE_VARIABLE: &str = "COUNTERFOIL_PASSPHRASE_FILE";

/// Who gives a passphrase when one is needed.
pub trait PassphraseSource {
    /// The passphrase of a keyset.
    fn passphrase(&self, request: &PassphraseRequest<'_>) -> Result<SecretBytes, KeysError>;
}

/// Which passphrase is needed, and why.
#[derive(Clone, Copy, Debug)]
pub struct PassphraseRequest<'a> {
    /// The keyset.
    pub keyset: &'a KeysetName,
    /// Whether it is a new one.
    pub reason: PassphraseReason,
}

/// Why a passphrase is needed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PassphraseReason {
    /// A keyset is made: ask twice.
    New,
    /// A keyset is unlocked.
    Unlock,
}

/// Nobody is there: every request is refused.
#[derive(Clone, Copy, Debug)]
pub struct NoPassphrase;

impl PassphraseSource for NoPassphrase {
    fn passphrase(&self, request: &PassphraseRequest<'_>) -> Result<SecretBytes, KeysError> {
        Err(KeysError::PassphraseNeeded { keyset: request.keyset.clone() })
    }
}

/// One passphrase that is already known, for every keyset.
pub struct FixedPassphrase(SecretBytes);

impl FixedPassphrase {
    /// Takes the passphrase over.
    pub fn new(passphrase: SecretBytes) -> Self {
        Self(passphrase)
    }
}

impl PassphraseSource for FixedPassphrase {
    fn passphrase(&self, _: &PassphraseRequest<'_>) -> Result<SecretBytes, KeysError> {
        Ok(SecretBytes::new(self.0.expose().to_vec()))
    }
}

/// The first line's worth of a file, a pipe, or a credential that the system mounts: its whole content less one line end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PassphraseFile {
    path: PathBuf,
}

impl PassphraseFile {
    /// Names the file; it is read when a passphrase is needed.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The file that [`PASSPHRASE_FILE_VARIABLE`] names.
    pub fn from_environment() -> Option<Self> {
        env::var_os(PASSPHRASE_FILE_VARIABLE).filter(|path| !path.is_empty()).map(|path| Self { path: path.into() })
    }
}

impl PassphraseSource for PassphraseFile {
    /// Links are followed here, since mounted credentials are links; a file that all users can read is refused.
    fn passphrase(&self, _: &PassphraseRequest<'_>) -> Result<SecretBytes, KeysError> {
        let file = File::open(&self.path).map_err(KeysError::io("read the passphrase file", &self.path))?;
        let facts = file.metadata().map_err(KeysError::io("read the passphrase file", &self.path))?;
        let mode = facts.mode() & 0o7777;
        if facts.is_file() && mode & 0o007 != 0 {
            return Err(KeysError::ReadableByOthers { mode, path: self.path.clone() });
        }
        let content = disk::read_secret_from(file, &self.path, PASSPHRASE_LIMIT)?;
        let line = content.expose();
        let line = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        Ok(SecretBytes::new(line.to_vec()))
    }
}

/// What a guess costs: Argon2id's parameters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PassphraseCost {
    // INVARIANT: within the floor and the ceiling unless `insecure`; then below the ceiling.
    params: Argon2Params,
    insecure: bool,
}

impl PassphraseCost {
    /// 256 MiB, 3 passes, 1 lane.
    pub const STANDARD: Self =
        Self { params: Argon2Params { memory_kib: 256 * 1024, passes: 3, lanes: 1 }, insecure: false };

    /// Other parameters; `None` outside 64 MiB to 4 GiB and 3 passes upwards.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Option<Self> {
        let good = (MIN_MEMORY_KIB..=MAX_MEMORY_KIB).contains(&memory_kib)
            && (MIN_PASSES..=MAX_PASSES).contains(&passes)
            && (1..=MAX_LANES).contains(&lanes);
        good.then_some(Self { params: Argon2Params { memory_kib, passes, lanes }, insecure: false })
    }

    /// 64 KiB and 1 pass: guessed in no time. For tests; the keyset says that it is insecure.
    pub const fn insecure_below_floor() -> Self {
        Self { params: Argon2Params { memory_kib: 64, passes: 1, lanes: 1 }, insecure: true }
    }

    fn kek(self, passphrase: &SecretBytes, salt: &[u8; 16]) -> Option<Secret<32>> {
        if self.insecure {
            wrap::insecure_passphrase_kek_below_floor(passphrase, salt, self.params).ok()
        } else {
            wrap::passphrase_kek(passphrase, salt, self.params).ok()
        }
    }
}

/// Makes a KEK of a new passphrase.
pub(super) fn create(
    keyset: &KeysetName,
    cost: PassphraseCost,
    source: &dyn PassphraseSource,
) -> Result<(ProviderRecord, LocalKek), KeysError> {
    let passphrase = source.passphrase(&PassphraseRequest { keyset, reason: PassphraseReason::New })?;
    if passphrase.len() < MIN_PASSPHRASE {
        return Err(KeysError::PassphraseShort { minimum: MIN_PASSPHRASE });
    }
    let salt = random_bytes::<16>().map_err(|_| KeysError::Entropy)?;
    let kek = cost.kek(&passphrase, &salt).ok_or_else(|| KeysError::PassphraseCost { keyset: keyset.clone() })?;
    let kek_id = new_kek_id(ProviderKind::Passphrase, keyset.as_str())?;
    let kek = LocalKek::new(kek_id.clone(), ProviderKind::Passphrase, kek);
    let record = ProviderRecord::Passphrase {
        kek_id,
        commitment: Hex(kek.commitment()),
        salt: Hex(salt),
        memory_kib: cost.params.memory_kib,
        passes: cost.params.passes,
        lanes: cost.params.lanes,
        insecure_below_floor: cost.insecure,
    };
    Ok((record, kek))
}

/// What a keyset's record says about its passphrase.
pub(super) struct Stored<'a> {
    pub(super) kek_id: &'a str,
    pub(super) commitment: &'a [u8; 32],
    pub(super) salt: &'a [u8; 16],
    pub(super) params: Argon2Params,
    pub(super) insecure_below_floor: bool,
}

/// The KEK of a keyset, from its passphrase.
pub(super) fn open(
    keyset: &KeysetName,
    stored: &Stored<'_>,
    source: &dyn PassphraseSource,
) -> Result<LocalKek, KeysError> {
    let refused = || KeysError::PassphraseCost { keyset: keyset.clone() };
    let wrong = || KeysError::WrongPassphrase { keyset: keyset.clone() };
    let Argon2Params { memory_kib, passes, lanes } = stored.params;
    let cost = if stored.insecure_below_floor {
        // The door that made it allows one cost only, so a keyset that claims to be insecure cannot ask for much.
        Some(PassphraseCost::insecure_below_floor()).filter(|cost| cost.params == stored.params)
    } else {
        PassphraseCost::new(memory_kib, passes, lanes)
    };
    let cost = cost.ok_or_else(refused)?;
    let passphrase = source.passphrase(&PassphraseRequest { keyset, reason: PassphraseReason::Unlock })?;
    if passphrase.is_empty() {
        return Err(wrong());
    }
    let kek = cost.kek(&passphrase, stored.salt).ok_or_else(refused)?;
    let kek = LocalKek::new(stored.kek_id.to_owned(), ProviderKind::Passphrase, kek);
    if kek.commitment() == *stored.commitment { Ok(kek) } else { Err(wrong()) }
}

/// Shortest new passphrase, in bytes.
const MIN_PASSPHRASE: usize = 8;
const PASSPHRASE_LIMIT: u64 = 4096;
