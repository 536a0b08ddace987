//! Receipts: what a source read, and what a sink wrote.
//!
//! # Promises
//!
//! - A [`SourceReceipt`] is made by a source that read every file to its end, a [`SinkReceipt`] by a sink that closed
//!   every file. Fields are private, and there is one constructor each, closed to other crates.
//! - Rows of the whole are the sum of the rows of the files.
//!
//! # What this module does not know
//!
//! Whether a digest may leave the restricted side: those of a source may not (plain digests of raw files).

use std::path::{Path, PathBuf};

use counterfoil_crypto::digest::Digest;

use super::logical_digest::LogicalColumn;

/// One input file, read to its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceFile {
    path: PathBuf,
    bytes: u64,
    sha256: Digest,
    rows: u64,
}

impl SourceFile {
    pub(crate) fn new(path: PathBuf, bytes: u64, sha256: Digest, rows: u64) -> Self {
        Self { path, bytes, sha256, rows }
    }

    /// Where the file was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size on disk.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of its bytes as they stand on disk, before any decompression.
    pub fn sha256(&self) -> Digest {
        self.sha256
    }

    /// Rows that it gave.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

/// What a finished source vouches for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceReceipt {
    files: Vec<SourceFile>,
    rows: u64,
}

impl SourceReceipt {
    pub(crate) fn new(files: Vec<SourceFile>) -> Self {
        let rows = files.iter().map(SourceFile::rows).sum();
        Self { files, rows }
    }

    /// The files in the order in which they were read.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// Rows of all files.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(SourceFile::bytes).sum()
    }
}

/// One output file, closed and synced.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SinkFile {
    path: String,
    bytes: u64,
    sha256: Digest,
    rows: u64,
    row_groups: u64,
}

impl SinkFile {
    pub(crate) fn new(path: String, bytes: u64, sha256: Digest, rows: u64, row_groups: u64) -> Self {
        Self { path, bytes, sha256, rows, row_groups }
    }

    /// Its place, relative to the dataset's folder, with `/` between names.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its size.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of its bytes.
    pub fn sha256(&self) -> Digest {
        self.sha256
    }

    /// Rows that it holds.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Row groups that it holds.
    pub fn row_groups(&self) -> u64 {
        self.row_groups
    }
}

/// What a finished sink vouches for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SinkReceipt {
    files: Vec<SinkFile>,
    rows: u64,
    columns: Vec<LogicalColumn>,
}

impl SinkReceipt {
    pub(crate) fn new(files: Vec<SinkFile>, columns: Vec<LogicalColumn>) -> Self {
        let rows = files.iter().map(SinkFile::rows).sum();
        Self { files, rows, columns }
    }

    /// The files in the order in which they were written.
    pub fn files(&self) -> &[SinkFile] {
        &self.files
    }

    /// Rows of all files.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(SinkFile::bytes).sum()
    }

    /// Name, type and logical digest of each top-level column, in schema order.
    pub fn columns(&self) -> &[LogicalColumn] {
        &self.columns
    }
}
