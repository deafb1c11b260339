//! Diagnostics drawn for people: the source with marks, then what is known about the error, then what to do.

use std::fmt::Write;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode};
use pqm::diagnostics::{Call, Diagnostic, Label, severity};
use pqm::text::Span;

use super::excerpt::Excerpt;
use super::format::Place;

/// How diagnostics look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Whether they are coloured.
    pub colour: bool,
    /// Characters in a line.
    pub width: usize,
    /// Whether all calls of a trace are shown.
    pub trace: bool,
}

/// Calls of a trace that are shown if not all are asked for.
const CALLS: usize = 5;
/// Characters of a detail that are shown if not all is asked for.
const DETAIL: usize = 300;

/// One diagnostic; `cell` is the place in the data that it came from.
pub fn diagnostic(diagnostic: &Diagnostic, cell: Option<&Place>, look: &Look) -> String {
    let drawn = Drawn::new(diagnostic);
    let theme = if look.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(look.width).with_links(false);
    let mut text = String::new();
    // Writing to a text cannot fail; a source that cannot be shown leaves its marks out.
    let _ = handler.render_report(&mut text, &drawn);
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    let mut notes = Notes { text: &mut text, look };
    if let Some(cell) = cell {
        notes.note("in", &cell.to_string());
    }
    if let Some(detail) = diagnostic.raised.as_ref().and_then(|raised| raised.detail.as_deref()) {
        notes.note("detail", &shortened(detail, if look.trace { usize::MAX } else { DETAIL }));
    }
    for label in elsewhere(diagnostic) {
        notes.note("see", &format!("{} ({})", label.text, position(&label.source, label.span)));
    }
    notes.calls(&diagnostic.trace);
    if let Some(help) = &diagnostic.help {
        notes.note("help", help);
    }
    if cell.is_some() {
        notes.note("help", "--errors null or --errors text writes the result in spite of errors in cells.");
    }
    text.push('\n');
    text
}

/// A failure without a place in a source.
pub fn plain(message: &str, help: Option<&str>, look: &Look) -> String {
    let mut text = match look.colour {
        true => format!("\u{1b}[31;1merror\u{1b}[0m: {message}\n"),
        false => format!("error: {message}\n"),
    };
    if let Some(help) = help {
        Notes { text: &mut text, look }.note("help", help);
    }
    text
}

struct Notes<'a> {
    text: &'a mut String,
    look: &'a Look,
}

impl Notes<'_> {
    /// A remark under the drawing: `  title: text`, later lines indented.
    fn note(&mut self, title: &str, text: &str) {
        let indent = " ".repeat(title.len() + 4);
        let titled = match self.look.colour {
            true => format!("\u{1b}[36m{title}\u{1b}[0m"),
            false => title.to_owned(),
        };
        _ = write!(self.text, "  {titled}: ");
        let room = self.look.width.saturating_sub(indent.len()).max(20);
        for (at, line) in wrapped(text, room).iter().enumerate() {
            if at > 0 {
                self.text.push_str(&indent);
            }
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// The calls an error came through, if there are any.
    fn calls(&mut self, trace: &[Call]) {
        if trace.len() < 2 && !trace.iter().any(|call| call.function.is_some() || call.is_library()) {
            return;
        }
        let mut text = String::new();
        let mut groups =
            trace.chunk_by(|a, b| a.span == b.span && a.source.same(&b.source) && a.function == b.function);
        let shown = if self.look.trace { usize::MAX } else { CALLS };
        for group in groups.by_ref().take(shown) {
            let Some(call) = group.first() else { continue };
            text.push_str(call.function.as_deref().unwrap_or("the query"));
            _ = write!(text, " ({})", position(&call.source, call.span));
            if group.len() > 1 {
                _ = write!(text, ", {} times", group.len());
            }
            text.push('\n');
        }
        let left: usize = groups.map(<[Call]>::len).sum();
        if left > 0 {
            _ = writeln!(text, "… {left} more, --trace shows them");
        }
        self.note("trace", text.trim_end());
    }
}

fn position(source: &pqm::text::Source, span: Span) -> String {
    let place = source.line_column(span.start);
    format!("{}:{}:{}", source.name(), place.line, place.column)
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.split_at(end).0),
        None => text.to_owned(),
    }
}

/// Lines of at most `width` characters, broken at blanks.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let needed = unicode_width::UnicodeWidthStr::width(word);
            if !line.is_empty() && unicode_width::UnicodeWidthStr::width(line.as_str()) + 1 + needed > width {
                lines.push(std::mem::take(&mut line));
            } else if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// Related places in other texts than the one that is drawn.
fn elsewhere(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    let drawn = diagnostic.label.as_ref().map(|label| &label.source);
    diagnostic.related.iter().filter(move |label| drawn.is_none_or(|drawn| !drawn.same(&label.source)))
}

/// A diagnostic the way miette wants it.
struct Drawn<'d> {
    diagnostic: &'d Diagnostic,
    message: String,
    source: Option<Excerpt>,
}

impl<'d> Drawn<'d> {
    fn new(diagnostic: &'d Diagnostic) -> Drawn<'d> {
        let source = diagnostic.label.as_ref().map(|label| Excerpt::new(&label.source, label.span));
        let message = match &diagnostic.raised {
            Some(raised) => format!("{}: {}", raised.reason, diagnostic.message),
            None => diagnostic.message.clone(),
        };
        Drawn { diagnostic, message, source }
    }
}

impl std::fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match severity(self.diagnostic.code) {
            pqm::diagnostics::Severity::Note => Severity::Advice,
            pqm::diagnostics::Severity::Warning => Severity::Warning,
            pqm::diagnostics::Severity::Error => Severity::Error,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = self.diagnostic.label.as_ref()?;
        let excerpt = self.source.as_ref()?;
        let main = LabeledSpan::new_primary_with_span(Some(label.text.clone()), excerpt.main());
        let related =
            self.diagnostic.related.iter().filter(|other| other.source.same(&label.source)).filter_map(
                |other| {
                    Some(LabeledSpan::new_with_span(Some(other.text.clone()), excerpt.place(other.span)?))
                },
            );
        Some(Box::new(std::iter::once(main).chain(related)))
    }
}
