//! Steps that do what another one does already.

use rustc_hash::FxHashMap;

use super::Report;
use super::conditions::words;
use super::subject::Subject;
use crate::syntax::{Node, NodeId};

/// Calling these twice gives two values.
const NEVER_THE_SAME: &[&str] = &["Random", "NewGuid", "LocalNow", "UtcNow"];

/// Steps that change nothing when they are done again.
const ONCE_IS_ENOUGH: &[&str] = &[
    "Table.Buffer",
    "Table.Distinct",
    "Table.FillDown",
    "Table.FillUp",
    "Table.SelectColumns",
    "Table.SelectRows",
    "Table.Sort",
    "Table.TransformColumnTypes",
    "List.Buffer",
    "List.Distinct",
    "List.Sort",
];

pub(super) fn check(subject: &Subject, report: &mut Report<'_>) {
    for visited in &subject.nodes {
        match subject.node(visited.id) {
            Node::Let { bindings, .. } => same_text(subject, report, subject.tree().list(bindings)),
            Node::Call { .. } => again(subject, report, visited.id),
            _ => {}
        }
    }
}

/// Variables of one `let` that are the same call: names mean the same there.
fn same_text(subject: &Subject, report: &mut Report<'_>, bindings: &[NodeId]) {
    let mut seen: FxHashMap<Vec<&str>, NodeId> = FxHashMap::default();
    for &binding in bindings {
        let Node::Binding { name, value } = subject.node(binding) else { continue };
        let Node::Call { arguments, .. } = subject.node(value) else { continue };
        let text = subject.span(value).of(subject.text());
        if subject.tree().list(arguments).is_empty() || NEVER_THE_SAME.iter().any(|word| text.contains(word))
        {
            continue;
        }
        let Some(&first) = seen.get(&words(subject, value)) else {
            seen.insert(words(subject, value), name);
            continue;
        };
        let line = report.shown.line_column(subject.span(first).start).line;
        let (first, name_text) = (subject.name(first), subject.name(name));
        report
            .add(
                "M0415",
                subject.span(name),
                &format!("'{name_text}' is the same as '{first}'."),
                "the same once more",
            )
            .help(format!("Use '{first}' (line {line}) in its place: it is evaluated once."));
    }
}

/// A step over a step that does the same.
fn again(subject: &Subject, report: &mut Report<'_>, id: NodeId) {
    let Some((name, [table, rest @ ..])) = subject.call(id) else { return };
    if !ONCE_IS_ENOUGH.contains(&name.as_str()) {
        return;
    }
    let before = subject.value(*table);
    let Some((before_name, [_, before_rest @ ..])) = subject.call(before) else { return };
    let same = rest.len() == before_rest.len()
        && rest.iter().zip(before_rest).all(|(a, b)| words(subject, *a) == words(subject, *b));
    let text = subject.span(id).of(subject.text());
    if name != before_name || !same || NEVER_THE_SAME.iter().any(|word| text.contains(word)) {
        return;
    }
    let line = report.shown.line_column(subject.span(before).start).line;
    report
        .add(
            "M0415",
            subject.span(id),
            &format!("{name} does again what the step before it did."),
            "changes nothing",
        )
        .help(format!("Remove one of the two; the other one is on line {line}."));
}
