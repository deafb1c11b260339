use std::sync::Arc;

use super::conversion_error;
use crate::table::Table;
use crate::value::types::Form;
use crate::value::{Binary, Error, Function, List, Record, Result, Text, Type, Value};

/// The arguments of a library or host function: one for each parameter, `null` where none was given.
///
/// Their kinds are checked against the declared parameters before the function runs. Readers take the value
/// without its metadata; [`Arguments::full`] keeps it.
pub struct Arguments<'a>(&'a mut [Value]);

macro_rules! readers {
    ($($(#[$doc:meta])* $name:ident, $optional:ident, $variant:ident($form:expr) -> $ty:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self, at: usize) -> Result<$ty> {
            match self.value(at) {
                Value::$variant(inner) => Ok(inner.clone()),
                other => Err(conversion_error(other, &Arc::new(Type::new($form)))),
            }
        }

        $(#[$doc])*
        /// `None` for `null`.
        pub fn $optional(&self, at: usize) -> Result<Option<$ty>> {
            match self.value(at) {
                Value::Null => Ok(None),
                _ => self.$name(at).map(Some),
            }
        }
    )*};
}

impl<'a> Arguments<'a> {
    /// Wraps values that were checked.
    pub fn new(values: &'a mut [Value]) -> Arguments<'a> {
        Arguments(values)
    }

    /// Number of parameters.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The argument without metadata; `null` past the last.
    pub fn value(&self, at: usize) -> &Value {
        self.0.get(at).map_or(&Value::Null, Value::as_plain)
    }

    /// The argument with its metadata.
    pub fn full(&self, at: usize) -> &Value {
        self.0.get(at).unwrap_or(&Value::Null)
    }

    /// The argument with its metadata, moved out.
    pub fn take(&mut self, at: usize) -> Value {
        self.0.get_mut(at).map_or(Value::Null, |value| std::mem::replace(value, Value::Null))
    }

    /// All arguments.
    pub fn all(&self) -> &[Value] {
        self.0
    }

    /// Whether the argument is `null` or was not given.
    pub fn is_null(&self, at: usize) -> bool {
        matches!(self.value(at), Value::Null)
    }

    readers! {
        /// The text at a position.
        text, optional_text, Text(Form::Text) -> Text;
        /// The logical value at a position.
        logical, optional_logical, Logical(Form::Logical) -> bool;
        /// The list at a position.
        list, optional_list, List(Form::List(None)) -> Arc<List>;
        /// The record at a position.
        record, optional_record, Record(Form::Record(None)) -> Arc<Record>;
        /// The table at a position.
        table, optional_table, Table(Form::Table(None)) -> Arc<Table>;
        /// The function at a position.
        function, optional_function, Function(Form::Function(None)) -> Arc<Function>;
        /// The binary value at a position.
        binary, optional_binary, Binary(Form::Binary) -> Arc<Binary>;
        /// The type at a position, its metadata left off.
        ty, optional_ty, Type(Form::Type) -> Arc<Type>;
    }

    /// The number at a position as a double.
    pub fn double(&self, at: usize) -> Result<f64> {
        let value = self.value(at);
        value.to_double().ok_or_else(|| conversion_error(value, &Arc::new(Type::new(Form::Number))))
    }

    /// The number at a position as a double; `None` for `null`.
    pub fn optional_double(&self, at: usize) -> Result<Option<f64>> {
        if self.is_null(at) { Ok(None) } else { self.double(at).map(Some) }
    }

    /// The number at a position as a whole number. A number with a fraction is an error that says which `parameter` it was given for.
    pub fn whole(&self, at: usize, parameter: &str) -> Result<i64> {
        if let Value::Int64(whole) = self.value(at) {
            return Ok(*whole);
        }
        let double = self.double(at)?;
        if double.fract() == 0.0 && double.abs() < 9.2e18 {
            Ok(double as i64)
        } else {
            Err(Error::expression(format!("The '{parameter}' argument must be a whole number."))
                .with_detail(self.value(at).clone()))
        }
    }

    /// The whole number at a position; `None` for `null`.
    pub fn optional_whole(&self, at: usize, parameter: &str) -> Result<Option<i64>> {
        if self.is_null(at) { Ok(None) } else { self.whole(at, parameter).map(Some) }
    }

    /// A count at a position: a whole number that is not negative.
    pub fn count(&self, at: usize, parameter: &str) -> Result<usize> {
        let whole = self.whole(at, parameter)?;
        usize::try_from(whole).map_err(|_| {
            Error::expression(format!("The '{parameter}' argument is out of range."))
                .with_detail(self.value(at).clone())
        })
    }

    /// The count at a position; `None` for `null`.
    pub fn optional_count(&self, at: usize, parameter: &str) -> Result<Option<usize>> {
        if self.is_null(at) { Ok(None) } else { self.count(at, parameter).map(Some) }
    }
}
