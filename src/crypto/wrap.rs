//! Keys under keys: wrapping, the KEK's commitment, and a KEK from a passphrase.
//!
//! # Promises
//!
//! - A wrapped key is 60 bytes: nonce (12) || encrypted key (32) || tag (16). It opens only with the KEK and the
//!   associated data that it was wrapped with.
//! - A commitment tells one KEK from another before anything is unwrapped; AES-GCM-SIV alone commits to no key.
//!
//! # What this module does not know
//!
//! What the associated data says, or where any of this is stored.
//!
//! SPEC: RFC 8452 (AES-GCM-SIV) with a random nonce; RFC 5869 (HKDF); RFC 9106 (Argon2id, version 0x13).

use aes_gcm_siv::{AeadInOut, Aes256GcmSiv, KeyInit, Nonce, Tag};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::{
    kdf::derive_labelled,
    secret::{Entropy, Secret, SecretBytes, random_bytes},
};

/// Bytes of a wrapped key.
pub const WRAPPED: usize = 60;

/// Salt of a KEK's commitment. Part of keyset format v1.
pub const COMMITMENT_SALT: &[u8] = b"counterfoil/kcv/v1";

/// Least memory of the passphrase derivation: 64 MiB, RFC 9106, section 4, second recommended option.
pub const MIN_MEMORY_KIB: u32 = 64 * 1024;

/// Most memory: 4 GiB. A keystore that asks for more is taken for hostile.
pub const MAX_MEMORY_KIB: u32 = 4 * 1024 * 1024;

/// Least passes: RFC 9106, section 4, second recommended option.
pub const MIN_PASSES: u32 = 3;

/// Most passes. A keystore that asks for more is taken for hostile.
pub const MAX_PASSES: u32 = 32;

/// Most lanes.
pub const MAX_LANES: u32 = 16;

/// Cost of deriving a KEK from a passphrase; stored beside what it protects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Argon2Params {
    /// Memory in KiB, [`MIN_MEMORY_KIB`] to [`MAX_MEMORY_KIB`].
    pub memory_kib: u32,
    /// Passes over the memory, [`MIN_PASSES`] to [`MAX_PASSES`].
    pub passes: u32,
    /// Lanes, 1 to [`MAX_LANES`].
    pub lanes: u32,
}

/// `nonce || AES-256-GCM-SIV(kek, nonce, associated, key)`, the nonce random.
///
/// # Errors
///
/// [`Entropy`] when the operating system gives no nonce.
#[expect(clippy::expect_used, reason = "32 bytes are below every limit of RFC 8452, and associated data is short")]
pub fn wrap_key(kek: &Secret<32>, associated: &[u8], key: &Secret<32>) -> Result<[u8; WRAPPED], Entropy> {
    let nonce = random_bytes::<12>()?;
    let mut wrapped = [0; WRAPPED];
    let (head, rest) = wrapped.split_at_mut(12);
    let (body, tail) = rest.split_at_mut(32);
    head.copy_from_slice(&nonce);
    body.copy_from_slice(key.expose());
    let tag = Aes256GcmSiv::new(kek.expose().into())
        .encrypt_inout_detached(&Nonce::from(nonce), associated, body.into())
        .expect("a message within RFC 8452's limits");
    tail.copy_from_slice(&tag);
    Ok(wrapped)
}

/// The key of a wrapped key.
///
/// # Errors
///
/// [`UnwrapError::Forged`] with another KEK, other associated data or altered bytes; [`UnwrapError::Length`] when there
/// are not 60 bytes.
pub fn unwrap_key(kek: &Secret<32>, associated: &[u8], wrapped: &[u8]) -> Result<Secret<32>, UnwrapError> {
    let wrapped: &[u8; WRAPPED] = wrapped.try_into().map_err(|_| UnwrapError::Length { found: wrapped.len() })?;
    let (nonce, rest) = wrapped.split_first_chunk::<12>().ok_or(UnwrapError::Forged)?;
    let (body, tag) = rest.split_last_chunk::<16>().ok_or(UnwrapError::Forged)?;
    Secret::try_fill(|key| {
        key.copy_from_slice(body);
        Aes256GcmSiv::new(kek.expose().into())
            .decrypt_inout_detached(&Nonce::from(*nonce), associated, key.as_mut_slice().into(), &Tag::from(*tag))
            .map_err(|_| UnwrapError::Forged)
    })
}

/// `HKDF-SHA-256(ikm = kek, salt = "counterfoil/kcv/v1", info = lp(kek id), 32)`: public, stored, compared before use.
pub fn commitment(kek: &Secret<32>, kek_id: &str) -> [u8; 32] {
    *derive_labelled::<32>(kek, COMMITMENT_SALT, &[kek_id.as_bytes()]).expose()
}

/// `Argon2id(passphrase, salt, memory, passes, lanes, 32)`
///
/// # Errors
///
/// [`PassphraseError`] when a parameter is outside its range, the passphrase is empty or the memory is not to be had.
pub fn passphrase_kek(
    passphrase: &SecretBytes,
    salt: &[u8; 16],
    params: Argon2Params,
) -> Result<Secret<32>, PassphraseError> {
    let Argon2Params { memory_kib, passes, lanes } = params;
    if !(MIN_MEMORY_KIB..=MAX_MEMORY_KIB).contains(&memory_kib) {
        return Err(PassphraseError::Memory { found: memory_kib });
    }
    if !(MIN_PASSES..=MAX_PASSES).contains(&passes) {
        return Err(PassphraseError::Passes { found: passes });
    }
    if !(1..=MAX_LANES).contains(&lanes) {
        return Err(PassphraseError::Lanes { found: lanes });
    }
    if passphrase.is_empty() {
        return Err(PassphraseError::Empty);
    }
    argon2id(passphrase, salt, params)
}

/// As [`passphrase_kek`] with any parameters that Argon2 itself takes: guessed in no time. For tests that derive often.
///
/// # Errors
///
/// [`PassphraseError`] when Argon2 refuses the parameters or the passphrase is empty.
pub fn insecure_passphrase_kek_below_floor(
    passphrase: &SecretBytes,
    salt: &[u8; 16],
    params: Argon2Params,
) -> Result<Secret<32>, PassphraseError> {
    if passphrase.is_empty() {
        return Err(PassphraseError::Empty);
    }
    argon2id(passphrase, salt, params)
}

fn argon2id(
    passphrase: &SecretBytes,
    salt: &[u8; 16],
    Argon2Params { memory_kib, passes, lanes }: Argon2Params,
) -> Result<Secret<32>, PassphraseError> {
    let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| PassphraseError::Derivation)?;
    let state = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Secret::try_fill(|bytes| state.hash_password_into(passphrase.expose(), salt, bytes))
        .map_err(|_: argon2::Error| PassphraseError::Derivation)
}

/// Why a key was not unwrapped.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UnwrapError {
    /// Another KEK, other associated data, or altered bytes.
    #[error("the key was wrapped with another KEK or associated data, or was altered since")]
    Forged,
    /// Not the length of a wrapped key.
    #[error("a wrapped key has {WRAPPED} bytes, not {found}")]
    Length {
        /// Number of bytes.
        found: usize,
    },
}

/// Why a passphrase gave no KEK.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseError {
    /// Argon2 itself refused, or its memory was not to be had.
    #[error("the passphrase derivation failed")]
    Derivation,
    /// An empty passphrase.
    #[error("the passphrase is empty")]
    Empty,
    /// Lanes outside the range.
    #[error("a passphrase derivation has 1 to {MAX_LANES} lanes, not {found}")]
    Lanes {
        /// The lanes asked for.
        found: u32,
    },
    /// Memory outside the range.
    #[error("a passphrase derivation takes {MIN_MEMORY_KIB} to {MAX_MEMORY_KIB} KiB of memory, not {found}")]
    Memory {
        /// The memory asked for.
        found: u32,
    },
    /// Passes outside the range.
    #[error("a passphrase derivation makes {MIN_PASSES} to {MAX_PASSES} passes, not {found}")]
    Passes {
        /// The passes asked for.
        found: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> Secret<32> {
        Secret::fill(|bytes| bytes.fill(byte))
    }

    #[test]
    fn a_wrapped_key_opens_with_its_kek_and_data_only() {
        let wrapped = wrap_key(&secret(1), b"v1", &secret(2)).unwrap();
        assert!(unwrap_key(&secret(1), b"v1", &wrapped).unwrap().ct_eq(&secret(2)));
        assert_eq!(unwrap_key(&secret(3), b"v1", &wrapped).err(), Some(UnwrapError::Forged));
        assert_eq!(unwrap_key(&secret(1), b"v2", &wrapped).err(), Some(UnwrapError::Forged));
        assert_eq!(unwrap_key(&secret(1), b"v1", &wrapped[1..]).err(), Some(UnwrapError::Length { found: 59 }));
        for place in 0..WRAPPED {
            let mut altered = wrapped;
            altered[place] ^= 0x80;
            assert_eq!(unwrap_key(&secret(1), b"v1", &altered).err(), Some(UnwrapError::Forged));
        }
        assert_ne!(wrap_key(&secret(1), b"v1", &secret(2)).unwrap(), wrapped);
    }

    #[test]
    fn a_commitment_names_one_kek() {
        assert_eq!(commitment(&secret(1), "a"), commitment(&secret(1), "a"));
        assert_ne!(commitment(&secret(1), "a"), commitment(&secret(2), "a"));
        assert_ne!(commitment(&secret(1), "a"), commitment(&secret(1), "b"));
    }

    #[test]
    fn weak_and_hostile_costs_are_refused_before_any_work() {
        let good = Argon2Params { memory_kib: MIN_MEMORY_KIB, passes: MIN_PASSES, lanes: 1 };
        let outcome = |params| passphrase_kek(&SecretBytes::new(b"pass".to_vec()), &[0; 16], params).err();
        let memory = |found| Some(PassphraseError::Memory { found });
        assert_eq!(outcome(Argon2Params { memory_kib: MIN_MEMORY_KIB - 1, ..good }), memory(MIN_MEMORY_KIB - 1));
        assert_eq!(outcome(Argon2Params { memory_kib: u32::MAX, ..good }), memory(u32::MAX));
        assert_eq!(outcome(Argon2Params { passes: 2, ..good }), Some(PassphraseError::Passes { found: 2 }));
        assert_eq!(outcome(Argon2Params { passes: 33, ..good }), Some(PassphraseError::Passes { found: 33 }));
        assert_eq!(outcome(Argon2Params { lanes: 0, ..good }), Some(PassphraseError::Lanes { found: 0 }));
        assert_eq!(outcome(Argon2Params { lanes: 17, ..good }), Some(PassphraseError::Lanes { found: 17 }));
        let empty = passphrase_kek(&SecretBytes::new(alloc::vec![]), &[0; 16], good).err();
        assert_eq!(empty, Some(PassphraseError::Empty));
    }
}
