//! Turns datasets about people into training sets.
pub mod attest;
pub mod dataset;
pub mod names;
pub mod source;
