//! Cycle walking of many rows at once.
//!
//! A permutation of a larger set, applied again and again until the result falls into a smaller one, is a permutation of
//! the smaller one. Rows that fell outside are gathered and take the next steps together.
//!
//! # Promises
//!
//! - Every walk that starts inside ends inside: in the worst case it goes round its cycle to where it started.
//!
//! # What this module does not know
//!
//! Which permutation it is.
//!
//! SPEC: Black and Rogaway, "Ciphers with Arbitrary Finite Domains" (2002), method 2.

use alloc::vec::Vec;

use crate::ff1::{cipher::Contexts, limits::MAX_CONTEXT};

/// Applies `step` to all ranks, and again to those that are not `inside`, until all are.
pub(crate) fn walk<R: Clone>(
    ranks: &mut [R],
    contexts: Contexts<'_>,
    step: impl Fn(&mut [R], Contexts<'_>),
    inside: impl Fn(&R) -> bool,
) {
    step(ranks, contexts);
    let mut strays = Strays { places: Vec::new(), ranks: Vec::new(), contexts: contexts.map(|_| Vec::new()) };
    for (place, rank) in ranks.iter().enumerate() {
        if !inside(rank) {
            strays.push(place, rank.clone(), contexts.and_then(|contexts| contexts.get(place)));
        }
    }
    while !strays.places.is_empty() {
        step(&mut strays.ranks, strays.contexts.as_deref());
        let mut outside = Strays { places: Vec::new(), ranks: Vec::new(), contexts: contexts.map(|_| Vec::new()) };
        for (nth, (place, rank)) in strays.places.into_iter().zip(strays.ranks).enumerate() {
            match ranks.get_mut(place) {
                Some(home) if inside(&rank) => *home = rank,
                _ => outside.push(place, rank, strays.contexts.as_ref().and_then(|contexts| contexts.get(nth))),
            }
        }
        strays = outside;
    }
}

/// Rows that are still outside.
struct Strays<R> {
    places: Vec<usize>,
    ranks: Vec<R>,
    contexts: Option<Vec<[u8; MAX_CONTEXT]>>,
}

impl<R> Strays<R> {
    fn push(&mut self, place: usize, rank: R, context: Option<&[u8; MAX_CONTEXT]>) {
        self.places.push(place);
        self.ranks.push(rank);
        if let (Some(contexts), Some(context)) = (&mut self.contexts, context) {
            contexts.push(*context);
        }
    }
}
