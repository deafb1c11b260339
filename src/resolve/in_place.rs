//! Which fields of `r & [a = r[a] & [...]]` are updates of what stands in their place already.

use crate::ir::{MemberNode, Node, Operator};
use crate::value::{Shape, Text};

/// Marks those of the members of a record that is put over the parameter in `slot`, and those inside of them.
pub(super) fn mark(slot: u32, shape: &Shape, members: &mut [MemberNode]) {
    marked(slot, &mut Vec::new(), shape, members);
}

fn marked(slot: u32, path: &mut Vec<Text>, shape: &Shape, members: &mut [MemberNode]) {
    for (name, member) in shape.names().iter().zip(members) {
        let MemberNode::Thunk(thunk) = member else { continue };
        let Some(Node::Binary(Operator::Concatenate, parts, _)) = thunk.prompt.as_deref_mut() else {
            continue;
        };
        path.push(name.clone());
        if is_path(slot, path, &parts.0)
            && let Node::Record(shape, scope, members) = &mut parts.1
            && scope.cells.is_empty()
        {
            thunk.in_place = true;
            marked(slot, path, shape, members);
        }
        path.pop();
    }
}

/// Whether a node is `r[a][b]` with r the parameter and a and b the path.
fn is_path(slot: u32, path: &[Text], node: &Node) -> bool {
    match (node, path.split_last()) {
        (Node::Parameter(at), None) => *at == slot,
        (Node::Field(target, field, _), Some((last, before))) => {
            field.name == *last && is_path(slot, before, target)
        }
        _ => false,
    }
}
