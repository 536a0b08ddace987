//! The text of a file: unpacked, decoded to UTF-8, without its byte order mark.
//!
//! # Promises
//!
//! - A malformed byte is an error with its place, never a replacement character.
//! - A gzip stream is read to its last member's checksum; one that is cut short is told from one that is damaged.
//!
//! # What this module does not know
//!
//! Rows. UTF-8 itself is checked by those who parse it, many pieces at once.

use std::{
    io::{self, Read, Seek},
    sync::{Arc, atomic::AtomicU64},
};

use counterfoil_crypto::digest::Digest;
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use flate2::read::MultiGzDecoder;

use super::{
    error::SourceError,
    input::{HashingReader, InputFile},
    limits::READ,
    options::{Compression, ReadOptions},
};

/// The encoding that the options name.
pub(super) fn encoding_of(options: &ReadOptions) -> Result<&'static Encoding, SourceError> {
    let Some(label) = &options.encoding else { return Ok(UTF_8) };
    Encoding::for_label(label.as_bytes()).ok_or_else(|| SourceError::BadOptions {
        reason: format!("`{label}` is no encoding of the WHATWG Encoding Standard"),
    })
}

/// A file being read as text.
pub(super) struct TextReader {
    body: Body,
    decoder: Option<(Decoder, &'static str)>,
    encoding: &'static Encoding,
    /// Bytes of the unpacked file that came before those in `raw`.
    offset: u64,
    raw: Vec<u8>,
    started: bool,
}

enum Body {
    Gzip(Box<MultiGzDecoder<HashingReader>>),
    Plain(HashingReader),
}

impl TextReader {
    /// Opens a file; `progress` counts the bytes that come off the disk.
    pub(super) fn open(
        input: &InputFile,
        options: &ReadOptions,
        encoding: &'static Encoding,
        progress: Arc<AtomicU64>,
    ) -> Result<Self, SourceError> {
        let mut file = input.open()?;
        let packed = match options.compression {
            Some(compression) => compression == Compression::Gzip,
            None => {
                let mut magic = Vec::new();
                file.by_ref().take(2).read_to_end(&mut magic).map_err(|source| input.io(source))?;
                file.rewind().map_err(|source| input.io(source))?;
                let named = input.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
                magic == [0x1f, 0x8b] || (named && !magic.is_empty())
            }
        };
        let reader = HashingReader::new(file, progress);
        let body = if packed { Body::Gzip(Box::new(MultiGzDecoder::new(reader))) } else { Body::Plain(reader) };
        Ok(Self { body, decoder: None, encoding, offset: 0, raw: vec![0; READ], started: false })
    }

    /// The same file, read in blocks of `bytes`.
    pub(super) fn reading(mut self, bytes: usize) -> Self {
        self.raw.resize(bytes, 0);
        self
    }

    /// Appends about [`READ`] bytes of text to `out`; `false` at the end of the file.
    pub(super) fn read(&mut self, input: &InputFile, out: &mut Vec<u8>) -> Result<bool, SourceError> {
        let count = self.fill(input)?;
        let raw = std::mem::take(&mut self.raw);
        let outcome = self.decode(raw.get(..count).unwrap_or_default(), input, out);
        self.raw = raw;
        self.offset += count as u64;
        outcome.map(|()| count > 0)
    }

    /// Digest and size of the file on disk.
    pub(super) fn finish(self) -> (Digest, u64) {
        match self.body {
            Body::Gzip(reader) => reader.into_inner().finish(),
            Body::Plain(reader) => reader.finish(),
        }
    }

    /// Fills `raw` whole unless the file ends, so that pieces do not depend on the moods of the system.
    fn fill(&mut self, input: &InputFile) -> Result<usize, SourceError> {
        let mut count = 0;
        while let Some(space) = self.raw.get_mut(count..).filter(|space| !space.is_empty()) {
            let outcome = match &mut self.body {
                Body::Gzip(reader) => reader.read(space),
                Body::Plain(reader) => reader.read(space),
            };
            match outcome {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.refusal(error, count, input)),
            }
        }
        Ok(count)
    }

    fn refusal(&self, error: io::Error, count: usize, input: &InputFile) -> SourceError {
        let (offset, path) = (self.offset + count as u64, input.shown.clone());
        match (&self.body, error.raw_os_error(), error.kind()) {
            (Body::Gzip(_), None, io::ErrorKind::UnexpectedEof) => SourceError::TruncatedGzip { offset, path },
            (Body::Gzip(_), None, _) => SourceError::CorruptGzip { offset, path },
            _ => input.io(error),
        }
    }

    fn decode(&mut self, raw: &[u8], input: &InputFile, out: &mut Vec<u8>) -> Result<(), SourceError> {
        let mut raw = raw;
        if !self.started {
            self.started = true;
            let (encoding, mark) = Encoding::for_bom(raw).unwrap_or((self.encoding, 0));
            if encoding != UTF_8 {
                self.decoder = Some((encoding.new_decoder_without_bom_handling(), encoding.name()));
            }
            raw = raw.get(mark..).unwrap_or_default();
            self.offset += mark as u64;
            let outcome = self.decode(raw, input, out);
            self.offset -= mark as u64;
            return outcome;
        }
        let Some((decoder, encoding)) = &mut self.decoder else {
            out.extend_from_slice(raw);
            return Ok(());
        };
        let last = raw.is_empty();
        let mut consumed = 0;
        loop {
            let rest = raw.get(consumed..).unwrap_or_default();
            let room = decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(4 * READ);
            let start = out.len();
            out.resize(start + room, 0);
            let space = out.get_mut(start..).unwrap_or_default();
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, space, last);
            out.truncate(start + written);
            consumed += read;
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(bad, after) => {
                    let offset = (self.offset + consumed as u64).saturating_sub(u64::from(bad) + u64::from(after));
                    return Err(SourceError::MalformedText { encoding, offset, path: input.shown.clone() });
                }
            }
        }
    }
}
