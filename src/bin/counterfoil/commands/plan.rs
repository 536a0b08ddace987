//! `plan`: what would be done, for somebody to review.
//!
//! # What this module does not know
//!
//! How a policy is resolved.

use std::path::Path;

use comfy_table::{ContentArrangement, Table};
use counterfoil::{ColumnPlan, DatasetPlan, PlanOptions, Planned, Policy, Preview, RunError};
use serde_json::json;

use super::passphrase::AskPerson;
use crate::{
    args::PlanArgs,
    render::{Failure, Talk, data, json_data},
};

pub(crate) fn plan(args: &PlanArgs, workspace: Option<&Path>, talk: Talk) -> Result<u8, Failure> {
    let policy = Policy::load(&args.policy).map_err(RunError::from)?;
    let options = PlanOptions {
        passphrases: &AskPerson,
        preview: args.preview.unwrap_or(0),
        workspace: workspace.map(Path::to_owned),
    };
    let planned = counterfoil::plan(&policy, &options)?;
    if args.json {
        json_data(&json!({
            "plan": planned.plan.view(),
            "digest": planned.plan.digest().to_string(),
            "previews": planned.previews,
        }));
    } else {
        print(&planned);
    }
    if args.lock {
        let path = counterfoil::write_lock(&planned.plan, policy.base())?;
        talk.say(&format!("locked in {}", path.display()));
    }
    Ok(0)
}

fn print(planned: &Planned) {
    let plan = &planned.plan;
    let version =
        plan.key_version().map_or_else(|| "no keystore yet".to_owned(), |version| format!("version {version}"));
    data(&format!(
        "policy   {}\npurpose  {}\nkeyset   {}, {version}\nsha256   {}\n",
        plan.policy(),
        plan.purpose(),
        plan.keyset(),
        plan.policy_digest()
    ));
    for (index, dataset) in plan.datasets().iter().enumerate() {
        data(&format!("\n{}  from {}\n{}\n", dataset.name(), dataset.source(), columns(dataset)));
        for column in dataset.columns() {
            for warning in column.warnings() {
                data(&format!("  warning: `{}`: {warning}\n", column.path()));
            }
        }
        if let Some(rows) = planned.previews.get(index).filter(|rows| !rows.is_empty()) {
            data(&format!("\n{}\n", preview(rows)));
        }
    }
    let joins = joins(plan.datasets());
    if !joins.is_empty() {
        data(&format!("\njoins\n{joins}"));
    }
}

/// The table of a dataset's columns.
fn columns(dataset: &DatasetPlan) -> String {
    let mut table = plain_table(["column", "type", "transform", "domain", "message space", "output"]);
    for column in dataset.columns() {
        table.add_row([
            column.path().to_string(),
            column.input_type().to_string(),
            column.words(),
            domain(column),
            spaces(column),
            output(column),
        ]);
    }
    table.trim_fmt()
}

/// Rows before and after, the cleartext as shapes.
pub(crate) fn preview(rows: &[Preview]) -> String {
    let mut table = plain_table(["row", "column", "before (shape)", "after"]);
    if rows.len() == 1 {
        // A number for the only row says nothing.
        if let Some(column) = table.column_mut(0) {
            column.set_constraint(comfy_table::ColumnConstraint::Hidden);
        }
    }
    for (index, row) in rows.iter().enumerate() {
        for cell in &row.columns {
            let after = match (&cell.after, cell.transform) {
                (Some(token), _) => token.clone(),
                (None, "drop") => "(dropped)".to_owned(),
                (None, "keep") => "(kept)".to_owned(),
                (None, _) => "null".to_owned(),
            };
            table.add_row([index.to_string(), cell.column.clone(), cell.before.clone(), after]);
        }
    }
    table.trim_fmt()
}

/// A table that reads well without colour and in a log.
fn plain_table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    table
}

fn domain(column: &ColumnPlan) -> String {
    match column.domain() {
        Some(domain) if column.is_in_shared_domain() => domain.to_string(),
        Some(_) => "its own".to_owned(),
        None => String::new(),
    }
}

fn spaces(column: &ColumnPlan) -> String {
    let spaces = column.spaces();
    let shown: Vec<String> = spaces
        .iter()
        .take(if spaces.len() > 2 { 1 } else { 2 })
        .map(
            |space| {
                if space.class.is_empty() { space.size.clone() } else { format!("{} ({})", space.size, space.class) }
            },
        )
        .collect();
    match spaces.len() - shown.len() {
        0 => shown.join("; "),
        more => format!("{}, and {more} more classes", shown.join("; ")),
    }
}

fn output(column: &ColumnPlan) -> String {
    match column.output_type() {
        None => "-".to_owned(),
        Some(output) if output == column.input_type() => "same".to_owned(),
        Some(output) => output.to_string(),
    }
}

/// The columns that share a domain and so join.
fn joins(datasets: &[DatasetPlan]) -> String {
    let mut by_domain: std::collections::BTreeMap<&str, Vec<String>> = std::collections::BTreeMap::new();
    for dataset in datasets {
        for column in dataset.columns().iter().filter(|column| column.is_in_shared_domain()) {
            if let Some(domain) = column.domain() {
                by_domain.entry(domain.as_str()).or_default().push(format!("{}.{}", dataset.name(), column.path()));
            }
        }
    }
    by_domain
        .iter()
        .filter(|(_, columns)| columns.len() > 1)
        .map(|(domain, columns)| format!("  {domain}: {}\n", columns.join(" = ")))
        .collect()
}
