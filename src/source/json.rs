//! NDJSON: one object a line.
//!
//! # Promises
//!
//! - The schema is settled before the first row, from the beginnings of up to 32 files and the options' types.
//! - A later field that is not in it, or a value that does not fit it, is an error with its line.
//!
//! # What this module does not know
//!
//! Documents that are one JSON value over many lines.

use std::{collections::HashSet, sync::Arc};

use arrow_schema::{Field, Schema};
use rayon::prelude::*;

use super::{
    csv::check_utf8,
    error::SourceError,
    input::InputFile,
    json_columns::{Columns, Node, ObjectFault, is_json},
    json_shape::{Leaf, Shape},
    limits::{JSON_PROBE_BYTES, JSON_PROBE_ROWS, MAX_COLUMNS, PROBE_FILES, share},
    options::{ColumnType, ReadOptions},
    partitions::Partitions,
    pieces::{Piece, Pieces, head},
    source::Source,
    text::encoding_of,
    text_source::{Parsed, PieceParser, Place, TextSource},
    typed::is_zoned,
};
use crate::names::{ColumnPath, Segment};

/// Opens NDJSON files as one dataset.
pub(super) fn open(files: Arc<[InputFile]>, options: &ReadOptions) -> Result<Box<dyn Source>, SourceError> {
    encoding_of(options)?;
    let step = files.len().div_ceil(PROBE_FILES).max(1);
    let heads: Vec<Vec<u8>> = (0..files.len())
        .into_par_iter()
        .step_by(step)
        .filter_map(|index| Some(read_head(files.get(index)?, options, share(JSON_PROBE_BYTES, files.len()))))
        .collect::<Result<_, _>>()?;
    let rows = share(JSON_PROBE_ROWS, files.len());
    let shapes = heads.par_iter().enumerate().filter_map(|(index, head)| {
        let input = files.get(index * step)?;
        Some(shape_of(head, input, rows))
    });
    let mut shape = Shape::Object(Vec::new());
    shapes.collect::<Result<Vec<_>, _>>()?.into_iter().for_each(|seen| shape.merge(seen));
    apply_options(&mut shape, &files, options)?;
    if let Some(field) = shape.mixed(None) {
        let heads = heads.iter().zip(files.iter().step_by(step));
        return Err(
            mixed_json(&field, heads, rows).unwrap_or(SourceError::UnknownTypedColumn { column: field.to_string() })
        );
    }
    if let (true, Some(input)) = (shape.width() > MAX_COLUMNS, files.first()) {
        let path = input.shown.clone();
        return Err(SourceError::TooLarge { limit: MAX_COLUMNS, path, what: "a number of columns" });
    }
    let zoned = zoned_paths(&heads, options);
    let nodes = Node::top(&shape, &|path| zoned.contains(path)).unwrap_or_default();
    let fields: Vec<Field> = nodes.iter().map(|(name, node)| Field::new(name, node.data_type(), true)).collect();
    let partitions = Partitions::new(&files, &Schema::new(fields), options)?;
    let pieces = Pieces::new(Arc::clone(&files), options, None)?;
    Ok(Box::new(TextSource::new(files, JsonParser { shape, zoned }, partitions, pieces)))
}

fn read_head(input: &InputFile, options: &ReadOptions, bytes: usize) -> Result<Vec<u8>, SourceError> {
    let text = head(input, options, None, bytes)?;
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(SourceError::Empty { path: input.shown.clone() });
    }
    check_utf8(&text, 0).map_err(|offset| malformed(offset, input))?;
    Ok(text)
}

fn lines(text: &[u8]) -> impl Iterator<Item = (u64, &str)> {
    let lines = text.split(|byte| *byte == b'\n').map(|line| std::str::from_utf8(line).unwrap_or_default());
    (0..).zip(lines).filter(|(_, line)| !line.trim_ascii().is_empty())
}

fn shape_of(head: &[u8], input: &InputFile, rows: usize) -> Result<Shape, SourceError> {
    let mut shape = Shape::Object(Vec::new());
    for (row, (line, text)) in (0..).zip(lines(head).take(rows)) {
        let place = Place { line: line + 1, input, row };
        if !text.trim_ascii_start().starts_with('{') {
            return Err(no_object(text, &place));
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let seen = shape.look(&mut deserializer).and_then(|()| deserializer.end());
        seen.map_err(|error| malformed_json(&error, &place))?;
    }
    Ok(shape)
}

/// The refusal of a mixed field, at the line where it became one.
fn mixed_json<'a>(
    field: &ColumnPath,
    heads: impl Iterator<Item = (&'a Vec<u8>, &'a InputFile)>,
    rows: usize,
) -> Option<SourceError> {
    let mut shape = Shape::Object(Vec::new());
    for (head, input) in heads {
        for (line, text) in lines(head).take(rows) {
            shape.look(&mut serde_json::Deserializer::from_str(text)).ok()?;
            if shape.is_mixed_at(field.segments()) {
                let path = input.shown.clone();
                return Some(SourceError::MixedJson { field: field.to_string(), line: line + 1, path });
            }
        }
    }
    None
}

/// Types that are told, and top-level columns that must be text.
fn apply_options(shape: &mut Shape, files: &[InputFile], options: &ReadOptions) -> Result<(), SourceError> {
    let partitioned = |name: &str| files.iter().any(|file| file.partitions.iter().any(|(column, _)| column == name));
    for (name, told) in &options.types {
        if partitioned(name) {
            continue;
        }
        let Shape::Object(fields) = &*shape else { return Ok(()) };
        let path = match fields.iter().any(|(field, _)| field == name) {
            true => Some(ColumnPath::column(name)),
            false => name.parse().ok(),
        };
        if !path.is_some_and(|path: ColumnPath| shape.tell(path.segments(), *told)) {
            return Err(SourceError::UnknownTypedColumn { column: name.clone() });
        }
    }
    if let Shape::Object(fields) = shape {
        for (name, shape) in fields {
            let untold = !matches!(shape, Shape::Leaf(Leaf::Told(_)));
            // A number of JSON is a number, whatever is done to it: no zero of it is lost.
            let textual = matches!(shape, Shape::Leaf(Leaf::Text) | Shape::Null);
            if options.text_columns.contains(name.as_str()) && untold && textual {
                *shape = Shape::Leaf(Leaf::Text);
            }
        }
    }
    Ok(())
}

/// The columns told to be timestamps whose cells, as far as they were looked at, name a zone.
fn zoned_paths(heads: &[Vec<u8>], options: &ReadOptions) -> HashSet<ColumnPath> {
    let told = options.types.iter().filter(|(_, told)| **told == ColumnType::Timestamp);
    told.filter_map(|(name, _)| {
        let path: ColumnPath = name.parse().ok()?;
        let values = heads.iter().flat_map(|head| lines(head).take(JSON_PROBE_ROWS));
        let mut values = values.filter_map(|(_, line)| serde_json::from_str::<serde_json::Value>(line).ok());
        values.any(|value| any_zoned(&value, path.segments())).then_some(path)
    })
    .collect()
}

fn any_zoned(value: &serde_json::Value, path: &[Segment]) -> bool {
    match (path.split_first(), value) {
        (None, serde_json::Value::String(text)) => is_zoned(text),
        (Some((Segment::Field(name), rest)), value) => value.get(name).is_some_and(|value| any_zoned(value, rest)),
        (Some((Segment::Items, rest)), serde_json::Value::Array(items)) => {
            items.iter().any(|item| any_zoned(item, rest))
        }
        _ => false,
    }
}

/// Parses pieces into columns.
struct JsonParser {
    shape: Shape,
    zoned: HashSet<ColumnPath>,
}

/// A fault of a piece, with line and row counted from its beginning.
struct Fault {
    kind: FaultKind,
    line: u64,
    row: u64,
}

enum FaultKind {
    Malformed(u64),
    NotAnObject,
    Object(ObjectFault),
    Syntax(u64),
}

impl PieceParser for JsonParser {
    type Fault = Fault;

    fn parse(&self, piece: &Piece) -> Result<Parsed, Fault> {
        let fault = |kind, line, row| Fault { kind, line, row };
        check_utf8(&piece.bytes, piece.offset).map_err(|offset| fault(FaultKind::Malformed(offset), 0, 0))?;
        let mut columns = Columns::new(&self.shape, &|path| self.zoned.contains(path));
        let mut rows = 0;
        for (line, text) in lines(&piece.bytes) {
            if let Err(error) = columns.push(text) {
                let kind = match columns.fault() {
                    Some(fault) => FaultKind::Object(fault),
                    None if is_json(text) && !text.trim_ascii_start().starts_with('{') => FaultKind::NotAnObject,
                    None => FaultKind::Syntax(error.column() as u64),
                };
                return Err(fault(kind, line, rows));
            }
            rows += 1;
        }
        let columns = columns.finish().map_err(|(row, kind)| {
            let line = lines(&piece.bytes).nth(row).map_or(0, |(line, _)| line);
            fault(FaultKind::Object(kind), line, row as u64)
        })?;
        let line_ends = piece.bytes.iter().filter(|byte| **byte == b'\n').count();
        Ok(Parsed { columns, lines: line_ends as u64, rows: usize::try_from(rows).unwrap_or(0) })
    }

    fn explain(&self, fault: Fault, piece: &Place<'_>) -> SourceError {
        let (line, row) = (piece.line + fault.line, piece.row + fault.row);
        let path = piece.input.shown.clone();
        match fault.kind {
            FaultKind::Malformed(offset) => malformed(offset, piece.input),
            FaultKind::NotAnObject => SourceError::NotAnObject { line, path, row },
            FaultKind::Object(ObjectFault::Duplicate(field)) => {
                SourceError::DuplicateField { field: field.to_string(), line, path, row }
            }
            FaultKind::Object(ObjectFault::Misfit(column, type_name)) => {
                SourceError::Retyped { column: column.to_string(), line, path, row, type_name }
            }
            FaultKind::Object(ObjectFault::Unknown(field)) => {
                SourceError::UnknownField { field: field.to_string(), line, path, row }
            }
            FaultKind::Syntax(character) => SourceError::MalformedJson { character, line, path, row },
        }
    }
}

fn malformed(offset: u64, input: &InputFile) -> SourceError {
    SourceError::MalformedText { encoding: "UTF-8", offset, path: input.shown.clone() }
}

fn malformed_json(error: &serde_json::Error, place: &Place<'_>) -> SourceError {
    SourceError::MalformedJson {
        character: error.column() as u64,
        line: place.line,
        path: place.input.shown.clone(),
        row: place.row,
    }
}

fn no_object(text: &str, place: &Place<'_>) -> SourceError {
    let (line, path, row) = (place.line, place.input.shown.clone(), place.row);
    match is_json(text) {
        true => SourceError::NotAnObject { line, path, row },
        false => SourceError::MalformedJson { character: 1, line, path, row },
    }
}
