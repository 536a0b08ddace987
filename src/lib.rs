//! Turns datasets about people into training sets.

pub mod attest;
pub mod dataset;
pub mod keys;
pub mod names;
pub mod plan;
pub mod policy;
pub mod run;
pub mod sink;
pub mod source;
pub mod transform;
