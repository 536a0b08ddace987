//! Foreign vectors: what others published for FF1, AES-GCM-SIV, HKDF, HMAC, Ed25519 and Argon2id.
//!
//! Where our own call takes the vector, it is our own call that is tested; else the crate beneath it. Origins, dates and
//! licences: `vectors/SOURCE.md`.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "vectors/ff1.rs"]
mod ff1;
#[path = "vectors/primitives.rs"]
mod primitives;
#[path = "vectors/rfc.rs"]
mod rfc;
