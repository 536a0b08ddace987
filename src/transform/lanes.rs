//! The numbers of a column, sorted by class: what stands between reading cells and writing tokens.
//!
//! # Promises
//!
//! - Within a group, numbers stand in the order of their rows; each row is in one group at most.
//! - A class is looked up in a table, not in a map: there is one for each batch.
//!
//! # What this module does not know
//!
//! What the numbers mean.

use std::sync::Arc;

use counterfoil_crypto::ff1::BigUint;

use crate::transform::{
    cipher::{Ciphers, ClassCipher},
    error::TransformError,
    format::{CONTEXT, Language, Unfit},
};

/// The numbers of one class. Which of the vectors is filled, the class's space says.
pub(crate) struct Group {
    /// Which class.
    pub(crate) class: u32,
    /// Its cipher.
    pub(crate) cipher: Arc<ClassCipher>,
    /// The row of each number.
    pub(crate) rows: Vec<u32>,
    /// First halves of numeral strings, or ranks below 2^64.
    pub(crate) a: Vec<u64>,
    /// Second halves.
    pub(crate) b: Vec<u64>,
    /// Ranks below 2^128.
    pub(crate) wide: Vec<u128>,
    /// Ranks beyond.
    pub(crate) big: Vec<BigUint>,
    /// Numeral strings, one after the other.
    pub(crate) numerals: Vec<u16>,
    /// What is bound beside the tweak, where the class binds anything.
    pub(crate) contexts: Vec<[u8; CONTEXT]>,
}

impl Group {
    /// The half-wise number at an index.
    pub(crate) fn halves(&self, index: usize) -> (u64, u64) {
        (self.rank(index), self.b.get(index).copied().unwrap_or_default())
    }

    /// The rank at an index.
    pub(crate) fn rank(&self, index: usize) -> u64 {
        self.a.get(index).copied().unwrap_or_default()
    }

    /// The wide rank at an index.
    pub(crate) fn wide_rank(&self, index: usize) -> u128 {
        self.wide.get(index).copied().unwrap_or_default()
    }

    /// The numeral string at an index.
    pub(crate) fn numerals(&self, index: usize, length: usize) -> &[u16] {
        self.numerals.get(index * length..(index + 1) * length).unwrap_or_default()
    }
}

/// All groups of one batch, and where each row went.
pub(crate) struct Lanes<'c> {
    ciphers: &'c Ciphers,
    language: &'c dyn Language,
    /// For each class the number of its group, or one of the two marks below.
    slots: Vec<u32>,
    groups: Vec<Group>,
    /// For each row the number of its group, or [`NOWHERE`].
    places: Vec<u32>,
    failure: Option<TransformError>,
}

impl<'c> Lanes<'c> {
    pub(crate) fn new(language: &'c dyn Language, ciphers: &'c Ciphers, rows: usize) -> Self {
        Self {
            ciphers,
            language,
            slots: vec![UNSEEN; language.classes() as usize],
            groups: Vec::new(),
            places: Vec::with_capacity(rows),
            failure: None,
        }
    }

    /// Puts the next row into the group of a class; the caller pushes the row's number to it.
    ///
    /// The last thing that a reader asks for: after it the row must not turn out a misfit.
    pub(crate) fn enter(&mut self, class: u32) -> Result<&mut Group, Unfit> {
        let mut slot = self.slots.get(class as usize).copied().unwrap_or(REFUSED);
        if slot == UNSEEN {
            slot = self.open(class);
        }
        let group = self.groups.get_mut(slot as usize).ok_or(Unfit::Short)?;
        // A batch has fewer than 2^32 rows: `places` would not fit into memory otherwise.
        group.rows.push(self.places.len() as u32);
        self.places.push(slot);
        Ok(group)
    }

    /// Says that the next row is in no group.
    pub(crate) fn skip(&mut self) {
        self.places.push(NOWHERE);
    }

    /// Tells a cipher that could not be made from a misfit.
    pub(crate) fn check(&mut self) -> Result<(), TransformError> {
        self.failure.take().map_or(Ok(()), Err)
    }

    /// The groups, and for each row the number of its group or [`NOWHERE`].
    pub(crate) fn finish(self) -> (Vec<Group>, Vec<u32>) {
        (self.groups, self.places)
    }

    fn open(&mut self, class: u32) -> u32 {
        let slot = match self.ciphers.class(self.language, class) {
            Ok(Some(cipher)) => {
                self.groups.push(Group {
                    class,
                    cipher,
                    rows: Vec::new(),
                    a: Vec::new(),
                    b: Vec::new(),
                    wide: Vec::new(),
                    big: Vec::new(),
                    numerals: Vec::new(),
                    contexts: Vec::new(),
                });
                // As many groups as classes at most, and their number is a u32.
                (self.groups.len() - 1) as u32
            }
            Ok(None) => REFUSED,
            Err(failure) => {
                self.failure = Some(failure);
                REFUSED
            }
        };
        if let Some(place) = self.slots.get_mut(class as usize) {
            *place = slot;
        }
        slot
    }
}

/// The place of a row that is in no group.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// A class that this batch has not met yet.
const UNSEEN: u32 = u32::MAX;

/// A class whose message space is too small.
const REFUSED: u32 = u32::MAX - 1;
