//! The workspace: the folder `.counterfoil` and the places in it.
//!
//! ```text
//! .counterfoil/        0700
//!   .gitignore         `*`: a workspace is never committed
//!   keystore/          0700  one JSON file a keyset
//!   kek/               0700  KEK files of the `file` provider
//!   log/               0700
//!   restricted/        0700  openings and salts that must not leave
//!   trust/             0755  public halves, for auditors: `attest.pub` and the like
//! ```
//!
//! # Promises
//!
//! - Found from a folder upwards, made whole however often its making was cut short.
//! - What must not travel with an output is kept apart from it: [`Workspace::ensure_apart`].
//!
//! # What this module does not know
//!
//! What stands in the folders.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{disk, error::KeysError};

/// A place for keys, public halves, log and restricted files.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The folder's name.
    pub const FOLDER: &str = ".counterfoil";

    /// Makes the folder `root` and those in it, where they are missing.
    pub fn create(root: &Path) -> Result<Self, KeysError> {
        disk::make_folder(root, disk::PRIVATE_FOLDER)?;
        disk::check_folder(root)?;
        let workspace = Self { root: root.to_owned() };
        let private = [workspace.keystore_dir(), workspace.kek_dir(), workspace.log_dir(), workspace.restricted_dir()];
        for folder in &private {
            disk::make_folder(folder, disk::PRIVATE_FOLDER)?;
            disk::check_folder(folder)?;
        }
        disk::make_folder(&workspace.trust_dir(), disk::PUBLIC_FOLDER)?;
        keep_out_of_git(&root.join(".gitignore"))?;
        Ok(workspace)
    }

    /// The nearest workspace at or above a folder, or above a file.
    pub fn find(from: &Path) -> Result<Self, KeysError> {
        let begin = std::path::absolute(from).map_err(KeysError::io("resolve", from))?;
        begin
            .ancestors()
            .map(|folder| folder.join(Self::FOLDER))
            .find(|root| fs::symlink_metadata(root).is_ok())
            .map(|root| Self { root })
            .ok_or_else(|| KeysError::WorkspaceMissing { from: from.to_owned() })
    }

    /// The workspace that was named: the folder `.counterfoil` itself under whatever name, or the folder that holds it.
    pub fn open(named: &Path) -> Result<Self, KeysError> {
        [named.to_owned(), named.join(Self::FOLDER)]
            .into_iter()
            .find(|root| root.join(KEYSTORE).is_dir())
            .map(|root| Self { root })
            .ok_or_else(|| KeysError::WorkspaceMissing { from: named.to_owned() })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the keysets stand.
    pub fn keystore_dir(&self) -> PathBuf {
        self.root.join(KEYSTORE)
    }

    /// Where the `file` provider's KEKs stand.
    pub fn kek_dir(&self) -> PathBuf {
        self.root.join("kek")
    }

    /// Where the log stands.
    pub fn log_dir(&self) -> PathBuf {
        self.root.join("log")
    }

    /// Where openings and salts stand.
    pub fn restricted_dir(&self) -> PathBuf {
        self.root.join("restricted")
    }

    /// Where the public halves stand.
    pub fn trust_dir(&self) -> PathBuf {
        self.root.join("trust")
    }

    /// Refuses an output folder that holds the workspace's private folders, or that lies in the workspace.
    ///
    /// The output folder need not exist yet; links are resolved on both sides.
    pub fn ensure_apart(&self, output: &Path) -> Result<(), KeysError> {
        let place = disk::resolve(output)?;
        let refused = |held: PathBuf| KeysError::InsideOutput { held, output: output.to_owned() };
        for held in [self.keystore_dir(), self.kek_dir(), self.restricted_dir(), self.log_dir()] {
            if disk::resolve(&held)?.starts_with(&place) {
                return Err(refused(held));
            }
        }
        if place.starts_with(disk::resolve(&self.root)?) {
            return Err(refused(self.root.clone()));
        }
        Ok(())
    }
}

/// A workspace is never committed. A file that someone has written stays; the empty one of a killed `create` does not.
fn keep_out_of_git(path: &Path) -> Result<(), KeysError> {
    if fs::metadata(path).is_ok_and(|facts| facts.len() > 0) {
        return Ok(());
    }
    fs::write(path, "*\n").map_err(KeysError::io("write", path))
}

const KEYSTORE: &str = "keystore";
