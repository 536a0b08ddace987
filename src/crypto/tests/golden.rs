//! Our own bytes, frozen: derivation, tweaks, sealing, permutation tables, ranks, wrapping's public parts.
//!
//! Every value was computed by a second implementation, in another language and over another library, from the byte
//! formulas of the modules. A difference is a broken promise to whoever holds tokens.

use counterfoil_crypto::{
    digest::Sha256,
    ff1::{BigUint, Ff1Key, NumeralCipher, RankCipher, WideRankCipher},
    kdf::{derive, derive_labelled, lp, tweak},
    mac::Mac,
    permute::Permutation,
    secret::{Secret, SecretBytes},
    sign::SigningKey,
    siv::Sealer,
    wrap::{Argon2Params, commitment, passphrase_kek},
};

#[test]
fn derived_keys_and_tweaks() {
    let key = derive::<64>(&root(), "seal", "person", "seal");
    let expected = "dacbcc29c06b976b0e565eb5de85d2ac5f76179d6d0394ff6b228639182afcb1\
                    c46c42fb01366aae32086cb2f69c44038ecf3d538056a4a59a2882d47cb41a5f";
    assert_eq!(hex(key.expose()), expected);
    assert_eq!(hex(token_key().expose()), "b874adfd9716a5cfdaf5e7b183fffb62c19643a4411e896be07507273f851ce2");
    let table = derive_labelled::<32>(&root(), b"counterfoil/permute/v1", &[b"n4", &10_000u64.to_be_bytes()]);
    assert_eq!(hex(table.expose()), "53d11c1d4da0108d05cf17a99ae4fe9533bafd52776dbceddded20a4d6547da0");
    assert_eq!(hex(&tweak("person", "digits", "")), "99d7404a537ee10c51755ddfbfc16382");
    assert_eq!(hex(&tweak("person", "alphanumeric", "a2d6")), "1f432180ce2c0b6b5094e1561a63ee6c");
}

#[test]
fn tags_and_commitments() {
    let tag = Mac::new(&token_key()).tag(b"Ada Lovelace");
    assert_eq!(hex(&tag), "3c7436193213f9c34347ad153f26e66915dbcf41ec2c23250cdc2804a8548803");
    let public = commitment(&root(), "kek-1");
    assert_eq!(hex(&public), "56bb22537d55abe77918e2add39a250a58206c2872232dea68e2465abb263946");
}

#[test]
fn sealed_bytes() {
    let mut aad = b"counterfoil/seal/v1".to_vec();
    lp(&mut aad, b"person");
    aad.extend_from_slice(&1u32.to_be_bytes());
    let sealer = Sealer::new(&derive(&root(), "seal", "person", "seal"), &aad);
    for (plaintext, expected) in [
        ("", "23cbf5bdf8efdbc7bb6ad4e24839a4245779663eae8ceb1669cf0738"),
        ("Ada Lovelace", "86420f0085587ffa567b7afd161dfa5f78688292c96d5734fb54251d344aabe767475244b30c39a3"),
    ] {
        let mut sealed = Vec::new();
        sealer.seal(plaintext.as_bytes(), &mut sealed).unwrap();
        assert_eq!(hex(&sealed), expected);
        assert_eq!(sealer.open(&sealed).unwrap().expose(), plaintext.as_bytes());
    }
}

#[test]
fn permutation_tables() {
    let ten = Permutation::new(&root(), 10).unwrap();
    let images: Vec<u32> = (0..10).map(|value| ten.encrypt(value)).collect();
    assert_eq!(images, [4, 3, 0, 2, 8, 7, 6, 5, 1, 9]);
    for (size, expected) in [
        (10_000, "067928352cdbd3f0310c5a19e6da82a885ba39177ae324eee1ae3f4a028da394"),
        (1_000_000, "4ca8f7bb76283653410d60ed2385360a2b22399e0462e827b6aab4b014219326"),
    ] {
        let table = Permutation::new(&root(), size).unwrap();
        let mut digest = Sha256::new();
        (0..size).for_each(|value| digest.update(&table.encrypt(value).to_be_bytes()));
        assert_eq!(digest.finalize().to_string(), expected);
    }
}

#[test]
fn digit_strings() {
    let card = "4000123456789010";
    for (text, context_len, expected) in [
        (card.to_owned(), 0, "0156161409106555"),
        (card.to_owned(), 8, "0003160185086554"),
        (card[..9].to_owned(), 3, "862009998"),
        (card.repeat(4)[..60].to_owned(), 0, "138992454824958582103533569780097797315154022714884010500305"),
        (
            card.repeat(6)[..90].to_owned(),
            0,
            "669865326426617809845553898443490935386392797381686676617642919773227962205744554317025897",
        ),
    ] {
        let cipher = NumeralCipher::new(&ff1_key(), 10, text.len(), &person_tweak(), context_len).unwrap();
        let mut digits: Vec<u16> = text.bytes().map(|byte| u16::from(byte - b'0')).collect();
        cipher.encrypt(&mut digits, (context_len > 0).then_some(&[CONTEXT])).unwrap();
        assert_eq!(digits.iter().map(u16::to_string).collect::<String>(), expected);
    }
}

#[test]
fn ranks_up_to_128_bits() {
    for (size, images, with_context) in [
        (3_652_059, [2_719_307, 777_525, 2_486_221], 1_761_858),
        (898 * 99 * 9999, [732_764_659, 571_226_769, 12_871_293], 287_398_647),
        (1 << 31, [347_870_517, 937_006_407, 1_678_081_784], 1_897_386_785),
        (1 << 32, [308_735_099, 199_279_495, 503_190_551], 4_244_716_110),
        (
            1 << 63,
            [895_303_236_614_087_219, 1_429_035_182_550_154_219, 3_623_590_445_085_707_659],
            113_288_655_489_070_489,
        ),
        (26 * 26 * 1_000_000, [5_351_495, 571_226_769, 92_371_203], 287_398_647),
        (
            1 << 122,
            [
                730_769_614_675_643_246_283_725_125_985_671_894,
                4_929_993_366_648_957_644_494_354_269_624_591_876,
                5_202_440_846_515_321_091_423_456_013_554_558_016,
            ],
            913_107_258_729_626_499_151_963_205_147_116_612,
        ),
        (
            u128::MAX - 4,
            [
                111_884_402_740_983_455_981_077_852_410_859_987_585,
                41_553_796_092_535_173_952_914_785_280_294_992_467,
                130_696_286_129_203_542_933_947_045_237_148_204_529,
            ],
            70_856_149_197_715_595_135_262_718_245_380_460_233,
        ),
    ] {
        let cipher = RankCipher::new(&ff1_key(), size, &person_tweak(), 0).unwrap();
        let mut ranks = [0, 1, size - 1];
        cipher.encrypt(&mut ranks, None).unwrap();
        assert_eq!(ranks, images, "size {size}");
        let mut rank = [5];
        let cipher = RankCipher::new(&ff1_key(), size, &person_tweak(), 8).unwrap();
        cipher.encrypt(&mut rank, Some(&[CONTEXT])).unwrap();
        assert_eq!(rank, [with_context], "size {size}");
    }
    let mut ends = [0, u128::MAX];
    RankCipher::up_to(&ff1_key(), u128::MAX, &person_tweak(), 0).unwrap().encrypt(&mut ends, None).unwrap();
    let expected =
        [111_884_402_740_983_455_981_077_852_410_859_987_585, 225_770_505_676_926_988_872_659_690_282_771_256_698];
    assert_eq!(ends, expected);
}

#[test]
fn ranks_beyond_128_bits() {
    let letters = |count| BigUint::from(26u32).pow(count);
    for (size, images, with_context) in [
        (
            letters(40),
            [
                "94924207659676077392471679789060785642270020082251188900",
                "379549497118476643883814834895608013612266616050420095936",
                "12739317984369031558703390330659380298564397929593279565",
            ],
            "374044871293835570274252034891065744957092718831367655308",
        ),
        (
            (BigUint::from(1u32) << 300) + 7u32,
            [
                "459036764915059046010228707971263417410887994375463939841066498387664357046299230021224604",
                "1740895045347165568160516789683594950151950554785557080239714731012297577901323097449311761",
                "1621643933551224613747792895529122410282542206337289043041938563609869445124637785452762412",
            ],
            "699222344826083886397092783346010732478611131939116698857950846108587264860942859603539442",
        ),
    ] {
        let cipher = WideRankCipher::new(&ff1_key(), &size, &person_tweak(), 0).unwrap();
        let mut ranks = [BigUint::from(0u32), BigUint::from(1u32), &size - 1u32];
        cipher.encrypt(&mut ranks, None).unwrap();
        assert_eq!(ranks.each_ref().map(ToString::to_string), images);
        let mut rank = [BigUint::from(5u32)];
        let cipher = WideRankCipher::new(&ff1_key(), &size, &person_tweak(), 8).unwrap();
        cipher.encrypt(&mut rank, Some(&[CONTEXT])).unwrap();
        assert_eq!(rank[0].to_string(), with_context);
    }
}

#[test]
fn passphrases() {
    let passphrase = SecretBytes::new(b"correct horse battery staple".to_vec());
    let salt = core::array::from_fn(|place| place as u8);
    for (lanes, expected) in [
        (1, "0d1a3c6523c8f06e4e0af9c515aa5b5448cfebd6838f2d52c3d8b6ef8ddc3c2e"),
        (4, "853b272a44db1421c02962669a55eb0994f3cab385ed1c4c79253eee19bab49e"),
    ] {
        let params = Argon2Params { memory_kib: 65_536, passes: 3, lanes };
        assert_eq!(hex(passphrase_kek(&passphrase, &salt, params).unwrap().expose()), expected);
    }
}

#[test]
fn public_keys() {
    let public = SigningKey::from_seed(&root()).verifying_key();
    let pem = "-----BEGIN PUBLIC KEY-----\n\
               MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n\
               -----END PUBLIC KEY-----\n";
    assert_eq!(public.to_pem(), pem);
    assert_eq!(public.key_id(), "a050837d85070582ccf7394b0988847cc312cb88259b894899f6f239cf1791a5");
}

const CONTEXT: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// Bytes 0, 1, …, 31.
fn root() -> Secret<32> {
    Secret::fill(|bytes| *bytes = core::array::from_fn(|place| place as u8))
}

fn token_key() -> Secret<32> {
    derive(&root(), "tokenize", "person", "digits")
}

fn ff1_key() -> Ff1Key {
    Ff1Key::new(&token_key())
}

fn person_tweak() -> [u8; 16] {
    tweak("person", "digits", "")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
