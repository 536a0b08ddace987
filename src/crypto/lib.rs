//! Ciphers, derivation and signatures in the shape of their standards.
#![no_std]
extern crate alloc;
