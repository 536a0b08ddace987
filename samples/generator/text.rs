//! Writing text rows: quoting for CSV, and a buffer that is handed on in large pieces.
//!
//! # Promises
//!
//! - A field is quoted where RFC 4180 asks for it, and only there. Rows end with a line feed.
//!
//! # What this module does not know
//!
//! What the rows hold.

use std::io::{self, Write};

/// A buffer of rows before a slower writer.
pub(crate) struct Rows<W: Write> {
    buffer: Vec<u8>,
    to: W,
}

impl<W: Write> Rows<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { buffer: Vec::with_capacity(FULL + 4_096), to }
    }

    /// Writes one row by `row`, which ends it itself.
    pub(crate) fn row(&mut self, row: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
        row(&mut self.buffer)?;
        if self.buffer.len() >= FULL {
            self.to.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Hands on what is left and gives the writer back.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.to.write_all(&self.buffer)?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// Appends a field of a CSV row, quoted where it must be.
pub(crate) fn csv_field(row: &mut Vec<u8>, field: &str) {
    if field.contains(['"', ',', '\n', '\r']) {
        row.push(b'"');
        row.extend_from_slice(field.replace('"', "\"\"").as_bytes());
        row.push(b'"');
    } else {
        row.extend_from_slice(field.as_bytes());
    }
}

const FULL: usize = 1 << 18;
