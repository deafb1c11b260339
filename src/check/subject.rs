//! The text that is checked: its tree, what its names mean, and short ways to ask about both.

use crate::library::Library;
use crate::resolve::{Document, Meanings, Target, meanings};
use crate::syntax::{Node, NodeId, Tree};
use crate::text::{Source, Span};

/// Variables that are followed from name to name.
const HOPS: usize = 64;

/// Functions whose use in a condition says that the author asks what is there before using it.
const QUESTIONS: &[&str] = &["HasColumns", "HasFields", "ColumnNames", "FieldNames", "Contains", "Schema"];

pub(super) struct Subject {
    document: Document,
    pub(super) meanings: Meanings,
    /// All nodes, outer ones first, in the order of the text.
    pub(super) nodes: Vec<Visited>,
}

/// A node on the way through the tree.
#[derive(Clone, Copy)]
pub(super) struct Visited {
    pub(super) id: NodeId,
    /// Whether it stands in a `try`, or behind a question for what is there: it may fail on purpose.
    pub(super) guarded: bool,
}

impl Subject {
    pub(super) fn new(source: &Source, tree: Tree) -> Subject {
        let document = Document { source: source.clone(), tree, observed: false };
        let meanings = meanings(&document, &*Library::names());
        let nodes = walk(&document.tree, source.text());
        Subject { document, meanings, nodes }
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.document.tree
    }

    pub(super) fn text(&self) -> &str {
        self.document.source.text()
    }

    pub(super) fn node(&self, id: NodeId) -> Node {
        self.tree().node(id)
    }

    pub(super) fn span(&self, id: NodeId) -> Span {
        self.tree().span(id)
    }

    pub(super) fn name(&self, id: NodeId) -> String {
        self.tree().name(id, self.text()).into_owned()
    }

    /// The expression that gives a node's value, behind parentheses, `let`, `meta` and variables.
    pub(super) fn value(&self, id: NodeId) -> NodeId {
        let mut at = id;
        for _ in 0..HOPS {
            at = match self.node(at) {
                Node::Paren(inner) => inner,
                Node::Let { body, .. } => body,
                Node::Binary { op: crate::syntax::BinaryOp::Meta, left, .. } => left,
                Node::Name { .. } => match self.meanings.target(at) {
                    Some(Target::Value(value)) => value,
                    _ => return at,
                },
                _ => return at,
            };
        }
        at
    }

    /// The name of the library's that a node is.
    pub(super) fn library_name(&self, id: NodeId) -> Option<String> {
        let at = self.value(id);
        let is_name = matches!(self.node(at), Node::Name { .. });
        (is_name && self.meanings.target(at) == Some(Target::Library)).then(|| self.name(at))
    }

    /// A call of a library function: its name and arguments. The node itself must be the call.
    pub(super) fn call(&self, id: NodeId) -> Option<(String, &[NodeId])> {
        let Node::Call { callee, arguments } = self.node(id) else { return None };
        Some((self.library_name(callee)?, self.tree().list(arguments)))
    }

    /// The text that a node certainly is.
    pub(super) fn literal_text(&self, id: NodeId) -> Option<String> {
        let at = self.value(id);
        matches!(self.node(at), Node::Text).then(|| self.tree().text_value(at, self.text()).into_owned())
    }

    /// The items of the list that a node certainly is; no ranges.
    pub(super) fn list(&self, id: NodeId) -> Option<&[NodeId]> {
        let Node::List(items) = self.node(self.value(id)) else { return None };
        let items = self.tree().list(items);
        items.iter().all(|&item| !matches!(self.node(item), Node::Range { .. })).then_some(items)
    }

    /// Names and values of the fields of a record that is written out.
    pub(super) fn fields(&self, id: NodeId) -> Option<Vec<(String, NodeId)>> {
        let Node::Record(fields) = self.node(self.value(id)) else { return None };
        let field = |&field: &NodeId| match self.node(field) {
            Node::Binding { name, value } => Some((self.name(name), value)),
            _ => None,
        };
        Some(self.tree().list(fields).iter().filter_map(field).collect())
    }
}

fn walk(tree: &Tree, text: &str) -> Vec<Visited> {
    let mut found = Vec::new();
    let mut open = vec![Visited { id: tree.root(), guarded: false }];
    while let Some(visited) = open.pop() {
        found.push(visited);
        let asks = match tree.node(visited.id) {
            Node::Try { .. } => true,
            Node::If { condition, .. } => {
                let condition = tree.span(condition).of(text);
                QUESTIONS.iter().any(|question| condition.contains(question))
            }
            _ => false,
        };
        let from = open.len();
        let guarded = visited.guarded || asks;
        tree.visit_children(visited.id, |id| open.push(Visited { id, guarded }));
        if let Some(children) = open.get_mut(from..) {
            children.reverse();
        }
    }
    found
}
