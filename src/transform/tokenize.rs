//! Format-preserving tokens: a cell in, a token of the same format and class out.
//!
//! A column is read cell by cell into numbers, sorted by class; each class is enciphered in one go; the numbers are
//! written back as tokens, in the order of the rows.
//!
//! # Promises
//!
//! - Equal cells give equal tokens within one domain, format and key version, and unrelated ones elsewhere.
//! - A token is of its cell's class, and no two cells have one token. Nulls stay null.
//! - A misfit is never passed through: the rule's [`OnMisfit`] decides.
//!
//! # What this module does not know
//!
//! Where its key came from, which file the column belongs to, or what the rule's author meant.
//!
//! SPEC: NIST SP 800-38G, FF1; message space at least 10^6 (Revision 1). Bytes of a token: `schemas/token.v1.md`.

use std::{cell::RefCell, sync::Arc};

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, LargeStringArray, PrimitiveArray,
    cast::AsArray,
    types::{
        Date32Type, Date64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
        UInt64Type,
    },
};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use crate::transform::{
    cipher::{Ciphers, ClassCipher},
    class::{FLOOR, Width},
    column::{Applied, ColumnTransform, private::Sealed},
    error::{TransformError, row_place},
    format::{
        AlphabetLanguage, AlphanumericLanguage, DateLanguage, DigitsLanguage, EmailLanguage, Format, IntegerLanguage,
        IpLanguage, Language, Numbers, PanLanguage, PhoneLanguage, Size, SsnLanguage, UuidLanguage, is_text,
    },
    lanes::{Group, Lanes, Unfit},
    misfit::Treatment,
    options::{Direction, DomainKeys, OnMisfit, SmallSpace},
    text::{Worked, over_text},
};

/// Puts a reversible token of the same format in place of each cell, or the cell back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tokenize {
    /// Which way.
    pub direction: Direction,
    /// The shape of cells and tokens.
    pub format: Format,
    /// What becomes of cells of another shape.
    pub on_misfit: OnMisfit,
    /// What becomes of message spaces below 10^6.
    pub small_space: SmallSpace,
}

impl Tokenize {
    /// Binds to a column's type and to keys.
    ///
    /// # Errors
    ///
    /// A type that cannot hold the format, a format that is too small as a whole, or a treatment of misfits that the
    /// type cannot hold.
    pub fn bind(&self, input: &DataType, keys: DomainKeys<'_>) -> Result<Box<dyn ColumnTransform>, TransformError> {
        let format = self.format.id();
        if !self.format.accepts(input) {
            return Err(TransformError::ColumnType {
                column: None,
                input: input.to_string(),
                takes: self.format.takes().to_owned(),
                transform: format,
            });
        }
        for space in self.format.message_spaces(input) {
            if let Size::Exact(size @ ..FLOOR) = space.size
                && (self.small_space == SmallSpace::Refuse || size < 2)
            {
                return Err(TransformError::SmallMessageSpace { format, size });
            }
        }
        let bound = Bound {
            ciphers: Ciphers::new(format, keys, self.small_space),
            direction: self.direction,
            input: input.clone(),
            treatment: Treatment::new(self.on_misfit, input, keys)?,
        };
        Ok(match self.format.clone() {
            Format::Alphabet(alphabet) => text(bound, AlphabetLanguage(alphabet)),
            Format::Alphanumeric => text(bound, AlphanumericLanguage),
            Format::Date(range) => text_or_numbers(bound, DateLanguage(range)),
            Format::Digits(kept) => text(bound, DigitsLanguage(kept)),
            Format::Email { keep_domain } => text(bound, EmailLanguage { keep_domain }),
            Format::Integer(range) => text_or_numbers(bound, IntegerLanguage(range)),
            Format::Ip => text(bound, IpLanguage),
            Format::Pan(kept) => text(bound, PanLanguage(kept)),
            Format::Phone => text(bound, PhoneLanguage),
            Format::UsSsn => text(bound, SsnLanguage),
            Format::Uuid => text(bound, UuidLanguage::new()),
        })
    }
}

fn text<L: Language + 'static>(bound: Bound, language: L) -> Box<dyn ColumnTransform> {
    Box::new(TextTokenizer { bound, language })
}

fn text_or_numbers<L: Numbers + 'static>(bound: Bound, language: L) -> Box<dyn ColumnTransform> {
    if is_text(&bound.input) { text(bound, language) } else { Box::new(NumberTokenizer { bound, language }) }
}

/// What all bound formats share.
struct Bound {
    ciphers: Ciphers,
    direction: Direction,
    input: DataType,
    treatment: Treatment,
}

impl Bound {
    /// Enciphers all groups. `cell` gives the text of a row, for classes that walk.
    fn encipher<'t>(
        &self,
        language: &dyn Language,
        ciphers: &[Arc<ClassCipher>],
        groups: &mut [Group],
        cell: impl Fn(u32) -> &'t str,
    ) -> Result<(), TransformError> {
        for (group, cipher) in groups.iter_mut().zip(ciphers) {
            let class = group.class;
            let refused = |_| self.ciphers.defect(&language.class(class).label);
            cipher.run(self.direction, group).map_err(refused)?;
            if !language.walks(class) {
                continue;
            }
            for (index, row) in group.rows.iter().enumerate() {
                let Some(rank) = group.wide.get_mut(index) else { continue };
                let context = group.contexts.get(index).map(std::slice::from_ref);
                // Stragglers are rare: less than one in 10^6 cells.
                while !language.admits(class, *rank, cell(*row)) {
                    cipher.run_wide(self.direction, std::slice::from_mut(rank), context).map_err(refused)?;
                }
            }
        }
        Ok(())
    }
}

/// The classes that a batch has met, in the order of their groups.
struct Met<'b> {
    bound: &'b Bound,
    ciphers: RefCell<Vec<Arc<ClassCipher>>>,
    failure: RefCell<Option<TransformError>>,
    language: &'b dyn Language,
}

impl<'b> Met<'b> {
    fn new(bound: &'b Bound, language: &'b dyn Language) -> Self {
        Self { bound, ciphers: RefCell::default(), failure: RefCell::default(), language }
    }

    /// In what the numbers of a class are kept; `None` where FF1 is refused or no cipher can be made.
    fn meet(&self, number: u32) -> Option<Width> {
        let class = self.language.class(number);
        match self.bound.ciphers.of(number, &class) {
            Ok(Some(cipher)) => {
                self.ciphers.borrow_mut().push(cipher);
                Some(class.space.width())
            }
            Ok(None) => None,
            Err(failure) => {
                self.failure.replace(Some(failure));
                None
            }
        }
    }

    /// Tells a misfit from a cipher that could not be made.
    fn misfit(&self, unfit: Unfit, row: usize, length: usize) -> Result<(), TransformError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if !self.bound.treatment.fails(self.bound.direction) {
            return Ok(());
        }
        let (format, place) = (self.language.id(), row_place(row));
        Err(match unfit {
            Unfit::Shape => TransformError::Misfit { format, length, needs: self.language.needs(), place },
            Unfit::Short => TransformError::MessageTooShort { format, length, place },
        })
    }
}

/// A format bound to a text column.
struct TextTokenizer<L> {
    bound: Bound,
    language: L,
}

impl<L: Language> TextTokenizer<L> {
    fn work(&self, cells: &LargeStringArray) -> Result<Worked, TransformError> {
        let Self { bound, language } = self;
        let met = Met::new(bound, language);
        let meet = |class| met.meet(class);
        let mut lanes = Lanes::new(language.classes(), cells.len(), &meet);
        let mut misfits = Vec::new();
        // What treated misfits were, on the way back, with their rows.
        let mut restored = Vec::new();
        for (row, cell) in cells.iter().enumerate() {
            let Some(cell) = cell else {
                lanes.skip();
                continue;
            };
            if bound.direction == Direction::Detokenize
                && let Some(text) = bound.treatment.restore(cell, row)?
            {
                restored.push(text);
                misfits.push(row);
                lanes.skip();
            } else if let Err(unfit) = language.read(cell, &mut lanes) {
                met.misfit(unfit, row, cell.chars().count())?;
                misfits.push(row);
                lanes.skip();
            }
        }
        let (mut groups, places) = lanes.finish();
        bound.encipher(language, &met.ciphers.borrow(), &mut groups, |row| cells.value(row as usize))?;
        let cells = self.write(cells, &groups, &places, restored)?;
        Ok(Worked { cells: Arc::new(cells), misfits })
    }

    fn write(
        &self,
        cells: &LargeStringArray,
        groups: &[Group],
        places: &[u32],
        restored: Vec<String>,
    ) -> Result<LargeStringArray, TransformError> {
        let too_large = || TransformError::TooLarge { column: None };
        let offsets = cells.value_offsets();
        let bytes = offsets.last().zip(offsets.first()).map_or(0, |(end, start)| end - start);
        let mut out = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default());
        let mut ends = Vec::with_capacity(places.len() + 1);
        ends.push(0i64);
        let mut nulled = Vec::new();
        let mut next = vec![0; groups.len()];
        let mut restored = restored.into_iter();
        for (row, place) in places.iter().enumerate() {
            if let (Some(group), Some(index)) = (groups.get(*place as usize), next.get_mut(*place as usize)) {
                self.language.write(group, *index, cells.value(row), &mut out);
                *index += 1;
            } else if cells.is_null(row) {
                // A null has no bytes.
            } else if self.bound.direction == Direction::Detokenize {
                out.extend_from_slice(restored.next().unwrap_or_default().as_bytes());
            } else if !self.bound.treatment.write(cells.value(row), &mut out)? {
                nulled.push(row);
            }
            ends.push(i64::try_from(out.len()).map_err(|_| too_large())?);
        }
        let nulls = without(cells.nulls(), cells.len(), &nulled);
        LargeStringArray::try_new(OffsetBuffer::new(ScalarBuffer::from(ends)), out.into(), nulls)
            .map_err(|_| TransformError::Schema)
    }
}

impl<L: Language> Sealed for TextTokenizer<L> {}

impl<L: Language> ColumnTransform for TextTokenizer<L> {
    fn direction(&self) -> Direction {
        self.bound.direction
    }

    fn input_type(&self) -> &DataType {
        &self.bound.input
    }

    fn makes_nulls(&self) -> bool {
        self.bound.treatment.makes_nulls()
    }

    fn output_type(&self) -> &DataType {
        &self.bound.input
    }

    fn apply(&self, column: &ArrayRef, first_row: u64) -> Result<Applied, TransformError> {
        over_text(column, &self.bound.input, first_row, |cells| self.work(cells))
    }
}

/// A format bound to a column of numbers.
struct NumberTokenizer<L> {
    bound: Bound,
    language: L,
}

impl<L: Numbers> NumberTokenizer<L> {
    /// `scale` is what one number of the format is in the column: milliseconds of a day in `Date64`, else 1.
    fn work<T: ArrowPrimitiveType>(&self, column: &ArrayRef, scale: i128) -> Result<Applied, TransformError>
    where
        T::Native: Into<i128> + TryFrom<i128>,
    {
        let Self { bound, language } = self;
        let cells: &PrimitiveArray<T> = column.as_primitive_opt().ok_or(TransformError::Schema)?;
        let met = Met::new(bound, language);
        let meet = |class| met.meet(class);
        let mut lanes = Lanes::new(language.classes(), cells.len(), &meet);
        let mut nulled = Vec::new();
        for (row, cell) in cells.iter().enumerate() {
            let Some(cell) = cell else {
                lanes.skip();
                continue;
            };
            let cell: i128 = cell.into();
            let read =
                if cell % scale == 0 { language.read_number(cell / scale, &mut lanes) } else { Err(Unfit::Shape) };
            if let Err(unfit) = read {
                met.misfit(unfit, row, cell.to_string().len())?;
                nulled.push(row);
                lanes.skip();
            }
        }
        let (mut groups, places) = lanes.finish();
        bound.encipher(language, &met.ciphers.borrow(), &mut groups, |_| "")?;
        let mut next = vec![0; groups.len()];
        let mut tokens = Vec::with_capacity(places.len());
        for place in places {
            let token = match (groups.get(place as usize), next.get_mut(place as usize)) {
                (Some(group), Some(index)) => {
                    *index += 1;
                    language.write_number(group, *index - 1) * scale
                }
                _ => 0,
            };
            // A class is closed under the column's type, so its tokens fit.
            tokens.push(T::Native::try_from(token).map_err(|_| TransformError::Schema)?);
        }
        let nulls = without(cells.nulls(), cells.len(), &nulled);
        let tokens =
            PrimitiveArray::<T>::try_new(ScalarBuffer::from(tokens), nulls).map_err(|_| TransformError::Schema)?;
        Ok(Applied { column: Arc::new(tokens), misfits: nulled.len() as u64 })
    }
}

impl<L: Numbers> Sealed for NumberTokenizer<L> {}

impl<L: Numbers> ColumnTransform for NumberTokenizer<L> {
    fn direction(&self) -> Direction {
        self.bound.direction
    }

    fn input_type(&self) -> &DataType {
        &self.bound.input
    }

    fn makes_nulls(&self) -> bool {
        self.bound.treatment.makes_nulls()
    }

    fn output_type(&self) -> &DataType {
        &self.bound.input
    }

    fn apply(&self, column: &ArrayRef, first_row: u64) -> Result<Applied, TransformError> {
        let applied = match &self.bound.input {
            DataType::Date32 => self.work::<Date32Type>(column, 1),
            DataType::Date64 => self.work::<Date64Type>(column, MILLISECONDS),
            DataType::Int8 => self.work::<Int8Type>(column, 1),
            DataType::Int16 => self.work::<Int16Type>(column, 1),
            DataType::Int32 => self.work::<Int32Type>(column, 1),
            DataType::Int64 => self.work::<Int64Type>(column, 1),
            DataType::UInt8 => self.work::<UInt8Type>(column, 1),
            DataType::UInt16 => self.work::<UInt16Type>(column, 1),
            DataType::UInt32 => self.work::<UInt32Type>(column, 1),
            DataType::UInt64 => self.work::<UInt64Type>(column, 1),
            _ => Err(TransformError::Schema),
        };
        applied.map_err(|error| error.map_row(|row| first_row + row))
    }
}

/// The nulls of a column of `length` rows with some rows more.
fn without(nulls: Option<&NullBuffer>, length: usize, nulled: &[usize]) -> Option<NullBuffer> {
    if nulled.is_empty() {
        return nulls.cloned();
    }
    let mut nulled = nulled.iter().copied().peekable();
    Some(NullBuffer::from_iter(
        (0..length).map(|row| nulled.next_if_eq(&row).is_none() && nulls.is_none_or(|nulls| nulls.is_valid(row))),
    ))
}

/// Milliseconds of a day.
const MILLISECONDS: i128 = 86_400_000;
