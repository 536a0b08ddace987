//! The closed word lists of a policy: each word has one meaning, each meaning one word that is printed.
//!
//! # Promises
//!
//! - What is read, printed, suggested and written into the JSON Schema comes from one table per list.
//!
//! # What this module does not know
//!
//! Where in a policy a word stands, or what is done because of it.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal $(or $alias:literal)*,)+ }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Every accepted word; of several words for one meaning the first is the one that is printed.
            pub const WORDS: &'static [&'static str] = &[$($word, $($alias,)*)+];

            /// The word that is printed.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The meaning of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word $(| $alias)* => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "enum": Self::WORDS })
            }
        }
    };
}

words!(
    /// How the files of a dataset are compressed as a whole.
    Compression {
        /// RFC 1952.
        Gzip = "gzip",
        /// Not at all.
        None = "none",
    }
);

words!(
    /// What the bytes of a text file mean. Every word is a label of the WHATWG Encoding Standard.
    Encoding {
        /// Big5 with its Hong Kong extension.
        Big5 = "big5",
        /// EUC-JP.
        EucJp = "euc-jp",
        /// EUC-KR, as Windows-949 extends it.
        EucKr = "euc-kr",
        /// GB 18030; reads GBK and GB 2312 too.
        Gb18030 = "gb18030" or "gbk",
        /// ISO 8859-2.
        Iso8859_2 = "iso-8859-2",
        /// ISO 8859-15.
        Iso8859_15 = "iso-8859-15",
        /// Shift_JIS, as Windows-31J extends it.
        ShiftJis = "shift_jis",
        /// UTF-16, big end first.
        Utf16Be = "utf-16be",
        /// UTF-16, little end first.
        Utf16Le = "utf-16le",
        /// UTF-8.
        Utf8 = "utf-8" or "utf8",
        /// Windows-1250.
        Windows1250 = "windows-1250",
        /// Windows-1251.
        Windows1251 = "windows-1251",
        /// Windows-1252, which the WHATWG Encoding Standard reads ISO 8859-1 as.
        Windows1252 = "windows-1252" or "latin1" or "iso-8859-1",
    }
);

words!(
    /// The file format of a dataset, where the file's name does not say it.
    FileFormat {
        /// Delimited text.
        Csv = "csv",
        /// Arrow IPC, file or stream.
        Ipc = "ipc",
        /// One JSON object a line.
        Ndjson = "ndjson",
        /// Apache Parquet.
        Parquet = "parquet",
    }
);

words!(
    /// What becomes of a cell that its column's format cannot hold.
    OnMisfit {
        /// The run stops and nothing is published.
        Fail = "fail",
        /// The cell becomes null.
        Null = "null",
        /// The cell becomes a pseudonym, recognisable by its prefix.
        Pseudonym = "pseudonym",
        /// The cell is sealed, recognisable by its prefix.
        Seal = "seal",
    }
);

words!(
    /// How a pseudonym is written.
    PseudonymEncoding {
        /// 26 characters of RFC 4648 base 32, lower-case, without padding.
        Base32 = "base32",
        /// 32 hexadecimal digits, lower-case.
        Hex = "hex",
        /// A native integer from 0 to 2^63 - 1.
        Int64 = "int64",
        /// A UUID of version 8.
        Uuid = "uuid",
    }
);

words!(
    /// What is done where a message space is too small for FF1.
    SmallSpace {
        /// A keyed permutation table takes the place of FF1.
        Permute = "permute",
        /// The plan, or the cell, is refused.
        Refuse = "refuse",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_something_and_prints_as_a_word() {
        for word in Encoding::WORDS {
            let meaning = Encoding::from_word(word).unwrap();
            assert!(Encoding::WORDS.contains(&meaning.word()), "{word}");
            assert_eq!(Encoding::from_word(meaning.word()), Some(meaning));
        }
        assert_eq!(Encoding::from_word("UTF-8"), None);
    }
}
