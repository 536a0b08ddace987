//! The examples of RFC 4231, 5869, 8032, 8452 and 9106, written out.

use aes_gcm_siv::{AeadInOut, Aes256GcmSiv, KeyInit, Nonce};
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use counterfoil_crypto::{secret::Secret, sign::SigningKey};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// RFC 4231, section 4: key, data and HMAC-SHA-256 of test cases 1, 2, 3, 4, 6 and 7.
#[test]
fn rfc_4231() {
    let counted: Vec<u8> = (1..=25).collect();
    let cases: [(&[u8], &[u8], &str); 6] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (&counted, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &[0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, data, tag) in cases {
        let mut state = Hmac::<Sha256>::new_from_slice(key).unwrap();
        state.update(data);
        assert_eq!(hex(&state.finalize().into_bytes()), tag);
    }
}

/// RFC 5869, appendix A: test cases 1 to 3.
#[test]
fn rfc_5869() {
    let range = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
    let cases = [
        (
            vec![0x0b; 22],
            range(0x00, 0x0c),
            range(0xf0, 0xf9),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            range(0x00, 0x4f),
            range(0x60, 0xaf),
            range(0xb0, 0xff),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c\
             59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71\
             cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            vec![0x0b; 22],
            vec![],
            vec![],
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ];
    for (ikm, salt, info, okm) in cases {
        let mut output = vec![0; okm.len() / 2];
        Hkdf::<Sha256>::new(Some(&salt), &ikm).expand(&info, &mut output).unwrap();
        assert_eq!(hex(&output), okm);
    }
}

/// RFC 8032, section 7.1: tests 1 to 3.
#[test]
fn rfc_8032() {
    let cases: [(&str, &str, &[u8], &str); 3] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            &[],
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
             5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            &[0x72],
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            &[0xaf, 0x82],
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];
    for (seed, public, message, signature) in cases {
        let seed = Secret::fill(|bytes| bytes.copy_from_slice(&unhex(seed)));
        let key = SigningKey::from_seed(&seed);
        assert_eq!(hex(&key.verifying_key().to_bytes()), public);
        assert_eq!(hex(&key.sign(message)), signature);
        assert_eq!(key.verifying_key().verify_strict(message, &key.sign(message)), Ok(()));
    }
}

/// RFC 8452, appendix C.2: the first six examples of AES-256, key 01 00…, nonce 03 00…, no associated data.
#[test]
fn rfc_8452() {
    let block = |byte: u8| -> Vec<u8> { core::iter::once(byte).chain([0; 15]).collect() };
    let cases = [
        (vec![], "07f5f4169bbf55a8400cd47ea6fd400f"),
        (block(1)[..8].to_vec(), "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28"),
        (block(1)[..12].to_vec(), "9aab2aeb3faa0a34aea8e2b18ca50da9ae6559e48fd10f6e5c9ca17e"),
        (block(1), "85a01b63025ba19b7fd3ddfc033b3e76c9eac6fa700942702e90862383c6c366"),
        (
            [block(1), block(2)].concat(),
            "4a6a9db4c8c6549201b9edb53006cba821ec9cf850948a7c86c68ac7539d027fe819e63abcd020b006a976397632eb5d",
        ),
        (
            [block(1), block(2), block(3)].concat(),
            "c00d121893a9fa603f48ccc1ca3c57ce7499245ea0046db16c53c7c66fe717e3\
             9cf6c748837b61f6ee3adcee17534ed5790bc96880a99ba804bd12c0e6a22cc4",
        ),
    ];
    let key: [u8; 32] = core::array::from_fn(|place| u8::from(place == 0));
    let nonce: [u8; 12] = core::array::from_fn(|place| if place == 0 { 3 } else { 0 });
    for (plaintext, sealed) in cases {
        let mut body = plaintext.clone();
        let tag = Aes256GcmSiv::new(&key.into())
            .encrypt_inout_detached(&Nonce::from(nonce), b"", body.as_mut_slice().into())
            .unwrap();
        assert_eq!(hex(&[&body[..], &tag].concat()), sealed);
    }
}

/// RFC 9106, section 5.3: Argon2id, 32 KiB, 3 passes, 4 lanes. Our own call refuses costs so low.
#[test]
fn rfc_9106() {
    let params = ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(AssociatedData::new(&[4; 12]).unwrap())
        .build()
        .unwrap();
    let state = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
    let mut tag = [0; 32];
    state.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
    assert_eq!(hex(&tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
