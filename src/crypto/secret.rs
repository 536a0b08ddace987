//! Secrets: bytes that are wiped on drop, filled in place and compared in constant time.
//!
//! # Promises
//!
//! - No `Debug`, `Clone`, `PartialEq` or `Serialize`; the one way to the bytes is a word that can be searched for: `expose`.
//! - The bytes stand on the heap from the first to the last moment, so moving a secret leaves no copy behind.
//!
//! # What this module does not know
//!
//! What a secret is for.

use alloc::{boxed::Box, vec::Vec};

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret of exactly `N` bytes.
pub struct Secret<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Secret<N> {
    /// A secret whose bytes are written in place by `fill`; they are zero before.
    pub fn fill(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self(Box::new([0; N]));
        fill(&mut secret.0);
        secret
    }

    /// As [`Secret::fill`]; what was written before a failure is wiped.
    ///
    /// # Errors
    ///
    /// Whatever `fill` fails with.
    pub fn try_fill<E>(fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Self(Box::new([0; N]));
        fill(&mut secret.0)?;
        Ok(secret)
    }

    /// A secret from the operating system's random bytes.
    ///
    /// # Errors
    ///
    /// [`Entropy`] when the operating system has none to give.
    pub fn random() -> Result<Self, Entropy> {
        Self::try_fill(|bytes| getrandom::fill(bytes).map_err(|_| Entropy))
    }

    /// The bytes. Every use of this word is a place where a key could leak.
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// Equality in constant time.
    pub fn ct_eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

impl<const N: usize> ZeroizeOnDrop for Secret<N> {}

/// A secret of any length: a passphrase, an opened cell.
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Takes the bytes over; the vector's whole capacity is wiped on drop.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes. Every use of this word is a place where a secret could leak.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes of an opened cell: not a key, and as telling as the cell was. Only what restores cells reads them.
    pub fn cleartext(&self) -> &[u8] {
        &self.0
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Equality in time that depends on the lengths only.
    pub fn ct_eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for SecretBytes {}

/// Public random bytes (salts, nonces) from the operating system.
///
/// # Errors
///
/// [`Entropy`] when the operating system has none to give.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], Entropy> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Entropy)?;
    Ok(bytes)
}

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct Entropy;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparison_is_by_bytes() {
        let one = Secret::<32>::fill(|bytes| bytes.fill(1));
        let same = Secret::<32>::fill(|bytes| bytes.fill(1));
        let other = Secret::<32>::fill(|bytes| bytes[31] = 1);
        assert!(one.ct_eq(&same));
        assert!(!one.ct_eq(&other));
        assert!(!SecretBytes::new(alloc::vec![1]).ct_eq(&SecretBytes::new(alloc::vec![1, 1])));
    }

    #[test]
    fn random_secrets_differ() {
        let one = Secret::<32>::random().unwrap();
        let other = Secret::<32>::random().unwrap();
        assert!(!one.ct_eq(&other));
        assert_ne!(random_bytes::<16>().unwrap(), random_bytes::<16>().unwrap());
    }

    #[test]
    fn a_failed_fill_gives_no_secret() {
        let outcome = Secret::<32>::try_fill(|bytes| {
            bytes.fill(7);
            Err("no")
        });
        assert_eq!(outcome.err(), Some("no"));
    }
}
