//! `counterfoil.lock`: the plan that somebody reviewed.
//!
//! # What this module does not know
//!
//! Who reviewed it.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use super::error::RunError;
use crate::{plan::Plan, sink::SinkError};

/// The name of the lock file, beside the policy.
pub const LOCK_FILE: &str = "counterfoil.lock";

/// Writes the plan beside the policy, by rename.
pub fn write_lock(plan: &Plan, policy_folder: &Path) -> Result<PathBuf, RunError> {
    let path = policy_folder.join(LOCK_FILE);
    let temporary = policy_folder.join(".counterfoil.lock.new");
    let written = std::fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(text(plan).as_bytes())?;
        file.sync_all()
    });
    written.map_err(SinkError::io("write", &temporary))?;
    std::fs::rename(&temporary, &path).map_err(SinkError::io("write", &path))?;
    Ok(path)
}

/// Refuses a plan that is not the locked one.
pub(super) fn check_lock(plan: &Plan, policy_folder: &Path) -> Result<(), RunError> {
    let path = policy_folder.join(LOCK_FILE);
    match std::fs::read_to_string(&path) {
        Ok(locked) if locked == text(plan) => Ok(()),
        Ok(_) => Err(RunError::PlanChanged { path }),
        Err(_) => Err(RunError::NoLock { path }),
    }
}

/// The digest on the first line, then the plan for people who compare two versions of it. The key version is left out:
/// it rotates without changing what is done.
fn text(plan: &Plan) -> String {
    let mut view = plan.view();
    view.key_version = None;
    // INVARIANT: a view holds texts, numbers and lists only, which always serialise.
    let json = serde_json::to_string_pretty(&view).unwrap_or_default();
    format!("# counterfoil plan v1 sha256:{}\n{json}\n", plan.digest())
}
