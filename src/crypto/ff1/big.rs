//! FF1 on halves of any width, one row at a time.
//!
//! # Promises
//!
//! - As plain as the document, on big integers; the tiers for narrower halves must agree with it bit by bit.
//!
//! # What this module does not know
//!
//! Numerals. The time of a row depends on its halves.
//!
//! SPEC: NIST SP 800-38G, Algorithms 7 and 8, step 6.

use alloc::{vec, vec::Vec};

use num_bigint::BigUint;

use crate::ff1::{key::Schedule, layout::Layout, limits::MAX_CONTEXT, parameters::Parameters};

/// Both halves of a row, NUM(A) < radix^u and NUM(B) < radix^v.
pub(crate) struct Halves {
    pub(crate) a: BigUint,
    pub(crate) b: BigUint,
}

/// What a row is enciphered with.
pub(crate) struct BigRounds<'a> {
    pub(crate) schedule: &'a Schedule,
    pub(crate) parameters: &'a Parameters,
    pub(crate) layout: &'a Layout,
}

impl BigRounds<'_> {
    /// Algorithm 7, step 6. Even rounds change A, odd ones B; so nothing is ever exchanged.
    pub(crate) fn encrypt(&self, halves: &mut Halves, context: Option<&[u8; MAX_CONTEXT]>) {
        let base = self.base(context);
        for round in 0..10 {
            // 6.v. If i is even, let m = u; else, let m = v. 6.vi. Let c = (NUM(A) + y) mod radix^m.
            if round % 2 == 0 {
                halves.a = (&halves.a + self.y(base, round, &halves.b)) % &self.parameters.even;
            } else {
                halves.b = (&halves.b + self.y(base, round, &halves.a)) % &self.parameters.odd;
            }
        }
    }

    /// Algorithm 8, step 6: the rounds from 9 to 0, the sum turned into a difference.
    pub(crate) fn decrypt(&self, halves: &mut Halves, context: Option<&[u8; MAX_CONTEXT]>) {
        let base = self.base(context);
        for round in (0..10).rev() {
            if round % 2 == 0 {
                let y = self.y(base, round, &halves.b) % &self.parameters.even;
                halves.a = (&halves.a + &self.parameters.even - y) % &self.parameters.even;
            } else {
                let y = self.y(base, round, &halves.a) % &self.parameters.odd;
                halves.b = (&halves.b + &self.parameters.odd - y) % &self.parameters.odd;
            }
        }
    }

    fn base(&self, context: Option<&[u8; MAX_CONTEXT]>) -> u128 {
        let [base] = self.layout.bases::<1>(self.schedule, context.map(core::slice::from_ref));
        base
    }

    /// Steps 6.i to 6.iv: y = NUM(S) for the half that the round does not change.
    fn y(&self, base: u128, round: u8, half: &BigUint) -> BigUint {
        let Parameters { b, d, .. } = *self.parameters;
        // 6.i. The blocks from the one of [i]^1 on; the first one still lacks `base`.
        let bytes = half.to_bytes_be();
        let mut tail: Vec<u8> = vec![0; self.layout.index_at];
        tail.push(round);
        tail.resize(tail.len() + b - bytes.len().min(b), 0);
        tail.extend_from_slice(&bytes);
        // 6.ii. Let R = PRF(P || Q).
        let r = tail.as_chunks().0.iter().fold((0, base), |(state, base), block| {
            (self.schedule.encrypt_block(state ^ base ^ u128::from_be_bytes(*block)), 0)
        });
        // 6.iii. Let S be the first d bytes of R || CIPH_K(R xor [1]^16) || CIPH_K(R xor [2]^16) || …
        let mut s = Vec::with_capacity(d.next_multiple_of(16));
        s.extend_from_slice(&r.0.to_be_bytes());
        for j in 1..d.div_ceil(16) {
            s.extend_from_slice(&self.schedule.encrypt_block(r.0 ^ j as u128).to_be_bytes());
        }
        s.truncate(d);
        // 6.iv. Let y = NUM(S).
        BigUint::from_bytes_be(&s)
    }
}
