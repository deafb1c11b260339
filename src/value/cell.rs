use std::sync::{Arc, PoisonError};

use super::drop::{Nested, drop_nested};
use super::sync::{Mutex, MutexGuard, OnceLock};
use super::{Error, Member, Result, Value};
use crate::eval::{Context, cyclic_reference};
use crate::ir::Code;

/// A place for a value that is evaluated when first read, and at most once.
///
/// `Suspended -> InProgress -> Done | Failed`. The thread that meets its own evaluation in progress has
/// found a cyclic reference; another thread evaluates the cell too, and the first to finish wins. A stop
/// (cancel, a spent limit) puts the cell back to suspended.
pub struct Cell {
    done: OnceLock<Result<Value>>,
    state: Mutex<State>,
    /// For a cell whose value may hold the cell itself: what it came to, in place of `done`, so that the
    /// circle can be cut when the evaluation ends.
    circular: Option<Box<Mutex<Outcome>>>,
}

type Outcome = Option<Result<Value>>;

enum State {
    Suspended(Thunk),
    InProgress { by: u64, thunk: Thunk },
    Spent,
}

/// A computation of the engine or the host.
pub type Evaluate = dyn Fn(&Context) -> Result<Value> + Send + Sync;

/// What a suspended cell evaluates.
#[derive(Clone)]
pub enum Thunk {
    /// An expression with the members it captured.
    Expression {
        /// The expression.
        code: Arc<Code>,
        /// What it captured, in the order its code says.
        captures: Arc<[Member]>,
    },
    /// A computation of the engine or the host.
    Native(Arc<Evaluate>),
}

impl Cell {
    /// A cell that evaluates `thunk` when it is first read.
    pub fn suspended(thunk: Thunk) -> Cell {
        Cell { done: OnceLock::new(), state: Mutex::new(State::Suspended(thunk)), circular: None }
    }

    /// A cell that is given its thunk later, by [`Cell::suspend`].
    pub fn empty() -> Cell {
        Cell { done: OnceLock::new(), state: Mutex::new(State::Spent), circular: None }
    }

    /// The same cell, able to let go of a value that holds the cell itself; see [`Cell::release`].
    pub fn circular(mut self) -> Cell {
        self.circular = Some(Box::default());
        self
    }

    /// A cell that raises `error` at each read.
    pub fn failed(error: Error) -> Cell {
        Cell { done: OnceLock::from(Err(error)), state: Mutex::new(State::Spent), circular: None }
    }

    /// Gives an empty cell what it evaluates.
    pub fn suspend(&self, thunk: Thunk) {
        *self.lock() = State::Suspended(thunk);
    }

    /// Lets go of what the cell would evaluate or, if it is circular, has come to: breaks reference cycles
    /// when an evaluation ends.
    pub fn release(&self) {
        let state = std::mem::replace(&mut *self.lock(), State::Spent);
        drop(state);
        if let Some(circular) = &self.circular {
            let outcome = circular.lock().unwrap_or_else(PoisonError::into_inner).take();
            drop(outcome);
        }
    }

    /// The value, if it has been evaluated to one (and the cell is not circular).
    pub fn done(&self) -> Option<&Value> {
        self.done.get().and_then(|result| result.as_ref().ok())
    }

    /// The value, with metadata; evaluates it at the first read.
    pub fn force(&self, ctx: &Context) -> Result<Value> {
        match self.done.get() {
            Some(result) => result.clone(),
            None => self.evaluate(ctx),
        }
    }

    /// What a circular cell has come to.
    fn circular_outcome(&self) -> Outcome {
        self.circular
            .as_ref()
            .and_then(|outcome| outcome.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    #[cold]
    fn evaluate(&self, ctx: &Context) -> Result<Value> {
        if let Some(outcome) = self.circular_outcome() {
            return outcome;
        }
        let (thunk, too) = {
            let mut state = self.lock();
            match &*state {
                State::Suspended(thunk) => {
                    let thunk = thunk.clone();
                    *state = State::InProgress { by: ctx.id(), thunk: thunk.clone() };
                    (thunk, None)
                }
                State::InProgress { by, .. } if *by == ctx.id() => return Err(cyclic_reference()),
                State::InProgress { thunk, .. } => {
                    match ctx.evaluating_too(std::ptr::from_ref(self).addr()) {
                        Some(too) => (thunk.clone(), Some(too)),
                        None => return Err(cyclic_reference()),
                    }
                }
                // Another thread published between our look and the lock, or the evaluation that owned
                // this cell has ended.
                State::Spent => {
                    return match self.done.get().cloned().or_else(|| self.circular_outcome()) {
                        Some(result) => result,
                        None => Err(Error::expression("The evaluation this value belongs to has ended.")),
                    };
                }
            }
        };
        let result = match &thunk {
            Thunk::Expression { code, captures } => ctx.evaluate_code(code, captures),
            Thunk::Native(evaluate) => ctx.nested(|| evaluate(ctx)),
        };
        drop(too);
        let mut state = self.lock();
        match result {
            Err(error) if error.is_stop() => {
                *state = State::Suspended(thunk);
                Err(error)
            }
            result => {
                let published = match &self.circular {
                    Some(outcome) => {
                        let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
                        outcome.get_or_insert(result).clone()
                    }
                    None => self.done.get_or_init(|| result).clone(),
                };
                let spent = std::mem::replace(&mut *state, State::Spent);
                drop(state);
                drop(spent);
                published
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        if let Some(Ok(value)) = self.done.take() {
            drop_nested(Nested::Value(value));
        }
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let State::Suspended(thunk) | State::InProgress { thunk, .. } =
            std::mem::replace(state, State::Spent)
        {
            drop_nested(Nested::Thunk(thunk));
        }
    }
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.done.get() {
            Some(result) => write!(f, "{result:?}"),
            None => f.write_str("..."),
        }
    }
}
