//! Turns datasets about people into training sets.
pub mod names;

pub mod transform;
