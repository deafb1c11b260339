//! Where each construct may break.

use super::document::{Flat, Op};
use super::writer::Writer;
use crate::syntax::{BinaryOp, Node, NodeId, NodeList, TokenKind, UnaryOp};

/// A stack with less room than this gets more; trees are as deep as their texts are nested.
const RED_ZONE: usize = 64 * 1024;
const STACK: usize = 2 * 1024 * 1024;

impl Writer<'_> {
    /// A node and all that is in it.
    pub(super) fn node(&mut self, id: NodeId) {
        stacker::maybe_grow(RED_ZONE, STACK, || self.node_here(id));
    }

    fn node_here(&mut self, id: NodeId) {
        use TokenKind as T;
        match self.tree.node(id) {
            Node::Section { attributes, name, members } => self.section(attributes, name, members),
            Node::SectionMember { attributes, shared, name, value } => {
                self.attributes(attributes);
                if shared {
                    self.take(T::Shared);
                    self.space();
                }
                self.definition(name, value);
                self.take(T::Semicolon);
            }
            Node::Missing
            | Node::Null
            | Node::Logical(_)
            | Node::Number
            | Node::Text
            | Node::Verbatim
            | Node::NotImplemented
            | Node::PrimitiveType
            | Node::Name { inclusive: false } => self.verbatim(id),
            Node::Name { inclusive: true } => {
                self.take(T::At);
                self.token();
            }
            Node::SectionAccess { section, member } => {
                self.node(section);
                self.take(T::Exclamation);
                self.node(member);
            }
            Node::Paren(inner) => self.enclosed(T::LeftParen, inner, T::RightParen),
            Node::Call { callee, arguments } => self.call(callee, arguments),
            Node::List(items) => self.list(items),
            Node::Range { from, to } => self.range(from, to),
            Node::Record(fields) => self.bracketed(T::LeftBracket, fields, T::RightBracket),
            Node::Item { target, index, optional } => {
                self.node(target);
                self.enclosed(T::LeftBrace, index, T::RightBrace);
                self.question(optional);
            }
            Node::Field { target, name, optional } => {
                target.into_iter().for_each(|target| self.node(target));
                self.selector(name);
                self.question(optional);
            }
            Node::Projection { target, names, optional } => {
                target.into_iter().for_each(|target| self.node(target));
                self.items(T::LeftBracket, names, T::RightBracket, Self::selector);
                self.question(optional);
            }
            Node::Unary { op, operand } => {
                self.token();
                if op == UnaryOp::Not {
                    self.space();
                }
                self.node(operand);
            }
            Node::Binary { op, .. } => self.operators(id, op),
            Node::Is { value, ty } => self.tested(value, T::Is, ty),
            Node::As { value, ty } => self.tested(value, T::As, ty),
            Node::Let { bindings, body } => self.let_in(bindings, body),
            Node::Binding { name, value } => self.definition(name, value),
            Node::If { .. } => self.conditions(id),
            Node::Function { parameters, returns, body } => {
                self.bracketed(T::LeftParen, parameters, T::RightParen);
                if let Some(returns) = returns {
                    self.space();
                    self.take(T::As);
                    self.space();
                    self.node(returns);
                }
                self.space();
                self.take(T::Arrow);
                self.after(body);
            }
            Node::Each(body) => {
                self.take(T::Each);
                self.after(body);
            }
            Node::Error(operand) => {
                self.take(T::Error);
                self.after(operand);
            }
            Node::Try { body, handler, catch } => self.try_handler(body, handler, catch),
            Node::Type(ty) => {
                self.take(T::Type);
                self.space();
                self.node(ty);
            }
            Node::Parameter { .. }
            | Node::NullableType(_)
            | Node::ListType(_)
            | Node::RecordType { .. }
            | Node::FieldType { .. }
            | Node::TableType(_)
            | Node::FunctionType { .. } => self.ty(id),
        }
    }

    fn section(&mut self, attributes: Option<NodeId>, name: Option<NodeId>, members: NodeList) {
        self.attributes(attributes);
        self.take(TokenKind::Section);
        if let Some(name) = name {
            self.space();
            self.node(name);
        }
        self.take(TokenKind::Semicolon);
        for (at, &member) in self.tree.list(members).iter().enumerate() {
            if at == 0 {
                self.out.push(Op::Line { flat: Flat::Never, empty: false });
            }
            self.line(Flat::Never, at > 0);
            self.node(member);
        }
    }

    /// The record in brackets before a section or a member, on a line of its own.
    fn attributes(&mut self, attributes: Option<NodeId>) {
        if let Some(attributes) = attributes {
            self.node(attributes);
            self.line(Flat::Never, false);
        }
    }

    /// `name = value`
    fn definition(&mut self, name: NodeId, value: NodeId) {
        self.node(name);
        self.space();
        self.take(TokenKind::Equal);
        self.after(value);
    }

    /// What stands after `=`, `=>`, `each` and the like: on the same line if it ends in brackets that can break
    /// by themselves, else on a line of its own where it does not fit.
    pub(super) fn after(&mut self, value: NodeId) {
        if self.breaks_here() || matches!(self.tree.node(value), Node::Let { .. }) {
            self.out.push(Op::Indent);
            self.line(Flat::Never, false);
            self.node(value);
            self.out.push(Op::Dedent);
        } else if self.hugs(value) {
            self.space();
            self.node(value);
        } else {
            self.out.push(Op::Open);
            self.out.push(Op::Indent);
            self.line(Flat::Blank, false);
            self.node(value);
            self.out.push(Op::Dedent);
            self.out.push(Op::Close);
        }
    }

    /// Whether a value reads well when its first line stays with what is before it.
    fn hugs(&self, value: NodeId) -> bool {
        let mut value = value;
        loop {
            value = match self.tree.node(value) {
                Node::Let { .. } | Node::If { .. } | Node::Try { handler: Some(_), .. } => return false,
                Node::Binary { op: BinaryOp::Meta, left, .. } => left,
                Node::Binary { .. } => return false,
                Node::Is { value, .. } | Node::As { value, .. } => value,
                Node::Unary { operand, .. } => operand,
                Node::Try { body, handler: None, .. } => body,
                Node::Error(operand) => operand,
                _ => return true,
            };
        }
    }

    /// `(x)`, and the index in braces.
    pub(super) fn enclosed(&mut self, open: TokenKind, inner: NodeId, close: TokenKind) {
        self.out.push(Op::Open);
        self.take(open);
        if self.is_plain(inner) && !self.breaks_here() {
            self.node(inner);
        } else {
            self.out.push(Op::Indent);
            self.line(Flat::Empty, false);
            self.node(inner);
            self.closing_line(Flat::Empty);
        }
        self.take(close);
        self.out.push(Op::Close);
    }

    /// Whether brackets around a value need no lines of their own: it has brackets itself, or cannot break.
    fn is_plain(&self, value: NodeId) -> bool {
        matches!(
            self.tree.node(value),
            Node::List(_)
                | Node::Record(_)
                | Node::Name { .. }
                | Node::Text
                | Node::Number
                | Node::Null
                | Node::Logical(_)
                | Node::ListType(_)
                | Node::RecordType { .. }
                | Node::PrimitiveType
        )
    }

    fn call(&mut self, callee: NodeId, arguments: NodeList) {
        self.node(callee);
        match self.tree.list(arguments) {
            &[only] => self.enclosed(TokenKind::LeftParen, only, TokenKind::RightParen),
            _ => self.bracketed(TokenKind::LeftParen, arguments, TokenKind::RightParen),
        }
    }

    /// Items between brackets.
    pub(super) fn bracketed(&mut self, open: TokenKind, items: NodeList, close: TokenKind) {
        self.items(open, items, close, Self::item);
    }

    fn items(
        &mut self,
        open: TokenKind,
        items: NodeList,
        close: TokenKind,
        mut item: impl FnMut(&mut Self, NodeId),
    ) {
        self.out.push(Op::Open);
        self.take(open);
        let items = self.tree.list(items);
        if !items.is_empty() || self.breaks_here() {
            self.out.push(Op::Indent);
            for (at, &one) in items.iter().enumerate() {
                if at > 0 {
                    self.take(TokenKind::Comma);
                }
                self.line(if at > 0 { Flat::Blank } else { Flat::Empty }, at > 0);
                item(self, one);
            }
            self.closing_line(Flat::Empty);
        }
        self.take(close);
        self.out.push(Op::Close);
    }

    /// An item of a list or an argument: operators that go on below it are indented, so that they are not taken
    /// for the next item.
    pub(super) fn item(&mut self, id: NodeId) {
        if matches!(self.tree.node(id), Node::Binary { .. }) {
            self.out.push(Op::Indent);
            self.node(id);
            self.out.push(Op::Dedent);
        } else {
            self.node(id);
        }
    }

    /// `{a, b}`; numbers fill the lines, anything else has lines of its own.
    fn list(&mut self, items: NodeList) {
        let all = self.tree.list(items);
        if all.is_empty() || !all.iter().all(|&item| self.is_number(item)) {
            return self.bracketed(TokenKind::LeftBrace, items, TokenKind::RightBrace);
        }
        self.out.push(Op::Open);
        self.take(TokenKind::LeftBrace);
        self.out.push(Op::Indent);
        for (at, &item) in all.iter().enumerate() {
            if at == 0 {
                self.line(Flat::Empty, false);
            } else {
                self.take(TokenKind::Comma);
                self.fill();
            }
            self.node(item);
        }
        self.closing_line(Flat::Empty);
        self.take(TokenKind::RightBrace);
        self.out.push(Op::Close);
    }

    fn is_number(&self, id: NodeId) -> bool {
        match self.tree.node(id) {
            Node::Number => true,
            Node::Unary { op: UnaryOp::Minus | UnaryOp::Plus, operand } => {
                matches!(self.tree.node(operand), Node::Number)
            }
            _ => false,
        }
    }

    /// `from..to`, with blanks where a point stands beside the points.
    fn range(&mut self, from: NodeId, to: NodeId) {
        self.node(from);
        let left = self.tree.span(from).of(self.source).ends_with('.');
        let right = self.tree.span(to).of(self.source).starts_with('.');
        if left || right {
            self.space();
        }
        self.take(TokenKind::DotDot);
        if left || right {
            self.space();
        }
        self.node(to);
    }

    fn question(&mut self, optional: bool) {
        if optional {
            self.take(TokenKind::Question);
        }
    }

    fn selector(&mut self, name: NodeId) {
        self.take(TokenKind::LeftBracket);
        self.node(name);
        self.take(TokenKind::RightBracket);
    }

    fn tested(&mut self, value: NodeId, word: TokenKind, ty: NodeId) {
        self.node(value);
        self.space();
        self.take(word);
        self.space();
        self.node(ty);
    }

    /// Operators of one rank in a row: all on one line, or each at the start of a line.
    fn operators(&mut self, id: NodeId, first: BinaryOp) {
        if first == BinaryOp::Meta
            && let Node::Binary { left, right, .. } = self.tree.node(id)
        {
            self.node(left);
            self.space();
            self.take(TokenKind::Meta);
            self.space();
            return self.node(right);
        }
        let mut operands = Vec::new();
        let mut leftmost = id;
        while let Node::Binary { op, left, right } = self.tree.node(leftmost)
            && rank(op) == rank(first)
        {
            operands.push(right);
            leftmost = left;
        }
        self.out.push(Op::Open);
        self.node(leftmost);
        for &operand in operands.iter().rev() {
            self.line(Flat::Blank, false);
            self.token();
            self.space();
            self.node(operand);
        }
        self.out.push(Op::Close);
    }

    fn let_in(&mut self, bindings: NodeList, body: NodeId) {
        self.take(TokenKind::Let);
        self.out.push(Op::Indent);
        for (at, &binding) in self.tree.list(bindings).iter().enumerate() {
            if at > 0 {
                self.take(TokenKind::Comma);
            }
            self.line(Flat::Never, at > 0);
            self.node(binding);
        }
        self.closing_line(Flat::Never);
        self.take(TokenKind::In);
        self.out.push(Op::Indent);
        self.line(Flat::Never, false);
        self.node(body);
        self.out.push(Op::Dedent);
    }

    /// `if a then b else if c then d else e`: all on one line, or each part on a line.
    fn conditions(&mut self, id: NodeId) {
        let mut id = id;
        self.out.push(Op::Open);
        while let Node::If { condition, then, otherwise } = self.tree.node(id) {
            self.out.push(Op::Open);
            self.take(TokenKind::If);
            self.indented(condition);
            self.line(Flat::Blank, false);
            self.take(TokenKind::Then);
            self.out.push(Op::Close);
            self.indented(then);
            self.line(Flat::Blank, false);
            self.take(TokenKind::Else);
            let chained = matches!(self.tree.node(otherwise), Node::If { .. }) && !self.breaks_here();
            if !chained {
                self.indented(otherwise);
                break;
            }
            self.space();
            id = otherwise;
        }
        self.out.push(Op::Close);
    }

    fn indented(&mut self, id: NodeId) {
        self.out.push(Op::Indent);
        self.line(Flat::Blank, false);
        self.node(id);
        self.out.push(Op::Dedent);
    }

    fn try_handler(&mut self, body: NodeId, handler: Option<NodeId>, catch: bool) {
        self.out.push(Op::Open);
        self.take(TokenKind::Try);
        self.after(body);
        if let Some(handler) = handler {
            self.line(Flat::Blank, false);
            if catch {
                self.word("catch");
            } else {
                self.take(TokenKind::Otherwise);
            }
            self.after(handler);
        }
        self.out.push(Op::Close);
    }
}

/// Operators with the same rank bind equally.
fn rank(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Coalesce => 0,
        BinaryOp::Or => 1,
        BinaryOp::And => 2,
        BinaryOp::Equal | BinaryOp::NotEqual => 3,
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => 4,
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Concatenate => 5,
        BinaryOp::Multiply | BinaryOp::Divide => 6,
        BinaryOp::Meta => 7,
    }
}
