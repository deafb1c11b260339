//! `r & [a = r[a] & [b = 1]]`: updates of records inside of each other. Only the fields that come out differently are
//! computed, and put where they belong; where nothing else holds the records, no record is made.

use smallvec::SmallVec;

use super::evaluate::{Frame, Slot};
use super::prompt::position;
use crate::ir::{MemberNode, Node, Operator};
use crate::value::{Member, Record, Result, Shape, Value};

/// Updates nest at most so deep; deeper ones are evaluated as any other field.
const DEEPEST: usize = 6;

/// The places that lead from a record to a field of a record in it.
pub(super) type Path = SmallVec<[u8; DEEPEST]>;
/// Fields of a record, and of records in it, with their new values.
pub(super) type Changes = SmallVec<[(Path, Member); 3]>;

impl Frame<'_> {
    /// What `r & [...]` changes, where r is the record in the slot and has all the fields; otherwise `None`.
    pub(super) fn changes(
        &mut self,
        slot: u32,
        shape: &Shape,
        members: &[MemberNode],
    ) -> Result<Option<Changes>> {
        let root = Path::new();
        let Some(places) = self.record_at(slot, &root).and_then(|record| record.shape().places(shape)) else {
            return Ok(None);
        };
        let mut changes = Changes::new();
        for (member, place) in members.iter().zip(places) {
            let path = Path::from_slice(&[place]);
            let before = changes.len();
            if self.nested_changes(slot, &path, member, &mut changes).is_none() {
                changes.truncate(before);
                changes.push((path, self.member(member)?));
            }
        }
        Ok(Some(changes))
    }

    /// What a field changes in the record that stands there now, if it is written as an update of that record and all of
    /// it can be had at once.
    fn nested_changes(
        &mut self,
        slot: u32,
        path: &Path,
        member: &MemberNode,
        changes: &mut Changes,
    ) -> Option<()> {
        let MemberNode::Thunk(thunk) = member else { return None };
        let Some(Node::Binary(Operator::Concatenate, operands, _)) = thunk.prompt.as_deref() else {
            return None;
        };
        let Node::Record(shape, scope, members) = &operands.1 else { return None };
        if !scope.cells.is_empty() || path.len() == DEEPEST || self.path_of(slot, &operands.0)? != *path {
            return None;
        }
        let places = self.record_at(slot, path)?.shape().places(shape)?;
        for (member, place) in members.iter().zip(places) {
            let mut path = path.clone();
            path.push(place);
            let before = changes.len();
            if self.nested_changes(slot, &path, member, changes).is_none() {
                changes.truncate(before);
                let member = self.prompt_member(member)?;
                changes.push((path, member));
            }
        }
        Some(())
    }

    /// The path of `r[a][b]`, where r is the record in the slot.
    fn path_of(&self, slot: u32, node: &Node) -> Option<Path> {
        match node {
            Node::Parameter(at) if *at == slot => Some(Path::new()),
            Node::Field(target, field, _) => {
                let mut path = self.path_of(slot, target)?;
                let place = position(self.record_at(slot, &path)?, field)?;
                path.push(u8::try_from(place).ok()?);
                Some(path)
            }
            _ => None,
        }
    }

    /// The record in the slot, or one in it, if it is at hand and nothing is said of it by metadata.
    fn record_at(&self, slot: u32, path: &Path) -> Option<&Record> {
        let Some(Slot::Value(Value::Record(record))) = self.slots.get(slot as usize) else { return None };
        path.iter().try_fold(&**record, |record, place| match record.held(usize::from(*place))? {
            Member::Ready(Value::Record(inner)) => Some(&**inner),
            _ => None,
        })
    }
}
