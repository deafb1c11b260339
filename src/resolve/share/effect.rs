//! Which expressions can be evaluated once where they stand several times, without anybody being able to tell.

use crate::resolve::scan::{Class, Meaning, Scanned};
use crate::syntax::{Node, NodeId, NodeList, Tree};
use crate::table::is_simple_native;
use crate::value::types::Form;
use crate::value::{Callable, Kind, Native, Value};

/// What evaluating an expression does beside giving a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Effect {
    /// Nothing; and calling the functions that the value is or holds does nothing either.
    Known,
    /// Nothing; but the value may be or hold a function of which nothing is known.
    Opaque,
    /// Something perhaps.
    Unknown,
}

/// The families of library functions that do nothing but give a value, beside the simple ones. Some of them call what
/// they are given.
const FAMILIES: &[&str] = &["Table", "List", "Record", "Lines", "Type", "Uri", "Comparer", "Combiner"];

/// Those of other families, which read what they are given.
const READERS: &[&str] = &[
    "#table",
    "#binary",
    "Binary.Buffer",
    "Binary.Decompress",
    "Csv.Document",
    "Excel.Workbook",
    "File.Contents",
    "Json.Document",
    "Parquet.Document",
    "Value.ReplaceType",
    "Xml.Document",
    "Xml.Tables",
];

/// Those of these families that ask the clock or for randomness, or whose arguments answer in their place.
const OTHERS: &[&str] = &["List.Random", "Table.View", "Table.ViewFunction", "Table.ViewError"];

/// Functions that tell the time, of families that otherwise only compute.
fn asks_the_clock(name: &str) -> bool {
    let function = name.split_once('.').map_or(name, |(_, function)| function);
    function.starts_with("IsIn") || function.ends_with("Now")
}

/// Whether calling a library function with values does nothing but give a value. It may read a file.
pub(super) fn is_pure(name: &str) -> bool {
    if is_simple_native(name) {
        return !asks_the_clock(name);
    }
    let family = name.split_once('.').map_or(name, |(family, _)| family);
    READERS.contains(&name) || FAMILIES.contains(&family) && !OTHERS.contains(&name)
}

/// The library function that a call calls.
fn native<'s>(tree: &Tree, scanned: &'s Scanned, callee: NodeId) -> Option<&'s Native> {
    let callee = match tree.node(callee) {
        Node::Paren(inner) => inner,
        _ => callee,
    };
    let Some(Meaning::Constant(Value::Function(function))) = scanned.meanings.get(&callee) else {
        return None;
    };
    match function.callable() {
        Callable::Native(native) => Some(native),
        Callable::Closure(_) => None,
    }
}

/// Whether a node is a call of a pure library function that gives a table or a list.
pub(super) fn gives_rows(tree: &Tree, scanned: &Scanned, id: NodeId) -> bool {
    let Node::Call { callee, .. } = tree.node(id) else { return false };
    native(tree, scanned, callee).is_some_and(|native| {
        let returns = &native.parameters.ty.returns;
        matches!(returns.form, Form::Table(_) | Form::List(_)) && is_pure(&native.name)
    })
}

/// What is known of the expressions of a document.
pub(super) struct Effects<'a> {
    tree: &'a Tree,
    scanned: &'a Scanned,
    /// By node. Meanwhile that of a value that is being looked at is unknown, so that recursion ends.
    found: Vec<Option<Effect>>,
}

impl<'a> Effects<'a> {
    pub(super) fn new(tree: &'a Tree, scanned: &'a Scanned) -> Effects<'a> {
        Effects { tree, scanned, found: Vec::new() }
    }

    /// Whether the values of an expression cannot be told from one.
    pub(super) fn is_shareable(&mut self, id: NodeId) -> bool {
        self.of(id) < Effect::Unknown
    }

    fn of(&mut self, id: NodeId) -> Effect {
        if let Some(Some(found)) = self.found.get(id.index()) {
            return *found;
        }
        self.note(id, Effect::Unknown);
        let effect = stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.look(id));
        self.note(id, effect);
        effect
    }

    fn note(&mut self, id: NodeId, effect: Effect) {
        if self.found.len() <= id.index() {
            self.found.resize(id.index() + 1, None);
        }
        if let Some(place) = self.found.get_mut(id.index()) {
            *place = Some(effect);
        }
    }

    fn look(&mut self, id: NodeId) -> Effect {
        match self.tree.node(id) {
            Node::Null | Node::Logical(_) | Node::Number | Node::Text | Node::PrimitiveType => Effect::Known,
            Node::Name { .. } | Node::SectionAccess { .. } => self.of_reference(id),
            Node::Field { target: None, .. } | Node::Projection { target: None, .. } => self.of_reference(id),
            Node::Field { target: Some(target), .. } | Node::Projection { target: Some(target), .. } => {
                self.of(target)
            }
            Node::Call { callee, arguments } => self.of_call(callee, arguments),
            // What the body gives is known when it is called, and such calls are looked at.
            Node::Function { body, .. } | Node::Each(body) => match self.of(body) {
                Effect::Unknown => Effect::Unknown,
                _ => Effect::Known,
            },
            Node::Binding { value, .. } | Node::Is { value, .. } | Node::As { value, .. } => self.of(value),
            Node::FieldType { ty, .. } | Node::Parameter { ty, .. } => {
                ty.map_or(Effect::Known, |ty| self.of(ty))
            }
            Node::Missing
            | Node::Verbatim
            | Node::NotImplemented
            | Node::Section { .. }
            | Node::SectionMember { .. } => Effect::Unknown,
            _ => self.of_parts(id),
        }
    }

    fn of_parts(&mut self, id: NodeId) -> Effect {
        let mut parts = Vec::new();
        self.tree.visit_children(id, |part| parts.push(part));
        parts.into_iter().map(|part| self.of(part)).max().unwrap_or(Effect::Known)
    }

    /// A variable has one value, whatever computing it does.
    fn of_reference(&mut self, id: NodeId) -> Effect {
        match self.scanned.meanings.get(&id) {
            Some(Meaning::Binding(binding)) => match self.scanned.bindings.get(*binding as usize) {
                Some(binding) if binding.class != Class::Parameter => {
                    self.of(binding.value).min(Effect::Opaque)
                }
                _ => Effect::Opaque,
            },
            Some(Meaning::Member(..)) => Effect::Opaque,
            Some(Meaning::Constant(value)) => match value {
                Value::Function(function) => match function.callable() {
                    Callable::Native(native) if is_pure(&native.name) && calls_nothing(native) => {
                        Effect::Known
                    }
                    _ => Effect::Opaque,
                },
                Value::List(_) | Value::Record(_) | Value::Table(_) => Effect::Opaque,
                _ => Effect::Known,
            },
            Some(Meaning::Environment(_) | Meaning::Unknown(_)) | None => Effect::Unknown,
        }
    }

    fn of_call(&mut self, callee: NodeId, arguments: NodeList) -> Effect {
        let tree = self.tree;
        let arguments = tree.list(arguments).iter().map(|argument| self.of(*argument)).collect::<Vec<_>>();
        let worst = arguments.iter().copied().max().unwrap_or(Effect::Known);
        if let Some(native) = native(tree, self.scanned, callee) {
            let opaque = |at: usize| arguments.get(at) == Some(&Effect::Opaque);
            let may_call = (0..arguments.len()).any(|at| opaque(at) && may_call(native, at));
            return if is_pure(&native.name) && !may_call { worst } else { Effect::Unknown };
        }
        match self.of(callee) {
            // What its parameters are is not known where its body was looked at.
            Effect::Known => worst.max(Effect::Opaque),
            _ => Effect::Unknown,
        }
    }
}

/// Whether a library function may call an argument, or what is in it. The first one, if it is no function, is what is
/// worked on.
fn may_call(native: &Native, at: usize) -> bool {
    let Some(kinds) = native.parameters.kinds.get(at) else { return false };
    if is_simple_native(&native.name) || READERS.contains(&native.name.as_str()) {
        return !kinds.is_all() && kinds.contains(Kind::Function);
    }
    let called = if at == 0 { &[Kind::Function][..] } else { &[Kind::Function, Kind::List, Kind::Record] };
    called.iter().any(|kind| kinds.contains(*kind))
}

/// Whether a library function calls nothing, whatever it is given.
fn calls_nothing(native: &Native) -> bool {
    (0..native.parameters.kinds.len()).all(|at| !may_call(native, at))
}
