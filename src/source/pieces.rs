//! Pieces of text that hold whole records, cut out of all files in order.
//!
//! # Promises
//!
//! - A piece ends where a record ends, so that pieces can be parsed at the same time; where it ends depends on the text
//!   alone.
//! - Each file is read once, to its end, and its digest taken on the way.
//!
//! # What this module does not know
//!
//! What a record is, beyond its line end and the quotes that may hide one.

use std::sync::{Arc, atomic::AtomicU64};

use counterfoil_crypto::digest::Digest;
use encoding_rs::Encoding;

use super::{
    error::SourceError,
    input::InputFile,
    limits::{MAX_RECORD, PIECE, READ},
    options::ReadOptions,
    text::{TextReader, encoding_of},
};

/// Whole records of one file.
pub(super) struct Piece {
    /// The text.
    pub(super) bytes: Vec<u8>,
    /// Which file.
    pub(super) file: usize,
    /// Whether it begins the file.
    pub(super) first: bool,
    /// Byte of the file's text at which it begins.
    pub(super) offset: u64,
}

/// All files, piece by piece.
pub(super) struct Pieces {
    carry: Vec<u8>,
    current: Option<TextReader>,
    digests: Vec<(Digest, u64)>,
    encoding: &'static Encoding,
    files: Arc<[InputFile]>,
    first: bool,
    offset: u64,
    options: ReadOptions,
    progress: Arc<AtomicU64>,
    quote: Option<u8>,
}

impl Pieces {
    /// All `files`; `quote` is the character between whose pairs a line end is none.
    pub(super) fn new(files: Arc<[InputFile]>, options: &ReadOptions, quote: Option<u8>) -> Result<Self, SourceError> {
        Ok(Self {
            carry: Vec::new(),
            current: None,
            digests: Vec::new(),
            encoding: encoding_of(options)?,
            files,
            first: true,
            offset: 0,
            options: options.clone(),
            progress: Arc::default(),
            quote,
        })
    }

    pub(super) fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.progress)
    }

    /// The next piece, or `None` after the last file.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, SourceError> {
        loop {
            let index = self.digests.len();
            let files = Arc::clone(&self.files);
            let Some(input) = files.get(index) else { return Ok(None) };
            let reader = match &mut self.current {
                Some(reader) => reader,
                None => {
                    let reader = TextReader::open(input, &self.options, self.encoding, self.progress())?;
                    self.current.insert(reader)
                }
            };
            let (end, more) = next_end(reader, input, &mut self.carry, self.quote)?;
            let rest = self.carry.split_off(end);
            let bytes = std::mem::replace(&mut self.carry, rest);
            let piece = Piece { file: index, first: self.first, offset: self.offset, bytes };
            self.first = false;
            self.offset += piece.bytes.len() as u64;
            if !more {
                self.close(input)?;
            }
            if !piece.bytes.is_empty() || piece.first {
                return Ok(Some(piece));
            }
        }
    }

    /// Digest and size of each file; an error while one is unread.
    pub(super) fn finish(self) -> Result<Vec<(Digest, u64)>, SourceError> {
        if self.digests.len() < self.files.len() {
            return Err(SourceError::Unfinished);
        }
        self.files.iter().try_for_each(InputFile::check)?;
        Ok(self.digests)
    }

    fn close(&mut self, input: &InputFile) -> Result<(), SourceError> {
        if let Some(reader) = self.current.take() {
            let (digest, bytes) = reader.finish();
            if bytes != input.bytes() {
                return Err(SourceError::Changed { path: input.shown.clone() });
            }
            self.digests.push((digest, bytes));
        }
        self.first = true;
        self.offset = 0;
        Ok(())
    }
}

/// The beginning of a file: whole records of about `bytes` bytes, at least one, or the whole file.
pub(super) fn head(
    input: &InputFile,
    options: &ReadOptions,
    quote: Option<u8>,
    bytes: usize,
) -> Result<Vec<u8>, SourceError> {
    let mut reader = TextReader::open(input, options, encoding_of(options)?, Arc::default())?.reading(bytes.min(READ));
    let mut text = Vec::new();
    while reader.read(input, &mut text)? {
        if text.len() < bytes {
            continue;
        }
        if let Some(end) = last_end(&text, quote) {
            text.truncate(end);
            return Ok(text);
        }
        refuse_endless(&text, input)?;
    }
    Ok(text)
}

/// Reads until `text` holds a piece; returns where the piece ends, and whether the file goes on.
fn next_end(
    reader: &mut TextReader,
    input: &InputFile,
    text: &mut Vec<u8>,
    quote: Option<u8>,
) -> Result<(usize, bool), SourceError> {
    let mut enough = PIECE;
    loop {
        while text.len() < enough {
            if !reader.read(input, text)? {
                return Ok((text.len(), false));
            }
        }
        if let Some(end) = last_end(text, quote) {
            return Ok((end, true));
        }
        refuse_endless(text, input)?;
        enough = text.len() * 2;
    }
}

fn refuse_endless(text: &[u8], input: &InputFile) -> Result<(), SourceError> {
    match text.len() > MAX_RECORD {
        true => Err(SourceError::TooLarge { limit: MAX_RECORD, path: input.shown.clone(), what: "a record" }),
        false => Ok(()),
    }
}

/// The place behind the last line end that stands outside quotes.
///
/// Text begins outside quotes; an escaped quote is two quotes, so that the number before a place tells which side it is.
fn last_end(text: &[u8], quote: Option<u8>) -> Option<usize> {
    let Some(quote) = quote else { return text.iter().rposition(|byte| *byte == b'\n').map(|at| at + 1) };
    let mut inside = text.iter().filter(|byte| **byte == quote).count() % 2 == 1;
    let at = text.iter().rposition(|byte| {
        inside ^= *byte == quote;
        *byte == b'\n' && !inside
    })?;
    Some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_ends_outside_quotes() {
        assert_eq!(last_end(b"a,b\nc,d\ne", Some(b'"')), Some(8));
        assert_eq!(last_end(b"a,b\nc,\"d\ne", Some(b'"')), Some(4));
        assert_eq!(last_end(b"a,b\nc,\"d\ne\"\n", Some(b'"')), Some(12));
        assert_eq!(last_end(b"\"a\"\"\n\"\nx", Some(b'"')), Some(7));
        assert_eq!(last_end(b"\"a\nb\nc", Some(b'"')), None);
        assert_eq!(last_end(b"\"a\nb\nc", None), Some(5));
    }
}
