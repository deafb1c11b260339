use crate::text::Span;

/// A name that means nothing, found before anything runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolveError {
    /// The stable code.
    pub code: &'static str,
    /// The place.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// The name that could not be found.
    pub name: String,
    /// What to do about it.
    pub help: Option<String>,
}
