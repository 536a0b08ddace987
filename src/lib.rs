//! Turns datasets about people into training sets.
pub mod keys;
pub mod names;
