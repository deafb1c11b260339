//! Going over the tree without knowing its nodes.

use super::tree::{Node, NodeId, Tree};

impl Tree {
    /// Calls `visit` with every child of a node, in the order of the text.
    pub fn visit_children(&self, id: NodeId, mut visit: impl FnMut(NodeId)) {
        match self.node(id) {
            Node::Missing
            | Node::Null
            | Node::Logical(_)
            | Node::Number
            | Node::Text
            | Node::Verbatim
            | Node::Name { .. }
            | Node::NotImplemented
            | Node::PrimitiveType => {}
            Node::Section { attributes, name, members } => {
                attributes.into_iter().for_each(&mut visit);
                name.into_iter().for_each(&mut visit);
                self.list(members).iter().copied().for_each(visit);
            }
            Node::SectionMember { attributes, shared: _, name, value } => {
                attributes.into_iter().for_each(&mut visit);
                visit(name);
                visit(value);
            }
            Node::SectionAccess { section: first, member: second }
            | Node::Range { from: first, to: second }
            | Node::Item { target: first, index: second, optional: _ }
            | Node::Binary { op: _, left: first, right: second }
            | Node::Is { value: first, ty: second }
            | Node::As { value: first, ty: second }
            | Node::Binding { name: first, value: second } => {
                visit(first);
                visit(second);
            }
            Node::Paren(only)
            | Node::Unary { op: _, operand: only }
            | Node::Each(only)
            | Node::Error(only)
            | Node::Type(only)
            | Node::NullableType(only)
            | Node::ListType(only)
            | Node::TableType(only) => visit(only),
            Node::Call { callee, arguments } => {
                visit(callee);
                self.list(arguments).iter().copied().for_each(visit);
            }
            Node::List(items) | Node::Record(items) | Node::RecordType { fields: items, open: _ } => {
                self.list(items).iter().copied().for_each(visit);
            }
            Node::Field { target, name, optional: _ } => {
                target.into_iter().for_each(&mut visit);
                visit(name);
            }
            Node::Projection { target, names, optional: _ } => {
                target.into_iter().for_each(&mut visit);
                self.list(names).iter().copied().for_each(visit);
            }
            Node::Let { bindings, body } => {
                self.list(bindings).iter().copied().for_each(&mut visit);
                visit(body);
            }
            Node::If { condition, then, otherwise } => {
                visit(condition);
                visit(then);
                visit(otherwise);
            }
            Node::Function { parameters, returns, body } => {
                self.list(parameters).iter().copied().for_each(&mut visit);
                returns.into_iter().for_each(&mut visit);
                visit(body);
            }
            Node::Parameter { name, ty, optional: _ } | Node::FieldType { name, ty, optional: _ } => {
                visit(name);
                ty.into_iter().for_each(visit);
            }
            Node::Try { body, handler, catch: _ } => {
                visit(body);
                handler.into_iter().for_each(visit);
            }
            Node::FunctionType { parameters, returns } => {
                self.list(parameters).iter().copied().for_each(&mut visit);
                visit(returns);
            }
        }
    }
}
