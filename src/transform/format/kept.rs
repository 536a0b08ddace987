//! The ends of a digit string that a rule leaves in clear.
//!
//! # What this module does not know
//!
//! Which format keeps them.

use std::fmt;

use crate::transform::{
    class::CONTEXT,
    format::language::MAX_CELL,
    lanes::{Lanes, Unfit},
};

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
    pub(crate) fn part<'d>(self, digits: &'d [u8], lanes: &mut Lanes<'_>) -> Result<(&'d [u8], [u8; CONTEXT]), Unfit> {
        let middle = digits.len().checked_sub(self.first + self.last).ok_or(Unfit::Short)?;
        let (first, rest) = digits.split_at_checked(self.first).ok_or(Unfit::Short)?;
        let (middle, last) = rest.split_at_checked(middle).ok_or(Unfit::Short)?;
        if !self.binds() {
            return Ok((middle, [0; CONTEXT]));
        }
        let mut kept = [0; MAX_CELL];
        kept.iter_mut().zip(first.iter().chain(last)).for_each(|(kept, digit)| *kept = digit + b'0');
        Ok((middle, lanes.context(kept.get(..first.len() + last.len()).unwrap_or_default())))
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.binds() { write!(f, ":{},{}", self.first, self.last) } else { Ok(()) }
    }
}
