//! pqm: Power Query M, everywhere. An embeddable engine for Power Query's M language.

pub mod destinations;
pub mod project;
pub mod syntax;
pub mod text;
pub mod value;
