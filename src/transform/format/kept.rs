//! The ends of a digit string that a rule leaves in clear.
//!
//! # What this module does not know
//!
//! Which format keeps them.

use std::fmt;

use counterfoil_crypto::digest::sha256;

use crate::transform::{class::CONTEXT, lanes::Unfit};

/// How many digits at each end stay as they are.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Kept {
    /// Digits at the start.
    pub first: usize,
    /// Digits at the end.
    pub last: usize,
}

impl Kept {
    /// Nothing is kept.
    pub const NOTHING: Self = Self { first: 0, last: 0 };

    /// Whether a context is bound.
    pub(crate) fn binds(self) -> bool {
        self != Self::NOTHING
    }

    /// The digits between the kept ends, and the context that the kept ones make.
    ///
    /// `digits` are numbers 0 to 9; the context is over their ASCII form, first end before last.
    pub(crate) fn part(self, digits: &[u8]) -> Result<(&[u8], [u8; CONTEXT]), Unfit> {
        let middle = digits.len().checked_sub(self.first + self.last).ok_or(Unfit::Short)?;
        let (first, rest) = digits.split_at_checked(self.first).ok_or(Unfit::Short)?;
        let (middle, last) = rest.split_at_checked(middle).ok_or(Unfit::Short)?;
        if !self.binds() {
            return Ok((middle, [0; CONTEXT]));
        }
        let kept: Vec<u8> = first.iter().chain(last).map(|digit| digit + b'0').collect();
        Ok((middle, context(&kept)))
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.binds() { write!(f, ":{},{}", self.first, self.last) } else { Ok(()) }
    }
}

/// `SHA-256(kept)[..8]`
pub(crate) fn context(kept: &[u8]) -> [u8; CONTEXT] {
    let digest = sha256(kept);
    let mut context = [0; CONTEXT];
    context.iter_mut().zip(digest.0).for_each(|(to, from)| *to = from);
    context
}
