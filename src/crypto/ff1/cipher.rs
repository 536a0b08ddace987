//! FF1 over numeral strings: parameters checked, a tier chosen, rows led through it in batches.
//!
//! # Promises
//!
//! - Rows are checked before the first of them is changed: a call that fails leaves them as they were.
//! - All tiers give the same results; the tier follows from radix and length alone.
//!
//! # What this module does not know
//!
//! Which characters the numerals stand for.
//!
//! SPEC: NIST SP 800-38G, Algorithms 7 and 8.

use alloc::sync::Arc;
use core::fmt;

use crate::ff1::{
    big::{BigRounds, Halves},
    error::Ff1Error,
    key::{Ff1Key, Schedule},
    layout::Layout,
    limits::MAX_CONTEXT,
    narrow::Direction,
    parameters::Parameters,
    positional::Positional,
    tier::{Half, Tier},
};

/// Rows that go through the rounds together when there are so many: the block cipher's own cost of a call is then small.
pub(crate) const BATCH: usize = 256;

/// Lanes for the rest: the fewest blocks that the block cipher takes at full width on the widest machines. A rest is
/// padded to as many, which costs less than its blocks one by one.
const LANES: usize = 64;

/// Lanes for the rest of a rest, so that few rows do not pay for 64.
const FEW_LANES: usize = 8;

/// Contexts of some rows; of each, the cipher takes the first `context_len` bytes.
pub(crate) type Contexts<'a> = Option<&'a [[u8; MAX_CONTEXT]]>;

/// FF1 for one key, radix, length and tweak.
pub struct NumeralCipher {
    schedule: Arc<Schedule>,
    parameters: Parameters,
    layout: Layout,
    positional: Positional,
    tier: Tier,
}

impl NumeralCipher {
    /// `FF1(key, tweak || context[..context_len], ·)` for strings of `length` numerals below `radix`.
    ///
    /// # Errors
    ///
    /// [`Ff1Error`] when a parameter is outside its range or the message space below 10^6.
    pub fn new(key: &Ff1Key, radix: u32, length: usize, tweak: &[u8], context_len: usize) -> Result<Self, Ff1Error> {
        let parameters = Parameters::new(radix, length)?;
        parameters.check_message_space()?;
        Self::build(key, parameters, tweak, context_len)
    }

    /// As [`NumeralCipher::new`], without the least message space: for published vectors only. Short strings are
    /// recovered in practice, whatever the key.
    ///
    /// # Errors
    ///
    /// [`Ff1Error`] when a parameter is outside its range.
    pub fn insecure_below_floor(
        key: &Ff1Key,
        radix: u32,
        length: usize,
        tweak: &[u8],
        context_len: usize,
    ) -> Result<Self, Ff1Error> {
        Self::build(key, Parameters::new(radix, length)?, tweak, context_len)
    }

    fn build(key: &Ff1Key, parameters: Parameters, tweak: &[u8], context_len: usize) -> Result<Self, Ff1Error> {
        let schedule = Arc::clone(&key.0);
        let layout = Layout::new(&schedule, &parameters, tweak, context_len)?;
        let positional = Positional::new(parameters.radix);
        let tier = Tier::new(&parameters);
        Ok(Self { schedule, parameters, layout, positional, tier })
    }

    /// Number of different numerals.
    pub fn radix(&self) -> u32 {
        self.parameters.radix
    }

    /// Numerals of a row.
    pub fn length(&self) -> usize {
        self.parameters.length
    }

    /// Bytes of a row's context that are bound into its tweak.
    pub fn context_len(&self) -> usize {
        self.layout.context_len
    }

    /// Whether [`NumeralCipher::encrypt_halves`] serves this cipher: radix^v is at most 2^64.
    pub fn fits_u64(&self) -> bool {
        matches!(self.tier, Tier::Narrow(_))
    }

    /// Whether [`NumeralCipher::encrypt_wide_halves`] serves this cipher: radix^v is at most 2^128.
    pub fn fits_u128(&self) -> bool {
        !matches!(self.tier, Tier::Big)
    }

    /// Numerals of the first half (u) and of the second (v).
    pub fn split(&self) -> (usize, usize) {
        (self.parameters.u, self.parameters.v)
    }

    /// Algorithm 7 on rows of `length` numerals, one after the other.
    ///
    /// # Errors
    ///
    /// [`Ff1Error`] when the numerals do not divide into rows, one is not below the radix, or contexts are missing.
    pub fn encrypt(&self, numerals: &mut [u16], contexts: Option<&[[u8; MAX_CONTEXT]]>) -> Result<(), Ff1Error> {
        self.numerals(numerals, contexts, Direction::Encrypt)
    }

    /// Algorithm 8 on rows of `length` numerals, one after the other.
    ///
    /// # Errors
    ///
    /// As [`NumeralCipher::encrypt`].
    pub fn decrypt(&self, numerals: &mut [u16], contexts: Option<&[[u8; MAX_CONTEXT]]>) -> Result<(), Ff1Error> {
        self.numerals(numerals, contexts, Direction::Decrypt)
    }

    /// Algorithm 7 on halves: `a` = NUM(A) of u numerals, `b` = NUM(B) of v numerals.
    ///
    /// # Errors
    ///
    /// [`Ff1Error::HalvesTooWide`] unless [`NumeralCipher::fits_u64`]; else as [`NumeralCipher::encrypt`].
    pub fn encrypt_halves(
        &self,
        a: &mut [u64],
        b: &mut [u64],
        contexts: Option<&[[u8; MAX_CONTEXT]]>,
    ) -> Result<(), Ff1Error> {
        self.halves(a, b, contexts, Direction::Encrypt)
    }

    /// Algorithm 8 on halves.
    ///
    /// # Errors
    ///
    /// As [`NumeralCipher::encrypt_halves`].
    pub fn decrypt_halves(
        &self,
        a: &mut [u64],
        b: &mut [u64],
        contexts: Option<&[[u8; MAX_CONTEXT]]>,
    ) -> Result<(), Ff1Error> {
        self.halves(a, b, contexts, Direction::Decrypt)
    }

    /// Algorithm 7 on halves of up to 128 bits; narrower ones are served as well.
    ///
    /// # Errors
    ///
    /// [`Ff1Error::HalvesTooWide`] unless [`NumeralCipher::fits_u128`]; else as [`NumeralCipher::encrypt`].
    pub fn encrypt_wide_halves(
        &self,
        a: &mut [u128],
        b: &mut [u128],
        contexts: Option<&[[u8; MAX_CONTEXT]]>,
    ) -> Result<(), Ff1Error> {
        self.halves(a, b, contexts, Direction::Encrypt)
    }

    /// Algorithm 8 on halves of up to 128 bits.
    ///
    /// # Errors
    ///
    /// As [`NumeralCipher::encrypt_wide_halves`].
    pub fn decrypt_wide_halves(
        &self,
        a: &mut [u128],
        b: &mut [u128],
        contexts: Option<&[[u8; MAX_CONTEXT]]>,
    ) -> Result<(), Ff1Error> {
        self.halves(a, b, contexts, Direction::Decrypt)
    }

    /// Rows as numerals: folded into halves, led through the rounds, unfolded.
    fn numerals(&self, numerals: &mut [u16], contexts: Contexts<'_>, direction: Direction) -> Result<(), Ff1Error> {
        let length = self.parameters.length;
        if !numerals.len().is_multiple_of(length) {
            return Err(Ff1Error::RowLength { found: numerals.len(), length });
        }
        self.layout.check_contexts(numerals.len() / length, contexts)?;
        if let Some(place) = numerals.iter().position(|numeral| u32::from(*numeral) >= self.parameters.radix) {
            return Err(Ff1Error::NumeralOutOfRange { row: place / length });
        }
        let mut contexts = contexts.map(|contexts| contexts.chunks(BATCH));
        for rows in numerals.chunks_mut(BATCH * length) {
            let contexts = contexts.as_mut().and_then(Iterator::next);
            match self.tier {
                Tier::Big => self.big_numerals(rows, contexts, direction),
                Tier::Narrow(_) => self.batch_of_numerals::<u64>(rows, contexts, direction),
                Tier::Wide(_) => self.batch_of_numerals::<u128>(rows, contexts, direction),
            }
        }
        Ok(())
    }

    /// At most [`BATCH`] rows as numerals.
    fn batch_of_numerals<H: Half>(&self, numerals: &mut [u16], contexts: Contexts<'_>, direction: Direction) {
        let Parameters { length, u, .. } = self.parameters;
        let (mut a, mut b) = ([H::default(); BATCH], [H::default(); BATCH]);
        for ((a, b), row) in a.iter_mut().zip(&mut b).zip(numerals.chunks_exact(length)) {
            let (first, second) = row.split_at(u);
            (*a, *b) = (H::fold(first, &self.positional), H::fold(second, &self.positional));
        }
        let rows = numerals.len() / length;
        self.batch(a.get_mut(..rows).unwrap_or_default(), b.get_mut(..rows).unwrap_or_default(), contexts, direction);
        for ((a, b), row) in a.into_iter().zip(b).zip(numerals.chunks_exact_mut(length)) {
            let (first, second) = row.split_at_mut(u);
            a.unfold(first, &self.positional);
            b.unfold(second, &self.positional);
        }
    }

    /// Rows as numerals whose halves fit no machine integer.
    fn big_numerals(&self, numerals: &mut [u16], contexts: Contexts<'_>, direction: Direction) {
        let Parameters { length, u, .. } = self.parameters;
        for (place, row) in numerals.chunks_exact_mut(length).enumerate() {
            let (first, second) = row.split_at_mut(u);
            let mut halves = Halves { a: self.positional.fold_big(first), b: self.positional.fold_big(second) };
            self.big_row(&mut halves, contexts.and_then(|contexts| contexts.get(place)), direction);
            self.positional.unfold_big(halves.a, first);
            self.positional.unfold_big(halves.b, second);
        }
    }

    /// One row whose halves are below their moduli, whatever the tier.
    pub(crate) fn big_row(&self, halves: &mut Halves, context: Option<&[u8; MAX_CONTEXT]>, direction: Direction) {
        let rounds = BigRounds { schedule: &self.schedule, parameters: &self.parameters, layout: &self.layout };
        match direction {
            Direction::Encrypt => rounds.encrypt(halves, context),
            Direction::Decrypt => rounds.decrypt(halves, context),
        }
    }

    /// One context a row is due if the cipher takes contexts, and none otherwise.
    pub(crate) fn check_contexts(&self, rows: usize, contexts: Contexts<'_>) -> Result<(), Ff1Error> {
        self.layout.check_contexts(rows, contexts)
    }

    /// Rows as halves: checked, then led through the rounds.
    fn halves<H: Half>(
        &self,
        a: &mut [H],
        b: &mut [H],
        contexts: Contexts<'_>,
        direction: Direction,
    ) -> Result<(), Ff1Error> {
        let (greatest_a, greatest_b) = H::greatest(&self.tier).ok_or(Ff1Error::HalvesTooWide)?;
        if a.len() != b.len() {
            return Err(Ff1Error::HalvesUneven);
        }
        self.layout.check_contexts(a.len(), contexts)?;
        if let Some(row) = a.iter().zip(b.iter()).position(|(a, b)| *a > greatest_a || *b > greatest_b) {
            return Err(Ff1Error::HalfOutOfRange { row });
        }
        let mut contexts = contexts.map(|contexts| contexts.chunks(BATCH));
        for (a, b) in a.chunks_mut(BATCH).zip(b.chunks_mut(BATCH)) {
            self.batch(a, b, contexts.as_mut().and_then(Iterator::next), direction);
        }
        Ok(())
    }

    /// At most [`BATCH`] rows whose halves are below their moduli.
    pub(crate) fn batch<H: Half>(&self, a: &mut [H], b: &mut [H], contexts: Contexts<'_>, direction: Direction) {
        if a.len() == BATCH {
            return self.lanes::<H, BATCH>(a, b, contexts, direction);
        }
        let mut contexts = contexts.map(|contexts| contexts.chunks(LANES));
        for (a, b) in a.chunks_mut(LANES).zip(b.chunks_mut(LANES)) {
            let contexts = contexts.as_mut().and_then(Iterator::next);
            match a.len() {
                0..=1 => self.lanes::<H, 1>(a, b, contexts, direction),
                2..=FEW_LANES => self.lanes::<H, FEW_LANES>(a, b, contexts, direction),
                _ => self.lanes::<H, LANES>(a, b, contexts, direction),
            }
        }
    }

    /// At most `L` rows; lanes without a row hold zeros, which are below every modulus.
    fn lanes<H: Half, const L: usize>(&self, a: &mut [H], b: &mut [H], contexts: Contexts<'_>, direction: Direction) {
        let bases = self.layout.bases::<L>(&self.schedule, contexts);
        let (mut lanes_a, mut lanes_b) = ([H::default(); L], [H::default(); L]);
        for ((lane_a, lane_b), (a, b)) in lanes_a.iter_mut().zip(&mut lanes_b).zip(a.iter().zip(b.iter())) {
            (*lane_a, *lane_b) = (*a, *b);
        }
        let halves = (&mut lanes_a, &mut lanes_b);
        H::run(&self.tier, &self.schedule, &self.layout, &bases, halves, direction);
        for ((a, b), (lane_a, lane_b)) in a.iter_mut().zip(b).zip(lanes_a.into_iter().zip(lanes_b)) {
            (*a, *b) = (lane_a, lane_b);
        }
    }
}

impl fmt::Debug for NumeralCipher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NumeralCipher")
            .field("radix", &self.parameters.radix)
            .field("length", &self.parameters.length)
            .field("context_len", &self.layout.context_len)
            .finish_non_exhaustive()
    }
}
