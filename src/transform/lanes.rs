//! The numbers of a column, sorted by class: what stands between reading cells and writing tokens.
//!
//! # Promises
//!
//! - Within a group, numbers stand in the order of their rows; each row is in one group at most.
//! - A class is looked up in a table, not in a map: there is one for each batch.
//!
//! # What this module does not know
//!
//! What the numbers mean, and their ciphers.

use counterfoil_crypto::{digest::sha256, ff1::BigUint};

use crate::transform::class::{CONTEXT, Width};

/// Why a cell is a misfit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unfit {
    /// Not of the format's shape.
    Shape,
    /// Of the shape, in a message space below the floor.
    Short,
}

/// The numbers of one class. The width says which of the vectors are filled.
pub(crate) struct Group {
    /// Which class.
    pub(crate) class: u32,
    /// In what its numbers are kept.
    pub(crate) width: Width,
    /// The row of each number.
    pub(crate) rows: Vec<u32>,
    /// First halves, or narrow ranks.
    pub(crate) a: Vec<u64>,
    /// Second halves.
    pub(crate) b: Vec<u64>,
    /// Wide ranks.
    pub(crate) wide: Vec<u128>,
    /// Big ranks.
    pub(crate) big: Vec<BigUint>,
    /// Numeral strings, one after the other.
    pub(crate) numerals: Vec<u16>,
    /// What is bound beside the tweak, where the class binds anything.
    pub(crate) contexts: Vec<[u8; CONTEXT]>,
}

impl Group {
    fn new(class: u32, width: Width) -> Self {
        let (rows, a, b, wide) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { class, width, rows, a, b, wide, big: Vec::new(), numerals: Vec::new(), contexts: Vec::new() }
    }

    /// The halves at an index.
    pub(crate) fn halves(&self, index: usize) -> (u64, u64) {
        (self.rank(index), self.b.get(index).copied().unwrap_or_default())
    }

    /// The narrow rank at an index.
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
pub(crate) struct Lanes<'o> {
    /// The width of a class that is met for the first time; `None` where it is too small.
    open: &'o dyn Fn(u32) -> Option<Width>,
    /// For each class the number of its group, or one of the two marks below.
    slots: Vec<u32>,
    groups: Vec<Group>,
    /// For each row the number of its group, or [`NOWHERE`].
    places: Vec<u32>,
    /// Contexts with what they were made of: the same few are asked for again and again.
    known: Vec<(Vec<u8>, [u8; CONTEXT])>,
}

impl<'o> Lanes<'o> {
    /// Lanes for some rows of a format with some classes. Groups stand in the order in which `open` was asked.
    pub(crate) fn new(classes: u32, rows: usize, open: &'o dyn Fn(u32) -> Option<Width>) -> Self {
        let slots = vec![UNSEEN; classes as usize];
        Self {
            open,
            slots,
            groups: Vec::new(),
            places: Vec::with_capacity(rows),
            known: vec![Default::default(); KNOWN],
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

    /// `SHA-256(kept)[..8]`; what is kept is not empty.
    pub(crate) fn context(&mut self, kept: &[u8]) -> [u8; CONTEXT] {
        let slot =
            kept.iter().fold(0usize, |slot, byte| slot.wrapping_mul(31).wrapping_add(usize::from(*byte))) % KNOWN;
        match self.known.get_mut(slot) {
            Some((known, context)) if known == kept => *context,
            slot => {
                let context = context(kept);
                if let Some((known, place)) = slot {
                    known.clear();
                    known.extend_from_slice(kept);
                    *place = context;
                }
                context
            }
        }
    }

    /// Says that the next row is in no group.
    pub(crate) fn skip(&mut self) {
        self.places.push(NOWHERE);
    }

    /// The groups, and for each row the number of its group or [`NOWHERE`].
    pub(crate) fn finish(self) -> (Vec<Group>, Vec<u32>) {
        (self.groups, self.places)
    }

    fn open(&mut self, class: u32) -> u32 {
        let slot = match (self.open)(class) {
            Some(width) => {
                self.groups.push(Group::new(class, width));
                // As many groups as classes at most, and their number is a u32.
                (self.groups.len() - 1) as u32
            }
            None => REFUSED,
        };
        if let Some(place) = self.slots.get_mut(class as usize) {
            *place = slot;
        }
        slot
    }
}

/// `SHA-256(kept)[..8]`
pub(crate) fn context(kept: &[u8]) -> [u8; CONTEXT] {
    let digest = sha256(kept);
    let mut context = [0; CONTEXT];
    context.iter_mut().zip(digest.0).for_each(|(to, from)| *to = from);
    context
}

/// How many contexts are known at a time.
const KNOWN: usize = 64;

/// The place of a row that is in no group.
const NOWHERE: u32 = u32::MAX;

/// A class that this batch has not met yet.
const UNSEEN: u32 = u32::MAX;

/// A class whose message space is too small.
const REFUSED: u32 = u32::MAX - 1;
