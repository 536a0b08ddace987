//! What the commands mean.
//!
//! # Promises
//!
//! - The public library only: what a command can do, a Rust caller can do.
//!
//! # What this room does not know
//!
//! The rooms of the library.

mod dispatch;
mod init;
mod keys;
mod passphrase;
mod plan;
mod run;
mod verify;

pub(crate) use dispatch::execute;
