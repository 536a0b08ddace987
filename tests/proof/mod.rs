//! What has to hold of a run over real data, whichever data it is.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use counterfoil::{
    ColumnPath, DatasetName, Keystore, NoPassphrase, Plan, PlanOptions, Policy, RunOptions, RunReport, Unwatched,
    VerifyOptions, Workspace, detokenize::Detokenizer, plan::ColumnPlan, policy::TransformSpec, verify,
};

use crate::common::{Bench, files_below, read_output};

/// Dropped columns whose cells are ordinary words that kept columns have too: Singapore is a city and a country.
const PLACES: [&str; 8] = ["namespace", "CITY", "COUNTY", "city", "cityName", "countryName", "regionName", "street"];
/// Cells shorter than this are found in anything.
const TELLING: usize = 6;

/// A policy that was carried out on one thread, and again on two.
pub(crate) struct Proof {
    bench: Bench,
    plan: Plan,
    policy: Policy,
    report: RunReport,
}

impl Proof {
    pub(crate) fn of(text: &str) -> Self {
        let bench = Bench::new();
        let policy = Policy::load(&bench.write("policy.toml", text)).unwrap();
        let report = run(&policy, &bench.join("one"), 1);
        run(&policy, &bench.join("two"), 2);
        let options = PlanOptions { passphrases: &NoPassphrase, preview: 0, workspace: None };
        let plan = counterfoil::plan(&policy, &options).unwrap().plan;
        Self { bench, plan, policy, report }
    }

    pub(crate) fn dataset(&self, name: &str) -> PathBuf {
        self.bench.join("one").join(name)
    }

    pub(crate) fn misfits(&self, dataset: &str, column: &str) -> u64 {
        let dataset = self.report.datasets.iter().find(|found| found.name == dataset).unwrap();
        dataset.columns.iter().find(|found| found.column == column).unwrap().misfits
    }

    /// The cells of an input column as text.
    pub(crate) fn raw(&self, dataset: &str, column: &str) -> Vec<Option<String>> {
        column_texts(&self.input(dataset), column)
    }

    /// The cells of an output column as text.
    pub(crate) fn output(&self, dataset: &str, column: &str) -> Vec<Option<String>> {
        column_texts(&read_output(&self.dataset(dataset)).1, column)
    }

    /// Everything that must hold whatever the data.
    pub(crate) fn holds(&self) {
        self.threads_do_not_matter();
        self.verifies();
        for dataset in self.plan.datasets() {
            self.restores(dataset.name());
        }
        self.leaks_nothing();
    }

    fn threads_do_not_matter(&self) {
        for dataset in self.plan.datasets() {
            let data = |run: &str| files_below(&self.bench.join(run).join(dataset.name().as_str()).join("data"));
            let (one, two) = (data("one"), data("two"));
            assert_eq!(one.len(), two.len());
            for (one, two) in one.iter().zip(&two) {
                assert!(std::fs::read(one).unwrap() == std::fs::read(two).unwrap(), "{} differs", one.display());
            }
        }
    }

    fn verifies(&self) {
        for run in ["one", "two"] {
            let trust = self.bench.join(".counterfoil/trust");
            let report = verify(&self.bench.join(run), &trust, &VerifyOptions::default());
            assert_eq!(report.exit, 0, "{report}");
        }
    }

    fn input(&self, dataset: &str) -> Vec<RecordBatch> {
        let name: DatasetName = dataset.parse().unwrap();
        let mut source = counterfoil::run::open_source(&self.policy, &name).unwrap().unwrap();
        std::iter::from_fn(|| source.next_batch().unwrap()).collect()
    }

    /// With the key, every reversible column is what it was.
    fn restores(&self, dataset: &DatasetName) {
        let workspace = Workspace::find(self.bench.path()).unwrap();
        let keys = Keystore::open(&workspace).unwrap().unlock(self.plan.keyset(), &NoPassphrase).unwrap();
        let (schema, written) = read_output(&self.dataset(dataset.as_str()));
        let detokenizer = Detokenizer::new(&self.plan, dataset, schema, &keys).unwrap();
        let mut restored = Vec::new();
        let mut row = 0;
        for batch in written {
            let rows = batch.num_rows() as u64;
            restored.push(detokenizer.restore(&batch, row).unwrap());
            row += rows;
        }
        let input = self.input(dataset.as_str());
        let mut compared = 0;
        for column in self.columns(dataset, |column| {
            matches!(column.transform(), TransformSpec::Tokenize(_) | TransformSpec::Seal | TransformSpec::Keep)
        }) {
            let (raw, back) = (column_texts(&input, column.top()), column_texts(&restored, column.top()));
            let wrong = raw.iter().zip(&back).position(|(raw, back)| raw != back);
            assert_eq!((raw.len(), wrong), (back.len(), None), "`{column}` of `{dataset}` is not restored");
            compared += 1;
        }
        assert!(compared > 0);
    }

    fn columns(&self, dataset: &DatasetName, which: impl Fn(&ColumnPlan) -> bool) -> Vec<ColumnPath> {
        let plan = self.plan.datasets().iter().find(|plan| plan.name() == dataset).unwrap();
        plan.columns().iter().filter(|column| which(column)).map(|column| column.path().clone()).collect()
    }

    /// No protected cell stands in any output row, nor in any file beside the rows.
    ///
    /// Protected are cells that were tokenized, sealed, made pseudonyms or dropped. Coarsened cells may be what they were.
    fn leaks_nothing(&self) {
        let mut protected: HashMap<String, String> = HashMap::new();
        for dataset in self.plan.datasets() {
            let input = self.input(dataset.name().as_str());
            let secret = |column: &ColumnPlan| column.transform().is_keyed() || column.output_type().is_none();
            for column in self.columns(dataset.name(), secret) {
                if PLACES.contains(&column.top()) {
                    continue;
                }
                for cell in column_texts(&input, column.top()).into_iter().flatten() {
                    if cell.chars().count() >= TELLING {
                        protected.entry(cell).or_insert_with(|| column.to_string());
                    }
                }
            }
        }
        assert!(protected.len() > 100 || self.policy.name() == "movielens", "there is something to look for");
        for dataset in self.plan.datasets() {
            let batches = read_output(&self.dataset(dataset.name().as_str())).1;
            let input = self.input(dataset.name().as_str());
            let keyed = self.columns(dataset.name(), |column| column.transform().is_keyed());
            for column in self.columns(dataset.name(), |column| column.output_type().is_some()) {
                let cells = column_texts(&batches, column.top());
                if keyed.contains(&column) {
                    // Tokens of a space of 10^6 are among the raw cells now and then, but hardly ever in their own row.
                    let raw = column_texts(&input, column.top());
                    let same = raw.iter().zip(&cells).filter(|(raw, cell)| raw.is_some() && raw == cell).count();
                    assert!(same * 1_000 <= raw.len(), "{same} cells of `{column}` are as they were");
                } else {
                    let found: HashSet<String> = cells.into_iter().flatten().collect();
                    let leaks = found.iter().filter(|cell| protected.contains_key(*cell)).count();
                    assert_eq!(leaks, 0, "{leaks} protected cells stand in `{column}`");
                }
            }
        }
        self.no_cell_beside_the_rows(&protected);
    }

    fn no_cell_beside_the_rows(&self, protected: &HashMap<String, String>) {
        for file in files_below(&self.bench.join("one")) {
            let bytes = std::fs::read(&file).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let parquet = file.extension().is_some_and(|extension| extension == "parquet");
            for (cell, column) in protected {
                // Short digits are found by chance in digests, words in any text, and anything in compressed pages.
                let telling = cell.len() >= 9 && cell.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
                if !telling || (parquet && !(12..=64).contains(&cell.len())) {
                    continue;
                }
                if parquet && bytes.len() > 2_000_000 {
                    break;
                }
                assert!(!text.contains(cell.as_str()), "a cell of `{column}` stands in {}", file.display());
            }
        }
    }
}

fn run(policy: &Policy, output: &Path, threads: usize) -> RunReport {
    let options = RunOptions {
        dry_run: false,
        init: true,
        locked: false,
        output: Some(output.to_owned()),
        passphrases: &NoPassphrase,
        progress: &Unwatched,
        replace: false,
        threads: Some(threads),
        workspace: None,
    };
    counterfoil::run(policy, &options).unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)))
}

fn column_texts(batches: &[RecordBatch], column: &str) -> Vec<Option<String>> {
    batches.iter().flat_map(|batch| texts(batch.column_by_name(column).unwrap())).collect()
}

/// The cells of a column as text.
pub(crate) fn texts(column: &ArrayRef) -> Vec<Option<String>> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(column, &options).unwrap();
    (0..column.len()).map(|row| column.is_valid(row).then(|| formatter.value(row).to_string())).collect()
}
