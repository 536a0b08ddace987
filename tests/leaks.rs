//! Canaries: cells and keys that are easy to recognise, looked for in everything that every command says and writes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::path::Path;

use common::{Bench, files_below, read_output};

/// Cells that no token and no word of ours contains.
const CANARIES: [&str; 8] = [
    "zq.canary.kestrel",
    "Kestrelovna",
    "canary-host",
    "4929880187421008",
    "918-73-6501",
    "+44 20 7946 0871",
    "QZ88817723",
    "9183746501",
];

const HEAD: &str = "policy = \"canary\"\nversion = 1\npurpose = \"test\"\nkeyset = \"canary\"\n";

const COLUMNS: &str = r#"
id      = { tokenize = "integer" }
name    = "drop"
email   = { tokenize = "email" }
card    = { tokenize = "pan" }
ssn     = { tokenize = "us-ssn" }
phone   = { tokenize = "phone" }
code    = { pseudonym = "hex" }
account = { seal = {} }
note    = { mask = { keep_last = 0 } }
"#;

const HEADER: &str = "id,name,email,card,ssn,phone,code,account,note\n";

fn good_row() -> String {
    format!(
        "9183746501,Ada Kestrelovna,zq.canary.kestrel@canary-host.example,4929880187421008,918-73-6501,+44 20 7946 0871,QZ88817723,9183746501,QZ88817723\n{}",
        "12,Bob,bob.builder@example.com,4111111111111111,219-09-9999,+1 212 555 0100,AB1,77,n\n"
    )
}

fn write_policy(bench: &Bench, source: &str, extra: &str, columns: &str) {
    bench.write(
        "policy.toml",
        format!("{HEAD}[datasets.people]\nsource = \"{source}\"\n{extra}\n[datasets.people.columns]\n{columns}"),
    );
}

/// A canary, or most of one, in a text.
#[track_caller]
fn no_canary(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    for canary in CANARIES {
        assert!(!text.contains(&canary.to_lowercase()), "`{canary}` stands in {what}:\n{text}");
    }
}

#[track_caller]
fn silent(bench: &Bench, arguments: &[&str]) -> i32 {
    let answer = bench.counterfoil(arguments);
    no_canary(&format!("stdout of {arguments:?}"), answer.out.as_bytes());
    no_canary(&format!("stderr of {arguments:?}"), answer.err.as_bytes());
    answer.code
}

#[test]
fn no_command_that_succeeds_says_or_writes_a_cell() {
    let bench = Bench::new();
    bench.write("people.csv", format!("{HEADER}{}", good_row()));
    write_policy(&bench, "people.csv", "", COLUMNS);
    assert_eq!(silent(&bench, &["init", "."]), 0);
    for arguments in [
        &["run", "policy.toml", "--init"][..],
        &["run", "policy.toml", "--replace", "--json"],
        &["run", "policy.toml", "--replace", "--dry-run", "--log-format", "json"],
        &["plan", "policy.toml"],
        &["plan", "policy.toml", "--json"],
        &["plan", "policy.toml", "--preview", "2"],
        &["plan", "policy.toml", "--preview", "2", "--json", "--lock"],
        &["verify", "out", "--trust", ".counterfoil/trust"],
        &["verify", "out", "--trust", ".counterfoil/trust", "--json"],
        &["keys", "list"],
        &["keys", "list", "--json"],
        &["keys", "new", "canary", "--add-version"],
    ] {
        assert_eq!(silent(&bench, arguments), 0, "{arguments:?}");
    }
    for file in files_below(&bench.join("out")) {
        no_canary(&file.display().to_string(), &std::fs::read(&file).unwrap());
        no_canary("a file name", file.display().to_string().as_bytes());
    }
    let (_, batches) = read_output(&bench.join("out/people"));
    for batch in batches {
        no_canary("the rows", format!("{batch:?}").as_bytes());
    }
}

#[test]
fn no_failure_says_a_cell() {
    let rows = good_row();
    let cases: [(&str, String, &str, &str); 13] = [
        (
            "a misfit in every format",
            format!("{HEADER}x9183746501,n,zq.canary.kestrel@,4929880187421009,918736501x,+44 x 7946 0871,c,a,n\n"),
            "",
            COLUMNS,
        ),
        (
            "an e-mail without a host",
            format!("{HEADER}1,n,zq.canary.kestrel,4929880187421008,918-73-6501,1,c,a,n\n"),
            "",
            COLUMNS,
        ),
        (
            "a card that fails the check",
            format!("{HEADER}1,n,a@example.com,4929880187421009,918-73-6501,1,c,a,n\n"),
            "",
            COLUMNS,
        ),
        (
            "a short phone",
            format!("{HEADER}1,n,bob.builder@example.com,4929880187421008,918-73-6501,QZ88817723,c,a,n\n"),
            "",
            COLUMNS,
        ),
        ("a ragged row", format!("{HEADER}{rows}9183746501,Ada Kestrelovna\n"), "", COLUMNS),
        ("an open quote", format!("{HEADER}{rows}1,\"Ada Kestrelovna,9183746501\n"), "", COLUMNS),
        ("an unknown column", format!("{HEADER}{rows}"), "", "id = \"keep\""),
        (
            "a column that is not a number",
            format!("{HEADER}{rows}"),
            "read = { types = { name = \"int64\" } }",
            COLUMNS,
        ),
        ("a column that is not a date", format!("{HEADER}{rows}"), "read = { types = { code = \"date\" } }", COLUMNS),
        ("a cell that is no time", format!("{HEADER}{rows}"), "read = { types = { email = \"timestamp\" } }", COLUMNS),
        ("a header that is a row", rows.clone(), "", COLUMNS),
        ("a delimiter that is wrong", format!("{HEADER}{rows}"), "read = { delimiter = \";\" }", COLUMNS),
        ("a file that is no Parquet", format!("{HEADER}{rows}"), "read = { format = \"parquet\" }", COLUMNS),
    ];
    for (situation, content, extra, columns) in cases {
        let bench = Bench::new();
        bench.write("people.csv", &content);
        write_policy(&bench, "people.csv", extra, columns);
        for arguments in [
            &["run", "policy.toml", "--init"][..],
            &["run", "policy.toml", "--init", "--log-format", "json"],
            &["plan", "policy.toml", "--preview", "3"],
        ] {
            let answer = bench.counterfoil(arguments);
            no_canary(&format!("stdout of {arguments:?}, {situation}"), answer.out.as_bytes());
            no_canary(&format!("stderr of {arguments:?}, {situation}"), answer.err.as_bytes());
            if arguments[0] == "run" {
                assert_ne!(answer.code, 0, "{situation}: {}", answer.out);
            }
        }
        assert!(!bench.join("out").exists(), "{situation}");
    }
}

#[test]
fn no_json_failure_says_a_cell() {
    for (situation, line) in [
        ("not JSON", "{\"email\":\"zq.canary.kestrel\",,}"),
        ("another type", "{\"id\":\"Ada Kestrelovna\",\"email\":\"a@example.com\"}"),
        ("not an object", "[\"Kestrelovna\"]"),
        ("cut short", "{\"id\":1,\"email\":\"zq.canary.kestrel"),
        ("a misfit", "{\"id\":2,\"email\":\"zq.canary.kestrel\"}"),
    ] {
        let bench = Bench::new();
        bench.write("people.ndjson", format!("{{\"id\":1,\"email\":\"bob.builder@example.com\"}}\n{line}\n"));
        write_policy(
            &bench,
            "people.ndjson",
            "read = { types = { id = \"int64\" } }",
            "id = \"keep\"\nemail = { tokenize = \"email\" }",
        );
        assert_ne!(silent(&bench, &["run", "policy.toml", "--init"]), 0, "{situation}");
        assert!(!bench.join("out").exists(), "{situation}");
    }
}

#[test]
fn no_key_leaves_the_workspace() {
    let bench = Bench::new();
    bench.write("people.csv", format!("{HEADER}{}", good_row()));
    write_policy(&bench, "people.csv", "", COLUMNS);
    let mut said = Vec::new();
    for arguments in [
        &["run", "policy.toml", "--init"][..],
        &["plan", "policy.toml", "--preview", "1", "--json"],
        &["keys", "list", "--json"],
        &["verify", "out", "--trust", ".counterfoil/trust", "--json"],
    ] {
        let answer = bench.counterfoil(arguments);
        said.extend_from_slice(answer.out.as_bytes());
        said.extend_from_slice(answer.err.as_bytes());
    }
    for file in files_below(&bench.join("out")) {
        said.extend(std::fs::read(file).unwrap());
    }
    let mut seen = 0;
    for kek in files_below(&bench.join(".counterfoil/kek")) {
        for key in key_texts(&kek) {
            seen += 1;
            assert!(!contains(&said, key.as_bytes()), "a key of {} was said or written", kek.display());
        }
    }
    assert!(seen >= 2, "no key was found to look for");
}

/// Long words of a key file: the key in whatever encoding the file has.
fn key_texts(path: &Path) -> Vec<String> {
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_')));
    words.filter(|word| word.len() >= 40).map(str::to_owned).collect()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
