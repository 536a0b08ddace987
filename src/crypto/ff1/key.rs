//! The block cipher under FF1, its key expanded once.
//!
//! # Promises
//!
//! - Expanded keys are shared, not copied, and wiped when the last cipher that holds them is gone.
//!
//! # What this module does not know
//!
//! Feistel rounds, radices, tweaks.
//!
//! SPEC: FIPS 197; FF1 uses the forward direction only (SP 800-38G, section 4.3).

use alloc::sync::Arc;
use core::fmt;

use aes::{
    Aes128, Aes192, Aes256, Block,
    cipher::{BlockCipherEncrypt, KeyInit},
};

use crate::{ff1::error::Ff1Error, secret::Secret};

/// An expanded AES key.
pub struct Ff1Key(pub(crate) Arc<Schedule>);

impl Ff1Key {
    /// Expands an AES-256 key.
    pub fn new(key: &Secret<32>) -> Self {
        Self(Arc::new(Schedule::Aes256(Aes256::new(key.expose().into()))))
    }

    /// Expands an AES key of 16, 24 or 32 bytes, as the published vectors have them.
    ///
    /// # Errors
    ///
    /// [`Ff1Error::KeyLength`] for any other length.
    pub fn from_aes_key(key: &[u8]) -> Result<Self, Ff1Error> {
        let schedule = match key.len() {
            16 => Aes128::new_from_slice(key).map(Schedule::Aes128),
            24 => Aes192::new_from_slice(key).map(Schedule::Aes192),
            _ => Aes256::new_from_slice(key).map(Schedule::Aes256),
        };
        Ok(Self(Arc::new(schedule.map_err(|_| Ff1Error::KeyLength { found: key.len() })?)))
    }
}

impl fmt::Debug for Ff1Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ff1Key").finish_non_exhaustive()
    }
}

/// Round keys of one of the three AES.
pub(crate) enum Schedule {
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
}

impl Schedule {
    /// `CIPH_K` of every block.
    pub(crate) fn encrypt_blocks(&self, blocks: &mut [Block]) {
        match self {
            Self::Aes128(cipher) => cipher.encrypt_blocks(blocks),
            Self::Aes192(cipher) => cipher.encrypt_blocks(blocks),
            Self::Aes256(cipher) => cipher.encrypt_blocks(blocks),
        }
    }

    /// `CIPH_K` of one block that is held as a big-endian integer.
    pub(crate) fn encrypt_block(&self, block: u128) -> u128 {
        let mut block: Block = block.to_be_bytes().into();
        match self {
            Self::Aes128(cipher) => cipher.encrypt_block(&mut block),
            Self::Aes192(cipher) => cipher.encrypt_block(&mut block),
            Self::Aes256(cipher) => cipher.encrypt_block(&mut block),
        }
        u128::from_be_bytes(block.into())
    }
}
