//! The ranges of FF1's parameters.
//!
//! # Promises
//!
//! - A number that limits strings or contexts stands here and nowhere else.
//!
//! # What this module does not know
//!
//! How the limits are kept.
//!
//! SPEC: NIST SP 800-38G, section 5.1; Revision 1 (second public draft), section 4.

/// Longest context of a row, in bytes.
pub const MAX_CONTEXT: usize = 8;

/// Longest numeral string. The document's own limit is 2^32; ours bounds memory and the time of a row.
pub const MAX_LENGTH: usize = 4096;

/// Least message space: Revision 1, section 4, radix^minlen >= 1 000 000.
pub const MIN_MESSAGE_SPACE: u32 = 1_000_000;
