//! Keystore files that someone altered, moved or broke: each is found, and told from the others.

use std::fs;

use counterfoil::keys::{NoPassphrase, ProviderChoice, Purpose};
use serde_json::Value;

use crate::{Scene, code, name, refused};

#[test]
fn another_kek_and_a_damaged_one_are_told_apart() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    let other = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    let kek = scene.workspace.kek_dir().join("tokenize.kek");
    let kept = fs::read(&kek).unwrap();
    fs::copy(other.workspace.kek_dir().join("tokenize.kek"), &kek).unwrap();
    assert_eq!(refused(scene.unlock("shop")), "keys::wrong_kek");
    for place in 0..kept.len() {
        let mut altered = kept.clone();
        altered[place] ^= 1;
        fs::write(&kek, altered).unwrap();
        let found = refused(scene.unlock("shop"));
        assert!(["keys::kek_damaged", "keys::unknown_format"].contains(&found.as_str()), "{place}: {found}");
    }
    for length in 0..kept.len() {
        fs::write(&kek, &kept[..length]).unwrap();
        let found = refused(scene.unlock("shop"));
        // Cut in its version number, the first line reads like that of another format.
        assert!(found == "keys::kek_damaged" || (16..18).contains(&length), "{length}: {found}");
    }
}

#[test]
fn every_altered_entry_is_found() {
    let other = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 22] = [
        ("keys::unknown_format", |f| f["format"] = "counterfoil/keyset/v2".into()),
        ("keys::unknown_provider", |f| f["provider"]["kind"] = "moon".into()),
        ("keys::inconsistent", |f| f["name"] = "shop2".into()),
        ("keys::inconsistent", |f| f["purpose"] = "attest".into()),
        ("keys::malformed", |f| f["purpose"] = "sing".into()),
        ("keys::malformed", |f| f["more"] = 1.into()),
        ("keys::malformed", |f| f["versions"][0]["more"] = 1.into()),
        ("keys::malformed", |f| f["provider"]["more"] = 1.into()),
        ("keys::tampered_keyset", |f| f["serial"] = 9.into()),
        ("keys::tampered_keyset", |f| f["primary"] = 1.into()),
        ("keys::inconsistent", |f| f["primary"] = 3.into()),
        ("keys::wrong_kek", |f| f["provider"]["kek_id"] = "file-tokenize-0000000000000000".into()),
        ("keys::tampered_keyset", |f| f["versions"][0]["status"] = "disabled".into()),
        ("keys::inconsistent", |f| f["versions"][1]["status"] = "disabled".into()),
        ("keys::inconsistent", |f| f["versions"][0]["status"] = "destroyed".into()),
        ("keys::inconsistent", |f| f["versions"][0]["algorithm"] = "ed25519".into()),
        ("keys::tampered_key", |f| f["versions"][0]["created"] = "2001-01-01T00:00:00Z".into()),
        ("keys::inconsistent", |f| f["versions"][0]["created"] = "2001-02-30T00:00:00Z".into()),
        ("keys::tampered_key", |f| {
            f["versions"][1]["version"] = 7.into();
            f["primary"] = 7.into();
        }),
        ("keys::tampered_keyset", |f| drop(f["versions"][0].as_object_mut().unwrap().remove("kcv"))),
        ("keys::tampered_keyset", |f| f["versions"][0]["kcv"] = "00112233445566778899aabbccddeeff".into()),
        ("keys::tampered_key", |f| f["integrity"]["created"] = "2001-01-01T00:00:00Z".into()),
    ];
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    scene.store.add_version(&name("shop"), &NoPassphrase).unwrap();
    let kept = fs::read(scene.file("shop")).unwrap();
    for (number, (expected, change)) in changes.into_iter().enumerate() {
        scene.edit("shop", change);
        let found = refused(scene.unlock("shop"));
        assert_eq!(found, expected, "change {number}");
        assert!(scene.store.add_version(&name("shop"), &NoPassphrase).is_err(), "change {number} must stop a writer");
        fs::write(scene.file("shop"), &kept).unwrap();
    }
    for (expected, entry) in [("keys::wrong_kek", "/provider/commitment"), ("keys::tampered_keyset", "/integrity/mac")]
    {
        scene.edit("shop", |file| *file.pointer_mut(entry).unwrap() = other.into());
        assert_eq!(refused(scene.unlock("shop")), expected, "{entry}");
        fs::write(scene.file("shop"), &kept).unwrap();
    }
    assert!(scene.unlock("shop").is_ok());
}

#[test]
fn every_altered_byte_of_a_wrapped_key_is_found() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    let kept = fs::read(scene.file("shop")).unwrap();
    for entry in ["/versions/0/wrapped_key", "/integrity/wrapped_key"] {
        let value: Value = serde_json::from_slice(&kept).unwrap();
        let wrapped = data_encoding::BASE64.decode(value.pointer(entry).unwrap().as_str().unwrap().as_bytes()).unwrap();
        assert_eq!(wrapped.len(), 60);
        for place in 0..wrapped.len() {
            let mut altered = wrapped.clone();
            altered[place] ^= 0x10;
            scene.edit("shop", |f| *f.pointer_mut(entry).unwrap() = data_encoding::BASE64.encode(&altered).into());
            assert_eq!(refused(scene.unlock("shop")), "keys::tampered_key", "{entry} {place}");
        }
        scene.edit("shop", |f| *f.pointer_mut(entry).unwrap() = data_encoding::BASE64.encode(&wrapped[1..]).into());
        assert_eq!(refused(scene.unlock("shop")), "keys::tampered_key");
        fs::write(scene.file("shop"), &kept).unwrap();
    }
}

#[test]
fn swapped_wrapped_keys_are_found() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File).with(
        "till",
        Purpose::Tokenize,
        ProviderChoice::File,
    );
    scene.store.add_version(&name("shop"), &NoPassphrase).unwrap();
    let kept = fs::read(scene.file("shop")).unwrap();
    // Between two versions.
    scene.edit("shop", |f| {
        let first = f["versions"][0]["wrapped_key"].take();
        f["versions"][0]["wrapped_key"] = f["versions"][1]["wrapped_key"].take();
        f["versions"][1]["wrapped_key"] = first;
    });
    assert_eq!(refused(scene.unlock("shop")), "keys::tampered_key");
    fs::write(scene.file("shop"), &kept).unwrap();
    // Between two keysets under one KEK.
    let till: Value = serde_json::from_slice(&fs::read(scene.file("till")).unwrap()).unwrap();
    scene.edit("shop", |f| f["versions"][0]["wrapped_key"] = till["versions"][0]["wrapped_key"].clone());
    assert_eq!(refused(scene.unlock("shop")), "keys::tampered_key");
    // A whole file under another name, with and without its name inside.
    fs::copy(scene.file("till"), scene.file("shop")).unwrap();
    assert_eq!(refused(scene.unlock("shop")), "keys::inconsistent");
    scene.edit("shop", |f| f["name"] = "shop".into());
    assert_eq!(refused(scene.unlock("shop")), "keys::tampered_key");
}

#[test]
fn malformed_json_is_told_by_its_place_only() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    let kept = fs::read(scene.file("shop")).unwrap();
    let canary = "CANARY-5551212";
    let texts = [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        format!("{{\"format\": {canary}}}"),
        format!("{{\"format\": \"counterfoil/keyset/v1\", \"{canary}\": 1}}"),
        String::from_utf8(kept.clone()).unwrap().replace("enabled", canary),
        String::from_utf8(kept[..kept.len() / 2].to_vec()).unwrap(),
        "[".repeat(100_000),
    ];
    for text in texts {
        fs::write(scene.file("shop"), &text).unwrap();
        let error = scene.unlock("shop").err().unwrap();
        assert_eq!(code(&error), "keys::malformed");
        assert!(error.to_string().contains("line"), "{error}");
        let mut rendered = format!("{error} {error:?} ");
        rendered += &format!("{:?}", miette::Report::new(error));
        assert!(!rendered.contains(canary), "{rendered}");
    }
    fs::write(scene.file("shop"), vec![b' '; (1 << 20) + 1]).unwrap();
    assert_eq!(refused(scene.unlock("shop")), "keys::too_large");
}
