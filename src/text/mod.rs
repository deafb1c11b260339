//! Source texts and places in them: [`Source`], 8-byte [`Span`]s and the line index.
//!
//! Knows nothing of M. Everything above speaks of places only through [`Span`].

mod source;
mod span;

pub use source::{LineColumn, Source};
pub use span::Span;
