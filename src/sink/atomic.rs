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
    finished: bool,
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
            _ => {}
        }
        let path = lock.root.join(format!("{STAGING_PREFIX}{name}"));
        fs::create_dir(&path).map_err(SinkError::io("make the folder", &path))?;
        Ok(Self { path, target, replace, finished: false })
    }

    /// The folder to write into.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the dataset will stand.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Syncs the folders and moves the dataset into its place.
    pub fn publish(mut self, lock: &mut OutputLock) -> Result<PathBuf, SinkError> {
        sync_folders(&self.path)?;
        let exists = fs::symlink_metadata(&self.target).is_ok();
        let flags = if exists && self.replace { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
        renameat_with(CWD, &self.path, CWD, &self.target, flags).map_err(|errno| match errno {
            rustix::io::Errno::EXIST => SinkError::Exists { path: self.target.clone() },
            other => SinkError::io("publish", &self.target)(other.into()),
        })?;
        self.finished = true;
        lock.published = true;
        sync_folder(&lock.root)?;
        if exists && self.replace {
            fs::remove_dir_all(&self.path).map_err(SinkError::io("remove the replaced output", &self.path))?;
        }
        Ok(self.target.clone())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.finished {
            let _ = fs::remove_dir_all(&self.path);
        }
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
            fs::write(staging.path().join(round), b"x").unwrap();
            staging.publish(&mut lock).unwrap();
        }
        assert!(out.join("users/second").exists());
        assert!(!out.join("users/first").exists());
        assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
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
