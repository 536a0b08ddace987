//! What can be wrong with an input.
//!
//! # Promises
//!
//! - Every variant says which file, and where in it: line (counted from 1 in the file), row (counted from 0 in the
//!   dataset), column. None quotes a cell, and no text of a parser is passed on.
//! - A name that stands in a text file alone is not shown: a file without a header would show its first row.
//! - A `path` is the file's name for people: relative to the location, `name=…` for a folder that holds a cell.
//!
//! # What this module does not know
//!
//! The policy, whose spans are added above.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use super::options::FileFormat;

/// Why a dataset could not be read.
#[derive(Debug, Diagnostic, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A glob that is not one.
    #[error("the location is not a valid glob: {reason} at character {position}")]
    #[diagnostic(
        code(source::bad_glob),
        help("use `*`, `?`, `[a-z]` and `**`; put a special character in brackets to mean itself")
    )]
    BadGlob {
        /// Position in the pattern.
        position: usize,
        /// What the pattern lacks.
        reason: &'static str,
    },
    /// Options that contradict one another or the files.
    #[error("the read options cannot be followed: {reason}")]
    #[diagnostic(code(source::bad_options), help("correct `read` of this dataset"))]
    BadOptions {
        /// What is wrong.
        reason: String,
    },
    /// A file changed between its opening and its end.
    #[error("`{}` changed while it was read", path.display())]
    #[diagnostic(code(source::changed), help("run again when nobody writes to it, or copy it first"))]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file is not what its format says.
    #[error("`{}` is not readable as `{format}`: it is cut short or damaged", path.display())]
    #[diagnostic(
        code(source::corrupt),
        help("fetch the file again and compare its size and checksum with the original")
    )]
    Corrupt {
        /// The format it was read as.
        format: FileFormat,
        /// The file.
        path: PathBuf,
    },
    /// A gzip stream that is damaged.
    #[error("`{}` is damaged: its gzip stream breaks after {offset} bytes of text", path.display())]
    #[diagnostic(code(source::corrupt_gzip), help("fetch the file again; `gzip -t` must accept it"))]
    CorruptGzip {
        /// Bytes that came out before the fault.
        offset: u64,
        /// The file.
        path: PathBuf,
    },
    /// Two columns of one name.
    #[error("`{}` has two columns of one name: column {first} and column {second}", path.display())]
    #[diagnostic(
        code(source::duplicate_column),
        help(
            "give the columns names of your own: `read = {{ header = true, names = [\"…\"] }}` for CSV; columnar files have to be written anew"
        )
    )]
    DuplicateColumn {
        /// Place of the one among the columns, from 1.
        first: usize,
        /// The file.
        path: PathBuf,
        /// Place of the other.
        second: usize,
    },
    /// A JSON object that names a field twice.
    #[error("`{}`, line {line} (row {row}): the field `{field}` stands twice in one object", path.display())]
    #[diagnostic(code(source::duplicate_field), help("one of the two would be lost; correct the file"))]
    DuplicateField {
        /// The field's path.
        field: String,
        /// The line in the file, from 1.
        line: u64,
        /// The file.
        path: PathBuf,
        /// The row in the dataset, from 0.
        row: u64,
    },
    /// A file without a single row and without a schema.
    #[error("`{}` is empty", path.display())]
    #[diagnostic(
        code(source::empty),
        help("remove the file, or fetch it again: an empty file does not even name its columns")
    )]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A Parquet file that is encrypted.
    #[error("`{}` is encrypted", path.display())]
    #[diagnostic(code(source::encrypted), help("decrypt the file first; encrypted Parquet is not read"))]
    Encrypted {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot read `{}`: {}", path.display(), plain(source))]
    #[diagnostic(code(source::io), help("check that the file exists and that you may read it"))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line that is not JSON.
    #[error("`{}`, line {line} (row {row}): not valid JSON at character {character}", path.display())]
    #[diagnostic(code(source::malformed_json), help("each line must hold one JSON object"))]
    MalformedJson {
        /// The character of the line, from 1.
        character: u64,
        /// The line in the file, from 1.
        line: u64,
        /// The file.
        path: PathBuf,
        /// The row in the dataset, from 0.
        row: u64,
    },
    /// Bytes that are not text in the declared encoding.
    #[error("`{}` is not valid {encoding}: byte {offset} of its text", path.display())]
    #[diagnostic(
        code(source::malformed_text),
        help("say which encoding the file has, for example `read = {{ encoding = \"windows-1252\" }}`")
    )]
    MalformedText {
        /// The encoding.
        encoding: &'static str,
        /// The byte, counted from 0 in the uncompressed text.
        offset: u64,
        /// The file.
        path: PathBuf,
    },
    /// A file of the dataset lacks a column that the others have.
    #[error("`{}` lacks {column} of the other files", path.display())]
    #[diagnostic(
        code(source::missing_column),
        help("all files of a dataset have the same columns in the same order; make two datasets of them")
    )]
    MissingColumn {
        /// The column of the other files: by its name if the options name it, by its place if not.
        column: String,
        /// The file.
        path: PathBuf,
    },
    /// A folder with files of several formats.
    #[error("the folder holds files of two formats, `{first}` and `{second}`")]
    #[diagnostic(
        code(source::mixed_formats),
        help("give a glob instead of the folder, for example `events/**/*.parquet`")
    )]
    MixedFormats {
        /// One of them.
        first: FileFormat,
        /// Another.
        second: FileFormat,
    },
    /// A JSON field in which single values and structures meet.
    #[error("`{}`, line {line}: the field `{field}` holds single values here and lists or objects there", path.display())]
    #[diagnostic(
        code(source::mixed_json),
        help(
            "write the file with one of them; or take the field as the JSON text that stands in the file, its texts with their quotes: `read = {{ types = {{ \"{field}\" = \"text\" }} }}`"
        )
    )]
    MixedJson {
        /// The field's path.
        field: String,
        /// The line in the file, from 1, at which the second kind is first seen.
        line: u64,
        /// The file.
        path: PathBuf,
    },
    /// No file is there.
    #[error("no file is found at `{location}`")]
    #[diagnostic(
        code(source::no_files),
        help("the location is relative to the policy's folder; names that begin with `_` or `.` are skipped")
    )]
    NoFiles {
        /// The location as written in the policy.
        location: String,
    },
    /// A line of JSON that is not an object.
    #[error("`{}`, line {line} (row {row}): not a JSON object", path.display())]
    #[diagnostic(code(source::not_an_object), help("each line must hold one JSON object: `{{\"column\": …}}`"))]
    NotAnObject {
        /// The line in the file, from 1.
        line: u64,
        /// The file.
        path: PathBuf,
        /// The row in the dataset, from 0.
        row: u64,
    },
    /// A link, a pipe, a device or another thing that is not a plain file.
    #[error("`{}` is {kind}, not a regular file", path.display())]
    #[diagnostic(code(source::not_regular), help("give the real path of the file"))]
    NotRegular {
        /// What it is.
        kind: &'static str,
        /// The path.
        path: PathBuf,
    },
    /// The columns of a file stand in another order.
    #[error("`{}` has {column} of the other files in another place than they", path.display())]
    #[diagnostic(code(source::order), help("all files of a dataset have the same columns in the same order"))]
    Order {
        /// The column of the other files: by its name if the options name it, by its place if not.
        column: String,
        /// The file.
        path: PathBuf,
    },
    /// Files of one dataset lie under different partition folders.
    #[error("`{}` does not lie under the same partition columns as the other files", path.display())]
    #[diagnostic(
        code(source::partitions),
        help(
            "each file must lie under folders `name=value` with the same names in the same order, none of them a column of the file"
        )
    )]
    Partitions {
        /// The file.
        path: PathBuf,
    },
    /// A quote where none may stand.
    #[error("`{}`, line {line} (row {row}): {fault}", path.display())]
    #[diagnostic(
        code(source::quote),
        help(
            "a cell with a quote in it is quoted as a whole and the quote doubled; where quotes mean nothing: `read = {{ quote = \"\" }}`"
        )
    )]
    Quote {
        /// What is wrong with it.
        fault: &'static str,
        /// The line in the file where the row begins, from 1.
        line: u64,
        /// The file.
        path: PathBuf,
        /// The row in the dataset, from 0.
        row: u64,
    },
    /// A row with too many or too few cells.
    #[error("`{}`, line {line} (row {row}): {found} cells where {expected} are expected", path.display())]
    #[diagnostic(
        code(source::ragged),
        help("check the delimiter and the quotes of this line: `read = {{ delimiter = \";\" }}`")
    )]
    Ragged {
        /// Columns of the dataset.
        expected: usize,
        /// Cells of the row.
        found: usize,
        /// The line in the file where the row begins, from 1.
        line: u64,
        /// The file.
        path: PathBuf,
        /// The row in the dataset, from 0.
        row: u64,
    },
    /// A cell that does not fit its column's type.
    #[error("`{}`, line {line} (row {row}): the cell of column `{column}` is no `{type_name}`", path.display())]
    #[diagnostic(
        code(source::retyped),
        help("say which type the column has: `read = {{ types = {{ \"{column}\" = \"text\" }} }}`")
    )]
    Retyped {
        /// The column's path.
        column: String,
        /// The line in the file, from 1; 0 where the format has no lines.
        line: u64,
        /// The file.
        path: PathBuf,
        /// The row in the dataset, from 0.
        row: u64,
        /// The type that the cell does not fit.
        type_name: String,
    },
    /// A column has another type than in the first file.
    #[error("`{}` has the column `{column}` with another type than the other files", path.display())]
    #[diagnostic(
        code(source::retyped_column),
        help("all files of a dataset have one schema; convert the file, or make it a dataset of its own")
    )]
    RetypedColumn {
        /// The column.
        column: String,
        /// The file.
        path: PathBuf,
    },
    /// More of something than is read.
    #[error("`{}` has {what} beyond the limit of {limit}", path.display())]
    #[diagnostic(
        code(source::too_large),
        help("split the input; a quote that is never closed also makes an endless row")
    )]
    TooLarge {
        /// The limit.
        limit: usize,
        /// The file.
        path: PathBuf,
        /// What there is too much of.
        what: &'static str,
    },
    /// A gzip stream that ends too early.
    #[error("`{}` is cut short: its gzip stream ends after {offset} bytes of text", path.display())]
    #[diagnostic(code(source::truncated_gzip), help("fetch the file again; `gzip -t` must accept it"))]
    TruncatedGzip {
        /// Bytes that came out before the end.
        offset: u64,
        /// The file.
        path: PathBuf,
    },
    /// The receipt was asked for too early.
    #[error("the dataset was not read to its end")]
    #[diagnostic(code(source::unfinished), help("read until no batch is left, then ask for the receipt"))]
    Unfinished,
    /// A column that the other files do not have.
    #[error("`{}` has a column, number {column}, that the other files lack", path.display())]
    #[diagnostic(
        code(source::unknown_column),
        help("all files of a dataset have the same columns in the same order; make two datasets of them")
    )]
    UnknownColumn {
        /// Its place among the columns of the file, from 1.
        column: usize,
        /// The file.
        path: PathBuf,
    },
    /// A JSON field that the beginnings of the files did not have.
    #[error("`{}`, line {line} (row {row}): the field `{field}` was not seen in the beginnings of the files", path.display())]
    #[diagnostic(
        code(source::unknown_field),
        help("say its type, so that it is known from the start: `read = {{ types = {{ \"{field}\" = \"text\" }} }}`")
    )]
    UnknownField {
        /// The field's path.
        field: String,
        /// The line in the file, from 1.
        line: u64,
        /// The file.
        path: PathBuf,
        /// The row in the dataset, from 0.
        row: u64,
    },
    /// A file of a name that says no format, in a folder that is read whole.
    #[error("`{}` has a name that says no format", path.display())]
    #[diagnostic(
        code(source::unknown_format),
        help(
            "say it: `read = {{ format = \"csv\" }}` (csv, ndjson, parquet or ipc); or give a glob that leaves the file out"
        )
    )]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A typed column that does not exist.
    #[error("`types` names `{column}`, which is no column of the dataset")]
    #[diagnostic(
        code(source::unknown_typed_column),
        help("the columns are those of the header, and nested JSON fields by path: `context.ip`")
    )]
    UnknownTypedColumn {
        /// The name.
        column: String,
    },
    /// Something in a file that its format allows and that is not read.
    #[error("`{}` uses a part of its format that is not read", path.display())]
    #[diagnostic(
        code(source::unsupported_feature),
        help("write the file again with common settings, for example by `pyarrow.parquet.write_table`")
    )]
    UnsupportedFeature {
        /// The file.
        path: PathBuf,
    },
    /// A location that is no path.
    #[error("the location names the scheme `{scheme}`, which is not read")]
    #[diagnostic(code(source::unsupported_location), help("give a path: a file, a glob or a folder"))]
    UnsupportedLocation {
        /// What stands before `://`.
        scheme: String,
    },
    /// A column type that is not read.
    #[error("`{}` has the column `{column}` of the type `{type_name}`, which is not read", path.display())]
    #[diagnostic(
        code(source::unsupported_type),
        help("convert the column before it is read, or leave it out of the file")
    )]
    UnsupportedType {
        /// The column.
        column: String,
        /// The file.
        path: PathBuf,
        /// The type in Arrow's words.
        type_name: String,
    },
}

/// The kind of a system's refusal in words that hold no path.
fn plain(error: &std::io::Error) -> String {
    error.kind().to_string()
}
