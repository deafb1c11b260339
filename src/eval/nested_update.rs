//! `r & [a = r[a] & [b = 1]]`: updates of records inside of each other. Only the fields that come out differently are
//! computed, and put where they belong; where nothing else holds the records, no record is made.

use smallvec::SmallVec;

use super::evaluate::{Frame, Slot};
use crate::ir::{MemberNode, Node};
use crate::value::{Member, Path, Record, Result, Shape, Value};

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
        let root = Path::default();
        let Some(places) = self.record_at(slot, root).and_then(|record| record.shape().places(shape)) else {
            return Ok(None);
        };
        let mut changes = Changes::new();
        for (member, place) in members.iter().zip(places) {
            let Some(path) = root.then(place) else { return Ok(None) };
            let before = changes.len();
            if self.changes_inside(slot, path, member, &mut changes).is_none() {
                changes.truncate(before);
                changes.push((path, self.member(member)?));
            }
        }
        Ok(Some(changes))
    }

    /// What a field changes in the record that stands there now, if it is written as an update of that record and all of
    /// it can be had at once.
    fn changes_inside(
        &mut self,
        slot: u32,
        path: Path,
        member: &MemberNode,
        changes: &mut Changes,
    ) -> Option<()> {
        let MemberNode::Thunk(thunk) = member else { return None };
        if !thunk.in_place {
            return None;
        }
        let Some(Node::Binary(_, operands, _)) = thunk.prompt.as_deref() else { return None };
        let Node::Record(shape, _, members) = &operands.1 else { return None };
        let places = self.record_at(slot, path)?.shape().places(shape)?;
        for (member, place) in members.iter().zip(places) {
            let path = path.then(place)?;
            let before = changes.len();
            if self.changes_inside(slot, path, member, changes).is_none() {
                changes.truncate(before);
                changes.push((path, self.prompt_member(member)?));
            }
        }
        Some(())
    }

    /// The record in the slot, or one in it, if it is at hand and nothing is said of it by metadata.
    fn record_at(&self, slot: u32, path: Path) -> Option<&Record> {
        let Some(Slot::Value(Value::Record(record))) = self.slots.get(slot as usize) else { return None };
        path.places().iter().try_fold(&**record, |record, place| match record.held(usize::from(*place))? {
            Member::Ready(Value::Record(inner)) => Some(&**inner),
            _ => None,
        })
    }
}
