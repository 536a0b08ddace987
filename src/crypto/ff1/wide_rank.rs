//! FF1 on the numbers below sizes beyond 2^128.
//!
//! # Promises
//!
//! - The same definition as for smaller sizes, and where both serve, the same results.
//!
//! # What this module does not know
//!
//! What a rank stands for. The time of a row depends on it.
//!
//! SPEC: FF1 of radix 2 and n = bit length of size − 1; the rank as a binary string, most significant bit first.

use core::fmt;

use num_bigint::BigUint;

use crate::ff1::{
    big::Halves,
    cipher::{BATCH, Contexts, NumeralCipher},
    error::Ff1Error,
    key::Ff1Key,
    limits::{MAX_CONTEXT, MIN_MESSAGE_SPACE},
    narrow::Direction,
    walk::walk,
};

/// FF1 on `0..size` for one key, size and tweak, whatever the size up to 2^4096.
pub struct WideRankCipher {
    cipher: NumeralCipher,
    size: BigUint,
    /// v: bits of the second half.
    low_bits: u64,
    /// 2^v − 1
    low_mask: BigUint,
}

impl WideRankCipher {
    /// The cipher on `0..size`.
    ///
    /// # Errors
    ///
    /// [`Ff1Error`] when the size is below 10^6 or beyond 2^4096, or the context length outside its range.
    pub fn new(key: &Ff1Key, size: &BigUint, tweak: &[u8], context_len: usize) -> Result<Self, Ff1Error> {
        if *size < BigUint::from(MIN_MESSAGE_SPACE) {
            return Err(Ff1Error::MessageSpaceTooSmall);
        }
        let bits = (size - 1u32).bits();
        let cipher = NumeralCipher::new(key, 2, usize::try_from(bits).unwrap_or(usize::MAX), tweak, context_len)?;
        let low_bits = bits.div_ceil(2);
        let low_mask = (BigUint::from(1u32) << low_bits) - 1u32;
        Ok(Self { cipher, size: size.clone(), low_bits, low_mask })
    }

    /// The size: one more than the greatest rank.
    pub fn size(&self) -> &BigUint {
        &self.size
    }

    /// Enciphers ranks in place.
    ///
    /// # Errors
    ///
    /// [`Ff1Error::RankOutOfRange`] for a rank that is not below the size, [`Ff1Error::ContextCount`] when contexts are
    /// missing.
    pub fn encrypt(&self, ranks: &mut [BigUint], contexts: Option<&[[u8; MAX_CONTEXT]]>) -> Result<(), Ff1Error> {
        self.run(ranks, contexts, Direction::Encrypt)
    }

    /// Deciphers ranks in place.
    ///
    /// # Errors
    ///
    /// As [`WideRankCipher::encrypt`].
    pub fn decrypt(&self, ranks: &mut [BigUint], contexts: Option<&[[u8; MAX_CONTEXT]]>) -> Result<(), Ff1Error> {
        self.run(ranks, contexts, Direction::Decrypt)
    }

    fn run(&self, ranks: &mut [BigUint], contexts: Contexts<'_>, direction: Direction) -> Result<(), Ff1Error> {
        self.cipher.check_contexts(ranks.len(), contexts)?;
        if let Some(row) = ranks.iter().position(|rank| *rank >= self.size) {
            return Err(Ff1Error::RankOutOfRange { row });
        }
        walk(ranks, contexts, |ranks, contexts| self.step(ranks, contexts, direction), |rank| *rank < self.size);
        Ok(())
    }

    /// FF1 on the binary strings of some ranks.
    fn step(&self, ranks: &mut [BigUint], contexts: Contexts<'_>, direction: Direction) {
        let mut contexts = contexts.map(|contexts| contexts.chunks(BATCH));
        for ranks in ranks.chunks_mut(BATCH) {
            let contexts = contexts.as_mut().and_then(Iterator::next);
            if self.cipher.fits_u128() {
                self.batch(ranks, contexts, direction);
            } else {
                for (place, rank) in ranks.iter_mut().enumerate() {
                    let mut halves = Halves { a: &*rank >> self.low_bits, b: &*rank & &self.low_mask };
                    self.cipher.big_row(&mut halves, contexts.and_then(|contexts| contexts.get(place)), direction);
                    *rank = (halves.a << self.low_bits) | halves.b;
                }
            }
        }
    }

    /// At most [`BATCH`] ranks whose halves fit 128 bits.
    fn batch(&self, ranks: &mut [BigUint], contexts: Contexts<'_>, direction: Direction) {
        let (mut a, mut b) = ([0; BATCH], [0; BATCH]);
        for ((a, b), rank) in a.iter_mut().zip(&mut b).zip(ranks.iter()) {
            // INVARIANT: both halves have at most 128 bits in this tier.
            *a = u128::try_from(rank >> self.low_bits).unwrap_or_default();
            *b = u128::try_from(rank & &self.low_mask).unwrap_or_default();
        }
        let rows = ranks.len();
        let (rows_a, rows_b) = (a.get_mut(..rows).unwrap_or_default(), b.get_mut(..rows).unwrap_or_default());
        self.cipher.batch(rows_a, rows_b, contexts, direction);
        for ((a, b), rank) in a.into_iter().zip(b).zip(ranks) {
            *rank = (BigUint::from(a) << self.low_bits) | BigUint::from(b);
        }
    }
}

impl fmt::Debug for WideRankCipher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WideRankCipher").field("bits", &self.size.bits()).finish_non_exhaustive()
    }
}
