//! What was typed.
//!
//! # What this module does not know
//!
//! What it means: that is `commands/`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Turns datasets about people into training sets: deterministic, format-preserving tokens under managed keys,
/// sanitized Parquet, signed provenance.
#[derive(Debug, Parser)]
#[command(name = "counterfoil", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed, 2 usage, 3 policy or plan refused; `verify` has its own (see its --help)."
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How the talk on stderr is written.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// The workspace that holds keystore, trust and restricted folders
    /// [default: `.counterfoil` in the policy's folder or above].
    #[arg(long, global = true, value_name = "DIR", env = "COUNTERFOIL_WORKSPACE")]
    pub(crate) workspace: Option<PathBuf>,
}

/// How the talk is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum LogFormat {
    /// One JSON object a line, for schedulers.
    Json,
    /// For people.
    Text,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print completions for a shell.
    #[command(hide = true)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Make a workspace: keystore, signing key, trust folder, and a first policy with comments.
    Init(InitArgs),
    /// Make and list keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Show what would be done to every column; nothing is written.
    Plan(PlanArgs),
    /// Read, sanitize, write Parquet, and sign what was done.
    Run(RunArgs),
    /// Check a dataset against its provenance. Needs no keys, no raw data and no network.
    Verify(VerifyArgs),
}

/// `init`.
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// The folder in which the workspace is made.
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
    /// Name of the first keyset.
    #[arg(long, default_value = "main", value_name = "NAME")]
    pub(crate) keyset: String,
    /// Who keeps the key-encryption keys.
    #[arg(long, value_enum, default_value_t = Provider::File)]
    pub(crate) provider: Provider,
    /// Print JSON on stdout.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Who keeps the key-encryption keys.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Provider {
    /// A file beside the keystore, readable by its owner only: for one machine.
    File,
    /// Derived from a passphrase by Argon2id; asked for, or read from `COUNTERFOIL_PASSPHRASE_FILE`.
    Passphrase,
}

/// `keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List keysets and their versions.
    List {
        /// Print JSON on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Make a keyset.
    New {
        /// Its name, as policies call it.
        name: String,
        /// Who keeps its key-encryption key.
        #[arg(long, value_enum, default_value_t = Provider::File)]
        provider: Provider,
        /// Add a version to a keyset that exists; it writes from then on, and joins with earlier outputs end.
        #[arg(long, conflicts_with = "provider")]
        add_version: bool,
        /// Print JSON on stdout.
        #[arg(long)]
        json: bool,
    },
}

/// `plan`.
#[derive(Args, Debug)]
pub(crate) struct PlanArgs {
    /// The policy file.
    pub(crate) policy: PathBuf,
    /// Show the first N rows as they would become, the cleartext masked.
    #[arg(long, value_name = "N")]
    pub(crate) preview: Option<usize>,
    /// Write `counterfoil.lock` beside the policy, for `run --locked`.
    #[arg(long)]
    pub(crate) lock: bool,
    /// Print JSON on stdout.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `run`.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// The policy file.
    pub(crate) policy: PathBuf,
    /// Where the datasets are written, one folder each [default: `out` beside the policy].
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Make a workspace with the embedded key provider where there is none.
    #[arg(long)]
    pub(crate) init: bool,
    /// Exchange existing outputs of the same name for the new ones, once these are complete.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Read and sanitize everything, publish nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Refuse a plan that differs from `counterfoil.lock`.
    #[arg(long)]
    pub(crate) locked: bool,
    /// Worker threads [default: one for each core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Print a JSON summary on stdout.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `verify`.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 every required check passed, 1 a check failed, 2 cannot decide, \
    3 required evidence absent or no trusted key matched, 4 authentic, but not what was expected.")]
pub(crate) struct VerifyArgs {
    /// A dataset folder, or a folder of them.
    pub(crate) dir: PathBuf,
    /// The folder with the public keys that you trust; never one that came with the dataset.
    #[arg(long, value_name = "DIR")]
    pub(crate) trust: PathBuf,
    /// The policy must have this SHA-256.
    #[arg(long, value_name = "HEX")]
    pub(crate) expect_policy: Option<String>,
    /// Tokens must have been made by this key: `KEYSET:VERSION`.
    #[arg(long, value_name = "KEY")]
    pub(crate) expect_key: Vec<String>,
    /// Openings of the salted commitments, from the restricted folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) opening: Vec<PathBuf>,
    /// Evidence that must be there: approval, log, openings, timestamp, witness.
    #[arg(long, value_name = "EVIDENCE", value_delimiter = ',')]
    pub(crate) require: Vec<String>,
    /// Print JSON on stdout.
    #[arg(long)]
    pub(crate) json: bool,
}
