//! One input file: opened safely, hashed as it is read, and watched for change.
//!
//! # Promises
//!
//! - Only a regular file is opened, never through a link in its own name, and it is the file that was found.
//! - A file whose size or time of change differs at its end from those at its finding is an error.
//!
//! # What this module does not know
//!
//! Formats.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

use counterfoil_crypto::digest::{Digest, Sha256};

use super::{error::SourceError, hive::PartitionCells, limits::READ};

/// A file of the dataset as it was found.
#[derive(Clone, Debug)]
pub(super) struct InputFile {
    pub(super) fingerprint: Fingerprint,
    pub(super) partitions: PartitionCells,
    pub(super) path: PathBuf,
    /// Its name in messages, without cells and without what an environment variable holds.
    pub(super) shown: PathBuf,
}

impl InputFile {
    /// Opens the file, and refuses anything but the regular file that was found.
    pub(super) fn open(&self) -> Result<File, SourceError> {
        self.check()?;
        let file = File::open(&self.path).map_err(|source| self.io(source))?;
        let metadata = file.metadata().map_err(|source| self.io(source))?;
        if Fingerprint::of(&metadata) != self.fingerprint {
            return Err(SourceError::Changed { path: self.shown.clone() });
        }
        Ok(file)
    }

    /// Refuses the file when it is no longer what was found.
    pub(super) fn check(&self) -> Result<(), SourceError> {
        let metadata = fs::symlink_metadata(&self.path).map_err(|source| self.io(source))?;
        if !metadata.is_file() {
            return Err(not_regular(&self.shown, &metadata));
        }
        if Fingerprint::of(&metadata) != self.fingerprint {
            return Err(SourceError::Changed { path: self.shown.clone() });
        }
        Ok(())
    }

    /// Its size on disk.
    pub(super) fn bytes(&self) -> u64 {
        self.fingerprint.bytes
    }

    /// A refusal of the system at this file.
    pub(super) fn io(&self, source: io::Error) -> SourceError {
        SourceError::Io { path: self.shown.clone(), source }
    }
}

/// What tells a file from another one and from its own later self.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Fingerprint {
    bytes: u64,
    changed: (i64, i64),
    device: u64,
    inode: u64,
}

impl Fingerprint {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            bytes: metadata.len(),
            changed: (metadata.mtime(), metadata.mtime_nsec()),
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}

/// The refusal of what is no regular file.
pub(super) fn not_regular(shown: &Path, metadata: &Metadata) -> SourceError {
    let file_type = metadata.file_type();
    let kind = if file_type.is_symlink() {
        "a symbolic link"
    } else if file_type.is_dir() {
        "a folder"
    } else if file_type.is_fifo() {
        "a pipe"
    } else if file_type.is_socket() {
        "a socket"
    } else {
        "a device"
    };
    SourceError::NotRegular { kind, path: shown.to_owned() }
}

/// Hashes and counts the bytes of a file on their way to a parser.
#[derive(Debug)]
pub(super) struct HashingReader {
    bytes: u64,
    file: File,
    hash: Sha256,
    progress: Arc<AtomicU64>,
}

impl HashingReader {
    pub(super) fn new(file: File, progress: Arc<AtomicU64>) -> Self {
        Self { bytes: 0, file, hash: Sha256::new(), progress }
    }

    /// Digest and number of the bytes that were read.
    pub(super) fn finish(self) -> (Digest, u64) {
        (self.hash.finalize(), self.bytes)
    }
}

impl Read for HashingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        self.progress.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// A second, sequential pass over files whose format is read out of order: their digests, on a thread of its own.
#[derive(Debug)]
pub(super) struct DigestThread {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<Digest>, SourceError>>,
}

impl DigestThread {
    /// Starts the pass.
    pub(super) fn start(files: Arc<[InputFile]>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || files.iter().map(|file| digest(file, &stopped)).collect());
        Self { stop, thread }
    }

    /// Waits for the digests, in the order of the files.
    pub(super) fn finish(self) -> Result<Vec<Digest>, SourceError> {
        self.thread.join().unwrap_or(Err(SourceError::Unfinished))
    }

    /// Ends the pass without an answer.
    pub(super) fn abandon(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn digest(file: &InputFile, stop: &AtomicBool) -> Result<Digest, SourceError> {
    let mut reader = HashingReader::new(file.open()?, Arc::default());
    let mut buffer = vec![0; READ];
    while !stop.load(Ordering::Relaxed) {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(file.io(error)),
        }
    }
    let (digest, bytes) = reader.finish();
    if bytes != file.bytes() {
        return Err(SourceError::Changed { path: file.shown.clone() });
    }
    Ok(digest)
}
