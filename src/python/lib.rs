//! The place of the Python face: conversions and one exception tree over the public library.
