//! Steps 5 and 6.i of FF1: the bytes P || Q, split by what they depend on.
//!
//! `Q = T || [0]^((−t−b−1) mod 16) || [i] || NUM(B)`. All blocks of P || Q before the first byte of a row's context are
//! the same for every row: their CBC-MAC state is computed once a cipher. The blocks from there to the one that holds
//! `i` are the same in every round: computed once a row. What is left, mostly one block, is computed once a round.
//!
//! # Promises
//!
//! - The effective tweak of a row is the cipher's tweak followed by the first `context_len` bytes of its context.
//!
//! # What this module does not know
//!
//! What NUM(B) is held in.
//!
//! SPEC: NIST SP 800-38G, Algorithm 7, steps 5, 6.i, and Algorithm 6 (PRF: CBC-MAC from a zero block).

use alloc::{vec, vec::Vec};

use aes::Block;

use crate::ff1::{error::Ff1Error, key::Schedule, limits::MAX_CONTEXT, parameters::Parameters};

/// Where the bytes of P || Q come from. Blocks are held as big-endian integers.
pub(crate) struct Layout {
    /// CBC-MAC state after all blocks that are the same for every row.
    chain: u128,
    /// The blocks that are the same in every round, without the row's context.
    row_blocks: Vec<u128>,
    /// The block that holds `i`, without the context, `i` and NUM(B).
    round_block: u128,
    /// Byte of the context's start, counted from the first block after `chain`; below 16.
    context_start: u32,
    /// Bytes of a row's context.
    pub(crate) context_len: usize,
    /// Byte of `i` within its block.
    pub(crate) index_at: usize,
}

impl Layout {
    pub(crate) fn new(
        schedule: &Schedule,
        parameters: &Parameters,
        tweak: &[u8],
        context_len: usize,
    ) -> Result<Self, Ff1Error> {
        if context_len > MAX_CONTEXT {
            return Err(Ff1Error::ContextLength { found: context_len });
        }
        let t = tweak.len() + context_len;
        let tweak_bytes = u32::try_from(t).map_err(|_| Ff1Error::TweakTooLong)?;
        // 6.i. Q without i, NUM(B) and context: T || [0]^((−t−b−1) mod 16) || [0]^1 || [0]^b.
        let mut q = tweak.to_vec();
        q.resize((t + parameters.b + 1).next_multiple_of(16), 0);
        let index = q.len() - parameters.b - 1;
        let first_varying = if context_len == 0 { index } else { tweak.len() };
        let blocks: Vec<u128> = q.as_chunks().0.iter().copied().map(u128::from_be_bytes).collect();
        let (fixed, varying) = blocks.split_at(first_varying / 16);
        let (row_blocks, round_blocks) = varying.split_at(index / 16 - fixed.len());
        // 6.ii. R = PRF(P || Q): the part of its chain that no row changes.
        let chain = fixed.iter().fold(schedule.encrypt_block(p_block(parameters, tweak_bytes)), |state, block| {
            schedule.encrypt_block(state ^ block)
        });
        Ok(Self {
            chain,
            row_blocks: row_blocks.to_vec(),
            round_block: round_blocks.first().copied().unwrap_or_default(),
            context_start: (first_varying % 16) as u32,
            context_len,
            index_at: index % 16,
        })
    }

    /// One context a row is due if the cipher takes contexts, and none otherwise.
    pub(crate) fn check_contexts(&self, rows: usize, contexts: Option<&[[u8; MAX_CONTEXT]]>) -> Result<(), Ff1Error> {
        match contexts {
            None if self.context_len == 0 => Ok(()),
            Some(contexts) if self.context_len != 0 && contexts.len() == rows => Ok(()),
            _ => Err(Ff1Error::ContextCount { rows, contexts: contexts.map_or(0, <[_]>::len) }),
        }
    }

    /// For each lane, CBC-MAC state XOR the block that holds `i`, still without `i` and NUM(B). Lanes beyond the
    /// contexts stand idle, and it does not matter what they hold.
    pub(crate) fn bases<const L: usize>(
        &self,
        schedule: &Schedule,
        contexts: Option<&[[u8; MAX_CONTEXT]]>,
    ) -> [u128; L] {
        let Some(contexts) = contexts else {
            return [self.chain ^ self.round_block; L];
        };
        let mut states = [self.chain; L];
        let mut place = ContextPlace { start: self.context_start, len: self.context_len, block: 0 };
        for row_block in &self.row_blocks {
            let mut blocks = [Block::default(); L];
            for (lane, (block, state)) in blocks.iter_mut().zip(&states).enumerate() {
                *block = (state ^ row_block ^ place.bits(contexts.get(lane))).to_be_bytes().into();
            }
            schedule.encrypt_blocks(&mut blocks);
            for (state, block) in states.iter_mut().zip(blocks) {
                *state = u128::from_be_bytes(block.into());
            }
            place.block += 1;
        }
        for (lane, state) in states.iter_mut().enumerate() {
            *state ^= self.round_block ^ place.bits(contexts.get(lane));
        }
        states
    }

    /// `[i]^1` in its block.
    pub(crate) fn index_bits(&self, round: u8) -> u128 {
        u128::from(round) << (8 * (15 - self.index_at))
    }
}

/// Where a context falls among the blocks after `chain`.
struct ContextPlace {
    start: u32,
    len: usize,
    block: usize,
}

impl ContextPlace {
    /// The bits that a context adds to the current block.
    fn bits(&self, context: Option<&[u8; MAX_CONTEXT]>) -> u128 {
        let bytes = context.copied().unwrap_or_default();
        let kept = u64::from_be_bytes(bytes) & u64::MAX.checked_shl(64 - 8 * self.len as u32).unwrap_or(0);
        let bits = u128::from(kept) << 64;
        match self.block {
            0 => bits >> (8 * self.start),
            1 => bits.checked_shl(128 - 8 * self.start).unwrap_or(0),
            _ => 0,
        }
    }
}

/// 5. Let P = \[1\]^1 || \[2\]^1 || \[1\]^1 || \[radix\]^3 || \[10\]^1 || \[u mod 256\]^1 || \[n\]^4 || \[t\]^4.
fn p_block(parameters: &Parameters, tweak_bytes: u32) -> u128 {
    let [_, radix @ ..] = parameters.radix.to_be_bytes();
    let mut p = vec![1, 2, 1];
    p.extend_from_slice(&radix);
    p.extend_from_slice(&[10, parameters.u as u8]);
    p.extend_from_slice(&(parameters.length as u32).to_be_bytes());
    p.extend_from_slice(&tweak_bytes.to_be_bytes());
    p.iter().fold(0, |block, byte| block << 8 | u128::from(*byte))
}
