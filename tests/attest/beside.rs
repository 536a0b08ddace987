//! What lies beside datasets, and keys that came with the data.

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    path::PathBuf,
};

use counterfoil::attest::{Check, FileChange, Outcome, VerifyOptions, VerifyReport, verify};

use super::attest_fixture::World;

#[test]
fn links_and_loose_files_beside_datasets_fail() {
    let world = World::new();
    let out = out(&world);
    assert_eq!(verify(&out, &world.trust, &VerifyOptions::default()).exit, 0);

    let elsewhere = world.root.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, out.join("events")).unwrap();
    beside(&world, FileChange::Unsafe, "events");
    fs::remove_file(out.join("events")).unwrap();

    symlink(out.join("users"), out.join("people")).unwrap();
    beside(&world, FileChange::Unsafe, "people");
    fs::remove_file(out.join("people")).unwrap();

    symlink("nowhere", out.join(".counterfoil.lock")).unwrap();
    beside(&world, FileChange::Unsafe, ".counterfoil.lock");
    fs::remove_file(out.join(".counterfoil.lock")).unwrap();

    let _socket = UnixListener::bind(out.join("socket")).unwrap();
    beside(&world, FileChange::Unsafe, "socket");
    fs::remove_file(out.join("socket")).unwrap();

    for name in ["notes.txt", ".hidden"] {
        fs::write(out.join(name), "x").unwrap();
        beside(&world, FileChange::Unlisted, name);
        fs::remove_file(out.join(name)).unwrap();
    }
}

#[test]
fn a_dataset_that_is_a_link_is_not_verified_in_its_stead() {
    let world = World::new();
    let moved = world.root.path().join("moved");
    fs::rename(&world.dataset, &moved).unwrap();
    symlink(&moved, &world.dataset).unwrap();
    let report = verify(&out(&world), &world.trust, &VerifyOptions::default());
    assert_eq!(report.exit, 1, "{report}");
    assert!(report.to_string().contains("unsafe    users"), "{report}");
}

#[test]
fn the_lock_is_expected_and_staging_folders_are_named() {
    let world = World::new();
    let out = out(&world);
    fs::write(out.join(".counterfoil.lock"), "").unwrap();
    fs::create_dir(out.join(".counterfoil-staging-users-1")).unwrap();
    let report = verify(&out, &world.trust, &VerifyOptions::default());
    assert_eq!((report.exit, report.datasets.len(), report.not_checked.len()), (0, 1, 1), "{report}");
    assert!(report.to_string().contains("NOT CHECKED\n  - `.counterfoil-staging-users-1`"), "{report}");
    assert!(report.to_string().contains("PASS beside  1 dataset and nothing else"), "{report}");

    fs::create_dir(out.join(".other")).unwrap();
    let report = verify(&out, &world.trust, &VerifyOptions::default());
    assert_eq!((report.exit, report.datasets.len()), (3, 2), "{report}");
}

#[test]
fn a_trust_folder_beside_the_datasets_came_with_them() {
    let world = World::new();
    let delivered = out(&world).join("trust");
    fs::create_dir(&delivered).unwrap();
    fs::copy(world.trust.join("attest.pub"), delivered.join("attest.pub")).unwrap();
    let exit = |trust: PathBuf| {
        let report = verify(&out(&world), &trust, &VerifyOptions::default());
        let users = report.datasets.iter().find(|dataset| dataset.dataset == "users").unwrap();
        (users.exit, report.to_string().contains("inside the folder that is verified"))
    };
    assert_eq!(exit(delivered.clone()), (2, true));
    assert_eq!(exit(delivered.join("../../out/trust")), (2, true));
    let link = world.root.path().join("link");
    symlink(&delivered, &link).unwrap();
    assert_eq!(exit(link), (2, true));
    assert_eq!(exit(world.trust.clone()), (0, false));
}

#[test]
fn a_key_file_that_leads_into_the_data_or_is_none_is_refused() {
    let world = World::new();
    let key = world.trust.join("attest.pub");
    let delivered = world.path("_provenance/attest.pub");
    fs::rename(&key, &delivered).unwrap();
    symlink(&delivered, &key).unwrap();
    assert_eq!(trust_line(&world.verify()), (2, "`attest.pub` is a link into the folder that is verified".to_owned()));

    let elsewhere = world.root.path().join("publisher.pem");
    fs::rename(&delivered, &elsewhere).unwrap();
    fs::remove_file(&key).unwrap();
    symlink(&elsewhere, &key).unwrap();
    assert_eq!(world.verify().exit, 0);

    fs::remove_file(&key).unwrap();
    let _socket = UnixListener::bind(&key).unwrap();
    assert_eq!(trust_line(&world.verify()), (2, "`attest.pub` is not a regular file".to_owned()));
    fs::remove_file(&key).unwrap();
    fs::create_dir(&key).unwrap();
    assert_eq!(trust_line(&world.verify()), (2, "`attest.pub` is not a regular file".to_owned()));
}

fn out(world: &World) -> PathBuf {
    world.root.path().join("out")
}

/// The folder of datasets fails by this entry alone.
#[track_caller]
fn beside(world: &World, change: FileChange, name: &str) {
    let report = verify(&out(world), &world.trust, &VerifyOptions::default());
    assert_eq!((report.exit, report.datasets.len(), report.datasets[0].exit), (1, 1, 0), "{report}");
    let findings: Vec<_> = report.checks.iter().flat_map(|check| &check.findings).collect();
    assert!(matches!(findings.as_slice(), [one] if one.change == change && one.name == name), "{report}");
}

/// Exit code and the detail of the failed check `trust`, up to its colon.
fn trust_line(report: &VerifyReport) -> (u8, String) {
    let failed = |check: &&Check| check.name == "trust" && matches!(check.outcome, Outcome::Fail(_));
    let check = report.datasets[0].checks.iter().find(failed).unwrap();
    (failed_exit(check), check.detail.split(':').next().unwrap().to_owned())
}

fn failed_exit(check: &Check) -> u8 {
    match check.outcome {
        Outcome::Fail(failure) => failure.exit(),
        _ => 0,
    }
}
