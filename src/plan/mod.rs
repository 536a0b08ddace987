//! The plan: a policy resolved for schemas, and bound to keys.
//!
//! # Promises
//!
//! - Deny by default: a column without a rule, a rule without a column and a column of another type end it here.
//! - Keys enter in `bind` only, and leave it as ready-made ciphers.
//!
//! # What this room does not know
//!
//! Files.

mod bind;
mod error;
mod leaves;
#[expect(clippy::module_inception, reason = "the room is named for what it makes")]
mod plan;
mod resolve;
mod spec;

pub(crate) use self::{bind::bind_column, leaves::leaves};
pub use self::{
    bind::{BindError, bind},
    error::{PlanRefused, Refusal},
    plan::{ColumnPlan, ColumnView, DatasetPlan, DatasetView, MessageSpace, Plan, PlanView},
    resolve::resolve,
};
