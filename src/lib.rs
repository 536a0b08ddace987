//! The face of the house: what a data engineer's job, an ML pipeline or an auditor's tool calls.
//!
//! What it is for, and its first run, as the README has it:
//!
#![doc = include_str!("../README.md")]

pub mod attest;
pub mod dataset;
pub mod detokenize;
pub mod keys;
pub mod names;
pub mod plan;
pub mod policy;
pub mod run;
pub mod sink;
pub mod source;
pub mod transform;

pub use counterfoil_crypto::secret::{Secret, SecretBytes};

pub use self::{
    attest::{VerifyOptions, VerifyReport, verify},
    keys::{
        KeysError, Keyset, Keystore, NoPassphrase, PassphraseCost, PassphraseFile, PassphraseReason, PassphraseRequest,
        PassphraseSource, ProviderChoice, ProviderKind, Purpose, UnlockedKeyset, Workspace,
    },
    names::{ColumnPath, DatasetName, Domain, KeyVersion, KeysetName, RunId},
    plan::{ColumnPlan, DatasetPlan, Plan},
    policy::{Policy, PolicyErrors},
    run::{
        DatasetReport, PlanOptions, Planned, Preview, Progress, RunError, RunOptions, RunReport, Unwatched,
        init_workspace, plan, run, write_lock,
    },
    transform::{Sanitized, Sanitizer},
};
