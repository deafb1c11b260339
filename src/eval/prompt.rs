//! Small expressions that are evaluated at once where they might be put off; which these are, is decided when the
//! program is resolved.

use std::sync::Arc;

use super::evaluate::{Frame, Slot, remember, remembered};
use super::{call, concatenate, operators};
use crate::ir::{Capture, FieldAccess, MemberNode, Node, Operator};
use crate::value::{Member, Members, Record, Value};

/// Records of up to this many fields are put together at once where they stand in small expressions.
const FEW_FIELDS: usize = 32;

impl Frame<'_> {
    /// The value of a small expression, if that can be had at once: without failing, and without evaluating anything
    /// that was put off.
    pub(super) fn prompt(&mut self, node: &Node) -> Option<Value> {
        match node {
            Node::Binary(Operator::Concatenate, operands, _) => self.prompt_update(&operands.0, &operands.1),
            Node::Binary(operator, operands, _) => {
                if let (Some(left), Some(right)) = (self.path(&operands.0), self.path(&operands.1)) {
                    return operators::apply_numbers(*operator, left, right);
                }
                let (left, right) = (self.prompt(&operands.0)?, self.prompt(&operands.1)?);
                operators::apply_numbers(*operator, &left, &right)
            }
            Node::If(parts, _) => match self.prompt(&parts.0)? {
                Value::Logical(true) => self.prompt(&parts.1),
                Value::Logical(false) => self.prompt(&parts.2),
                _ => None,
            },
            Node::Field(target, field, _) => match self.path(node) {
                Some(value) => Some(value.clone()),
                None => match self.prompt(target)? {
                    Value::Record(record) => record.at(position(&record, field)?)?.ready().cloned(),
                    _ => None,
                },
            },
            Node::Record(shape, scope, members) if scope.cells.is_empty() => {
                let members =
                    members.iter().map(|member| self.prompt_member(member)).collect::<Option<Members>>()?;
                Some(Value::Record(Arc::new(Record::new(Arc::clone(shape), members))))
            }
            Node::CallNative(native, arguments, _) => {
                let mut values = [const { Value::Null }; call::FEW_ARGUMENTS];
                let most = native.parameters.ty.parameters.len();
                let values = values.get_mut(..most)?;
                if arguments.len() < native.parameters.ty.required || arguments.len() > most {
                    return None;
                }
                for (value, node) in values.iter_mut().zip(arguments) {
                    *value = self.prompt(node)?;
                }
                call::call_native(self.ctx, native, values).ok()
            }
            other => self.path(other).cloned(),
        }
    }

    /// The value of a name, or of a field of a field of one, borrowed.
    fn path<'n>(&'n self, node: &'n Node) -> Option<&'n Value> {
        match node {
            Node::Field(target, field, _) => match self.path(target)? {
                Value::Record(record) => record.ready_at(position(record, field)?),
                _ => None,
            },
            Node::CellVariable(slot, _) => match self.slots.get(*slot as usize) {
                Some(Slot::Cell(cell)) => cell.done(),
                _ => None,
            },
            leaf => self.leaf(leaf),
        }
    }

    /// A field of a record that is made at once; it may itself be put off.
    pub(super) fn prompt_member(&mut self, member: &MemberNode) -> Option<Member> {
        match member {
            MemberNode::Ready(node) => self.prompt(node).map(Member::Ready),
            MemberNode::Share(Capture::Parameter(_) | Capture::Cell(_) | Capture::Captured(_))
            | MemberNode::Thunk(_) => self.member(member).ok(),
            MemberNode::Share(_) => None,
        }
    }

    /// `record & record`. Of fields that are written out, no record is made first.
    fn prompt_update(&mut self, left: &Node, right: &Node) -> Option<Value> {
        let Value::Record(left) = self.prompt(left)? else { return None };
        if let Node::Record(shape, scope, members) = right
            && scope.cells.is_empty()
            && let Some(places) = left.shape().places(shape)
        {
            let members =
                members.iter().map(|member| self.prompt_member(member)).collect::<Option<Members>>()?;
            return Some(Value::Record(left.updated(&places, members)));
        }
        let Value::Record(right) = self.prompt(right)? else { return None };
        (left.len() + right.len() <= FEW_FIELDS)
            .then(|| Value::Record(Arc::new(concatenate::merge(&left, &right))))
    }
}

/// Where a record has a field.
fn position(record: &Record, field: &FieldAccess) -> Option<usize> {
    remembered(record, field).or_else(|| {
        let position = record.shape().position(&field.name)?;
        remember(record, field, position);
        Some(position)
    })
}
