//! Chance with an address: a draw depends on seed, stream and row, never on what was drawn before.
//!
//! # Promises
//!
//! - The same seed gives the same draws on every machine: ChaCha8 and integer arithmetic, no floating point.
//! - Row 9,000,000 costs what row 0 costs, so any file may ask for any person.
//!
//! # What this module does not know
//!
//! What the draws become.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// What a stream of draws is for. The numbers are part of what a seed means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stream {
    Person = 1,
    Card = 2,
    Order = 3,
    Click = 4,
    Device = 5,
    Session = 6,
    Message = 7,
    Product = 8,
    Wide = 9,
}

/// One stream, standing at one row.
#[derive(Clone, Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64, stream: Stream) -> Self {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(seed.to_le_bytes()) {
            *to = from;
        }
        let mut rng = ChaCha8Rng::from_seed(bytes);
        rng.set_stream(stream as u64);
        Self(rng)
    }

    /// Goes to a row. Each row has 256 words of its own.
    pub(crate) fn row(&mut self, row: u64) -> &mut Self {
        self.0.set_word_pos(u128::from(row) * 256);
        self
    }

    /// `0..n`. The bias of at most n / 2^32 is of no account here.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// `0..n` for large n.
    pub(crate) fn below_u64(&mut self, n: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// True in `n` of 100 cases.
    pub(crate) fn percent(&mut self, n: u32) -> bool {
        self.below(100) < n
    }

    /// One of the entries; the default where there are none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let at = self.below(from.len() as u32);
        from.get(at as usize).copied().unwrap_or_default()
    }

    /// One of the entries, each as likely as its weight.
    pub(crate) fn weighted<T: Copy + Default>(&mut self, from: &[(T, u32)]) -> T {
        let mut left = self.below(from.iter().map(|(_, weight)| weight).sum());
        for (entry, weight) in from {
            if left < *weight {
                return *entry;
            }
            left -= weight;
        }
        T::default()
    }

    /// `0..n` with a density near 1/x: a few are met all the time, most of them rarely.
    pub(crate) fn zipf(&mut self, n: u64) -> u64 {
        let octaves = 64 - n.leading_zeros();
        loop {
            let width = 1 << self.below(octaves);
            let rank = width - 1 + self.below_u64(width);
            if rank < n {
                return rank;
            }
        }
    }

    /// `0..n`: half of the draws are regulars, half come from everybody.
    pub(crate) fn regular(&mut self, n: u64) -> u64 {
        let rank = if self.percent(50) { self.zipf(n) } else { self.below_u64(n) };
        scatter(rank, n)
    }

    /// Sixteen bytes with version 4 and the variant of RFC 9562 in their places, as text.
    pub(crate) fn uuid(&mut self) -> String {
        let high = self.0.next_u64() & !0xf000 | 0x4000;
        let low = self.0.next_u64() >> 2 | 1 << 63;
        let (a, b, c) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
        let (d, e) = (low >> 48, low & 0xffff_ffff_ffff);
        format!("{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")
    }
}

/// A bijection on `0..n` without visible order, so that regulars are not the first ids. Holds for n below the prime.
pub(crate) fn scatter(rank: u64, n: u64) -> u64 {
    const PRIME: u128 = 2_147_483_647;
    ((u128::from(rank) * PRIME + 1_618_033) % u128::from(n.max(1))) as u64
}
