//! Whether two texts say the same: equal trees, whatever their white space, comments and spelling of names
//! and escapes.

use std::mem::discriminant;

use super::tree::{Node, NodeId, Tree};

/// Whether the document `a`, parsed from `source_a`, equals the document `b`, parsed from `source_b`.
pub fn equivalent(a: &Tree, source_a: &str, b: &Tree, source_b: &str) -> bool {
    let mut pairs = vec![(a.root(), b.root())];
    let (mut left, mut right) = (Vec::new(), Vec::new());
    while let Some((at, bt)) = pairs.pop() {
        let (node, other) = (a.node(at), b.node(bt));
        if discriminant(&node) != discriminant(&other) || details(node) != details(other) {
            return false;
        }
        let same = match node {
            Node::Name { .. } => a.name(at, source_a) == b.name(bt, source_b),
            Node::Text => a.text_value(at, source_a) == b.text_value(bt, source_b),
            Node::Number | Node::Verbatim | Node::PrimitiveType => {
                a.span(at).of(source_a) == b.span(bt).of(source_b)
            }
            _ => true,
        };
        a.visit_children(at, |child| left.push(child));
        b.visit_children(bt, |child| right.push(child));
        if !same || left.len() != right.len() {
            return false;
        }
        pairs.extend(left.drain(..).zip(right.drain(..)));
    }
    true
}

/// What a node says beside its kind and its children: flags, operators, which children there are.
fn details(node: Node) -> (u8, [bool; 3], usize) {
    let some = |child: Option<NodeId>| child.is_some();
    match node {
        Node::Section { attributes, name, members } => {
            (0, [some(attributes), some(name), false], members.len())
        }
        Node::SectionMember { attributes, shared, .. } => (0, [some(attributes), shared, false], 0),
        Node::Logical(value) => (0, [value, false, false], 0),
        Node::Name { inclusive } => (0, [inclusive, false, false], 0),
        Node::Item { optional, .. } => (0, [optional, false, false], 0),
        Node::Field { target, optional, .. } => (0, [some(target), optional, false], 0),
        Node::Projection { target, optional, names } => (0, [some(target), optional, false], names.len()),
        Node::Unary { op, .. } => (op as u8, [false; 3], 0),
        Node::Binary { op, .. } => (op as u8, [false; 3], 0),
        Node::Function { parameters, returns, .. } => (0, [some(returns), false, false], parameters.len()),
        Node::Parameter { ty, optional, .. } | Node::FieldType { ty, optional, .. } => {
            (0, [some(ty), optional, false], 0)
        }
        Node::Try { handler, catch, .. } => (0, [some(handler), catch, false], 0),
        Node::RecordType { open, .. } => (0, [open, false, false], 0),
        _ => (0, [false; 3], 0),
    }
}

#[cfg(test)]
mod tests {
    use super::equivalent;
    use crate::syntax::parse;

    fn same(a: &str, b: &str) -> bool {
        equivalent(&parse(a).tree, a, &parse(b).tree, b)
    }

    #[test]
    fn layout_and_spelling_do_not_count() {
        assert!(same("let a=1 in a", "let /* x */ #\"a\" = 1\nin a"));
        assert!(same("\"#(tab)\"", "\"\t\""));
    }

    #[test]
    fn everything_else_does() {
        for (a, b) in [
            ("1", "2"),
            ("a", "@a"),
            ("a + b", "a - b"),
            ("x[a]", "x[a]?"),
            ("f(a)", "f(a, b)"),
            ("{a, b}", "{b, a}"),
            ("try a otherwise (e) => 1", "try a catch (e) => 1"),
            ("type [a]", "type [a, ...]"),
            ("(a)", "a"),
            ("\"a\"", "\"b\""),
        ] {
            assert!(!same(a, b), "{a} and {b}");
        }
    }
}
