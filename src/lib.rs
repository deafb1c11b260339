//! pqm: Power Query M, everywhere. An embeddable engine for Power Query's M language.
//!
//! [`Engine`] compiles programs, [`Query`] evaluates them; values are [`value::Value`]s.

pub mod check;
pub mod criteria;
pub mod culture;
pub mod destinations;
pub mod diagnostics;
mod engine;
pub mod eval;
pub mod format;
pub mod host;
pub mod ide;
pub mod ir;
pub mod library;
pub mod project;
pub mod repl;
pub mod resolve;
pub mod sources;
pub mod syntax;
pub mod table;
pub mod testing;
pub mod text;
pub mod value;

pub use engine::{
    BatchStream, Engine, Evaluated, ItemStream, Query, RecordBatchStream, Row, RowStream, Run, example_fault,
    from_json, to_json,
};

/// The programs of the page on embedding, run as tests.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../docs/embedding.md")]
pub struct EmbeddingPage;
