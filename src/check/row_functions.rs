//! Functions that are called with the rows of a table.

use rustc_hash::FxHashMap;

use super::subject::Subject;
use crate::syntax::{Node, NodeId};

/// For the parameter of each function that takes rows, the table they are of.
pub(super) fn row_parameters(subject: &Subject) -> FxHashMap<NodeId, NodeId> {
    let mut found = FxHashMap::default();
    for visited in &subject.nodes {
        let Some((name, arguments)) = subject.call(visited.id) else { continue };
        let at: &[usize] = match name.as_str() {
            "Table.AddColumn" => &[2],
            "Table.SelectRows" | "Table.TransformRows" | "Table.MatchesAllRows" | "Table.MatchesAnyRows" => {
                &[1]
            }
            "Table.ReplaceValue" => &[1, 2],
            _ => continue,
        };
        let Some(&table) = arguments.first() else { continue };
        for &function in at.iter().filter_map(|&at| arguments.get(at)) {
            // A function in a step of its own may be used for other tables as well.
            let parameter = match subject.node(unwrapped(subject, function)) {
                Node::Each(_) => unwrapped(subject, function),
                Node::Function { parameters, .. } => match subject.tree().list(parameters) {
                    &[only] => match subject.node(only) {
                        Node::Parameter { name, .. } => name,
                        _ => continue,
                    },
                    _ => continue,
                },
                _ => continue,
            };
            found.insert(parameter, table);
        }
    }
    found
}

fn unwrapped(subject: &Subject, mut id: NodeId) -> NodeId {
    while let Node::Paren(inner) = subject.node(id) {
        id = inner;
    }
    id
}
