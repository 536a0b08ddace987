//! `ip`: addresses of both versions, as a whole.
//!
//! # Promises
//!
//! - A token has the version and the writing of its cell: dotted, canonical, mapped, or long and upper-case.
//!
//! # What this module does not know
//!
//! Networks: neighbours do not stay neighbours, and a private address may get a public one.
//!
//! SPEC: RFC 5952 (canonical text), RFC 4291, section 2.5.5.2 (mapped addresses).

use std::net::Ipv6Addr;

use crate::transform::{
    class::{Class, Space},
    format::language::Language,
    lanes::{Group, Lanes, Unfit},
};

/// Addresses in four classes.
pub(crate) struct IpLanguage;

impl Language for IpLanguage {
    fn id(&self) -> String {
        "ip".to_owned()
    }

    fn needs(&self) -> String {
        "a dotted IPv4 address without leading zeros, or an IPv6 address as RFC 5952 writes it or in eight upper-case groups"
            .to_owned()
    }

    fn classes(&self) -> u32 {
        4
    }

    fn class(&self, class: u32) -> Class {
        let (label, space) = match class {
            V4 => ("v4", Space::Ranks(1 << 32)),
            V6 => ("v6", Space::Ranks128),
            V6_UPPER => ("v6-upper", Space::Ranks128),
            _ => ("v4-mapped", Space::Ranks(1 << 32)),
        };
        Class { binds: false, label: label.to_owned(), space }
    }

    fn read(&self, cell: &str, lanes: &mut Lanes<'_>) -> Result<(), Unfit> {
        if let Some(address) = parse_v4(cell) {
            lanes.enter(V4)?.a.push(u64::from(address));
            return Ok(());
        }
        if let Some(address) = cell.strip_prefix("::ffff:").and_then(parse_v4) {
            lanes.enter(V4_MAPPED)?.a.push(u64::from(address));
            return Ok(());
        }
        // The longest writing has eight groups of four.
        let address: Ipv6Addr = Some(cell)
            .filter(|cell| cell.len() <= 39 && cell.contains(':'))
            .and_then(|cell| cell.parse().ok())
            .ok_or(Unfit::Shape)?;
        let class = if address.to_string() == cell {
            V6
        } else if is_long(cell) {
            V6_UPPER
        } else {
            return Err(Unfit::Shape);
        };
        lanes.enter(class)?.wide.push(address.to_bits());
        Ok(())
    }

    fn write(&self, group: &Group, index: usize, _cell: &str, out: &mut Vec<u8>) {
        match group.class {
            V4 => write_v4(group.rank(index), out),
            V6 => out.extend_from_slice(Ipv6Addr::from_bits(group.wide_rank(index)).to_string().as_bytes()),
            V6_UPPER => out.extend_from_slice(long(group.wide_rank(index)).as_bytes()),
            _ => {
                out.extend_from_slice(b"::ffff:");
                write_v4(group.rank(index), out);
            }
        }
    }

    fn walks(&self, class: u32) -> bool {
        matches!(class, V6 | V6_UPPER)
    }

    fn admits(&self, class: u32, number: u128, _cell: &str) -> bool {
        if class == V6 { number >> 32 != 0xffff } else { Ipv6Addr::from_bits(number).to_string() != long(number) }
    }
}

/// Whether a text is an address in eight groups without leading zeros, its letters upper-case.
fn is_long(cell: &str) -> bool {
    let groups = cell.split(':').count();
    groups == 8 && cell.split(':').all(|group| group == "0" || !group.starts_with('0') && !group.is_empty()) && {
        cell.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F' | b':'))
    }
}

/// An address in eight groups without leading zeros, its letters upper-case.
fn long(number: u128) -> String {
    let groups = Ipv6Addr::from_bits(number).segments().map(|group| format!("{group:X}"));
    groups.join(":")
}

/// A dotted address without leading zeros.
fn parse_v4(cell: &str) -> Option<u32> {
    let mut address = 0u32;
    let (mut octet, mut digits, mut dots) = (0u32, 0, 0);
    for byte in cell.bytes() {
        match byte {
            b'0'..=b'9' if digits == 0 || octet != 0 => {
                octet = octet * 10 + u32::from(byte - b'0');
                digits += 1;
                if octet > 255 {
                    return None;
                }
            }
            b'.' if digits > 0 && dots < 3 => {
                address = address << 8 | octet;
                (octet, digits, dots) = (0, 0, dots + 1);
            }
            _ => return None,
        }
    }
    (dots == 3 && digits > 0).then_some(address << 8 | octet)
}

fn write_v4(address: u64, out: &mut Vec<u8>) {
    for place in [24, 16, 8, 0] {
        let octet = (address >> place & 255) as u8;
        let digits = [octet / 100, octet / 10 % 10, octet % 10].map(|digit| digit + b'0');
        let start = usize::from(octet < 100) + usize::from(octet < 10);
        out.extend_from_slice(digits.get(start..).unwrap_or_default());
        if place > 0 {
            out.push(b'.');
        }
    }
}

const V4: u32 = 0;
const V6: u32 = 1;
const V6_UPPER: u32 = 2;
const V4_MAPPED: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_addresses_have_one_writing() {
        assert_eq!(parse_v4("192.0.2.1"), Some(0xc000_0201));
        assert_eq!(parse_v4("0.0.0.0"), Some(0));
        for text in
            ["", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1..2.3", "1.2.3.", ".1.2.3", "1.2.3.00", "1.2.3.4 "]
        {
            assert_eq!(parse_v4(text), None, "{text}");
        }
    }

    #[test]
    fn the_long_writing_is_told_from_the_canonical_one() {
        assert!(is_long("2001:DB8:0:0:0:0:0:1"));
        assert!(is_long("2001:470:0:0:0:0:0:1"));
        for text in ["2001:db8:0:0:0:0:0:1", "2001:0DB8:0:0:0:0:0:1", "2001:DB8::1", "2001:DB8:0:0:0:0:0:01"] {
            assert!(!is_long(text), "{text}");
        }
        let language = IpLanguage;
        assert!(!language.admits(V6_UPPER, 0x2001_0001_0001_0001_0001_0001_0001_0001, ""));
        assert!(language.admits(V6_UPPER, 0x2001_0001_0000_0000_0001_0001_0001_0001, ""));
        assert!(!language.admits(V6, 0xffff_c000_0201, ""));
        assert!(language.admits(V6, 0xc000_0201, ""));
    }
}
