use std::sync::Arc;

use super::{Cell, Error, Result, Stop, Thunk, Value};
use crate::eval::Context;

/// A list item, record field or table cell: a value, or one that is evaluated when first read.
#[derive(Clone, Debug)]
pub enum Member {
    /// Evaluated.
    Ready(Value),
    /// Evaluated when first read, at most once.
    Lazy(Arc<Cell>),
}

impl Member {
    /// The member's value without metadata, evaluating it if need be. An error stays and is raised at each read.
    pub fn force(&self, ctx: &Context) -> Result<Value> {
        match self {
            Member::Ready(Value::Meta(pair)) => Ok(pair.0.clone()),
            Member::Ready(value) => Ok(value.clone()),
            Member::Lazy(cell) => cell.force(ctx).map(Value::plain),
        }
    }

    /// The member's value with its metadata.
    pub fn force_with_metadata(&self, ctx: &Context) -> Result<Value> {
        match self {
            Member::Ready(value) => Ok(value.clone()),
            Member::Lazy(cell) => cell.force(ctx),
        }
    }

    /// [`Member::force_with_metadata`] of a member that is not needed any more.
    pub fn into_value(self, ctx: &Context) -> Result<Value> {
        match self {
            Member::Ready(value) => Ok(value),
            Member::Lazy(cell) => cell.force(ctx),
        }
    }

    /// The value if it is there without evaluating anything.
    #[inline]
    pub fn ready(&self) -> Option<&Value> {
        match self {
            Member::Ready(value) => Some(value),
            Member::Lazy(cell) => cell.done(),
        }
    }

    /// Whether the member is evaluated and holds no other members: neither dropping nor comparing it nests anything.
    pub(crate) fn is_flat(&self) -> bool {
        match self {
            Member::Ready(value) => !matches!(
                value,
                Value::List(_)
                    | Value::Record(_)
                    | Value::Table(_)
                    | Value::Function(_)
                    | Value::Binary(_)
                    | Value::Type(_)
                    | Value::Meta(_)
            ),
            Member::Lazy(_) => false,
        }
    }

    /// A member that raises `error` whenever it is read.
    pub fn failed(error: Error) -> Member {
        Member::Lazy(Arc::new(Cell::failed(error)))
    }

    /// A member that `evaluate` computes when it is first read.
    pub fn lazy(evaluate: impl Fn(&Context) -> Result<Value> + Send + Sync + 'static) -> Member {
        Member::Lazy(Arc::new(Cell::suspended(Thunk::Native(Arc::new(evaluate)))))
    }

    /// What forcing gave, as a member: a raised error is stored, a stop is passed on.
    ///
    /// # Errors
    /// Only a [`Stop`](super::Stop).
    pub fn settled(result: Result<Value>) -> Result<Member> {
        match result {
            Ok(value) => Ok(Member::Ready(value)),
            Err(error) if error.is_stop() => Err(error),
            Err(error) => Ok(Member::failed(error)),
        }
    }

    /// The same for a member that is evaluated before anyone asks for it. A value that would be too large stops whoever
    /// reads it and nobody else, so the member is what `later` makes then.
    ///
    /// # Errors
    /// Any other [`Stop`].
    pub fn settled_early(result: Result<Value>, later: impl FnOnce() -> Member) -> Result<Member> {
        match result {
            Err(error) if matches!(error.as_stop(), Some(Stop::Memory(_))) => Ok(later()),
            result => Member::settled(result),
        }
    }
}

impl From<Value> for Member {
    fn from(value: Value) -> Member {
        Member::Ready(value)
    }
}
