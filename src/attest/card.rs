//! `README.md`: the dataset card, with the YAML head that Hugging Face reads.
//!
//! # Promises
//!
//! - It says what was done in the words of the signed statement, and how to verify it. It never says `anonymous`.
//!
//! # What this module does not know
//!
//! Licences, languages, tasks: whoever publishes the dataset adds those before the run ends or not at all.

use std::fmt::Write as _;

use crate::attest::{dictionary, manifest::Manifest, predicate::Column, text};

/// The card's text.
pub(crate) fn card(manifest: &Manifest) -> String {
    let mut card = String::new();
    head(&mut card, manifest);
    summary(&mut card, manifest);
    columns(&mut card, manifest);
    tokens(&mut card, manifest);
    misfits(&mut card, manifest);
    card.push_str(VERIFY);
    card
}

fn head(card: &mut String, manifest: &Manifest) {
    let facts = &manifest.facts;
    let _ = write!(
        card,
        "---\npretty_name: {}\nlicense: other\nlicense_name: not-stated\nsize_categories:\n- {}\n\
         tags:\n- de-identified\n- counterfoil\n\
         configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/*.parquet\n---\n\n",
        text::yaml(facts.dataset.as_str()),
        size_category(manifest.rows.written.0),
    );
}

fn summary(card: &mut String, manifest: &Manifest) {
    let facts = &manifest.facts;
    let _ = write!(
        card,
        "# {}\n\n{} rows in {} columns, sanitized by {} {} under the policy {} (version {}).\n\n",
        text::markdown(facts.dataset.as_str()),
        manifest.rows.written.0,
        manifest.columns.len(),
        text::markdown(&facts.tool.name),
        text::markdown(&facts.tool.version),
        text::markdown(&facts.policy.name),
        facts.policy.version,
    );
    if !facts.policy.purpose.is_empty() {
        let _ = write!(card, "Purpose: {}.\n\n", text::markdown(facts.policy.purpose.trim_end_matches('.')));
    }
    card.push_str(
        "The rows are about individuals. They went through a plan that replaces or removes what identifies people; \
         what is left may still single someone out, alone or beside other data. Do not try to find out who they \
         are.\n\n",
    );
}

fn columns(card: &mut String, manifest: &Manifest) {
    card.push_str("## What was done to each column\n\n| column | type | transform | reversible by the key holder |\n");
    card.push_str("|---|---|---|---|\n");
    for column in &manifest.columns {
        let transformation = &column.transformation;
        let transform = format!("{} {}", transformation.kind, transformation.parameters);
        let _ = writeln!(
            card,
            "| {} | {} | {} | {} |",
            text::markdown(&column.name),
            text::markdown(&column.data_type),
            text::markdown(transform.trim_end()),
            if column.reversible { "yes" } else { "no" },
        );
    }
    let _ = write!(
        card,
        "\nInput columns left out: {}. `data-dictionary.csv` says more of each column.\n\n",
        manifest.dropped.len()
    );
}

fn tokens(card: &mut String, manifest: &Manifest) {
    let keyed: Vec<&Column> = manifest.columns.iter().filter(|column| column.key_id.is_some()).collect();
    if keyed.is_empty() {
        return;
    }
    let mut versions: Vec<String> = keyed.iter().map(|column| dictionary::key_version(column)).collect();
    versions.sort();
    versions.dedup();
    let _ = write!(
        card,
        "## Joins\n\nTokens come from the key versions {}. Equal cells give equal tokens within one domain and key \
         version, in every dataset and every run; columns of one domain join. Tokens of two key versions do \
         not join.\n\n",
        text::markdown(&versions.join(", ")),
    );
}

fn misfits(card: &mut String, manifest: &Manifest) {
    let lossy: Vec<&Column> = manifest.columns.iter().filter(|column| column.misfits.0 > 0).collect();
    if lossy.is_empty() {
        return;
    }
    card.push_str("## What did not fit\n\nCells that their column's format cannot hold:\n\n");
    for column in lossy {
        let became = text::markdown(&column.transformation.on_misfit);
        let _ = writeln!(
            card,
            "- {}: {} became {became}",
            text::markdown(&column.name),
            text::counted(column.misfits.0, "cell")
        );
    }
    card.push('\n');
}

fn size_category(rows: u64) -> &'static str {
    match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        10_000_000..100_000_000 => "10M<n<100M",
        100_000_000..1_000_000_000 => "100M<n<1B",
        _ => "n>1B",
    }
}

const VERIFY: &str = "\
## Verify

```
counterfoil verify . --trust FOLDER_WITH_PUBLIC_KEYS
```

Without counterfoil: `sha256sum -c SHA256SUMS` finds altered files, and `_provenance/run.intoto.jsonl` holds two DSSE
envelopes over in-toto Statements whose Ed25519 signatures `openssl pkeyutl -verify -rawin` checks against the public
key that you got from the publisher by another way than this folder.
";
