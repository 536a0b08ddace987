//! Text for the place where it is shown: a terminal, a CSV cell, a Markdown cell, a YAML scalar.
//!
//! # Promises
//!
//! - No control character, direction mark or invisible character of a name reaches a terminal or a document.
//!
//! # What this module does not know
//!
//! Whose text it is.

use std::fmt::Write as _;

/// The text with everything that could steer a terminal or hide in a line spelled as `\u{..}`.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// One CSV cell by RFC 4180.
pub(crate) fn csv(text: &str) -> String {
    let text = printable(text);
    if text.contains([',', '"']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// One cell of a Markdown table.
pub(crate) fn markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in printable(text).chars() {
        if matches!(character, '|' | '`' | '<' | '>' | '[' | ']' | '*' | '_' | '\\' | '&') {
            shown.push('\\');
        }
        shown.push(character);
    }
    shown
}

/// A double-quoted YAML scalar.
pub(crate) fn yaml(text: &str) -> String {
    format!("\"{}\"", printable(text).replace('\\', "\\\\").replace('"', "\\\""))
}

/// `1 row`, `2 rows`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            u32::from(character),
            0xAD | 0x61C | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB
                | 0xE0000..=0xE007F
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\r\n"), "a\\u{1b}[2Jb\\u{d}\\u{a}");
        assert_eq!(printable("invoice\u{202e}fdp.exe"), "invoice\\u{202e}fdp.exe");
        assert_eq!(printable("Größe 大"), "Größe 大");
    }

    #[test]
    fn cells_stay_in_their_cells() {
        assert_eq!(csv("a,\"b\"\n"), "\"a,\"\"b\"\"\\u{a}\"");
        assert_eq!(csv("plain"), "plain");
        assert_eq!(markdown("a|b `c`"), "a\\|b \\`c\\`");
        assert_eq!(yaml("a: \"b\" \\ \n"), "\"a: \\\"b\\\" \\\\ \\\\u{a}\"");
    }
}
