//! The readers and rules of this test program, tried on small texts.

use crate::{
    house::{House, may_import, module_of},
    rules,
    rust::Source,
};

fn house(files: &[(&str, &str)]) -> House {
    House::new(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
}

fn one(path: &str, text: &str) -> Vec<(String, Source)> {
    vec![(path.to_owned(), Source::new(text))]
}

fn written(text: &str) -> Vec<String> {
    Source::new(text).paths().iter().map(|path| path.segments.join("::")).collect()
}

#[test]
fn comments_and_literals_are_told_from_code() {
    let text =
        "let a = \"// no comment }\"; // one { 'x\nlet b = r#\"a \" { b\"#; /* two /* deep */ end */ let c = '{';";
    let source = Source::new(text);
    let code = String::from_utf8(source.code.clone()).unwrap();
    let comments = String::from_utf8(source.comments.clone()).unwrap();
    assert_eq!((code.len(), comments.len()), (text.len(), text.len()));
    assert!(!code.contains(['{', '}']), "{code}");
    assert!(code.contains("let c") && !code.contains("one"));
    assert!(comments.contains("one { 'x") && comments.contains("two") && !comments.contains("no comment"));
    assert_eq!(source.line(text.find("let b").unwrap()), 2);
}

#[test]
fn lifetimes_and_escapes_are_no_open_literals() {
    let source = Source::new(
        r#"fn f<'a>(x: &'a str) -> char { match x { _ => '\'' } } const Q: char = '"'; const B: u8 = b'\\';"#,
    );
    assert_eq!(source.functions().len(), 1);
    assert!(String::from_utf8(source.code).unwrap().contains("const B"));
}

#[test]
fn use_trees_are_unfolded() {
    let text =
        "use std::fmt;\npub use crate::{names::{Domain as D, self}, policy::*};\nfn f(x: crate::keys::Keyset) {}";
    assert_eq!(
        written(text),
        ["std::fmt", "crate::names::Domain", "crate::names", "crate::policy::*", "crate::keys::Keyset"]
    );
    let exported: Vec<bool> = Source::new(text).paths().iter().map(|path| path.exported).collect();
    assert_eq!(exported, [false, true, true, true, false]);
    assert_eq!(written("fn f() -> impl Iterator + use<'_> { a::b() }"), ["a::b"]);
}

#[test]
fn blocks_know_their_ends_and_whether_they_are_tests() {
    let text = "fn a() -> [u8; 2] {\n  { }\n}\ntrait T { fn b(); }\n#[cfg(test)]\nmod tests { fn c() {} }\nmod d { }";
    let source = Source::new(text);
    let names: Vec<String> = source.functions().into_iter().map(|block| block.name).collect();
    assert_eq!(names, ["a", "c"]);
    let first = &source.functions()[0].range;
    assert_eq!((source.line(first.start), source.line(first.end - 1)), (1, 3));
    let modules: Vec<(String, bool)> =
        source.inline_modules().into_iter().map(|block| (block.name, block.test)).collect();
    assert_eq!(modules, [("tests".to_owned(), true), ("d".to_owned(), false)]);
}

#[test]
fn files_are_modules() {
    let joined = |path| module_of(path).join("::");
    assert_eq!(joined("src/policy/lower.rs"), "policy::lower");
    assert_eq!(joined("src/transform/format/mod.rs"), "transform::format");
    assert_eq!(joined("src/crypto/lib.rs"), "crypto");
    assert_eq!(joined("src/bin/counterfoil/main.rs"), "bin::counterfoil");
    assert_eq!(joined("src/detokenize.rs"), "detokenize");
    assert!(module_of("src/lib.rs").is_empty());
}

#[test]
fn floors_hold_in_both_directions() {
    let may = |from, to: &str| may_import(from, &to.split("::").map(str::to_owned).collect::<Vec<_>>());
    assert!(may("plan", "policy::Rule") && !may("policy", "plan::Plan"));
    assert!(may("keys", "names::KeyVersion") && !may("names", "crypto::Secret"));
    assert!(!may("keys", "policy::Rule") && !may("transform", "keys::Keyset"));
    assert!(may("sink", "transform::Sanitized") && !may("sink", "transform::Sanitizer"));
    assert!(may("run", "attest::Manifest") && !may("run", "detokenize::Opened"));
    assert!(!may("bin", "crypto::Secret") && may("lib", "run::Run"));
    assert!(!may("policy", "Policy"), "a room does not import the face");
}

#[test]
fn a_wrong_import_is_reported_with_its_line() {
    let house = house(&[
        ("src/keys/mod.rs", "//! Keys.\nmod store;\npub use self::store::Store;"),
        ("src/keys/store.rs", "//! Store.\nuse crate::names::Domain;\nuse crate::policy::Rule;\npub struct Store;"),
        ("src/crypto/kdf.rs", "//! Derivation.\nuse crate::secret::Secret;"),
        ("src/crypto/secret.rs", "//! Secrets.\npub struct Secret;"),
        ("src/odd/mod.rs", "//! Odd."),
        ("src/sink/file.rs", "//! File.\n#[cfg(test)]\nmod tests { use crate::transform::Sanitizer; }"),
    ]);
    let found = rules::floors(&house);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("src/keys/store.rs:3: `keys` names `policy::Rule`"), "{found:?}");
    assert!(found[1].contains("`odd` stands on no floor"), "{found:?}");
}

#[test]
fn circles_are_found_through_re_exports() {
    let house = house(&[
        ("src/keys/mod.rs", "mod a;\nmod b;\nmod c;\npub use self::{a::A, b::B};"),
        ("src/keys/a.rs", "use super::b::B;\npub struct A;"),
        ("src/keys/b.rs", "fn f(a: crate::keys::A) {}\npub struct B;"),
        ("src/keys/c.rs", "use super::a::A;\n#[cfg(test)]\nmod tests { use super::*; }"),
    ]);
    let found = rules::circles(&house);
    assert_eq!(found, ["src/keys/a.rs:1 -> src/keys/b.rs:1 -> back"]);
    let ceilings = rules::own_ceilings(&house);
    assert_eq!(ceilings.len(), 1, "{ceilings:?}");
    assert!(ceilings[0].starts_with("src/keys/b.rs:1: `keys::A` from src/keys/mod.rs"), "{ceilings:?}");
}

#[test]
fn a_ceiling_holds_no_items() {
    let tidy = "//! Keys.\n#![no_std]\n#[cfg(any(test, feature = \"x\"))]\nmod a;\npub(crate) mod b;\npub use self::a::{A, B};\n";
    assert!(rules::ceilings(&house(&[("src/keys/mod.rs", tidy)])).is_empty());
    let untidy = "//! Keys.\nmod a;\npub struct Keys;\n";
    assert_eq!(rules::ceilings(&house(&[("src/keys/mod.rs", untidy)])), ["src/keys/mod.rs:3: move it to a named file"]);
}

#[test]
fn lengths_and_headers_are_counted() {
    let long = format!("//! Long.\nfn long() {{\n{}}}\nfn short() {{}}\n", "    f();\n".repeat(69));
    let found = rules::lengths(&one("src/a.rs", &long));
    assert_eq!(found, ["src/a.rs:2: `long` has 71 lines; split it (at most 70)"]);
    assert_eq!(rules::lengths(&one("src/a.rs", &"\n".repeat(501))).len(), 1);
    assert_eq!(rules::lengths(&one("src/bin/x/main.rs", &"\n".repeat(61))).len(), 1);
    assert_eq!(rules::headers(&one("src/a.rs", "use std::fmt;")), ["src/a.rs:1: no header"]);
}

#[test]
fn banned_words_are_found_where_they_are_not_at_home() {
    let count = |path, text| rules::banned(&one(path, text)).len();
    assert_eq!(count("src/a.rs", "// TODO later\nfn f() { todo!() }"), 2);
    assert_eq!(count("src/a.rs", "const TODO_LIST: u8 = 1; // a todo list"), 0);
    assert_eq!(count("src/a.rs", "let x = \"Anonymized rows\";"), 1);
    assert_eq!(count("src/keys/a.rs", "secret.expose(); unsafe { f() }"), 1);
    assert_eq!(count("src/run/a.rs", "secret.expose(); forbid(unsafe_code)"), 1);
    assert_eq!(count("tests/vectors.rs", "secret.expose()"), 0);
    assert_eq!(count("src/crypto/ff1/kernels/aes.rs", "unsafe { f() }"), 0);
    assert_eq!(count("src/plan/a.rs", "Direction::Detokenize"), 1);
    assert_eq!(count("src/detokenize.rs", "Direction::Detokenize"), 0);
}

#[test]
fn exceptions_need_a_reason() {
    let count = |text| rules::lifted_lints(&one("src/a.rs", text)).len();
    assert_eq!(count("#[expect(clippy::unwrap_used)]"), 1);
    assert_eq!(count("#[expect(clippy::unwrap_used, reason = \"n < 4 (see above)\")]"), 0);
    assert_eq!(count("#![allow(dead_code)]"), 1);
}

#[test]
fn machines_and_issue_numbers_are_found_in_prose() {
    let count = |path: &str, line: String| rules::outside(&[(path.to_owned(), line)]).len();
    let folder = ["", "home", "me"].join("/");
    assert_eq!(count("README.md", format!("see {folder}/notes")), 1);
    assert_eq!(count("README.md", format!("see docs{folder}/notes")), 0);
    assert_eq!(count("README.md", ["as issue", "12 says"].join(" ")), 1);
    assert_eq!(count("README.md", "a `#1` in a `r#\"raw\"#`, issues of 2024".to_owned()), 0);
}
