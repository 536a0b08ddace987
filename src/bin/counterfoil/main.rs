//! The command line: the library's first guest.
//!
//! # Promises
//!
//! - stdout is data, stderr is talk; neither ever holds a cell or a key.
//! - A panic says where it happened and nothing of what was being handled.
//!
//! # What this module does not know
//!
//! What the commands do.
#![expect(clippy::print_stderr, reason = "a command line talks")]

mod args;
mod commands;
mod hygiene;
mod progress;
mod render;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    args::{Cli, LogFormat},
    render::{Talk, data_was_lost},
};

fn main() -> ExitCode {
    hygiene::quiet_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap's own code for usage is 2, for help and version 0.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let talk = Talk::new(cli.log_format == LogFormat::Json);
    if let Err(error) = hygiene::no_core_dumps() {
        talk.warn(&format!("core dumps could not be switched off: {error}"));
    }
    let workspace = cli.workspace.as_deref();
    match commands::execute(cli.command, workspace, &talk) {
        Ok(0) if data_was_lost() => {
            talk.warn("the work was done, but stdout could not be written");
            ExitCode::from(1)
        }
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            talk.failure(&failure);
            ExitCode::from(failure.code)
        }
    }
}
