//! Deterministic sealing: AES-256-GCM-SIV with a synthetic nonce.
//!
//! # Promises
//!
//! - Equal plaintexts under one key and associated data give equal sealed bytes: there is one for each plaintext.
//! - What was not sealed with this key and this associated data does not open; no unverified plaintext leaves.
//!
//! # What this module does not know
//!
//! How sealed bytes are written into a column, or which key version made them.
//!
//! SPEC: RFC 8452 (AES-GCM-SIV). Construction of the nonce, with K = K_nonce (32 bytes) || K_enc (32 bytes):
//!
//! - nonce = HMAC-SHA-256(K_nonce, lp(aad) || plaintext)[..12]
//! - sealed = nonce || AES-256-GCM-SIV(K_enc, nonce, aad, plaintext), the tag last

use alloc::vec::Vec;
use core::fmt;

use aes_gcm_siv::{AeadInOut, Aes256GcmSiv, KeyInit, Nonce, Tag};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    kdf::lp,
    mac::Mac,
    secret::{Secret, SecretBytes},
};

/// Bytes of a nonce: RFC 8452, section 4.
pub const NONCE: usize = 12;

/// Bytes of a tag: RFC 8452, section 4.
pub const TAG: usize = 16;

/// Sealed bytes are longer than their plaintext by this much.
pub const OVERHEAD: usize = NONCE + TAG;

/// Seals and opens under one key and one associated data.
pub struct Sealer {
    /// HMAC state that has taken `lp(aad)`.
    nonces: Mac,
    cipher: Aes256GcmSiv,
    aad: Vec<u8>,
}

impl Sealer {
    /// Expands `K_nonce || K_enc` and binds the associated data.
    pub fn new(key: &Secret<64>, aad: &[u8]) -> Self {
        let (nonce_key, rest) = key.expose().split_at(32);
        let mut prefix = Vec::with_capacity(aad.len() + 4);
        lp(&mut prefix, aad);
        let encryption_key = Secret::<32>::fill(|bytes| bytes.copy_from_slice(rest));
        Self {
            nonces: Mac::from_bytes(nonce_key).with_prefix(&prefix),
            cipher: Aes256GcmSiv::new(encryption_key.expose().into()),
            aad: aad.to_vec(),
        }
    }

    /// Appends `nonce || ciphertext || tag` to `out`.
    ///
    /// # Errors
    ///
    /// [`SealError::TooLong`] for a plaintext beyond RFC 8452's 2^36 bytes; `out` is then as it was.
    pub fn seal(&self, plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        let nonce = self.nonce(plaintext);
        let start = out.len();
        out.reserve(plaintext.len() + OVERHEAD);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plaintext);
        let body = out.get_mut(start + NONCE..).unwrap_or_default();
        match self.cipher.encrypt_inout_detached(&Nonce::from(nonce), &self.aad, body.into()) {
            Ok(tag) => {
                out.extend_from_slice(&tag);
                Ok(())
            }
            Err(_) => {
                out.truncate(start);
                Err(SealError::TooLong)
            }
        }
    }

    /// The plaintext of sealed bytes.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when they are too short, not made with this key and associated data, or not the canonical ones.
    pub fn open(&self, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(OpenError::TooShort)?;
        let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(OpenError::TooShort)?;
        let mut plaintext = Zeroizing::new(body.to_vec());
        self.cipher
            .decrypt_inout_detached(&Nonce::from(*nonce), &self.aad, plaintext.as_mut_slice().into(), &Tag::from(*tag))
            .map_err(|_| OpenError::Forged)?;
        // The nonce is recomputed: sealed bytes are canonical, and bound a second time under K_nonce.
        if !bool::from(self.nonce(&plaintext).ct_eq(nonce)) {
            return Err(OpenError::Forged);
        }
        Ok(SecretBytes::new(core::mem::take(&mut *plaintext)))
    }

    /// `HMAC-SHA-256(K_nonce, lp(aad) || plaintext)[..12]`
    fn nonce(&self, plaintext: &[u8]) -> [u8; NONCE] {
        let mut nonce = [0; NONCE];
        for (byte, taken) in nonce.iter_mut().zip(self.nonces.tag(plaintext)) {
            *byte = taken;
        }
        nonce
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sealer").finish_non_exhaustive()
    }
}

/// Why a plaintext was not sealed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Beyond what AES-GCM-SIV takes.
    #[error("the plaintext is longer than AES-GCM-SIV allows")]
    TooLong,
}

/// Why sealed bytes did not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Made with another key or associated data, or altered since.
    #[error("the bytes were not sealed with this key and associated data, or were altered since")]
    Forged,
    /// Shorter than a nonce and a tag.
    #[error("sealed bytes are at least {OVERHEAD} bytes long")]
    TooShort,
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn sealer(byte: u8, aad: &[u8]) -> Sealer {
        Sealer::new(&Secret::fill(|bytes| bytes.fill(byte)), aad)
    }

    #[test]
    fn sealing_is_deterministic_and_opens() {
        for length in [0, 1, 15, 16, 17, 1000] {
            let plaintext = vec![7; length];
            let (mut one, mut two) = (vec![1, 2], Vec::new());
            sealer(1, b"aad").seal(&plaintext, &mut one).unwrap();
            sealer(1, b"aad").seal(&plaintext, &mut two).unwrap();
            assert_eq!(one[..2], [1, 2]);
            assert_eq!(one[2..], two);
            assert_eq!(two.len(), length + OVERHEAD);
            assert_eq!(sealer(1, b"aad").open(&two).unwrap().expose(), plaintext);
        }
    }

    #[test]
    fn every_altered_byte_is_noticed() {
        let mut sealed = Vec::new();
        sealer(1, b"aad").seal(b"cell", &mut sealed).unwrap();
        for place in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            assert_eq!(sealer(1, b"aad").open(&altered).err(), Some(OpenError::Forged));
        }
        assert_eq!(sealer(2, b"aad").open(&sealed).err(), Some(OpenError::Forged));
        assert_eq!(sealer(1, b"aae").open(&sealed).err(), Some(OpenError::Forged));
        assert_eq!(sealer(1, b"aad").open(&sealed[..27]).err(), Some(OpenError::TooShort));
    }

    #[test]
    fn a_valid_encryption_under_another_nonce_does_not_open() {
        let key = Secret::<64>::fill(|bytes| bytes.fill(1));
        let encryption_key: [u8; 32] = [1; 32];
        let cipher = Aes256GcmSiv::new((&encryption_key).into());
        let mut body = b"cell".to_vec();
        let tag = cipher.encrypt_inout_detached(&Nonce::from([0; 12]), b"aad", body.as_mut_slice().into()).unwrap();
        let sealed = [&[0; 12], body.as_slice(), &tag].concat();
        assert_eq!(Sealer::new(&key, b"aad").open(&sealed).err(), Some(OpenError::Forged));
    }
}
