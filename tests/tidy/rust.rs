//! A reading of Rust source that knows just enough: comments, literals, blocks, and the paths that are written.
//!
//! # Promises
//!
//! - Offsets and lines of what is returned are those of the file.
//!
//! # What this module does not know
//!
//! Types, macros, or which paths mean the same; nor any rule of the house.

use std::ops::Range;

/// A file with its kinds of text told apart. All three have the same length and the same line breaks.
pub(crate) struct Source {
    /// Code alone: comments and what stands in literals are blank.
    pub(crate) code: Vec<u8>,
    /// Comments alone, without their slashes.
    pub(crate) comments: Vec<u8>,
    /// The whole.
    pub(crate) text: String,
}

/// A path as written, from its first segment on; `*` for a glob.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Written {
    pub(crate) offset: usize,
    pub(crate) segments: Vec<String>,
    /// Whether it stands in a `pub use` or `pub(…) use`.
    pub(crate) exported: bool,
}

/// A block with a name: a function or an inline module.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Block {
    pub(crate) name: String,
    /// From the keyword to behind the closing brace.
    pub(crate) range: Range<usize>,
    /// Under `#[cfg(test)]`.
    pub(crate) test: bool,
}

impl Source {
    pub(crate) fn new(text: &str) -> Self {
        let (code, comments) = split(text.as_bytes());
        Self { code, comments, text: text.to_owned() }
    }

    /// The line of an offset, counted from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        1 + self.text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count()
    }

    /// Where a whole word stands in the code.
    pub(crate) fn words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        find(&self.code, word).filter(move |at| {
            let end = at + word.len();
            (*at == 0 || !is_name(self.code[at - 1])) && self.code.get(end).is_none_or(|byte| !is_name(*byte))
        })
    }

    /// Functions that have a body.
    pub(crate) fn functions(&self) -> Vec<Block> {
        self.blocks("fn")
    }

    /// Modules with a body in this file.
    pub(crate) fn inline_modules(&self) -> Vec<Block> {
        self.blocks("mod")
    }

    /// Every path in `use` declarations, trees unfolded, and every other path of two segments or more.
    pub(crate) fn paths(&self) -> Vec<Written> {
        let mut paths = Vec::new();
        let mut end_of_use = 0;
        let mut at = 0;
        while at < self.code.len() {
            if !is_name(self.code[at]) || (at > 0 && is_name(self.code[at - 1])) {
                at += 1;
                continue;
            }
            let (segments, end) = self.path(at);
            if segments == ["use"] && at >= end_of_use && !self.is_capture(at) {
                end_of_use = self.code[at..].iter().position(|byte| *byte == b';').map_or(self.code.len(), |n| at + n);
                let exported = self.before(at).ends_with("pub") || self.before(at).ends_with(')');
                self.unfold(end..end_of_use, &[], exported, &mut paths);
                at = end_of_use;
            } else {
                if segments.len() > 1 {
                    paths.push(Written { offset: at, segments, exported: false });
                }
                at = end;
            }
        }
        paths
    }

    /// `+ use<'a>` in a type is no import.
    fn is_capture(&self, at: usize) -> bool {
        self.code.get(at + 3..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"<"))
    }

    fn before(&self, at: usize) -> &str {
        str::from_utf8(&self.code[..at]).unwrap_or("").trim_end()
    }

    /// A path whose first segment starts here, and where it ends.
    fn path(&self, start: usize) -> (Vec<String>, usize) {
        let mut segments = Vec::new();
        let mut at = start;
        loop {
            let end = self.code[at..].iter().position(|byte| !is_name(*byte)).map_or(self.code.len(), |n| at + n);
            segments.push(String::from_utf8_lossy(&self.code[at..end]).into_owned());
            match self.code.get(end..end + 3) {
                Some([b':', b':', next]) if is_name(*next) => at = end + 2,
                _ => return (segments, end),
            }
        }
    }

    /// The leaves of a use tree.
    fn unfold(&self, range: Range<usize>, prefix: &[String], exported: bool, into: &mut Vec<Written>) {
        for part in self.split_at_commas(range) {
            let text = String::from_utf8_lossy(&self.code[part.clone()]).into_owned();
            let offset = part.start + (text.len() - text.trim_start().len());
            let (head, tree) = match text.find('{') {
                Some(open) => {
                    (&text[..open], part.start + open + 1..part.start + text.rfind('}').unwrap_or(text.len()))
                }
                None => (text.as_str(), 0..0),
            };
            let head = head.split(" as ").next().unwrap_or("");
            let mut segments = prefix.to_vec();
            segments.extend(head.split("::").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned));
            if text.contains('{') {
                self.unfold(tree, &segments, exported, into);
            } else if !segments.is_empty() && !head.trim().is_empty() {
                if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
                    segments.pop();
                }
                into.push(Written { offset, segments, exported });
            }
        }
    }

    fn split_at_commas(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let (mut parts, mut depth, mut start) = (Vec::new(), 0, range.start);
        for at in range.clone() {
            match self.code[at] {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b',' if depth == 0 => {
                    parts.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
        }
        parts.push(start..range.end);
        parts
    }

    fn blocks(&self, keyword: &str) -> Vec<Block> {
        self.words(keyword).filter_map(|at| self.block(at, keyword)).collect()
    }

    fn block(&self, at: usize, keyword: &str) -> Option<Block> {
        let name_at =
            at + keyword.len() + self.code[at + keyword.len()..].iter().position(|b| !b.is_ascii_whitespace())?;
        if !is_name(self.code[name_at]) {
            return None;
        }
        let name = self.path(name_at).0.concat();
        let mut depth = 0_i32;
        let mut open = None;
        for (offset, byte) in self.code.iter().enumerate().skip(name_at) {
            match byte {
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth -= 1,
                b';' if depth == 0 && open.is_none() => return None,
                b'{' => {
                    open.get_or_insert(depth);
                    depth += 1;
                }
                b'}' => {
                    depth -= 1;
                    if open == Some(depth) {
                        let attributes = self.attributes_before(at);
                        let test = attributes.contains("cfg(test)") || attributes.contains("cfg(all(test");
                        return Some(Block { name, range: at..offset + 1, test });
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The text between the end of the item before and this one.
    fn attributes_before(&self, at: usize) -> &str {
        let before = &self.code[..at];
        let start = before.iter().rposition(|byte| matches!(byte, b';' | b'{' | b'}')).map_or(0, |n| n + 1);
        str::from_utf8(&before[start..]).unwrap_or("")
    }
}

/// Where `needle` stands.
pub(crate) fn find<'a>(text: &'a [u8], needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle.as_bytes()).map(|(at, _)| at)
}

pub(crate) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Code and comments, each with blanks in place of the other.
fn split(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let blank: Vec<u8> = text.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }).collect();
    let (mut code, mut comments) = (text.to_vec(), blank.clone());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (end, is_comment) = if rest.starts_with(b"//") {
            (at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()), true)
        } else if rest.starts_with(b"/*") {
            (at + block_comment(rest), true)
        } else if let Some(length) = literal(text, at) {
            (at + length, false)
        } else {
            at += 1;
            continue;
        };
        code[at..end].copy_from_slice(&blank[at..end]);
        if is_comment {
            comments[at + 2..end].copy_from_slice(&text[at + 2..end]);
        } else {
            // A literal leaves its quotes, so that code around it stays code.
            code[at] = b'"';
            code[end - 1] = b'"';
        }
        at = end;
    }
    (code, comments)
}

fn block_comment(text: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of the text, character or raw literal that starts here.
fn literal(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..];
    match rest[0] {
        b'"' => Some(quoted(rest, b'"')),
        b'\'' => character(rest),
        b'r' if at == 0 || !is_name(text[at - 1]) || raw_after_letter(text, at) => raw(rest),
        _ => None,
    }
}

/// `br"…"` and `cr"…"`.
fn raw_after_letter(text: &[u8], at: usize) -> bool {
    matches!(text[at - 1], b'b' | b'c') && (at == 1 || !is_name(text[at - 2]))
}

fn raw(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let body = &rest[2 + hashes..];
    let end = body.windows(close.len()).position(|window| window == close).unwrap_or(body.len());
    Some((2 + hashes + end + close.len()).min(rest.len()))
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A character literal, told from a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return Some(quoted(rest, b'\''));
    }
    let length = str::from_utf8(&rest[1..rest.len().min(5)])
        .map_or_else(|error| str::from_utf8(&rest[1..1 + error.valid_up_to()]).ok(), Some)?
        .chars()
        .next()?
        .len_utf8();
    (rest.get(1 + length) == Some(&b'\'')).then_some(length + 2)
}
