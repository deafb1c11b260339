//! What went wrong, as data: stable codes, places, advice. Rendering happens at the edge (the command line, an editor).

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
    /// Other places that explain it: where a bracket opened, through which calls an error came.
    pub related: Vec<Label>,
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

/// The parts of an M error.
#[derive(Clone, Debug)]
pub struct RaisedInfo {
    /// `Expression.Error` and the like.
    pub reason: String,
    /// The detail as M text, if there is any.
    pub detail: Option<String>,
}

/// The code of errors that programs raise while they run.
pub const RAISED: &str = "M0301";
/// The code of evaluations that were stopped by a limit or by the host.
pub const STOPPED: &str = "M0302";

impl Diagnostic {
    /// A message without a place.
    pub fn plain(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            message: message.into(),
            label: None,
            related: Vec::new(),
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
            help: error.help.clone(),
            raised: None,
        }
    }

    /// From an error that ended an evaluation.
    pub fn from_error(error: &Error) -> Diagnostic {
        let mut places = error.trace().iter();
        let label = places.next().map(|frame| Label {
            source: frame.source.clone(),
            span: frame.span,
            text: "raised here".to_owned(),
        });
        let related = places
            .map(|frame| Label {
                source: frame.source.clone(),
                span: frame.span,
                text: match &frame.function {
                    Some(name) => format!("called here, in {name}"),
                    None => "called here".to_owned(),
                },
            })
            .collect();
        let detail = error.detail();
        Diagnostic {
            code: if error.is_stop() { STOPPED } else { RAISED },
            message: error.message().to_string(),
            label,
            related,
            help: None,
            raised: Some(RaisedInfo {
                reason: error.reason().to_string(),
                detail: (!matches!(detail, Value::Null)).then(|| to_literal(&detail)),
            }),
        }
    }
}
