use std::sync::Arc;

use crate::ir::{Check, Operator, UnaryOp};
use crate::value::types::Kinds;
use crate::value::{Member, Native, Shape, Text, Value};

/// A function of a row, or of a cell, as what it does to columns. Which nodes of a function have a counterpart here
/// says [`compile`](super::compile).
pub(super) enum Expression {
    /// The same value in each row.
    Constant(Value),
    /// A column of the input.
    Column(usize),
    /// What the function captured: a constant once it is evaluated, and never evaluated from here.
    Captured(Member),
    /// A member of a section, likewise.
    Member(usize, usize),
    /// A variable: evaluated once for the rows that need it.
    Variable(usize),
    /// Variables that are evaluated before the rest, whether it needs them or not: arguments of a call.
    Bind(Vec<usize>, Box<Expression>),
    Unary(UnaryOp, Box<Expression>),
    Binary(Operator, Box<(Expression, Expression)>),
    /// `and` (false) and `or` (true).
    Logic(bool, Box<(Expression, Expression)>),
    Coalesce(Box<(Expression, Expression)>),
    If(Box<(Expression, Expression, Expression)>),
    Is(Box<Expression>, Kinds),
    As(Box<Expression>, Kinds),
    TryOtherwise(Box<(Expression, Expression)>),
    /// An error, whatever the operand.
    Raise(Box<Expression>),
    /// A call of a library function that computes a value from values and does nothing else.
    Call(Arc<Native>, Vec<Expression>),
    /// A list.
    List(Vec<Expression>),
    /// A record.
    Record(Arc<Shape>, Vec<Expression>),
    /// A field of a record; `null` where it is missing, if it is optional.
    Field(Box<Expression>, Text, bool),
}

impl Expression {
    /// The expression, checked to be of the kinds of a check.
    pub(super) fn checked(self, check: Option<&Check>) -> Expression {
        match check {
            Some(check) => Expression::As(Box::new(self), check.kinds),
            None => self,
        }
    }

    /// Whether evaluating it for a row costs less than finding out whether the row needs it.
    pub(super) fn is_light(&self) -> bool {
        match self {
            Expression::Constant(_) | Expression::Column(_) | Expression::Captured(_) => true,
            Expression::Member(..) => true,
            Expression::Unary(_, operand) | Expression::Is(operand, _) => operand.is_light(),
            Expression::Binary(Operator::Concatenate, _) => false,
            Expression::Binary(_, pair) | Expression::Logic(_, pair) | Expression::Coalesce(pair) => {
                pair.0.is_light() && pair.1.is_light()
            }
            Expression::If(parts) => parts.0.is_light() && parts.1.is_light() && parts.2.is_light(),
            Expression::Field(of, ..) => of.is_light(),
            _ => false,
        }
    }
}
