//! FF1 as plain as the document, and our ciphers against it.
//!
//! The model works on one row, on lists of numerals and big integers, and names what the document names. It shares with
//! the ciphers the AES crate only.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use aes::{
    Aes128, Aes192, Aes256, Block,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use counterfoil_crypto::ff1::{BigUint, Ff1Key, NumeralCipher, RankCipher, WideRankCipher};

/// Algorithm 7, FF1.Encrypt(K, T, X).
fn model(key: &[u8], radix: u32, t_bytes: &[u8], x: &[u16]) -> Vec<u16> {
    let num = |numerals: &[u16]| numerals.iter().fold(BigUint::ZERO, |sum, numeral| sum * radix + *numeral);
    let (n, t) = (x.len(), t_bytes.len());
    // 1.
    let u = n / 2;
    let v = n - u;
    // 2.
    let (mut a, mut b_half) = (x[..u].to_vec(), x[u..].to_vec());
    // 3. The least b with radix^v <= 256^b.
    let b = (0..).find(|b| BigUint::from(radix).pow(v as u32) <= BigUint::from(256u32).pow(*b)).unwrap() as usize;
    // 4.
    let d = 4 * b.div_ceil(4) + 4;
    // 5.
    let mut p = vec![1, 2, 1];
    p.extend_from_slice(&radix.to_be_bytes()[1..]);
    p.extend_from_slice(&[10, (u % 256) as u8]);
    p.extend_from_slice(&(n as u32).to_be_bytes());
    p.extend_from_slice(&(t as u32).to_be_bytes());
    // 6.
    for i in 0..10u8 {
        // 6.i.
        let mut q = t_bytes.to_vec();
        q.resize(t + (16 - (t + b + 1) % 16) % 16, 0);
        q.push(i);
        let number = num(&b_half).to_bytes_be();
        q.resize(q.len() + b - number.len().min(b), 0);
        q.extend_from_slice(&number);
        // 6.ii.
        let r = [&p[..], &q]
            .concat()
            .chunks(16)
            .fold([0; 16], |r, block| cipher(key, core::array::from_fn(|place| r[place] ^ block[place])));
        // 6.iii.
        let mut s = r.to_vec();
        for j in 1..d.div_ceil(16) as u128 {
            s.extend_from_slice(&cipher(key, (u128::from_be_bytes(r) ^ j).to_be_bytes()));
        }
        // 6.iv.
        let y = BigUint::from_bytes_be(&s[..d]);
        // 6.v.
        let m = if i % 2 == 0 { u } else { v };
        // 6.vi.
        let mut c = (num(&a) + y) % BigUint::from(radix).pow(m as u32);
        // 6.vii.
        let mut c_half = vec![0; m];
        for numeral in c_half.iter_mut().rev() {
            *numeral = u16::try_from(&c % radix).unwrap();
            c /= radix;
        }
        // 6.viii. and 6.ix.
        a = b_half;
        b_half = c_half;
    }
    // 7.
    [a, b_half].concat()
}

fn cipher(key: &[u8], block: [u8; 16]) -> [u8; 16] {
    let mut block = Block::from(block);
    match key.len() {
        16 => Aes128::new_from_slice(key).unwrap().encrypt_block(&mut block),
        24 => Aes192::new_from_slice(key).unwrap().encrypt_block(&mut block),
        _ => Aes256::new_from_slice(key).unwrap().encrypt_block(&mut block),
    }
    block.into()
}

/// A stream of numbers without pattern, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// Numerals of some rows: two rows of the extremes, then no pattern.
    fn rows(&mut self, radix: u32, length: usize, rows: usize) -> Vec<u16> {
        let mut numerals: Vec<u16> = (0..rows * length).map(|_| (self.next() % u64::from(radix)) as u16).collect();
        numerals[..length].fill((radix - 1) as u16);
        if rows > 1 {
            numerals[length..2 * length].fill(0);
        }
        numerals
    }

    fn wide(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }
}

/// Lengths of tweaks around the borders of a block.
const TWEAKS: [usize; 11] = [0, 1, 7, 8, 9, 15, 16, 17, 24, 31, 40];

const BATCHES: [usize; 9] = [1, 7, 63, 64, 65, 200, 255, 256, 257];

/// Every batch size gives the model's rows, both ways.
fn compare(radix: u32, length: usize, case: usize, rows: usize) {
    let mut numbers = Numbers((u64::from(radix) << 32) | (case as u64) << 16 | length as u64);
    let key = numbers.bytes([32, 16, 24][case % 3]);
    let tweak = numbers.bytes(TWEAKS[case % TWEAKS.len()]);
    let context_len = case % 9;
    let plain = numbers.rows(radix, length, rows);
    let contexts: Vec<[u8; 8]> = (0..rows).map(|_| numbers.next().to_be_bytes()).collect();
    let enciphered: Vec<u16> = plain
        .chunks(length)
        .zip(&contexts)
        .flat_map(|(row, context)| model(&key, radix, &[&tweak[..], &context[..context_len]].concat(), row))
        .collect();
    let ff1_key = Ff1Key::from_aes_key(&key).unwrap();
    let cipher = NumeralCipher::insecure_below_floor(&ff1_key, radix, length, &tweak, context_len).unwrap();
    for batch in BATCHES.into_iter().filter(|batch| *batch <= rows) {
        let contexts = (context_len > 0).then_some(&contexts[..batch]);
        let mut numerals = plain[..batch * length].to_vec();
        cipher.encrypt(&mut numerals, contexts).unwrap();
        assert_eq!(numerals, enciphered[..batch * length], "radix {radix}, length {length}, case {case}, {batch} rows");
        cipher.decrypt(&mut numerals, contexts).unwrap();
        assert_eq!(numerals, plain[..batch * length], "radix {radix}, length {length}, case {case}, {batch} rows");
    }
}

#[test]
fn every_length_over_a_spread_of_radices() {
    let mut case = 0;
    for length in 2..=40 {
        for radix in [2, 3, 10, 26, 36, 62, 255, 256, 65_535, 65_536] {
            compare(radix, length, case, if case.is_multiple_of(10) { 257 } else { 65 });
            case += 1;
        }
    }
}

#[test]
fn moduli_near_the_borders_of_the_tiers() {
    // (radix, v): radix^v just below, at and just above 2^32, 2^48, 2^63, 2^64, 2^96, 2^128 and 2^136.
    let borders = [
        (1625, 3),
        (1626, 3),
        (65_535, 2),
        (65_536, 2),
        (255, 4),
        (257, 4),
        (84, 5),
        (85, 5),
        (4095, 4),
        (4096, 4),
        (4097, 4),
        (65_535, 3),
        (65_536, 3),
        (2, 48),
        (55_108, 4),
        (55_109, 4),
        (2, 63),
        (128, 9),
        (127, 9),
        (129, 9),
        (65_535, 4),
        (65_536, 4),
        (7131, 5),
        (7132, 5),
        (2, 64),
        (2, 65),
        (10, 19),
        (10, 20),
        (255, 8),
        (257, 8),
        (65_535, 6),
        (65_536, 6),
        (255, 12),
        (257, 12),
        (2, 96),
        (2, 97),
        (65_535, 8),
        (65_536, 8),
        (255, 15),
        (255, 16),
        (256, 16),
        (257, 16),
        (10, 38),
        (10, 39),
        (2, 128),
        (2, 129),
        (256, 17),
        (257, 17),
    ];
    let mut case = 0;
    for (radix, v) in borders {
        for length in [2 * v - 1, 2 * v] {
            // Six turns of tweak, context and key lengths, each with full lanes.
            for _ in 0..6 {
                compare(radix, length.max(2), case, if case.is_multiple_of(7) { 65 } else { 7 });
                case += 1;
            }
        }
    }
}

#[test]
fn every_pair_of_tweak_and_context_lengths() {
    for tweak_len in 0..=34 {
        for context_len in 0..=8 {
            for (radix, length) in [(10, 16), (10, 38), (10, 26), (10, 60), (10, 80)] {
                let mut numbers = Numbers((tweak_len * 9 + context_len) as u64);
                let (key, tweak) = (numbers.bytes(32), numbers.bytes(tweak_len));
                let plain = numbers.rows(radix, length, 3);
                let contexts: Vec<[u8; 8]> = (0..3).map(|_| numbers.next().to_be_bytes()).collect();
                let cipher =
                    NumeralCipher::new(&Ff1Key::from_aes_key(&key).unwrap(), radix, length, &tweak, context_len)
                        .unwrap();
                let mut numerals = plain.clone();
                cipher.encrypt(&mut numerals, (context_len > 0).then_some(&contexts)).unwrap();
                for ((row, image), context) in plain.chunks(length).zip(numerals.chunks(length)).zip(&contexts) {
                    let effective = [&tweak[..], &context[..context_len]].concat();
                    assert_eq!(image, model(&key, radix, &effective, row), "{tweak_len} {context_len} {length}");
                }
            }
        }
    }
}

#[test]
fn halves_are_the_numerals_in_another_form() {
    for (radix, length) in [(10, 16), (10, 9), (36, 24), (36, 11), (2, 128), (65_536, 7), (10, 50), (2, 255)] {
        let key = Ff1Key::from_aes_key(&[5; 32]).unwrap();
        let cipher = NumeralCipher::new(&key, radix, length, b"tweak", 0).unwrap();
        let (u, _) = cipher.split();
        let mut numerals = Numbers(7).rows(radix, length, 130);
        let fold =
            |half: &[u16]| half.iter().fold(0u128, |sum, numeral| sum * u128::from(radix) + u128::from(*numeral));
        let split = |numerals: &[u16]| -> (Vec<u128>, Vec<u128>) {
            numerals.chunks(length).map(|row| (fold(&row[..u]), fold(&row[u..]))).unzip()
        };
        let (plain_a, plain_b) = split(&numerals);
        cipher.encrypt(&mut numerals, None).unwrap();
        let (image_a, image_b) = split(&numerals);
        let (mut a, mut b) = (plain_a.clone(), plain_b.clone());
        cipher.encrypt_wide_halves(&mut a, &mut b, None).unwrap();
        assert_eq!((&a, &b), (&image_a, &image_b));
        cipher.decrypt_wide_halves(&mut a, &mut b, None).unwrap();
        assert_eq!((&a, &b), (&plain_a, &plain_b));
        if cipher.fits_u64() {
            let narrow = |halves: &[u128]| halves.iter().map(|half| *half as u64).collect::<Vec<_>>();
            let (mut a, mut b) = (narrow(&plain_a), narrow(&plain_b));
            cipher.encrypt_halves(&mut a, &mut b, None).unwrap();
            assert_eq!((&a, &b), (&narrow(&image_a), &narrow(&image_b)));
            cipher.decrypt_halves(&mut a, &mut b, None).unwrap();
            assert_eq!((&a, &b), (&narrow(&plain_a), &narrow(&plain_b)));
        }
    }
}

/// A rank's walk through the model: its binary string, until the number is below the size.
fn model_rank(key: &[u8], size: &BigUint, tweak: &[u8], rank: &BigUint) -> BigUint {
    let bits = (size - 1u32).bits();
    let mut rank = rank.clone();
    loop {
        let string: Vec<u16> = (0..bits).rev().map(|bit| u16::from(rank.bit(bit))).collect();
        rank = model(key, 2, tweak, &string).iter().fold(BigUint::ZERO, |sum, bit| (sum << 1) | BigUint::from(*bit));
        if rank < *size {
            return rank;
        }
    }
}

#[test]
fn ranks_walk_as_the_model_does() {
    let sizes: [u128; 12] = [
        1_000_000,
        1_000_003,
        (1 << 20) + 1,
        3_652_059,
        (1 << 32) - 5,
        1 << 32,
        (1 << 63) + 9,
        1 << 64,
        (1 << 64) + 1,
        36u128.pow(20),
        1 << 127,
        (1 << 127) + 1,
    ];
    for (case, size) in sizes.into_iter().enumerate() {
        let mut numbers = Numbers(case as u64);
        let (key, tweak, context_len) = (numbers.bytes(32), numbers.bytes(16), case % 9);
        let plain: Vec<u128> = [0, size - 1].into_iter().chain((0..18).map(|_| numbers.wide() % size)).collect();
        let contexts: Vec<[u8; 8]> = plain.iter().map(|_| numbers.next().to_be_bytes()).collect();
        let given = (context_len > 0).then_some(&contexts[..]);
        let ff1_key = Ff1Key::from_aes_key(&key).unwrap();
        let cipher = RankCipher::new(&ff1_key, size, &tweak, context_len).unwrap();
        let mut ranks = plain.clone();
        cipher.encrypt(&mut ranks, given).unwrap();
        for ((rank, image), context) in plain.iter().zip(&ranks).zip(&contexts) {
            let effective = [&tweak[..], &context[..context_len]].concat();
            let expected = model_rank(&key, &size.into(), &effective, &(*rank).into());
            assert_eq!(BigUint::from(*image), expected, "size {size}");
        }
        let wide = WideRankCipher::new(&ff1_key, &size.into(), &tweak, context_len).unwrap();
        let mut wide_ranks: Vec<BigUint> = plain.iter().map(|rank| BigUint::from(*rank)).collect();
        wide.encrypt(&mut wide_ranks, given).unwrap();
        assert!(wide_ranks.iter().zip(&ranks).all(|(wide, rank)| *wide == BigUint::from(*rank)));
        if size <= 1 << 64 {
            let mut narrow: Vec<u64> = plain.iter().map(|rank| *rank as u64).collect();
            cipher.encrypt_u64(&mut narrow, given).unwrap();
            assert!(narrow.iter().zip(&ranks).all(|(narrow, rank)| u128::from(*narrow) == *rank));
            cipher.decrypt_u64(&mut narrow, given).unwrap();
            assert!(narrow.iter().zip(&plain).all(|(narrow, rank)| u128::from(*narrow) == *rank));
        }
        cipher.decrypt(&mut ranks, given).unwrap();
        assert_eq!(ranks, plain);
    }
}

#[test]
fn wide_ranks_walk_as_the_model_does() {
    let power = |bits: u32| BigUint::from(1u32) << bits;
    for (case, size) in [power(129), power(200) + 1u32, power(255) - 19u32, power(256), power(256) + 1u32, power(500)]
        .into_iter()
        .enumerate()
    {
        let mut numbers = Numbers(case as u64);
        let (key, tweak, context_len) = (numbers.bytes(32), numbers.bytes(16), case * 3 % 9);
        let plain: Vec<BigUint> = [BigUint::ZERO, &size - 1u32]
            .into_iter()
            .chain((0..6).map(|_| BigUint::from_bytes_be(&numbers.bytes(70)) % &size))
            .collect();
        let contexts: Vec<[u8; 8]> = plain.iter().map(|_| numbers.next().to_be_bytes()).collect();
        let given = (context_len > 0).then_some(&contexts[..]);
        let cipher = WideRankCipher::new(&Ff1Key::from_aes_key(&key).unwrap(), &size, &tweak, context_len).unwrap();
        let mut ranks = plain.clone();
        cipher.encrypt(&mut ranks, given).unwrap();
        for ((rank, image), context) in plain.iter().zip(&ranks).zip(&contexts) {
            let effective = [&tweak[..], &context[..context_len]].concat();
            assert_eq!(*image, model_rank(&key, &size, &effective, rank), "size {size}");
        }
        cipher.decrypt(&mut ranks, given).unwrap();
        assert_eq!(ranks, plain);
    }
}

#[test]
fn small_sizes_are_permuted_whole() {
    let key = Ff1Key::from_aes_key(&[9; 32]).unwrap();
    for size in [1_000_000, 1_000_003, 1 << 20, (1 << 20) + 1] {
        let cipher = RankCipher::new(&key, size.into(), b"whole", 0).unwrap();
        let mut ranks: Vec<u64> = (0..size).collect();
        cipher.encrypt_u64(&mut ranks, None).unwrap();
        let mut seen = vec![false; size as usize];
        assert!(ranks.iter().all(|rank| !core::mem::replace(&mut seen[*rank as usize], true)));
        cipher.decrypt_u64(&mut ranks, None).unwrap();
        assert!(ranks.iter().copied().eq(0..size));
    }
}
