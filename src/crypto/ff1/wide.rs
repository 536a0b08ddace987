//! FF1 on halves of at most 128 bits, many rows in lockstep.
//!
//! Serves the rows whose radix^v is above 2^64 and at most 2^128: up to 76 decimal digits, 48 characters of 36, 256 bits.
//!
//! # Promises
//!
//! - Agrees with the tier for halves of any width bit by bit.
//!
//! # What this module does not know
//!
//! Numerals and contexts. Remainders are plain divisions, so the time of a row depends on its halves.
//!
//! SPEC: NIST SP 800-38G, Algorithms 7 and 8, step 6; 9 <= b <= 16 and d is 16 or 20 here.

use aes::Block;
use num_bigint::BigUint;

use crate::ff1::{key::Schedule, layout::Layout, narrow::Direction, parameters::Parameters};

/// Rounds on halves of at most 128 bits.
pub(crate) struct WideRounds {
    even: Modulus,
    odd: Modulus,
    /// radix^u − 1 and radix^v − 1.
    pub(crate) greatest: (u128, u128),
    /// Whether NUM(B) fills a block of its own, after the one that ends in `i`.
    own_block: bool,
    /// Whether y has four bytes of a second block: d = 20.
    long: bool,
}

impl WideRounds {
    /// `None` when radix^v exceeds 2^128 or is so small that the narrow tier serves it.
    pub(crate) fn new(parameters: &Parameters) -> Option<Self> {
        let greatest_a = u128::try_from(&parameters.even - 1u32).ok()?;
        let greatest_b = u128::try_from(&parameters.odd - 1u32).ok()?;
        (parameters.d >= 16).then(|| Self {
            even: Modulus::new(&parameters.even, greatest_a),
            odd: Modulus::new(&parameters.odd, greatest_b),
            greatest: (greatest_a, greatest_b),
            own_block: parameters.b == 16,
            long: parameters.d == 20,
        })
    }

    /// Step 6 for `L` rows. Even rounds change A, odd ones B; so nothing is ever exchanged.
    pub(crate) fn run<const L: usize>(
        &self,
        schedule: &Schedule,
        layout: &Layout,
        bases: &[u128; L],
        a: &mut [u128; L],
        b: &mut [u128; L],
        direction: Direction,
    ) {
        for step in 0..10 {
            let round = if direction == Direction::Encrypt { step } else { 9 - step };
            let index = layout.index_bits(round);
            // 6.v. If i is even, let m = u; else, let m = v.
            let (modulus, source, target) =
                if round % 2 == 0 { (self.even, &*b, &mut *a) } else { (self.odd, &*a, &mut *b) };
            let (r, tail) = self.prf(schedule, bases, index, source);
            for ((half, r), tail) in target.iter_mut().zip(r).zip(tail) {
                // 6.vi. Let c = (NUM(A) ± y) mod radix^m.
                let y =
                    if self.long { modulus.remainder_of_long(r, (tail >> 96) as u32) } else { modulus.remainder(r) };
                *half = match direction {
                    Direction::Encrypt => modulus.add(*half, y),
                    Direction::Decrypt => modulus.subtract(*half, y),
                };
            }
        }
    }

    /// Steps 6.i to 6.iii: R and, for d = 20, CIPH_K(R xor \[1\]^16).
    fn prf<const L: usize>(
        &self,
        schedule: &Schedule,
        bases: &[u128; L],
        index: u128,
        source: &[u128; L],
    ) -> ([u128; L], [u128; L]) {
        let mut state = [0; L];
        if self.own_block {
            for (state, base) in state.iter_mut().zip(bases) {
                *state = base ^ index;
            }
            encrypt(schedule, &mut state);
            for (state, half) in state.iter_mut().zip(source) {
                *state ^= half;
            }
        } else {
            for ((state, base), half) in state.iter_mut().zip(bases).zip(source) {
                *state = base ^ index ^ half;
            }
        }
        encrypt(schedule, &mut state);
        let mut tail = [0; L];
        if self.long {
            tail = state.map(|r| r ^ 1);
            encrypt(schedule, &mut tail);
        }
        (state, tail)
    }
}

/// `CIPH_K` of every lane.
fn encrypt<const L: usize>(schedule: &Schedule, lanes: &mut [u128; L]) {
    let mut blocks = lanes.map(|lane| Block::from(lane.to_be_bytes()));
    schedule.encrypt_blocks(&mut blocks);
    *lanes = blocks.map(|block| u128::from_be_bytes(block.into()));
}

/// A modulus radix^m.
#[derive(Clone, Copy, Debug)]
enum Modulus {
    /// Below 2^128.
    Other(u128),
    /// 2^k − 1, k <= 128.
    PowerOfTwo(u128),
}

impl Modulus {
    fn new(modulus: &BigUint, greatest: u128) -> Self {
        if modulus.count_ones() == 1 { Self::PowerOfTwo(greatest) } else { Self::Other(greatest + 1) }
    }

    /// y mod M for a y of 16 bytes.
    fn remainder(self, y: u128) -> u128 {
        match self {
            Self::Other(modulus) => y % modulus,
            Self::PowerOfTwo(mask) => y & mask,
        }
    }

    /// (high · 2^32 + low) mod M: y of 20 bytes.
    fn remainder_of_long(self, high: u128, low: u32) -> u128 {
        match self {
            Self::Other(modulus) if modulus.leading_zeros() >= 16 => {
                let upper = ((high % modulus) << 16 | u128::from(low >> 16)) % modulus;
                (upper << 16 | u128::from(low & 0xffff)) % modulus
            }
            Self::Other(modulus) => (0..32).rev().fold(high % modulus, |rest, bit| {
                let doubled = rest << 1 | u128::from(low >> bit & 1);
                let over = rest >> 127 == 1 || doubled >= modulus;
                doubled.wrapping_sub(modulus & u128::from(over).wrapping_neg())
            }),
            Self::PowerOfTwo(mask) => (high << 32 | u128::from(low)) & mask,
        }
    }

    /// (x + r) mod M for x, r < M.
    fn add(self, x: u128, r: u128) -> u128 {
        match self {
            Self::Other(modulus) if x >= modulus - r => x - (modulus - r),
            Self::Other(_) => x + r,
            Self::PowerOfTwo(mask) => x.wrapping_add(r) & mask,
        }
    }

    /// (x − r) mod M for x, r < M.
    fn subtract(self, x: u128, r: u128) -> u128 {
        match self {
            Self::Other(modulus) if x < r => x + (modulus - r),
            Self::Other(_) => x - r,
            Self::PowerOfTwo(mask) => x.wrapping_sub(r) & mask,
        }
    }
}
