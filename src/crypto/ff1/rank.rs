//! FF1 on the numbers below any size of at most 2^128: binary strings and a walk.
//!
//! # Promises
//!
//! - A permutation of `0..size` for every tweak and context. At most two steps are expected of a row.
//! - Ranks are checked before the first of them is changed.
//!
//! # What this module does not know
//!
//! What a rank stands for. The number of steps depends on the row, and so does the time.
//!
//! SPEC: FF1 of radix 2 and n = bit length of size − 1; the rank as a binary string, most significant bit first.

use core::fmt;

use crate::ff1::{
    cipher::{BATCH, Contexts, NumeralCipher},
    error::Ff1Error,
    key::Ff1Key,
    limits::{MAX_CONTEXT, MIN_MESSAGE_SPACE},
    narrow::Direction,
    walk::walk,
};

/// FF1 on `0..size` for one key, size and tweak.
pub struct RankCipher {
    cipher: NumeralCipher,
    greatest: u128,
    /// v: bits of the second half; at most 64.
    low_bits: u32,
}

impl RankCipher {
    /// The cipher on `0..size`.
    ///
    /// # Errors
    ///
    /// [`Ff1Error`] when the size is below 10^6 or the context length outside its range.
    pub fn new(key: &Ff1Key, size: u128, tweak: &[u8], context_len: usize) -> Result<Self, Ff1Error> {
        let greatest = size.checked_sub(1).ok_or(Ff1Error::MessageSpaceTooSmall)?;
        Self::up_to(key, greatest, tweak, context_len)
    }

    /// The cipher on `0..=greatest`: so all 2^128 ranks can be named.
    ///
    /// # Errors
    ///
    /// As [`RankCipher::new`].
    pub fn up_to(key: &Ff1Key, greatest: u128, tweak: &[u8], context_len: usize) -> Result<Self, Ff1Error> {
        if greatest < u128::from(MIN_MESSAGE_SPACE) - 1 {
            return Err(Ff1Error::MessageSpaceTooSmall);
        }
        let bits = u128::BITS - greatest.leading_zeros();
        let cipher = NumeralCipher::new(key, 2, bits as usize, tweak, context_len)?;
        Ok(Self { cipher, greatest, low_bits: bits.div_ceil(2) })
    }

    /// The greatest rank: size − 1.
    pub fn greatest(&self) -> u128 {
        self.greatest
    }

    /// Enciphers ranks in place.
    ///
    /// # Errors
    ///
    /// [`Ff1Error::RankOutOfRange`] for a rank that is not below the size, [`Ff1Error::ContextCount`] when contexts are
    /// missing.
    pub fn encrypt(&self, ranks: &mut [u128], contexts: Option<&[[u8; MAX_CONTEXT]]>) -> Result<(), Ff1Error> {
        self.run(ranks, contexts, Direction::Encrypt)
    }

    /// Deciphers ranks in place.
    ///
    /// # Errors
    ///
    /// As [`RankCipher::encrypt`].
    pub fn decrypt(&self, ranks: &mut [u128], contexts: Option<&[[u8; MAX_CONTEXT]]>) -> Result<(), Ff1Error> {
        self.run(ranks, contexts, Direction::Decrypt)
    }

    /// As [`RankCipher::encrypt`], for a size of at most 2^64.
    ///
    /// # Errors
    ///
    /// [`Ff1Error::RanksTooWide`] for a greater size; else as [`RankCipher::encrypt`].
    pub fn encrypt_u64(&self, ranks: &mut [u64], contexts: Option<&[[u8; MAX_CONTEXT]]>) -> Result<(), Ff1Error> {
        self.run(ranks, contexts, Direction::Encrypt)
    }

    /// As [`RankCipher::decrypt`], for a size of at most 2^64.
    ///
    /// # Errors
    ///
    /// As [`RankCipher::encrypt_u64`].
    pub fn decrypt_u64(&self, ranks: &mut [u64], contexts: Option<&[[u8; MAX_CONTEXT]]>) -> Result<(), Ff1Error> {
        self.run(ranks, contexts, Direction::Decrypt)
    }

    fn run<R: Rank>(&self, ranks: &mut [R], contexts: Contexts<'_>, direction: Direction) -> Result<(), Ff1Error> {
        let greatest = R::from_wide(self.greatest).ok_or(Ff1Error::RanksTooWide)?;
        self.cipher.check_contexts(ranks.len(), contexts)?;
        if let Some(row) = ranks.iter().position(|rank| *rank > greatest) {
            return Err(Ff1Error::RankOutOfRange { row });
        }
        walk(ranks, contexts, |ranks, contexts| self.step(ranks, contexts, direction), |rank| *rank <= greatest);
        Ok(())
    }

    /// FF1 on the binary strings of some ranks.
    fn step<R: Rank>(&self, ranks: &mut [R], contexts: Contexts<'_>, direction: Direction) {
        let mut contexts = contexts.map(|contexts| contexts.chunks(BATCH));
        for ranks in ranks.chunks_mut(BATCH) {
            let (mut a, mut b) = ([0; BATCH], [0; BATCH]);
            for ((a, b), rank) in a.iter_mut().zip(&mut b).zip(ranks.iter()) {
                (*a, *b) = rank.split(self.low_bits);
            }
            let rows = ranks.len();
            let (rows_a, rows_b) = (a.get_mut(..rows).unwrap_or_default(), b.get_mut(..rows).unwrap_or_default());
            self.cipher.batch(rows_a, rows_b, contexts.as_mut().and_then(Iterator::next), direction);
            for ((a, b), rank) in a.into_iter().zip(b).zip(ranks) {
                *rank = R::join(a, b, self.low_bits);
            }
        }
    }
}

impl fmt::Debug for RankCipher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RankCipher").field("greatest", &self.greatest).finish_non_exhaustive()
    }
}

/// A machine integer that holds a rank, as the two halves of its binary string.
trait Rank: Copy + Ord {
    fn from_wide(rank: u128) -> Option<Self>;
    fn split(self, low_bits: u32) -> (u64, u64);
    fn join(high: u64, low: u64, low_bits: u32) -> Self;
}

impl Rank for u64 {
    fn from_wide(rank: u128) -> Option<Self> {
        rank.try_into().ok()
    }

    fn split(self, low_bits: u32) -> (u64, u64) {
        // INVARIANT: a size of at most 2^64 has low_bits <= 32.
        (self >> low_bits, self & ((1 << low_bits) - 1))
    }

    fn join(high: u64, low: u64, low_bits: u32) -> Self {
        high << low_bits | low
    }
}

impl Rank for u128 {
    fn from_wide(rank: u128) -> Option<Self> {
        Some(rank)
    }

    fn split(self, low_bits: u32) -> (u64, u64) {
        ((self >> low_bits) as u64, (self & ((1 << low_bits) - 1)) as u64)
    }

    fn join(high: u64, low: u64, low_bits: u32) -> Self {
        u128::from(high) << low_bits | u128::from(low)
    }
}
