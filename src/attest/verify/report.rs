//! What a verification found: checks with figures, files by name, and what was not checked.
//!
//! # Promises
//!
//! - One line a check; every file that differs is named, as changed, missing or unlisted.
//! - Text from the dataset is escaped before it is shown.
//! - The exit code follows from the checks alone, and a report without a passed check never exits 0.
//!
//! # What this module does not know
//!
//! How anything is checked.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::attest::text::printable;

/// The outcome of a verification: one entry for each dataset.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    /// Checks of what lies beside the datasets, in a folder of datasets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The datasets, sorted by folder.
    pub datasets: Vec<DatasetReport>,
    /// The gravest exit code of the datasets and of the checks beside them.
    pub exit: u8,
    /// What beside the datasets is left open.
    pub not_checked: Vec<String>,
}

/// The outcome for one dataset.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DatasetReport {
    /// The checks in order.
    pub checks: Vec<Check>,
    /// The dataset's name as signed, else the folder's.
    pub dataset: String,
    /// Exit code of this dataset.
    pub exit: u8,
    /// What these checks leave open.
    pub not_checked: Vec<String>,
    /// The run that wrote it, as signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was checked: `files`.
    pub name: &'static str,
    /// How it went.
    pub outcome: Outcome,
    /// Figures, or the reason.
    pub detail: String,
    /// What differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// How a check went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It did not hold, and this says what that means.
    Fail(Failure),
    /// It held.
    Pass,
    /// It was not made.
    Skip,
}

/// What a failed check means; graver first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Failure {
    /// Evidence of change.
    Changed,
    /// Cannot decide: unreadable, malformed, misused.
    Undecided,
    /// Required evidence is absent, or no trusted key matched.
    Absent,
    /// Authentic, but not what was expected.
    Unexpected,
}

/// One thing that differs.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// How.
    pub change: FileChange,
    /// Which file, or which column of which file.
    pub name: String,
}

/// How a file differs from what was signed.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileChange {
    /// Other bytes than signed.
    Changed,
    /// Signed, and not there.
    Missing,
    /// There, and not signed.
    Unlisted,
    /// A link, a device, or a name that leads elsewhere.
    Unsafe,
}

impl Failure {
    /// The exit code.
    pub fn exit(self) -> u8 {
        match self {
            Self::Changed => 1,
            Self::Undecided => 2,
            Self::Absent => 3,
            Self::Unexpected => 4,
        }
    }
}

impl Outcome {
    /// `PASS`, `FAIL` or `SKIP`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail(_) => "FAIL",
            Self::Skip => "SKIP",
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Check {
    pub(crate) fn pass(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Pass, detail: detail.into(), findings: Vec::new() }
    }

    pub(crate) fn fail(name: &'static str, failure: Failure, detail: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Fail(failure), detail: detail.into(), findings: Vec::new() }
    }

    pub(crate) fn skip(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, outcome: Outcome::Skip, detail: detail.into(), findings: Vec::new() }
    }

    #[must_use]
    pub(crate) fn with(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }

    /// Whether the check held.
    pub fn passed(&self) -> bool {
        self.outcome == Outcome::Pass
    }
}

impl DatasetReport {
    pub(crate) fn new(dataset: String, checks: Vec<Check>, not_checked: Vec<String>) -> Self {
        let exit = match gravest(&checks) {
            Some(failure) => failure.exit(),
            None if checks.iter().any(Check::passed) => 0,
            None => Failure::Absent.exit(),
        };
        Self { checks, dataset, exit, not_checked, run_id: None }
    }
}

impl VerifyReport {
    pub(crate) fn new(datasets: Vec<DatasetReport>, checks: Vec<Check>, not_checked: Vec<String>) -> Self {
        let beside = gravest(&checks).map(Failure::exit);
        let exit = datasets.iter().map(|dataset| dataset.exit).chain(beside).filter(|exit| *exit > 0).min();
        let exit = exit.unwrap_or(if datasets.is_empty() { Failure::Absent.exit() } else { 0 });
        Self { checks, datasets, exit, not_checked }
    }
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, dataset) in self.datasets.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(dataset, f)?;
        }
        if !(self.checks.is_empty() && self.not_checked.is_empty()) {
            f.write_str("\n")?;
        }
        lines(&self.checks, f)?;
        not_checked(&self.not_checked, f)
    }
}

impl fmt::Display for DatasetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", printable(&self.dataset))?;
        lines(&self.checks, f)?;
        not_checked(&self.not_checked, f)?;
        let verdict = match self.exit {
            0 => "VERIFIED: every check that was made passed",
            1 => "FAILED: the dataset is not what was signed",
            2 => "UNDECIDED: something could not be read",
            3 => "NOT VERIFIED: evidence is missing, or no trusted key signed it",
            _ => "UNEXPECTED: authentic, but not what was asked for",
        };
        writeln!(f, "{verdict}")
    }
}

impl FileChange {
    fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Unlisted => "unlisted",
            Self::Unsafe => "unsafe",
        }
    }
}

fn gravest(checks: &[Check]) -> Option<Failure> {
    let failures = checks.iter().filter_map(|check| match check.outcome {
        Outcome::Fail(failure) => Some(failure),
        Outcome::Pass | Outcome::Skip => None,
    });
    failures.min()
}

fn lines(checks: &[Check], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    for check in checks {
        writeln!(f, "{} {:width$}  {}", check.outcome.as_str(), check.name, printable(&check.detail))?;
        for finding in &check.findings {
            writeln!(f, "       {:8}  {}", finding.change.as_str(), printable(&finding.name))?;
        }
    }
    Ok(())
}

fn not_checked(items: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if !items.is_empty() {
        writeln!(f, "NOT CHECKED")?;
    }
    items.iter().try_for_each(|item| writeln!(f, "  - {}", printable(item)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(checks: Vec<Check>) -> u8 {
        DatasetReport::new("d".to_owned(), checks, Vec::new()).exit
    }

    #[test]
    fn nothing_checked_is_not_a_pass() {
        assert_eq!(exit(vec![]), 3);
        assert_eq!(exit(vec![Check::skip("files", "")]), 3);
        assert_eq!(VerifyReport::new(vec![], vec![Check::pass("beside", "")], vec![]).exit, 3);
        assert_eq!(exit(vec![Check::pass("files", ""), Check::skip("x", "")]), 0);
    }

    #[test]
    fn evidence_of_change_outweighs_everything() {
        let all = [Failure::Unexpected, Failure::Absent, Failure::Undecided, Failure::Changed];
        let checks: Vec<_> = all.into_iter().map(|failure| Check::fail("x", failure, "")).collect();
        assert_eq!(exit(checks), 1);
        assert_eq!(exit(vec![Check::pass("a", ""), Check::fail("x", Failure::Unexpected, "")]), 4);
    }

    #[test]
    fn names_from_the_dataset_are_escaped() {
        let finding = Finding { change: FileChange::Unlisted, name: "a\u{1b}[2J".to_owned() };
        let check = Check::fail("layout", Failure::Changed, "\u{7}").with(vec![finding]);
        let report = VerifyReport::new(
            vec![DatasetReport::new("\r".to_owned(), vec![check], vec!["\n".to_owned()])],
            vec![],
            vec![],
        );
        assert!(!report.to_string().contains(['\u{1b}', '\u{7}', '\r']));
        assert!(report.to_string().contains("unlisted  a\\u{1b}[2J"));
    }
}
