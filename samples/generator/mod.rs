//! The rooms of the generator: chance, time, people, and the files that are made of them.

pub(crate) mod calendar;
pub(crate) mod dice;
pub(crate) mod people;
pub(crate) mod shop;
pub(crate) mod text;
pub(crate) mod traffic;
pub(crate) mod wide;
pub(crate) mod words;
