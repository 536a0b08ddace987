//! What was perhaps meant.
//!
//! # Promises
//!
//! - Only a word of the given list is ever proposed.
//!
//! # What this module does not know
//!
//! What the words mean.

/// The help for a word that is not in a list: the likely one, or the whole list.
pub(super) fn help(word: &str, candidates: &[&str]) -> String {
    match closest(word, candidates) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("choose from {}", list(candidates)),
    }
}

/// The candidate that was most likely meant, if one is near.
pub(super) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let word = plain(word);
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == word);
    if let Some(found) = synonym.and_then(|(_, meant)| candidates.iter().find(|candidate| *candidate == meant)) {
        return Some(found);
    }
    let near = |candidate: &&str| {
        let distance = strsim::damerau_levenshtein(&word, &plain(candidate));
        let slack = candidate.chars().count().min(word.chars().count()) / 3;
        (distance <= slack.max(1)).then_some(distance)
    };
    candidates
        .iter()
        .filter_map(|candidate| Some((near(candidate)?, *candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Words in backticks with commas between.
pub(super) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace(['_', ' '], "-")
}

/// What other programs call the same thing; both sides as [`plain`] leaves them, the right one as it is printed.
const SYNONYMS: &[(&str, &str)] = &[
    ("ansi", "windows-1252"),
    ("arrow", "ipc"),
    ("bigint", "int64"),
    ("boolean", "bool"),
    ("bucket", "coarsen"),
    ("card", "pan"),
    ("card-number", "pan"),
    ("cp1252", "windows-1252"),
    ("credit-card", "pan"),
    ("datetime", "timestamp"),
    ("delete", "drop"),
    ("double", "float64"),
    ("e-mail", "email"),
    ("encrypt", "seal"),
    ("feather", "ipc"),
    ("fields", "columns"),
    ("file", "source"),
    ("float", "float64"),
    ("fpe", "tokenize"),
    ("generalize", "coarsen"),
    ("guid", "uuid"),
    ("gz", "gzip"),
    ("has-header", "header"),
    ("hash", "pseudonym"),
    ("int", "int64"),
    ("integer", "int64"),
    ("ip-address", "ip"),
    ("ipv4", "ip"),
    ("ipv6", "ip"),
    ("json", "ndjson"),
    ("jsonl", "ndjson"),
    ("na-values", "null_values"),
    ("name", "policy"),
    ("numeric", "digits"),
    ("options", "read"),
    ("passthrough", "keep"),
    ("path", "source"),
    ("redact", "mask"),
    ("remove", "drop"),
    ("schema", "types"),
    ("sep", "delimiter"),
    ("separator", "delimiter"),
    ("ssn", "us-ssn"),
    ("str", "text"),
    ("string", "text"),
    ("tables", "datasets"),
    ("telephone", "phone"),
    ("utf-16", "utf-16le"),
    ("week", "iso-week"),
    ("zip", "zip3"),
    ("zipcode", "zip3"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_seen() {
        let words = ["tokenize", "pseudonym", "keep_first", "us-ssn"];
        for (slip, meant) in
            [("tokenise", "tokenize"), ("psuedonym", "pseudonym"), ("keepfirst", "keep_first"), ("us_ssn", "us-ssn")]
        {
            assert_eq!(closest(slip, &words), Some(meant));
        }
        assert_eq!(closest("hash", &words), Some("pseudonym"));
        assert_eq!(closest("colour", &words), None);
    }

    #[test]
    fn without_a_near_word_the_whole_list_helps() {
        assert_eq!(help("x", &["fail", "null"]), "choose from `fail`, `null`");
    }
}
