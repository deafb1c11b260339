//! The tree that [`parse`](super::parse) returns: every token of the text (white space and comments
//! included, so nothing is lost) and, over them, a typed arena of nodes.

use std::borrow::Cow;
use std::num::NonZeroU32;

use super::token::Token;
use crate::text::Span;

/// Index of a node in its [`Tree`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(NonZeroU32);

/// A run of child nodes in a [`Tree`]; read it with [`Tree::list`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NodeList {
    pub(super) start: u32,
    pub(super) len: u32,
}

/// Operators with one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `+x`
    Plus,
    /// `-x`
    Minus,
    /// `not x`
    Not,
}

/// Operators with two operands that are both expressions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Meta,
    Multiply,
    Divide,
    Add,
    Subtract,
    Concatenate,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Coalesce,
}

/// A node of the tree. What stands in the comment is the M form, and says what the fields are.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Node {
    /// Something was expected here and is absent or unreadable; a diagnostic says what.
    Missing,

    // ---- documents
    /// `[attributes] section Name; members`
    Section { attributes: Option<NodeId>, name: Option<NodeId>, members: NodeList },
    /// `[attributes] shared name = value;`
    SectionMember { attributes: Option<NodeId>, shared: bool, name: NodeId, value: NodeId },

    // ---- literals
    /// `null`
    Null,
    /// `true`, `false`
    Logical(bool),
    /// A decimal or hexadecimal number; its text is the node's only token.
    Number,
    /// `"..."`; decode with [`Tree::text_value`].
    Text,
    /// `#!"..."`
    Verbatim,

    // ---- primary expressions
    /// A reference `x` or, inclusive, `@x`; also a name in a declaration. Decode with [`Tree::name`].
    Name { inclusive: bool },
    /// `Section!member`
    SectionAccess { section: NodeId, member: NodeId },
    /// `(x)`
    Paren(NodeId),
    /// `...`
    NotImplemented,
    /// `f(a, b)`
    Call { callee: NodeId, arguments: NodeList },
    /// `{a, b, 1..3}`
    List(NodeList),
    /// `from..to` inside a list
    Range { from: NodeId, to: NodeId },
    /// `[a = 1, b = 2]`; the children are `Binding`s. Also an attribute record.
    Record(NodeList),
    /// `x{i}`, `x{i}?`
    Item { target: NodeId, index: NodeId, optional: bool },
    /// `x[f]`, `x[f]?`, and `[f]` with no target (of `_`)
    Field { target: Option<NodeId>, name: NodeId, optional: bool },
    /// `x[[f], [g]]`, with `?`, and with no target (of `_`)
    Projection { target: Option<NodeId>, names: NodeList, optional: bool },

    // ---- operators
    /// `op x`
    Unary { op: UnaryOp, operand: NodeId },
    /// `left op right`
    Binary { op: BinaryOp, left: NodeId, right: NodeId },
    /// `x is type`; `ty` is `PrimitiveType` or `NullableType`
    Is { value: NodeId, ty: NodeId },
    /// `x as type`; `ty` is `PrimitiveType` or `NullableType`
    As { value: NodeId, ty: NodeId },

    // ---- the rest of the expressions
    /// `let a = 1, b = 2 in body`; the children are `Binding`s
    Let { bindings: NodeList, body: NodeId },
    /// `name = value` in `let`, records and attributes
    Binding { name: NodeId, value: NodeId },
    /// `if c then a else b`
    If { condition: NodeId, then: NodeId, otherwise: NodeId },
    /// `(a, optional b as text) as number => body`; the children are `Parameter`s
    Function { parameters: NodeList, returns: Option<NodeId>, body: NodeId },
    /// `[optional] name [as type]`
    Parameter { name: NodeId, ty: Option<NodeId>, optional: bool },
    /// `each body`
    Each(NodeId),
    /// `error x`
    Error(NodeId),
    /// `try x`, `try x otherwise y` (handler is any expression), `try x catch (e) => y` (handler is a `Function`)
    Try { body: NodeId, handler: Option<NodeId>, catch: bool },
    /// `type t`; `t` is one of the type nodes below; an expression may stand for a type inside of it only
    Type(NodeId),

    // ---- types (only inside a type context)
    /// `number`, `any`, `null`, `table`, ... : its text is the node's only token
    PrimitiveType,
    /// `nullable t`
    NullableType(NodeId),
    /// `{t}`
    ListType(NodeId),
    /// `[a = text, optional b, ...]`; the children are `FieldType`s
    RecordType { fields: NodeList, open: bool },
    /// `[optional] name [= t]`
    FieldType { name: NodeId, ty: Option<NodeId>, optional: bool },
    /// `table [a = text]` (row is a `RecordType`) or `table x` (row is an expression)
    TableType(NodeId),
    /// `function (a as text, optional b as any) as number`
    FunctionType { parameters: NodeList, returns: NodeId },
}

const _: () = assert!(size_of::<Node>() <= 20);

/// A parsed text: all of its tokens, and the nodes over them.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) tokens: Vec<Token>,
    pub(super) nodes: Vec<Node>,
    /// For each node the range of its tokens: the first, and one past the last (trivia at the ends left out).
    pub(super) ranges: Vec<(u32, u32)>,
    pub(super) children: Vec<NodeId>,
    pub(super) root: NodeId,
}

impl NodeId {
    /// The index of the node in [`Tree::nodes`] order.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    pub(super) fn from_index(index: usize) -> NodeId {
        NodeId(NonZeroU32::new(index as u32 + 1).unwrap_or(NonZeroU32::MIN))
    }
}

impl std::fmt::Debug for NodeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.index())
    }
}

impl NodeList {
    /// Number of nodes in the run.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether the run is empty.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

impl Tree {
    /// The document: a `Section` or an expression.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// The node itself.
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes.get(id.index()).copied().unwrap_or(Node::Missing)
    }

    /// The nodes of a run, in order.
    pub fn list(&self, list: NodeList) -> &[NodeId] {
        self.children.get(list.start as usize..(list.start + list.len) as usize).unwrap_or(&[])
    }

    /// All tokens; together they cover the whole text.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The range of the node's tokens: the first, and one past the last.
    pub fn token_range(&self, id: NodeId) -> std::ops::Range<usize> {
        let (first, end) = self.ranges.get(id.index()).copied().unwrap_or_default();
        first as usize..end as usize
    }

    /// Where the node stands in the text.
    pub fn span(&self, id: NodeId) -> Span {
        let range = self.token_range(id);
        let start = self.tokens.get(range.start).map_or(0, |token| token.span.start);
        match range
            .end
            .checked_sub(1)
            .filter(|last| *last >= range.start)
            .and_then(|last| self.tokens.get(last))
        {
            Some(last) => Span::new(start, last.span.end),
            None => Span::at(start),
        }
    }

    /// The name a `Name` node spells, with `#"..."` and escapes decoded; for a generalized identifier
    /// (`[Unit Price]`) the words as written, joined by what stands between them.
    pub fn name<'s>(&self, id: NodeId, source: &'s str) -> Cow<'s, str> {
        super::literal::name(self, id, source)
    }

    /// The value of a `Text` node, quotes removed and escapes decoded.
    pub fn text_value<'s>(&self, id: NodeId, source: &'s str) -> Cow<'s, str> {
        super::literal::text(self.span(id).of(source))
    }
}
