//! Claims about types that the data contradicts. M takes them as they are: what reads the data by its type fails later,
//! far from here.

use super::Report;
use super::gives::{allowed, allows, function_gives, gives, words};
use super::subject::Subject;
use crate::syntax::{Node, NodeId};
use crate::value::Kind;
use crate::value::types::Kinds;

pub(super) fn check(subject: &Subject, report: &mut Report<'_>) {
    for visited in subject.nodes.iter().filter(|visited| !visited.guarded) {
        let Some((name, arguments)) = subject.call(visited.id) else { continue };
        match (name.as_str(), arguments) {
            ("Table.AddColumn", &[_, _, function, ty]) => of_function(subject, report, function, ty),
            ("Table.TransformColumns", &[_, changes, ..]) => {
                for (function, ty) in entries(subject, changes) {
                    of_function(subject, report, function, ty);
                }
            }
            ("Table.Group", &[_, _, aggregates, ..]) => {
                for (function, ty) in entries(subject, aggregates) {
                    of_function(subject, report, function, ty);
                }
            }
            ("#table", &[ty, rows]) | ("Table.FromRows", &[rows, ty]) => {
                of_rows(subject, report, ty, rows);
            }
            ("Table.FromRecords", &[records, ty]) => of_records(subject, report, ty, records),
            _ => {}
        }
    }
}

/// Function and type of each `{name, function, type}` in a list of such, or in one of them.
fn entries(subject: &Subject, list: NodeId) -> Vec<(NodeId, NodeId)> {
    let entry = |items: &[NodeId]| match *items {
        [name, function, ty] if subject.literal_text(name).is_some() => Some((function, ty)),
        _ => None,
    };
    let Some(items) = subject.list(list) else { return Vec::new() };
    match entry(items) {
        Some(one) => vec![one],
        None => items.iter().filter_map(|&item| entry(subject.list(item)?)).collect(),
    }
}

fn of_function(subject: &Subject, report: &mut Report<'_>, function: NodeId, ty: NodeId) {
    let Some(claimed) = allows(subject, ty) else { return };
    let given = function_gives(subject, function);
    if contradicts(given, claimed) {
        let message = format!(
            "The column is claimed to hold {}, and the function gives {}.",
            words(claimed.without(Kind::Null)),
            words(given.without(Kind::Null))
        );
        add(subject, report, ty, &message);
    }
}

/// Names and allowed kinds of the columns of a table type that is written out.
fn columns(subject: &Subject, ty: NodeId) -> Option<Vec<(String, Option<Kinds>)>> {
    let Node::Type(inner) = subject.node(subject.value(ty)) else { return None };
    let Node::TableType(row) = subject.node(inner) else { return None };
    let Node::RecordType { fields, .. } = subject.node(row) else { return None };
    let column = |&field: &NodeId| match subject.node(field) {
        Node::FieldType { name, ty, .. } => {
            Some((subject.name(name), ty.and_then(|ty| allowed(subject, ty))))
        }
        _ => None,
    };
    subject.tree().list(fields).iter().map(column).collect()
}

fn of_rows(subject: &Subject, report: &mut Report<'_>, ty: NodeId, rows: NodeId) {
    let (Some(columns), Some(rows)) = (columns(subject, ty), subject.list(rows)) else { return };
    for &row in rows {
        let cells = subject.list(row).unwrap_or_default();
        for ((name, claimed), &cell) in columns.iter().zip(cells) {
            of_cell(subject, report, name, *claimed, cell);
        }
    }
}

fn of_records(subject: &Subject, report: &mut Report<'_>, ty: NodeId, records: NodeId) {
    let (Some(columns), Some(records)) = (columns(subject, ty), subject.list(records)) else { return };
    for &record in records {
        for (field, cell) in subject.fields(record).unwrap_or_default() {
            if let Some((name, claimed)) = columns.iter().find(|(name, _)| *name == field) {
                of_cell(subject, report, name, *claimed, cell);
            }
        }
    }
}

fn of_cell(subject: &Subject, report: &mut Report<'_>, column: &str, claimed: Option<Kinds>, cell: NodeId) {
    let Some(claimed) = claimed else { return };
    let given = gives(subject, cell);
    if contradicts(given, claimed) {
        let message = format!(
            "'{column}' is claimed to hold {}, and this is {}.",
            words(claimed.without(Kind::Null)),
            words(given.without(Kind::Null))
        );
        add(subject, report, cell, &message);
    }
}

/// Whether no value but `null` can be of both.
fn contradicts(given: Kinds, claimed: Kinds) -> bool {
    let given = given.without(Kind::Null);
    !given.is_none() && !claimed.without(Kind::Null).is_none() && given.and(claimed).is_none()
}

fn add(subject: &Subject, report: &mut Report<'_>, place: NodeId, message: &str) {
    report.add("M0413", subject.span(place), message, "contradicts it").help(
        "A claim converts nothing. Change the type, or convert the value: Text.From, Number.From, Table.TransformColumnTypes.",
    );
}
