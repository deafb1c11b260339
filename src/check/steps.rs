//! Steps that nothing uses, and names that hide others.

use rustc_hash::{FxHashMap, FxHashSet};

use super::subject::Subject;
use super::{Fix, Report};
use crate::resolve::Target;
use crate::syntax::{Node, NodeId, TokenKind};
use crate::text::Span;

/// Steps that the result does not need, directly or through others.
pub(super) fn unused(subject: &Subject, report: &mut Report<'_>) {
    let needed = needed(subject);
    for visited in &subject.nodes {
        let Node::Let { bindings, .. } = subject.node(visited.id) else { continue };
        let bindings: Vec<(NodeId, NodeId, NodeId)> = subject
            .tree()
            .list(bindings)
            .iter()
            .filter_map(|&id| match subject.node(id) {
                Node::Binding { name, value } => Some((id, name, value)),
                _ => None,
            })
            .collect();
        let is_unused = |(_, _, value): &(NodeId, NodeId, NodeId)| {
            !needed.values.contains(value) && needed.is_live(needed.around.get(value).copied().flatten())
        };
        let all = bindings.iter().all(is_unused);
        let mut at = 0;
        for run in bindings.chunk_by(|a, b| is_unused(a) == is_unused(b)) {
            let start = at;
            at += run.len();
            if !run.first().is_some_and(is_unused) {
                continue;
            }
            let nodes: Vec<NodeId> = bindings.iter().map(|(id, _, _)| *id).collect();
            let fix = if all { None } else { removal(subject, &nodes, start, at) };
            for (_, name, _) in run {
                let text = subject.name(*name);
                report
                    .add(
                        "M0401",
                        subject.span(*name),
                        &format!("Nothing needs the step '{text}'."),
                        "never evaluated",
                    )
                    .help("Remove it, or use it: perhaps a later step, or `in`, should name it.")
                    .fix(fix.clone());
            }
        }
    }
}

/// Taking the bindings from `start` to before `end` out; not if a comment would go with them.
fn removal(subject: &Subject, bindings: &[NodeId], start: usize, end: usize) -> Option<Fix> {
    let first = subject.span(*bindings.get(start)?);
    let span = match bindings.get(end) {
        Some(&next) => Span::new(first.start, subject.span(next).start),
        None => {
            let before = subject.span(*bindings.get(start.checked_sub(1)?)?);
            Span::new(before.end, subject.span(*bindings.get(end.checked_sub(1)?)?).end)
        }
    };
    let is_comment = |kind| matches!(kind, TokenKind::LineComment | TokenKind::DelimitedComment);
    let tokens = subject.tree().tokens();
    let from = tokens.partition_point(|token| token.span.end <= span.start);
    let inside = tokens.get(from..)?.iter().take_while(|token| token.span.start < span.end);
    let keeps = inside.into_iter().all(|token| !is_comment(token.kind));
    keeps.then(|| Fix { span, replacement: String::new(), safe: true })
}

struct Needed {
    /// The values of the variables that the result needs.
    values: FxHashSet<NodeId>,
    /// For the value of each variable of a `let` the variable whose value its `let` stands in.
    around: FxHashMap<NodeId, Option<NodeId>>,
}

impl Needed {
    fn is_live(&self, unit: Option<NodeId>) -> bool {
        unit.is_none_or(|value| self.values.contains(&value))
    }
}

/// Goes from the result along the names.
fn needed(subject: &Subject) -> Needed {
    let tree = subject.tree();
    let mut needed = Needed { values: FxHashSet::default(), around: FxHashMap::default() };
    // For the value of a variable (none: what is outside of them) the values its names refer to.
    let mut edges: FxHashMap<Option<NodeId>, Vec<NodeId>> = FxHashMap::default();
    let mut open = vec![(tree.root(), None)];
    while let Some((id, unit)) = open.pop() {
        if let Some(Target::Value(value)) = subject.meanings.target(id) {
            edges.entry(unit).or_default().push(value);
        }
        match tree.node(id) {
            Node::Let { bindings, body } => {
                for &binding in tree.list(bindings) {
                    let Node::Binding { value, .. } = tree.node(binding) else { continue };
                    needed.around.insert(value, unit);
                    open.push((value, Some(value)));
                }
                open.push((body, unit));
            }
            _ => tree.visit_children(id, |child| open.push((child, unit))),
        }
    }
    let mut waiting: Vec<Option<NodeId>> = vec![None];
    while let Some(unit) = waiting.pop() {
        for &value in edges.get(&unit).map_or(&[][..], Vec::as_slice) {
            if needed.values.insert(value) {
                waiting.push(Some(value));
            }
        }
    }
    needed
}

/// Variables and parameters with the name of a variable or parameter around them.
pub(super) fn shadowed(subject: &Subject, report: &mut Report<'_>) {
    let tree = subject.tree();
    // The names around a node, as a chain towards the root.
    let mut scopes: Vec<(Option<usize>, FxHashMap<String, NodeId>)> = Vec::new();
    let mut open: Vec<(NodeId, Option<usize>)> = vec![(tree.root(), None)];
    while let Some((id, scope)) = open.pop() {
        let list = match tree.node(id) {
            Node::Let { bindings: list, .. } | Node::Function { parameters: list, .. } => list,
            _ => {
                tree.visit_children(id, |child| open.push((child, scope)));
                continue;
            }
        };
        let mut names = FxHashMap::default();
        for &binding in tree.list(list) {
            let (Node::Binding { name, .. } | Node::Parameter { name, .. }) = tree.node(binding) else {
                continue;
            };
            let text = subject.name(name);
            let mut around = scope;
            while let Some((outer, known)) = around.and_then(|at| scopes.get(at)) {
                if let Some(&hidden) = known.get(&text) {
                    let place = tree.span(hidden);
                    let message = format!("'{text}' hides the '{text}' around it.");
                    let source = report.shown.clone();
                    let line = source.line_column(place.start).line;
                    report
                        .add("M0402", tree.span(name), &message, "the inner one")
                        .help(format!("Give one of them another name; the outer one is on line {line}."));
                    break;
                }
                around = *outer;
            }
            names.insert(text, name);
        }
        scopes.push((scope, names));
        let inner = Some(scopes.len() - 1);
        tree.visit_children(id, |child| open.push((child, inner)));
    }
}
