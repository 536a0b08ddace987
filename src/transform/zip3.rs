//! The first three digits of US postal codes, and which of them stand for too few people to be shown.
//!
//! # What this module does not know
//!
//! The newest census: the list is the one that the guidance names.
//!
//! SPEC: HHS, Guidance on De-identification of Protected Health Information, 26 November 2012, on 45 CFR
//! 164.514(b)(2)(i)(B): three-digit areas of 20,000 people or fewer in the Census of 2000 become 000.

/// The three digits that stand for a postal code of five or nine digits, or for its first three digits.
pub(crate) fn zip3(cell: &str) -> Option<&str> {
    let bytes = cell.as_bytes();
    let parted = bytes.len() == 10 && bytes.get(5) == Some(&b'-');
    let digits = bytes.iter().enumerate().all(|(place, byte)| byte.is_ascii_digit() || (parted && place == 5));
    if !digits || !(matches!(bytes.len(), 3 | 5 | 9) || parted) {
        return None;
    }
    let area = cell.get(..3)?;
    Some(if FEW_PEOPLE.contains(&area) { "000" } else { area })
}

const FEW_PEOPLE: [&str; 17] = [
    "036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878", "879", "884", "890",
    "893",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_of_few_people_become_000() {
        for (cell, area) in
            [("02138", "021"), ("02138-1234", "021"), ("036", "000"), ("893012345", "000"), ("00000", "000")]
        {
            assert_eq!(zip3(cell), Some(area));
        }
        for cell in ["", "2138", "0213", "021380", "02138 1234", "SW1A 1AA", "02138-12", "9175x"] {
            assert_eq!(zip3(cell), None, "{cell}");
        }
    }
}
