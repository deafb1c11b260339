//! Conditions on rows as data: what of an M function a source can understand.

use std::sync::Arc;

use crate::eval::Context;
pub use crate::ir::Operator as Comparison;
use crate::ir::{Item, MemberNode, Node, Operator, UnaryOp};
use crate::value::{Callable, Closure, Function, Result, Shape, Text, Value};

/// A condition on the columns of a row, by their positions.
#[derive(Clone, Debug)]
pub enum Condition {
    /// All of them.
    And(Vec<Condition>),
    /// One of them.
    Or(Vec<Condition>),
    /// Not.
    Not(Box<Condition>),
    /// A column compared with a constant that stands on the right.
    Compare(Operator, usize, Value),
    /// A test of a text column.
    Text(TextTest, usize, Text),
    /// A logical column that is true.
    Is(usize),
}

/// Tests of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// `Text.Contains`
    Contains,
    /// `Text.StartsWith`
    StartsWith,
    /// `Text.EndsWith`
    EndsWith,
}

impl Condition {
    /// The condition that a function of a row of `shape` stands for, and whether it says all that the function does:
    /// of conditions joined by `and`, those that are understood are given. `None` if nothing is understood.
    ///
    /// # Errors
    /// A [`crate::value::Stop`].
    pub fn of(ctx: &Context, function: &Function, shape: &Shape) -> Result<Option<(Condition, bool)>> {
        let Callable::Closure(closure) = function.callable() else { return Ok(None) };
        let code = &closure.lambda().code;
        if code.variables.iter().any(Option::is_some) {
            return Ok(None);
        }
        let mut parts = Vec::new();
        let mut whole = true;
        Reading { ctx, shape, closure }.conjuncts(&code.body, &mut parts, &mut whole)?;
        Ok(match parts.len() {
            0 => None,
            1 => parts.pop().map(|part| (part, whole)),
            _ => Some((Condition::And(parts), whole)),
        })
    }

    /// The same condition on columns at other positions; `None` if one of them is nowhere.
    pub fn moved(self, place: &dyn Fn(usize) -> Option<usize>) -> Option<Condition> {
        let all =
            |parts: Vec<Condition>| parts.into_iter().map(|part| part.moved(place)).collect::<Option<_>>();
        Some(match self {
            Condition::And(parts) => Condition::And(all(parts)?),
            Condition::Or(parts) => Condition::Or(all(parts)?),
            Condition::Not(part) => Condition::Not(Box::new(part.moved(place)?)),
            Condition::Compare(operator, at, value) => Condition::Compare(operator, place(at)?, value),
            Condition::Text(test, at, text) => Condition::Text(test, place(at)?, text),
            Condition::Is(at) => Condition::Is(place(at)?),
        })
    }
}

struct Reading<'r> {
    ctx: &'r Context,
    shape: &'r Shape,
    closure: &'r Closure,
}

impl Reading<'_> {
    fn conjuncts(&self, node: &Node, parts: &mut Vec<Condition>, whole: &mut bool) -> Result<()> {
        if let Node::And(pair, _) = node {
            self.conjuncts(&pair.0, parts, whole)?;
            return self.conjuncts(&pair.1, parts, whole);
        }
        match self.condition(node)? {
            Some(part) => parts.push(part),
            None => *whole = false,
        }
        Ok(())
    }

    fn condition(&self, node: &Node) -> Result<Option<Condition>> {
        self.ctx.nested(|| {
            Ok(match node {
                Node::And(pair, _) => self.both(pair)?.map(Condition::And),
                Node::Or(pair, _) => self.both(pair)?.map(Condition::Or),
                Node::Unary(UnaryOp::Not, operand, _) => {
                    self.condition(operand)?.map(|part| Condition::Not(Box::new(part)))
                }
                Node::Binary(operator, pair, _) => self.comparison(*operator, &pair.0, &pair.1)?,
                Node::Field(..) => self.column(node).map(Condition::Is),
                Node::CallNative(native, arguments, _) => self.call(&native.name, arguments)?,
                _ => None,
            })
        })
    }

    fn both(&self, pair: &(Node, Node)) -> Result<Option<Vec<Condition>>> {
        Ok(match (self.condition(&pair.0)?, self.condition(&pair.1)?) {
            (Some(left), Some(right)) => Some(vec![left, right]),
            _ => None,
        })
    }

    fn comparison(&self, operator: Operator, left: &Node, right: &Node) -> Result<Option<Condition>> {
        let mirrored = match operator {
            Operator::Less => Operator::Greater,
            Operator::LessEqual => Operator::GreaterEqual,
            Operator::Greater => Operator::Less,
            Operator::GreaterEqual => Operator::LessEqual,
            Operator::Equal | Operator::NotEqual => operator,
            _ => return Ok(None),
        };
        let (operator, column, constant) = match (self.column(left), self.column(right)) {
            (Some(column), None) => (operator, column, right),
            (None, Some(column)) => (mirrored, column, left),
            _ => return Ok(None),
        };
        let constant = self.constant(constant)?;
        Ok(constant.map(|constant| Condition::Compare(operator, column, constant)))
    }

    /// `Text.Contains([x], "a")` and its like, and `List.Contains({1, 2}, [x])`.
    fn call(&self, name: &str, arguments: &[Node]) -> Result<Option<Condition>> {
        let test = match name {
            "Text.Contains" => TextTest::Contains,
            "Text.StartsWith" => TextTest::StartsWith,
            "Text.EndsWith" => TextTest::EndsWith,
            "List.Contains" => return self.one_of(arguments),
            _ => return Ok(None),
        };
        // A third argument is a comparer of its own.
        let [column, text] = arguments else { return Ok(None) };
        let Some(column) = self.column(column) else { return Ok(None) };
        Ok(match self.constant(text)? {
            Some(Value::Text(text)) => Some(Condition::Text(test, column, text)),
            _ => None,
        })
    }

    fn one_of(&self, arguments: &[Node]) -> Result<Option<Condition>> {
        let [list, column] = arguments else { return Ok(None) };
        let Some(column) = self.column(column) else { return Ok(None) };
        let mut values = Vec::new();
        match list {
            Node::List(items, _) => {
                for item in items {
                    let Item::One(MemberNode::Ready(node)) = item else { return Ok(None) };
                    let Some(value) = self.constant(node)? else { return Ok(None) };
                    values.push(value);
                }
            }
            _ => match self.constant(list)? {
                // More than a few make no condition that a source would like.
                Some(Value::List(list)) if list.known_count().is_some_and(|count| count <= 100) => {
                    values = list.values(self.ctx)?;
                }
                _ => return Ok(None),
            },
        }
        let equal = |value| Condition::Compare(Operator::Equal, column, value);
        Ok((!values.is_empty()).then(|| Condition::Or(values.into_iter().map(equal).collect())))
    }

    /// The column that a node reads of the row.
    fn column(&self, node: &Node) -> Option<usize> {
        match node {
            Node::Field(of, access, _) if matches!(**of, Node::Parameter(0)) => {
                self.shape.position(&access.name)
            }
            _ => None,
        }
    }

    /// The value of a node that does not read the row. What fails is no constant.
    fn constant(&self, node: &Node) -> Result<Option<Value>> {
        let value = match node {
            Node::Constant(value) => return Ok(Some(value.as_plain().clone())),
            Node::Captured(at, _) => match self.closure.captures.get(*at as usize) {
                Some(member) => member.force(self.ctx),
                None => return Ok(None),
            },
            Node::CallNative(native, arguments, _) if super::is_simple_native(&native.name) => {
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    let Some(value) = self.constant(argument)? else { return Ok(None) };
                    values.push(value);
                }
                self.ctx.call(&Function::native(Arc::clone(native)), &values)
            }
            _ => return Ok(None),
        };
        match value {
            Ok(value) => Ok(Some(value.plain())),
            Err(error) if error.is_stop() => Err(error),
            Err(_) => Ok(None),
        }
    }
}
