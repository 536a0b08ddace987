//! FF1 on halves of at most 64 bits, many rows in lockstep.
//!
//! Serves every row whose radix^v is at most 2^64: 38 decimal digits, 24 characters of 36, 128 bits.
//!
//! # Promises
//!
//! - No branch, division or look-up depends on a half: the remainders are multiplications by reciprocals that belong to
//!   the cipher. What a round does is decided once for all its rows.
//!
//! # What this module does not know
//!
//! Numerals, contexts, and how many of its lanes hold rows.
//!
//! SPEC: NIST SP 800-38G, Algorithms 7 and 8, step 6; b <= 8 and d <= 12 here, so S is a part of R. Reciprocals: Barrett
//! (1986); Möller and Granlund, "Improved division by invariant integers" (2011), Algorithm 4.

use aes::Block;
use num_bigint::BigUint;

use crate::ff1::{key::Schedule, parameters::Parameters};

/// Which of the two algorithms.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Direction {
    Decrypt,
    Encrypt,
}

/// Rounds on halves of at most 64 bits.
pub(crate) struct NarrowRounds {
    even: Modulus,
    odd: Modulus,
    /// radix^u − 1 and radix^v − 1.
    pub(crate) greatest: (u64, u64),
    /// Bits of NUM(B) in its block, before `i`.
    half_bits: usize,
}

impl NarrowRounds {
    /// `None` when radix^v exceeds 2^64.
    pub(crate) fn new(parameters: &Parameters) -> Option<Self> {
        let greatest_a = u64::try_from(&parameters.even - 1u32).ok()?;
        let greatest_b = u64::try_from(&parameters.odd - 1u32).ok()?;
        let long = parameters.d == 12;
        Some(Self {
            even: Modulus::new(&parameters.even, long),
            odd: Modulus::new(&parameters.odd, long),
            greatest: (greatest_a, greatest_b),
            half_bits: 8 * parameters.b,
        })
    }

    /// Step 6 for `L` rows. Even rounds change A, odd ones B; so nothing is ever exchanged.
    pub(crate) fn run<const L: usize>(
        &self,
        schedule: &Schedule,
        bases: &[u128; L],
        a: &mut [u64; L],
        b: &mut [u64; L],
        direction: Direction,
    ) {
        for step in 0..10u128 {
            let round = if direction == Direction::Encrypt { step } else { 9 - step };
            let index = round << self.half_bits;
            // 6.v. If i is even, let m = u; else, let m = v.
            if round % 2 == 0 {
                self.even.round(schedule, bases, index, b, a, direction);
            } else {
                self.odd.round(schedule, bases, index, a, b, direction);
            }
        }
    }
}

/// A modulus radix^m and what makes remainders of y cheap. y has 64 bits if d = 8 and 96 if d = 12.
#[derive(Clone, Copy, Debug)]
enum Modulus {
    /// 2^32 < M < 2^64, d = 12.
    Long(LongDivisor),
    /// M = 2^k, k <= 64; `unused` low bits of the first 96 bits of R are beyond y.
    PowerOfTwo { mask: u64, long: bool },
    /// M <= 2^32, d = 8.
    Short(ShortDivisor),
    /// M <= 2^32, d = 12.
    ShortOfLong(ShortDivisor),
}

impl Modulus {
    #[expect(clippy::expect_used, reason = "a modulus of this tier that is no power of two is below 2^64")]
    fn new(modulus: &BigUint, long: bool) -> Self {
        let greatest = u64::try_from(modulus - 1u32).expect("a modulus of at most 2^64");
        if modulus.count_ones() == 1 {
            return Self::PowerOfTwo { mask: greatest, long };
        }
        let modulus = greatest + 1;
        match (long, modulus <= 1 << 32) {
            (false, _) => Self::Short(ShortDivisor::new(modulus)),
            (true, true) => Self::ShortOfLong(ShortDivisor::new(modulus)),
            (true, false) => Self::Long(LongDivisor::new(modulus)),
        }
    }

    /// One round of all rows: the decision here, the loop below.
    fn round<const L: usize>(
        &self,
        schedule: &Schedule,
        bases: &[u128; L],
        index: u128,
        source: &[u64; L],
        target: &mut [u64; L],
        direction: Direction,
    ) {
        let inputs = Inputs { schedule, bases, index, source };
        match (*self, direction) {
            (Self::PowerOfTwo { mask, long: false }, Direction::Encrypt) => {
                inputs.apply(target, |x, high, _| x.wrapping_add(high) & mask);
            }
            (Self::PowerOfTwo { mask, long: false }, Direction::Decrypt) => {
                inputs.apply(target, |x, high, _| x.wrapping_sub(high) & mask);
            }
            (Self::PowerOfTwo { mask, long: true }, Direction::Encrypt) => {
                inputs.apply(target, |x, high, low| x.wrapping_add(high << 32 | low) & mask);
            }
            (Self::PowerOfTwo { mask, long: true }, Direction::Decrypt) => {
                inputs.apply(target, |x, high, low| x.wrapping_sub(high << 32 | low) & mask);
            }
            (Self::Short(divisor), Direction::Encrypt) => {
                inputs.apply(target, |x, high, _| divisor.add(x, divisor.rough_remainder(high)));
            }
            (Self::Short(divisor), Direction::Decrypt) => {
                inputs.apply(target, |x, high, _| divisor.subtract(x, divisor.rough_remainder(high)));
            }
            (Self::ShortOfLong(divisor), Direction::Encrypt) => {
                inputs.apply(target, |x, high, low| divisor.add(x, divisor.rough_remainder_of_long(high, low)));
            }
            (Self::ShortOfLong(divisor), Direction::Decrypt) => {
                inputs.apply(target, |x, high, low| divisor.subtract(x, divisor.rough_remainder_of_long(high, low)));
            }
            (Self::Long(divisor), Direction::Encrypt) => {
                inputs.apply(target, |x, high, low| divisor.add(x, divisor.remainder(high, low)));
            }
            (Self::Long(divisor), Direction::Decrypt) => {
                inputs.apply(target, |x, high, low| divisor.subtract(x, divisor.remainder(high, low)));
            }
        }
    }
}

/// What a round reads.
struct Inputs<'a, const L: usize> {
    schedule: &'a Schedule,
    bases: &'a [u128; L],
    index: u128,
    source: &'a [u64; L],
}

impl<const L: usize> Inputs<'_, L> {
    /// Steps 6.i to 6.vi. `change` gets a half, the first 8 bytes of R, and the 4 bytes after them.
    #[inline(always)]
    fn apply(&self, target: &mut [u64; L], change: impl Fn(u64, u64, u64) -> u64) {
        // 6.i. The last block of Q: chain xor T, [i]^1 and NUM(B) stand in different bytes of it.
        let mut blocks = [Block::default(); L];
        for ((block, base), half) in blocks.iter_mut().zip(self.bases).zip(self.source) {
            *block = (base ^ self.index ^ u128::from(*half)).to_be_bytes().into();
        }
        // 6.ii. Let R = PRF(P || Q).
        self.schedule.encrypt_blocks(&mut blocks);
        // 6.iii. Let S be the first d bytes of R. 6.iv. Let y = NUM(S). 6.vi. Let c = (NUM(A) ± y) mod radix^m.
        for (half, block) in target.iter_mut().zip(blocks) {
            let r = u128::from_be_bytes(block.into());
            *half = change(*half, (r >> 64) as u64, u64::from((r >> 32) as u32));
        }
    }
}

/// A divisor 2 <= M <= 2^32, no power of two.
#[derive(Clone, Copy, Debug)]
struct ShortDivisor {
    modulus: u64,
    /// floor(2^64 / M)
    reciprocal: u64,
}

impl ShortDivisor {
    fn new(modulus: u64) -> Self {
        // M is no power of two, so floor((2^64 − 1) / M) = floor(2^64 / M).
        Self { modulus, reciprocal: u64::MAX / modulus }
    }

    /// y mod M or M more: the quotient estimate is exact or one too small, as y · (2^64 / M − reciprocal) < 2^64.
    #[inline(always)]
    fn rough_remainder(&self, y: u64) -> u64 {
        let quotient = ((u128::from(y) * u128::from(self.reciprocal)) >> 64) as u64;
        y.wrapping_sub(quotient.wrapping_mul(self.modulus))
    }

    /// (high · 2^32 + low) mod M or M more.
    #[inline(always)]
    fn rough_remainder_of_long(&self, high: u64, low: u64) -> u64 {
        let first = self.lower(self.rough_remainder(high));
        self.rough_remainder(first << 32 | low)
    }

    /// (x + r) mod M for x < M and r < 2M; the sum is below 3M < 2^34.
    #[inline(always)]
    fn add(&self, x: u64, r: u64) -> u64 {
        self.lower(self.lower(x + r))
    }

    /// (x − r) mod M for x < M and r < 2M; x + 2M − r is in 1..3M.
    #[inline(always)]
    fn subtract(&self, x: u64, r: u64) -> u64 {
        self.lower(self.lower(x + 2 * self.modulus - r))
    }

    /// x − M, or x if that is negative.
    #[inline(always)]
    fn lower(&self, x: u64) -> u64 {
        x.wrapping_sub(self.modulus).wrapping_add(self.modulus & ones_if_less(x, self.modulus))
    }
}

/// A divisor 2^32 < M < 2^64.
#[derive(Clone, Copy, Debug)]
struct LongDivisor {
    modulus: u64,
    /// Leading zero bits of M; at most 31.
    shift: u32,
    /// floor((2^128 − 1) / (M << shift)) − 2^64
    reciprocal: u64,
}

impl LongDivisor {
    fn new(modulus: u64) -> Self {
        let shift = modulus.leading_zeros();
        let reciprocal = (u128::MAX / u128::from(modulus << shift)) as u64;
        Self { modulus, shift, reciprocal }
    }

    /// (high · 2^32 + low) mod M. Its high word, shifted, is below 2^(32 + shift) <= 2^63 <= M << shift.
    #[inline(always)]
    fn remainder(&self, high: u64, low: u64) -> u64 {
        let divisor = self.modulus << self.shift;
        // The dividend and the divisor, both shifted by at most 31 bits; 32 − shift and 32 + shift are in range.
        let upper = high >> (32 - self.shift);
        let lower = high << (32 + self.shift) | low << self.shift;
        // Algorithm 4: (q1, q0) = reciprocal · upper + dividend; q1 is the quotient, one too many or one too few.
        let dividend = u128::from(upper) << 64 | u128::from(lower);
        let estimate = (u128::from(self.reciprocal) * u128::from(upper)).wrapping_add(dividend);
        let quotient = ((estimate >> 64) as u64).wrapping_add(1);
        let rest = lower.wrapping_sub(quotient.wrapping_mul(divisor));
        let rest = rest.wrapping_add(divisor & ones_if_less(estimate as u64, rest));
        let rest = rest.wrapping_sub(divisor).wrapping_add(divisor & ones_if_less(rest, divisor));
        rest >> self.shift
    }

    /// (x + r) mod M for x, r < M.
    #[inline(always)]
    fn add(&self, x: u64, r: u64) -> u64 {
        self.subtract_below(x, self.modulus - r)
    }

    /// (x − r) mod M for x, r < M.
    #[inline(always)]
    fn subtract(&self, x: u64, r: u64) -> u64 {
        self.subtract_below(x, r)
    }

    /// x − s, or M more if that is negative, for x < M and s <= M.
    #[inline(always)]
    fn subtract_below(&self, x: u64, s: u64) -> u64 {
        x.wrapping_sub(s).wrapping_add(self.modulus & ones_if_less(x, s))
    }
}

/// All ones if x < y, else zero: the borrow of x − y. A comparison would be turned into a branch that guesses wrong.
#[inline(always)]
fn ones_if_less(x: u64, y: u64) -> u64 {
    (u128::from(x).wrapping_sub(u128::from(y)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// Dividends where an estimate can go wrong: around multiples of the modulus and at both ends.
    fn dividends(modulus: u128, bits: u32) -> Vec<u128> {
        let top = (1u128 << bits) - 1;
        let mut found: Vec<u128> = (0..4).flat_map(|k| [k, top - k]).collect();
        for quotient in [1, 2, 3, top / modulus, top / modulus / 2, top / modulus / 3] {
            for offset in 0..4 {
                found.push(quotient * modulus + offset);
                found.push((quotient * modulus).saturating_sub(offset));
            }
        }
        let mut state = 0x9e37_79b9_7f4a_7c15_u128;
        for _ in 0..2000 {
            state = state.wrapping_mul(0xda94_2042_e4dd_58b5_da94_2042_e4dd_58b5).wrapping_add(modulus);
            found.push(state >> (128 - bits));
        }
        found.retain(|dividend| *dividend <= top);
        found
    }

    #[test]
    fn short_remainders_are_exact() {
        for modulus in [3, 5, 10, 100, 999, 65_535, 99_999, 100_000_000, (1 << 31) - 1, (1 << 32) - 5, (1 << 32) - 1] {
            let divisor = ShortDivisor::new(modulus);
            for y in dividends(u128::from(modulus), 64) {
                let remainder = (y % u128::from(modulus)) as u64;
                for x in [0, 1, modulus / 2, modulus - 1] {
                    assert_eq!(divisor.add(x, divisor.rough_remainder(y as u64)), (x + remainder) % modulus);
                    let difference = (x + modulus - remainder) % modulus;
                    assert_eq!(divisor.subtract(x, divisor.rough_remainder(y as u64)), difference);
                }
            }
            for y in dividends(u128::from(modulus), 96) {
                let rough = divisor.rough_remainder_of_long((y >> 32) as u64, u64::from(y as u32));
                assert_eq!(divisor.add(0, rough), (y % u128::from(modulus)) as u64);
            }
        }
    }

    #[test]
    fn long_remainders_are_exact() {
        let near = |bits: u32| [(1u64 << bits) - 1, (1 << bits) + 1, (1 << bits) + (1 << (bits - 1)) + 7];
        let moduli = [near(33), near(48), near(62), near(63)].concat();
        for modulus in moduli.into_iter().chain([(1 << 32) + 1, 10u64.pow(19), 36u64.pow(12), u64::MAX]) {
            let divisor = LongDivisor::new(modulus);
            let wide = u128::from(modulus);
            for y in dividends(wide, 96) {
                let remainder = divisor.remainder((y >> 32) as u64, u64::from(y as u32));
                assert_eq!(u128::from(remainder), y % wide);
                for x in [0, 1, modulus / 2, modulus - 1] {
                    let sum = (u128::from(x) + u128::from(remainder)) % wide;
                    let difference = (u128::from(x) + wide - u128::from(remainder)) % wide;
                    assert_eq!(u128::from(divisor.add(x, remainder)), sum);
                    assert_eq!(u128::from(divisor.subtract(x, remainder)), difference);
                }
            }
        }
    }
}
