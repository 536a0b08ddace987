//! The run: policies, keys, sources, transforms, sinks and attestations brought together.
//!
//! # Promises
//!
//! - Output appears with its attestation or not at all.
//! - The bytes of the output do not depend on threads, clock or machine.
//!
//! # What this room does not know
//!
//! Key bytes, what cells say, terminals.

mod error;
mod facts;
#[cfg(feature = "frames")]
mod frames;
mod groups;
mod inputs;
mod lock;
mod pipeline;
mod preview;
mod progress;
mod report;
#[expect(clippy::module_inception, reason = "the room is named for what it does")]
mod run;
mod workspace;

#[cfg(feature = "frames")]
pub use self::frames::{SanitizeFrameError, sanitize_frame, sanitize_lazy};
pub use self::{
    error::{ColumnError, RunError},
    lock::{LOCK_FILE, write_lock},
    preview::{Preview, PreviewCell},
    progress::{Progress, Unwatched},
    report::{ColumnReport, DatasetReport, RunReport},
    run::{PlanOptions, Planned, RunOptions, open_source, plan, run},
    workspace::init_workspace,
};
