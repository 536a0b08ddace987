//! The files of a folder, as they lie there.
//!
//! # Promises
//!
//! - No link is followed; a link, a device or a name that is not UTF-8 is reported as what it is.
//! - Sorted by name, so that two walks over equal folders are equal.
//!
//! # What this module does not know
//!
//! Which files should be there.

use std::{fs, io, path::Path};

/// One entry that is not a folder.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Entry {
    /// The path from the folder, with `/`; replacement characters stand for what is not UTF-8.
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    /// A file of this many bytes.
    File(u64),
    /// A symbolic link.
    Link,
    /// A pipe, socket or device, or a name that is not UTF-8.
    Odd,
}

/// All entries below a folder.
pub(crate) fn walk(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut folders = vec![(folder.to_path_buf(), String::new())];
    while let Some((path, prefix)) = folders.pop() {
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            let file_name = entry.file_name();
            let name = format!("{prefix}{}", file_name.to_string_lossy());
            let metadata = fs::symlink_metadata(entry.path())?;
            let kind = if metadata.is_symlink() {
                Kind::Link
            } else if file_name.to_str().is_none() {
                Kind::Odd
            } else if metadata.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
                continue;
            } else if metadata.is_file() {
                Kind::File(metadata.len())
            } else {
                Kind::Odd
            };
            entries.push(Entry { name, kind });
        }
    }
    entries.sort();
    Ok(entries)
}
