//! The keystore's files: private, never through a link, replaced whole.
//!
//! # Promises
//!
//! - What is read was opened without following a link and is closed to group and others, judged on the opened file itself.
//! - What is written appears under its name with all its bytes on the disk, or not at all.
//! - One writer at a time; what a killed writer left behind is swept by the next one.
//!
//! # What this module does not know
//!
//! What the bytes mean. Unix permissions are its only notion of *private*.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use counterfoil_crypto::secret::SecretBytes;
use rustix::{fs::OFlags, process::geteuid};
use uuid::Uuid;
use zeroize::Zeroize;

use super::error::KeysError;

/// Mode of a file that only its owner reads.
pub(super) const PRIVATE_FILE: u32 = 0o600;
/// Mode of a file for everyone.
pub(super) const PUBLIC_FILE: u32 = 0o644;
/// Mode of a folder that only its owner enters.
pub(super) const PRIVATE_FOLDER: u32 = 0o700;

/// Mode of a folder for everyone.
pub(super) const PUBLIC_FOLDER: u32 = 0o755;

/// The keystore's lock, held until it is dropped; the system frees it when the process dies.
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock of a folder, waiting up to `patience`, and sweeps what killed writers left in `folders`.
pub(super) fn lock(folder: &Path, folders: &[&Path], patience: Duration) -> Result<Lock, KeysError> {
    let path = folder.join(LOCK_FILE);
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .mode(PRIVATE_FILE)
        .custom_flags(no_follow())
        .open(&path)
        .map_err(KeysError::io("open the lock", &path))?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if begin.elapsed() < patience => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::WouldBlock) => return Err(KeysError::Busy { path: folder.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(KeysError::Io { action: "lock", path, source }),
        }
    }
    let lock = Lock { _file: file };
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        sweep(folder)?;
    }
    Ok(lock)
}

/// Whether a killed writer left something in the folder.
pub(super) fn has_leftovers(folder: &Path) -> bool {
    fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|e| e.file_name().to_string_lossy().starts_with(UNFINISHED)))
}

/// Makes a folder, or accepts the one that is there.
pub(super) fn make_folder(path: &Path, mode: u32) -> Result<(), KeysError> {
    let failed = || KeysError::io("make the folder", path);
    step().map_err(failed())?;
    match DirBuilder::new().mode(mode).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => return Ok(()),
        Err(error) => return Err(failed()(error)),
    }
    step().map_err(failed())?;
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
        _ => sync_folder(Path::new(".")),
    }
}

/// Refuses a folder that is a link, belongs to someone else, or is open to others; `false` if there is none.
pub(super) fn check_folder(path: &Path) -> Result<bool, KeysError> {
    let facts = match fs::symlink_metadata(path) {
        Ok(facts) => facts,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(KeysError::io("look at", path)(error)),
    };
    if facts.file_type().is_symlink() {
        return Err(KeysError::Symlink { path: path.to_owned() });
    }
    if !facts.is_dir() {
        let source = io::Error::from(io::ErrorKind::NotADirectory);
        return Err(KeysError::Io { action: "open the folder", path: path.to_owned(), source });
    }
    check_private(path, &facts)?;
    Ok(true)
}

/// Reads a private file; `None` if there is none.
pub(super) fn read_private(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, KeysError> {
    let Some(file) = open_private(path)? else { return Ok(None) };
    let mut bytes = Vec::new();
    read_to_end(file, path, limit, &mut bytes)?;
    Ok(Some(bytes))
}

/// Reads a private file that holds a secret; `None` if there is none.
pub(super) fn read_secret(path: &Path, limit: u64) -> Result<Option<SecretBytes>, KeysError> {
    let Some(file) = open_private(path)? else { return Ok(None) };
    read_secret_from(file, path, limit).map(Some)
}

/// Reads a secret from what is open; the buffer never moves while it grows.
pub(super) fn read_secret_from(file: File, path: &Path, limit: u64) -> Result<SecretBytes, KeysError> {
    // One byte more than the limit, so that reading never reallocates and leaves a copy behind.
    let capacity = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let mut bytes = vec![0; capacity];
    let filled = fill(file, &mut bytes);
    match filled {
        Ok(length) if length < capacity => {
            bytes.truncate(length);
            Ok(SecretBytes::new(bytes))
        }
        Ok(_) => {
            bytes.zeroize();
            Err(KeysError::TooLarge { limit, path: path.to_owned() })
        }
        Err(error) => {
            bytes.zeroize();
            Err(KeysError::io("read", path)(error))
        }
    }
}

/// Writes a file whole: beside it, to the disk, under its name, and the name to the disk.
pub(super) fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> Result<(), KeysError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let unfinished = folder.join(format!("{UNFINISHED}{}", Uuid::now_v7()));
    let written = write_new(&unfinished, bytes, mode).and_then(|()| {
        step()?;
        fs::rename(&unfinished, path)
    });
    if let Err(error) = written {
        if step().is_ok() {
            // Nothing more can be done if this fails too; the next writer sweeps it.
            let _ = fs::remove_file(&unfinished);
        }
        return Err(KeysError::io("write", path)(error));
    }
    step().map_err(KeysError::io("write", path))?;
    sync_folder(folder)
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    step()?;
    let mut file =
        OpenOptions::new().create_new(true).write(true).mode(PRIVATE_FILE).custom_flags(no_follow()).open(path)?;
    step()?;
    file.write_all(bytes)?;
    step()?;
    if mode != PRIVATE_FILE {
        file.set_permissions(fs::Permissions::from_mode(mode))?;
    }
    file.sync_all()
}

fn sync_folder(folder: &Path) -> Result<(), KeysError> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(KeysError::io("write", folder))
}

fn sweep(folder: &Path) -> Result<(), KeysError> {
    let failed = || KeysError::io("sweep", folder);
    for entry in fs::read_dir(folder).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_file(entry.path()).map_err(failed())?;
        }
    }
    Ok(())
}

fn open_private(path: &Path) -> Result<Option<File>, KeysError> {
    let opened = OpenOptions::new().read(true).custom_flags(no_follow()).open(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if fs::symlink_metadata(path).is_ok_and(|facts| facts.file_type().is_symlink()) => {
            drop(error);
            return Err(KeysError::Symlink { path: path.to_owned() });
        }
        Err(error) => return Err(KeysError::io("read", path)(error)),
    };
    let facts = file.metadata().map_err(KeysError::io("read", path))?;
    if !facts.is_file() {
        let source = io::Error::from(io::ErrorKind::InvalidInput);
        return Err(KeysError::Io { action: "read", path: path.to_owned(), source });
    }
    check_private(path, &facts)?;
    Ok(Some(file))
}

fn check_private(path: &Path, facts: &fs::Metadata) -> Result<(), KeysError> {
    let owner = facts.uid();
    if owner != geteuid().as_raw() && owner != 0 {
        return Err(KeysError::NotOwned { path: path.to_owned() });
    }
    let mode = facts.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeysError::ReadableByOthers { mode, path: path.to_owned() });
    }
    Ok(())
}

fn read_to_end(file: File, path: &Path, limit: u64, bytes: &mut Vec<u8>) -> Result<(), KeysError> {
    let length = file.take(limit.saturating_add(1)).read_to_end(bytes).map_err(KeysError::io("read", path))?;
    if u64::try_from(length).unwrap_or(u64::MAX) > limit {
        return Err(KeysError::TooLarge { limit, path: path.to_owned() });
    }
    Ok(())
}

fn fill(mut file: File, bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn no_follow() -> i32 {
    (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed()
}

/// The path without links, even where its last parts do not exist yet.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, KeysError> {
    let failed = || KeysError::io("resolve", path);
    let whole = std::path::absolute(path).map_err(failed())?;
    let mut rest = Vec::new();
    let mut head = whole.as_path();
    loop {
        match head.canonicalize() {
            Ok(found) => return Ok(rest.iter().rev().fold(found, |at: PathBuf, part| at.join(part))),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed()(error)),
            Err(error) => match (head.parent(), head.file_name()) {
                (Some(parent), Some(name)) => {
                    rest.push(name);
                    head = parent;
                }
                _ => return Err(failed()(error)),
            },
        }
    }
}

/// How every unfinished file begins; a keyset's name cannot begin like this.
const UNFINISHED: &str = ".unfinished-";
const LOCK_FILE: &str = ".lock";
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// One step on the way to the disk; tests end the process here, in effect.
#[cfg(not(test))]
fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
use faults::step;

/// A kill in effect: from a given step on, nothing more reaches the disk. Or one failing step, as of a full disk.
#[cfg(test)]
pub(super) mod faults {
    use std::{cell::Cell, io};

    #[derive(Clone, Copy)]
    pub(in crate::keys) enum Fault {
        FailAt(u32),
        KillAt(u32),
        None,
    }

    thread_local! {
        static FAULT: Cell<Fault> = const { Cell::new(Fault::None) };
    }

    pub(in crate::keys) fn set(fault: Fault) {
        FAULT.set(fault);
    }

    pub(super) fn step() -> io::Result<()> {
        let (next, fails) = match FAULT.get() {
            Fault::FailAt(0) => (Fault::None, true),
            Fault::FailAt(left) => (Fault::FailAt(left - 1), false),
            Fault::KillAt(0) => (Fault::KillAt(0), true),
            Fault::KillAt(left) => (Fault::KillAt(left - 1), false),
            Fault::None => (Fault::None, false),
        };
        FAULT.set(next);
        if fails { Err(io::Error::other("a fault of the test")) } else { Ok(()) }
    }
}
