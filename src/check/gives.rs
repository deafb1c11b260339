//! What kinds of values expressions can give and types allow, as far as the text says it.

use super::subject::Subject;
use crate::library::Library;
use crate::resolve::Target;
use crate::syntax::{BinaryOp, Node, NodeId, UnaryOp};
use crate::value::types::{Form, Kinds};
use crate::value::{Kind, Value};

/// Expressions that are looked into from the outside.
const DEPTH: usize = 32;

/// A set of kinds.
fn any_of(kinds: &[Kind]) -> Kinds {
    kinds.iter().fold(Kinds::NONE, |all, kind| all.or(Kinds::of(*kind)))
}

/// The kinds of values that an expression can give; all if nothing is known.
pub(super) fn gives(subject: &Subject, id: NodeId) -> Kinds {
    look(subject, id, DEPTH)
}

fn look(subject: &Subject, id: NodeId, depth: usize) -> Kinds {
    let Some(depth) = depth.checked_sub(1) else { return Kinds::ALL };
    let at = subject.value(id);
    match subject.node(at) {
        Node::Null => Kinds::of(Kind::Null),
        Node::Logical(_) | Node::Is { .. } => Kinds::of(Kind::Logical),
        Node::Number => Kinds::of(Kind::Number),
        Node::Text => Kinds::of(Kind::Text),
        Node::List(_) => Kinds::of(Kind::List),
        Node::Record(_) => Kinds::of(Kind::Record),
        Node::Function { .. } | Node::Each(_) => Kinds::of(Kind::Function),
        Node::Type(_) => Kinds::of(Kind::Type),
        Node::Unary { op: UnaryOp::Not, .. } => any_of(&[Kind::Logical, Kind::Null]),
        Node::Unary { op: UnaryOp::Minus, operand } => match subject.node(operand) {
            Node::Number => Kinds::of(Kind::Number),
            _ => any_of(&[Kind::Number, Kind::Duration, Kind::Null]),
        },
        Node::Binary { op, left, right } => binary(subject, op, (left, right), depth),
        Node::If { then, otherwise, .. } => look(subject, then, depth).or(look(subject, otherwise, depth)),
        Node::Name { .. } if subject.meanings.target(at) == Some(Target::Library) => {
            match Library::get().lookup(&subject.name(at)) {
                Some(value) => Kinds::of(value.as_plain().kind()),
                None => Kinds::ALL,
            }
        }
        Node::Call { callee, .. } => match subject.library_name(callee) {
            Some(name) => returns(&name),
            None => Kinds::ALL,
        },
        _ => Kinds::ALL,
    }
}

fn binary(subject: &Subject, op: BinaryOp, sides: (NodeId, NodeId), depth: usize) -> Kinds {
    match op {
        BinaryOp::Equal | BinaryOp::NotEqual => Kinds::of(Kind::Logical),
        BinaryOp::Less
        | BinaryOp::LessEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterEqual
        | BinaryOp::And
        | BinaryOp::Or => any_of(&[Kind::Logical, Kind::Null]),
        BinaryOp::Multiply | BinaryOp::Divide => any_of(&[Kind::Number, Kind::Duration, Kind::Null]),
        // `&` of two texts, or of null and anything.
        BinaryOp::Concatenate => {
            let kinds = (look(subject, sides.0, depth), look(subject, sides.1, depth));
            let text = Kinds::of(Kind::Text);
            if kinds == (text, text) { text } else { Kinds::ALL }
        }
        BinaryOp::Coalesce => look(subject, sides.0, depth).or(look(subject, sides.1, depth)),
        BinaryOp::Meta => look(subject, sides.0, depth),
        _ => Kinds::ALL,
    }
}

/// The kinds that a function of the library gives; all if it is no function or not there.
pub(super) fn returns(name: &str) -> Kinds {
    if Library::get().is_absent(name) {
        return Kinds::ALL;
    }
    let Some(Value::Function(function)) = Library::get().lookup(name) else { return Kinds::ALL };
    match &function.function_type().form {
        Form::Function(Some(function)) => function.returns.kinds(),
        _ => Kinds::ALL,
    }
}

/// The kinds of values that a function gives, if it is written out or one of the library.
pub(super) fn function_gives(subject: &Subject, id: NodeId) -> Kinds {
    let at = subject.value(id);
    match subject.node(at) {
        Node::Each(body) | Node::Function { body, .. } => gives(subject, body),
        Node::Name { .. } => subject.library_name(at).map_or(Kinds::ALL, |name| returns(&name)),
        _ => Kinds::ALL,
    }
}

/// The kinds of values that a type allows, if the text says which.
pub(super) fn allows(subject: &Subject, ty: NodeId) -> Option<Kinds> {
    let at = subject.value(ty);
    match subject.node(at) {
        Node::Type(inner) => allowed(subject, inner),
        Node::Name { .. } => match Library::get().lookup(&subject.library_name(at)?)?.as_plain() {
            Value::Type(ty) => Some(ty.kinds()),
            _ => None,
        },
        _ => None,
    }
}

/// The same for what stands in a type.
pub(super) fn allowed(subject: &Subject, ty: NodeId) -> Option<Kinds> {
    Some(match subject.node(ty) {
        Node::NullableType(inner) => allowed(subject, inner)?.or(Kinds::of(Kind::Null)),
        Node::ListType(_) => Kinds::of(Kind::List),
        Node::RecordType { .. } => Kinds::of(Kind::Record),
        Node::TableType(_) => Kinds::of(Kind::Table),
        Node::FunctionType { .. } => Kinds::of(Kind::Function),
        Node::PrimitiveType => match subject.span(ty).of(subject.text()) {
            "null" => Kinds::of(Kind::Null),
            "logical" => Kinds::of(Kind::Logical),
            "number" => Kinds::of(Kind::Number),
            "time" => Kinds::of(Kind::Time),
            "date" => Kinds::of(Kind::Date),
            "datetime" => Kinds::of(Kind::DateTime),
            "datetimezone" => Kinds::of(Kind::DateTimeZone),
            "duration" => Kinds::of(Kind::Duration),
            "text" => Kinds::of(Kind::Text),
            "binary" => Kinds::of(Kind::Binary),
            "list" => Kinds::of(Kind::List),
            "record" => Kinds::of(Kind::Record),
            "table" => Kinds::of(Kind::Table),
            "function" => Kinds::of(Kind::Function),
            "type" => Kinds::of(Kind::Type),
            _ => return None,
        },
        _ => return allows(subject, ty),
    })
}

/// Kinds in words: `a number`, `a text or null`.
pub(super) fn words(kinds: Kinds) -> String {
    const ALL: &[(Kind, &str)] = &[
        (Kind::Logical, "a logical"),
        (Kind::Number, "a number"),
        (Kind::Time, "a time"),
        (Kind::Date, "a date"),
        (Kind::DateTime, "a datetime"),
        (Kind::DateTimeZone, "a datetimezone"),
        (Kind::Duration, "a duration"),
        (Kind::Text, "a text"),
        (Kind::Binary, "a binary"),
        (Kind::List, "a list"),
        (Kind::Record, "a record"),
        (Kind::Table, "a table"),
        (Kind::Function, "a function"),
        (Kind::Type, "a type"),
        (Kind::Null, "null"),
    ];
    if kinds.is_all() {
        return "any value".to_owned();
    }
    let named: Vec<&str> =
        ALL.iter().filter(|(kind, _)| kinds.contains(*kind)).map(|(_, word)| *word).collect();
    match named.as_slice() {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
