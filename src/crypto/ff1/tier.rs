//! Which integers hold the halves of a row: 64 bits, 128 bits, or any width.
//!
//! # Promises
//!
//! - The tier follows from radix and length alone.
//!
//! # What this module does not know
//!
//! Keys, contexts and batches.
//!
//! SPEC: NIST SP 800-38G, Algorithms 7 and 8, step 6.

use crate::ff1::{
    key::Schedule,
    layout::Layout,
    narrow::{Direction, NarrowRounds},
    parameters::Parameters,
    positional::Positional,
    wide::WideRounds,
};

/// What holds a half.
pub(crate) enum Tier {
    /// An integer of any width.
    Big,
    /// 64 bits.
    Narrow(NarrowRounds),
    /// 128 bits.
    Wide(WideRounds),
}

impl Tier {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        match (NarrowRounds::new(parameters), WideRounds::new(parameters)) {
            (Some(narrow), _) => Self::Narrow(narrow),
            (None, Some(wide)) => Self::Wide(wide),
            (None, None) => Self::Big,
        }
    }
}

/// A machine integer that holds a half.
pub(crate) trait Half: Copy + Default + Ord {
    /// NUM of some numerals, each below the radix.
    fn fold(numerals: &[u16], positional: &Positional) -> Self;

    /// STR of a number, over some numerals.
    fn unfold(self, numerals: &mut [u16], positional: &Positional);

    /// radix^u − 1 and radix^v − 1; `None` when the tier's halves are wider.
    fn greatest(tier: &Tier) -> Option<(Self, Self)>;

    /// Step 6 for `L` rows. A tier whose halves are wider leaves them alone: `greatest` has told the caller.
    fn run<const L: usize>(
        tier: &Tier,
        schedule: &Schedule,
        layout: &Layout,
        bases: &[u128; L],
        halves: (&mut [Self; L], &mut [Self; L]),
        direction: Direction,
    );
}

impl Half for u64 {
    fn fold(numerals: &[u16], positional: &Positional) -> Self {
        positional.fold_word(numerals)
    }

    fn unfold(self, numerals: &mut [u16], positional: &Positional) {
        positional.unfold_word(self, numerals);
    }

    fn greatest(tier: &Tier) -> Option<(Self, Self)> {
        match tier {
            Tier::Narrow(rounds) => Some(rounds.greatest),
            Tier::Big | Tier::Wide(_) => None,
        }
    }

    fn run<const L: usize>(
        tier: &Tier,
        schedule: &Schedule,
        _: &Layout,
        bases: &[u128; L],
        (a, b): (&mut [Self; L], &mut [Self; L]),
        direction: Direction,
    ) {
        if let Tier::Narrow(rounds) = tier {
            rounds.run(schedule, bases, a, b, direction);
        }
    }
}

impl Half for u128 {
    fn fold(numerals: &[u16], positional: &Positional) -> Self {
        positional.fold_wide(numerals)
    }

    fn unfold(self, numerals: &mut [u16], positional: &Positional) {
        positional.unfold_wide(self, numerals);
    }

    fn greatest(tier: &Tier) -> Option<(Self, Self)> {
        match tier {
            Tier::Big => None,
            Tier::Narrow(rounds) => Some((rounds.greatest.0.into(), rounds.greatest.1.into())),
            Tier::Wide(rounds) => Some(rounds.greatest),
        }
    }

    fn run<const L: usize>(
        tier: &Tier,
        schedule: &Schedule,
        layout: &Layout,
        bases: &[u128; L],
        (a, b): (&mut [Self; L], &mut [Self; L]),
        direction: Direction,
    ) {
        match tier {
            Tier::Big => {}
            Tier::Narrow(rounds) => {
                let (mut narrow_a, mut narrow_b) = (a.map(|half| half as u64), b.map(|half| half as u64));
                rounds.run(schedule, bases, &mut narrow_a, &mut narrow_b, direction);
                (*a, *b) = (narrow_a.map(u128::from), narrow_b.map(u128::from));
            }
            Tier::Wide(rounds) => rounds.run(schedule, layout, bases, a, b, direction),
        }
    }
}
