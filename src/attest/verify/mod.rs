//! The auditor's check of a dataset folder against keys that came another way.
//!
//! # Promises
//!
//! - No network, no clock, no key material; nothing outside the folder is opened because a file inside it says so.
//! - Zero evidence never passes. Exit codes: 0 every check passed, 1 a check failed, 2 cannot decide, 3 required
//!   evidence is absent or no trusted key matched, 4 authentic but not what was expected.
//! - Data files are parsed only after their bytes are known to be the signed ones.
//!
//! # What this room does not know
//!
//! Raw data, keysets, and what the policy's author meant.

mod consistency;
mod data;
mod evidence;
mod expectations;
mod files;
mod folder;
mod leaves;
mod openings;
mod options;
mod report;
mod trust;

pub use folder::verify;
pub use options::{ExpectedKey, InvalidOption, Requirement, VerifyOptions};
pub use report::{Check, DatasetReport, Failure, FileChange, Finding, Outcome, VerifyReport};
