//! Polars frames at the library's face get the tokens that the command line writes.
#![cfg(feature = "frames")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::sync::Arc;

use arrow_cast::display::{ArrayFormatter, FormatOptions};
use common::{Bench, read_output};
use counterfoil::{
    Keystore, NoPassphrase, Policy, Workspace,
    dataset::frames::{batch_from_frame, frame_from_batch},
    plan::{bind, resolve},
    run::{sanitize_frame, sanitize_lazy},
};
use polars::prelude::{Column, DataFrame, IntoLazy, NamedFrom, Series};

const POLICY: &str = r#"
policy = "frames"
version = 1
purpose = "test"
keyset = "frames"
[datasets.users]
source = "users.csv"
read = { types = { user_id = "int64" } }
[datasets.users.columns]
user_id = { tokenize = "integer", domain = "customer" }
email   = { tokenize = "email" }
name    = "drop"
"#;

#[test]
fn a_frame_gets_the_tokens_of_the_file() {
    let bench = Bench::new();
    let policy = bench.write("policy.toml", POLICY);
    bench.write("users.csv", "user_id,email,name\n17,ada.l@example.com,Ada\n18,,Bob\n");
    bench.counterfoil(&["run", "policy.toml", "--init"]).expect(0);

    let frame = DataFrame::new(
        2,
        vec![
            Column::from(Series::new("user_id".into(), [17_i64, 18])),
            Column::from(Series::new("email".into(), [Some("ada.l@example.com"), None])),
            Column::from(Series::new("name".into(), ["Ada", "Bob"])),
        ],
    )
    .unwrap();
    let policy = Policy::load(&policy).unwrap();
    let keys = Keystore::open(&Workspace::find(bench.path()).unwrap())
        .unwrap()
        .unlock(policy.keyset(), &NoPassphrase)
        .unwrap();
    let schema = batch_from_frame(&frame).unwrap().schema();
    let plan = resolve(&policy, &[schema], Some(keys.primary())).unwrap();
    let sanitizer = bind(&plan, &keys).unwrap().remove(0);

    let sanitized = sanitize_frame(&sanitizer, &frame).unwrap();
    assert_eq!(sanitized.get_column_names(), ["user_id", "email"]);
    let lazy = sanitize_lazy(Arc::new(sanitizer), frame.lazy()).collect().unwrap();
    assert!(sanitized.equals_missing(&lazy));

    let ours = batch_from_frame(&sanitized).unwrap();
    let (_, written) = read_output(&bench.join("out/users"));
    for (name, column) in [("user_id", ours.column(0)), ("email", ours.column(1))] {
        let options = FormatOptions::default().with_null("null");
        let text = |array: &arrow_array::ArrayRef| {
            let formatter = ArrayFormatter::try_new(array, &options).unwrap();
            (0..array.len()).map(|row| formatter.value(row).to_string()).collect::<Vec<_>>()
        };
        assert_eq!(text(column), text(written[0].column_by_name(name).unwrap()));
    }
    assert_eq!(frame_from_batch(&ours).unwrap().height(), 2);
}
