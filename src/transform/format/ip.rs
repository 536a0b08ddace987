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
        let address: Ipv6Addr = Some(cell)
            .filter(|cell| cell.len() <= LONGEST && cell.contains(':'))
            .and_then(|cell| cell.parse().ok())
            .ok_or(Unfit::Shape)?;
        let class = if is_canonical(address.to_bits(), cell) {
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
            V6 => write_canonical(group.wide_rank(index), out),
            V6_UPPER => write_long(group.wide_rank(index), out),
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
        if class == V6 { !is_mapped(number) } else { is_told(number) }
    }
}

/// Whether a text is an address in eight groups without leading zeros, its letters upper-case.
fn is_long(cell: &str) -> bool {
    let groups = cell.split(':').count();
    groups == 8 && cell.split(':').all(|group| group == "0" || !group.starts_with('0') && !group.is_empty()) && {
        cell.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F' | b':'))
    }
}

/// Whether an address is written with a dotted one at its end.
const fn is_mapped(number: u128) -> bool {
    number >> 32 == 0xffff
}

fn is_canonical(number: u128, cell: &str) -> bool {
    let mut canonical = Vec::with_capacity(LONGEST);
    write_canonical(number, &mut canonical);
    !is_mapped(number) && canonical == cell.as_bytes()
}

/// Whether the long writing of an address is not the canonical one: it has a letter, or zeros that would be cut.
fn is_told(number: u128) -> bool {
    // A digit from `A` on has its highest bit set and one of the two below it.
    let letters = number & (number << 1 | number << 2) & (u128::MAX / 15 * 8);
    let groups = Ipv6Addr::from_bits(number).segments();
    letters != 0 || groups.windows(2).any(|pair| pair == [0, 0])
}

/// An address as RFC 5952 writes it, if it is not mapped: the first of the longest runs of zero groups is cut.
fn write_canonical(number: u128, out: &mut Vec<u8>) {
    let groups = Ipv6Addr::from_bits(number).segments();
    let (mut cut, mut run) = (0..0, 0);
    for (place, group) in (1..).zip(groups) {
        run = if group == 0 { run + 1 } else { 0 };
        if run > cut.len() {
            cut = place - run..place;
        }
    }
    if cut.len() < 2 {
        cut = 8..8;
    }
    for (place, group) in groups.into_iter().enumerate() {
        if place == cut.start {
            out.extend_from_slice(b"::");
        } else if !cut.contains(&place) && place != cut.end && place > 0 {
            out.push(b':');
        }
        if !cut.contains(&place) {
            write_group(group, b'a', out);
        }
    }
}

/// An address in eight groups without leading zeros, its letters upper-case.
fn write_long(number: u128, out: &mut Vec<u8>) {
    for (place, group) in Ipv6Addr::from_bits(number).segments().into_iter().enumerate() {
        if place > 0 {
            out.push(b':');
        }
        write_group(group, b'A', out);
    }
}

/// A group without leading zeros; `ten` is the letter of the digit 10.
fn write_group(group: u16, ten: u8, out: &mut Vec<u8>) {
    let digits = [group >> 12, group >> 8 & 15, group >> 4 & 15, group & 15].map(|digit| {
        // A hexadecimal digit fits into a byte.
        let digit = digit as u8;
        if digit < 10 { b'0' + digit } else { ten + digit - 10 }
    });
    let zeros = (group.leading_zeros() as usize / 4).min(3);
    out.extend_from_slice(digits.get(zeros..).unwrap_or_default());
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

/// Eight groups of four digits.
const LONGEST: usize = 39;

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

    #[test]
    fn every_pattern_of_zero_groups_is_written_as_the_standard_library_does() {
        for pattern in 0u32..256 {
            for value in [1, 0x10, 0xabc, 0xf00d, 0x1234, 0xffff] {
                let groups: [u16; 8] = std::array::from_fn(|place| if pattern >> place & 1 == 1 { value } else { 0 });
                let address = Ipv6Addr::from(groups);
                let number = address.to_bits();
                let (mut canonical, mut long) = (Vec::new(), Vec::new());
                write_canonical(number, &mut canonical);
                write_long(number, &mut long);
                let text = address.to_string();
                assert_eq!(long, groups.map(|group| format!("{group:X}")).join(":").into_bytes());
                assert_eq!(is_mapped(number), text.contains('.'));
                assert_eq!(is_canonical(number, &text), !is_mapped(number), "{text}");
                assert_eq!(is_told(number), text.as_bytes() != long, "{text}");
                assert!(is_mapped(number) || text.as_bytes() == canonical, "{text}");
            }
        }
        assert!(!is_canonical(0xffff_c000_0201, "::ffff:c000:201"));
    }
}
