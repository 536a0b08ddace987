//! Attested datasets, whole and altered: every alteration gets its exit code and a line that names the file.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "attest/beside.rs"]
mod beside;
#[path = "attest/claims.rs"]
mod claims;

mod attest_fixture;

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use attest_fixture::{DROPPED, RAW_PATH, World, attest, key, policy_digest, raw_digest};
use counterfoil::attest::{
    AttestError, FileChange, Manifest, Outcome, Requirement, VerifyOptions, VerifyReport, manifest_schema, verify,
};
use counterfoil_crypto::digest::sha256;
use data_encoding::BASE64;

const STATEMENTS: &str = "_provenance/run.intoto.jsonl";
const PART_0: &str = "data/part-00000.parquet";
const PART_1: &str = "data/part-00001.parquet";

#[test]
fn an_unaltered_dataset_verifies() {
    let report = World::new().verify();
    assert_eq!(report.exit, 0, "{report}");
    let text = report.to_string();
    for line in ["PASS files", "PASS rows", "PASS columns", "PASS logical digests", "PASS footers", "NOT CHECKED"] {
        assert!(text.contains(line), "{text}");
    }
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["datasets"][0]["dataset"], "users");
    assert_eq!(json["datasets"][0]["checks"][0]["outcome"], "PASS");
}

#[test]
fn one_byte_of_a_data_file_changed() {
    let world = World::new();
    let mut bytes = fs::read(world.path(PART_0)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(world.path(PART_0), bytes).unwrap();
    refused(&world.verify(), 1, FileChange::Changed, PART_0);
}

#[test]
fn one_byte_changed_and_the_sums_with_it() {
    let world = World::new();
    let mut bytes = fs::read(world.path(PART_1)).unwrap();
    bytes.push(0);
    fs::write(world.path(PART_1), bytes).unwrap();
    world.rewrite_sums();
    let report = world.verify();
    refused(&report, 1, FileChange::Changed, PART_1);
    refused(&report, 1, FileChange::Changed, "SHA256SUMS");
}

#[test]
fn the_dictionary_edited() {
    let world = World::new();
    world.edit("data-dictionary.csv", |text| text.replace("yes", "no"));
    refused(&world.verify(), 1, FileChange::Changed, "data-dictionary.csv");
}

#[test]
fn a_data_file_deleted() {
    let world = World::new();
    fs::remove_file(world.path(PART_1)).unwrap();
    refused(&world.verify(), 1, FileChange::Missing, PART_1);
}

#[test]
fn the_sums_deleted() {
    let world = World::new();
    fs::remove_file(world.path("SHA256SUMS")).unwrap();
    refused(&world.verify(), 1, FileChange::Missing, "SHA256SUMS");
}

#[test]
fn a_data_file_added() {
    let world = World::new();
    fs::copy(world.path(PART_0), world.path("data/part-00002.parquet")).unwrap();
    refused(&world.verify(), 1, FileChange::Unlisted, "data/part-00002.parquet");
}

#[test]
fn two_parts_swapped() {
    let world = World::new();
    fs::rename(world.path(PART_0), world.path("x")).unwrap();
    fs::rename(world.path(PART_1), world.path(PART_0)).unwrap();
    fs::rename(world.path("x"), world.path(PART_1)).unwrap();
    world.rewrite_sums();
    let report = world.verify();
    refused(&report, 1, FileChange::Changed, PART_0);
    refused(&report, 1, FileChange::Changed, PART_1);
}

#[test]
fn a_line_of_the_sums_dropped() {
    let world = World::new();
    world.edit("SHA256SUMS", |text| {
        text.lines().filter(|line| !line.ends_with(PART_1)).map(|l| l.to_owned() + "\n").collect()
    });
    let report = world.verify();
    refused(&report, 1, FileChange::Changed, "SHA256SUMS");
    refused(&report, 1, FileChange::Missing, PART_1);
}

#[test]
fn a_name_in_the_sums_that_leads_elsewhere() {
    let world = World::new();
    fs::write(world.root.path().join("secret"), "outside").unwrap();
    let line = format!("{}  ../../secret\n", sha256(b"outside"));
    world.edit("SHA256SUMS", |text| text + &line);
    refused(&world.verify(), 1, FileChange::Unsafe, "../../secret");

    fs::remove_dir_all(world.path("_provenance")).unwrap();
    refused(&world.verify(), 1, FileChange::Unsafe, "../../secret");
}

#[test]
fn a_link_in_place_of_a_file() {
    let world = World::new();
    let elsewhere = world.root.path().join("elsewhere.parquet");
    fs::rename(world.path(PART_0), &elsewhere).unwrap();
    symlink(&elsewhere, world.path(PART_0)).unwrap();
    refused(&world.verify(), 1, FileChange::Unsafe, PART_0);
}

#[test]
fn a_statement_dropped() {
    for dropped in [0, 1] {
        let world = World::new();
        world.edit(STATEMENTS, |text| {
            text.lines().skip(1 - dropped).take(1).map(|line| line.to_owned() + "\n").collect()
        });
        let report = world.verify();
        assert_eq!(report.exit, 3, "{report}");
        assert!(report.to_string().contains(&format!("{STATEMENTS}: no statement of type")), "{report}");
    }
}

#[test]
fn a_statement_twice() {
    let world = World::new();
    world.edit(STATEMENTS, |text| text.clone() + &text);
    assert_eq!(world.verify().exit, 2);
}

#[test]
fn signed_by_another_key() {
    let world = World::with(2, |_| ());
    let report = world.verify();
    assert_eq!(report.exit, 3, "{report}");
    assert!(report.to_string().contains(&format!("{STATEMENTS}, line 1: no trusted key signed it")), "{report}");
}

#[test]
fn one_of_two_statements_signed_by_another_key() {
    let (world, other) = (World::new(), World::with(2, |_| ()));
    let foreign = fs::read_to_string(other.path(STATEMENTS)).unwrap();
    world.edit(STATEMENTS, |text| format!("{}\n{}\n", text.lines().next().unwrap(), foreign.lines().nth(1).unwrap()));
    assert_eq!(world.verify().exit, 3);
}

#[test]
fn the_payload_edited() {
    let world = World::new();
    world.edit(STATEMENTS, |text| {
        edit_payloads(&text, |payload| payload.replace("\"misfits\":\"1\"", "\"misfits\":\"0\""))
    });
    let report = world.verify();
    assert_eq!(report.exit, 1, "{report}");
    assert!(report.to_string().contains(&format!("{STATEMENTS}, line 2: altered after key")), "{report}");
}

#[test]
fn the_signature_edited() {
    let world = World::new();
    world.edit(STATEMENTS, |text| {
        let line: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let signature = line["signatures"][0]["sig"].as_str().unwrap().to_owned();
        text.replace(&signature, &BASE64.encode(&[7; 64]))
    });
    assert_eq!(world.verify().exit, 1);
}

#[test]
fn statements_that_are_empty_cut_or_gone() {
    let world = World::new();
    for (text, exit) in [("", 3), ("\n\n", 3), ("{}", 2), ("not json\n", 2), ("{\"payload\":\"", 2)] {
        fs::write(world.path(STATEMENTS), text).unwrap();
        let report = world.verify();
        assert_eq!(report.exit, exit, "{text:?}\n{report}");
    }
    fs::remove_file(world.path(STATEMENTS)).unwrap();
    refused(&world.verify(), 3, FileChange::Missing, STATEMENTS);
}

#[test]
fn a_missing_or_additional_line_end_is_no_alteration() {
    for edit in [|text: String| text.trim_end().to_owned(), |text: String| text + "\n\n"] {
        let world = World::new();
        world.edit(STATEMENTS, edit);
        assert_eq!(world.verify().exit, 0);
    }
}

#[test]
fn an_envelope_with_a_key_twice() {
    let world = World::new();
    world.edit(STATEMENTS, |text| text.replacen("{\"payload\"", "{\"payload\":\"\",\"payload\"", 1));
    assert_eq!(world.verify().exit, 2);
}

#[test]
fn the_statements_of_another_run() {
    let (world, other) = (World::new(), World::with(1, |facts| facts.policy.purpose = "something else".to_owned()));
    fs::copy(other.path(STATEMENTS), world.path(STATEMENTS)).unwrap();
    let report = world.verify();
    refused(&report, 1, FileChange::Changed, "SHA256SUMS");
    refused(&report, 1, FileChange::Changed, "README.md");
}

#[test]
fn one_statement_of_another_run() {
    let (world, other) = (World::new(), World::new());
    let foreign = fs::read_to_string(other.path(STATEMENTS)).unwrap();
    world.edit(STATEMENTS, |text| format!("{}\n{}\n", text.lines().next().unwrap(), foreign.lines().nth(1).unwrap()));
    let report = world.verify();
    assert_eq!(report.exit, 1, "{report}");
    assert!(report.to_string().contains("the two statements differ"), "{report}");
}

#[test]
fn nothing_at_all_is_no_evidence() {
    let world = World::new();
    let empty = world.root.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!(verify(&empty, &world.trust, &VerifyOptions::default()).exit, 3);
    assert_eq!(verify(&world.root.path().join("nowhere"), &world.trust, &VerifyOptions::default()).exit, 2);
    fs::remove_dir_all(world.path("_provenance")).unwrap();
    let report = world.verify();
    assert_eq!(report.exit, 3, "{report}");
    assert!(report.to_string().contains("SKIP files"), "{report}");
}

#[test]
fn a_trust_folder_that_is_missing_empty_or_the_datasets_own() {
    let world = World::new();
    let trusting = |trust: &Path| verify(&world.dataset, trust, &VerifyOptions::default()).exit;
    assert_eq!(trusting(&world.root.path().join("nowhere")), 2);
    assert_eq!(trusting(&world.root.path().join("restricted")), 3);
    let own = world.path("_provenance/trust");
    fs::create_dir(&own).unwrap();
    fs::copy(world.trust.join("attest.pub"), own.join("attest.pub")).unwrap();
    assert_eq!(trusting(&own), 2);
    assert_eq!(trusting(&world.path("data/../_provenance/trust")), 2);
    assert_eq!(trusting(&world.trust), 0);
    fs::write(world.trust.join("attest-2.pub"), "no key").unwrap();
    assert_eq!(trusting(&world.trust), 2);
    fs::write(world.trust.join("attest-2.pub"), key(2).verifying_key().to_pem()).unwrap();
    assert_eq!(trusting(&world.trust), 0);
}

#[test]
fn a_manifest_that_says_less_than_the_files_hold() {
    let world = World::with(1, |facts| {
        facts.schema.retain(|column| column.name != "email");
        facts.columns.retain(|column| column.name != "email");
    });
    refused(&world.verify(), 1, FileChange::Unlisted, "column email");
}

#[test]
fn a_manifest_with_wrong_figures() {
    let world = World::with(1, |facts| facts.outputs[0].row_groups = 2);
    refused(&world.verify(), 1, FileChange::Changed, PART_0);
    let world = World::with(1, |facts| {
        facts.outputs[0].rows = 4;
        facts.outputs[1].rows = 4;
    });
    refused(&world.verify(), 1, FileChange::Changed, PART_1);
    let world = World::with(1, |facts| facts.schema[1].logical_sha256 = Some(sha256(b"other cells")));
    let report = world.verify();
    assert_eq!(report.exit, 1, "{report}");
    assert!(report.to_string().contains("FAIL logical digests"), "{report}");
    let world = World::with(1, |facts| facts.schema[0].data_type = "int32".to_owned());
    refused(&world.verify(), 1, FileChange::Changed, "column user_id");
    let world = World::with(1, |facts| facts.policy.sha256 = sha256(b"another policy"));
    refused(&world.verify(), 1, FileChange::Changed, "data/part-00000.parquet: counterfoil.policySha256");
    let world = World::with(1, |facts| facts.columns[1].on_misfit = "fail".to_owned());
    assert_eq!(world.verify().exit, 1);
}

#[test]
fn facts_that_contradict_each_other_are_not_signed() {
    let world = World::new();
    let restricted = world.root.path().join("restricted");
    let alterations: [fn(&mut counterfoil::attest::ManifestFacts); 3] =
        [|facts| facts.rows_out = 7, |facts| facts.rows_in = 9, |facts| facts.keys.clear()];
    for alter in alterations {
        let folder = world.root.path().join("staged");
        let _ = attest(&folder, &restricted, "staged", 1, 0, |facts| {
            let mut wrong = facts.clone();
            alter(&mut wrong);
            assert!(matches!(Manifest::new(wrong), Err(AttestError::InconsistentFacts { .. })));
        });
        fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn a_staged_folder_with_a_stray_file_is_not_signed() {
    let world = World::new();
    let folder = world.root.path().join("staged");
    let mut facts = None;
    let _ = attest(&folder, &world.root.path().join("restricted"), "staged", 1, 0, |given| facts = Some(given.clone()));
    for name in ["_provenance/run.intoto.jsonl", "README.md", "SHA256SUMS", "data-dictionary.csv"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
    fs::write(folder.join("data/part-00000.parquet.tmp"), "left over").unwrap();
    let (manifest, openings) = Manifest::new(facts.unwrap()).unwrap();
    let result = counterfoil::attest::write(&folder, world.root.path(), &manifest, openings, &key(1));
    assert!(matches!(result, Err(AttestError::FileDiffers { name }) if name.ends_with(".tmp")));
    assert!(!folder.join("SHA256SUMS").exists());
}

#[test]
fn what_was_expected_and_what_was_not() {
    let world = World::new();
    let exit = |options: VerifyOptions| world.verify_with(&options).exit;
    let none = VerifyOptions::default;
    let keys = |text: &str| text.split(' ').map(|key| key.parse().unwrap()).collect::<Vec<_>>();
    assert_eq!(exit(VerifyOptions { expect_policy: Some(policy_digest()), ..none() }), 0);
    assert_eq!(exit(VerifyOptions { expect_policy: Some(sha256(b"other")), ..none() }), 4);
    assert_eq!(exit(VerifyOptions { expect_keys: keys("shop:3"), ..none() }), 0);
    for text in ["shop:2", "shop:2 shop:3", "other:3"] {
        assert_eq!(exit(VerifyOptions { expect_keys: keys(text), ..none() }), 4, "{text}");
    }
    for requirement in [Requirement::Log, Requirement::Approval, Requirement::Timestamp, Requirement::Openings] {
        assert_eq!(exit(VerifyOptions { require: vec![requirement], ..none() }), 3);
    }
}

#[test]
fn an_expectation_is_not_met_by_an_unsigned_dataset() {
    let world = World::with(2, |_| ());
    let report = world.verify_with(&VerifyOptions { expect_policy: Some(policy_digest()), ..VerifyOptions::default() });
    assert_eq!(report.exit, 3, "{report}");
}

#[test]
fn openings_open_their_own_dataset_only() {
    let world = World::new();
    let options = |file: &Path| VerifyOptions {
        openings: vec![file.to_path_buf()],
        require: vec![Requirement::Openings],
        ..VerifyOptions::default()
    };
    let report = world.verify_with(&options(&world.openings));
    assert_eq!(report.exit, 0, "{report}");
    assert!(report.to_string().contains("1 of 1 raw files, 0 commitments left closed"), "{report}");

    let other = World::new();
    assert_eq!(world.verify_with(&options(&other.openings)).exit, 3);

    let forged = world.root.path().join("forged.jsonl");
    let text = fs::read_to_string(&world.openings).unwrap();
    fs::write(&forged, text.replace(&raw_digest().to_string(), &sha256(b"other").to_string())).unwrap();
    refused(&world.verify_with(&options(&forged)), 1, FileChange::Changed, "input-file of input-0000");
    fs::write(&forged, "{}").unwrap();
    assert_eq!(world.verify_with(&options(&forged)).exit, 2);
    assert_eq!(world.verify_with(&options(Path::new("/nowhere/x"))).exit, 2);
}

#[test]
fn the_shared_side_says_nothing_plain_about_raw_data() {
    let world = World::new();
    let secrets = [RAW_PATH, "jane.doe", "people.csv", DROPPED, "\"4711\""].map(str::to_owned);
    let digests = [raw_digest(), sha256(b"raw schema")];
    for name in ["README.md", "data-dictionary.csv", "SHA256SUMS", STATEMENTS, PART_0] {
        let bytes = fs::read(world.path(name)).unwrap();
        let mut texts = vec![String::from_utf8_lossy(&bytes).into_owned()];
        if name == STATEMENTS {
            texts.extend(payloads(&texts[0]));
        }
        for text in texts {
            assert!(secrets.iter().all(|secret| !text.contains(secret)), "{name}");
            assert!(digests.iter().all(|digest| !text.contains(&digest.to_string())), "{name}");
            assert!(!text.to_lowercase().contains("anonym"), "{name}");
        }
    }
    let restricted = fs::read_to_string(&world.openings).unwrap();
    assert!(restricted.contains(RAW_PATH) && restricted.contains(&raw_digest().to_string()));
}

#[test]
fn the_restricted_side_is_for_its_owner_alone() {
    let world = World::new();
    let folder = world.openings.parent().unwrap();
    assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        files += 1;
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(files, 2);
    let statement = fs::read_to_string(folder.join("users.restricted.intoto.jsonl")).unwrap();
    assert!(payloads(&statement)[0].contains(DROPPED));
}

#[test]
fn a_folder_of_datasets_is_verified_dataset_by_dataset() {
    let world = World::new();
    let out = world.root.path().join("out");
    let restricted = world.root.path().join("restricted");
    let _ = attest(&out.join("events"), &restricted, "events", 1, 100, |_| ());
    let report = verify(&out, &world.trust, &VerifyOptions::default());
    assert_eq!((report.exit, report.datasets.len()), (0, 2), "{report}");
    assert_eq!(report.datasets[0].dataset, "events");

    fs::rename(out.join("events"), out.join("clicks")).unwrap();
    let report = verify(&out, &world.trust, &VerifyOptions::default());
    assert!(report.to_string().contains("it is `clicks`, the dataset was signed as `events`"), "{report}");

    fs::remove_dir_all(out.join("clicks/_provenance")).unwrap();
    let report = verify(&out, &world.trust, &VerifyOptions::default());
    assert_eq!((report.exit, report.datasets[0].exit, report.datasets[1].exit), (3, 3, 0), "{report}");
}

#[test]
fn a_file_name_cannot_steer_the_terminal() {
    let world = World::new();
    fs::write(world.path("data/\u{1b}[2Jx.parquet"), "x").unwrap();
    let report = world.verify();
    assert_eq!(report.exit, 1);
    assert!(!report.to_string().contains('\u{1b}'));
    assert!(report.to_string().contains("data/\\u{1b}[2Jx.parquet"), "{report}");
}

#[test]
fn the_schema_file_is_generated_from_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/manifest.v1.schema.json");
    let generated = manifest_schema();
    if std::env::var_os("COUNTERFOIL_BLESS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "run this test with COUNTERFOIL_BLESS=1 and commit {}", path.display());
}

/// The verification ended with this exit code, and a finding names this file.
#[track_caller]
fn refused(report: &VerifyReport, exit: u8, change: FileChange, name: &str) {
    assert_eq!(report.exit, exit, "{report}");
    let failed = report.datasets.iter().flat_map(|dataset| &dataset.checks);
    let failed = failed.filter(|check| matches!(check.outcome, Outcome::Fail(_)));
    let mut findings = failed.flat_map(|check| &check.findings);
    assert!(findings.any(|finding| finding.change == change && finding.name == name), "{report}");
    assert!(report.to_string().contains(name), "{report}");
}

fn payloads(text: &str) -> Vec<String> {
    let payload = |line: &str| {
        let envelope: serde_json::Value = serde_json::from_str(line).unwrap();
        String::from_utf8(BASE64.decode(envelope["payload"].as_str().unwrap().as_bytes()).unwrap()).unwrap()
    };
    text.lines().map(payload).collect()
}

fn edit_payloads(text: &str, edit: impl Fn(String) -> String) -> String {
    let mut edited = text.to_owned();
    for payload in payloads(text) {
        edited = edited.replace(&BASE64.encode(payload.as_bytes()), &BASE64.encode(edit(payload).as_bytes()));
    }
    edited
}
