//! What must hold for any input: round trip, injectivity, independence of neighbours, refusal without damage.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use counterfoil_crypto::{
    ff1::{Ff1Error, Ff1Key, NumeralCipher, RankCipher},
    secret::Secret,
    siv::Sealer,
    wrap::{unwrap_key, wrap_key},
};
use proptest::prelude::*;

/// A radix, a length at or above the floor, and rows of numerals below the radix.
fn shapes() -> impl Strategy<Value = (u32, usize, Vec<u16>)> {
    let radix = prop_oneof![Just(10u32), Just(36), Just(256), Just(65_536), 2..=65_536u32];
    (radix, 0..24usize, 1..80usize).prop_flat_map(|(radix, extra, rows)| {
        let least = (1..).find(|length| u64::from(radix).pow(*length) >= 1_000_000).unwrap().max(2);
        let length = least as usize + extra;
        let numerals = prop::collection::vec((0..radix).prop_map(|numeral| numeral as u16), rows * length);
        (Just(radix), Just(length), numerals)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn rows_come_back_and_equal_rows_stay_equal(
        (radix, length, plain) in shapes(),
        key in any::<[u8; 32]>(),
        tweak in prop::collection::vec(any::<u8>(), 0..40),
        context_len in 0..=8usize,
    ) {
        let cipher = cipher(&key, radix, length, &tweak, context_len);
        let contexts = vec![[7; 8]; plain.len() / length];
        let contexts = (context_len > 0).then_some(&contexts[..]);
        let mut numerals = plain.clone();
        cipher.encrypt(&mut numerals, contexts).unwrap();
        prop_assert!(numerals.iter().all(|numeral| u32::from(*numeral) < radix));
        let rows: Vec<_> = plain.chunks(length).zip(numerals.chunks(length)).collect();
        for (one, one_image) in &rows {
            for (other, other_image) in &rows {
                prop_assert_eq!(one == other, one_image == other_image);
            }
        }
        cipher.decrypt(&mut numerals, contexts).unwrap();
        prop_assert_eq!(numerals, plain);
    }

    #[test]
    fn a_row_does_not_know_its_neighbours(
        (radix, length, plain) in shapes(),
        key in any::<[u8; 32]>(),
        context_len in 0..=8usize,
    ) {
        let cipher = cipher(&key, radix, length, b"tweak", context_len);
        let contexts: Vec<[u8; 8]> = (0..plain.len() / length).map(|row| [row as u8; 8]).collect();
        let mut together = plain.clone();
        cipher.encrypt(&mut together, (context_len > 0).then_some(&contexts[..])).unwrap();
        let mut alone = plain;
        for (row, context) in alone.chunks_mut(length).zip(&contexts) {
            cipher.encrypt(row, (context_len > 0).then_some(core::slice::from_ref(context))).unwrap();
        }
        prop_assert_eq!(alone, together);
    }

    #[test]
    fn refused_rows_are_left_as_they_were((radix, length, plain) in shapes(), place in any::<prop::sample::Index>()) {
        prop_assume!(radix < 65_536);
        let cipher = cipher(&[1; 32], radix, length, b"", 0);
        let mut numerals = plain;
        let place = place.index(numerals.len());
        numerals[place] = radix as u16;
        let before = numerals.clone();
        let refusal = cipher.encrypt(&mut numerals, None);
        prop_assert_eq!(refusal, Err(Ff1Error::NumeralOutOfRange { row: place / length }));
        prop_assert_eq!(numerals, before);
    }

    #[test]
    fn ranks_come_back_and_stay_below_the_size(
        size in prop_oneof![1_000_000..=1_100_000u128, 1_000_000..=u128::MAX],
        seeds in prop::collection::vec(any::<u128>(), 1..100),
        key in any::<[u8; 32]>(),
    ) {
        let cipher = RankCipher::new(&Ff1Key::from_aes_key(&key).unwrap(), size, b"tweak", 0).unwrap();
        let plain: Vec<u128> = seeds.into_iter().map(|seed| seed % size).collect();
        let mut ranks = plain.clone();
        cipher.encrypt(&mut ranks, None).unwrap();
        prop_assert!(ranks.iter().all(|rank| *rank < size));
        cipher.decrypt(&mut ranks, None).unwrap();
        prop_assert_eq!(ranks, plain);
    }

    #[test]
    fn sealed_bytes_open(plaintext in prop::collection::vec(any::<u8>(), 0..200), aad in any::<[u8; 12]>()) {
        let sealer = Sealer::new(&Secret::fill(|bytes| bytes.fill(3)), &aad);
        let mut sealed = Vec::new();
        sealer.seal(&plaintext, &mut sealed).unwrap();
        let opened = sealer.open(&sealed).unwrap();
        prop_assert_eq!(opened.expose(), plaintext);
    }

    #[test]
    fn wrapped_keys_unwrap(kek in any::<[u8; 32]>(), key in any::<[u8; 32]>(), associated in any::<[u8; 20]>()) {
        let secret = |from: [u8; 32]| Secret::<32>::fill(|bytes| *bytes = from);
        let wrapped = wrap_key(&secret(kek), &associated, &secret(key)).unwrap();
        prop_assert!(unwrap_key(&secret(kek), &associated, &wrapped).unwrap().ct_eq(&secret(key)));
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let cipher = cipher(&[1; 32], 10, 16, b"tweak", 8);
    let contexts = [[0; 8]; 2];
    let missing = Err(Ff1Error::ContextCount { rows: 1, contexts: 0 });
    assert_eq!(cipher.encrypt(&mut [0; 16], None), missing);
    let many = Err(Ff1Error::ContextCount { rows: 1, contexts: 2 });
    assert_eq!(cipher.encrypt(&mut [0; 16], Some(&contexts)), many);
    let uneven = Err(Ff1Error::RowLength { found: 17, length: 16 });
    assert_eq!(cipher.encrypt(&mut [0; 17], Some(&contexts[..1])), uneven);
    assert_eq!(cipher.encrypt_halves(&mut [1], &mut [1, 2], Some(&contexts)), Err(Ff1Error::HalvesUneven));
    let outside = Err(Ff1Error::HalfOutOfRange { row: 1 });
    assert_eq!(cipher.encrypt_halves(&mut [1, 2], &mut [1, 100_000_000], Some(&contexts)), outside);

    let key = Ff1Key::from_aes_key(&[1; 32]).unwrap();
    let no_context = NumeralCipher::new(&key, 10, 16, b"tweak", 0).unwrap();
    assert_eq!(
        no_context.encrypt(&mut [0; 16], Some(&contexts[..1])),
        Err(Ff1Error::ContextCount { rows: 1, contexts: 1 })
    );
    let too_long = NumeralCipher::new(&key, 10, 16, b"tweak", 9).err();
    assert_eq!(too_long, Some(Ff1Error::ContextLength { found: 9 }));
    let wide = NumeralCipher::new(&key, 10, 39, b"tweak", 0).unwrap();
    assert!(wide.fits_u128() && !wide.fits_u64());
    assert_eq!(wide.encrypt_halves(&mut [1], &mut [1], None), Err(Ff1Error::HalvesTooWide));
    let big = NumeralCipher::new(&key, 10, 80, b"tweak", 0).unwrap();
    assert_eq!(big.encrypt_wide_halves(&mut [1], &mut [1], None), Err(Ff1Error::HalvesTooWide));

    assert_eq!(RankCipher::new(&key, 0, b"", 0).err(), Some(Ff1Error::MessageSpaceTooSmall));
    assert_eq!(RankCipher::new(&key, 999_999, b"", 0).err(), Some(Ff1Error::MessageSpaceTooSmall));
    let ranks = RankCipher::new(&key, 1_000_000, b"", 0).unwrap();
    assert_eq!(ranks.encrypt_u64(&mut [0, 1_000_000], None), Err(Ff1Error::RankOutOfRange { row: 1 }));
    let wide_ranks = RankCipher::new(&key, (1 << 64) + 1, b"", 0).unwrap();
    assert_eq!(wide_ranks.encrypt_u64(&mut [0], None), Err(Ff1Error::RanksTooWide));
    assert!(RankCipher::new(&key, 1 << 64, b"", 0).unwrap().encrypt_u64(&mut [u64::MAX], None).is_ok());
}

#[test]
fn the_empty_column_is_served() {
    let cipher = cipher(&[1; 32], 10, 16, b"tweak", 0);
    assert_eq!(cipher.encrypt(&mut [], None), Ok(()));
    assert_eq!(cipher.encrypt_halves(&mut [], &mut [], None), Ok(()));
}

fn cipher(key: &[u8], radix: u32, length: usize, tweak: &[u8], context_len: usize) -> NumeralCipher {
    NumeralCipher::new(&Ff1Key::from_aes_key(key).unwrap(), radix, length, tweak, context_len).unwrap()
}
