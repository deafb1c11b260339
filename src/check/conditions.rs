//! Conditions that are always the same.

use super::Report;
use super::subject::Subject;
use crate::syntax::{BinaryOp, Node, NodeId};

pub(super) fn check(subject: &Subject, report: &mut Report<'_>) {
    for visited in &subject.nodes {
        let id = visited.id;
        match subject.node(id) {
            Node::Binary { op, left, right } => comparison(subject, report, id, (op, left, right)),
            Node::Call { .. } => filter(subject, report, id),
            Node::If { condition, .. } => {
                if let Node::Logical(value) = subject.node(inside(subject, condition)) {
                    report
                        .add(
                            "M0403",
                            subject.span(condition),
                            &format!("This condition is always {value}."),
                            "always the same",
                        )
                        .help("Keep the branch that is taken, and drop the other.");
                }
            }
            _ => {}
        }
    }
}

fn inside(subject: &Subject, mut id: NodeId) -> NodeId {
    while let Node::Paren(inner) = subject.node(id) {
        id = inner;
    }
    id
}

fn comparison(subject: &Subject, report: &mut Report<'_>, id: NodeId, parts: (BinaryOp, NodeId, NodeId)) {
    let (op, left, right) = parts;
    match op {
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterEqual => {
            if !is_plain(subject, left) || !same(subject, left, right) {
                return;
            }
            let text = subject.span(left).of(subject.text());
            let message = format!("'{text}' is compared with itself.");
            report.add("M0403", subject.span(id), &message, "both sides are the same").help(
                "Inside of an `each`, [Field] always means the innermost row. To compare with a row further out, name it: (row) => ... row[Field].",
            );
        }
        BinaryOp::Or | BinaryOp::And => {
            let wanted = if op == BinaryOp::Or { BinaryOp::NotEqual } else { BinaryOp::Equal };
            let (Some(first), Some(second)) =
                (against(subject, left, wanted), against(subject, right, wanted))
            else {
                return;
            };
            if !same(subject, first.0, second.0) || first.1 == second.1 {
                return;
            }
            let name = subject.span(first.0).of(subject.text());
            let (always, other) = if op == BinaryOp::Or { ("true", "and") } else { ("false", "or") };
            report
                .add(
                    "M0403",
                    subject.span(id),
                    &format!("This condition is always {always}: {name} has one value."),
                    "always the same",
                )
                .help(format!("Perhaps `{other}` is meant."));
        }
        _ => {}
    }
}

/// `x = literal`: what is compared, and the literal.
fn against(subject: &Subject, id: NodeId, wanted: BinaryOp) -> Option<(NodeId, Literal)> {
    let Node::Binary { op, left, right } = subject.node(inside(subject, id)) else { return None };
    if op != wanted || !is_plain(subject, left) {
        return None;
    }
    Some((left, literal(subject, right)?))
}

#[derive(PartialEq)]
enum Literal {
    Null,
    Logical(bool),
    Number(f64),
    Text(String),
}

fn literal(subject: &Subject, id: NodeId) -> Option<Literal> {
    let id = inside(subject, id);
    Some(match subject.node(id) {
        Node::Null => Literal::Null,
        Node::Logical(value) => Literal::Logical(value),
        Node::Number => Literal::Number(subject.span(id).of(subject.text()).parse().ok()?),
        Node::Text => Literal::Text(subject.tree().text_value(id, subject.text()).into_owned()),
        _ => return None,
    })
}

/// Names, and fields and items of such: asking twice gives the same. Literals too, but comparing those is how people
/// write a condition they want to switch.
fn is_plain(subject: &Subject, id: NodeId) -> bool {
    match subject.node(id) {
        Node::Name { .. } | Node::Field { target: None, .. } => true,
        Node::Paren(inner) | Node::Field { target: Some(inner), .. } => is_plain(subject, inner),
        Node::Item { target, index, .. } => {
            is_plain(subject, target)
                && (matches!(subject.node(index), Node::Number) || is_plain(subject, index))
        }
        _ => false,
    }
}

/// Whether two expressions are written with the same words.
fn same(subject: &Subject, left: NodeId, right: NodeId) -> bool {
    words(subject, inside(subject, left)) == words(subject, inside(subject, right))
}

/// The words an expression is written with.
pub(super) fn words(subject: &Subject, id: NodeId) -> Vec<&str> {
    let tokens = subject.tree().tokens().get(subject.tree().token_range(id)).unwrap_or(&[]);
    let words = tokens.iter().filter(|token| !token.kind.is_trivia());
    words.map(|token| token.span.of(subject.text())).collect()
}

/// A filter whose condition is written out as `true` or `false`, or gives a function instead of a logical value.
fn filter(subject: &Subject, report: &mut Report<'_>, id: NodeId) {
    let Some((name, &[_, condition, ..])) = subject.call(id) else { return };
    if !matches!(name.as_str(), "Table.SelectRows" | "List.Select") {
        return;
    }
    let (Node::Each(body) | Node::Function { body, .. }) = subject.node(inside(subject, condition)) else {
        return;
    };
    let span = subject.span(condition);
    match subject.node(inside(subject, body)) {
        Node::Logical(value) => {
            let what = if value { "keeps everything" } else { "keeps nothing" };
            report
                .add(
                    "M0403",
                    span,
                    &format!("This filter {what}: its condition is always {value}."),
                    "always the same",
                )
                .help("Remove the step, or write the condition.");
        }
        Node::Each(_) | Node::Function { .. } => {
            report
                .add(
                    "M0403",
                    span,
                    "The condition gives a function, not true or false.",
                    "a function in a function",
                )
                .help("Write `each` once.");
        }
        _ => {}
    }
}
