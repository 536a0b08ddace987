//! A keystore of format v1, frozen: it is read for ever, and its codes are those of `schemas/keyset.v1.md`, computed here
//! once more as plainly as the document says it.

use std::{fs, path::Path};

use counterfoil::{
    keys::{Keystore, NoPassphrase, PassphraseCost, ProviderChoice, Purpose, Workspace, json_schema},
    names::KeyVersion,
};
use counterfoil_crypto::{mac::Mac, secret::Secret, wrap};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;

use crate::{Scene, mode, name, words};

const FILES: [&str; 5] = [
    "kek/attest.kek",
    "kek/tokenize.kek",
    "keystore/attest.keyset.json",
    "keystore/locked.keyset.json",
    "keystore/shop.keyset.json",
];

fn golden() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/golden")
}

/// The frozen files in a workspace with the modes that version control does not keep.
fn thawed() -> Scene {
    let scene = Scene::new();
    for file in FILES {
        let place = scene.workspace.root().join(file);
        fs::copy(golden().join(file), &place).unwrap();
        mode(&place, 0o600);
    }
    scene
}

/// What the keys answer: `keyset/version` and a code or a signature.
fn answers(scene: &Scene) -> String {
    let mut answers = String::new();
    for keyset in scene.store.names().unwrap() {
        let unlocked = scene.unlock(keyset.as_str()).unwrap();
        for version in unlocked.keyset().versions() {
            let answer = match unlocked.root(version.version()) {
                Some(root) => HEXLOWER.encode(&Mac::new(root).tag(b"golden")),
                None => HEXLOWER.encode(&unlocked.signing_key().unwrap().sign(b"golden")),
            };
            answers += &format!("{keyset}/{} {answer}\n", version.version());
        }
    }
    answers
}

#[test]
fn the_frozen_keystore_is_read() {
    let kept = fs::read_to_string(golden().join("answers.txt")).unwrap();
    assert_eq!(answers(&thawed()), kept);
}

/// Freezes a new keystore when it is asked to; a frozen one is never replaced.
#[test]
fn freezing_is_done_once() {
    if std::env::var_os("COUNTERFOIL_FREEZE_KEYSTORE").is_none() || golden().exists() {
        return;
    }
    let insecure = ProviderChoice::Passphrase(PassphraseCost::insecure_below_floor());
    let scene = Scene::new()
        .with("attest", Purpose::Attest, ProviderChoice::File)
        .with("locked", Purpose::Tokenize, insecure)
        .with("shop", Purpose::Tokenize, ProviderChoice::File);
    scene.store.add_version(&name("shop"), &NoPassphrase).unwrap();
    for file in FILES {
        let place = golden().join(file);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, fs::read(scene.workspace.root().join(file)).unwrap()).unwrap();
    }
    fs::write(golden().join("answers.txt"), answers(&scene)).unwrap();
}

#[test]
fn the_frozen_codes_are_those_of_the_document() {
    let kek = fs::read_to_string(golden().join("kek/tokenize.kek")).unwrap();
    let entry = |word: &str| kek.lines().find_map(|line| line.strip_prefix(word)).unwrap().to_owned();
    let (id, key) = (entry("id "), HEXLOWER.decode(entry("key ").as_bytes()).unwrap());
    let kek = Secret::<32>::fill(|bytes| bytes.copy_from_slice(&key));
    let file: Value = serde_json::from_slice(&fs::read(golden().join("keystore/shop.keyset.json")).unwrap()).unwrap();
    let text = |place: &str| file.pointer(place).unwrap().as_str().unwrap().to_owned();
    let number = |place: &str| u32::try_from(file.pointer(place).unwrap().as_u64().unwrap()).unwrap();
    let wrapped = |place: &str| BASE64.decode(text(place).as_bytes()).unwrap();
    let hex = |place: &str| HEXLOWER.decode(text(place).as_bytes()).unwrap();
    assert_eq!(wrap::commitment(&kek, &id).to_vec(), hex("/provider/commitment"));

    let lp = |part: &[u8]| [&u32::try_from(part.len()).unwrap().to_be_bytes()[..], part].concat();
    let unwrapped = |version: u32, created: &str, place: &str| {
        let associated = [
            b"counterfoil/wrap/v1".to_vec(),
            lp(id.as_bytes()),
            lp(b"shop"),
            version.to_be_bytes().to_vec(),
            lp(b"tokenize"),
            lp(created.as_bytes()),
        ]
        .concat();
        wrap::unwrap_key(&kek, &associated, &wrapped(place)).unwrap()
    };
    let integrity = unwrapped(0, &text("/integrity/created"), "/integrity/wrapped_key");
    let mut message = [
        b"counterfoil/keyset-mac/v1".to_vec(),
        lp(b"shop"),
        lp(b"tokenize"),
        u64::from(number("/serial")).to_be_bytes().to_vec(),
        lp(b"file"),
        lp(id.as_bytes()),
        lp(&hex("/provider/commitment")),
        lp(b""),
        number("/primary").to_be_bytes().to_vec(),
        lp(text("/integrity/created").as_bytes()),
        lp(&wrapped("/integrity/wrapped_key")),
    ]
    .concat();
    for index in 0..2 {
        let at = |entry: &str| format!("/versions/{index}/{entry}");
        let version = number(&at("version"));
        message.extend(version.to_be_bytes());
        message.extend(lp(text(&at("status")).as_bytes()));
        message.extend(lp(text(&at("algorithm")).as_bytes()));
        message.extend(lp(text(&at("created")).as_bytes()));
        message.extend(lp(&wrapped(&at("wrapped_key"))));
        message.extend(lp(&hex(&at("kcv"))));
        message.extend(lp(b""));
        let root = unwrapped(version, &text(&at("created")), &at("wrapped_key"));
        let check = Mac::new(&root).tag(format!("counterfoil/kcv/v1\0shop/{version}").as_bytes());
        assert_eq!(check[..16], hex(&at("kcv")));
    }
    assert_eq!(Mac::new(&integrity).tag(&message).to_vec(), hex("/integrity/mac"));
}

#[test]
fn a_frozen_keystore_takes_a_new_version() {
    let scene = thawed();
    let grown = scene.store.add_version(&name("locked"), &words("correct horse")).unwrap();
    assert_eq!(grown.primary(), KeyVersion(2));
    assert!(Keystore::open(&Workspace::open(scene.folder.path()).unwrap()).is_ok());
}

#[test]
fn the_json_schema_is_the_one_in_schemas() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/keyset.v1.schema.json");
    let made = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
    if std::env::var_os("COUNTERFOIL_WRITE_SCHEMAS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        made == kept,
        "schemas/keyset.v1.schema.json is not what the types say; COUNTERFOIL_WRITE_SCHEMAS=1 writes it"
    );
}
