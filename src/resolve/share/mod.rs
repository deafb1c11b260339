//! Equal expressions of one function that are computed once.
//!
//! Editors write a step that is needed twice twice: `Table.Pivot(t(x), List.Distinct(t(x)[Name]), ...)`. Such a step is
//! made a variable without a name, of the innermost expression around all places it stands at, and the second
//! [`scan`](super::scan) treats it like a variable of a `let`: nothing is evaluated that was not, an error comes anew
//! wherever it is used and has its place where the expression stands first, and nothing outlives its users. What is shared are
//! calls of library functions that give tables or lists, where nobody can tell one value from two ([`effect`]); not
//! across functions, since what a call computes is to end with it.

mod effect;
mod number;

use rustc_hash::FxHashMap;

use super::Document;
use super::scan::Scanned;
use crate::syntax::{Node, NodeId, Tree};
use effect::Effects;
use number::{Numbered, number};

/// The expressions of a document that stand for one value each.
#[derive(Default)]
pub(super) struct Shared {
    /// For each place of a shared expression the first one, whose nodes are those that are evaluated.
    pub(super) first: FxHashMap<NodeId, NodeId>,
    /// For each expression that has such variables the first places of theirs.
    pub(super) homes: FxHashMap<NodeId, Vec<NodeId>>,
}

/// Finds what can be shared below `root`, if there is anything.
pub(super) fn share(document: &Document, root: NodeId, scanned: &Scanned) -> Option<Shared> {
    let tree = &document.tree;
    let numbered = number(document, root, scanned);
    let mut effects = Effects::new(tree, scanned);
    let mut groups: FxHashMap<(Option<NodeId>, u32), Group> = FxHashMap::default();
    for (id, function) in &numbered.calls {
        let group = groups.entry((*function, numbered.of(*id))).or_default();
        group.calls += 1;
        group.member = Some(*id);
    }
    groups.retain(|_, group| group.calls > 1 && group.member.is_some_and(|id| effects.is_shareable(id)));
    if groups.is_empty() {
        return None;
    }
    let mut finder = Finder { tree, numbered: &numbered, groups };
    finder.visit(root, None, None);
    finder.finish()
}

/// Equal calls in one function.
#[derive(Default)]
struct Group {
    /// How many there are, and one of them.
    calls: usize,
    member: Option<NodeId>,
    /// The places that are left when what is shared around them is written once, and the group each is inside of.
    places: Vec<(NodeId, Option<GroupKey>)>,
    /// The expression that will have the variable.
    home: Option<NodeId>,
}

/// The function that calls stand in, and their number.
type GroupKey = (Option<NodeId>, u32);

struct Finder<'a> {
    tree: &'a Tree,
    numbered: &'a Numbered,
    groups: FxHashMap<GroupKey, Group>,
}

impl Finder<'_> {
    /// Notes the places of groups, without looking into those that will only refer to the first.
    fn visit(&mut self, id: NodeId, function: Option<NodeId>, inside: Option<GroupKey>) {
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || {
            let mut within = (function, inside);
            match self.tree.node(id) {
                Node::Function { .. } | Node::Each(_) => within = (Some(id), None),
                Node::Call { .. } => {
                    let key = (function, self.numbered.of(id));
                    if let Some(group) = self.groups.get_mut(&key) {
                        group.places.push((id, inside));
                        if group.places.len() > 1 {
                            return;
                        }
                        within.1 = Some(key);
                    }
                }
                _ => {}
            }
            let mut children = Vec::new();
            self.tree.visit_children(id, |child| children.push(child));
            for child in children {
                self.visit(child, within.0, within.1);
            }
        });
    }

    fn finish(mut self) -> Option<Shared> {
        let mut shared = Shared::default();
        let mut keys: Vec<GroupKey> = self.groups.keys().copied().collect();
        // Numbers of outer expressions are higher: the homes of what is around a place are known before its own.
        keys.sort_unstable_by_key(|(function, number)| (std::cmp::Reverse(*number), *function));
        for key in keys {
            let Some(places) = self.groups.get(&key).map(|group| &group.places) else { continue };
            let [(first, around), others @ ..] = places.as_slice() else { continue };
            if others.is_empty() {
                continue;
            }
            // Where all are inside of one value, so is the home; otherwise it is around the homes of those values.
            let one = others.iter().all(|(_, other)| other == around);
            let at = |place: &(NodeId, Option<GroupKey>)| if one { place.0 } else { self.standing(*place) };
            let innermost = others
                .iter()
                .fold(at(&(*first, *around)), |home, place| self.numbered.innermost_around(home, at(place)));
            let home = self.open_home(innermost);
            shared.first.extend(places.iter().map(|(place, _)| (*place, *first)));
            shared.homes.entry(home).or_default().push(*first);
            if let Some(group) = self.groups.get_mut(&key) {
                group.home = Some(home);
            }
        }
        (!shared.homes.is_empty()).then_some(shared)
    }

    /// Where what stands at a place is evaluated: there, or where the value around it has its variable.
    fn standing(&self, place: (NodeId, Option<GroupKey>)) -> NodeId {
        let mut around = place.1;
        while let Some(group) = around.and_then(|key| self.groups.get(&key)) {
            if let Some(home) = group.home {
                return home;
            }
            around = group.places.first().and_then(|(_, outer)| *outer);
        }
        place.0
    }

    /// The innermost node from here outwards that is an expression of its own.
    fn open_home(&self, mut id: NodeId) -> NodeId {
        while matches!(
            self.tree.node(id),
            Node::Range { .. }
                | Node::Binding { .. }
                | Node::Parameter { .. }
                | Node::FieldType { .. }
                | Node::RecordType { .. }
                | Node::TableType(_)
                | Node::ListType(_)
                | Node::NullableType(_)
                | Node::FunctionType { .. }
        ) {
            let Some(outer) = self.numbered.parent(id) else { break };
            id = outer;
        }
        id
    }
}

#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod tests;
