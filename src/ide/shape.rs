use std::sync::Arc;

use crate::value::types::Form;
use crate::value::types::FunctionType;
use crate::value::{Value, type_text};

/// What a value is made of, as far as that is known without evaluating anything more.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Nothing is known.
    Unknown,
    /// A table with these columns.
    Table(Vec<Part>),
    /// A record with these fields.
    Record(Vec<Part>),
    /// A function.
    Function(Arc<FunctionType>),
    /// A value of another kind; M's name for it.
    Other(&'static str),
}

/// A column or a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name.
    pub name: String,
    /// The type as M writes it, without the word `type`; empty if it is not known.
    pub ty: String,
}

impl Shape {
    /// The shape of a value. Evaluates nothing.
    pub fn of(value: &Value) -> Shape {
        match value.as_plain() {
            Value::Table(table) => Shape::Table(
                table
                    .names()
                    .iter()
                    .zip(table.types())
                    .map(|(name, ty)| Part { name: name.as_str().to_owned(), ty: short_type(&type_text(ty)) })
                    .collect(),
            ),
            Value::Record(record) => Shape::Record(
                record
                    .names()
                    .iter()
                    .map(|name| Part { name: name.as_str().to_owned(), ty: String::new() })
                    .collect(),
            ),
            Value::Function(function) => match &function.function_type().form {
                Form::Function(Some(function)) => Shape::Function(Arc::clone(function)),
                _ => Shape::Other("function"),
            },
            other => Shape::Other(other.kind().name()),
        }
    }

    /// The columns or fields.
    pub fn parts(&self) -> &[Part] {
        match self {
            Shape::Table(parts) | Shape::Record(parts) => parts,
            _ => &[],
        }
    }
}

/// A type as it is shown beside a name: `nullable text`.
fn short_type(text: &str) -> String {
    text.strip_prefix("type ").unwrap_or(text).to_owned()
}
