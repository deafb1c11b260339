//! Expectations inside M texts: a comment `//= expected` says what the step, member or expression before it gives.

use super::discover::{Case, Expectation};
use super::{SuiteError, read};
use crate::syntax::{Node, Parsed, TokenKind, Tree, parse};
use crate::text::{Source, Span};
use std::path::Path;

/// What an expectation starts with.
const MARK: &str = "//=";

/// An expectation in a text, over one line or several.
struct Expected {
    span: Span,
    text: String,
}

/// The cases in a file; none if it holds no expectation. A file whose name ends in `.test.pq` and that is no document
/// is a transcript: expressions, each followed by what it gives.
pub(super) fn cases(path: &Path, name: &str) -> Result<Vec<Case>, SuiteError> {
    let text = read(path)?;
    if !text.contains(MARK) {
        return Ok(Vec::new());
    }
    let Parsed { tree, errors } = parse(&text);
    let expected = expectations(&tree, &text);
    let transcript = !errors.is_empty() && name.ends_with(".test.pq");
    let source = Source::new(name, text.as_str());
    let mut cases = Vec::new();
    let mut start = 0;
    for one in expected {
        let subject = if transcript {
            // Lines before the expression keep their count, so that places are right.
            let before: String = text.get(..start).unwrap_or("").chars().filter(|c| *c == '\n').collect();
            let expression = text.get(start..one.span.start as usize).unwrap_or("");
            Subject { text: format!("{before}{expression}"), member: None }
        } else {
            subject(&tree, &text, one.span)
        };
        start = one.span.end as usize;
        let line = source.line_column(one.span.start).line;
        cases.push(Case {
            name: format!("{name}:{line}"),
            file: path.to_owned(),
            expectation: Expectation::Inline {
                source: Source::new(name, subject.text),
                member: subject.member,
                expected: Source::new(format!("{name}:{line}"), one.text),
                span: one.span,
            },
        });
    }
    Ok(cases)
}

struct Subject {
    text: String,
    member: Option<String>,
}

/// What an expectation is about: the step or member that ends before it, or the whole document.
fn subject(tree: &Tree, text: &str, expected: Span) -> Subject {
    let whole = || Subject { text: text.to_owned(), member: None };
    let before = |list: &[crate::syntax::NodeId]| {
        list.iter().rev().copied().find(|id| tree.span(*id).end <= expected.start)
    };
    match tree.node(tree.root()) {
        Node::Let { bindings, body } if expected.start < tree.span(body).start => {
            let Some(binding) = before(tree.list(bindings)) else { return whole() };
            let Node::Binding { name, .. } = tree.node(binding) else { return whole() };
            let head = text.get(..tree.span(body).start as usize).unwrap_or("");
            Subject { text: format!("{head}{}", tree.span(name).of(text)), member: None }
        }
        Node::Section { members, .. } => {
            let member = before(tree.list(members)).map(|id| tree.node(id));
            match member {
                Some(Node::SectionMember { name, .. }) => {
                    Subject { text: text.to_owned(), member: Some(tree.name(name, text).into_owned()) }
                }
                _ => whole(),
            }
        }
        _ => whole(),
    }
}

fn expectations(tree: &Tree, text: &str) -> Vec<Expected> {
    let mut all: Vec<Expected> = Vec::new();
    // Whether only white space came after the last expectation: then a further one goes on with it.
    let mut on = false;
    for token in tree.tokens() {
        let here = token.span.of(text);
        match here.strip_prefix(MARK).filter(|_| token.kind == TokenKind::LineComment) {
            Some(rest) => match all.last_mut().filter(|_| on) {
                Some(last) => {
                    last.span.end = token.span.end;
                    last.text = format!("{}\n{}", last.text, rest.trim());
                }
                None => all.push(Expected { span: token.span, text: rest.trim().to_owned() }),
            },
            None if token.kind == TokenKind::WhiteSpace => continue,
            None => {}
        }
        on = here.starts_with(MARK);
    }
    all
}

/// Writes new expectations into a file, where the old ones stand.
///
/// # Errors
/// If the file cannot be read or written.
pub fn update(path: &Path, mut changes: Vec<(Span, String)>) -> Result<(), SuiteError> {
    let file = |what, error| SuiteError::File { what, path: path.to_owned(), error };
    let raw = std::fs::read_to_string(path).map_err(|error| file("read", error))?;
    let marked = raw.starts_with('\u{feff}');
    let mut text = read(path)?;
    changes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, new) in changes {
        let range = span.start as usize..span.end as usize;
        if text.get(range.clone()).is_some() {
            text.replace_range(range, &format!("{MARK} {new}"));
        }
    }
    let text = if marked { format!("\u{feff}{text}") } else { text };
    std::fs::write(path, text).map_err(|error| file("write", error))
}
