//! pqm: Power Query M, everywhere. An embeddable engine for Power Query's M language.

pub mod culture;
pub mod syntax;
pub mod text;
pub mod value;
