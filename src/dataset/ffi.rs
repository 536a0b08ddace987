//! The Arrow C data interface between arrow-rs and Polars: columns change hands without a copy.
//!
//! # Promises
//!
//! - Both structures are the ones of the C data interface; their sizes are compared at compile time.
//! - Ownership moves: the giving side forgets what the taking side will release.
//!
//! # What this module does not know
//!
//! What a column is for.
//!
//! SPEC: <https://arrow.apache.org/docs/format/CDataInterface.html>
#![expect(unsafe_code, reason = "the one door of the C data interface; each block states its invariant")]

use arrow_array::{ArrayRef, ffi::FFI_ArrowArray, make_array};
use arrow_schema::{DataType, Field, ffi::FFI_ArrowSchema};
use polars_arrow::{
    array::Array as PolarsArray,
    datatypes::Field as PolarsField,
    ffi::{ArrowArray, ArrowSchema, export_array_to_c, export_field_to_c, import_array_from_c, import_field_from_c},
};

const _: () = assert!(size_of::<FFI_ArrowArray>() == size_of::<ArrowArray>());
const _: () = assert!(align_of::<FFI_ArrowArray>() == align_of::<ArrowArray>());
const _: () = assert!(size_of::<FFI_ArrowSchema>() == size_of::<ArrowSchema>());
const _: () = assert!(align_of::<FFI_ArrowSchema>() == align_of::<ArrowSchema>());

/// A type that one side has and the other has not.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the column's type does not exist on the other side of the C data interface")]
pub(super) struct NoSuchType;

/// Polars column chunk to arrow-rs array.
pub(super) fn from_polars(array: Box<dyn PolarsArray>, field: &PolarsField) -> Result<(ArrayRef, Field), NoSuchType> {
    let schema = export_field_to_c(field);
    // SAFETY: both types are `#[repr(C)]` forms of `struct ArrowSchema` of the C data interface (sizes and alignment are
    // asserted above); the transmute moves the value, so its release callback runs exactly once, on the arrow-rs side.
    let schema: FFI_ArrowSchema = unsafe { std::mem::transmute(schema) };
    let field = Field::try_from(&schema).map_err(|_| NoSuchType)?;
    let array = export_array_to_c(array);
    // SAFETY: as above, for `struct ArrowArray`.
    let array: FFI_ArrowArray = unsafe { std::mem::transmute(array) };
    // SAFETY: `array` was exported by Polars for exactly this field, and is not used again on that side.
    let data = unsafe { arrow_array::ffi::from_ffi_and_data_type(array, field.data_type().clone()) };
    Ok((make_array(data.map_err(|_| NoSuchType)?), field))
}

/// arrow-rs array to Polars column chunk.
pub(super) fn to_polars(name: &str, array: &ArrayRef) -> Result<Box<dyn PolarsArray>, NoSuchType> {
    let field = Field::new(name, array.data_type().clone(), true);
    let schema = FFI_ArrowSchema::try_from(&field).map_err(|_| NoSuchType)?;
    // SAFETY: both types are `#[repr(C)]` forms of `struct ArrowSchema` (sizes and alignment asserted above); moved once.
    let schema: ArrowSchema = unsafe { std::mem::transmute(schema) };
    // SAFETY: the schema was just exported by arrow-rs and is valid until it is dropped at the end of this function.
    let field = unsafe { import_field_from_c(&schema) }.map_err(|_| NoSuchType)?;
    let exported = FFI_ArrowArray::new(&array.to_data());
    // SAFETY: as above, for `struct ArrowArray`.
    let exported: ArrowArray = unsafe { std::mem::transmute(exported) };
    // SAFETY: `exported` was made by arrow-rs from an array of exactly this type; ownership passes to Polars.
    unsafe { import_array_from_c(exported, field.dtype) }.map_err(|_| NoSuchType)
}

/// Whether a type can cross at all; a cheap question before any data moves.
pub(super) fn crosses(data_type: &DataType) -> bool {
    FFI_ArrowSchema::try_from(data_type).is_ok()
}
