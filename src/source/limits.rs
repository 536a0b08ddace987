//! The largest input that is read, and the sizes in which it is read.
//!
//! # What this module does not know
//!
//! How much memory the machine has: these are refusals of nonsense and of attacks, not a budget.

/// Longest record of a text format, in bytes: a CSV row or an NDJSON line.
pub const MAX_RECORD: usize = 64 << 20;
/// Most columns of a dataset, nested ones counted.
pub const MAX_COLUMNS: usize = 10_000;
/// Deepest nesting of a JSON column; what lies deeper is kept as JSON text.
pub const MAX_DEPTH: usize = 48;
/// Most files of a dataset.
pub const MAX_FILES: usize = 1_000_000;
/// Most rows of a batch.
pub const MAX_BATCH_ROWS: usize = 65_536;
/// Bytes at which a batch is cut before it has [`MAX_BATCH_ROWS`] rows.
pub const BATCH_BYTES: usize = 32 << 20;
/// Bytes of text that are cut off and parsed as one piece.
pub const PIECE: usize = 4 << 20;
/// Bytes of one read.
pub const READ: usize = 1 << 20;

/// Files whose beginnings are looked at to find the types of columns.
pub const PROBE_FILES: usize = 32;
/// Bytes of a CSV file that are read for its header.
pub const CSV_HEADER_BYTES: usize = 16 << 10;
/// Bytes of CSV text that are looked at, shared by the files that are probed.
pub const CSV_PROBE_BYTES: usize = 8 << 20;
/// Rows of CSV text that are looked at, shared likewise.
pub const CSV_PROBE_ROWS: usize = 32_000;
/// Bytes of NDJSON text that are looked at, shared by the files that are probed.
pub const JSON_PROBE_BYTES: usize = 64 << 20;
/// Rows of NDJSON text that are looked at, shared likewise.
pub const JSON_PROBE_ROWS: usize = 128_000;

/// What one of `files` files may have of a shared budget.
pub(super) fn share(budget: usize, files: usize) -> usize {
    budget / files.clamp(1, PROBE_FILES)
}
