//! What bad input gets: a diagnostic, an exit code, and nothing published.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::{io::Write, os::unix::fs::PermissionsExt, path::Path};

use common::Bench;

const USERS: &str = "user_id,email,zip\n17,ada@example.com,01234\n18,bob@example.org,99501\n";

fn policy(source: &str, columns: &str) -> String {
    format!(
        "policy = \"p\"\nversion = 1\npurpose = \"test\"\nkeyset = \"k\"\n[datasets.users]\nsource = \"{source}\"\n[datasets.users.columns]\n{columns}\n"
    )
}

const COLUMNS: &str = "user_id = { tokenize = \"integer\" }\nemail = { tokenize = \"email\" }\nzip = \"keep\"";

fn bench(users: impl AsRef<[u8]>) -> Bench {
    let bench = Bench::new();
    bench.write("users.csv", users);
    bench.write("policy.toml", policy("users.csv", COLUMNS));
    bench
}

#[track_caller]
fn nothing_published(bench: &Bench) {
    assert!(!bench.join("out").exists(), "something was left in the output");
}

#[track_caller]
fn refused(bench: &Bench, code: i32, texts: &[&str]) {
    bench.counterfoil(&["run", "policy.toml", "--init"]).expect(code).says(texts);
    nothing_published(bench);
}

#[test]
fn the_good_case_is_good() {
    let bench = bench(USERS);
    bench.counterfoil(&["run", "policy.toml", "--init"]).expect(0);
    bench.counterfoil(&["verify", "out", "--trust", ".counterfoil/trust"]).expect(0);
}

#[test]
fn a_policy_that_is_not_there_or_not_toml() {
    let bench = bench(USERS);
    bench.counterfoil(&["run", "nowhere.toml"]).expect(3).says(&["nowhere.toml"]);
    bench.write("broken.toml", "policy = \"x\nversion = 1\n");
    bench.counterfoil(&["run", "broken.toml"]).expect(3).says(&["policy::"]);
    nothing_published(&bench);
}

#[test]
fn a_word_that_clap_does_not_know_is_a_matter_of_usage() {
    let bench = bench(USERS);
    bench.counterfoil(&["run", "policy.toml", "--ouput", "x"]).expect(2).says(&["--output"]);
    bench.counterfoil(&["run"]).expect(2);
}

#[test]
fn an_unknown_key_of_a_policy_gets_a_suggestion() {
    let bench = bench(USERS);
    bench.write("policy.toml", policy("users.csv", COLUMNS).replace("purpose", "porpose"));
    refused(&bench, 3, &["porpose", "purpose"]);
}

#[test]
fn a_column_without_a_line_ends_the_run_with_the_line() {
    let bench = bench(USERS);
    bench.write("policy.toml", policy("users.csv", &COLUMNS.replace("zip = \"keep\"", "")));
    refused(&bench, 3, &["plan::unknown_column", "`zip`", "zip = \"drop\""]);
}

#[test]
fn a_line_without_a_column_ends_the_run() {
    let bench = bench(USERS);
    bench.write("policy.toml", policy("users.csv", &COLUMNS.replace("zip =", "zap =")));
    refused(&bench, 3, &["plan::missing_column", "`zap`", "did you mean `zip`?"]);
}

#[test]
fn a_transform_that_cannot_take_the_type_is_refused_before_the_first_row() {
    let bench = bench(USERS);
    let text = policy("users.csv", COLUMNS)
        .replace("[datasets.users.columns]", "read = { types = { email = \"int64\" } }\n[datasets.users.columns]");
    bench.write("policy.toml", text);
    refused(&bench, 3, &["email"]);
}

#[test]
fn a_missing_and_an_unreadable_input() {
    let bench = bench(USERS);
    bench.write("policy.toml", policy("absent.csv", COLUMNS));
    refused(&bench, 1, &["absent.csv"]);
    bench.write("policy.toml", policy("users.csv", COLUMNS));
    std::fs::set_permissions(bench.join("users.csv"), std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(bench.join("users.csv")).is_err() {
        refused(&bench, 1, &["users.csv"]);
    }
}

#[test]
fn an_empty_file_and_a_header_alone() {
    refused(&bench(""), 1, &["source::empty"]);
    refused(&bench("user_id,email,zip\n"), 1, &["run::no_rows"]);
}

#[test]
fn an_output_that_is_an_input_is_refused_and_stays() {
    let bench = Bench::new();
    bench.write("data/users/users.csv", USERS);
    bench.write("policy.toml", policy("data/users", COLUMNS));
    let run = ["run", "policy.toml", "--init", "--output", "data", "--replace"];
    bench.counterfoil(&run).expect(1).says(&["sink::not_ours"]);
    assert_eq!(std::fs::read(bench.join("data/users/users.csv")).unwrap(), USERS.as_bytes());

    bench.write("policy.toml", policy("data/users/*.csv", COLUMNS));
    bench.counterfoil(&["run", "policy.toml", "--output", "out"]).expect(0);
    bench.write("again.toml", policy("out/users/data/*.parquet", COLUMNS));
    bench.counterfoil(&["run", "again.toml", "--output", "out", "--replace"]).expect(1).says(&["run::output_as_input"]);
    bench.counterfoil(&["verify", "out", "--trust", ".counterfoil/trust"]).expect(0);
}

#[test]
fn a_file_that_lost_its_header_shows_none_of_its_cells() {
    let bench = bench("17,ada.lovelace@example.com,01234\n18,bob@example.org,99501\n");
    let answer = bench.counterfoil(&["run", "policy.toml", "--init"]).expect(3).says(&["header"]);
    assert!(!answer.err.contains("lovelace") && !answer.err.contains("01234"), "{}", answer.err);
    nothing_published(&bench);
}

#[test]
fn a_ragged_row_is_named_by_its_line() {
    refused(&bench("user_id,email,zip\n17,a@example.com,1\n18,b@example.com\n"), 1, &["source::ragged", "line 3"]);
}

#[test]
fn bytes_that_are_not_text() {
    refused(&bench(b"user_id,email,zip\n17,a@example.com,\xff\xfe\n"), 1, &["source::malformed_text"]);
}

#[test]
fn a_cell_outside_its_format_is_named_by_row_and_rule_and_never_shown() {
    let bench = bench("user_id,email,zip\n17,a.lovelace@example.com,1\n18,not an address,2\n");
    refused(&bench, 1, &["transform::misfit", "row 1", "`email`", "on_misfit"]);
    let answer = bench.counterfoil(&["run", "policy.toml"]).expect(1);
    assert!(!answer.err.contains("not an address"));
}

#[test]
fn a_truncated_gzip_and_a_truncated_and_a_corrupt_parquet() {
    let bench = Bench::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for row in 0..5_000 {
        writeln!(gzip, "{{\"user_id\":{row},\"email\":\"user{row}@example.com\",\"zip\":\"{row}\"}}").unwrap();
    }
    let mut bytes = gzip.finish().unwrap();
    bytes.truncate(bytes.len() / 2);
    bench.write("users.ndjson.gz", &bytes);
    bench.write("policy.toml", policy("users.ndjson.gz", COLUMNS));
    refused(&bench, 1, &["users.ndjson.gz"]);

    let sample = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/shop/orders.parquet")).unwrap();
    bench.write("policy.toml", policy("users.parquet", COLUMNS));
    bench.write("users.parquet", &sample[..sample.len() - 200]);
    refused(&bench, 1, &["source::corrupt"]);
}

#[test]
fn a_parquet_file_with_a_flipped_page_byte_publishes_nothing() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/shop");
    let whole = std::fs::read_to_string(shop.join("policy.toml")).unwrap();
    let head = "policy = \"p\"\nversion = 1\npurpose = \"test\"\nkeyset = \"k\"\n";
    let start = whole.find("[datasets.orders]").unwrap();
    let end = whole.find("[datasets.events]").unwrap();
    let bench = Bench::new();
    bench.write("policy.toml", format!("{head}{}", &whole[start..end]));
    let mut bytes = std::fs::read(shop.join("orders.parquet")).unwrap();
    for byte in &mut bytes[8..400] {
        *byte ^= 0x5a;
    }
    bench.write("orders.parquet", &bytes);
    refused(&bench, 1, &["source::"]);
}

#[test]
fn an_output_that_exists_is_left_alone_unless_it_is_to_be_replaced() {
    let bench = bench(USERS);
    bench.counterfoil(&["run", "policy.toml", "--init"]).expect(0);
    let before = std::fs::read(bench.join("out/users/SHA256SUMS")).unwrap();
    bench.counterfoil(&["run", "policy.toml"]).expect(1).says(&["sink::output_exists", "--replace"]);
    assert_eq!(before, std::fs::read(bench.join("out/users/SHA256SUMS")).unwrap());
    bench.counterfoil(&["run", "policy.toml", "--replace"]).expect(0);
    bench.counterfoil(&["verify", "out", "--trust", ".counterfoil/trust"]).expect(0);
}

#[test]
fn a_disk_that_cannot_be_written() {
    let bench = bench(USERS);
    bench.counterfoil(&["init", ".", "--keyset", "k"]).expect(0);
    bench.counterfoil(&["init", ".", "--keyset", "k"]).expect(2).says(&["there is a workspace"]);
    bench.counterfoil(&["keys", "new", "k"]).expect(1).says(&["keys::keyset_exists"]);
    // A place that even an administrator cannot write to.
    bench
        .counterfoil(&["run", "policy.toml", "--output", "/sys/counterfoil"])
        .expect(1)
        .says(&["sink::io", "--output"]);
}

#[test]
fn a_full_disk_publishes_nothing() {
    let bench = Bench::new();
    let mut rows = String::from("user_id,email,zip\n");
    for row in 0..200_000 {
        rows.push_str(&format!("{row},user{row}@example.com,{}\n", row * 7_919 % 1_000_003));
    }
    bench.write("users.csv", rows);
    bench.write("policy.toml", policy("users.csv", COLUMNS));
    bench.counterfoil(&["run", "policy.toml", "--init", "--dry-run"]).expect(0);
    // The shell's limit on file size stands for a full disk: the write fails in the middle of a part file.
    let script = format!("trap '' XFSZ; ulimit -f 512; exec {} run policy.toml", env!("CARGO_BIN_EXE_counterfoil"));
    let output = std::process::Command::new("bash").args(["-c", &script]).current_dir(bench.path()).output().unwrap();
    common::Answer::of(output).expect(1).says(&["sink::io", "nothing was published"]);
    nothing_published(&bench);
}

#[test]
fn no_workspace_no_keyset_no_passphrase() {
    let bench = bench(USERS);
    bench.counterfoil(&["run", "policy.toml"]).expect(1).says(&["keys::workspace_missing", "--init"]);
    bench.counterfoil(&["init", "."]).expect(0);
    bench.counterfoil(&["run", "policy.toml"]).expect(1).says(&["keys::keyset_missing"]);
    std::fs::remove_dir_all(bench.join(".counterfoil/keystore")).unwrap();
    bench.counterfoil(&["run", "policy.toml"]).expect(1).says(&["keys::keystore_missing"]);
    nothing_published(&bench);
}

#[test]
fn a_wrong_passphrase_and_none() {
    let bench = bench(USERS);
    let secret = bench.write("secret", "correct horse battery staple\n");
    let wrong = bench.write("wrong", "incorrect horse battery staple\n");
    for file in [&secret, &wrong] {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let with = |file: &Path, arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_counterfoil"))
            .args(arguments)
            .current_dir(bench.path())
            .env("COUNTERFOIL_PASSPHRASE_FILE", file)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        common::Answer::of(output)
    };
    with(&secret, &["init", ".", "--keyset", "k", "--provider", "passphrase"]).expect(0);
    with(&wrong, &["run", "policy.toml"]).expect(1).says(&["keys::wrong_passphrase"]);
    bench.counterfoil(&["run", "policy.toml"]).expect(1).says(&["keys::passphrase_needed"]);
    nothing_published(&bench);
    with(&secret, &["run", "policy.toml"]).expect(0);
}

#[test]
fn a_keystore_that_others_can_read_or_that_lies_in_the_output() {
    let bench = bench(USERS);
    bench.counterfoil(&["run", "policy.toml", "--init", "--dry-run"]).expect(0);
    let keyset = bench.join(".counterfoil/keystore/k.keyset.json");
    std::fs::set_permissions(&keyset, std::fs::Permissions::from_mode(0o644)).unwrap();
    bench.counterfoil(&["run", "policy.toml"]).expect(1).says(&["keys::readable_by_others", "chmod"]);
    std::fs::set_permissions(&keyset, std::fs::Permissions::from_mode(0o600)).unwrap();
    bench.counterfoil(&["run", "policy.toml", "--output", "."]).expect(1).says(&["keys::"]);
    assert!(!bench.join("users").exists());
    nothing_published(&bench);
}

#[test]
fn a_reviewed_plan_is_the_only_one_that_a_locked_run_carries_out() {
    let bench = bench(USERS);
    bench.counterfoil(&["run", "policy.toml", "--init", "--locked"]).expect(3).says(&["run::no_lock"]);
    bench.counterfoil(&["plan", "policy.toml", "--lock"]).expect(0);
    bench.counterfoil(&["run", "policy.toml", "--init", "--locked"]).expect(0);
    bench.write("policy.toml", policy("users.csv", &COLUMNS.replace("zip = \"keep\"", "zip = \"drop\"")));
    bench.counterfoil(&["run", "policy.toml", "--locked", "--replace"]).expect(3).says(&["run::locked"]);
}

#[test]
fn a_locked_run_notices_other_tokens_and_another_way_of_reading() {
    let bench = bench(USERS);
    let columns = COLUMNS.replace(
        "zip = \"keep\"",
        "zip = { tokenize = \"alphabet\", alphabet = \"0123456789\", small_space = \"permute\" }",
    );
    bench.write("policy.toml", policy("users.csv", &columns));
    bench.counterfoil(&["plan", "policy.toml", "--lock"]).expect(0);
    bench.write("policy.toml", policy("users.csv", &columns.replace("0123456789", "1234567890")));
    bench.counterfoil(&["run", "policy.toml", "--init", "--locked"]).expect(3).says(&["run::locked"]);
    let read = policy("users.csv", &columns)
        .replace("[datasets.users.columns]", "read = { null_values = [\"17\"] }\n[datasets.users.columns]");
    bench.write("policy.toml", read);
    bench.counterfoil(&["run", "policy.toml", "--init", "--locked"]).expect(3).says(&["run::locked"]);
    bench.write("policy.toml", policy("users.csv", &columns));
    bench.counterfoil(&["run", "policy.toml", "--init", "--locked"]).expect(0);
}
