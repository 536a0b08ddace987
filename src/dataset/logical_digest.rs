//! Logical digests: SHA-256 over the cells of a column, whatever file or batch they stand in.
//!
//! # Promises
//!
//! - Splitting the rows into other batches, or the file into other pages, changes nothing; one cell changes everything.
//! - Nulls, empty texts, zeros and missing rows are all told apart.
//! - Columns are independent of one another: they may be digested on different threads.
//!
//! # What this module does not know
//!
//! Whether the digest is of tokens, which may be told, or of raw cells, which must not.
//!
//! SPEC: `schemas/logical-digest.v1.md`.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema};
use counterfoil_crypto::digest::{Digest, Sha256};

use super::{cells::Cells, error::DatasetError, type_name::type_name};

/// Rows whose bytes are gathered before they are hashed: large enough to be fast, small enough for the cache.
const ROWS_PER_PIECE: usize = 4_096;
/// First bytes of every column's stream.
const COLUMN_LABEL: &[u8] = b"counterfoil/column/v1\0";

/// Name, type and logical digest of one column.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogicalColumn {
    /// The column's name.
    pub name: String,
    /// Its normalised type.
    pub type_name: String,
    /// `SHA-256("counterfoil/column/v1\0" || lp(name) || lp(type) || cells || u64le(rows))`
    pub digest: Digest,
}

/// The digest of one column while its rows pass by.
#[derive(Debug)]
pub struct ColumnDigest {
    hash: Sha256,
    name: String,
    type_name: String,
    rows: u64,
    scratch: Vec<u8>,
}

impl ColumnDigest {
    /// Begins the digest of a column.
    pub fn new(name: &str, data_type: &DataType) -> Result<Self, DatasetError> {
        let Some(type_name) = type_name(data_type) else {
            return Err(DatasetError::UnsupportedType { column: name.to_owned(), type_name: data_type.to_string() });
        };
        let mut hash = Sha256::new();
        hash.update(COLUMN_LABEL);
        for part in [name, &type_name] {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            hash.update(&length.to_le_bytes());
            hash.update(part.as_bytes());
        }
        Ok(Self { hash, name: name.to_owned(), type_name, rows: 0, scratch: Vec::new() })
    }

    /// Appends the next rows.
    pub fn update(&mut self, column: &ArrayRef) -> Result<(), DatasetError> {
        if type_name(column.data_type()).as_deref() != Some(self.type_name.as_str()) {
            return Err(self.unsupported(column));
        }
        let cells = Cells::new(column).ok_or_else(|| self.unsupported(column))?;
        let mut start = 0;
        while start < column.len() {
            let end = column.len().min(start + ROWS_PER_PIECE);
            self.scratch.clear();
            cells.append(start..end, &mut self.scratch);
            self.hash.update(&self.scratch);
            start = end;
        }
        self.rows += column.len() as u64;
        Ok(())
    }

    /// The digest of all rows.
    pub fn finish(mut self) -> LogicalColumn {
        self.hash.update(&self.rows.to_le_bytes());
        LogicalColumn { name: self.name, type_name: self.type_name, digest: self.hash.finalize() }
    }

    fn unsupported(&self, column: &ArrayRef) -> DatasetError {
        DatasetError::UnsupportedType { column: self.name.clone(), type_name: column.data_type().to_string() }
    }
}

/// The digests of all columns of a dataset while its batches pass by.
#[derive(Debug)]
pub struct LogicalDigest {
    columns: Vec<ColumnDigest>,
}

impl LogicalDigest {
    /// Begins the digests of a dataset.
    pub fn new(schema: &Schema) -> Result<Self, DatasetError> {
        let columns = schema
            .fields()
            .iter()
            .map(|field| ColumnDigest::new(field.name(), field.data_type()))
            .collect::<Result<_, _>>()?;
        Ok(Self { columns })
    }

    /// Appends the next batch, columns one after the other.
    pub fn update(&mut self, batch: &RecordBatch) -> Result<(), DatasetError> {
        if batch.num_columns() != self.columns.len() {
            return Err(DatasetError::Shape { expected: self.columns.len(), found: batch.num_columns() });
        }
        self.columns.iter_mut().zip(batch.columns()).try_for_each(|(digest, column)| digest.update(column))
    }

    /// The columns' digests, for callers that spread them over threads.
    pub fn into_columns(self) -> Vec<ColumnDigest> {
        self.columns
    }

    /// The digests of all rows.
    pub fn finish(self) -> LogicalDigests {
        LogicalDigests::new(self.columns.into_iter().map(ColumnDigest::finish).collect())
    }
}

/// The finished digests of a dataset.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogicalDigests {
    columns: Vec<LogicalColumn>,
}

impl LogicalDigests {
    /// Digests of columns in schema order.
    pub fn new(columns: Vec<LogicalColumn>) -> Self {
        Self { columns }
    }

    /// The columns in schema order.
    pub fn columns(&self) -> &[LogicalColumn] {
        &self.columns
    }

    /// The RFC 6962 root over the columns in schema order.
    pub fn root(&self) -> Digest {
        let leaves: Vec<Digest> = self.columns.iter().map(|column| leaf(&column.digest)).collect();
        root(&leaves)
    }
}

/// `SHA-256(0x00 || digest)`, RFC 6962 section 2.1.
fn leaf(digest: &Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update(&[0]);
    hash.update(&digest.0);
    hash.finalize()
}

/// `SHA-256(0x01 || left || right)`, split at the largest power of two below the number of leaves.
fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Sha256::new().finalize(),
        [one] => *one,
        _ => {
            let half = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(half);
            let mut hash = Sha256::new();
            hash.update(&[1]);
            hash.update(&root(left).0);
            hash.update(&root(right).0);
            hash.finalize()
        }
    }
}
