//! Which expressions are so small and harmless that evaluating them at once beats putting them off.

use crate::ir::{MemberNode, Node};

/// Library functions that do little, touch nothing outside and fail only for what they are given.
const LIBRARY: &[&str] = &[
    "Date.Day",
    "Date.Month",
    "Date.Year",
    "Number.Abs",
    "Number.From",
    "Number.IntegerDivide",
    "Number.IsEven",
    "Number.IsOdd",
    "Number.Mod",
    "Number.Round",
    "Number.RoundDown",
    "Number.RoundUp",
    "Number.Sign",
    "Number.Sqrt",
    "Text.Length",
];

/// The most nodes such an expression may have.
const MOST: usize = 16;

/// Whether the body of a cell is made of arithmetic, comparisons, choices, fields, records and a few functions over
/// names and constants, and short: an expression in it is written once more for each record around it. What its names hold is only known when the cell is made.
pub(super) fn is_prompt(body: &Node) -> bool {
    let mut left = MOST;
    prompt(body, &mut left) && !matches!(body, Node::Captured(..))
}

fn prompt(node: &Node, left: &mut usize) -> bool {
    let Some(fewer) = left.checked_sub(1) else { return false };
    *left = fewer;
    match node {
        Node::Constant(_) | Node::Captured(..) => true,
        Node::Binary(_, pair, _) => prompt(&pair.0, left) && prompt(&pair.1, left),
        Node::If(parts, _) => prompt(&parts.0, left) && prompt(&parts.1, left) && prompt(&parts.2, left),
        Node::Field(target, _, _) => prompt(target, left),
        Node::Record(_, scope, members) => {
            scope.cells.is_empty()
                && members.iter().all(|member| match member {
                    MemberNode::Ready(node) => prompt(node, left),
                    MemberNode::Share(_) => true,
                    MemberNode::Thunk(thunk) => !thunk.cyclic && prompt(&thunk.code.body, left),
                })
        }
        Node::CallNative(native, arguments, _) => {
            LIBRARY.contains(&native.name.as_str()) && arguments.iter().all(|argument| prompt(argument, left))
        }
        _ => false,
    }
}
