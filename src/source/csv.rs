//! Delimiter-separated text.
//!
//! # Promises
//!
//! - The names and types of all columns are settled before the first row: by the header, the options, and a look at the
//!   beginnings of up to 32 files. A column that must be text is text.
//! - A later cell that does not fit is an error with its line, never a null.
//! - A cell that stands in `null_values` is null, quoted or not.
//!
//! # What this module does not know
//!
//! Why a column must be text.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{ArrayRef, StringArray};
use arrow_buffer::{Buffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, Schema};
use rayon::prelude::*;

use super::{
    csv_rows::{CellSink, Dialect, RowFault, Scanned, TextRows, scan},
    error::SourceError,
    input::InputFile,
    limits::{CSV_HEADER_BYTES, CSV_PROBE_BYTES, CSV_PROBE_ROWS, MAX_COLUMNS, PROBE_FILES, share},
    options::{ColumnType, ReadOptions},
    partitions::Partitions,
    pieces::{Piece, Pieces, head},
    source::Source,
    text::encoding_of,
    text_source::{Parsed, PieceParser, Place, TextSource},
    typed::{Cast, Guess, is_zoned},
};

/// Opens CSV files as one dataset.
pub(super) fn open(files: Arc<[InputFile]>, options: &ReadOptions) -> Result<Box<dyn Source>, SourceError> {
    encoding_of(options)?;
    let dialect = dialect(&files, options)?;
    let heads: Vec<Head> = probed(files.len())
        .into_par_iter()
        .filter_map(|(index, wide)| Some(read_head(files.get(index)?, options, dialect, wide.then_some(files.len()))))
        .collect::<Result<_, _>>()?;
    let mut names = heads.first().map(|head| head.names.clone()).unwrap_or_default();
    for (head, input) in heads.iter().zip(files.iter()) {
        agree(&head.names, &names, input, options)?;
    }
    let header = options.header.then(|| names.clone());
    if let Some(chosen) = &options.names {
        if options.header && chosen.len() != names.len() {
            let reason = format!("`names` gives {} names and the header has {}", chosen.len(), names.len());
            return Err(SourceError::BadOptions { reason });
        }
        names.clone_from(chosen);
    }
    refuse_duplicates(&names, &files)?;
    let columns = columns(&names, &heads, options);
    let fields: Vec<Field> =
        columns.iter().map(|(name, cast)| Field::new(name, cast.column_type.data_type(cast.zoned), true)).collect();
    let partitions = Partitions::new(&files, &Schema::new(fields), options)?;
    if let Some(column) = options.types.keys().find(|name| !names.contains(name) && !partitions.contains(name)) {
        return Err(SourceError::UnknownTypedColumn { column: column.clone() });
    }
    let dialect = Dialect { blank_rows: names.len() == 1, ..dialect };
    let pieces = Pieces::new(Arc::clone(&files), options, dialect.quote)?;
    let nulls = options.null_values.clone();
    let parser = CsvParser { columns, dialect, header, nulls };
    Ok(Box::new(TextSource::new(files, parser, partitions, pieces)))
}

/// The beginning of a file: the names of its columns and, where it is probed, some rows.
struct Head {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Every file's header is read; types are probed in up to [`PROBE_FILES`] files spread over the list.
fn probed(files: usize) -> Vec<(usize, bool)> {
    let step = files.div_ceil(PROBE_FILES).max(1);
    (0..files).map(|index| (index, index % step == 0 || index + 1 == files)).collect()
}

fn dialect(files: &[InputFile], options: &ReadOptions) -> Result<Dialect, SourceError> {
    let tabbed = files.first().is_some_and(|file| {
        let name = file.path.to_string_lossy().to_ascii_lowercase();
        name.ends_with(".tsv") || name.ends_with(".tsv.gz")
    });
    let delimiter = options.delimiter.unwrap_or(if tabbed { b'\t' } else { b',' });
    let refused = |reason: &str| Err(SourceError::BadOptions { reason: reason.to_owned() });
    if !delimiter.is_ascii() || matches!(delimiter, b'\n' | b'\r') {
        return refused("the delimiter must be one ASCII character and no line end");
    }
    if options.quote.is_some_and(|quote| !quote.is_ascii() || matches!(quote, b'\n' | b'\r') || quote == delimiter) {
        return refused("the quote must be one ASCII character, no line end, and not the delimiter");
    }
    Ok(Dialect { delimiter, quote: options.quote, blank_rows: false })
}

fn read_head(
    input: &InputFile,
    options: &ReadOptions,
    dialect: Dialect,
    probed: Option<usize>,
) -> Result<Head, SourceError> {
    let bytes = probed.map_or(CSV_HEADER_BYTES, |files| share(CSV_PROBE_BYTES, files));
    let text = head(input, options, dialect.quote, bytes)?;
    if text.is_empty() {
        return Err(SourceError::Empty { path: input.shown.clone() });
    }
    check_utf8(&text, 0).map_err(|offset| malformed(offset, input))?;
    let most = 1 + probed.map_or(0, |files| share(CSV_PROBE_ROWS, files) as u64);
    let mut sink = TextRows::default();
    scan(&text, dialect, most, &mut sink).map_err(|(fault, at)| row_fault(fault, at, 0, &start(input)))?;
    let mut rows = sink.rows;
    if rows.is_empty() {
        return Err(SourceError::Empty { path: input.shown.clone() });
    }
    let width = rows.first().map_or(0, Vec::len);
    if width > MAX_COLUMNS {
        return Err(SourceError::TooLarge {
            limit: MAX_COLUMNS,
            path: input.shown.clone(),
            what: "a number of columns",
        });
    }
    let names = match (options.header, &options.names) {
        (true, _) => rows.remove(0),
        (false, Some(names)) => names.clone(),
        (false, None) => (1..=width).map(|number| format!("column_{number}")).collect(),
    };
    Ok(Head { names, rows })
}

/// Refuses a file whose columns are not those of the first one.
fn agree(names: &[String], expected: &[String], input: &InputFile, options: &ReadOptions) -> Result<(), SourceError> {
    let path = || input.shown.clone();
    if names == expected {
        return Ok(());
    }
    // A file without a header has cells in the place of names: what is not known from elsewhere is not shown.
    let called =
        |at: usize, name: &String| match options.types.contains_key(name) || options.text_columns.contains(name) {
            true => format!("the column `{name}`"),
            false => format!("column {}", at + 1),
        };
    if let Some((at, column)) = expected.iter().enumerate().find(|(_, name)| !names.contains(name)) {
        return Err(SourceError::MissingColumn { column: called(at, column), path: path() });
    }
    if let Some(at) = names.iter().position(|name| !expected.contains(name)) {
        return Err(SourceError::UnknownColumn { column: at + 1, path: path() });
    }
    // As many names or fewer than in the other files: one that stands twice has no place of its own there.
    let moved = names.iter().zip(expected).position(|(name, expected)| name != expected);
    let at = moved.unwrap_or(names.len().min(expected.len()).saturating_sub(1));
    let column = expected.get(at).map(|name| called(at, name)).unwrap_or_default();
    Err(SourceError::Order { column, path: path() })
}

fn refuse_duplicates(names: &[String], files: &[InputFile]) -> Result<(), SourceError> {
    let mut seen = HashMap::new();
    let twice = (1..).zip(names).find_map(|(at, name)| Some((seen.insert(name.as_str(), at)?, at)));
    match (twice, files.first()) {
        (Some((first, second)), Some(input)) => {
            Err(SourceError::DuplicateColumn { first, path: input.shown.clone(), second })
        }
        _ => Ok(()),
    }
}

/// The type of each column: as told, or text where it must be, or what the probe says.
fn columns(names: &[String], heads: &[Head], options: &ReadOptions) -> Vec<(String, Cast)> {
    let column = |(index, name): (usize, &String)| {
        let cells = || {
            let cells = heads.iter().flat_map(|head| &head.rows).filter_map(move |row| row.get(index));
            cells.filter(|cell| !cell.is_empty() && !options.null_values.contains(cell))
        };
        let (column_type, zoned) = match options.types.get(name) {
            Some(ColumnType::Timestamp) => (ColumnType::Timestamp, cells().any(|cell| is_zoned(cell))),
            Some(told) => (*told, false),
            None if options.text_columns.contains(name) => (ColumnType::Text, false),
            None => {
                let mut guess = Guess::new();
                cells().for_each(|cell| guess.look(cell));
                guess.answer()
            }
        };
        let told = options.types.contains_key(name);
        (name.clone(), Cast { column_type, zoned, empty_is_null: true, told })
    };
    names.iter().enumerate().map(column).collect()
}

/// Parses pieces into columns.
struct CsvParser {
    columns: Vec<(String, Cast)>,
    dialect: Dialect,
    header: Option<Vec<String>>,
    nulls: Vec<String>,
}

/// A fault of a piece.
enum Fault {
    /// A cell that does not fit its column: column, row.
    Cell(usize, u64, Scanned),
    /// The header is no longer what it was.
    Header,
    /// Not UTF-8, at this byte of the text.
    Malformed(u64),
    /// A row that is none.
    Row(RowFault, Scanned),
}

impl PieceParser for CsvParser {
    type Fault = Fault;

    fn parse(&self, piece: &Piece) -> Result<Parsed, Fault> {
        check_utf8(&piece.bytes, piece.offset).map_err(Fault::Malformed)?;
        let mut header = Scanned::default();
        if piece.first
            && let Some(names) = &self.header
        {
            let mut sink = TextRows::default();
            let dialect = Dialect { blank_rows: false, ..self.dialect };
            header = scan(&piece.bytes, dialect, 1, &mut sink).map_err(|_| Fault::Header)?;
            if sink.rows.first() != Some(names) {
                return Err(Fault::Header);
            }
        }
        let text = piece.bytes.get(header.bytes..).unwrap_or_default();
        let mut sink = Columns::new(self.columns.len(), text.len(), &self.nulls);
        let shift = |at: Scanned| Scanned { lines: at.lines + header.lines, ..at };
        let scanned =
            scan(text, self.dialect, u64::MAX, &mut sink).map_err(|(fault, at)| Fault::Row(fault, shift(at)))?;
        let mut columns = Vec::with_capacity(self.columns.len());
        for (index, (builder, (_, cast))) in sink.columns.into_iter().zip(&self.columns).enumerate() {
            let text = builder.finish().ok_or(Fault::Malformed(piece.offset))?;
            let column = cast.apply(text).map_err(|row| {
                let before = scan(text_of(piece, header), self.dialect, row as u64, &mut Discard);
                Fault::Cell(index, row as u64, shift(before.unwrap_or_default()))
            })?;
            columns.push(column);
        }
        Ok(Parsed { columns, lines: scanned.lines + header.lines, rows: usize::try_from(scanned.rows).unwrap_or(0) })
    }

    fn explain(&self, fault: Fault, piece: &Place<'_>) -> SourceError {
        match fault {
            Fault::Cell(column, row, at) => {
                let (name, cast) = match self.columns.get(column) {
                    Some((name, cast)) => (name.clone(), cast.column_type.to_string()),
                    None => (String::new(), String::new()),
                };
                SourceError::Retyped {
                    column: name,
                    line: piece.line + at.lines,
                    path: piece.input.shown.clone(),
                    row: piece.row + row,
                    type_name: cast,
                }
            }
            Fault::Header => SourceError::Changed { path: piece.input.shown.clone() },
            Fault::Malformed(offset) => malformed(offset, piece.input),
            Fault::Row(fault, at) => row_fault(fault, at, self.columns.len(), piece),
        }
    }
}

fn text_of(piece: &Piece, header: Scanned) -> &[u8] {
    piece.bytes.get(header.bytes..).unwrap_or_default()
}

fn start(input: &InputFile) -> Place<'_> {
    Place { line: 1, input, row: 0 }
}

fn malformed(offset: u64, input: &InputFile) -> SourceError {
    SourceError::MalformedText { encoding: "UTF-8", offset, path: input.shown.clone() }
}

fn row_fault(fault: RowFault, at: Scanned, expected: usize, piece: &Place<'_>) -> SourceError {
    let (line, path, row) = (piece.line + at.lines, piece.input.shown.clone(), piece.row + at.rows);
    match fault {
        RowFault::Quote(fault) => SourceError::Quote { fault, line, path, row },
        RowFault::Ragged(found) => SourceError::Ragged { expected, found, line, path, row },
    }
}

/// The error is the byte that is not UTF-8, counted from `offset`.
pub(super) fn check_utf8(text: &[u8], offset: u64) -> Result<(), u64> {
    std::str::from_utf8(text).map(|_| ()).map_err(|error| offset + error.valid_up_to() as u64)
}

/// Cells as Arrow columns of text.
struct Columns<'a> {
    columns: Vec<TextColumn>,
    empty_is_null: bool,
    nulls: Vec<&'a [u8]>,
}

struct TextColumn {
    nulls: NullBufferBuilder,
    offsets: Vec<i32>,
    values: Vec<u8>,
}

impl<'a> Columns<'a> {
    fn new(columns: usize, bytes: usize, nulls: &'a [String]) -> Self {
        let share = bytes / columns.max(1);
        let column = || TextColumn {
            nulls: NullBufferBuilder::new(share / 8),
            offsets: vec![0],
            values: Vec::with_capacity(share + share / 4),
        };
        Self {
            columns: (0..columns).map(|_| column()).collect(),
            empty_is_null: nulls.iter().any(String::is_empty),
            nulls: nulls.iter().filter(|null| !null.is_empty()).map(String::as_bytes).collect(),
        }
    }
}

impl CellSink for Columns<'_> {
    fn cell(&mut self, column: usize, cell: &[u8]) {
        let Some(column) = self.columns.get_mut(column) else { return };
        let null = if cell.is_empty() { self.empty_is_null } else { self.nulls.contains(&cell) };
        if null {
            column.nulls.append_null();
        } else {
            column.values.extend_from_slice(cell);
            column.nulls.append_non_null();
        }
        column.offsets.push(i32::try_from(column.values.len()).unwrap_or(i32::MAX));
    }

    fn end_row(&mut self, cells: usize) -> bool {
        cells == self.columns.len()
    }
}

impl TextColumn {
    fn finish(mut self) -> Option<ArrayRef> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        let array = StringArray::try_new(offsets, Buffer::from_vec(self.values), self.nulls.finish()).ok()?;
        Some(Arc::new(array))
    }
}

/// Scans without keeping anything.
struct Discard;

impl CellSink for Discard {
    fn cell(&mut self, _column: usize, _cell: &[u8]) {}

    fn end_row(&mut self, _cells: usize) -> bool {
        true
    }
}
