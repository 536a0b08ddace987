//! Writers beside one another, and writers that are killed by a real signal.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use counterfoil::{
    keys::{Keystore, NoPassphrase, ProviderChoice, Purpose, Workspace},
    names::KeysetName,
};

use crate::{Scene, name};

#[test]
fn two_writers_lose_no_version() {
    let scene = Scene::new().with("shop", Purpose::Tokenize, ProviderChoice::File);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    scene.store.add_version(&name("shop"), &NoPassphrase).unwrap();
                }
            });
        }
        // Readers see whole files at every moment.
        for _ in 0..50 {
            scene.unlock("shop").unwrap();
        }
    });
    let keyset = scene.unlock("shop").unwrap();
    let numbers: Vec<u32> = keyset.keyset().versions().iter().map(|v| v.version().0).collect();
    assert_eq!(numbers, (1..=21).collect::<Vec<_>>());
}

/// Not a test by itself: the process that `a_killed_writer_loses_nothing` kills.
#[test]
fn writer_to_be_killed() {
    let Some(root) = std::env::var_os("KEYS_TEST_WORKSPACE") else { return };
    let store = Keystore::create(Path::new(&root)).unwrap();
    for number in 0.. {
        let keyset = name(&format!("k{number}"));
        if store.keyset(&keyset).is_err() {
            store.new_keyset(&keyset, Purpose::Tokenize, ProviderChoice::File, &NoPassphrase).unwrap();
        }
        store.add_version(&keyset, &NoPassphrase).unwrap();
    }
}

#[test]
fn a_killed_writer_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(Workspace::FOLDER);
    let mut seen: Vec<(KeysetName, usize)> = Vec::new();
    for round in 0..12_u64 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::writer_to_be_killed", "--nocapture"])
            .env("KEYS_TEST_WORKSPACE", &root)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(5 + round * 11));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let store = Keystore::create(&root).unwrap();
        let names = store.names().unwrap();
        for (keyset, versions) in &seen {
            assert!(names.contains(keyset), "{keyset} is lost");
            assert!(store.keyset(keyset).unwrap().versions().len() >= *versions);
        }
        seen.clear();
        for keyset in names {
            let unlocked = store.unlock(&keyset, &NoPassphrase).unwrap();
            seen.push((keyset, unlocked.keyset().versions().len()));
        }
        let left = |path: PathBuf| {
            fs::read_dir(path)
                .unwrap()
                .flatten()
                .filter(|e| e.file_name().to_string_lossy().contains("unfinished"))
                .count()
        };
        assert_eq!(left(root.join("keystore")) + left(root.join("kek")), 0, "leftovers are swept");
    }
    assert!(!seen.is_empty(), "the writer never came to write");
}
