//! `data-dictionary.csv`: one line for each column of the output, for people and spreadsheets.
//!
//! # Promises
//!
//! - It says of a column what the signed statement says of it, and nothing else: both are made from one manifest.
//!
//! # What this module does not know
//!
//! Files.

use crate::attest::{manifest::Manifest, predicate::Column, text};

/// The dictionary's text: RFC 4180 with line feeds.
pub(crate) fn dictionary(manifest: &Manifest) -> String {
    let mut lines = String::from(HEAD);
    for column in &manifest.columns {
        let cells: Vec<String> = row(column).iter().map(|cell| text::csv(cell)).collect();
        lines.push_str(&cells.join(","));
        lines.push('\n');
    }
    lines
}

/// `shop:3`, or nothing where no key wrote the column.
pub(crate) fn key_version(column: &Column) -> String {
    match (&column.key_id, column.key_version) {
        (Some(id), Some(version)) => format!("{id}:{version}"),
        _ => String::new(),
    }
}

fn row(column: &Column) -> [String; 10] {
    let transformation = &column.transformation;
    let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    [
        column.name.clone(),
        column.data_type.clone(),
        description(column),
        column.sources.join(" "),
        [transformation.kind.as_str(), transformation.parameters.as_str()].join(" ").trim_end().to_owned(),
        yes(column.masking),
        yes(column.reversible),
        key_version(column),
        null_meaning(column),
        transformation.message_space.clone(),
    ]
}

fn description(column: &Column) -> String {
    let transformation = &column.transformation;
    let what = match transformation.kind.as_str() {
        "coarsen" => "coarser than in the source",
        "keep" => "as in the source",
        "mask" => "partly covered",
        "pseudonym" => "one-way token; equal cells give equal tokens",
        "seal" => "sealed; only the key holder can open it",
        "tokenize" => "token of the same shape; equal cells give equal tokens",
        _ => "transformed",
    };
    match &transformation.domain {
        Some(domain) => format!("{what}; joins within the domain {domain}"),
        None => what.to_owned(),
    }
}

fn null_meaning(column: &Column) -> String {
    let misfits = column.misfits.0;
    if column.transformation.on_misfit == "null" && misfits > 0 {
        format!("missing in the source, or a misfit ({})", text::counted(misfits, "cell"))
    } else {
        "missing in the source".to_owned()
    }
}

const HEAD: &str =
    "name,type,description,source,transformation,masking,reversible,key_version,null_meaning,message_space\n";
