//! HMAC-SHA-256 under one key, its state computed once.
//!
//! # Promises
//!
//! - Keying costs two compressions once; a tag costs no rekeying.
//!
//! # What this module does not know
//!
//! What the tags stand for, or to how many bytes they are cut.
//!
//! SPEC: RFC 2104; RFC 4231 for the vectors.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;

use crate::secret::Secret;

/// `HMAC-SHA-256(key, ·)`
pub struct Mac(Hmac<Sha256>);

impl Mac {
    /// Keys the state.
    pub fn new(key: &Secret<32>) -> Self {
        Self::from_bytes(key.expose())
    }

    /// `HMAC-SHA-256(key, data)`
    pub fn tag(&self, data: &[u8]) -> [u8; 32] {
        let mut state = self.0.clone();
        state.update(data);
        state.finalize().into_bytes().into()
    }

    /// A state that has already taken `prefix`.
    pub(crate) fn with_prefix(mut self, prefix: &[u8]) -> Self {
        self.0.update(prefix);
        self
    }

    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length: RFC 2104, section 2")]
    pub(crate) fn from_bytes(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("a key of any length"))
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mac").finish_non_exhaustive()
    }
}
