//! From a command that was typed to the one that is meant.
//!
//! # What this module does not know
//!
//! What any of them does.

use std::path::Path;

use clap::CommandFactory;

use super::{init, keys, plan, run, verify};
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
