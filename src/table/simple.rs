//! Which functions are simple: cheap, pure and sure to end, so that a step may run them at once over a batch.

use crate::ir::{Capture, Item, MemberNode, Node};
use crate::value::{Callable, Function, Value};

/// The families of library functions that compute a value from values and do nothing else.
const FAMILIES: &[&str] = &[
    "Text",
    "Number",
    "Date",
    "Time",
    "DateTime",
    "DateTimeZone",
    "Duration",
    "Logical",
    "Int64",
    "Int32",
    "Int16",
    "Int8",
    "Byte",
    "Currency",
    "Decimal",
    "Double",
    "Single",
    "Percentage",
    "Character",
    "Replacer",
    "Splitter",
    "#date",
    "#time",
    "#datetime",
    "#datetimezone",
    "#duration",
];

/// Those of these families that are not pure, or call what they are given.
const OTHERS: &[&str] = &["Text.NewGuid", "Number.Random", "Number.RandomBetween"];

/// Whether a library function, or a function that one made, only computes a value from values.
pub fn is_simple_native(name: &str) -> bool {
    let family = name.split_once('.').map_or(name, |(family, _)| family);
    FAMILIES.contains(&family) && !OTHERS.contains(&name)
}

/// Functions that only compute if the bytes they are given are at hand, as those are that [`MAKES_BYTES`] make: others
/// may be read when they are asked for.
const TAKES_BYTES: &[&str] = &["Binary.ToText", "Binary.Length"];
const MAKES_BYTES: &[&str] = &["Text.ToBinary"];

/// Whether a call of a library function only computes a value from values.
pub(super) fn is_simple_call(name: &str, arguments: &[Node]) -> bool {
    if is_simple_native(name) {
        return true;
    }
    match arguments.first() {
        Some(Node::CallNative(inner, _, _)) => {
            TAKES_BYTES.contains(&name) && MAKES_BYTES.contains(&inner.name.as_str())
        }
        _ => false,
    }
}

/// Whether evaluating the function is cheap and pure whatever it is given: it makes nothing but arithmetic,
/// comparisons, choices, field access, lists and calls of simple library functions, and refers to no variable outside.
pub fn is_simple(function: &Function) -> bool {
    match function.callable() {
        Callable::Native(native) => is_simple_native(&native.name),
        Callable::Closure(closure) => {
            let code = &closure.lambda().code;
            code.variables.iter().flatten().all(|node| simple(node, false)) && simple(&code.body, false)
        }
    }
}

/// Whether a node is; `inside` the thunk of a list item, which captured nothing but parameters.
fn simple(node: &Node, inside: bool) -> bool {
    let one = |node: &Node| simple(node, inside);
    let both = |pair: &(Node, Node)| one(&pair.0) && one(&pair.1);
    match node {
        Node::Constant(value) => !matches!(value, Value::Function(_)),
        Node::Parameter(_) | Node::LastUse(_) | Node::Variable(..) => true,
        Node::Captured(..) => inside,
        Node::Unary(_, operand, _) | Node::Try(operand) => one(operand),
        Node::Is(operand, _) | Node::As(operand, _, _) => one(operand),
        Node::Field(of, _, _) => one(of),
        Node::Binary(_, pair, _) | Node::And(pair, _) | Node::Or(pair, _) | Node::Coalesce(pair) => {
            both(pair)
        }
        Node::TryOtherwise(pair) => both(pair),
        Node::If(parts, _) => one(&parts.0) && one(&parts.1) && one(&parts.2),
        Node::CallNative(native, arguments, _) => is_simple_native(&native.name) && arguments.iter().all(one),
        Node::List(items, _) => items.iter().all(|item| match item {
            Item::One(member) => simple_member(member, inside),
            Item::Range(..) => false,
        }),
        Node::Let(scope, body) => scope.cells.is_empty() && one(body),
        _ => false,
    }
}

fn simple_member(member: &MemberNode, inside: bool) -> bool {
    match member {
        MemberNode::Ready(node) => simple(node, inside),
        MemberNode::Share(capture) => matches!(capture, Capture::Parameter(_)),
        MemberNode::Thunk(thunk) => {
            let parameters = thunk.captures.iter().all(|capture| matches!(capture, Capture::Parameter(_)));
            let variables = thunk.code.variables.iter().flatten();
            !thunk.cyclic
                && parameters
                && variables.into_iter().all(|node| simple(node, true))
                && simple(&thunk.code.body, true)
        }
    }
}
