//! Makes the sample data: a shop with customers, orders, clicks and messages, or one wide table of any length.
//!
//! `cargo run --release --example samples` writes the committed files of `samples/shop` again, byte for byte.
//!
//! # Promises
//!
//! - One seed, one result: on every machine, however often.
//! - Nobody in the data lives; see `generator/words.rs`.
//!
//! # What this program does not know
//!
//! counterfoil. It makes what others would bring.

mod generator;

use std::{
    error::Error,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use clap::{Parser, ValueEnum};
use flate2::{Compression, write::GzEncoder};

use crate::generator::{shop, traffic, wide};

/// Makes the sample data.
#[derive(Debug, Parser)]
struct Args {
    /// Folder that the files are written to; files of the same names are written anew
    #[arg(long, default_value = "samples/shop")]
    out: PathBuf,

    /// Another seed gives other people
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// What is made
    #[arg(long, value_enum, default_value_t = Table::Shop)]
    table: Table,

    /// `shop`: this many times the committed size
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    scale: u64,

    /// How many people there are
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    users: Option<u64>,

    /// `users`, `events`: how many rows
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000_000_000))]
    rows: Option<u64>,

    /// `events`: file formats, each of which gets the same rows
    #[arg(long, value_enum, num_args = 1.., default_value = "parquet")]
    format: Vec<Format>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Table {
    /// users.csv, orders.parquet, events.ndjson.gz and messages.csv
    Shop,
    /// users.csv alone
    Users,
    /// One wide table: events.csv, events.ndjson, events.parquet, each with its policy-….toml
    Events,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    Csv,
    Ndjson,
    Parquet,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    fs::create_dir_all(&args.out)?;
    match args.table {
        Table::Shop => make_shop(&args),
        Table::Users => make_users(&args),
        Table::Events => make_events(&args),
    }
}

fn make_shop(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut size = shop::Size::scaled(args.seed, args.scale);
    size.users = args.users.unwrap_or(size.users);
    make(&args.out, "users.csv", size.users, |file| shop::users(&size, file).map(drop).map_err(Into::into))?;
    make(&args.out, "orders.parquet", size.orders, |file| shop::orders(&size, file))?;
    make(&args.out, "events.ndjson.gz", size.events, |file| {
        traffic::events(&size, GzEncoder::new(file, Compression::new(6)))?.finish()?.flush()?;
        Ok(())
    })?;
    make(&args.out, "messages.csv", size.messages, |file| shop::messages(&size, file).map(drop).map_err(Into::into))
}

fn make_users(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut size = shop::Size::scaled(args.seed, args.scale);
    size.users = args.rows.or(args.users).unwrap_or(size.users);
    make(&args.out, "users.csv", size.users, |file| shop::users(&size, file).map(drop).map_err(Into::into))
}

fn make_events(args: &Args) -> Result<(), Box<dyn Error>> {
    let rows = args.rows.unwrap_or(1_500 * args.scale);
    let extent = wide::Extent { seed: args.seed, users: args.users.unwrap_or(rows.div_ceil(20)), rows };
    for format in &args.format {
        let name = match format {
            Format::Csv => "events.csv",
            Format::Ndjson => "events.ndjson",
            Format::Parquet => "events.parquet",
        };
        make(&args.out, name, rows, |file| match format {
            Format::Csv => wide::csv(extent, file).map(drop).map_err(Into::into),
            Format::Ndjson => wide::ndjson(extent, file).map(drop).map_err(Into::into),
            Format::Parquet => wide::parquet(extent, file),
        })?;
        let policy = name.replace("events.", "policy-") + ".toml";
        fs::write(args.out.join(policy), wide::policy(name))?;
    }
    Ok(())
}

/// Writes one file and says so.
fn make(
    folder: &Path,
    name: &str,
    rows: u64,
    write: impl FnOnce(File) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let path = folder.join(name);
    write(File::create(&path)?)?;
    let bytes = fs::metadata(&path)?.len();
    let seconds = started.elapsed().as_secs_f64();
    writeln!(io::stderr().lock(), "{}: {rows} rows, {bytes} bytes, {seconds:.1} s", path.display())?;
    Ok(())
}
