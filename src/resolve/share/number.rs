//! Numbers of expressions that are equal where the expressions are: the same nodes over the same variables.

use std::mem::{Discriminant, discriminant};

use rustc_hash::FxHashMap;

use super::effect::gives_rows;
use crate::resolve::Document;
use crate::resolve::scan::{BindingId, Class, Meaning, Scanned};
use crate::syntax::{BinaryOp, Node, NodeId, Tree, UnaryOp};

/// The nodes of a tree with their numbers. That of an expression is higher than those of its parts.
pub(super) struct Numbered {
    /// By node; 0 for those that were not reached.
    nodes: Vec<Place>,
    /// The calls that may be shared, in the order of the text, and the function each stands in.
    pub(super) calls: Vec<(NodeId, Option<NodeId>)>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    number: u32,
    depth: u32,
    parent: Option<NodeId>,
}

impl Numbered {
    fn place(&self, id: NodeId) -> Place {
        self.nodes.get(id.index()).copied().unwrap_or_default()
    }

    /// The number of a node.
    pub(super) fn of(&self, id: NodeId) -> u32 {
        self.place(id).number
    }

    /// The node around a node.
    pub(super) fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.place(id).parent
    }

    /// The innermost node around both.
    pub(super) fn innermost_around(&self, mut one: NodeId, mut other: NodeId) -> NodeId {
        while one != other {
            let deeper = if self.place(one).depth >= self.place(other).depth { &mut one } else { &mut other };
            match self.parent(*deeper) {
                Some(outer) => *deeper = outer,
                None => break,
            }
        }
        one
    }
}

/// Numbers all nodes from `root` down.
pub(super) fn number(document: &Document, root: NodeId, scanned: &Scanned) -> Numbered {
    let mut numberer = Numberer {
        tree: &document.tree,
        text: document.source.text(),
        scanned,
        levels: vec![(0, 0); scanned.bindings.len()],
        functions: Vec::new(),
        words: FxHashMap::default(),
        keys: FxHashMap::default(),
        numbered: Numbered { nodes: Vec::new(), calls: Vec::new() },
    };
    numberer.visit(root, None, 0);
    numberer.numbered
}

/// What makes expressions equal: the kind of node, what it says beside its parts, and the numbers of those.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    kind: Discriminant<Node>,
    /// `?`, `optional`, `true`, `catch`.
    flag: bool,
    says: Says,
    parts: Vec<u32>,
}

#[derive(PartialEq, Eq, Hash)]
enum Says {
    Nothing,
    Operator(BinaryOp),
    Sign(UnaryOp),
    /// A text, by its number.
    Word(u32),
    /// A variable.
    Variable(BindingId),
    /// A parameter: how many functions out, and which of that one's. So functions with equal bodies are equal.
    Parameter(u32, u32),
    Member(u32, u32),
}

struct Numberer<'a> {
    tree: &'a Tree,
    text: &'a str,
    scanned: &'a Scanned,
    /// For each parameter how many functions are around its uses at most, its own counted, and its number there.
    levels: Vec<(u32, u32)>,
    /// The functions around.
    functions: Vec<NodeId>,
    words: FxHashMap<String, u32>,
    keys: FxHashMap<Key, u32>,
    numbered: Numbered,
}

impl Numberer<'_> {
    fn visit(&mut self, id: NodeId, parent: Option<NodeId>, depth: u32) -> u32 {
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.enter(id, parent, depth))
    }

    fn enter(&mut self, id: NodeId, parent: Option<NodeId>, depth: u32) -> u32 {
        let node = self.tree.node(id);
        let is_function = matches!(node, Node::Function { .. } | Node::Each(_));
        if is_function {
            self.functions.push(id);
            for (&binding, at) in self.scanned.scopes.get(&id).into_iter().flatten().zip(0..) {
                if let Some(level) = self.levels.get_mut(binding as usize) {
                    *level = (self.functions.len() as u32, at);
                }
            }
        }
        if gives_rows(self.tree, self.scanned, id) {
            self.numbered.calls.push((id, self.functions.last().copied()));
        }
        let mut children = Vec::new();
        self.tree.visit_children(id, |child| children.push(child));
        let parts: Vec<u32> =
            children.into_iter().map(|child| self.visit(child, Some(id), depth + 1)).collect();
        let number = match (node, parts.as_slice()) {
            (Node::Paren(_), [inner]) => *inner,
            _ => {
                let key =
                    Key { kind: discriminant(&node), flag: flag(node), says: self.says(id, node), parts };
                let next = self.keys.len() as u32 + 1;
                *self.keys.entry(key).or_insert(next)
            }
        };
        if is_function {
            self.functions.pop();
        }
        let nodes = &mut self.numbered.nodes;
        if nodes.len() <= id.index() {
            nodes.resize(id.index() + 1, Place::default());
        }
        if let Some(place) = nodes.get_mut(id.index()) {
            *place = Place { number, depth, parent };
        }
        number
    }

    fn says(&mut self, id: NodeId, node: Node) -> Says {
        match self.scanned.meanings.get(&id) {
            Some(Meaning::Binding(binding)) => {
                let known = self.scanned.bindings.get(*binding as usize);
                return match self.levels.get(*binding as usize) {
                    Some((level, at)) if known.is_some_and(|known| known.class == Class::Parameter) => {
                        Says::Parameter((self.functions.len() as u32).saturating_sub(*level), *at)
                    }
                    _ => Says::Variable(*binding),
                };
            }
            Some(Meaning::Member(section, member)) => return Says::Member(*section, *member),
            _ => {}
        }
        match node {
            Node::Name { .. } | Node::Number | Node::Text | Node::Verbatim | Node::PrimitiveType => {
                let word = self.tree.span(id).of(self.text);
                let next = self.words.len() as u32;
                Says::Word(*self.words.entry(word.to_owned()).or_insert(next))
            }
            Node::Unary { op, .. } => Says::Sign(op),
            Node::Binary { op, .. } => Says::Operator(op),
            _ => Says::Nothing,
        }
    }
}

fn flag(node: Node) -> bool {
    match node {
        Node::Logical(flag)
        | Node::Item { optional: flag, .. }
        | Node::Field { optional: flag, .. }
        | Node::Projection { optional: flag, .. }
        | Node::Parameter { optional: flag, .. }
        | Node::FieldType { optional: flag, .. }
        | Node::RecordType { open: flag, .. }
        | Node::Try { catch: flag, .. } => flag,
        _ => false,
    }
}
