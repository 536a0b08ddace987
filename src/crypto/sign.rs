//! Ed25519: who signs, who verifies, and how a public key is written and named.
//!
//! # Promises
//!
//! - A key id is the SHA-256 of the key's SubjectPublicKeyInfo, so it follows from the key and from nothing else.
//! - Verification is the strict one: no small-order key or point, no malleable signature.
//!
//! # What this module does not know
//!
//! What is signed, or whom a key belongs to.
//!
//! SPEC: RFC 8032 (Ed25519), RFC 8410 (SubjectPublicKeyInfo), RFC 7468 (PEM).

use alloc::string::{String, ToString};
use core::fmt;

use ed25519_dalek::{
    Signature, Signer,
    pkcs8::{DecodePublicKey, EncodePublicKey, spki::der::pem::LineEnding},
};

use crate::{digest::sha256, secret::Secret};

/// SubjectPublicKeyInfo of an Ed25519 key up to the key itself: RFC 8410, section 4 and appendix A.
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Bytes of an Ed25519 SubjectPublicKeyInfo.
pub const SPKI: usize = 44;

/// Bytes of a signature.
pub const SIGNATURE: usize = 64;

/// A private key.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of a 32-byte seed (RFC 8032, section 5.1.5: the private key is the seed).
    pub fn from_seed(seed: &Secret<32>) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed.expose()))
    }

    /// `Ed25519(key, message)`
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE] {
        self.0.sign(message).to_bytes()
    }

    /// The public key that belongs to this one.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

/// A public key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// The key of 32 bytes (RFC 8032, section 5.1.2).
    ///
    /// # Errors
    ///
    /// [`InvalidPublicKey`] when they are no point of the curve, or one of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, InvalidPublicKey> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| InvalidPublicKey::Point)?;
        Self::strong(key)
    }

    /// The key of a PEM text, label `PUBLIC KEY`.
    ///
    /// # Errors
    ///
    /// [`InvalidPublicKey`] when the text is not the PEM of an Ed25519 key.
    pub fn from_pem(pem: &str) -> Result<Self, InvalidPublicKey> {
        let key = ed25519_dalek::VerifyingKey::from_public_key_pem(pem).map_err(|_| InvalidPublicKey::Pem)?;
        Self::strong(key)
    }

    /// The key of a DER SubjectPublicKeyInfo.
    ///
    /// # Errors
    ///
    /// [`InvalidPublicKey`] when the bytes are not that of an Ed25519 key.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, InvalidPublicKey> {
        let bytes = der.strip_prefix(&SPKI_PREFIX).and_then(|rest| rest.try_into().ok());
        Self::from_bytes(bytes.ok_or(InvalidPublicKey::Der)?)
    }

    /// The key's 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The key as PEM, lines ended by a line feed.
    #[expect(clippy::expect_used, reason = "44 bytes of DER always have a PEM text")]
    pub fn to_pem(&self) -> String {
        self.0.to_public_key_pem(LineEnding::LF).expect("a fixed-size key has a PEM text")
    }

    /// The key as DER SubjectPublicKeyInfo.
    pub fn to_spki_der(&self) -> [u8; SPKI] {
        let mut der = [0; SPKI];
        for (byte, taken) in der.iter_mut().zip(SPKI_PREFIX.into_iter().chain(self.0.to_bytes())) {
            *byte = taken;
        }
        der
    }

    /// Lower-case hexadecimal SHA-256 of the DER SubjectPublicKeyInfo.
    pub fn key_id(&self) -> String {
        sha256(&self.to_spki_der()).to_string()
    }

    /// Accepts a signature of this key over the message, by the strict rules.
    ///
    /// # Errors
    ///
    /// [`BadSignature`] for anything else.
    pub fn verify_strict(&self, message: &[u8], signature: &[u8; SIGNATURE]) -> Result<(), BadSignature> {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| BadSignature)
    }

    fn strong(key: ed25519_dalek::VerifyingKey) -> Result<Self, InvalidPublicKey> {
        if key.is_weak() { Err(InvalidPublicKey::Weak) } else { Ok(Self(key)) }
    }
}

/// A signature that is not this key's over this message.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the signature does not belong to this key and message")]
pub struct BadSignature;

/// Why something is no public key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPublicKey {
    /// Not the SubjectPublicKeyInfo of an Ed25519 key.
    #[error("not the DER SubjectPublicKeyInfo of an Ed25519 public key")]
    Der,
    /// Not the PEM of an Ed25519 key.
    #[error("not the PEM text of an Ed25519 public key")]
    Pem,
    /// No point of the curve.
    #[error("the public key is no point of the curve")]
    Point,
    /// A point of small order, for which everyone can sign.
    #[error("the public key is of small order: everyone could sign for it")]
    Weak,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_seed(&Secret::fill(|bytes| bytes.fill(byte)))
    }

    #[test]
    fn a_signature_belongs_to_one_key_and_message() {
        let signature = key(1).sign(b"message");
        assert_eq!(key(1).verifying_key().verify_strict(b"message", &signature), Ok(()));
        assert_eq!(key(2).verifying_key().verify_strict(b"message", &signature), Err(BadSignature));
        assert_eq!(key(1).verifying_key().verify_strict(b"massage", &signature), Err(BadSignature));
    }

    #[test]
    fn a_public_key_survives_every_form() {
        let public = key(1).verifying_key();
        assert_eq!(VerifyingKey::from_pem(&public.to_pem()), Ok(public.clone()));
        assert_eq!(VerifyingKey::from_spki_der(&public.to_spki_der()), Ok(public.clone()));
        assert_eq!(VerifyingKey::from_bytes(&public.to_bytes()), Ok(public.clone()));
        let by_crate = ed25519_dalek::VerifyingKey::from_bytes(&public.to_bytes()).unwrap();
        assert_eq!(by_crate.to_public_key_der().unwrap().as_bytes(), public.to_spki_der());
        assert_eq!(public.key_id().len(), 64);
        assert!(public.to_pem().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(VerifyingKey::from_bytes(&identity), Err(InvalidPublicKey::Weak));
        assert_eq!(VerifyingKey::from_pem("-----BEGIN PUBLIC KEY-----"), Err(InvalidPublicKey::Pem));
        assert_eq!(VerifyingKey::from_spki_der(&[0; SPKI]), Err(InvalidPublicKey::Der));
    }
}
