//! Pieces that a splitter gives, laid out in a number of columns.

use std::sync::Arc;

use super::arguments::{declared_result, expected, native_name};
use crate::eval::Context;
use crate::value::types::Form;
use crate::value::{Error, Function, List, Member, Result, Type, Value};

/// What happens to more pieces than there are columns: `ExtraValues`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    /// The last column gets a list of the rest.
    List,
    Error,
    Ignore,
}

impl Extra {
    /// The meaning of an `ExtraValues` value.
    pub(super) fn read(value: &Value) -> Result<Extra> {
        match value.to_double() {
            Some(0.0) => Ok(Extra::List),
            Some(1.0) => Ok(Extra::Error),
            Some(2.0) => Ok(Extra::Ignore),
            Some(_) => {
                Err(Error::expression("The value isn't a valid ExtraValues.").with_detail(value.clone()))
            }
            None => Err(expected(value, Form::Number)),
        }
    }
}

/// How pieces become cells.
#[derive(Clone)]
pub(super) struct Parts {
    /// Number of columns.
    pub(super) count: usize,
    /// What columns without a piece get.
    pub(super) default: Value,
    /// What happens to more pieces than that.
    pub(super) extra: Extra,
}

impl Parts {
    /// The cells of one row.
    pub(super) fn of(&self, ctx: &Context, pieces: &Arc<List>) -> Result<Vec<Member>> {
        let mut items = pieces.items();
        let mut cells = Vec::with_capacity(self.count);
        let whole = if self.extra == Extra::List { self.count.saturating_sub(1) } else { self.count };
        while cells.len() < whole {
            match items.next(ctx)? {
                Some(piece) => cells.push(piece),
                None => break,
            }
        }
        if cells.len() == whole && self.extra != Extra::Ignore {
            let mut rest = Vec::new();
            while let Some(piece) = items.next(ctx)? {
                rest.push(piece);
            }
            match self.extra {
                Extra::List if self.count > 0 => {
                    cells.push(Member::Ready(Value::List(Arc::new(List::Items(rest)))));
                }
                _ if rest.is_empty() => {}
                _ => {
                    let count = (cells.len() + rest.len()) as i64;
                    return Err(Error::data_format("There were more columns in the result than expected.")
                        .with_detail(Value::record([("Count", Value::Int64(count))])));
                }
            }
        }
        cells.resize_with(self.count, || Member::Ready(self.default.clone()));
        Ok(cells)
    }
}

/// The pieces a splitter gives for a value.
pub(super) fn pieces(ctx: &Context, splitter: &Function, value: &Value) -> Result<Arc<List>> {
    match ctx.call1(splitter, value.clone())?.as_plain() {
        Value::List(list) => Ok(Arc::clone(list)),
        other => Err(expected(other, Form::List(None))),
    }
}

/// The type of columns that hold such pieces: what the splitter says its items are.
pub(super) fn part_type(splitter: &Function, extra: Extra) -> Arc<Type> {
    if extra == Extra::List {
        return Type::any();
    }
    if native_name(splitter).is_some_and(|name| name.starts_with("Splitter.SplitText")) {
        return Arc::new(Type::nullable(Form::Text));
    }
    match &declared_result(splitter).form {
        Form::List(Some(item)) => Arc::clone(item),
        _ => Type::any(),
    }
}
