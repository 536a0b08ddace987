//! What the commands mean.
//!
//! # Promises
//!
//! - The public library only: what a command can do, a Rust caller can do.
//!
//! # What this room does not know
//!
//! The rooms of the library.

mod init;
mod keys;
mod passphrase;
mod plan;
mod run;
mod verify;

use std::path::Path;

use clap::CommandFactory;

use crate::{
    args::{Cli, Command},
    render::{Failure, Talk},
};

/// Carries out a command; the answer is the exit code.
pub(crate) fn execute(command: Command, workspace: Option<&Path>, talk: &Talk) -> Result<u8, Failure> {
    match command {
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "counterfoil", &mut std::io::stdout());
            Ok(0)
        }
        Command::Init(args) => init::init(&args, *talk),
        Command::Keys(command) => keys::keys(command, workspace, *talk),
        Command::Plan(args) => plan::plan(&args, workspace, *talk),
        Command::Run(args) => run::run(&args, workspace, *talk),
        Command::Verify(args) => verify::verify(&args),
    }
}
