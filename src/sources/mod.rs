//! Readers of documents and databases: they turn bytes and files that the host grants into tables and values.
//!
//! They know the formats and how to read them lazily; which M function asks, and with which arguments, they do
//! not know: that is in the library.

mod ahead;
pub mod bytes;
pub mod csv;
pub mod encoding;
pub mod escape;
pub mod html;
pub mod json;
pub mod lines;
pub mod odata;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod sqlite;
mod text_reader;
pub mod web;
#[cfg(feature = "excel")]
pub mod workbook;
pub mod xml;

#[cfg(feature = "postgres")]
pub mod postgres;
