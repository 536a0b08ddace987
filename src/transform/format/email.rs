//! `email`: addresses of ASCII local part and domain; letters and digits change, all else stays.
//!
//! # Promises
//!
//! - The top-level domain stays, or the whole domain where the rule keeps it; what stays is bound as context.
//! - A token has valid labels, and no label that is reserved for internationalized names.
//!
//! # What this module does not know
//!
//! Whether an address receives mail. Quoted local parts, comments and internationalized addresses are misfits.
//!
//! SPEC: RFC 5321, section 4.1.2 (narrowed) and 4.5.3.1; RFC 1035, section 2.3.1; RFC 5891, section 4.2.3.1.

use crate::transform::{
    class::Class,
    format::{
        language::{Language, MAX_CELL},
        layout::{CLASSES, layout_class, read_layout, write_layout},
    },
    lanes::{Group, Lanes, Unfit},
};

/// Addresses. A class is the number of letters and of digits in the part that is tokenized.
pub(crate) struct EmailLanguage {
    pub(crate) keep_domain: bool,
}

impl EmailLanguage {
    /// The part that is tokenized and the part that is kept.
    fn split<'t>(&self, cell: &'t str) -> Option<(&'t str, &'t str)> {
        let at = cell.find('@')?;
        let (local, domain) = (cell.get(..at)?, cell.get(at + 1..)?);
        if !is_local(local) || !is_domain(domain) {
            return None;
        }
        if self.keep_domain { Some((local, domain)) } else { cell.split_at_checked(cell.rfind('.')? + 1) }
    }
}

impl Language for EmailLanguage {
    fn id(&self) -> String {
        if self.keep_domain { "email:keep-domain" } else { "email" }.to_owned()
    }

    fn needs(&self) -> String {
        "an address of ASCII letters, digits and `._+-`, with a domain of two labels or more".to_owned()
    }

    fn classes(&self) -> u32 {
        CLASSES
    }

    fn class(&self, class: u32) -> Class {
        layout_class(class, true)
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        if cell.len() > MAX_CELL {
            return Err(Unfit::Shape);
        }
        let (free, kept) = self.split(cell).ok_or(Unfit::Shape)?;
        let mut lower = [0; MAX_CELL];
        lower.iter_mut().zip(kept.bytes()).for_each(|(lower, byte)| *lower = byte.to_ascii_lowercase());
        let context = lanes.context(lower.get(..kept.len()).unwrap_or_default());
        read_layout(free, lanes)?.contexts.push(context);
        Ok(())
    }

    fn write(&self, group: &Group, index: usize, cell: &str, out: &mut Vec<u8>) {
        let free = if self.keep_domain { cell.find('@') } else { cell.rfind('.') };
        let start = out.len();
        out.extend_from_slice(cell.as_bytes());
        write_layout(group, index, out.get_mut(start..start + free.unwrap_or_default()).unwrap_or_default());
    }
}

/// A local part of letters, digits and `._+-`, at most 64 characters, without a dot at an end or beside another.
fn is_local(local: &str) -> bool {
    let mut dot = true;
    for byte in local.bytes() {
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-')) || (dot && byte == b'.') {
            return false;
        }
        dot = byte == b'.';
    }
    local.len() <= 64 && !dot
}

/// Two labels or more, the last of letters.
fn is_domain(domain: &str) -> bool {
    let Some((before, last)) = domain.rsplit_once('.') else { return false };
    domain.len() <= 253
        && before.split('.').all(is_label)
        && (2..=63).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Letters, digits and hyphens; no hyphen at an end, none at both third and fourth place.
fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && bytes.first() != Some(&b'-')
        && bytes.last() != Some(&b'-')
        && bytes.get(2..4) != Some(b"--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_only_looks_like_them() {
        let language = EmailLanguage { keep_domain: false };
        for address in ["a@b.co", "First.Last+tag_1@Mail-1.Example.COM", "x-y@a.b.c.museum"] {
            assert!(language.split(address).is_some(), "{address}");
        }
        for text in [
            "",
            "@",
            "a@",
            "a@b",
            "@b.co",
            ".a@b.co",
            "a.@b.co",
            "a..b@c.co",
            "a@-b.co",
            "a@b-.co",
            "a@b..co",
            "a@b.c",
            "a@b.c1",
            "a@b@c.co",
            "a b@c.co",
            "ä@b.co",
            "a@xn--b.co",
            "a@ab--b.co",
            "a@1.2.3.4",
            "\"a\"@b.co",
            "a@b.co.",
        ] {
            assert!(language.split(text).is_none(), "{text}");
        }
        assert!(!is_local(&"a".repeat(65)));
    }

    #[test]
    fn what_is_kept_is_the_end() {
        let cell = "Jo.Do@Shop.Example.ORG";
        assert_eq!(EmailLanguage { keep_domain: false }.split(cell), Some(("Jo.Do@Shop.Example.", "ORG")));
        assert_eq!(EmailLanguage { keep_domain: true }.split(cell), Some(("Jo.Do", "Shop.Example.ORG")));
    }
}
