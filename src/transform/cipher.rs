//! The ciphers of a format's classes: made when a class is first met, kept for the next batch.
//!
//! # Promises
//!
//! - FF1 is never used below 10^6 strings: a permutation table stands in where the rule asks for one.
//! - A class has the same cipher in every batch, thread and process: it depends on key, domain, format and class alone.
//!
//! # What this module does not know
//!
//! Cells, rows, Arrow.
//!
//! SPEC: `schemas/token.v1.md`, keys and tweaks.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use counterfoil_crypto::{
    ff1::{BigUint, Ff1Error, Ff1Key, NumeralCipher, RankCipher, WideRankCipher},
    kdf::{derive, derive_labelled, tweak},
    permute::Permutation,
    secret::Secret,
};

use crate::transform::{
    class::{CONTEXT, Class, FLOOR, Space, Width},
    error::TransformError,
    lanes::Group,
    options::{Direction, DomainKeys, SmallSpace},
};

/// The cipher of one class.
pub(crate) enum ClassCipher {
    /// FF1 over numeral strings.
    Numerals(NumeralCipher),
    /// FF1 with cycle walking over ranks.
    Ranks(RankCipher),
    /// A table, over numeral strings of which the second half has `modulus` values, or over ranks with a modulus of 1.
    Table { modulus: u64, table: Permutation },
    /// FF1 with cycle walking over ranks beyond 128 bits.
    Wide(WideRankCipher),
}

/// Makes and keeps the ciphers of one format under one key.
pub(crate) struct Ciphers {
    domain: String,
    format: String,
    key: Ff1Key,
    made: RwLock<HashMap<u32, Option<Arc<ClassCipher>>>>,
    small: SmallSpace,
    /// The root of all tables of this domain and format.
    tables: Secret<32>,
}

impl Ciphers {
    /// Derives the keys of a format.
    pub(crate) fn new(format: String, keys: DomainKeys<'_>, small: SmallSpace) -> Self {
        let domain = keys.domain.as_str();
        let key: Secret<32> = derive(keys.root, "tokenize", domain, &format);
        Self {
            key: Ff1Key::new(&key),
            tables: derive(keys.root, "permute", domain, &format),
            domain: domain.to_owned(),
            format,
            made: RwLock::default(),
            small,
        }
    }

    /// The cipher of a class; `None` where the class is too small and no table is asked for.
    pub(crate) fn of(&self, number: u32, class: &Class) -> Result<Option<Arc<ClassCipher>>, TransformError> {
        // A poisoned lock means that another thread panicked between two finished insertions: the map is whole.
        if let Some(made) = self.made.read().unwrap_or_else(|poisoned| poisoned.into_inner()).get(&number) {
            return Ok(made.clone());
        }
        let cipher = self.make(class)?.map(Arc::new);
        let mut made = self.made.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if made.len() < MAX_KEPT {
            made.insert(number, cipher.clone());
        }
        Ok(cipher)
    }

    fn make(&self, class: &Class) -> Result<Option<ClassCipher>, TransformError> {
        if let Some(size) = class.space.size().filter(|size| *size < FLOOR) {
            // A space of one string has no token but the string itself.
            return match self.small {
                SmallSpace::Permute if size > 1 => self.table(class, size).map(Some),
                _ => Ok(None),
            };
        }
        let tweak = tweak(&self.domain, &self.format, &class.label);
        let context = if class.binds { CONTEXT } else { 0 };
        let cipher = match class.space {
            Space::Numerals { radix, length } => {
                NumeralCipher::new(&self.key, radix, length, &tweak, context).map(ClassCipher::Numerals)
            }
            Space::Ranks(size) => RankCipher::new(&self.key, size, &tweak, context).map(ClassCipher::Ranks),
            Space::Ranks128 => RankCipher::up_to(&self.key, u128::MAX, &tweak, context).map(ClassCipher::Ranks),
            Space::Mixed { letters, digits } => {
                let size = BigUint::from(26u8).pow(letters) * BigUint::from(10u8).pow(digits);
                WideRankCipher::new(&self.key, &size, &tweak, context).map(ClassCipher::Wide)
            }
        };
        cipher.map(Some).map_err(|_| self.defect(&class.label))
    }

    fn table(&self, class: &Class, size: u128) -> Result<ClassCipher, TransformError> {
        // The caller has seen to size < 10^6.
        let size = size as u32;
        let key = derive_labelled(
            &self.tables,
            b"counterfoil/permute/v1",
            &[class.label.as_bytes(), &u64::from(size).to_be_bytes()],
        );
        let modulus = match class.space {
            Space::Numerals { radix, length } => u64::from(radix).pow(length.div_ceil(2) as u32),
            _ => 1,
        };
        let table = Permutation::new(&key, size).map_err(|_| self.defect(&class.label))?;
        Ok(ClassCipher::Table { modulus, table })
    }

    /// The error of a cipher that refuses what the format gives it.
    pub(crate) fn defect(&self, class: &str) -> TransformError {
        TransformError::Cipher { class: class.to_owned(), format: self.format.clone() }
    }
}

impl ClassCipher {
    /// Enciphers or deciphers all numbers of a group.
    pub(crate) fn run(&self, direction: Direction, group: &mut Group) -> Result<(), Ff1Error> {
        let Group { a, b, wide, big, numerals, contexts, width, .. } = group;
        let contexts = (!contexts.is_empty()).then_some(contexts.as_slice());
        match (self, *width, direction) {
            (Self::Numerals(cipher), Width::Halves, Direction::Tokenize) => cipher.encrypt_halves(a, b, contexts),
            (Self::Numerals(cipher), Width::Halves, Direction::Detokenize) => cipher.decrypt_halves(a, b, contexts),
            (Self::Numerals(cipher), _, Direction::Tokenize) => cipher.encrypt(numerals, contexts),
            (Self::Numerals(cipher), _, Direction::Detokenize) => cipher.decrypt(numerals, contexts),
            (Self::Ranks(cipher), Width::Narrow, Direction::Tokenize) => cipher.encrypt_u64(a, contexts),
            (Self::Ranks(cipher), Width::Narrow, Direction::Detokenize) => cipher.decrypt_u64(a, contexts),
            (Self::Ranks(_), _, _) => self.run_wide(direction, wide, contexts),
            (Self::Wide(cipher), _, Direction::Tokenize) => cipher.encrypt(big, contexts),
            (Self::Wide(cipher), _, Direction::Detokenize) => cipher.decrypt(big, contexts),
            (Self::Table { modulus, table }, _, _) => {
                // Numeral strings come in halves, ranks in one piece.
                b.resize(a.len(), 0);
                for (a, b) in a.iter_mut().zip(b) {
                    let rank = look_up(table, direction, *a * modulus + *b);
                    (*a, *b) = (rank / modulus, rank % modulus);
                }
                Ok(())
            }
        }
    }

    /// Enciphers or deciphers ranks that are kept in 128 bits.
    pub(crate) fn run_wide(
        &self,
        direction: Direction,
        ranks: &mut [u128],
        contexts: Option<&[[u8; CONTEXT]]>,
    ) -> Result<(), Ff1Error> {
        match (self, direction) {
            (Self::Ranks(cipher), Direction::Tokenize) => cipher.encrypt(ranks, contexts),
            (Self::Ranks(cipher), Direction::Detokenize) => cipher.decrypt(ranks, contexts),
            _ => Err(Ff1Error::RanksTooWide),
        }
    }
}

fn look_up(table: &Permutation, direction: Direction, rank: u64) -> u64 {
    // Ranks are below the table's size, which is a u32.
    let rank = rank as u32;
    u64::from(match direction {
        Direction::Detokenize => table.decrypt(rank),
        Direction::Tokenize => table.encrypt(rank),
    })
}

/// How many ciphers a column keeps; the rarer ones are made anew for each batch.
const MAX_KEPT: usize = 4096;
