//! `run`: the main job, and the summary that ends it.
//!
//! # What this module does not know
//!
//! How a dataset is sanitized.

use std::{collections::BTreeMap, path::Path};

use counterfoil::{DatasetReport, Policy, RunError, RunOptions, RunReport};

use super::{passphrase::AskPerson, plan::preview};
use crate::{
    args::RunArgs,
    progress::Watcher,
    render::{Failure, Talk, bytes, data, grouped, json_data},
};

pub(crate) fn run(args: &RunArgs, workspace: Option<&Path>, talk: Talk) -> Result<u8, Failure> {
    let policy = Policy::load(&args.policy).map_err(RunError::from)?;
    let watcher = Watcher::new(talk);
    let report = counterfoil::run(
        &policy,
        &RunOptions {
            dry_run: args.dry_run,
            init: args.init,
            locked: args.locked,
            output: args.output.clone(),
            passphrases: &AskPerson,
            progress: &watcher,
            replace: args.replace,
            threads: args.threads.map(usize::from),
            workspace: workspace.map(Path::to_owned),
        },
    )?;
    drop(watcher);
    if args.json {
        json_data(&report);
    } else {
        data(&summary(&report));
    }
    if let Some(root) = &report.new_workspace {
        talk.warn(&format!(
            "a workspace was made in `{0}`, its keys wrapped by files beside them: good for one machine. \
             Back up `{0}`; without it no token can be made again or undone",
            root.display()
        ));
    }
    Ok(0)
}

fn summary(report: &RunReport) -> String {
    let mut text = String::new();
    for dataset in &report.datasets {
        text.push_str(&dataset_summary(dataset));
    }
    if report.dry_run {
        text.push_str("nothing was published: this was a dry run\n");
        return text;
    }
    let rows: u64 = report.datasets.iter().map(|dataset| dataset.rows).sum();
    text.push_str(&format!(
        "{} {}, {} rows in {:.2} s   keyset {} version {}   run {}\n",
        report.datasets.len(),
        plural(report.datasets.len(), "dataset"),
        grouped(rows),
        report.seconds,
        report.keyset,
        report.key_version,
        report.run_id,
    ));
    text.push_str(&format!(
        "\noutput   {}\nverify   {} verify {} --trust {}\n",
        report.output.display(),
        program(),
        report.output.display(),
        report.trust.display(),
    ));
    text
}

/// The command as it was called, so that the line can be typed again as it stands.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "counterfoil".to_owned())
}

fn dataset_summary(dataset: &DatasetReport) -> String {
    let mut text = format!(
        "{}: {} rows, {} in {} {} -> {} Parquet in {} {}\n",
        dataset.name,
        grouped(dataset.rows),
        bytes(dataset.bytes_in),
        dataset.files_in,
        plural(dataset.files_in, "file"),
        bytes(dataset.bytes_out),
        dataset.files_out,
        plural(dataset.files_out, "part"),
    );
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for column in &dataset.columns {
        *counts.entry(column.transform).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(transform, count)| format!("{count} {transform}")).collect();
    text.push_str(&format!("  columns: {}\n", counts.join(", ")));
    let misfits: Vec<String> = dataset
        .columns
        .iter()
        .filter(|column| column.misfits > 0)
        .map(|column| format!("{} in `{}`", grouped(column.misfits), column.column))
        .collect();
    if !misfits.is_empty() {
        text.push_str(&format!("  misfits, treated as the policy says: {}\n", misfits.join(", ")));
    }
    if let Some(first) = &dataset.preview {
        text.push_str("  first row:\n");
        for line in preview(std::slice::from_ref(first)).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text.push('\n');
    text
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
