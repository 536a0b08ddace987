//! The rules of the house, each a function from sources to the places that break it.
//!
//! # Promises
//!
//! - A place is `file:line`, followed by what stands there and what to write instead.
//!
//! # What this module does not know
//!
//! Where sources come from: a rule can be tried on a text.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    house::{self, House, is_ceiling, may_import, room},
    rust::{Source, find, is_name},
};

/// What must not be written.
struct Banned {
    what: &'static str,
    /// Whether letters or digits on either side make it another word.
    word: bool,
    within: Within,
    /// Where it is at home: beginnings of paths. What is at home in `src` alone is looked for in `src` alone.
    home: &'static [&'static str],
    instead: &'static str,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Within {
    Code,
    Comments,
    /// Code, comments and literals, whatever the case.
    Everything,
}

const BANNED: &[Banned] = &[
    Banned::call("dbg!(", "remove it"),
    Banned::call("todo!(", "build it, or leave it out"),
    Banned::call("unimplemented!(", "build it, or leave it out"),
    Banned::call("fn get_", "a name without `get_`"),
    Banned::call("#[ignore", "assert the wrong behaviour and say why it is wrong"),
    Banned::comment("TODO", "an issue"),
    Banned::comment("FIXME", "an issue"),
    Banned::phrase("anonymized", "`sanitized`, or `de-identified` in prose"),
    Banned::phrase("anonymised", "`sanitized`, or `de-identified` in prose"),
    Banned::phrase("master key", "`KEK`, or `derived key`"),
    Banned::phrase("master_key", "`kek`, or `derived_key`"),
    Banned::phrase("keyring", "`keyset`"),
    Banned::phrase("infotype", "`class`"),
    Banned::door("unsafe", &["src/crypto/ff1/kernels", "src/dataset/ffi.rs"], "safe code, or one of the two doors"),
    Banned::door(
        "Direction::Detokenize",
        &["src/detokenize", "src/transform/"],
        "the room `detokenize`, which is the one way back",
    ),
    Banned::door(".expose(", &["src/crypto/", "src/keys/"], "a cipher made in `crypto`: key bytes go no further"),
];

impl Banned {
    const fn call(what: &'static str, instead: &'static str) -> Self {
        Self { what, word: false, within: Within::Code, home: &[], instead }
    }

    const fn comment(what: &'static str, instead: &'static str) -> Self {
        Self { what, word: true, within: Within::Comments, home: &[], instead }
    }

    const fn phrase(what: &'static str, instead: &'static str) -> Self {
        Self { what, word: false, within: Within::Everything, home: &["tests/tidy/"], instead }
    }

    const fn door(what: &'static str, home: &'static [&'static str], instead: &'static str) -> Self {
        Self { what, word: true, within: Within::Code, home, instead }
    }

    fn applies(&self, path: &str) -> bool {
        let door = self.home.iter().any(|home| home.starts_with("src/"));
        !self.home.iter().any(|home| path.starts_with(home)) && (!door || path.starts_with("src/"))
    }

    fn places(&self, source: &Source) -> Vec<usize> {
        let lower = source.text.to_ascii_lowercase();
        let text = match self.within {
            Within::Code => &source.code,
            Within::Comments => &source.comments,
            Within::Everything => lower.as_bytes(),
        };
        let alone = |at: &usize| {
            let (first, after) = (text[*at], text.get(at + self.what.len()));
            !self.word
                || !is_name(first)
                || ((*at == 0 || !is_name(text[at - 1])) && after.is_none_or(|byte| !is_name(*byte)))
        };
        find(text, self.what).filter(alone).collect()
    }
}

pub(crate) fn floors(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for file in &house.files {
        let from = room(&file.module);
        let known = matches!(from, "lib" | "bin" | "python") || house::FLOORS.iter().any(|(room, _)| *room == from);
        if !known {
            found.push(format!(
                "{}:1: the room `{from}` stands on no floor; give it one in tests/tidy/house.rs",
                file.path
            ));
            continue;
        }
        for import in house.imports(file) {
            if !may_import(from, &import.target) {
                let (path, line, target) = (&file.path, import.line, import.target.join("::"));
                found.push(format!("{path}:{line}: `{from}` names `{target}`, which is not beneath it"));
            }
        }
        if file.path == "src/lib.rs" {
            let member = |name: &str| ["crypto", "python"].iter().any(|member| name.starts_with(member));
            let modules = file.source.words("mod").filter(|at| member(file.source.text[at + 3..].trim_start()));
            found.extend(
                modules.map(|at| format!("{}:{}: a member crate is no module", file.path, file.source.line(at))),
            );
        }
    }
    found
}

/// Two files that lead to each other, by whatever way round. One line a circle, the shortest way.
pub(crate) fn circles(house: &House) -> Vec<String> {
    let mut edges: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); house.files.len()];
    for (index, file) in house.files.iter().enumerate().filter(|(_, file)| !is_ceiling(&file.path)) {
        for import in house.imports(file) {
            if let Some(to) = import.file.filter(|to| *to != index) {
                edges[index].entry(to).or_insert(import.line);
            }
        }
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for start in 0..edges.len() {
        let Some(circle) = way_back(&edges, start) else { continue };
        let mut members = circle.clone();
        members.sort_unstable();
        if seen.insert(members) {
            let step = |(at, from): (usize, &usize)| {
                let to = circle[(at + 1) % circle.len()];
                format!("{}:{}", house.files[*from].path, edges[*from][&to])
            };
            let steps: Vec<String> = circle.iter().enumerate().map(step).collect();
            found.push(format!("{} -> back", steps.join(" -> ")));
        }
    }
    found
}

/// The shortest way from a file back to it.
fn way_back(edges: &[BTreeMap<usize, usize>], start: usize) -> Option<Vec<usize>> {
    let mut ways = vec![vec![start]];
    let mut visited = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for to in edges[way[way.len() - 1]].keys() {
                if *to == start {
                    return Some(way);
                }
                if visited.insert(*to) {
                    longer.push([way.as_slice(), &[*to]].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

pub(crate) fn own_ceilings(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for file in &house.files {
        for import in house.imports(file) {
            let above = import.named.filter(|named| house.is_under(file, *named));
            if let Some(ceiling) = above.map(|named| &house.files[named]).filter(|ceiling| ceiling.path != "src/lib.rs")
            {
                let (path, line, target) = (&file.path, import.line, import.target.join("::"));
                let hint = import.file.map_or("", |to| house.files[to].path.as_str());
                found.push(format!(
                    "{path}:{line}: `{target}` from {}; name the file that holds it ({hint})",
                    ceiling.path
                ));
            }
        }
    }
    found
}

pub(crate) fn ceilings(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    for file in house.files.iter().filter(|file| is_ceiling(&file.path)) {
        let code = String::from_utf8_lossy(&file.source.code);
        let mut at = 0;
        for item in code.split_inclusive(';') {
            let start = at + (item.len() - item.trim_start().len());
            at += item.len();
            let item = without_attributes(item.trim());
            let words: Vec<&str> = item.split_whitespace().filter(|word| !word.starts_with("pub")).collect();
            // `pub(in path)` leaves a piece behind.
            let first = words.iter().find(|word| !word.ends_with(')')).copied().unwrap_or("");
            if !matches!(first, "" | "mod" | "use" | "extern") {
                found.push(format!("{}:{}: move it to a named file", file.path, file.source.line(start)));
            }
        }
    }
    found
}

/// An item without `#[…]` and `#![…]` before it.
fn without_attributes(mut item: &str) -> &str {
    while item.starts_with("#[") || item.starts_with("#![") {
        let mut depth = 0;
        let end = item.find(|character| {
            depth += i32::from(character == '[') - i32::from(character == ']');
            character == ']' && depth == 0
        });
        item = item[end.map_or(item.len(), |end| end + 1)..].trim_start();
    }
    item
}

pub(crate) fn lengths(sources: &[(String, Source)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, source) in sources {
        let lines = source.text.lines().count();
        let most = if path.starts_with("src/bin/") && path.ends_with("/main.rs") { 60 } else { 500 };
        if lines > most {
            found.push(format!("{path}:{lines}: {lines} lines; split it (at most {most})"));
        }
        for function in source.functions() {
            let (first, last) = (source.line(function.range.start), source.line(function.range.end - 1));
            let lines = last - first + 1;
            if lines > 70 {
                found.push(format!("{path}:{first}: `{}` has {lines} lines; split it (at most 70)", function.name));
            }
        }
    }
    found
}

pub(crate) fn headers(sources: &[(String, Source)]) -> Vec<String> {
    let bare = sources.iter().filter(|(_, source)| !source.text.starts_with("//!"));
    bare.map(|(path, _)| format!("{path}:1: no header")).collect()
}

pub(crate) fn banned(sources: &[(String, Source)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, source) in sources {
        for banned in BANNED.iter().filter(|banned| banned.applies(path)) {
            for at in banned.places(source) {
                found.push(format!("{path}:{}: `{}`; write {}", source.line(at), banned.what, banned.instead));
            }
        }
    }
    found
}

pub(crate) fn lifted_lints(sources: &[(String, Source)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, source) in sources {
        let mut report = |at, what: &str| found.push(format!("{path}:{}: {what}", source.line(at)));
        for open in ["#[", "#!["] {
            for at in find(&source.code, open) {
                let attribute = &source.code[at + open.len()..];
                let end = attribute.windows(2).position(|window| window == b")]").unwrap_or(attribute.len());
                let attribute = &attribute[..end];
                if attribute.starts_with(b"allow(") && path.starts_with("src/") {
                    report(at, "`allow`; write `expect`, which notices when it is no longer needed");
                } else if attribute.starts_with(b"expect(") && find(attribute, "reason").next().is_none() {
                    report(at, "`expect` without a reason");
                }
            }
        }
    }
    found
}

/// Paths of machines in every text; numbers of issues where people write prose.
pub(crate) fn outside(texts: &[(String, String)]) -> Vec<String> {
    // Put together here, so that this file does not hold them.
    let machines = ["work", "tmp", "root", "home"].map(|folder| format!("/{folder}/"));
    let mut found = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| path != "Cargo.lock") {
        for (number, line) in text.lines().enumerate() {
            for machine in &machines {
                let starts = |at: &usize| *at == 0 || !is_part_of_path(line.as_bytes()[at - 1]);
                if find(line.as_bytes(), machine).any(|at| starts(&at)) {
                    found.push(format!("{path}:{}: `{machine}`; write a path that every machine has", number + 1));
                }
            }
            let prose = [".md", ".rs", ".toml"].iter().any(|ending| path.ends_with(ending)) || path == ".ci/run";
            if prose && names_an_issue(line) {
                found.push(format!("{path}:{}: an issue's number; write what it says", number + 1));
            }
        }
    }
    found
}

fn is_part_of_path(byte: u8) -> bool {
    is_name(byte) || matches!(byte, b'.' | b'-' | b'}' | b'>')
}

/// The word, or a bracket, with a number sign or a blank and then digits.
fn names_an_issue(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let digit_at = |at: usize| lower.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let after = |word: &str| find(lower.as_bytes(), word).any(|at| digit_at(at + word.len()));
    after("issue ") || after("issue #") || after("(#") || after("fixes #") || after("closes #")
}
