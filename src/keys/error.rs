//! Why a keystore was not opened, read or changed.
//!
//! # Promises
//!
//! - A message names files, keysets and versions; never a key byte, a passphrase, or a piece of a file's content.
//! - Help says what to do next.
//!
//! # What this module does not know
//!
//! Which command was running.

use std::{io, path::PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::names::{KeyVersion, KeysetName};

/// What can go wrong in the keystore.
#[derive(Debug, Diagnostic, Error)]
#[non_exhaustive]
pub enum KeysError {
    /// Another process holds the keystore's lock.
    #[error("the keystore `{}` is being changed by another process", path.display())]
    #[diagnostic(
        code(keys::busy),
        help("wait for the other `init`, `run --init` or `keys` command to end, then repeat")
    )]
    Busy {
        /// The keystore's folder.
        path: PathBuf,
    },
    /// The system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    #[diagnostic(code(keys::entropy), help("no key was made; check that `getrandom` or /dev/urandom works here"))]
    Entropy,
    /// A keyset file whose parts contradict each other.
    #[error("the keyset file `{}` contradicts itself: {what}", path.display())]
    #[diagnostic(code(keys::inconsistent), help("restore the file from your backup; it is not edited by hand"))]
    Inconsistent {
        /// The keyset file.
        path: PathBuf,
        /// The rule that does not hold.
        what: &'static str,
    },
    /// The keystore would be delivered together with the output, or the output written into the workspace.
    #[error("the output folder `{}` and the workspace folder `{}` lie inside one another", output.display(), held.display())]
    #[diagnostic(
        code(keys::inside_output),
        help("keys and restricted files must not travel with the output: choose another output folder or workspace")
    )]
    InsideOutput {
        /// The workspace's folder that must stay apart.
        held: PathBuf,
        /// The output folder.
        output: PathBuf,
    },
    /// A system call failed.
    #[error("cannot {action} `{}`", path.display())]
    #[diagnostic(code(keys::io), help("check the path, its permissions, and the room on the disk"))]
    Io {
        /// What was tried: `read`, `write`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The KEK file is not whole.
    #[error("the KEK file `{}` is damaged", path.display())]
    #[diagnostic(
        code(keys::kek_damaged),
        help("restore it from your backup; do not delete it, and do not make a new one")
    )]
    KekDamaged {
        /// The KEK file.
        path: PathBuf,
    },
    /// The KEK file is not there although a keyset needs it.
    #[error("the KEK file `{}` is missing, and the keyset `{keyset}` needs it", path.display())]
    #[diagnostic(
        code(keys::kek_missing),
        help("put it back from your backup: without it the keys of `{keyset}` cannot be unwrapped")
    )]
    KekMissing {
        /// A keyset that needs it.
        keyset: KeysetName,
        /// The KEK file.
        path: PathBuf,
    },
    /// A keyset of this name is there already.
    #[error("the keyset `{keyset}` exists already")]
    #[diagnostic(code(keys::keyset_exists), help("add a version to it, or choose another name"))]
    KeysetExists {
        /// The keyset.
        keyset: KeysetName,
    },
    /// No keyset of this name.
    #[error("the keystore `{}` has no keyset `{keyset}`", path.display())]
    #[diagnostic(
        code(keys::keyset_missing),
        help("`counterfoil keys list` shows what is there; `counterfoil keys new {keyset}` makes it")
    )]
    KeysetMissing {
        /// The keyset.
        keyset: KeysetName,
        /// The keystore's folder.
        path: PathBuf,
    },
    /// There is no keystore here.
    #[error("there is no keystore at `{}`", path.display())]
    #[diagnostic(code(keys::keystore_missing), help("`counterfoil init` makes one; or restore it from your backup"))]
    KeystoreMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A keyset file that is not JSON of the documented shape.
    #[error("the keyset file `{}` is malformed at line {line}, column {column}", path.display())]
    #[diagnostic(
        code(keys::malformed),
        help("restore the file from your backup; its shape is in schemas/keyset.v1.md")
    )]
    Malformed {
        /// Column, counted from 1.
        column: usize,
        /// Line, counted from 1.
        line: usize,
        /// The keyset file.
        path: PathBuf,
    },
    /// A folder or file of someone else.
    #[error("`{}` belongs to another user", path.display())]
    #[diagnostic(
        code(keys::not_owned),
        help(
            "keys that someone else chose protect nothing: use your own workspace, or `chown -R` it to yourself if it is yours"
        )
    )]
    NotOwned {
        /// The folder or file.
        path: PathBuf,
    },
    /// Argon2id parameters outside the accepted range.
    #[error("the passphrase cost of the keyset `{keyset}` is outside the accepted range")]
    #[diagnostic(
        code(keys::passphrase_cost),
        help(
            "at least 64 MiB and 3 passes, at most 4 GiB, 32 passes and 16 lanes: outside it the file was altered or made by a test"
        )
    )]
    PassphraseCost {
        /// The keyset.
        keyset: KeysetName,
    },
    /// A passphrase is needed and nobody is there to give it.
    #[error("the keyset `{keyset}` needs its passphrase")]
    #[diagnostic(
        code(keys::passphrase_needed),
        help("run on a terminal, or name a file that holds it in COUNTERFOIL_PASSPHRASE_FILE")
    )]
    PassphraseNeeded {
        /// The keyset.
        keyset: KeysetName,
    },
    /// A new passphrase that is too short, or an empty one.
    #[error("the passphrase is too short")]
    #[diagnostic(
        code(keys::passphrase_short),
        help("a new passphrase has at least {minimum} bytes; four or five random words are good")
    )]
    PassphraseShort {
        /// Shortest accepted length in bytes.
        minimum: usize,
    },
    /// Group or others may read or change it.
    #[error("`{}` is open to other users (mode {mode:04o})", path.display())]
    #[diagnostic(code(keys::readable_by_others), help("if nobody has read it: `chmod -R go-rwx {}`; else make new keys", path.display()))]
    ReadableByOthers {
        /// The permission bits.
        mode: u32,
        /// The folder or file.
        path: PathBuf,
    },
    /// A symbolic link where a folder or file must stand.
    #[error("`{}` is a symbolic link", path.display())]
    #[diagnostic(code(keys::symlink), help("put the folder or file itself there: a link can be turned to other keys"))]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// A wrapped key that its KEK does not know: altered, or moved here from elsewhere.
    #[error("{} of the keyset `{keyset}` was altered or belongs elsewhere", wrapped_word(*.version))]
    #[diagnostic(
        code(keys::tampered_key),
        help(
            "the KEK is right, the wrapped bytes or their name, number, purpose or date are not: restore the keyset file from your backup"
        )
    )]
    TamperedKey {
        /// The keyset.
        keyset: KeysetName,
        /// The key version; 0 is the keyset's integrity key.
        version: KeyVersion,
    },
    /// A keyset file whose authentication code does not match its content.
    #[error("the keyset file of `{keyset}` was altered")]
    #[diagnostic(
        code(keys::tampered_keyset),
        help(
            "a status, the primary version or another entry was changed outside this tool: restore the file from your backup"
        )
    )]
    TamperedKeyset {
        /// The keyset.
        keyset: KeysetName,
    },
    /// A file far larger than anything this tool writes there.
    #[error("`{}` is larger than {limit} bytes", path.display())]
    #[diagnostic(code(keys::too_large), help("this is not a file of the keystore; restore the right one"))]
    TooLarge {
        /// Largest accepted size.
        limit: u64,
        /// The file.
        path: PathBuf,
    },
    /// Another format, or a later version of it.
    #[error("the file `{}` has a format that this version does not know", path.display())]
    #[diagnostic(code(keys::unknown_format), help("a newer counterfoil wrote it: update this one"))]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A KEK provider that this build does not have.
    #[error("the keyset file `{}` names a KEK provider that this version does not have", path.display())]
    #[diagnostic(code(keys::unknown_provider), help("known here: `file` and `passphrase`"))]
    UnknownProvider {
        /// The keyset file.
        path: PathBuf,
    },
    /// No workspace at or above a folder.
    #[error("there is no workspace `.counterfoil` at or above `{}`", from.display())]
    #[diagnostic(
        code(keys::workspace_missing),
        help("`counterfoil init` makes one, `run --init` makes one on its way, `--workspace DIR` names another")
    )]
    WorkspaceMissing {
        /// Where the search began.
        from: PathBuf,
    },
    /// The KEK at hand is not the one that wrapped the keyset.
    #[error("the KEK file `{}` is not the one that wrapped the keyset `{keyset}`", path.display())]
    #[diagnostic(code(keys::wrong_kek), help("put back the KEK file that was backed up together with this keyset"))]
    WrongKek {
        /// The keyset.
        keyset: KeysetName,
        /// The KEK file.
        path: PathBuf,
    },
    /// The passphrase is not that of the keyset.
    #[error("wrong passphrase for the keyset `{keyset}`")]
    #[diagnostic(code(keys::wrong_passphrase), help("try again; it is taken byte for byte, without the line's end"))]
    WrongPassphrase {
        /// The keyset.
        keyset: KeysetName,
    },
    /// A keyset used for what it was not made for.
    #[error("the keyset `{keyset}` has the purpose `{found}`, and `{wanted}` is needed")]
    #[diagnostic(
        code(keys::wrong_purpose),
        help("name a keyset of purpose `{wanted}`; `counterfoil keys list` shows them")
    )]
    WrongPurpose {
        /// What it was made for.
        found: &'static str,
        /// The keyset.
        keyset: KeysetName,
        /// What is needed.
        wanted: &'static str,
    },
}

impl KeysError {
    /// Gives an I/O failure its place.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

fn wrapped_word(version: KeyVersion) -> String {
    if version.0 == 0 { "the integrity key".to_owned() } else { format!("key version {version}") }
}
