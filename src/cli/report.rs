//! Telling what went wrong on standard error: drawn for people, or one JSON object a line for programs.

use serde_json::{Value as Json, json};

use pqm::diagnostics::{Diagnostic, Label, severity};
use pqm::text::{Source, Span};

use super::exit::{Exit, Failure};
use super::format::{Format, Place, Written};
use super::render::{self, Look};
use super::terminal::{Colour, Stream};

/// How to tell.
#[derive(Clone, Copy, Debug)]
pub enum Style {
    /// To people.
    Text(Look),
    /// To programs.
    Json,
}

/// The width of diagnostics that do not go to a terminal, in characters.
const WIDTH: usize = 100;
/// Syntax mistakes shown: who has more mends these first.
const MOST: usize = 20;

impl Style {
    /// The style that goes with a format.
    pub fn of(format: Format, colour: Colour, trace: bool) -> Style {
        match format {
            Format::Json | Format::Jsonl => Style::Json,
            _ => Style::text(colour, trace),
        }
    }

    /// For people.
    pub fn text(colour: Colour, trace: bool) -> Style {
        let width = Stream::Error.width(WIDTH);
        Style::Text(Look { colour: colour.on(Stream::Error), width, trace })
    }
}

/// Tells a failure, and gives the code to end with.
pub fn report(failure: &Failure, style: &Style) -> Exit {
    match style {
        Style::Text(look) => print_text(failure, look),
        Style::Json => print_json(failure),
    }
    failure.exit()
}

/// Tells how many errors were replaced, if any were.
pub fn written(written: &Written, style: &Style) {
    let count = written.errors;
    if count == 0 {
        return;
    }
    match style {
        Style::Text(_) => {
            let what = if count == 1 { "1 error was" } else { &format!("{count} errors were") };
            eprintln!("note: {what} written as --errors says.");
        }
        Style::Json => eprintln!("{}", json!({ "severity": "note", "replacedErrors": count })),
    }
}

fn print_text(failure: &Failure, look: &Look) {
    let text = match failure {
        Failure::Source(all) => {
            let mut text: String =
                all.iter().take(MOST).map(|one| render::diagnostic(one, None, look)).collect();
            if all.len() > MOST {
                text.push_str(&format!("… and {} more.\n", all.len() - MOST));
            }
            text
        }
        Failure::Raised(one, place) => render::diagnostic(one, place.as_ref(), look),
        Failure::Stopped(one) => render::diagnostic(one, None, look),
        Failure::Interrupted => "Interrupted.\n".to_owned(),
        Failure::Usage(message, help) => render::plain(message, help.as_deref(), look),
        Failure::Io(message) => render::plain(message, None, look),
        Failure::Closed => return,
    };
    eprint!("{text}");
}

fn print_json(failure: &Failure) {
    let plain = |message: &str, help: Option<&str>| {
        let kind = if failure.exit() == Exit::Usage { "usage" } else { "io" };
        let mut object = json!({ "severity": "error", "kind": kind, "message": message });
        set(&mut object, "help", help.map(Json::from));
        object
    };
    let lines: Vec<Json> = match failure {
        Failure::Source(all) => all.iter().map(|one| object(one, "source", None)).collect(),
        Failure::Raised(one, place) => vec![object(one, "raised", place.as_ref())],
        Failure::Stopped(one) => vec![object(one, "stopped", None)],
        Failure::Interrupted => {
            vec![json!({ "severity": "error", "kind": "interrupted", "message": "Interrupted." })]
        }
        Failure::Usage(message, help) => vec![plain(message, help.as_deref())],
        Failure::Io(message) => vec![plain(message, None)],
        Failure::Closed => Vec::new(),
    };
    for line in lines {
        eprintln!("{line}");
    }
}

fn set(object: &mut Json, key: &str, value: Option<Json>) {
    if let (Some(object), Some(value)) = (object.as_object_mut(), value) {
        object.insert(key.to_owned(), value);
    }
}

/// One diagnostic as programs read it.
pub fn object(diagnostic: &Diagnostic, kind: &str, cell: Option<&Place>) -> Json {
    let mut object = json!({
        "severity": severity(diagnostic.code).word(),
        "kind": kind,
        "code": diagnostic.code,
        "message": diagnostic.message,
    });
    set(&mut object, "reason", diagnostic.raised.as_ref().map(|raised| raised.reason.clone().into()));
    set(
        &mut object,
        "detail",
        diagnostic.raised.as_ref().and_then(|raised| raised.detail.clone()).map(Json::from),
    );
    set(&mut object, "help", diagnostic.help.clone().map(Json::from));
    set(&mut object, "place", diagnostic.label.as_ref().map(|label| place(&label.source, label.span)));
    if let Some(cell) = cell {
        set(&mut object, "cell", Some(json!({ "row": cell.row, "column": cell.column })));
    }
    let related: Vec<Json> = diagnostic.related.iter().map(labelled).collect();
    set(&mut object, "related", (!related.is_empty()).then_some(Json::Array(related)));
    let trace: Vec<Json> = diagnostic
        .trace
        .iter()
        .map(|call| {
            let mut object = place(&call.source, call.span);
            set(&mut object, "function", call.function.as_deref().map(Json::from));
            object
        })
        .collect();
    set(&mut object, "trace", (!trace.is_empty()).then_some(Json::Array(trace)));
    object
}

fn labelled(label: &Label) -> Json {
    let mut object = place(&label.source, label.span);
    set(&mut object, "text", Some(label.text.clone().into()));
    object
}

fn place(source: &Source, span: Span) -> Json {
    let (start, end) = (source.line_column(span.start), source.line_column(span.end));
    json!({
        "file": source.name(),
        "start": { "line": start.line, "column": start.column, "offset": span.start },
        "end": { "line": end.line, "column": end.column, "offset": span.end },
    })
}
