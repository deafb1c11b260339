//! Prints a tree back as M: on one line, with the least white space that reads well and the parentheses
//! that the structure needs. Comments and the author's own layout are for the formatter, not for this.

use super::character::is_regular_identifier;
use super::literal;
use super::parser::{AS_RANK, IS_RANK, PRIMITIVE_TYPES, rank};
use super::token::{TokenKind, keyword};
use super::tree::{BinaryOp, Node, NodeId, NodeList, Tree, UnaryOp};

/// A stack with less room than this gets more; trees are as deep as their texts are long.
const RED_ZONE: usize = 64 * 1024;
const STACK: usize = 2 * 1024 * 1024;

/// How tightly the operand of a unary operator holds together.
const UNARY: u8 = 11;
/// How tightly a primary expression holds together.
const PRIMARY: u8 = 12;

/// Prints the whole document.
pub fn print(tree: &Tree, source: &str) -> String {
    print_node(tree, tree.root(), source)
}

/// Prints one node and what is in it. What is missing is printed as an empty verbatim literal.
pub fn print_node(tree: &Tree, id: NodeId, source: &str) -> String {
    let mut printer = Printer { tree, source, out: String::with_capacity(tree.span(id).len()) };
    printer.node(id);
    printer.out
}

struct Printer<'a> {
    tree: &'a Tree,
    source: &'a str,
    out: String,
}

impl Printer<'_> {
    fn node(&mut self, id: NodeId) {
        stacker::maybe_grow(RED_ZONE, STACK, || self.node_here(id));
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// An expression where only such as hold together at least as tightly as `min` can stand.
    fn operand(&mut self, id: NodeId, min: u8) {
        if strength(self.tree.node(id)) < min {
            self.put("(");
            self.node(id);
            self.put(")");
        } else {
            self.node(id);
        }
    }

    fn listed(&mut self, list: NodeList, mut item: impl FnMut(&mut Self, NodeId)) {
        for (at, &id) in self.tree.list(list).iter().enumerate() {
            if at > 0 {
                self.put(", ");
            }
            item(self, id);
        }
    }

    fn node_here(&mut self, id: NodeId) {
        match self.tree.node(id) {
            Node::Missing => self.put("#!\"\""),
            Node::Section { attributes, name, members } => {
                self.attributes(attributes);
                self.put("section ");
                if let Some(name) = name {
                    self.name(name);
                }
                self.put(";");
                for &member in self.tree.list(members) {
                    self.put(" ");
                    self.node(member);
                }
            }
            Node::SectionMember { attributes, shared, name, value } => {
                self.attributes(attributes);
                self.put(if shared { "shared " } else { "" });
                self.name(name);
                self.put(" = ");
                self.node(value);
                self.put(";");
            }
            Node::Null => self.put("null"),
            Node::Logical(value) => self.put(if value { "true" } else { "false" }),
            Node::Number | Node::Verbatim | Node::PrimitiveType => {
                self.put(self.tree.span(id).of(self.source))
            }
            Node::Text => {
                let value = self.tree.text_value(id, self.source);
                self.put("\"");
                literal::encode(&value, &mut self.out);
                self.put("\"");
            }
            Node::Name { .. } => self.name(id),
            Node::SectionAccess { section, member } => {
                self.name(section);
                self.put("!");
                self.name(member);
            }
            Node::Paren(inner) => self.between("(", inner, ")"),
            Node::NotImplemented => self.put("..."),
            Node::Call { callee, arguments } => {
                self.operand(callee, PRIMARY);
                self.put("(");
                self.listed(arguments, Self::node);
                self.put(")");
            }
            Node::List(items) => {
                self.put("{");
                self.listed(items, Self::node);
                self.put("}");
            }
            Node::Range { from, to } => {
                self.node(from);
                self.put(" .. ");
                self.node(to);
            }
            Node::Record(fields) => {
                self.put("[");
                self.listed(fields, |printer, field| match printer.tree.node(field) {
                    Node::Binding { name, value } => {
                        printer.field_name(name);
                        printer.put(" = ");
                        printer.node(value);
                    }
                    _ => printer.node(field),
                });
                self.put("]");
            }
            Node::Item { target, index, optional } => {
                self.operand(target, PRIMARY);
                self.between("{", index, "}");
                self.put(if optional { "?" } else { "" });
            }
            Node::Field { target, name, optional } => {
                self.target(target);
                self.selector(name);
                self.put(if optional { "?" } else { "" });
            }
            Node::Projection { target, names, optional } => {
                self.target(target);
                self.put("[");
                self.listed(names, Self::selector);
                self.put(if optional { "]?" } else { "]" });
            }
            Node::Unary { op, operand } => {
                self.put(match op {
                    UnaryOp::Plus => "+",
                    UnaryOp::Minus => "-",
                    UnaryOp::Not => "not ",
                });
                self.operand(operand, UNARY);
            }
            Node::Binary { op, left, right } => {
                self.operand(left, rank(op));
                self.put(spelling(op));
                self.operand(right, rank(op) + 1);
            }
            Node::Is { value, ty } => self.tested(value, IS_RANK, " is ", ty),
            Node::As { value, ty } => self.tested(value, AS_RANK, " as ", ty),
            Node::Let { bindings, body } => {
                self.put("let ");
                self.listed(bindings, Self::node);
                self.put(" in ");
                self.node(body);
            }
            Node::Binding { name, value } => {
                self.name(name);
                self.put(" = ");
                self.node(value);
            }
            Node::If { condition, then, otherwise } => {
                self.put("if ");
                self.node(condition);
                self.put(" then ");
                self.node(then);
                self.put(" else ");
                self.node(otherwise);
            }
            Node::Function { parameters, returns, body } => {
                self.put("(");
                self.listed(parameters, Self::node);
                self.put(")");
                if let Some(returns) = returns {
                    self.put(" as ");
                    self.primitive(returns);
                }
                self.put(" => ");
                self.node(body);
            }
            Node::Parameter { name, ty, optional } => {
                self.put(if optional { "optional " } else { "" });
                self.name(name);
                if let Some(ty) = ty {
                    self.put(" as ");
                    self.ty(ty);
                }
            }
            Node::Each(body) => {
                self.put("each ");
                self.node(body);
            }
            Node::Error(operand) => {
                self.put("error ");
                self.node(operand);
            }
            Node::Try { body, handler, catch } => {
                self.put("try ");
                self.node(body);
                if let Some(handler) = handler {
                    self.put(if catch { " catch " } else { " otherwise " });
                    self.node(handler);
                }
            }
            Node::Type(ty) => {
                self.put("type ");
                self.ty(ty);
            }
            Node::NullableType(ty) => {
                self.put("nullable ");
                self.ty(ty);
            }
            Node::ListType(item) => {
                self.put("{");
                self.ty(item);
                self.put("}");
            }
            Node::RecordType { fields, open } => {
                self.put("[");
                self.listed(fields, Self::node);
                self.put(match (open, fields.is_empty()) {
                    (true, true) => "...]",
                    (true, false) => ", ...]",
                    (false, _) => "]",
                });
            }
            Node::FieldType { name, ty, optional } => {
                self.put(if optional { "optional " } else { "" });
                self.field_name(name);
                if let Some(ty) = ty {
                    self.put(" = ");
                    self.ty(ty);
                }
            }
            Node::TableType(row) => {
                self.put("table ");
                self.ty(row);
            }
            Node::FunctionType { parameters, returns } => {
                self.put("function (");
                self.listed(parameters, Self::node);
                self.put(") as ");
                self.ty(returns);
            }
        }
    }

    fn between(&mut self, open: &str, id: NodeId, close: &str) {
        self.put(open);
        self.node(id);
        self.put(close);
    }

    fn attributes(&mut self, attributes: Option<NodeId>) {
        if let Some(attributes) = attributes {
            self.node(attributes);
            self.put(" ");
        }
    }

    fn target(&mut self, target: Option<NodeId>) {
        if let Some(target) = target {
            self.operand(target, PRIMARY);
        }
    }

    fn tested(&mut self, value: NodeId, rank: u8, word: &str, ty: NodeId) {
        self.operand(value, rank);
        self.put(word);
        self.primitive(ty);
    }

    /// A type after `is` and `as`.
    fn primitive(&mut self, ty: NodeId) {
        match self.tree.node(ty) {
            Node::Missing => self.put("any"),
            _ => self.node(ty),
        }
    }

    /// A type in a type context, where some expressions would be taken for types.
    fn ty(&mut self, id: NodeId) {
        if is_type(self.tree.node(id)) {
            self.node(id);
            return;
        }
        let head = self.head(id);
        match self.tree.node(head) {
            Node::Name { inclusive: false } if self.is_type_word(head) => {
                // Quoted, the name is no type word; the rest follows it as always.
                let start = self.out.len();
                self.operand(id, PRIMARY);
                let name = self.tree.name(head, self.source);
                let quoted = format!("#\"{name}\"");
                self.out.replace_range(start..start + name.len(), &quoted);
            }
            Node::Null | Node::List(_) | Node::Record(_) | Node::Field { .. } | Node::Projection { .. } => {
                self.between("(", id, ")");
            }
            _ => self.operand(id, PRIMARY),
        }
    }

    /// The expression that a chain of calls and selections starts with.
    fn head(&self, id: NodeId) -> NodeId {
        let mut head = id;
        loop {
            head = match self.tree.node(head) {
                Node::Call { callee: target, .. }
                | Node::Item { target, .. }
                | Node::Field { target: Some(target), .. }
                | Node::Projection { target: Some(target), .. }
                | Node::SectionAccess { section: target, .. } => target,
                _ => return head,
            };
        }
    }

    fn is_type_word(&self, name: NodeId) -> bool {
        let name = self.tree.name(name, self.source);
        PRIMITIVE_TYPES.contains(&&*name) && keyword(name.as_bytes()).is_none()
            || matches!(&*name, "nullable" | "catch")
    }

    fn selector(&mut self, name: NodeId) {
        self.put("[");
        self.field_name(name);
        self.put("]");
    }

    /// A name outside brackets; a missing one is the empty name.
    fn name(&mut self, id: NodeId) {
        if let Node::Name { inclusive: true } = self.tree.node(id) {
            self.put("@");
        }
        let hash = self.tree.tokens().get(self.tree.token_range(id)).unwrap_or(&[]);
        let name = self.tree.name(id, self.source);
        if hash.iter().any(|token| token.kind == TokenKind::HashName)
            || is_regular_identifier(&name) && name != "optional"
        {
            self.put(&name);
        } else {
            self.quoted(&name);
        }
    }

    /// A name inside brackets, where words need no quotes.
    fn field_name(&mut self, id: NodeId) {
        let name = self.tree.name(id, self.source);
        let words =
            name.split(' ').all(|word| is_regular_identifier(word) || keyword(word.as_bytes()).is_some());
        if words && !name.starts_with("optional") {
            self.put(&name);
        } else {
            self.quoted(&name);
        }
    }

    fn quoted(&mut self, name: &str) {
        self.put("#\"");
        literal::encode(name, &mut self.out);
        self.put("\"");
    }
}

fn is_type(node: Node) -> bool {
    matches!(
        node,
        Node::PrimitiveType
            | Node::NullableType(_)
            | Node::ListType(_)
            | Node::RecordType { .. }
            | Node::TableType(_)
            | Node::FunctionType { .. }
    )
}

/// How tightly a node holds together: its operator's rank, [`UNARY`] or [`PRIMARY`]; 0 for expressions that
/// go on as far as they can.
fn strength(node: Node) -> u8 {
    match node {
        Node::Each(_)
        | Node::Let { .. }
        | Node::If { .. }
        | Node::Function { .. }
        | Node::Error(_)
        | Node::Try { .. }
        | Node::Range { .. } => 0,
        Node::Binary { op, .. } => rank(op),
        Node::Is { .. } => IS_RANK,
        Node::As { .. } => AS_RANK,
        Node::Unary { .. } | Node::Type(_) => UNARY,
        _ => PRIMARY,
    }
}

fn spelling(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Meta => " meta ",
        BinaryOp::Multiply => " * ",
        BinaryOp::Divide => " / ",
        BinaryOp::Add => " + ",
        BinaryOp::Subtract => " - ",
        BinaryOp::Concatenate => " & ",
        BinaryOp::Less => " < ",
        BinaryOp::LessEqual => " <= ",
        BinaryOp::Greater => " > ",
        BinaryOp::GreaterEqual => " >= ",
        BinaryOp::Equal => " = ",
        BinaryOp::NotEqual => " <> ",
        BinaryOp::And => " and ",
        BinaryOp::Or => " or ",
        BinaryOp::Coalesce => " ?? ",
    }
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::syntax::parse;

    fn printed(text: &str) -> String {
        print(&parse(text).tree, text)
    }

    #[test]
    fn canonical_text() {
        for (text, expected) in [
            ("let a=1 ,#\"b\" = /* c */ 2 in a+b", "let a = 1, b = 2 in a + b"),
            ("(1+2)*  - - 3", "(1 + 2) * --3"),
            ("[ #\"Unit Price\"=1 , #\"a-b\" = 2 ]", "[Unit Price = 1, #\"a-b\" = 2]"),
            ("{1..2}", "{1 .. 2}"),
            ("\"a#(0009)#(#)(b\"", "\"a#(tab)#(#)(b\""),
            ("section S;shared #\"x\"=#date(1,2,3);", "section S; shared x = #date(1, 2, 3);"),
            ("type #\"text\"", "type #\"text\""),
            ("type #\"table\"[x]", "type #\"table\"[x]"),
            ("(#\"optional\")=>1", "(#\"optional\") => 1"),
        ] {
            assert_eq!(printed(text), expected);
        }
    }

    #[test]
    fn parentheses_that_were_left_out_are_added() {
        assert_eq!(printed("1 + if a then b else c"), "1 + (if a then b else c)");
    }

    #[test]
    fn what_is_missing_is_a_verbatim_literal() {
        assert_eq!(printed("f(1, "), "f(1, #!\"\")");
    }
}
