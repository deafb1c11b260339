//! The standard library: every function declared once, in a small file of its family.
//!
//! A [`Declaration`] holds a function's name, signature, documentation, executed examples and body; `#shared`,
//! checks of arguments, documentation and completion all read it. Names that are documented but not declared
//! are known too: calling them raises an error that says so.

mod binary;
mod binary_format;
mod construct;
pub mod conversion;
mod database;
#[cfg(test)]
mod declaration_tests;
mod documents;
mod file;
mod geography;
mod lines;
mod list;
mod logical;
mod named_types;
mod number;
mod odata;
mod record;
mod registry;
mod replacer;
mod splitter;
mod table;
mod temporal;
mod text;
mod unavailable;
mod value;
mod web;

pub use crate::criteria;
pub use registry::{
    Body, Declaration, Example, Library, declarations, example, lacking, native, parameters, standard,
    unavailable_reason,
};

/// The tables of declarations, one for each family.
const FAMILIES: &[&[Declaration]] = &[
    construct::FUNCTIONS,
    binary::FUNCTIONS,
    binary_format::FUNCTIONS,
    database::FUNCTIONS,
    #[cfg(feature = "postgres")]
    database::SERVERS,
    documents::FUNCTIONS,
    #[cfg(feature = "excel")]
    documents::excel::FUNCTIONS,
    #[cfg(feature = "parquet")]
    documents::delta::FUNCTIONS,
    #[cfg(feature = "parquet")]
    documents::parquet::FUNCTIONS,
    file::FUNCTIONS,
    geography::FUNCTIONS,
    lines::FUNCTIONS,
    list::aggregate::FUNCTIONS,
    list::change::FUNCTIONS,
    list::choose::FUNCTIONS,
    list::create::FUNCTIONS,
    list::extreme::FUNCTIONS,
    list::fold::FUNCTIONS,
    list::frequency::FUNCTIONS,
    list::measure::FUNCTIONS,
    list::percentile::FUNCTIONS,
    list::ranges::FUNCTIONS,
    list::replace::FUNCTIONS,
    list::search::FUNCTIONS,
    list::sets::FUNCTIONS,
    list::statistics::FUNCTIONS,
    list::transform::FUNCTIONS,
    logical::FUNCTIONS,
    number::arithmetic::FUNCTIONS,
    number::bitwise::FUNCTIONS,
    number::conversion::FUNCTIONS,
    number::random::FUNCTIONS,
    number::rounding::FUNCTIONS,
    number::transcendental::FUNCTIONS,
    record::change::FUNCTIONS,
    record::make::FUNCTIONS,
    record::read::FUNCTIONS,
    replacer::FUNCTIONS,
    splitter::FUNCTIONS,
    temporal::clock::FUNCTIONS,
    temporal::conversion::FUNCTIONS,
    temporal::duration::FUNCTIONS,
    temporal::parts::FUNCTIONS,
    temporal::periods::FUNCTIONS,
    temporal::relative::FUNCTIONS,
    temporal::shift::FUNCTIONS,
    temporal::zone::FUNCTIONS,
    text::FUNCTIONS,
    odata::FUNCTIONS,
    value::arithmetic::FUNCTIONS,
    value::ascribe::FUNCTIONS,
    value::diagnostics::FUNCTIONS,
    value::embedded::FUNCTIONS,
    value::expressions::FUNCTIONS,
    value::facets::FUNCTIONS,
    value::from_text::FUNCTIONS,
    value::function_types::FUNCTIONS,
    value::functions::FUNCTIONS,
    value::item_expressions::FUNCTIONS,
    value::metadata::FUNCTIONS,
    value::queries::FUNCTIONS,
    value::record_types::FUNCTIONS,
    value::table_types::FUNCTIONS,
    value::types::FUNCTIONS,
    web::FUNCTIONS,
    table::columns::FUNCTIONS,
    table::relate::FUNCTIONS,
    table::rows::FUNCTIONS,
];

/// The M sources of the functions written in M, by file name.
const STANDARD: &[(&str, &str)] = &[("DeltaLake", include_str!("../../stdlib/DeltaLake.pq"))];
