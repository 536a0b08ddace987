//! The house keeps its order: floors, circles, ceilings, lengths, headers, words, and files that parse.
//!
//! Each rule names every place that breaks it and what to write instead. The readers that the rules stand on have tests
//! of their own at the end.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a broken reader of sources may stop the test run")]

#[path = "tidy/house.rs"]
mod house;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/rust.rs"]
mod rust;
#[path = "tidy/self_tests.rs"]
mod self_tests;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use house::House;
use rust::Source;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file that is ours.
fn sources() -> Vec<(String, Source)> {
    let mut paths = Vec::new();
    for folder in ["benches", "fuzz", "samples", "src", "tests"] {
        house::collect(&root().join(folder), &mut paths);
    }
    paths.retain(|path| !path.components().any(|part| part.as_os_str() == "target"));
    let read = |path: &PathBuf| Source::new(&fs::read_to_string(path).unwrap());
    paths.iter().map(|path| (house::relative(&root(), path), read(path))).collect()
}

/// Every file that git tracks; every file of the tree where there is no git.
fn tracked() -> Vec<String> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    match listed {
        Ok(output) if output.status.success() => {
            let names = String::from_utf8(output.stdout).unwrap();
            let present = names.split('\0').filter(|name| !name.is_empty() && root().join(name).is_file());
            present.map(str::to_owned).collect()
        }
        _ => {
            let mut names = Vec::new();
            walk(&root(), &mut names);
            names
        }
    }
}

fn walk(folder: &Path, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !matches!(name.as_str(), ".git" | ".counterfoil" | "out" | "target") {
            walk(&path, into);
        } else if path.is_file() {
            into.push(house::relative(&root(), &path));
        }
    }
}

/// The text of every tracked file that holds text.
fn tracked_texts() -> Vec<(String, String)> {
    let read = |name: String| fs::read_to_string(root().join(&name)).ok().map(|text| (name, text));
    tracked().into_iter().filter_map(read).collect()
}

fn none(rule: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{rule}\n  {}\n", found.join("\n  "));
}

#[test]
fn no_import_runs_up() {
    none("a room imports only from the floors below it", rules::floors(&House::open(&root())));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    none("what two files share stands in a file beneath them", rules::circles(&House::open(&root())));
}

#[test]
fn no_file_imports_its_own_ceiling() {
    none("what the files of a folder share stands in a named file", rules::own_ceilings(&House::open(&root())));
}

#[test]
fn ceilings_hold_nothing() {
    none("a `mod.rs` or `lib.rs` is header, `mod` and `use`", rules::ceilings(&House::open(&root())));
}

#[test]
fn files_and_functions_are_short() {
    none("at most 500 lines a file, 70 a function, 60 for `main.rs`", rules::lengths(&sources()));
}

#[test]
fn every_file_has_a_header() {
    none("a file starts with `//!`: what it is, what it promises, what it does not know", rules::headers(&sources()));
}

#[test]
fn words_and_calls_are_those_of_the_house() {
    none("each thing has its word and its place", rules::banned(&sources()));
}

#[test]
fn lints_are_lifted_with_a_reason() {
    none("an exception is `#[expect(lint, reason = \"…\")]`", rules::lifted_lints(&sources()));
}

#[test]
fn tracked_files_name_no_machine_and_no_issue() {
    none("a file makes sense without our machines and our issue tracker", rules::outside(&tracked_texts()));
}

#[test]
fn schemas_and_policies_parse() {
    let mut found = Vec::new();
    for (name, text) in tracked_texts() {
        if name.starts_with("schemas/") && name.ends_with(".json") {
            found
                .extend(serde_json::from_str::<serde_json::Value>(&text).err().map(|error| format!("{name}: {error}")));
        } else if name.starts_with("samples/") && name.ends_with(".toml") {
            found.extend(text.parse::<toml::Table>().err().map(|error| format!("{name}: {}", error.message())));
        }
    }
    none("a document is read by the tools of its format", found);
}
