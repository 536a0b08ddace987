//! The digest of this room: SHA-256, as `crypto` has it.
//!
//! # What this module does not know
//!
//! What is digested.

pub use counterfoil_crypto::digest::{Digest, Sha256, sha256};
