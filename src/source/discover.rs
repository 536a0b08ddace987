//! Finds the files of a dataset: one file, a glob, or a folder with its partitions.
//!
//! # Promises
//!
//! - Files come in the order of the bytes of their paths, whatever the file system says.
//! - A message shows a path below the location's folder, without the cells of partitions, and the location itself as it
//!   is written in the policy.
//! - Nothing is left out in silence but names that begin with `_` or `.`: a link, a pipe or a file of another format in
//!   a folder is an error.
//!
//! # What this module does not know
//!
//! What stands in the files.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
};

use super::{
    error::SourceError,
    hive::{partitions_of, without_cells},
    input::{Fingerprint, InputFile, not_regular},
    limits::MAX_FILES,
    options::{FileFormat, ReadOptions},
    source::SourceSpec,
};

/// The files of `spec` in reading order, and the one format that they share.
pub(super) fn discover(spec: &SourceSpec) -> Result<(Vec<InputFile>, FileFormat), SourceError> {
    if spec.location.contains("://") {
        let scheme = spec.shown.split_once("://").map_or(spec.shown.as_str(), |(scheme, _)| scheme);
        return Err(SourceError::UnsupportedLocation { scheme: scheme.to_owned() });
    }
    let path = spec.base.join(&spec.location);
    let written = || PathBuf::from(&spec.shown);
    let (root, mut paths) = match fs::symlink_metadata(&path) {
        Ok(metadata) if metadata.is_dir() => {
            let root = Root { folder: path, single: None };
            let files = walk(&root)?;
            (root, files)
        }
        Ok(metadata) if metadata.is_file() => (Root::of_file(&path, spec), vec![path]),
        Ok(metadata) => return Err(not_regular(&written(), &metadata)),
        Err(_) if spec.location.contains(['*', '?', '[']) => expand(spec)?,
        Err(source) => return Err(SourceError::Io { path: written(), source }),
    };
    paths.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    if paths.is_empty() {
        return Err(SourceError::NoFiles { location: spec.shown.clone() });
    }
    let format = agreed_format(&paths, &root, &spec.options)?;
    let files = paths.into_iter().map(|path| input_file(path, &root)).collect::<Result<Vec<_>, _>>()?;
    Ok((files, format))
}

/// Where the files of a location lie.
struct Root {
    /// The folder that the location names without its special characters.
    folder: PathBuf,
    /// What is shown for the one file of a location that is a file.
    single: Option<PathBuf>,
}

impl Root {
    /// A file is shown by its name, unless that came out of an environment variable.
    fn of_file(path: &Path, spec: &SourceSpec) -> Self {
        let written = Path::new(&spec.shown);
        let single = match path.file_name() {
            Some(name) if written.file_name() == Some(name) => PathBuf::from(name),
            _ => written.to_owned(),
        };
        Self { folder: path.parent().unwrap_or(Path::new("")).to_owned(), single: Some(single) }
    }

    /// The name of a path in messages: relative to the folder, and without the cells of partitions.
    fn shown(&self, path: &Path) -> PathBuf {
        match (&self.single, path.strip_prefix(&self.folder)) {
            (Some(single), _) => single.clone(),
            (None, Ok(relative)) if relative.as_os_str().is_empty() => PathBuf::from("."),
            (None, Ok(relative)) => without_cells(relative),
            (None, Err(_)) => without_cells(Path::new(path.file_name().unwrap_or_default())),
        }
    }

    fn io(&self, path: &Path, source: std::io::Error) -> SourceError {
        SourceError::Io { path: self.shown(path), source }
    }
}

fn input_file(path: PathBuf, root: &Root) -> Result<InputFile, SourceError> {
    let shown = root.shown(&path);
    let metadata = fs::symlink_metadata(&path).map_err(|source| root.io(&path, source))?;
    if !metadata.is_file() {
        return Err(not_regular(&shown, &metadata));
    }
    let partitions = partitions_of(path.strip_prefix(&root.folder).unwrap_or(&path));
    Ok(InputFile { fingerprint: Fingerprint::of(&metadata), partitions, path, shown })
}

/// All files below a folder.
fn walk(root: &Root) -> Result<Vec<PathBuf>, SourceError> {
    let mut files = Vec::new();
    let mut folders = vec![root.folder.clone()];
    while let Some(folder) = folders.pop() {
        let refused = |source| root.io(&folder, source);
        for entry in fs::read_dir(&folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let path = entry.path();
            if is_hidden(&path) {
                continue;
            }
            let kind = entry.file_type().map_err(|source| root.io(&path, source))?;
            if kind.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
            if files.len() + folders.len() > MAX_FILES {
                return Err(SourceError::TooLarge { limit: MAX_FILES, path: root.shown(&folder), what: "files" });
            }
        }
    }
    Ok(files)
}

/// The files that a glob matches, and the folder before its first special character.
fn expand(spec: &SourceSpec) -> Result<(Root, Vec<PathBuf>), SourceError> {
    let location = Path::new(&spec.location);
    let fixed: PathBuf = location
        .components()
        .take_while(|part| !matches!(part, Component::Normal(name) if name.to_string_lossy().contains(['*', '?', '['])))
        .collect();
    let root = Root { folder: spec.base.join(fixed), single: None };
    let pattern = match location.is_absolute() {
        true => spec.location.clone(),
        false => {
            let base = glob::Pattern::escape(&spec.base.to_string_lossy());
            if base.is_empty() { spec.location.clone() } else { format!("{base}/{}", spec.location) }
        }
    };
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::default() };
    let matches = glob::glob_with(&pattern, options)
        .map_err(|error| SourceError::BadGlob { position: error.pos, reason: error.msg })?;
    let wants_hidden = location.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"_"));
    let mut files = Vec::new();
    for found in matches {
        let path = found.map_err(|error| {
            let path = root.shown(error.path());
            SourceError::Io { path, source: error.into() }
        })?;
        if path.is_dir() || (is_hidden(&path) && !wants_hidden) {
            continue;
        }
        files.push(path);
        if files.len() > MAX_FILES {
            let path = PathBuf::from(&spec.shown);
            return Err(SourceError::TooLarge { limit: MAX_FILES, path, what: "files" });
        }
    }
    Ok((root, files))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| matches!(name.as_encoded_bytes().first(), Some(b'_' | b'.')))
}

fn agreed_format(paths: &[PathBuf], root: &Root, options: &ReadOptions) -> Result<FileFormat, SourceError> {
    if let Some(format) = options.format {
        return Ok(format);
    }
    let mut formats = BTreeSet::new();
    for path in paths {
        formats.insert(format_of(path).ok_or_else(|| SourceError::UnknownFormat { path: root.shown(path) })?);
    }
    let mut formats = formats.into_iter();
    match (formats.next(), formats.next()) {
        (Some(first), Some(second)) => Err(SourceError::MixedFormats { first, second }),
        (Some(only), None) => Ok(only),
        (None, _) => Err(SourceError::BadOptions { reason: "there is no file to tell the format from".to_owned() }),
    }
}

/// The format that a name says.
fn format_of(path: &Path) -> Option<FileFormat> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let (name, packed) = match name.strip_suffix(".gz") {
        Some(name) => (name, true),
        None => (name.as_str(), false),
    };
    let format = match name.rsplit_once('.')?.1 {
        "csv" | "tsv" => FileFormat::Csv,
        "json" | "jsonl" | "ndjson" => FileFormat::Ndjson,
        "parquet" | "pq" => FileFormat::Parquet,
        "arrow" | "arrows" | "feather" | "ipc" => FileFormat::Ipc,
        _ => return None,
    };
    let text = matches!(format, FileFormat::Csv | FileFormat::Ndjson);
    (text || !packed).then_some(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(base: &Path, location: &str) -> SourceSpec {
        SourceSpec {
            location: location.to_owned(),
            base: base.to_owned(),
            options: ReadOptions::default(),
            shown: location.to_owned(),
        }
    }

    fn names(files: &[InputFile], base: &Path) -> Vec<String> {
        files.iter().map(|file| file.path.strip_prefix(base).unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_folder_gives_its_files_in_byte_order_and_skips_the_hidden() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        fs::create_dir_all(base.join("in/day=2")).unwrap();
        fs::create_dir_all(base.join("in/_temporary")).unwrap();
        for name in ["in/b.csv", "in/a.csv", "in/day=2/c.csv", "in/_SUCCESS", "in/.x.crc", "in/_temporary/d.csv"] {
            fs::write(base.join(name), "x\n1\n").unwrap();
        }
        let (files, format) = discover(&spec(base, "in")).unwrap();
        assert_eq!(format, FileFormat::Csv);
        assert_eq!(names(&files, base), ["in/a.csv", "in/b.csv", "in/day=2/c.csv"]);
        let (files, _) = discover(&spec(base, "in/**/*.csv")).unwrap();
        assert_eq!(files.len(), 4);
        let (files, _) = discover(&spec(base, "in/[ab].csv")).unwrap();
        assert_eq!(names(&files, base), ["in/a.csv", "in/b.csv"]);
    }

    #[test]
    fn what_cannot_be_read_whole_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        fs::create_dir_all(base.join("in")).unwrap();
        assert!(matches!(discover(&spec(base, "in")), Err(SourceError::NoFiles { .. })));
        assert!(matches!(discover(&spec(base, "in/*.csv")), Err(SourceError::NoFiles { .. })));
        assert!(matches!(discover(&spec(base, "nowhere.csv")), Err(SourceError::Io { .. })));
        assert!(matches!(discover(&spec(base, "in/***")), Err(SourceError::BadGlob { .. })));
        assert!(matches!(discover(&spec(base, "s3://x/y.csv")), Err(SourceError::UnsupportedLocation { .. })));
        fs::write(base.join("in/a.csv"), "x\n").unwrap();
        fs::write(base.join("in/notes.txt"), "x\n").unwrap();
        assert!(matches!(discover(&spec(base, "in")), Err(SourceError::UnknownFormat { .. })));
        fs::rename(base.join("in/notes.txt"), base.join("in/b.parquet")).unwrap();
        assert!(matches!(discover(&spec(base, "in")), Err(SourceError::MixedFormats { .. })));
        fs::remove_file(base.join("in/b.parquet")).unwrap();
        std::os::unix::fs::symlink(base.join("in/a.csv"), base.join("in/c.csv")).unwrap();
        assert!(matches!(discover(&spec(base, "in")), Err(SourceError::NotRegular { .. })));
        assert!(matches!(discover(&spec(base, "in/c.csv")), Err(SourceError::NotRegular { .. })));
    }
}
