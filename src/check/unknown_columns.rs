//! Columns that a table certainly does not have.

use super::Report;
use super::columns::{Columns, Names};
use super::demands::demands;
use super::row_functions::row_parameters;
use super::subject::Subject;
use crate::diagnostics::closest;
use crate::resolve::Target;
use crate::syntax::{Node, NodeId};

/// Columns that are listed for the author.
const LISTED: usize = 12;

pub(super) fn check(subject: &Subject, report: &mut Report<'_>) {
    let mut columns = Columns::new(subject);
    let rows = row_parameters(subject);
    for visited in subject.nodes.iter().filter(|visited| !visited.guarded) {
        let id = visited.id;
        if let Some((name, arguments)) = subject.call(id) {
            for demand in demands(subject, &name, arguments) {
                missing(subject, report, &columns.of(demand.table), &demand.name, demand.place);
            }
        }
        let (target, names) = match subject.node(id) {
            Node::Field { target, ref name, optional: false } => {
                (target, std::slice::from_ref(name).to_vec())
            }
            Node::Projection { target, names, optional: false } => {
                (target, subject.tree().list(names).to_vec())
            }
            _ => continue,
        };
        let known = match owner(subject, id, target) {
            Some(Target::Parameter(parameter)) => rows.get(&parameter).and_then(|&table| columns.of(table)),
            _ => target.and_then(|target| match subject.node(subject.value(target)) {
                Node::Item { target: table, optional: false, .. } => columns.of(table),
                _ => columns.of(target),
            }),
        };
        for name in names {
            missing(subject, report, &known, &subject.name(name), name);
        }
    }
}

/// What the row is, if a field is taken of a name or of `_`.
fn owner(subject: &Subject, id: NodeId, target: Option<NodeId>) -> Option<Target> {
    match target {
        None => subject.meanings.target(id),
        Some(target) if matches!(subject.node(target), Node::Name { .. }) => subject.meanings.target(target),
        Some(_) => None,
    }
}

fn missing(subject: &Subject, report: &mut Report<'_>, columns: &Names, name: &str, place: NodeId) {
    let Some(columns) = columns.as_ref().filter(|columns| !columns.iter().any(|known| **known == *name))
    else {
        return;
    };
    let help = closest(name, columns.iter().map(|known| &**known)).unwrap_or_else(|| {
        let more = if columns.len() > LISTED { ", …" } else { "" };
        let listed: Vec<&str> = columns.iter().take(LISTED).map(|known| &**known).collect();
        format!("Its columns are: {}{more}.", listed.join(", "))
    });
    report
        .add(
            "M0404",
            subject.span(place),
            &format!("The column '{name}' of the table wasn't found."),
            "no such column",
        )
        .help(help);
}
