//! Ciphers, derivation and signatures in the shape of their standards.
//!
//! Block ciphers, hashes, authenticated encryption and signatures come from audited crates. What is written here are
//! modes and encodings: FF1 of NIST SP 800-38G, permutation tables, sealing with a synthetic nonce, labelled derivation.
//!
//! # Promises
//!
//! - No `unsafe`, no floating point, no clock, no global state; the operating system is asked for random bytes only.
//! - Key bytes are wiped on drop and leave through [`secret::Secret::expose`] only.
//! - No error and no `Debug` text holds a key byte or a byte of a message.
//!
//! # What this crate does not know
//!
//! Files, columns, policies, where a key comes from or who may use it.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod digest;
pub mod ff1;
pub mod kdf;
pub mod mac;
pub mod numeral;
pub mod permute;
pub mod secret;
pub mod sign;
pub mod siv;
pub mod wrap;
