//! `SHA256SUMS`: one line a file, as `sha256sum` writes and checks it.
//!
//! # Promises
//!
//! - A name that could lead out of the folder, or that a terminal or another tool could read differently, is never
//!   written and never opened: no empty step, no `.` or `..`, no leading `/`, no backslash, no control character.
//! - Lines are sorted by name and no name stands twice.
//!
//! # What this module does not know
//!
//! Files: it never opens one.

use counterfoil_crypto::digest::Digest;

use crate::attest::wire;

/// The name of the list itself.
pub(crate) const SUMS: &str = "SHA256SUMS";
/// The folder that the list leaves out.
pub(crate) const PROVENANCE: &str = "_provenance";
/// The statements.
pub(crate) const STATEMENTS: &str = "_provenance/run.intoto.jsonl";
/// The column dictionary.
pub(crate) const DICTIONARY: &str = "data-dictionary.csv";
/// The dataset card.
pub(crate) const CARD: &str = "README.md";

/// One line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Sum {
    pub(crate) name: String,
    pub(crate) digest: Digest,
}

/// Why a text is not a list of ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BadSums {
    /// The list has no lines.
    Empty,
    /// This line, from 1, is not `<64 hexadecimal digits>  <name>`.
    Line(usize),
    /// This line, from 1, repeats a name.
    Repeated(usize),
}

/// Whether a path stays in the folder and reads the same everywhere.
pub(crate) fn is_plain(name: &str) -> bool {
    let odd = |c: char| c.is_control() || c == '\\';
    !name.is_empty() && !name.contains(odd) && name.split('/').all(|step| !matches!(step, "" | "." | ".."))
}

/// The text of the list.
pub(crate) fn write(sums: &mut [Sum]) -> String {
    sums.sort_by(|a, b| a.name.cmp(&b.name));
    sums.iter().map(|sum| format!("{}  {}\n", sum.digest, sum.name)).collect()
}

/// Reads a list. Names are as written: ask [`is_plain`] before opening one.
pub(crate) fn parse(text: &str) -> Result<Vec<Sum>, BadSums> {
    let mut sums: Vec<Sum> = Vec::new();
    let mut names = std::collections::BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let bad = BadSums::Line(index + 1);
        let (hex, rest) = line.split_at_checked(64).ok_or(bad)?;
        let name = rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *")).ok_or(bad)?;
        let digest = wire::digest(hex).ok_or(bad)?;
        if name.is_empty() {
            return Err(bad);
        }
        if !names.insert(name) {
            return Err(BadSums::Repeated(index + 1));
        }
        sums.push(Sum { name: name.to_owned(), digest });
    }
    if sums.is_empty() { Err(BadSums::Empty) } else { Ok(sums) }
}

#[cfg(test)]
mod tests {
    use counterfoil_crypto::digest::sha256;

    use super::*;

    #[test]
    fn a_list_survives_its_own_text() {
        let mut sums = vec![
            Sum { name: "data/part-00001.parquet".to_owned(), digest: sha256(b"1") },
            Sum { name: "README.md".to_owned(), digest: sha256(b"2") },
        ];
        let text = write(&mut sums);
        assert_eq!(parse(&text).unwrap(), sums);
        assert!(sums.first().unwrap().name == "README.md");
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_plain() {
        for name in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a", "a\\b", "a\nb", "a\u{1b}[2Jb", "a\u{85}"]
        {
            assert!(!is_plain(name), "{name:?}");
        }
        for name in ["README.md", "data/year=2024/part-00000.parquet", "..a/b..", "ä b"] {
            assert!(is_plain(name), "{name:?}");
        }
    }

    #[test]
    fn half_a_list_is_refused() {
        let hex = "ab".repeat(32);
        assert_eq!(parse(""), Err(BadSums::Empty));
        assert_eq!(parse(&format!("{hex}  a\n{hex}  a\n")), Err(BadSums::Repeated(2)));
        for line in
            [format!("{hex} a"), format!("{hex}  "), hex.clone(), format!("\\{hex}  a"), hex.to_uppercase() + "  a"]
        {
            assert_eq!(parse(&line), Err(BadSums::Line(1)), "{line}");
        }
    }
}
