//! What can be said of an M text without running it: mistakes, and habits that end badly.
//!
//! [`check`] reads one text. It says what certainly holds: what is not known (another query's columns, a source's) stays
//! unknown and is no finding. Every lint has a code with a page (`pqm explain`), can be allowed in a comment, and a few
//! can mend the text. Nothing is evaluated; no terminal, no files.

mod allow;
mod calls;
mod claims;
mod columns;
mod conditions;
mod culture;
mod demands;
mod finding;
mod folding;
mod gives;
mod places;
mod row_functions;
mod secrets;
mod steps;
mod subject;
mod traps;
mod twice;
mod unknown_columns;

use crate::diagnostics::{Diagnostic, Label};
use crate::library::Library;
use crate::syntax;
use crate::text::{Source, Span};

pub use finding::{Finding, Fix, apply};
use subject::Subject;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Names that mean something where the text is used: other queries of the same workbook or folder.
    pub known: Vec<String>,
    /// Also what is only a matter of habit: conversions that take the reader's culture, names that hide others.
    pub strict: bool,
}

/// Everything that is to be said about a text, in the order of the text. Mistakes of syntax keep the other checks from
/// being made.
pub fn check(source: &Source, options: &Options) -> Vec<Finding> {
    let parsed = syntax::parse(source.text());
    if !parsed.errors.is_empty() {
        let found = parsed.errors.iter().map(|error| Diagnostic::from_syntax(source, error));
        return found.map(|diagnostic| Finding { diagnostic, fix: None }).collect();
    }
    let allowed = allow::Allowed::of(source, &parsed.tree);
    let subject = Subject::new(source, parsed.tree);
    // No excerpt shows a secret, whatever it is about.
    let secrets = secrets::find(&subject);
    let shown = masked(source, &secrets);
    let mut report = Report { shown: &shown, findings: Vec::new() };
    let mut told: Vec<&str> = Vec::new();
    for error in subject.meanings.errors().iter().filter(|error| !options.known.contains(&error.name)) {
        let mut diagnostic = Diagnostic::from_resolve(&shown, error);
        if is_of_a_connector(&error.name) {
            // Once is enough to know.
            if told.contains(&error.name.as_str()) {
                continue;
            }
            told.push(&error.name);
            diagnostic.code = "M0412";
            diagnostic.message = format!("'{}' is of a connector that is not known here.", error.name);
            diagnostic.help = Some(
                "It may be there where the query is used; here it can't be run. `--known` names what is known.".to_owned(),
            );
        }
        report.findings.push(Finding { diagnostic, fix: None });
    }
    for secret in &secrets {
        report.add("M0409", secret.span, &secret.message, "in the text").help(
            "Leave it out: credentials belong to the connection. Anyone who can read this query can read it, so change it too.",
        );
    }
    steps::unused(&subject, &mut report);
    conditions::check(&subject, &mut report);
    unknown_columns::check(&subject, &mut report);
    calls::check(&subject, &mut report);
    places::check(&subject, &mut report);
    traps::check(&subject, &mut report);
    claims::check(&subject, &mut report);
    folding::check(&subject, &mut report);
    twice::check(&subject, &mut report);
    if options.strict {
        steps::shadowed(&subject, &mut report);
        culture::check(&subject, &mut report);
    }
    let mut findings = report.findings;
    findings.retain(|finding| {
        let span = finding.diagnostic.label.as_ref().map_or(Span::at(0), |label| label.span);
        !allowed.allows(source, finding.diagnostic.code, span)
    });
    findings.sort_by_key(|finding| {
        let span = finding.diagnostic.label.as_ref().map_or(Span::at(0), |label| label.span);
        (span.start, span.end, finding.diagnostic.code)
    });
    findings
}

/// Whether a name is built like those of libraries, `Space.Name`, in a space that the library does not have, nor one
/// that differs in a letter: then it is a connector's or an extension's, and not one of the library's with a slip in it.
fn is_of_a_connector(name: &str) -> bool {
    let Some((space, rest)) = name.split_once('.') else { return false };
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
    let folded = space.to_lowercase();
    let near = |known: &&str| {
        let of = known.split_once('.').map_or("", |(of, _)| of).to_lowercase();
        strsim::osa_distance(&of, &folded) <= 1
    };
    is_word(space) && rest.split('.').all(is_word) && !Library::get().all_names().iter().any(near)
}

/// The same text, every byte where it was, with stars for secrets.
fn masked(source: &Source, secrets: &[secrets::Secret]) -> Source {
    if secrets.is_empty() {
        return source.clone();
    }
    let mut text = source.text().to_owned();
    for secret in secrets {
        let range = secret.span.start as usize..secret.span.end as usize;
        if text.get(range.clone()).is_some() {
            text.replace_range(range.clone(), &"*".repeat(range.len()));
        }
    }
    Source::new(source.name(), text)
}

/// Where lints put what they find.
struct Report<'a> {
    shown: &'a Source,
    findings: Vec<Finding>,
}

/// The last finding, while it is described.
struct Added<'r>(Option<&'r mut Finding>);

impl Report<'_> {
    fn add(&mut self, code: &'static str, span: Span, message: &str, label: &str) -> Added<'_> {
        let label = Label { source: self.shown.clone(), span, text: label.to_owned() };
        let diagnostic = Diagnostic { label: Some(label), ..Diagnostic::plain(code, message) };
        self.findings.push(Finding { diagnostic, fix: None });
        Added(self.findings.last_mut())
    }
}

impl Added<'_> {
    fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(finding) = &mut self.0 {
            finding.diagnostic.help = Some(help.into());
        }
        self
    }

    fn fix(mut self, fix: Option<Fix>) -> Self {
        if let Some(finding) = &mut self.0 {
            finding.fix = fix;
        }
        self
    }
}

#[cfg(test)]
mod tests;
