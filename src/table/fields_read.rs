//! Which columns a function of a row reads: what lets a step ask its input for those alone.

use crate::ir::{Capture, Code, Item, MemberNode, Node, Scope, ThunkNode, TypeNode};
use crate::value::{Callable, Function, Shape};

/// The positions of the columns that a function of a row reads, if its code names them all; `None` if it may read
/// any. A function that reads a column the table does not have reads no column by that: it fails.
pub fn fields_read(function: &Function, shape: &Shape) -> Option<Vec<usize>> {
    let Callable::Closure(closure) = function.callable() else { return None };
    let mut fields = Fields { shape, positions: Vec::new(), any: false };
    fields.code(&closure.lambda().code, &Row { parameter: Some(0), captured: Vec::new() });
    (!fields.any).then_some(fields.positions)
}

/// Where a frame holds the row.
struct Row {
    parameter: Option<u32>,
    captured: Vec<u32>,
}

impl Row {
    fn is(&self, node: &Node) -> bool {
        match node {
            Node::Parameter(at) | Node::LastUse(at) => self.parameter == Some(*at),
            Node::Captured(at, _) => self.captured.contains(at),
            _ => false,
        }
    }

    fn captured_by(&self, captures: &[Capture]) -> Row {
        let holds = |capture: &Capture| match capture {
            Capture::Parameter(at) => self.parameter == Some(*at),
            Capture::Captured(at) => self.captured.contains(at),
            _ => false,
        };
        let captured = captures.iter().enumerate().filter(|(_, capture)| holds(capture));
        Row { parameter: None, captured: captured.map(|(at, _)| at as u32).collect() }
    }

    fn is_nowhere(&self) -> bool {
        self.parameter.is_none() && self.captured.is_empty()
    }
}

struct Fields<'s> {
    shape: &'s Shape,
    positions: Vec<usize>,
    any: bool,
}

impl Fields<'_> {
    fn field(&mut self, name: &str) {
        match self.shape.position(name) {
            Some(position) if self.positions.contains(&position) => {}
            Some(position) => self.positions.push(position),
            // The error about it shows the whole row.
            None => self.any = true,
        }
    }

    fn code(&mut self, code: &Code, row: &Row) {
        if row.is_nowhere() || self.any {
            return;
        }
        code.variables.iter().flatten().for_each(|node| self.node(node, row));
        self.node(&code.body, row);
    }

    fn nodes(&mut self, nodes: &[Node], row: &Row) {
        nodes.iter().for_each(|node| self.node(node, row));
    }

    fn pair(&mut self, pair: &(Node, Node), row: &Row) {
        self.node(&pair.0, row);
        self.node(&pair.1, row);
    }

    fn node(&mut self, node: &Node, row: &Row) {
        if self.any {
            return;
        }
        match node {
            Node::Parameter(_) | Node::LastUse(_) | Node::Captured(..) => self.any |= row.is(node),
            Node::Field(of, access, _) if row.is(of) => self.field(&access.name),
            Node::Projection(of, fields, _) if row.is(of) => {
                fields.shape.names().iter().for_each(|name| self.field(name));
            }
            Node::Field(of, _, _) | Node::Projection(of, _, _) => self.node(of, row),
            Node::Constant(_)
            | Node::Variable(..)
            | Node::CellVariable(..)
            | Node::Itself
            | Node::Sibling(_)
            | Node::Member { .. }
            | Node::Environment(_)
            | Node::NotImplemented(_)
            | Node::Invalid(..) => {}
            Node::Unary(_, operand, _) | Node::Error(operand, _) | Node::Try(operand) => {
                self.node(operand, row)
            }
            Node::Is(operand, _) | Node::As(operand, _, _) => self.node(operand, row),
            Node::Binary(_, pair, _)
            | Node::And(pair, _)
            | Node::Or(pair, _)
            | Node::Coalesce(pair)
            | Node::Meta(pair, _)
            | Node::Item(pair, _, _)
            | Node::TryOtherwise(pair)
            | Node::TryCatch(pair, _) => self.pair(pair, row),
            Node::If(parts, _) => {
                self.node(&parts.0, row);
                self.node(&parts.1, row);
                self.node(&parts.2, row);
            }
            Node::Call(callee, arguments, _) => {
                self.node(callee, row);
                self.nodes(arguments, row);
            }
            Node::CallItself(arguments, _) | Node::CallNative(_, arguments, _) => self.nodes(arguments, row),
            Node::Lambda(group, _, captures) => {
                let inside = row.captured_by(captures);
                group.iter().for_each(|lambda| self.code(&lambda.code, &inside));
            }
            Node::List(items, _) => {
                for item in items {
                    match item {
                        Item::One(member) => self.member(member, row),
                        Item::Range(from, to, _) => {
                            self.node(from, row);
                            self.node(to, row);
                        }
                    }
                }
            }
            Node::Record(_, scope, members) => {
                self.scope(scope, row);
                members.iter().for_each(|member| self.member(member, row));
            }
            Node::Let(scope, body) => {
                self.scope(scope, row);
                self.node(body, row);
            }
            Node::Type(ty, _) => self.ty(ty, row),
            Node::Noted(inside, _) => self.node(inside, row),
        }
    }

    fn scope(&mut self, scope: &Scope, row: &Row) {
        scope.cells.iter().for_each(|cell| self.thunk(&cell.thunk, row));
    }

    fn thunk(&mut self, thunk: &ThunkNode, row: &Row) {
        self.code(&thunk.code, &row.captured_by(&thunk.captures));
    }

    fn member(&mut self, member: &MemberNode, row: &Row) {
        match member {
            MemberNode::Ready(node) => self.node(node, row),
            MemberNode::Share(capture) => {
                self.any |= !row.captured_by(std::slice::from_ref(capture)).is_nowhere();
            }
            MemberNode::Thunk(thunk) => self.thunk(thunk, row),
        }
    }

    fn ty(&mut self, ty: &TypeNode, row: &Row) {
        match ty {
            TypeNode::Expression(node) => self.node(node, row),
            TypeNode::Nullable(part) | TypeNode::List(part) | TypeNode::Table(part) => self.ty(part, row),
            TypeNode::Record(fields, _) => {
                fields.iter().filter_map(|(_, part, _)| part.as_ref()).for_each(|part| self.ty(part, row));
            }
            TypeNode::Function(parameters, _, returns) => {
                parameters.iter().filter_map(|(_, part)| part.as_ref()).for_each(|part| self.ty(part, row));
                self.ty(returns, row);
            }
            TypeNode::Known(_) => {}
        }
    }
}
