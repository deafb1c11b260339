//! What the names of a document refer to, as nodes of its tree: for checkers and other readers of programs.

use super::scan::{Class, Meaning, Scanned, scan};
use super::share::Shared;
use super::{Document, Outline, ResolveError};
use crate::eval::Names;
use crate::syntax::{Node, NodeId, Tree};

/// What a name refers to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A variable, field or section member; the node of its value.
    Value(NodeId),
    /// A parameter: the node of its name, or the `each` it belongs to.
    Parameter(NodeId),
    /// A name of the library or the host.
    Library,
    /// `#shared`, `#sections`, or nothing.
    Other,
}

/// What the names of one document refer to.
pub struct Meanings {
    scanned: Scanned,
    members: Vec<NodeId>,
}

/// Finds what each name of a document refers to. Names it does not define are looked up in `names`.
pub fn meanings(document: &Document, names: &dyn Names) -> Meanings {
    let outline = Outline::of(std::slice::from_ref(document));
    let tree = &document.tree;
    let scanned = scan(document, tree.root(), &outline, outline.section_of(0), names, &Shared::default());
    Meanings { scanned, members: members(tree) }
}

fn members(tree: &Tree) -> Vec<NodeId> {
    let Node::Section { members, .. } = tree.node(tree.root()) else { return Vec::new() };
    let value = |&member: &NodeId| match tree.node(member) {
        Node::SectionMember { value, .. } => Some(value),
        _ => None,
    };
    tree.list(members).iter().filter_map(value).collect()
}

impl Meanings {
    /// What a `Name`, a `SectionAccess`, or a `Field` or `Projection` without a target refers to; `None` for other nodes.
    pub fn target(&self, id: NodeId) -> Option<Target> {
        Some(match self.scanned.meanings.get(&id)? {
            Meaning::Binding(binding) => {
                let binding = self.scanned.bindings.get(*binding as usize)?;
                match binding.class {
                    Class::Parameter => Target::Parameter(binding.value),
                    _ => Target::Value(binding.value),
                }
            }
            Meaning::Member(_, member) => Target::Value(*self.members.get(*member as usize)?),
            Meaning::Constant(_) => Target::Library,
            Meaning::Environment(_) | Meaning::Unknown(_) => Target::Other,
        })
    }

    /// The names that mean nothing.
    pub fn errors(&self) -> &[ResolveError] {
        &self.scanned.errors
    }
}
