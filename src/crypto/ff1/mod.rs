//! FF1 of NIST SP 800-38G, a batch at a time.
//!
//! [`NumeralCipher`] enciphers numeral strings of one radix and length, [`RankCipher`] and [`WideRankCipher`] the
//! numbers below any size. Rows go through the ten rounds in lockstep, so that the block cipher sees 64 independent
//! blocks at a time.
//!
//! # Promises
//!
//! - Integers only, from the document's logarithm to its last remainder.
//! - A message space below 10^6 is refused; the one door round that is called `insecure_below_floor`.
//! - A row's result depends on its numerals, its context and the cipher; never on its neighbours or its place.
//!
//! # What this module does not know
//!
//! Alphabets, separators, and what to do with a cell that does not fit.
//!
//! SPEC: NIST SP 800-38G, Algorithms 7 and 8; Revision 1 (second public draft) for the least message space.

mod big;
mod cipher;
mod error;
mod key;
mod layout;
mod limits;
mod narrow;
mod parameters;
mod positional;
mod rank;
mod tier;
mod walk;
mod wide;
mod wide_rank;

pub use num_bigint::BigUint;

pub use self::{
    cipher::NumeralCipher,
    error::Ff1Error,
    key::Ff1Key,
    limits::{MAX_CONTEXT, MAX_LENGTH, MIN_MESSAGE_SPACE},
    rank::RankCipher,
    wide_rank::WideRankCipher,
};
