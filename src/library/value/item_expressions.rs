//! RowExpression.* and ItemExpression.*: the body of a function as data, for those who translate it.

use crate::eval::{Arguments, Context};
use crate::ir::{Node, Operator, UnaryOp};
use crate::library::{Body, Declaration, Example, example, native};
use crate::value::{Callable, Closure, Error, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    item(
        "RowExpression.Row",
        "What stands for the row in a row expression.",
        &[example("RowExpression.From(each _) = RowExpression.Row", "true")],
    ),
    item(
        "ItemExpression.Item",
        "What stands for the item in an item expression.",
        &[example("ItemExpression.Item = RowExpression.Row", "true")],
    ),
    native(
        "RowExpression.Column",
        "(columnName as text) as record",
        "What stands for a column of the row in a row expression.",
        &[example("RowExpression.Column(\"a\")[MemberName]", "\"a\"")],
        |_, arguments| Ok(field_access(item_node(), arguments.value(0).clone())),
    ),
    native(
        "RowExpression.From",
        "(function as function) as record",
        "The body of a function of one parameter as records, one for each of its parts.",
        &[example(
            "RowExpression.From(each [a] = 1)",
            "[Kind = \"Binary\", Operator = \"Equals\", Left = RowExpression.Column(\"a\"), Right = [Kind = \"Constant\", Value = 1]]",
        )],
        from,
    ),
    native(
        "ItemExpression.From",
        "(function as function) as record",
        "The body of a function of one parameter as records, one for each of its parts.",
        &[example(
            "ItemExpression.From(each _ <> null)",
            "[Kind = \"Binary\", Operator = \"NotEquals\", Left = ItemExpression.Item, Right = [Kind = \"Constant\", Value = null]]",
        )],
        from,
    ),
];

const fn item(name: &'static str, summary: &'static str, examples: &'static [Example]) -> Declaration {
    Declaration { name, signature: "", summary, examples, body: Body::Constant(item_node), kernel: None }
}

fn item_node() -> Value {
    Value::record([("Kind", Value::text("Item"))])
}

fn field_access(expression: Value, name: Value) -> Value {
    Value::record([("Kind", Value::text("FieldAccess")), ("Expression", expression), ("MemberName", name)])
}

fn constant(value: Value) -> Value {
    Value::record([("Kind", Value::text("Constant")), ("Value", value)])
}

fn binary(operator: &str, left: Value, right: Value) -> Value {
    Value::record([
        ("Kind", Value::text("Binary")),
        ("Operator", Value::text(operator)),
        ("Left", left),
        ("Right", right),
    ])
}

fn from(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let function = arguments.function(0)?;
    match function.callable() {
        Callable::Closure(closure) if closure.lambda().parameters.kinds.len() == 1 => {
            Translation { ctx, closure }.node(&closure.lambda().code.body)
        }
        _ => Err(cannot()),
    }
}

fn cannot() -> Error {
    Error::expression("The function can't be represented as an item expression.")
}

struct Translation<'a> {
    ctx: &'a Context,
    closure: &'a Closure,
}

impl Translation<'_> {
    fn node(&self, node: &Node) -> Result<Value> {
        self.ctx.nested(|| self.translate(node))
    }

    fn translate(&self, node: &Node) -> Result<Value> {
        match node {
            Node::Constant(value) => Ok(constant(value.clone())),
            Node::Parameter(0) | Node::LastUse(0) => Ok(item_node()),
            Node::Captured(index, _) => match self.closure.captures.get(*index as usize) {
                Some(member) => member.force_with_metadata(self.ctx).map(constant),
                None => Err(cannot()),
            },
            Node::Field(target, access, _) if !access.optional => {
                Ok(field_access(self.node(target)?, Value::Text(access.name.clone())))
            }
            Node::Unary(operator, operand, _) => Ok(Value::record([
                ("Kind", Value::text("Unary")),
                (
                    "Operator",
                    Value::text(match operator {
                        UnaryOp::Plus => "Positive",
                        UnaryOp::Minus => "Negative",
                        UnaryOp::Not => "Not",
                    }),
                ),
                ("Expression", self.node(operand)?),
            ])),
            Node::Binary(operator, operands, _) => {
                Ok(binary(operator_name(*operator), self.node(&operands.0)?, self.node(&operands.1)?))
            }
            Node::And(operands, _) => Ok(binary("And", self.node(&operands.0)?, self.node(&operands.1)?)),
            Node::Or(operands, _) => Ok(binary("Or", self.node(&operands.0)?, self.node(&operands.1)?)),
            Node::If(parts, _) => Ok(Value::record([
                ("Kind", Value::text("If")),
                ("Condition", self.node(&parts.0)?),
                ("TrueCase", self.node(&parts.1)?),
                ("FalseCase", self.node(&parts.2)?),
            ])),
            Node::Call(callee, arguments, _) => self.invocation(self.node(callee)?, arguments),
            Node::CallNative(native, arguments, _) => {
                self.invocation(constant(crate::ir::native_constant(native)), arguments)
            }
            _ => Err(cannot()),
        }
    }

    fn invocation(&self, function: Value, arguments: &[Node]) -> Result<Value> {
        let arguments = arguments.iter().map(|argument| self.node(argument)).collect::<Result<Vec<_>>>()?;
        Ok(Value::record([
            ("Kind", Value::text("Invocation")),
            ("Function", function),
            ("Arguments", Value::list(arguments)),
        ]))
    }
}

fn operator_name(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "Add",
        Operator::Subtract => "Subtract",
        Operator::Multiply => "Multiply",
        Operator::Divide => "Divide",
        Operator::Concatenate => "Concatenate",
        Operator::Less => "LessThan",
        Operator::LessEqual => "LessThanOrEquals",
        Operator::Greater => "GreaterThan",
        Operator::GreaterEqual => "GreaterThanOrEquals",
        Operator::Equal => "Equals",
        Operator::NotEqual => "NotEquals",
    }
}
