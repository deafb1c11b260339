//! How two keys are compared.

use std::cmp::Ordering;
use std::sync::Arc;

use super::ValueKey;
use crate::culture::Culture;
use crate::culture::collation::Collation;
use crate::eval::{Context, compare, conversion_error, equal, ordinal};
use crate::value::types::Form;
use crate::value::{Callable, Function, Result, Type, Value};

/// A comparer: the language's own comparison, a built-in one, or a function.
#[derive(Clone)]
pub enum Rule {
    /// As `=` and `Value.Compare` see it.
    Plain,
    /// Texts by their letters whatever the case; other values as [`Rule::Plain`].
    IgnoreCase,
    /// Texts as people of a culture see them; other values as [`Rule::Plain`].
    Collation(Collation),
    /// A function of two values that gives a number (below, at or above zero) or, for equality, a logical.
    Function(Arc<Function>),
}

impl Rule {
    /// The rule a comparer function stands for. The library's own are recognised, and then never called.
    pub fn of(function: &Arc<Function>) -> Rule {
        let name = match function.callable() {
            Callable::Native(native) => native.name.as_str(),
            Callable::Closure(_) => "",
        };
        match name {
            "Comparer.Ordinal" | "Value.Compare" | "Value.Equals" => Rule::Plain,
            "Comparer.OrdinalIgnoreCase" => Rule::IgnoreCase,
            "Comparer.FromCulture" => match function.data::<Collation>() {
                Some(collation) => Rule::Collation(*collation),
                None => Rule::Function(Arc::clone(function)),
            },
            _ => Rule::Function(Arc::clone(function)),
        }
    }

    /// The order of two keys.
    pub fn compare(&self, ctx: &Context, left: &Value, right: &Value) -> Result<Ordering> {
        match self {
            Rule::Plain => compare(ctx, left, right),
            Rule::IgnoreCase => match (left.as_plain(), right.as_plain()) {
                (Value::Text(left), Value::Text(right)) => Ok(ordinal(&fold(left), &fold(right))),
                _ => compare(ctx, left, right),
            },
            Rule::Collation(collation) => match (left.as_plain(), right.as_plain()) {
                (Value::Text(left), Value::Text(right)) => Ok(collation.compare(left, right)),
                _ => compare(ctx, left, right),
            },
            Rule::Function(function) => {
                let result = ctx.call2(function, left.clone(), right.clone())?;
                match result.to_double() {
                    Some(number) => Ok(number.partial_cmp(&0.0).unwrap_or(Ordering::Equal)),
                    None => Err(conversion_error(&result, &Arc::new(Type::new(Form::Number)))),
                }
            }
        }
    }

    /// Whether two keys are equal.
    pub fn equal(&self, ctx: &Context, left: &Value, right: &Value) -> Result<bool> {
        match self {
            Rule::Plain => equal(ctx, left, right),
            Rule::IgnoreCase => match (left.as_plain(), right.as_plain()) {
                (Value::Text(left), Value::Text(right)) => Ok(left == right || fold(left) == fold(right)),
                _ => equal(ctx, left, right),
            },
            Rule::Collation(collation) => match (left.as_plain(), right.as_plain()) {
                (Value::Text(left), Value::Text(right)) => Ok(collation.compare(left, right).is_eq()),
                _ => equal(ctx, left, right),
            },
            Rule::Function(function) => {
                let result = ctx.call2(function, left.clone(), right.clone())?;
                match result.as_plain() {
                    Value::Logical(equal) => Ok(*equal),
                    other => match other.to_double() {
                        Some(number) => Ok(number == 0.0),
                        None => Err(conversion_error(&result, &Arc::new(Type::new(Form::Logical)))),
                    },
                }
            }
        }
    }
}

impl Rule {
    /// A key for hashing that equals another where this rule sees no difference; of a function, as `=` sees the value.
    pub fn key(&self, ctx: &Context, value: &Value) -> Result<ValueKey> {
        match self {
            Rule::IgnoreCase => ValueKey::ignoring_case(ctx, value),
            Rule::Collation(collation) => ValueKey::collated(ctx, value, *collation),
            Rule::Plain | Rule::Function(_) => ValueKey::new(ctx, value),
        }
    }
}

/// The text as case-blind comparison sees it.
pub fn fold(text: &str) -> String {
    Culture::default().to_upper(text)
}
