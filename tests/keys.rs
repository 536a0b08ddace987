//! The keystore from outside: whole workspaces on a real disk, other processes, and the files as they lie there.
//!
//! What this does not know: key bytes. Whether keys came back is seen by what they sign and check.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use counterfoil::{
    keys::{
        FixedPassphrase, KeysError, Keystore, NoPassphrase, PassphraseCost, PassphraseFile, PassphraseRequest,
        PassphraseSource, ProviderChoice, Purpose, UnlockedKeyset, Workspace,
    },
    names::KeysetName,
};
use counterfoil_crypto::secret::SecretBytes;
use serde_json::Value;

#[path = "keys/golden.rs"]
mod golden;
#[path = "keys/kill.rs"]
mod kill;
#[path = "keys/tamper.rs"]
mod tamper;

/// A workspace in a folder that goes with it.
struct Scene {
    folder: tempfile::TempDir,
    workspace: Workspace,
    store: Keystore,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Keystore::create(&folder.path().join(Workspace::FOLDER)).unwrap();
        let workspace = Workspace::find(folder.path()).unwrap();
        Self { folder, workspace, store }
    }

    fn with(self, keyset: &str, purpose: Purpose, choice: ProviderChoice) -> Self {
        self.store.new_keyset(&name(keyset), purpose, choice, &words("correct horse")).unwrap();
        self
    }

    fn file(&self, keyset: &str) -> PathBuf {
        self.workspace.keystore_dir().join(format!("{keyset}.keyset.json"))
    }

    fn unlock(&self, keyset: &str) -> Result<UnlockedKeyset, KeysError> {
        self.store.unlock(&name(keyset), &words("correct horse"))
    }

    fn edit(&self, keyset: &str, change: impl FnOnce(&mut Value)) {
        let mut value: Value = serde_json::from_slice(&fs::read(self.file(keyset)).unwrap()).unwrap();
        change(&mut value);
        fs::write(self.file(keyset), serde_json::to_vec_pretty(&value).unwrap()).unwrap();
    }
}

fn name(text: &str) -> KeysetName {
    text.parse().unwrap()
}

fn words(text: &str) -> FixedPassphrase {
    FixedPassphrase::new(SecretBytes::new(text.as_bytes().to_vec()))
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn fast() -> ProviderChoice {
    ProviderChoice::Passphrase(PassphraseCost::insecure_below_floor())
}

fn code(error: &KeysError) -> String {
    miette::Diagnostic::code(error).unwrap().to_string()
}

/// The code of what must have failed; every failure must come with help and name no key material.
fn refused<T>(outcome: Result<T, KeysError>) -> String {
    let error = outcome.err().expect("must be refused");
    assert!(miette::Diagnostic::help(&error).is_some(), "{error:?}");
    code(&error)
}

#[test]
fn a_keyset_is_made_unlocked_and_grows() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    let first = scene.unlock("shop").unwrap();
    assert_eq!(first.primary().0, 1);
    let second = scene.store.add_version(&name("shop"), &NoPassphrase).unwrap();
    assert_eq!(second.primary().0, 2);
    let again = scene.unlock("shop").unwrap();
    let root = |keyset: &UnlockedKeyset, version| {
        let root = keyset.root(counterfoil::names::KeyVersion(version)).unwrap();
        counterfoil_crypto::mac::Mac::new(root).tag(b"same?")
    };
    assert_eq!(root(&first, 1), root(&again, 1));
    assert_eq!(root(&second, 2), root(&again, 2));
    assert_ne!(root(&again, 1), root(&again, 2));
    assert!(again.root(counterfoil::names::KeyVersion(3)).is_none());
    assert_eq!(again.keyset().serial(), 2);
    assert_eq!(scene.store.names().unwrap(), [name("shop")]);
    assert_eq!(
        refused(scene.store.new_keyset(&name("shop"), Purpose::Attest, fast(), &words("12345678"))),
        "keys::keyset_exists"
    );
}

#[test]
fn an_attest_keyset_signs_and_shows_its_public_half() {
    let scene = Scene::new().with("attest", Purpose::Attest, ProviderChoice::File);
    let keyset = scene.unlock("attest").unwrap();
    let key = keyset.signing_key().unwrap();
    let written = scene.store.export_public(&keyset).unwrap();
    assert_eq!(written, [scene.workspace.trust_dir().join("attest.pub")]);
    let pem = fs::read_to_string(&written[0]).unwrap();
    let public = counterfoil_crypto::sign::VerifyingKey::from_pem(&pem).unwrap();
    public.verify_strict(b"statement", &key.sign(b"statement")).unwrap();
    assert_eq!(keyset.keyset().versions()[0].public_key(), Some(pem.as_str()));
    assert!(keyset.root(keyset.primary()).is_none(), "a signing seed is no root");
    assert_eq!(refused(keyset.primary_root().map(drop)), "keys::wrong_purpose");

    let rotated = scene.store.add_version(&name("attest"), &NoPassphrase).unwrap();
    assert_eq!(scene.store.export_public(&rotated).unwrap().len(), 2);
    assert_eq!(fs::read_to_string(scene.workspace.trust_dir().join("attest.v1.pub")).unwrap(), pem);

    let scene = scene.with("shop", Purpose::Tokenize, ProviderChoice::File);
    assert_eq!(refused(scene.unlock("shop").unwrap().signing_key()), "keys::wrong_purpose");
}

#[test]
fn a_wrong_passphrase_is_told_from_an_altered_file() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, fast());
    assert!(scene.unlock("shop").is_ok());
    assert!(scene.store.keyset(&name("shop")).unwrap().is_insecure());
    let shop = name("shop");
    assert_eq!(refused(scene.store.unlock(&shop, &words("wrong horse"))), "keys::wrong_passphrase");
    assert_eq!(refused(scene.store.unlock(&shop, &words(""))), "keys::wrong_passphrase");
    assert_eq!(refused(scene.store.unlock(&shop, &NoPassphrase)), "keys::passphrase_needed");
    assert_eq!(refused(scene.store.add_version(&shop, &words("wrong horse"))), "keys::wrong_passphrase");
    let short = scene.store.new_keyset(&name("b"), Purpose::Tokenize, fast(), &words("1234567"));
    assert_eq!(refused(short), "keys::passphrase_short");
    assert_eq!(scene.store.names().unwrap(), [shop]);
}

#[test]
fn hostile_passphrase_costs_are_refused_before_a_passphrase_is_asked_for() {
    for (entry, value) in [("memory_kib", 4_194_305_u32), ("memory_kib", u32::MAX), ("memory_kib", 65), ("passes", 33)]
    {
        let scene = Scene::new().with("shop", Purpose::Tokenize, fast());
        scene.edit("shop", |file| file["provider"][entry] = value.into());
        assert_eq!(refused(scene.store.unlock(&name("shop"), &NoPassphrase)), "keys::passphrase_cost", "{entry}");
    }
    // Without its mark the fast cost is below the floor.
    let scene = Scene::new().with("shop", Purpose::Tokenize, fast());
    scene.edit("shop", |file| drop(file["provider"].as_object_mut().unwrap().remove("insecure_below_floor")));
    assert_eq!(refused(scene.store.unlock(&name("shop"), &NoPassphrase)), "keys::passphrase_cost");
    assert!(PassphraseCost::new(65_535, 3, 1).is_none());
    assert!(PassphraseCost::new(65_536, 2, 1).is_none());
    assert!(PassphraseCost::new(65_536, 3, 1).is_some());
}

#[test]
fn what_others_may_read_is_refused() {
    type Place = fn(&Scene) -> PathBuf;
    let places: [(Place, u32); 6] = [
        (|s| s.workspace.root().to_owned(), 0o755),
        (|s| s.workspace.keystore_dir(), 0o750),
        (|s| s.workspace.kek_dir(), 0o701),
        (|s| s.file("shop"), 0o640),
        (|s| s.file("shop"), 0o602),
        (|s| s.workspace.kek_dir().join("tokenize.kek"), 0o604),
    ];
    for (place, bits) in places {
        let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
        mode(&place(&scene), bits);
        let outcome = Keystore::open(&scene.workspace).and_then(|s| s.unlock(&name("shop"), &NoPassphrase));
        let error = outcome.err().unwrap();
        assert_eq!(code(&error), "keys::readable_by_others", "{:?}", place(&scene));
        assert!(miette::Diagnostic::help(&error).unwrap().to_string().contains("chmod"), "{error:?}");
    }
}

#[test]
fn symbolic_links_are_refused() {
    let places: [fn(&Scene) -> PathBuf; 5] = [
        |s| s.workspace.root().to_owned(),
        |s| s.workspace.keystore_dir(),
        |s| s.workspace.kek_dir(),
        |s| s.file("shop"),
        |s| s.workspace.kek_dir().join("tokenize.kek"),
    ];
    for place in places {
        let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
        let (path, moved) = (place(&scene), scene.folder.path().join("elsewhere"));
        fs::rename(&path, &moved).unwrap();
        symlink(&moved, &path).unwrap();
        let outcome = Keystore::open(&scene.workspace).and_then(|s| s.unlock(&name("shop"), &NoPassphrase));
        assert_eq!(refused(outcome), "keys::symlink", "{path:?}");
    }
}

#[test]
fn a_workspace_of_someone_else_is_refused() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    // Only root can give a folder away; elsewhere there is nothing to see.
    if std::os::unix::fs::chown(scene.workspace.root(), Some(54_321), None).is_ok() {
        assert_eq!(refused(Keystore::open(&scene.workspace)), "keys::not_owned");
    }
}

#[test]
fn what_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(refused(Workspace::find(folder.path())), "keys::workspace_missing");
    assert_eq!(refused(Workspace::open(folder.path())), "keys::workspace_missing");
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    assert_eq!(refused(scene.store.unlock(&name("other"), &NoPassphrase)), "keys::keyset_missing");
    let below = scene.folder.path().join("a/b");
    fs::create_dir_all(&below).unwrap();
    assert_eq!(Workspace::find(&below).unwrap(), scene.workspace);
    assert_eq!(Workspace::open(scene.folder.path()).unwrap(), scene.workspace);
    assert_eq!(Workspace::open(scene.workspace.root()).unwrap(), scene.workspace);

    let kek = scene.workspace.kek_dir().join("tokenize.kek");
    let kept = fs::read(&kek).unwrap();
    fs::remove_file(&kek).unwrap();
    assert_eq!(refused(scene.unlock("shop")), "keys::kek_missing");
    // A second keyset must not make a new KEK in the place of the lost one.
    let second = scene.store.new_keyset(&name("second"), Purpose::Tokenize, ProviderChoice::File, &NoPassphrase);
    assert_eq!(refused(second), "keys::kek_missing");
    fs::write(&kek, kept).unwrap();
    mode(&kek, 0o600);
    assert!(scene.unlock("shop").is_ok());

    fs::remove_dir_all(scene.workspace.keystore_dir()).unwrap();
    assert_eq!(refused(Keystore::open(&scene.workspace)), "keys::keystore_missing");
}

#[test]
fn debug_shows_no_key_and_no_ciphertext() {
    let scene =
        Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File).with("locked", Purpose::Tokenize, fast());
    let keyset = scene.unlock("shop").unwrap();
    let root = data_encoding::HEXLOWER.encode(keyset.primary_root().unwrap().expose());
    let kek = fs::read_to_string(scene.workspace.kek_dir().join("tokenize.kek")).unwrap();
    let kek = kek.lines().find_map(|line| line.strip_prefix("key ")).unwrap().to_owned();
    let file: Value = serde_json::from_slice(&fs::read(scene.file("shop")).unwrap()).unwrap();
    let wrapped = file["versions"][0]["wrapped_key"].as_str().unwrap().to_owned();
    let bytes = format!("{:?}", &keyset.primary_root().unwrap().expose()[..8]);
    let shown = format!("{keyset:?} {keyset:#?} {:?} {:?} {:?}", keyset.keyset(), scene.store, scene.unlock("locked"));
    for secret in [&root, &kek, &wrapped, &bytes[1..bytes.len() - 1]] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("shop"), "{shown}");
    // And nothing in the clear lies in the keystore or in the public halves.
    let text = fs::read_to_string(scene.file("shop")).unwrap();
    assert!(!text.contains(&root) && !text.contains(&kek));
}

#[test]
fn a_passphrase_file_is_read_less_its_line_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("passphrase");
    let keyset = name("shop");
    let request = PassphraseRequest { keyset: &keyset, reason: counterfoil::keys::PassphraseReason::Unlock };
    for (content, expected) in [
        ("correct horse\n", "correct horse"),
        ("correct horse\r\n", "correct horse"),
        ("correct horse", "correct horse"),
        ("two\nlines\n\n", "two\nlines\n"),
        ("", ""),
    ] {
        fs::write(&path, content).unwrap();
        mode(&path, 0o600);
        let found = PassphraseFile::new(&path).passphrase(&request).unwrap();
        assert_eq!(found.expose(), expected.as_bytes());
    }
    mode(&path, 0o604);
    assert_eq!(refused(PassphraseFile::new(&path).passphrase(&request)), "keys::readable_by_others");
    mode(&path, 0o600);
    fs::write(&path, "x".repeat(5000)).unwrap();
    assert_eq!(refused(PassphraseFile::new(&path).passphrase(&request)), "keys::too_large");
    assert_eq!(refused(PassphraseFile::new(folder.path()).passphrase(&request)), "keys::io");
    assert_eq!(refused(PassphraseFile::new(&folder.path().join("none")).passphrase(&request)), "keys::io");
}

#[test]
fn the_standard_cost_unlocks() {
    let floor = ProviderChoice::Passphrase(PassphraseCost::new(64 * 1024, 3, 1).unwrap());
    let scene = Scene::new().with("shop", Purpose::Tokenize, floor);
    let keyset = scene.unlock("shop").unwrap();
    assert!(!keyset.keyset().is_insecure());
    assert!(keyset.keyset().versions()[0].kcv().is_none(), "no key check value beside a passphrase");
}

#[test]
fn a_keystore_inside_the_output_is_seen() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    let top = scene.folder.path();
    let apart = |output: &Path| scene.workspace.ensure_apart(output);
    apart(&top.join("out")).unwrap();
    apart(&top.join("out/that/does/not/exist")).unwrap();
    apart(&top.join(".counterfoil-out")).unwrap();
    for output in [top.to_owned(), top.join(Workspace::FOLDER), top.join(".counterfoil/trust/x"), top.join("out/..")] {
        fs::create_dir_all(top.join("out")).unwrap();
        assert_eq!(refused(apart(&output)), "keys::inside_output", "{output:?}");
    }
    symlink(top, top.join("around")).unwrap();
    assert_eq!(refused(apart(&top.join("around"))), "keys::inside_output");
    assert!(scene.store.is_inside(&top.join("around")).unwrap());
    assert!(scene.store.is_inside(&scene.workspace.kek_dir()).unwrap());
    assert!(!scene.store.is_inside(&top.join("out")).unwrap());
}

#[test]
fn a_workspace_is_closed_to_others_and_made_twice_without_harm() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    let bits = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let workspace = &scene.workspace;
    for folder in [workspace.root(), &workspace.keystore_dir(), &workspace.kek_dir(), &workspace.restricted_dir()] {
        assert_eq!(bits(folder), 0o700, "{folder:?}");
    }
    assert_eq!(bits(&scene.file("shop")), 0o600);
    assert_eq!(bits(&workspace.kek_dir().join("tokenize.kek")), 0o600);
    assert_eq!(fs::read_to_string(workspace.root().join(".gitignore")).unwrap(), "*\n");
    Keystore::create(workspace.root()).unwrap();
    assert!(scene.unlock("shop").is_ok());
}
