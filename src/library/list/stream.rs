//! Lists that compute their items while they are read.

use std::sync::Arc;

use crate::eval::{Context, conversion_error};
use crate::value::types::Form;
use crate::value::{Enumerate, Function, Iterate, List, Member, Result, Type, Value};

struct Stream<F> {
    start: F,
    count: Option<usize>,
}

struct Reading<N>(N);

impl<F, N> Enumerate for Stream<F>
where
    F: Fn() -> N + Send + Sync,
    N: FnMut(&Context) -> Result<Option<Member>> + Send + 'static,
{
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(Reading((self.start)()))
    }

    fn count(&self) -> Option<usize> {
        self.count
    }
}

impl<N> Iterate for Reading<N>
where
    N: FnMut(&Context) -> Result<Option<Member>> + Send,
{
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        (self.0)(ctx)
    }
}

/// A list that is read by what `start` gives, anew at each reading.
pub(super) fn stream<F, N>(start: F) -> Value
where
    F: Fn() -> N + Send + Sync + 'static,
    N: FnMut(&Context) -> Result<Option<Member>> + Send + 'static,
{
    counted(None, start)
}

/// A list of `count` items, if that is known, that is read by what `start` gives, anew at each reading.
pub(super) fn counted<F, N>(count: Option<usize>, start: F) -> Value
where
    F: Fn() -> N + Send + Sync + 'static,
    N: FnMut(&Context) -> Result<Option<Member>> + Send + 'static,
{
    Value::List(Arc::new(List::Lazy(Box::new(Stream { start, count }))))
}

/// What a condition says of an item.
pub(super) fn holds(ctx: &Context, condition: &Function, item: Value) -> Result<bool> {
    let result = ctx.call1(condition, item)?;
    if let Value::Logical(logical) = result {
        return Ok(logical);
    }
    match result.as_plain() {
        Value::Logical(logical) => Ok(*logical),
        _ => Err(conversion_error(&result, &Arc::new(Type::new(Form::Logical)))),
    }
}

/// The list that an item is.
pub(super) fn as_list(value: &Value) -> Result<Arc<List>> {
    match value.as_plain() {
        Value::List(list) => Ok(Arc::clone(list)),
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::List(None))))),
    }
}
