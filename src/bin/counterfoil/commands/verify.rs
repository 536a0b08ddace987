//! `verify`: the auditor's command.
//!
//! # Promises
//!
//! - No keys, no raw data, no network.
//!
//! # What this module does not know
//!
//! How a check is made.

use counterfoil::{VerifyOptions, VerifyReport};

use crate::{
    args::VerifyArgs,
    render::{Failure, Usage, data, json_data},
};

pub(crate) fn verify(args: &VerifyArgs) -> Result<u8, Failure> {
    let report: VerifyReport = counterfoil::verify(&args.dir, &args.trust, &options(args)?);
    if args.json {
        json_data(&report);
    } else {
        data(&report.to_string());
    }
    Ok(report.exit)
}

fn options(args: &VerifyArgs) -> Result<VerifyOptions, Failure> {
    let usage = |option: &str, error: &dyn std::fmt::Display| Usage {
        message: format!("`{option}`: {error}"),
        help: "see `counterfoil verify --help`".to_owned(),
    };
    let mut options = VerifyOptions::default();
    if let Some(digest) = &args.expect_policy {
        options.expect_policy =
            Some(VerifyOptions::policy_digest(digest).map_err(|error| usage("--expect-policy", &error))?);
    }
    for key in &args.expect_key {
        options.expect_keys.push(key.parse().map_err(|error| usage("--expect-key", &error))?);
    }
    for evidence in &args.require {
        options.require.push(evidence.parse().map_err(|error| usage("--require", &error))?);
    }
    options.openings.clone_from(&args.opening);
    Ok(options)
}
