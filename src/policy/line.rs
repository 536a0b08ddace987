//! One line of a policy, as it would be written by hand.
//!
//! # Promises
//!
//! - The line is TOML, whatever characters the column's name has, and its key leads back to the same column.
//!
//! # What this module does not know
//!
//! Why the line is proposed.

use crate::names::ColumnPath;

/// The line that gives a column a rule: `email = "keep"`.
///
/// A proposal of one word is quoted; anything else is taken as TOML: `{ tokenize = "pan" }`.
pub fn line_for(path: &ColumnPath, proposal: &str) -> String {
    let key = path.to_string();
    let word = !proposal.is_empty() && proposal.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let value = if word { format!("\"{proposal}\"") } else { proposal.to_owned() };
    format!("{} = {value}", quoted_key(&key))
}

fn quoted_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !key.is_empty() && key.chars().all(bare) {
        return key.to_owned();
    }
    if !key.contains(['"', '\\']) && !key.chars().any(char::is_control) {
        return format!("\"{key}\"");
    }
    if !key.contains('\'') && !key.chars().any(char::is_control) {
        return format!("'{key}'");
    }
    let escaped: String = key.chars().map(escape).collect();
    format!("\"{escaped}\"")
}

fn escape(character: char) -> String {
    match character {
        '"' | '\\' => format!("\\{character}"),
        character if character.is_control() => format!("\\u{:04X}", u32::from(character)),
        character => character.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::rule::Policy;

    #[test]
    fn a_line_is_read_back_as_a_rule_of_the_same_column() {
        let names =
            ["email", "", "user id", "a.b", "a\"b", "it's", "a\\b'c\"d\n", "Größe", "x]y", "tab\there", "\u{7f}"];
        for name in names {
            let path = ColumnPath::column(name).items().field("x.y");
            for path in [ColumnPath::column(name), path] {
                let text = format!(
                    "policy = 'p'\nversion = 1\npurpose = 't'\nkeyset = 'k'\n[datasets.u]\nsource = 'u.csv'\n\
                     [datasets.u.columns]\n{}\n",
                    line_for(&path, "keep")
                );
                let policy = Policy::parse("p.toml", &text).unwrap();
                assert_eq!(policy.datasets()[0].columns[0].path.value, path, "{text}");
            }
        }
    }

    #[test]
    fn a_table_is_taken_as_it_is() {
        let path = ColumnPath::column("context").field("ip");
        assert_eq!(line_for(&path, "{ tokenize = \"ip\" }"), "\"context.ip\" = { tokenize = \"ip\" }");
    }
}
