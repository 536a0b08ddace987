//! Rows and cells of delimiter-separated text, as strictly as RFC 4180.
//!
//! # Promises
//!
//! - A quote stands at both ends of a cell or doubled inside a quoted one; anywhere else it is a fault, as is a cell that
//!   is never closed. Nothing is guessed.
//! - `\n`, `\r\n` and `\r` end a row. A blank line is no row, except where a row is a single cell.
//!
//! # What this module does not know
//!
//! What the cells mean.
//!
//! SPEC: RFC 4180, section 2, with any single-byte delimiter.

/// The two special characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    /// Stands between cells.
    pub(super) delimiter: u8,
    /// Stands round a cell; `None` where quotes mean nothing.
    pub(super) quote: Option<u8>,
    /// Whether a blank line is a row of one empty cell.
    pub(super) blank_rows: bool,
}

/// Takes cells one after the other.
pub(super) trait CellSink {
    /// Takes the next cell of the row.
    fn cell(&mut self, column: usize, cell: &[u8]);

    /// Ends a row of `cells` cells; says whether that was the right number.
    fn end_row(&mut self, cells: usize) -> bool;
}

/// How far the text was scanned.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Scanned {
    /// Bytes.
    pub(super) bytes: usize,
    /// Line ends.
    pub(super) lines: u64,
    /// Rows.
    pub(super) rows: u64,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum RowFault {
    /// More or fewer cells than columns.
    Ragged(usize),
    /// A quote where none may stand, or none where one must.
    Quote(&'static str),
}

/// Scans at most `most_rows` rows of `text` into `sink`; a fault comes with the place where its row begins.
#[expect(clippy::indexing_slicing, reason = "every index was compared with `text.len()` in the same loop round")]
pub(super) fn scan(
    text: &[u8],
    dialect: Dialect,
    most_rows: u64,
    sink: &mut impl CellSink,
) -> Result<Scanned, (RowFault, Scanned)> {
    let special = special_bytes(dialect);
    let mut scratch = Vec::new();
    let mut at = Scanned::default();
    while at.bytes < text.len() && at.rows < most_rows {
        let mut position = at.bytes;
        let mut lines = at.lines;
        let mut column = 0;
        if !dialect.blank_rows && matches!(text[position], b'\n' | b'\r') {
            at = Scanned { bytes: position + end_length(text, position), lines: lines + 1, ..at };
            continue;
        }
        loop {
            if position < text.len() && Some(text[position]) == dialect.quote {
                let cell = quoted(text, position, text[position], &mut scratch).map_err(|fault| (fault, at))?;
                lines += cell.lines;
                position = cell.end;
                let content = if cell.escaped { scratch.as_slice() } else { &text[cell.start..cell.stop] };
                sink.cell(column, content);
                if position < text.len()
                    && !matches!(text[position], b'\n' | b'\r')
                    && text[position] != dialect.delimiter
                {
                    return Err((RowFault::Quote("a quoted cell goes on behind its closing quote"), at));
                }
            } else {
                let start = position;
                while position < text.len() && !special[usize::from(text[position])] {
                    position += 1;
                }
                if position < text.len() && Some(text[position]) == dialect.quote {
                    return Err((RowFault::Quote("a quote stands inside a cell that is not quoted"), at));
                }
                sink.cell(column, &text[start..position]);
            }
            column += 1;
            if position < text.len() && text[position] == dialect.delimiter {
                position += 1;
                continue;
            }
            break;
        }
        if !sink.end_row(column) {
            return Err((RowFault::Ragged(column), at));
        }
        if position < text.len() {
            position += end_length(text, position);
            lines += 1;
        }
        at = Scanned { bytes: position, lines, rows: at.rows + 1 };
    }
    Ok(at)
}

struct Quoted {
    /// First byte of the content.
    start: usize,
    /// The closing quote.
    stop: usize,
    /// The byte behind it.
    end: usize,
    /// Whether the content stands in the scratch buffer, its quotes no longer doubled.
    escaped: bool,
    /// Line ends inside.
    lines: u64,
}

#[expect(clippy::indexing_slicing, reason = "every index was compared with `text.len()` in the same loop round")]
fn quoted(text: &[u8], open: usize, quote: u8, scratch: &mut Vec<u8>) -> Result<Quoted, RowFault> {
    let start = open + 1;
    let (mut position, mut copied, mut escaped, mut lines) = (start, start, false, 0);
    scratch.clear();
    while position < text.len() {
        match text[position] {
            byte if byte == quote => {
                if text.get(position + 1) != Some(&quote) {
                    if escaped {
                        scratch.extend_from_slice(&text[copied..position]);
                    }
                    return Ok(Quoted { start, stop: position, end: position + 1, escaped, lines });
                }
                escaped = true;
                scratch.extend_from_slice(&text[copied..=position]);
                position += 2;
                copied = position;
            }
            b'\n' => {
                lines += 1;
                position += 1;
            }
            b'\r' => {
                lines += u64::from(text.get(position + 1) != Some(&b'\n'));
                position += 1;
            }
            _ => position += 1,
        }
    }
    Err(RowFault::Quote("a quoted cell is never closed"))
}

/// Length of the line end at `position`.
fn end_length(text: &[u8], position: usize) -> usize {
    match (text.get(position), text.get(position + 1)) {
        (Some(b'\r'), Some(b'\n')) => 2,
        _ => 1,
    }
}

#[expect(clippy::indexing_slicing, reason = "a byte is an index into 256 entries")]
fn special_bytes(dialect: Dialect) -> [bool; 256] {
    let mut special = [false; 256];
    special[usize::from(b'\n')] = true;
    special[usize::from(b'\r')] = true;
    special[usize::from(dialect.delimiter)] = true;
    if let Some(quote) = dialect.quote {
        special[usize::from(quote)] = true;
    }
    special
}

/// Rows as owned texts, for headers and probes.
#[derive(Debug, Default)]
pub(super) struct TextRows {
    pub(super) rows: Vec<Vec<String>>,
    row: Vec<String>,
}

impl CellSink for TextRows {
    fn cell(&mut self, _column: usize, cell: &[u8]) {
        self.row.push(String::from_utf8_lossy(cell).into_owned());
    }

    fn end_row(&mut self, _cells: usize) -> bool {
        self.rows.push(std::mem::take(&mut self.row));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAS: Dialect = Dialect { delimiter: b',', quote: Some(b'"'), blank_rows: false };

    fn rows(text: &str, dialect: Dialect) -> Result<Vec<Vec<String>>, (RowFault, Scanned)> {
        let mut rows = TextRows::default();
        let scanned = scan(text.as_bytes(), dialect, u64::MAX, &mut rows)?;
        assert_eq!(scanned.bytes, text.len());
        Ok(rows.rows)
    }

    #[test]
    fn cells_come_out_as_they_were_meant() {
        assert_eq!(rows("a,b\r\n1,\n", COMMAS).unwrap(), [["a", "b"], ["1", ""]]);
        assert_eq!(rows("\"a \"\"b\"\"\",\"c\n\r\nd\"\n", COMMAS).unwrap(), [["a \"b\"", "c\n\r\nd"]]);
        assert_eq!(rows("a,\n\n\r\nb,", COMMAS).unwrap(), [["a", ""], ["b", ""]]);
        assert_eq!(rows("a\rb\r", COMMAS).unwrap(), [["a"], ["b"]]);
        let single = Dialect { blank_rows: true, ..COMMAS };
        assert_eq!(rows("a\n\nb\n", single).unwrap(), [["a"], [""], ["b"]]);
        let bare = Dialect { quote: None, ..COMMAS };
        assert_eq!(rows("5\" disk,\"x\n", bare).unwrap(), [["5\" disk", "\"x"]]);
    }

    #[test]
    fn a_stray_quote_is_a_fault_with_its_line() {
        for text in ["a,b\nc,\"d\"e\n", "a,b\nc,d\"\n", "a,b\nc,\"d\n"] {
            let (fault, at) = rows(text, COMMAS).unwrap_err();
            assert!(matches!(fault, RowFault::Quote(_)));
            assert_eq!((at.lines, at.rows), (1, 1), "{text}");
        }
        let (_, at) = rows("\"a\nb\",c\n\n\"\n", COMMAS).unwrap_err();
        assert_eq!((at.lines, at.rows), (3, 1));
    }
}
