//! What a rule decides besides its transform, and the keys that a transform is bound to.
//!
//! # What this module does not know
//!
//! How a policy spells these, and where the keys are kept.

use counterfoil_crypto::secret::Secret;

use crate::names::{Domain, KeyVersion};

/// Which way a reversible transform goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// From tokens back to cells. Only the room `detokenize` asks for this.
    Detokenize,
    /// From cells to tokens.
    Tokenize,
}

/// What becomes of a cell that its column's format cannot hold.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum OnMisfit {
    /// The run ends; nothing is published.
    Fail,
    /// The cell becomes null.
    Null,
    /// The cell becomes a one-way token; text columns only.
    Pseudonym,
    /// The cell is sealed; text columns only.
    Seal,
}

/// What becomes of a message space below 10^6, where FF1 is refused.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SmallSpace {
    /// A keyed permutation table stands in for FF1.
    Permute,
    /// The cell is a misfit; a format that is small as a whole is refused at `bind`.
    Refuse,
}

/// The root key of one key version, and the domain that tokens are made for.
///
/// Nothing of it outlives `bind`: a bound transform holds derived keys only.
#[derive(Clone, Copy)]
pub struct DomainKeys<'a> {
    /// The join scope.
    pub domain: &'a Domain,
    /// The root of the key version; every key is derived from it.
    pub root: &'a Secret<32>,
    /// The number of the key version.
    pub version: KeyVersion,
}
