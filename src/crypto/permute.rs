//! Permutation tables for message spaces below FF1's floor.
//!
//! A table is a uniformly random permutation of `0..size`, up to the strength of AES-256 in counter mode, and safe
//! against someone who knows every other entry. It is not FF1 of SP 800-38G, and what it makes must be called otherwise.
//!
//! # Promises
//!
//! - The table is a pure function of key and size: part of token format v1.
//! - Every permutation is equally likely: draws are rejected, never folded.
//!
//! # What this module does not know
//!
//! What is being permuted. Look-ups take time that depends on the cache, hence on the value.
//!
//! # The bytes
//!
//! 1. The stream is AES-256(key, u128be(0)) || AES-256(key, u128be(1)) || …, read as big-endian 32-bit words.
//! 2. The table starts as 0, 1, …, size − 1.
//! 3. For i from size − 1 down to 1: draw j in 0..=i, exchange entries i and j.
//! 4. A draw below s: take the next word x, let m = x · s (64 bits). If m mod 2^32 < 2^32 mod s, take another word.
//!    The draw is floor(m / 2^32).
//!
//! SPEC: Durstenfeld, Algorithm 235 (CACM 7, 1964); Lemire, "Fast Random Integer Generation in an Interval" (2019);
//! counter mode of NIST SP 800-38A, section 6.5.

use alloc::{boxed::Box, vec};
use core::fmt;

use aes::{
    Aes256, Block,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use zeroize::Zeroize;

use crate::secret::Secret;

/// Largest table. From here on FF1 is allowed.
pub const MAX_SIZE: u32 = 1_000_000;

/// A keyed permutation of `0..size` as two tables.
pub struct Permutation {
    // INVARIANT: both hold each of 0..size once, and one is the inverse of the other.
    forward: Box<[u32]>,
    inverse: Box<[u32]>,
}

impl Permutation {
    /// Builds both tables.
    ///
    /// # Errors
    ///
    /// [`SizeOutOfRange`] unless the size is in `1..=MAX_SIZE`.
    pub fn new(key: &Secret<32>, size: u32) -> Result<Self, SizeOutOfRange> {
        if size == 0 || size > MAX_SIZE {
            return Err(SizeOutOfRange { size });
        }
        // 2. The table starts as 0, 1, …, size − 1.
        let mut forward: Box<[u32]> = (0..size).collect();
        // 3. For i from size − 1 down to 1: draw j in 0..=i, exchange entries i and j.
        let mut words = Words::new(key);
        for i in (1..size).rev() {
            let j = words.draw_below(i + 1);
            forward.swap(i as usize, j as usize);
        }
        let mut inverse = vec![0; forward.len()].into_boxed_slice();
        for (value, image) in (0..size).zip(forward.iter()) {
            if let Some(place) = inverse.get_mut(*image as usize) {
                *place = value;
            }
        }
        Ok(Self { forward, inverse })
    }

    /// Number of values.
    pub fn size(&self) -> u32 {
        // INVARIANT: `new` admits at most MAX_SIZE values.
        self.forward.len() as u32
    }

    /// The image of a value.
    ///
    /// # Panics
    ///
    /// When the value is not below the size.
    #[expect(clippy::indexing_slicing, reason = "a value below `size` is the caller's contract")]
    pub fn encrypt(&self, value: u32) -> u32 {
        self.forward[value as usize]
    }

    /// The value of an image.
    ///
    /// # Panics
    ///
    /// When the image is not below the size.
    #[expect(clippy::indexing_slicing, reason = "a value below `size` is the caller's contract")]
    pub fn decrypt(&self, image: u32) -> u32 {
        self.inverse[image as usize]
    }
}

impl Drop for Permutation {
    fn drop(&mut self) {
        self.forward.zeroize();
        self.inverse.zeroize();
    }
}

impl fmt::Debug for Permutation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Permutation").field("size", &self.forward.len()).finish_non_exhaustive()
    }
}

/// A table of no values, or of so many that FF1 is the cipher to use.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a permutation table has 1 to {MAX_SIZE} entries, not {size}")]
pub struct SizeOutOfRange {
    /// The size asked for.
    pub size: u32,
}

/// Blocks enciphered at a time; no part of the format.
const BATCH: usize = 64;

/// The key stream as big-endian words.
struct Words {
    cipher: Aes256,
    counter: u128,
    stream: [u8; BATCH * 16],
    used: usize,
}

impl Words {
    fn new(key: &Secret<32>) -> Self {
        Self { cipher: Aes256::new(key.expose().into()), counter: 0, stream: [0; BATCH * 16], used: BATCH * 16 }
    }

    /// A draw below `bound`, every one equally likely.
    fn draw_below(&mut self, bound: u32) -> u32 {
        // 4. Reject while m mod 2^32 < 2^32 mod s.
        let unfair = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.next_word()) * u64::from(bound);
            if product as u32 >= unfair {
                return (product >> 32) as u32;
            }
        }
    }

    fn next_word(&mut self) -> u32 {
        if self.used == self.stream.len() {
            self.refill();
        }
        let word = self.stream.get(self.used..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        self.used += 4;
        u32::from_be_bytes(word)
    }

    fn refill(&mut self) {
        // 1. AES-256(key, u128be(counter)), counter from 0.
        let mut blocks = [Block::default(); BATCH];
        for block in &mut blocks {
            *block = self.counter.to_be_bytes().into();
            self.counter += 1;
        }
        self.cipher.encrypt_blocks(&mut blocks);
        for (bytes, block) in self.stream.chunks_exact_mut(16).zip(&blocks) {
            bytes.copy_from_slice(block);
        }
        self.used = 0;
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        self.stream.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn key(byte: u8) -> Secret<32> {
        Secret::fill(|bytes| bytes.fill(byte))
    }

    #[test]
    fn every_size_gives_a_bijection_and_its_inverse() {
        for size in [1, 2, 3, 10, 366, 10_000, MAX_SIZE] {
            let permutation = Permutation::new(&key(1), size).unwrap();
            let mut seen = vec![false; size as usize];
            for value in 0..size {
                let image = permutation.encrypt(value);
                assert!(!core::mem::replace(&mut seen[image as usize], true));
                assert_eq!(permutation.decrypt(image), value);
            }
        }
    }

    #[test]
    fn sizes_outside_the_range_are_refused() {
        for size in [0, MAX_SIZE + 1, u32::MAX] {
            assert_eq!(Permutation::new(&key(1), size).unwrap_err(), SizeOutOfRange { size });
        }
    }

    #[test]
    fn all_orders_of_four_come_up_about_equally_often() {
        let mut counts = BTreeMap::new();
        for number in 0..2400u32 {
            let key = Secret::fill(|bytes| bytes[..4].copy_from_slice(&number.to_be_bytes()));
            let table = Permutation::new(&key, 4).unwrap();
            *counts.entry([0, 1, 2, 3].map(|value| table.encrypt(value))).or_insert(0u32) += 1;
        }
        assert_eq!(counts.len(), 24);
        assert!(counts.values().all(|count| (60..=140).contains(count)));
    }
}
