//! SHA-256 and the digest it gives.
//!
//! # Promises
//!
//! - A [`Digest`] prints as 64 lower-case hexadecimal digits and is read back from exactly that.
//!
//! # What this module does not know
//!
//! What was digested.
//!
//! SPEC: FIPS 180-4, section 6.2.

use core::{fmt, str::FromStr};

use sha2::Digest as _;

/// A SHA-256 digest.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest's bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(formatter, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        if text.len() != 64 {
            return Err(InvalidDigest);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            for digit in pair {
                *byte = *byte << 4 | lower_hex(*digit).ok_or(InvalidDigest)?;
            }
        }
        Ok(Self(bytes))
    }
}

/// A text that is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a digest is written as 64 lower-case hexadecimal digits")]
pub struct InvalidDigest;

/// SHA-256 of a stream of bytes.
#[derive(Clone, Default)]
pub struct Sha256(sha2::Sha256);

impl Sha256 {
    /// Nothing digested yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the stream.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes taken.
    pub fn finalize(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sha256").finish_non_exhaustive()
    }
}

/// SHA-256 of bytes that are at hand.
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest(sha2::Sha256::digest(bytes).into())
}

fn lower_hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-4 example

    #[test]
    fn stream_and_whole_agree() {
        let mut stream = Sha256::new();
        stream.update(b"a");
        stream.update(b"bc");
        assert_eq!(stream.finalize(), sha256(b"abc"));
        assert_eq!(sha256(b"abc").to_string(), ABC);
    }

    #[test]
    fn text_is_read_back_and_nothing_else() {
        assert_eq!(ABC.parse(), Ok(sha256(b"abc")));
        let (longer, upper) = (ABC.to_string() + "0", ABC.to_uppercase());
        for wrong in ["", &ABC[1..], longer.as_str(), upper.as_str()] {
            assert_eq!(wrong.parse::<Digest>(), Err(InvalidDigest));
        }
    }
}
