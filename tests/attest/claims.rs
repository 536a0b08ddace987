//! What the signed manifest claims of columns and cells, and what it must not tell.

use std::fs;

use counterfoil::attest::{FileChange, ManifestFacts, SchemaColumn};
use counterfoil_crypto::digest::sha256;

use super::{STATEMENTS, attest_fixture::World, payloads, refused};

#[test]
fn no_digest_of_a_kept_column_stands_in_the_statements() {
    let mut facts = None;
    let world = World::with(1, |given| facts = Some(given.clone()));
    let text = payloads(&fs::read_to_string(world.path(STATEMENTS)).unwrap()).concat();
    let stated: Vec<bool> = facts.as_ref().unwrap().schema.iter().map(|column| stands(column, &text)).collect();
    assert_eq!(stated, [false; 4], "user_id, email, context (with a kept leaf), sex");
    assert!(text.contains("\"logicalRoot\""));
    let report = world.verify();
    assert!(report.to_string().contains("root over 4 columns, 0 column digests, 8 rows"), "{report}");

    for kind in ["keep", "mask", "coarsen"] {
        let world = World::with(1, |facts| facts.columns.iter_mut().for_each(|column| column.kind = kind.to_owned()));
        let text = payloads(&fs::read_to_string(world.path(STATEMENTS)).unwrap()).concat();
        assert!(!facts.as_ref().unwrap().schema.iter().any(|column| stands(column, &text)), "{kind}");
        assert!(!text.contains("logicalRoot") && !text.contains("logicalDigest"), "{kind}");
        let report = world.verify();
        assert_eq!(report.exit, 0, "{report}");
        assert!(report.to_string().contains("SKIP logical digests"), "{report}");
        assert!(report.to_string().contains("- logical digests: 4 columns not covered"), "{report}");
    }
}

#[test]
fn other_cells_of_a_kept_column_break_the_root() {
    let world = World::with(1, |facts| facts.schema[3].logical_sha256 = Some(sha256(b"other cells")));
    refused(&world.verify(), 1, FileChange::Changed, "root over all columns");
}

fn stands(column: &SchemaColumn, text: &str) -> bool {
    text.contains(&column.logical_sha256.unwrap().to_string())
}

#[test]
fn leaves_that_are_not_those_of_the_files() {
    type Alteration = (fn(&mut ManifestFacts), FileChange, &'static str);
    let alterations: [Alteration; 6] = [
        (|facts| facts.columns.retain(|column| column.name != "context.port"), FileChange::Unlisted, "context.port"),
        (|facts| facts.columns[3].data_type = "utf8".to_owned(), FileChange::Changed, "context.port"),
        (|facts| facts.columns[2].name = "context.ipv6".to_owned(), FileChange::Missing, "context.ipv6"),
        (|facts| facts.columns[2].name = "context".to_owned(), FileChange::Unlisted, "context.ip"),
        (|facts| facts.columns.swap(2, 3), FileChange::Changed, "context.port"),
        (|facts| facts.columns.push(facts.columns[4].clone()), FileChange::Changed, "sex"),
    ];
    for (alter, change, name) in alterations {
        refused(&World::with(1, alter).verify(), 1, change, &format!("column {name}"));
    }
    let report = World::new().verify();
    assert!(report.to_string().contains("4 columns, 5 leaves, names, types and order as signed"), "{report}");
}
