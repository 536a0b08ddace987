//! Arrow IPC: the file form (also called Feather 2) and the stream form.
//!
//! # Promises
//!
//! - Every length that a file claims is compared with the file's size before memory is asked for it.
//! - A stream ends with its mark, and the file with the stream: nothing is cut off and nothing left out in silence.
//! - Which form a file has is told by its first bytes, not by its name.
//!
//! # What this module does not know
//!
//! What the columns are for.
//!
//! SPEC: Arrow columnar format 1.5, "Serialization and interprocess communication".

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    sync::Arc,
};

use arrow_array::RecordBatch;
use arrow_ipc::{
    Block, Message, MessageHeader,
    reader::{FileReader, StreamReader},
    root_as_footer, root_as_message,
};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use rayon::prelude::*;

use super::{
    columnar::{Batches, ColumnarSource, agreed, corrupt, guarded},
    error::SourceError,
    input::InputFile,
    limits::READ,
    options::{FileFormat, ReadOptions},
    partitions::Partitions,
    source::Source,
};

const FORMAT: FileFormat = FileFormat::Ipc;
const MAGIC: &[u8] = b"ARROW1";
/// The footer's length and the magic at the end of a file.
const TAIL: u64 = 10;
/// Largest buffer that a compressed message may claim to unpack to.
const MAX_BUFFER: i64 = 1 << 31;

/// Opens IPC files as one dataset.
pub(super) fn open(files: Arc<[InputFile]>, options: &ReadOptions) -> Result<Box<dyn Source>, SourceError> {
    let schemas: Vec<SchemaRef> = files
        .par_iter()
        .map(|input| guarded(FORMAT, input, || Ok(reader(input)?.schema())))
        .collect::<Result<_, _>>()?;
    let own = agreed(&schemas, &files)?;
    let partitions = Partitions::new(&files, &Schema::new(own.clone()), options)?;
    let opener = |_index: usize, input: &InputFile| {
        let mut reader = reader(input)?;
        let input = input.clone();
        let batches: Batches = Box::new(move || reader.next_batch().map_err(|error| refusal(&error, &input)));
        Ok(batches)
    };
    Ok(Box::new(ColumnarSource::new(files, FORMAT, Box::new(opener), own, partitions)))
}

enum Reader {
    File(FileReader<BufReader<File>>),
    Stream(StreamReader<BufReader<File>>),
}

impl Reader {
    fn schema(&self) -> SchemaRef {
        match self {
            Self::File(reader) => reader.schema(),
            Self::Stream(reader) => reader.schema(),
        }
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        match self {
            Self::File(reader) => reader.next().transpose(),
            Self::Stream(reader) => reader.next().transpose(),
        }
    }
}

fn reader(input: &InputFile) -> Result<Reader, SourceError> {
    let mut file = input.open()?;
    if input.bytes() == 0 {
        return Err(SourceError::Empty { path: input.shown.clone() });
    }
    let mut magic = Vec::new();
    file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(|source| input.io(source))?;
    let framed = magic == MAGIC;
    let mut walk = Walk { file, size: input.bytes() };
    let sound = if framed { walk.file_form() } else { walk.stream_form() };
    let Walk { mut file, .. } = walk;
    sound.ok_or_else(|| corrupt(FORMAT, input))?;
    file.rewind().map_err(|source| input.io(source))?;
    let buffered = BufReader::with_capacity(READ, file);
    let refused = |error: ArrowError| refusal(&error, input);
    match framed {
        true => FileReader::try_new(buffered, None).map(Reader::File).map_err(refused),
        false => StreamReader::try_new(buffered, None).map(Reader::Stream).map_err(refused),
    }
}

/// What a refusal of the decoder means. Its text may quote the file and goes no further.
fn refusal(error: &ArrowError, input: &InputFile) -> SourceError {
    match error {
        ArrowError::IoError(_, inner) => match inner.raw_os_error() {
            Some(code) => input.io(std::io::Error::from_raw_os_error(code)),
            None => corrupt(FORMAT, input),
        },
        ArrowError::NotYetImplemented(_) => SourceError::UnsupportedFeature { path: input.shown.clone() },
        _ => corrupt(FORMAT, input),
    }
}

/// A walk over the messages of a file that reads their frames alone; `None` is a frame that claims too much.
struct Walk {
    file: File,
    size: u64,
}

impl Walk {
    fn file_form(&mut self) -> Option<()> {
        let tail = self.bytes(self.size.checked_sub(TAIL)?, TAIL)?;
        let (length, magic) = tail.split_first_chunk::<4>()?;
        let length = u64::try_from(i32::from_le_bytes(*length)).ok()?;
        if magic != MAGIC {
            return None;
        }
        let bytes = self.bytes(self.size.checked_sub(TAIL + length)?, length)?;
        let footer = root_as_footer(&bytes).ok()?;
        let blocks = footer.dictionaries().into_iter().flatten().chain(footer.recordBatches().into_iter().flatten());
        blocks.into_iter().try_for_each(|block| self.block(block))
    }

    fn block(&mut self, block: &Block) -> Option<()> {
        let start = u64::try_from(block.offset()).ok()?;
        let frame = u64::try_from(block.metaDataLength()).ok()?;
        let body = u64::try_from(block.bodyLength()).ok()?;
        if start.checked_add(frame)?.checked_add(body)? > self.size {
            return None;
        }
        let framed = self.bytes(start, frame)?;
        let skip = if framed.starts_with(&[0xff; 4]) { 8 } else { 4 };
        let message = root_as_message(framed.get(skip..)?).ok()?;
        self.message(&message, start + frame)
    }

    fn stream_form(&mut self) -> Option<()> {
        let mut at = 0;
        let mut messages = 0_u64;
        loop {
            // A stream ends with a length of zero and the file ends with it: one without was cut between two messages,
            // and what stands behind it the decoder would leave out in silence.
            let mut length = self.length(at)?;
            at += 4;
            if length == u32::MAX {
                length = self.length(at)?;
                at += 4;
            }
            if length == 0 {
                return (messages > 0 && at == self.size).then_some(());
            }
            let bytes = self.bytes(at, u64::from(length))?;
            at += u64::from(length);
            let message = root_as_message(&bytes).ok()?;
            self.message(&message, at)?;
            at = at.checked_add(u64::try_from(message.bodyLength()).ok()?)?;
            messages += 1;
        }
    }

    fn length(&mut self, at: u64) -> Option<u32> {
        self.bytes(at, 4)?.try_into().map(u32::from_le_bytes).ok()
    }

    /// Compares a message's claims with what is there.
    fn message(&mut self, message: &Message<'_>, body: u64) -> Option<()> {
        if body.checked_add(u64::try_from(message.bodyLength()).ok()?)? > self.size {
            return None;
        }
        let batch = match message.header_type() {
            MessageHeader::RecordBatch => message.header_as_record_batch()?,
            MessageHeader::DictionaryBatch => message.header_as_dictionary_batch()?.data()?,
            _ => return Some(()),
        };
        if batch.compression().is_none() {
            return Some(());
        }
        for buffer in batch.buffers()?.iter().filter(|buffer| buffer.length() != 0) {
            let at = body.checked_add(u64::try_from(buffer.offset()).ok()?)?;
            let claimed = i64::from_le_bytes(self.bytes(at, 8)?.try_into().ok()?);
            if !(-1..=MAX_BUFFER).contains(&claimed) {
                return None;
            }
        }
        Some(())
    }

    fn bytes(&mut self, at: u64, length: u64) -> Option<Vec<u8>> {
        if at.checked_add(length)? > self.size {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        self.file.seek(SeekFrom::Start(at)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }
}
