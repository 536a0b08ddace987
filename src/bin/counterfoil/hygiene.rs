//! What the process does for its secrets before it has any.
//!
//! # What this module does not know
//!
//! Which secrets there will be.

use std::panic;

/// Panics print their place only: the payload of a dependency's panic could quote a cell.
pub(crate) fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(|| "an unknown place".to_owned(), |at| format!("{}:{}", file_name(at.file()), at.line()));
        eprintln!(
            "Error: a defect at {place}\n\n  nothing was published; please report the place and the command, never the data"
        );
    }));
}

/// No core file and no tracing by others of the same user: keys and cells stay in this process.
pub(crate) fn no_core_dumps() -> Result<(), rustix::io::Errno> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
}

/// The last two parts of a path: where the sources were compiled is nobody's business.
fn file_name(path: &str) -> String {
    let parts: Vec<&str> = path.rsplit('/').take(2).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}
