//! The names that rooms hand to one another: validated once, here, and never again.
//!
//! # Promises
//!
//! - A name that exists is well formed: short, printable, safe as part of a file name where it becomes one.
//! - The text of a name is never taken from a cell.
//!
//! # What this module does not know
//!
//! What is done to a dataset, a column or a key that bears the name.

use std::{fmt, str::FromStr};

use uuid::Uuid;

/// Longest accepted name, in bytes.
pub const MAX_NAME: usize = 128;

/// Why a text is not a name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidName {
    /// A character outside the allowed set, at this position (in characters).
    #[error("the character at position {position} is not allowed; use letters, digits, `-`, `_` and `.`")]
    Character {
        /// Position in characters, counted from 0.
        position: usize,
    },
    /// An empty text, or an empty segment of a path.
    #[error("a name must not be empty")]
    Empty,
    /// Starts with a character that would hide or confuse a file.
    #[error("a name starts with a letter, a digit or `_`")]
    Start,
    /// Longer than [`MAX_NAME`].
    #[error("a name has at most {MAX_NAME} bytes")]
    TooLong,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                check_name(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A dataset of a policy; also the name of its output folder.
    DatasetName
);
name!(
    /// The scope in which equal cells give equal tokens: the join scope.
    Domain
);
name!(
    /// A keyset of the keystore.
    KeysetName
);

impl Domain {
    /// The domain of a column whose rule names none: `own:DATASET:PATH`.
    ///
    /// No name of a policy has a colon, so such a domain is never a named one; a dataset's name has none either, so
    /// two columns never share one.
    pub fn of_column(dataset: &DatasetName, path: &ColumnPath) -> Self {
        Self(format!("own:{dataset}:{path}"))
    }
}

/// The number of a key within its keyset, counted from 1.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyVersion(pub u32);

impl fmt::Display for KeyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One execution of `run`: a UUID of version 7.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RunId(Uuid);

impl RunId {
    /// A new identity from the clock and the system's random bytes.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

/// One step of a [`ColumnPath`].
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Segment {
    /// A column, or a field of a struct.
    Field(String),
    /// The items of a list.
    Items,
}

/// The place of a leaf in a schema: `email`, `context.ip`, `items[].sku`.
///
/// A dot or bracket that belongs to a field's own name is written with a backslash before it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ColumnPath(Vec<Segment>);

impl ColumnPath {
    /// The path of a top-level column, whatever characters its name has.
    pub fn column(name: &str) -> Self {
        Self(vec![Segment::Field(name.to_owned())])
    }

    /// The path of a field below this one.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Field(name.to_owned()));
        Self(segments)
    }

    /// The path of the items of the list at this path.
    #[must_use]
    pub fn items(&self) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Items);
        Self(segments)
    }

    /// The steps from the top.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The name of the top-level column.
    pub fn top(&self) -> &str {
        match self.0.first() {
            Some(Segment::Field(name)) => name,
            _ => "",
        }
    }

    /// Whether `other` is this path or lies below it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for ColumnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Items => f.write_str("[]")?,
                Segment::Field(name) => {
                    if index > 0 {
                        f.write_str(".")?;
                    }
                    for character in name.chars() {
                        if matches!(character, '.' | '[' | ']' | '\\') {
                            f.write_str("\\")?;
                        }
                        fmt::Write::write_char(f, character)?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl FromStr for ColumnPath {
    type Err = InvalidName;

    /// An empty text is the column whose header is empty, as spreadsheets write it for a row index.
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let mut segments = Vec::new();
        let mut name = String::new();
        let mut after_items = false;
        let mut characters = text.chars().enumerate().peekable();
        while let Some((position, character)) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some((_, escaped)) => name.push(escaped),
                    None => return Err(InvalidName::Character { position }),
                },
                '.' => {
                    if !after_items {
                        segments.push(Segment::Field(std::mem::take(&mut name)));
                    }
                    if characters.peek().is_none() {
                        return Err(InvalidName::Empty);
                    }
                    after_items = false;
                }
                '[' => {
                    if !matches!(characters.next(), Some((_, ']'))) {
                        return Err(InvalidName::Character { position });
                    }
                    if !after_items {
                        segments.push(Segment::Field(std::mem::take(&mut name)));
                    }
                    segments.push(Segment::Items);
                    after_items = true;
                }
                _ if after_items => return Err(InvalidName::Character { position }),
                _ => name.push(character),
            }
        }
        if !after_items {
            segments.push(Segment::Field(name));
        }
        Ok(Self(segments))
    }
}

fn check_name(text: &str) -> Result<(), InvalidName> {
    if text.len() > MAX_NAME {
        return Err(InvalidName::TooLong);
    }
    let first = text.chars().next().ok_or(InvalidName::Empty)?;
    if !(first.is_ascii_alphanumeric() || first == '_') {
        return Err(InvalidName::Start);
    }
    match text.chars().position(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
        Some(position) => Err(InvalidName::Character { position }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_its_own_text() {
        for text in ["email", "context.ip", "items[].sku", "tags[]", "a\\.b.c", "m[][].x", "user_id:token", ""] {
            let path: ColumnPath = text.parse().unwrap();
            assert_eq!(path.to_string(), text);
            assert_eq!(path.to_string().parse::<ColumnPath>().unwrap(), path);
        }
        assert_eq!("a[].b".parse::<ColumnPath>().unwrap(), ColumnPath::column("a").items().field("b"));
    }

    #[test]
    fn half_a_path_is_refused() {
        for text in ["a.", "a[", "a[x]", "a[]b", "a\\"] {
            assert!(text.parse::<ColumnPath>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_dataset_name_cannot_leave_its_folder() {
        for text in ["", "..", ".hidden", "a/b", "a\\b", "-x", "ä"] {
            assert!(text.parse::<DatasetName>().is_err(), "{text}");
        }
        assert!("users_2024-01".parse::<DatasetName>().is_ok());
    }
    #[test]
    fn the_own_domain_of_a_column_is_nobody_elses() {
        let own = |dataset: &str, path: &str| Domain::of_column(&dataset.parse().unwrap(), &path.parse().unwrap());
        assert_eq!(own("users", "context.ip").as_str(), "own:users:context.ip");
        assert_ne!(own("users", "context.ip"), own("users", "context\\.ip"));
        assert_ne!(own("a", "b:c"), own("a:b".replace(':', ".").as_str(), "c"));
        assert!("own:users:email".parse::<Domain>().is_err());
    }
}
