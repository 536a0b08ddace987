//! Derived keys and tweaks: HKDF-SHA-256 with length-prefixed labels.
//!
//! # Promises
//!
//! - Two different lists of labels never give the same bytes to the derivation: every label carries its length.
//! - A tweak is public and built from the domain in this one place.
//!
//! # What this module does not know
//!
//! Which domains and formats exist.
//!
//! SPEC: RFC 5869.

use alloc::vec::Vec;

use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};

use crate::secret::Secret;

/// Salt of every key derived for a token. Part of token format v1.
pub const TOKEN_SALT: &[u8] = b"counterfoil/token/v1";

/// Label of every tweak. Part of token format v1.
pub const TWEAK_LABEL: &[u8] = b"counterfoil/tweak/v1";

/// Longest output of HKDF-SHA-256: 255 blocks of the hash (RFC 5869, section 2.3).
const MAX_OUTPUT: usize = 255 * 32;

/// `lp(part) = u32be(length of part) || part`
///
/// # Panics
///
/// When the part is 4 GiB or longer: labels and associated data are short by construction.
#[expect(clippy::expect_used, reason = "no part of a label or of associated data comes near 4 GiB")]
pub fn lp(out: &mut Vec<u8>, part: &[u8]) {
    let length = u32::try_from(part.len()).expect("a part below 4 GiB");
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(part);
}

/// `HKDF-SHA-256(ikm = root, salt = "counterfoil/token/v1", info = lp(purpose) || lp(domain) || lp(format), N)`
pub fn derive<const N: usize>(root: &Secret<32>, purpose: &str, domain: &str, format: &str) -> Secret<N> {
    derive_labelled(root, TOKEN_SALT, &[purpose.as_bytes(), domain.as_bytes(), format.as_bytes()])
}

/// `HKDF-SHA-256(ikm = root, salt, info = lp(part 1) || lp(part 2) || …, N)`
#[expect(clippy::expect_used, reason = "the one failure is an output beyond MAX_OUTPUT, refused at compile time")]
pub fn derive_labelled<const N: usize>(root: &Secret<32>, salt: &[u8], parts: &[&[u8]]) -> Secret<N> {
    const { assert!(N <= MAX_OUTPUT) };
    let mut info = Vec::new();
    for part in parts {
        lp(&mut info, part);
    }
    let state = Hkdf::<Sha256>::new(Some(salt), root.expose());
    Secret::fill(|bytes| state.expand(&info, bytes).expect("an output within RFC 5869's limit"))
}

/// As [`derive_labelled`], for a salt that may be published: it opens one commitment and says nothing of the key.
pub fn derive_salt(root: &Secret<32>, salt: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    *derive_labelled::<32>(root, salt, parts).expose()
}

/// `SHA-256("counterfoil/tweak/v1" || lp(domain) || lp(format) || lp(class))[..16]`
pub fn tweak(domain: &str, format: &str, class: &str) -> [u8; 16] {
    let mut input = TWEAK_LABEL.to_vec();
    for part in [domain, format, class] {
        lp(&mut input, part.as_bytes());
    }
    let digest: [u8; 32] = Sha256::digest(&input).into();
    let mut tweak = [0; 16];
    for (byte, taken) in tweak.iter_mut().zip(digest) {
        *byte = taken;
    }
    tweak
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn a_part_carries_its_length() {
        let mut out = vec![9];
        lp(&mut out, b"ab");
        lp(&mut out, b"");
        assert_eq!(out, [9, 0, 0, 0, 2, b'a', b'b', 0, 0, 0, 0]);
    }

    #[test]
    fn moving_a_border_between_labels_changes_everything() {
        let root = Secret::<32>::fill(|bytes| bytes.fill(3));
        let one = derive::<32>(&root, "tokenize", "ab", "c");
        let other = derive::<32>(&root, "tokenize", "a", "bc");
        assert!(!one.ct_eq(&other));
        assert_ne!(tweak("ab", "c", ""), tweak("a", "bc", ""));
        assert_ne!(tweak("a", "", "b"), tweak("a", "b", ""));
    }
}
