//! What went wrong, as data: stable codes, places, advice. Rendering happens at the edge (the command line, an editor).
//!
//! Every code has a page in `codes/`; see [`explanation`].

mod advice;
mod codes;
mod severity;

pub use crate::resolve::closest;
pub use codes::{RAISED, STOPPED, all_codes, explanation};
pub use severity::{Severity, severity};

use std::sync::Arc;

use crate::resolve::ResolveError;
use crate::syntax::SyntaxError;
use crate::text::{Source, Span};
use crate::value::{Error, Value, to_literal};

/// One thing to tell the author of a program.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The stable code: `M0103`.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The place it is about, and what to write beside it.
    pub label: Option<Label>,
    /// Other places that explain it, such as where a bracket opened.
    pub related: Vec<Label>,
    /// Where an error was raised and through which calls it came, innermost first; library code included.
    pub trace: Vec<Call>,
    /// What to do about it.
    pub help: Option<String>,
    /// For M errors: the reason, and the detail as M text.
    pub raised: Option<RaisedInfo>,
}

/// A place with a remark.
#[derive(Clone, Debug)]
pub struct Label {
    /// The text the place is in.
    pub source: Source,
    /// The place.
    pub span: Span,
    /// The remark; may be empty.
    pub text: String,
}

/// One place in the trace of an error.
#[derive(Clone, Debug)]
pub struct Call {
    /// The text the place is in.
    pub source: Source,
    /// The place.
    pub span: Span,
    /// The function that was being evaluated there, if it has a name.
    pub function: Option<Arc<str>>,
}

/// The parts of an M error.
#[derive(Clone, Debug)]
pub struct RaisedInfo {
    /// `Expression.Error` and the like.
    pub reason: String,
    /// The detail as M text, if there is any.
    pub detail: Option<String>,
}

impl Diagnostic {
    /// A message without a place.
    pub fn plain(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            message: message.into(),
            label: None,
            related: Vec::new(),
            trace: Vec::new(),
            help: None,
            raised: None,
        }
    }

    /// From a mistake in the text.
    pub fn from_syntax(source: &Source, error: &SyntaxError) -> Diagnostic {
        let related = error
            .related
            .iter()
            .map(|(span, text)| Label { source: source.clone(), span: *span, text: text.clone() })
            .collect();
        Diagnostic {
            code: error.code.code(),
            message: error.message.clone(),
            label: Some(Label { source: source.clone(), span: error.span, text: "here".to_owned() }),
            related,
            trace: Vec::new(),
            help: error.help.clone(),
            raised: None,
        }
    }

    /// From a name that means nothing.
    pub fn from_resolve(source: &Source, error: &ResolveError) -> Diagnostic {
        Diagnostic {
            code: error.code,
            message: error.message.clone(),
            label: Some(Label { source: source.clone(), span: error.span, text: "not known".to_owned() }),
            related: Vec::new(),
            trace: Vec::new(),
            help: error.help.clone().or_else(|| advice::name(error.code)),
            raised: None,
        }
    }

    /// From an error that ended an evaluation. The label is the innermost place in the author's own text.
    pub fn from_error(error: &Error) -> Diagnostic {
        let trace: Vec<Call> = error
            .trace()
            .iter()
            .map(|frame| Call {
                source: frame.source.clone(),
                span: frame.span,
                function: frame.function.clone(),
            })
            .collect();
        let own = trace.iter().position(|call| !call.is_library());
        let label = own.and_then(|at| trace.get(at)).map(|call| Label {
            source: call.source.clone(),
            span: call.span,
            text: match (error.is_stop(), own) {
                (true, _) => "stopped here",
                (false, Some(0)) => "raised here",
                (false, _) => "raised in this call",
            }
            .to_owned(),
        });
        let detail = error.detail();
        Diagnostic {
            code: if error.is_stop() { STOPPED } else { RAISED },
            message: error.message().to_string(),
            label,
            related: Vec::new(),
            trace,
            help: advice::advice(error),
            raised: (!error.is_stop()).then(|| RaisedInfo {
                reason: error.reason().to_string(),
                detail: (!matches!(detail.as_plain(), Value::Null)).then(|| to_literal(&detail)),
            }),
        }
    }
}

impl Call {
    /// Whether the place is in the library's own M code, which the author did not write.
    pub fn is_library(&self) -> bool {
        self.source.name().starts_with("stdlib/") || self.source.name() == "library"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raised_by(text: &str) -> Diagnostic {
        let query = crate::Engine::new().compile("test", text).unwrap();
        let ctx = query.start();
        Diagnostic::from_error(&query.evaluate(&ctx).unwrap_err())
    }

    #[test]
    fn an_error_shows_the_place_it_was_raised_at_and_the_calls_it_came_through() {
        let diagnostic = raised_by("let inner = (x) => x + \"a\", outer = (x) => inner(x) in outer(1)");
        assert_eq!(diagnostic.code, RAISED);
        let label = diagnostic.label.unwrap();
        assert_eq!(label.span.of(label.source.text()), "x + \"a\"");
        let names: Vec<_> = diagnostic.trace.iter().map(|call| call.function.as_deref()).collect();
        assert_eq!(names, [Some("inner"), Some("outer"), None]);
    }

    #[test]
    fn detail_is_shown_as_m_text() {
        let diagnostic = raised_by("error [Reason = \"R\", Message = \"m\", Detail = {1, \"two\"}]");
        let raised = diagnostic.raised.unwrap();
        assert_eq!((raised.reason.as_str(), raised.detail.as_deref()), ("R", Some("{1, \"two\"}")));
    }
}
