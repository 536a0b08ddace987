//! The staging folder: everything is written and synced beside the output, then renamed into place.
//!
//! # Promises
//!
//! - Until [`Staging::publish`] a reader of the output sees what was there before.
//! - A run that ends early removes its staging folder; one that is killed leaves a hidden folder that the next run
//!   under the same lock removes.
//! - An existing output is never written into. `replace` exchanges the two folders in one step.
//!
//! # What this module does not know
//!
//! What is in the folder.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::error::SinkError;

const STAGING_PREFIX: &str = ".counterfoil-staging-";
/// What every published dataset has, and hardly anything else.
const OURS: &str = "_provenance/run.intoto.jsonl";
const LOCK_NAME: &str = ".counterfoil.lock";

/// The right to write to one output folder, held by one run at a time.
#[derive(Debug)]
pub struct OutputLock {
    root: PathBuf,
    file: File,
    created_root: bool,
    published: bool,
}

impl OutputLock {
    /// Makes the output folder where it is missing, takes its lock, and clears what a killed run left.
    pub fn acquire(root: &Path) -> Result<Self, SinkError> {
        let created_root = match fs::symlink_metadata(root) {
            Ok(metadata) if metadata.is_dir() => false,
            Ok(_) => return Err(SinkError::NotAFolder { path: root.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(root).map_err(SinkError::io("make the folder", root))?;
                true
            }
            Err(error) => return Err(SinkError::io("read the folder", root)(error)),
        };
        let path = root.join(LOCK_NAME);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(SinkError::io("open the lock", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(SinkError::TwoRuns { path: root.to_owned() }),
            Err(fs::TryLockError::Error(error)) => return Err(SinkError::io("lock", &path)(error)),
        }
        // A holder that just ended removed its file; a lock on a file without a name excludes nobody.
        let named = fs::metadata(&path).map(|metadata| (metadata.dev(), metadata.ino())).ok();
        let held = file.metadata().map(|metadata| (metadata.dev(), metadata.ino())).ok();
        if named.is_none() || named != held {
            return Err(SinkError::TwoRuns { path: root.to_owned() });
        }
        let lock = Self { root: root.to_owned(), file, created_root, published: false };
        lock.clear_leftovers()?;
        Ok(lock)
    }

    /// The output folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn clear_leftovers(&self) -> Result<(), SinkError> {
        let entries = fs::read_dir(&self.root).map_err(SinkError::io("list", &self.root))?;
        for entry in entries {
            let entry = entry.map_err(SinkError::io("list", &self.root))?;
            if entry.file_name().to_string_lossy().starts_with(STAGING_PREFIX) {
                let path = entry.path();
                fs::remove_dir_all(&path).map_err(SinkError::io("remove the leftover", &path))?;
            }
        }
        Ok(())
    }
}

impl Drop for OutputLock {
    fn drop(&mut self) {
        // The lock file goes while the lock is still held, so that no second run can hold a file that has no name.
        let _ = fs::remove_file(self.root.join(LOCK_NAME));
        let _ = self.file.unlock();
        if self.created_root && !self.published {
            // Fails, rightly, where the folder is not empty.
            let _ = fs::remove_dir(&self.root);
        }
    }
}

/// One dataset on its way: a hidden folder beside its final place.
#[derive(Debug)]
pub struct Staging {
    path: PathBuf,
    target: PathBuf,
    replace: bool,
}

impl Staging {
    /// Begins the dataset `name` below the locked output folder.
    ///
    /// # Errors
    ///
    /// [`SinkError::Exists`] where the dataset is there already and `replace` is not asked for.
    pub fn begin(lock: &OutputLock, name: &str, replace: bool) -> Result<Self, SinkError> {
        let target = lock.root.join(name);
        match fs::symlink_metadata(&target) {
            Ok(metadata) if !metadata.is_dir() => return Err(SinkError::NotAFolder { path: target }),
            Ok(_) if !replace => return Err(SinkError::Exists { path: target }),
            // A folder that is no dataset of ours may be anything, raw inputs included: it is never taken away.
            Ok(_) if !target.join(OURS).is_file() => return Err(SinkError::NotOurs { path: target }),
            _ => {}
        }
        let path = lock.root.join(format!("{STAGING_PREFIX}{name}"));
        fs::create_dir(&path).map_err(SinkError::io("make the folder", &path))?;
        Ok(Self { path, target, replace })
    }

    /// A dataset that is never published; what stands in its place is left alone.
    pub fn scratch(lock: &OutputLock, name: &str) -> Result<Self, SinkError> {
        let path = lock.root.join(format!("{STAGING_PREFIX}{name}"));
        fs::create_dir(&path).map_err(SinkError::io("make the folder", &path))?;
        Ok(Self { path, target: lock.root.join(name), replace: false })
    }

    /// The folder to write into.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the dataset will stand.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Moves the dataset into its place; what stood there, if anything, stands in the staging folder afterwards.
    fn exchange(&self) -> Result<bool, SinkError> {
        let exists = fs::symlink_metadata(&self.target).is_ok();
        let flags = if exists && self.replace { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
        renameat_with(CWD, &self.path, CWD, &self.target, flags).map_err(|errno| match errno {
            rustix::io::Errno::EXIST => SinkError::Exists { path: self.target.clone() },
            other => SinkError::io("publish", &self.target)(other.into()),
        })?;
        Ok(exists)
    }
}

/// Syncs all datasets and moves them into their places; where one cannot be moved, those before it are taken back.
///
/// What was replaced is removed afterwards; what cannot be removed is left hidden, for the next run under the same lock.
pub fn publish(stagings: Vec<Staging>, lock: &mut OutputLock) -> Result<Vec<PathBuf>, SinkError> {
    for staging in &stagings {
        sync_folders(&staging.path)?;
    }
    let mut moved = Vec::new();
    for staging in &stagings {
        match staging.exchange() {
            Ok(replaced) => moved.push((staging, replaced)),
            Err(error) => {
                for (staging, replaced) in moved.into_iter().rev() {
                    take_back(staging, replaced);
                }
                return Err(error);
            }
        }
    }
    lock.published = true;
    // The renames are done: a folder that cannot be synced now is as published as the system can make it.
    let _ = sync_folder(&lock.root);
    // What stands in the staging folders now is what was replaced: dropping them removes it.
    Ok(stagings.iter().map(|staging| staging.target.clone()).collect())
}

/// Undoes a move that was just made, under the same lock; the folder goes back to where it is removed.
fn take_back(staging: &Staging, replaced: bool) {
    let flags = if replaced { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
    let _ = renameat_with(CWD, &staging.target, CWD, &staging.path, flags);
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn sync_folders(path: &Path) -> Result<(), SinkError> {
    for entry in fs::read_dir(path).map_err(SinkError::io("list", path))? {
        let entry = entry.map_err(SinkError::io("list", path))?;
        if entry.file_type().map_err(SinkError::io("read", path))?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync_folder(path)
}

fn sync_folder(path: &Path) -> Result<(), SinkError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(SinkError::io("sync", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_dataset_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let out = root.path().join("out");
        {
            let lock = OutputLock::acquire(&out).unwrap();
            let staging = Staging::begin(&lock, "users", false).unwrap();
            fs::write(staging.path().join("x"), b"x").unwrap();
        }
        assert!(!out.exists());
    }

    #[test]
    fn an_existing_dataset_is_refused_and_replaced_only_when_asked() {
        let root = tempfile::tempdir().unwrap();
        let out = root.path().join("out");
        for round in ["first", "second"] {
            let mut lock = OutputLock::acquire(&out).unwrap();
            if round == "second" {
                assert!(matches!(Staging::begin(&lock, "users", false), Err(SinkError::Exists { .. })));
            }
            let staging = Staging::begin(&lock, "users", round == "second").unwrap();
            fs::create_dir(staging.path().join("_provenance")).unwrap();
            fs::write(staging.path().join(OURS), b"x").unwrap();
            fs::write(staging.path().join(round), b"x").unwrap();
            publish(vec![staging], &mut lock).unwrap();
        }
        assert!(out.join("users/second").exists());
        assert!(!out.join("users/first").exists());
        assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_no_dataset_is_never_replaced() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("users")).unwrap();
        fs::write(root.path().join("users/raw.csv"), b"x").unwrap();
        let lock = OutputLock::acquire(root.path()).unwrap();
        assert!(matches!(Staging::begin(&lock, "users", true), Err(SinkError::NotOurs { .. })));
        assert!(root.path().join("users/raw.csv").exists());
    }

    #[test]
    fn where_one_dataset_cannot_be_moved_none_is_published() {
        let root = tempfile::tempdir().unwrap();
        let mut lock = OutputLock::acquire(root.path()).unwrap();
        let stagings =
            vec![Staging::begin(&lock, "orders", false).unwrap(), Staging::begin(&lock, "users", false).unwrap()];
        fs::create_dir(root.path().join("users")).unwrap();
        assert!(matches!(publish(stagings, &mut lock), Err(SinkError::Exists { .. })));
        assert!(!root.path().join("orders").exists());
        assert_eq!(fs::read_dir(root.path().join("users")).unwrap().count(), 0);
    }

    #[test]
    fn two_runs_at_once_and_what_a_killed_one_left() {
        let root = tempfile::tempdir().unwrap();
        let leftover = root.path().join(".counterfoil-staging-users");
        fs::create_dir(&leftover).unwrap();
        let lock = OutputLock::acquire(root.path()).unwrap();
        assert!(!leftover.exists());
        assert!(matches!(OutputLock::acquire(root.path()), Err(SinkError::TwoRuns { .. })));
        drop(lock);
        assert!(OutputLock::acquire(root.path()).is_ok());
    }

    #[test]
    fn a_link_in_the_place_of_the_output_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("out");
        std::os::unix::fs::symlink(root.path(), &link).unwrap();
        assert!(matches!(OutputLock::acquire(&link), Err(SinkError::NotAFolder { .. })));
    }
}
