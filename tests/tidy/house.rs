//! The plan of the house: which file is which module, what stands on which floor, and what a path leads to.
//!
//! # Promises
//!
//! - Rooms that are not built yet break nothing; a room without a floor is reported.
//!
//! # What this module does not know
//!
//! How lines inside a file look.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::rust::{Source, Written};

/// Room, and the rooms below it that it may import. `names` and `crypto` are open to every room above them.
pub(crate) const FLOORS: &[(&str, &[&str])] = &[
    ("crypto", &[]),
    ("names", &[]),
    ("keys", &[]),
    ("policy", &[]),
    ("classify", &[]),
    ("transform", &[]),
    ("dataset", &[]),
    ("plan", &["policy", "classify", "keys", "transform"]),
    ("source", &["dataset"]),
    // Of `transform`, `sink` may name `Sanitized` and nothing else.
    ("sink", &["dataset", "transform"]),
    ("attest", &["plan", "dataset"]),
    // `transform` because it turns the direction round.
    ("detokenize", &["plan", "dataset", "keys", "source", "transform"]),
    ("run", &["attest", "plan", "source", "sink", "keys", "policy", "classify", "transform", "dataset"]),
];

/// A file of `src`.
pub(crate) struct File {
    /// From the project's folder, with `/`.
    pub(crate) path: String,
    /// Its module: `["policy", "lower"]`; the member crate `src/crypto` is a room as well.
    pub(crate) module: Vec<String>,
    pub(crate) source: Source,
}

/// A path with its place in the house.
pub(crate) struct Import {
    /// Index of the file that it leads to, followed through the re-exports of ceilings.
    pub(crate) file: Option<usize>,
    pub(crate) line: usize,
    /// From the root of the house: `["policy", "rule", "Rule"]`.
    pub(crate) target: Vec<String>,
    /// Index of the file that the path names before re-exports are followed.
    pub(crate) named: Option<usize>,
}

/// Every file of `src`.
pub(crate) struct House {
    pub(crate) files: Vec<File>,
    modules: BTreeMap<Vec<String>, usize>,
}

impl House {
    /// Reads `src` below a folder.
    pub(crate) fn open(root: &Path) -> Self {
        let mut paths = Vec::new();
        collect(&root.join("src"), &mut paths);
        Self::new(paths.iter().map(|path| (relative(root, path), fs::read_to_string(path).unwrap())).collect())
    }

    /// A house of path and text.
    pub(crate) fn new(texts: Vec<(String, String)>) -> Self {
        let files: Vec<File> = texts
            .into_iter()
            .map(|(path, text)| File { module: module_of(&path), source: Source::new(&text), path })
            .collect();
        let modules = files.iter().enumerate().map(|(index, file)| (file.module.clone(), index)).collect();
        Self { files, modules }
    }

    /// The paths of a file that lead into the house. Tests may stand on any floor, so theirs are left out.
    pub(crate) fn imports(&self, file: &File) -> Vec<Import> {
        if file.path.ends_with("/tests.rs") || file.path.contains("/tests/") {
            return Vec::new();
        }
        let inline = file.source.inline_modules();
        let mut imports = Vec::new();
        for written in file.source.paths() {
            let around = inline.iter().filter(|block| block.range.contains(&written.offset));
            if around.clone().any(|block| block.test) {
                continue;
            }
            let mut module = file.module.clone();
            module.extend(around.map(|block| block.name.clone()));
            if let Some(target) = resolve(&module, &written) {
                imports.push(Import {
                    file: self.follow(&target, 8),
                    line: file.source.line(written.offset),
                    named: self.file_of(&target),
                    target,
                });
            }
        }
        imports
    }

    /// The file that holds a path: the longest module that the path starts with.
    fn file_of(&self, target: &[String]) -> Option<usize> {
        (1..=target.len()).rev().find_map(|length| self.modules.get(&target[..length]).copied())
    }

    fn follow(&self, target: &[String], patience: u32) -> Option<usize> {
        let index = self.file_of(target)?;
        let file = &self.files[index];
        let item = target.get(file.module.len());
        if patience == 0 || !is_ceiling(&file.path) {
            return Some(index);
        }
        let paths = file.source.paths();
        let exported = paths.iter().filter(|written| written.exported && written.segments.last() == item);
        let onward = exported.filter_map(|written| resolve(&file.module, written)).find(|onward| onward != target);
        onward.map_or(Some(index), |onward| self.follow(&onward, patience - 1))
    }

    /// Whether `file` lies under the folder whose ceiling `ceiling` is.
    pub(crate) fn is_under(&self, file: &File, ceiling: usize) -> bool {
        let above = &self.files[ceiling];
        is_ceiling(&above.path) && file.path != above.path && file.module.starts_with(&above.module)
    }
}

/// The room of a module: its first segment; the root's `lib.rs` is `lib`.
pub(crate) fn room(module: &[String]) -> &str {
    module.first().map_or("lib", String::as_str)
}

pub(crate) fn is_ceiling(path: &str) -> bool {
    path.ends_with("/mod.rs") || path.ends_with("/lib.rs")
}

/// Whether a room may name this path.
pub(crate) fn may_import(from: &str, target: &[String]) -> bool {
    let to = room(target);
    if from == to || from == "lib" {
        return true;
    }
    // The faces stand on no floor of the table: what is theirs they take from `counterfoil::`, which the compiler guards.
    let Some((_, below)) = FLOORS.iter().find(|(room, _)| *room == from) else { return false };
    let is_ground = |room: &str| matches!(room, "crypto" | "names");
    if from == "sink" && to == "transform" {
        return target.last().is_some_and(|item| item == "Sanitized");
    }
    (is_ground(to) && !is_ground(from)) || below.contains(&to)
}

/// `src/policy/lower.rs` is `policy::lower`, `src/policy/mod.rs` is `policy`, `src/lib.rs` is the root.
pub(crate) fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
    let binary = module.first().is_some_and(|room| room == "bin");
    if matches!(module.last().map(String::as_str), Some("mod" | "lib")) || (binary && path.ends_with("/main")) {
        module.pop();
    }
    module
}

/// A written path from the root of the house; `None` where it leads out of it.
fn resolve(module: &[String], written: &Written) -> Option<Vec<String>> {
    let mut segments = written.segments.iter().map(String::as_str).peekable();
    // The crate that a module belongs to: the members and the binary have roots of their own.
    let root = match room(module) {
        "crypto" | "python" => 1,
        "bin" => 2,
        _ => 0,
    };
    let mut target = match segments.next()? {
        "crate" => module[..root.min(module.len())].to_vec(),
        "self" => module.to_vec(),
        "super" => {
            let mut up = 1;
            while segments.next_if_eq(&"super").is_some() {
                up += 1;
            }
            module[..module.len().checked_sub(up)?].to_vec()
        }
        "counterfoil_crypto" => vec!["crypto".to_owned()],
        _ => return None,
    };
    target.extend(segments.map(str::to_owned));
    (!target.is_empty()).then_some(target)
}

pub(crate) fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

pub(crate) fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")
}
