//! pqm: Power Query M, everywhere. An embeddable engine for Power Query's M language.

pub mod eval;
pub mod host;
pub mod ir;
pub mod resolve;
pub mod culture;
pub mod destinations;
pub mod project;
pub mod syntax;
pub mod table;
pub mod text;
pub mod value;
