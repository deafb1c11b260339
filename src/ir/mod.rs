//! What the evaluator runs: compact nodes with every name resolved to a slot. Places in the source stand
//! in a side table ([`Unit`]); nodes carry only a site number.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use crate::syntax::BinaryOp;
pub use crate::syntax::UnaryOp;
use crate::text::{Source, Span};
use crate::value::{Function, Native, Parameters, Shape, Text, Type, Value, types::Kinds};

/// One compiled text: what its nodes' sites mean, and the section members it refers to.
#[derive(Debug)]
pub struct Unit {
    /// The text.
    pub source: Source,
    /// The place of each site.
    pub spans: Vec<Span>,
}

/// The number of a place in the source; see [`Unit::spans`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Site(pub u32);

/// An expression with a frame of its own: the body of a function, or of a cell.
pub struct Code {
    /// The text it comes from; set once the whole text is compiled.
    pub unit: Arc<OnceLock<Unit>>,
    /// Number of slots of its frame, parameters first.
    pub slots: usize,
    /// For each slot the expression that fills it at first use, where the slot holds such a variable.
    pub variables: Vec<Option<Node>>,
    /// The expression.
    pub body: Node,
}

/// A function written in M.
///
/// Functions of one scope that refer to each other form a group: they capture together, so that a function
/// finds its siblings without a reference cycle.
pub struct Lambda {
    /// The name of the variable, field or member it was bound to: for traces.
    pub name: Option<Arc<str>>,
    /// The parameters and how calls check them.
    pub parameters: Parameters,
    /// What the result must be, where the function says.
    pub returns: Option<Check>,
    /// The place of the function.
    pub site: Site,
    /// The body; its first slots are the parameters.
    pub code: Code,
}

/// A check of a value's kind: by `as`, `is`, a parameter or a result.
#[derive(Clone, Debug)]
pub struct Check {
    /// The kinds that pass.
    pub kinds: Kinds,
    /// The type, for messages and type values.
    pub ty: Arc<Type>,
}

/// Where a frame finds what a closure or cell captures.
#[derive(Clone, Debug, PartialEq)]
pub enum Capture {
    /// The value of a parameter.
    Parameter(u32),
    /// The cell in a slot.
    Cell(u32),
    /// The value of a variable that is a function: made now, which evaluates nothing else.
    Lambda(u32),
    /// What this frame itself captured.
    Captured(u32),
    /// The function this frame runs.
    Itself,
    /// A function of the same recursive group.
    Sibling(u32),
}

/// A node of the evaluator's tree.
pub enum Node {
    /// A value known before evaluation.
    Constant(Value),
    /// A parameter of the frame's function.
    Parameter(u32),
    /// The same on the left of `&`, where all that refers to the parameter stands in that operation: it may take the
    /// value out of its slot once the right side is evaluated.
    LastUse(u32),
    /// A variable of this frame, evaluated at first use.
    Variable(u32, Site),
    /// A variable in a cell, because something that outlives the frame refers to it.
    CellVariable(u32, Site),
    /// Something this frame captured.
    Captured(u32, Site),
    /// The function this frame runs.
    Itself,
    /// Another function of the recursive group that the running function belongs to, by its number there.
    Sibling(u32),
    /// A member of a section of the running program.
    Member {
        /// The number of the section.
        section: u32,
        /// The number of the member.
        member: u32,
        /// The place of the reference.
        site: Site,
    },
    /// A name that is known only when the expression runs: `#shared`, `#sections`.
    Environment(Environment),

    /// An operator with one operand.
    Unary(UnaryOp, Box<Node>, Site),
    /// An operator with two evaluated operands.
    Binary(Operator, Box<(Node, Node)>, Site),
    /// `and`
    And(Box<(Node, Node)>, Site),
    /// `or`
    Or(Box<(Node, Node)>, Site),
    /// `??`
    Coalesce(Box<(Node, Node)>),
    /// `meta`
    Meta(Box<(Node, Node)>, Site),
    /// `if`
    If(Box<(Node, Node, Node)>, Site),
    /// `is`
    Is(Box<Node>, Box<Check>),
    /// `as`
    As(Box<Node>, Box<Check>, Site),

    /// A call of whatever the callee evaluates to.
    Call(Box<Node>, Box<[Node]>, Site),
    /// A call of the function this frame runs.
    CallItself(Box<[Node]>, Site),
    /// A call of a library function known before evaluation, with a right number of arguments.
    CallNative(Arc<Native>, Box<[Node]>, Site),
    /// A function: a member of a group (mostly its only one) and what the group captures.
    Lambda(Arc<[Lambda]>, u32, Box<[Capture]>),

    /// `x[f]`
    Field(Box<Node>, Box<FieldAccess>, Site),
    /// `x[[f], [g]]`
    Projection(Box<Node>, Box<ProjectedFields>, Site),
    /// `x{i}`
    Item(Box<(Node, Node)>, bool, Site),
    /// `{...}`
    List(Box<[Item]>, Site),
    /// `[...]`; the cells of fields that others refer to are made first
    Record(Arc<Shape>, Box<Scope>, Box<[MemberNode]>),
    /// `let`
    Let(Box<Scope>, Box<Node>),

    /// `error`
    Error(Box<Node>, Site),
    /// `try x`
    Try(Box<Node>),
    /// `try x otherwise y`
    TryOtherwise(Box<(Node, Node)>),
    /// `try x catch (e) => y`: the handler is a function of no or one parameter
    TryCatch(Box<(Node, Node)>, Site),
    /// `...`
    NotImplemented(Site),
    /// A part of the text that could not be understood, or a name nobody knows: raises this when evaluated.
    Invalid(Box<(String, String)>, Site),

    /// A type whose parts are evaluated.
    Type(Box<TypeNode>, Site),

    /// An expression whose tables are observed; only in programs compiled to be.
    Noted(Box<Node>, Arc<Note>),
}

/// What a program calls the value of an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The variable, field or member that has the value.
    pub name: Option<Arc<str>>,
    /// The library function whose call gives it.
    pub call: Option<Text>,
    /// At how many places of the text the expression stands: those of more than one are evaluated once for all.
    pub places: usize,
}

/// What `let` and records do before their body: make cells and fill them.
#[derive(Default)]
pub struct Scope {
    /// For each cell its slot, its code, what the code captures, and whether the cell can hold itself.
    pub cells: Vec<CellNode>,
}

/// A cell that a scope makes.
pub struct CellNode {
    /// The slot the cell is put in.
    pub slot: u32,
    /// What it evaluates.
    pub thunk: ThunkNode,
}

/// An expression whose evaluation is put off, with what it captures.
pub struct ThunkNode {
    /// The expression.
    pub code: Arc<Code>,
    /// What it captures from the frame.
    pub captures: Box<[Capture]>,
    /// Whether its value may refer to the cell itself, so that someone must break the cycle at the end.
    pub cyclic: bool,
    /// The same expression in the frame of the scope, where it is so small that evaluating it at once costs less
    /// than putting it off. It is tried when the member is made; where it would fail, or needs what is not
    /// evaluated yet, the cell is made after all, so that nobody can tell.
    pub prompt: Option<Box<Node>>,
    /// Whether that is an update of the record that stands in its place already, as in `r & [a = r[a] & [b = 1]]`.
    pub in_place: bool,
}

/// How a list item or record field comes to be.
pub enum MemberNode {
    /// By evaluating a node that cannot fail, costs nothing and may be evaluated now: a constant, parameter or function.
    Ready(Node),
    /// As the cell or captured member itself.
    Share(Capture),
    /// As a new cell.
    Thunk(ThunkNode),
}

/// An item of a list expression.
pub enum Item {
    /// One item.
    One(MemberNode),
    /// `from..to`
    Range(Node, Node, Site),
}

/// Names only the running program can answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Environment {
    /// `#shared`
    Shared,
    /// `#sections`
    Sections,
}

/// The name of an accessed field, with the position at which it was last found.
pub struct FieldAccess {
    /// The name.
    pub name: Text,
    /// Whether a missing field gives `null`.
    pub optional: bool,
    /// Shape id and position of the last hit, packed.
    pub cache: AtomicU64,
}

/// The names of a projection.
pub struct ProjectedFields {
    /// The names, as the shape of the result.
    pub shape: Arc<Shape>,
    /// Whether a missing field gives `null`.
    pub optional: bool,
}

/// A type expression with parts that need evaluation.
pub enum TypeNode {
    /// An expression that must give a type.
    Expression(Node),
    /// `nullable t`
    Nullable(TypePart),
    /// `{t}`
    List(TypePart),
    /// `[...]`
    Record(Vec<(Text, Option<TypePart>, bool)>, bool),
    /// `table t`
    Table(TypePart),
    /// `function (...) as t`
    Function(Vec<(Text, Option<TypePart>)>, usize, TypePart),
    /// A type known before evaluation.
    Known(Arc<Type>),
}

/// A part of a type expression.
pub type TypePart = Box<TypeNode>;

/// Operators on two evaluated operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Concatenate,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}

impl Operator {
    /// The operator for a parsed one, unless it needs more than two evaluated operands.
    pub fn from_syntax(op: BinaryOp) -> Option<Operator> {
        Some(match op {
            BinaryOp::Add => Operator::Add,
            BinaryOp::Subtract => Operator::Subtract,
            BinaryOp::Multiply => Operator::Multiply,
            BinaryOp::Divide => Operator::Divide,
            BinaryOp::Concatenate => Operator::Concatenate,
            BinaryOp::Less => Operator::Less,
            BinaryOp::LessEqual => Operator::LessEqual,
            BinaryOp::Greater => Operator::Greater,
            BinaryOp::GreaterEqual => Operator::GreaterEqual,
            BinaryOp::Equal => Operator::Equal,
            BinaryOp::NotEqual => Operator::NotEqual,
            BinaryOp::Meta | BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce => return None,
        })
    }

    /// The operator as M spells it.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Concatenate => "&",
            Operator::Less => "<",
            Operator::LessEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterEqual => ">=",
            Operator::Equal => "=",
            Operator::NotEqual => "<>",
        }
    }
}

impl Code {
    /// The source and place of a site.
    pub fn place(&self, site: Site) -> Option<(Source, Span)> {
        let unit = self.unit.get()?;
        Some((unit.source.clone(), unit.spans.get(site.0 as usize).copied()?))
    }
}

/// A section of the program: its members, to be evaluated once in each evaluation.
pub struct Section {
    /// The section's name.
    pub name: Text,
    /// The members.
    pub members: Vec<SectionMember>,
}

/// A member of a section.
pub struct SectionMember {
    /// The member's name.
    pub name: Text,
    /// Whether other sections see it.
    pub shared: bool,
    /// Its expression; it captures nothing.
    pub code: Arc<Code>,
}

/// A whole program: one or more sections, and perhaps an expression.
#[derive(Default)]
pub struct Program {
    /// The sections in the order they were given.
    pub sections: Vec<Section>,
    /// The expression, if the document is one.
    pub expression: Option<Arc<Code>>,
}

/// Functions that library lookups give as constants.
pub fn native_constant(native: &Arc<Native>) -> Value {
    Value::Function(Arc::new(Function::native(Arc::clone(native))))
}

impl std::fmt::Debug for Lambda {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<function {}>", self.name.as_deref().unwrap_or("(unnamed)"))
    }
}
