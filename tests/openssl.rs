//! The attestation verified by `openssl` and `sha256sum` alone, with the very script that the format document gives to
//! auditors.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

mod attest_fixture;

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use attest_fixture::{World, key};

const DOCUMENT: &str = include_str!("../schemas/manifest.v1.md");

#[test]
fn an_unaltered_dataset_verifies_without_counterfoil() {
    if missing() {
        return;
    }
    let world = World::new();
    let output = check(&world, "attest.pub");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches("Signature Verified Successfully").count(), 2);
}

#[test]
fn an_altered_dataset_does_not() {
    if missing() {
        return;
    }
    let alterations: [fn(&World); 6] = [
        |world| world.edit("README.md", |text| text + " "),
        |world| {
            world.edit("README.md", |text| text + " ");
            world.rewrite_sums();
        },
        |world| fs::write(world.path("data/extra"), "x").unwrap(),
        |world| fs::remove_file(world.path("data/part-00001.parquet")).unwrap(),
        |world| {
            world.edit("_provenance/run.intoto.jsonl", |text| {
                text.lines().take(1).map(|l| l.to_owned() + "\n").collect()
            })
        },
        |world| {
            world.edit("_provenance/run.intoto.jsonl", |text| text.replacen("\"payload\":\"e", "\"payload\":\"f", 1))
        },
    ];
    for (index, alter) in alterations.iter().enumerate() {
        let world = World::new();
        alter(&world);
        assert!(!check(&world, "attest.pub").status.success(), "alteration {index}");
        assert_ne!(world.verify().exit, 0, "alteration {index}");
    }
}

#[test]
fn another_key_does_not_fit() {
    if missing() {
        return;
    }
    let world = World::new();
    fs::write(world.trust.join("other.pub"), key(2).verifying_key().to_pem()).unwrap();
    assert!(!check(&world, "other.pub").status.success());
}

#[test]
fn the_commitment_of_the_document_is_the_one_that_sha256sum_gives() {
    let mut message = b"counterfoil/commit/v1\0input-file\0".to_vec();
    message.extend([7; 32]);
    message.extend(counterfoil_crypto::digest::sha256(b"raw").as_bytes());
    let mut sha256sum =
        Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("sha256sum is installed");
    sha256sum.stdin.take().unwrap().write_all(&message).unwrap();
    let output = sha256sum.wait_with_output().unwrap();
    let digest = String::from_utf8(output.stdout).unwrap();
    assert!(DOCUMENT.contains(&format!("`{}`", &digest[..64])));
}

/// Runs the document's script.
fn check(world: &World, public: &str) -> Output {
    let script = DOCUMENT.split("```sh\n").nth(1).unwrap().split("\n```").next().unwrap();
    let trust: &Path = &world.trust;
    Command::new("sh").args(["-c", script, "check"]).arg(&world.dataset).arg(trust.join(public)).output().unwrap()
}

fn missing() -> bool {
    let missing = Command::new("openssl").arg("version").output().is_err();
    if missing {
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED openssl: it is not installed, so nothing independent verified the attestation\n"
        );
    }
    missing
}
