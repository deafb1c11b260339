//! Reading cells, and what becomes of those that hold errors.

use pqm::eval::Context;
use pqm::value::{Error, Member, Result, Value};

use super::Errors;

/// Reads members the way the user asked for.
pub struct Cells<'c> {
    ctx: &'c Context,
    policy: Errors,
    errors: u64,
}

impl<'c> Cells<'c> {
    /// A reader of cells.
    pub fn new(ctx: &'c Context, policy: Errors) -> Cells<'c> {
        Cells { ctx, policy, errors: 0 }
    }

    /// The evaluation.
    pub fn ctx(&self) -> &'c Context {
        self.ctx
    }

    /// What becomes of cells with errors.
    pub fn policy(&self) -> Errors {
        self.policy
    }

    /// Counts errors that were replaced elsewhere.
    pub fn count(&mut self, errors: u64) {
        self.errors += errors;
    }

    /// How many errors were replaced.
    pub fn errors(&self) -> u64 {
        self.errors
    }

    /// The value of a cell, or what stands for its error.
    ///
    /// # Errors
    /// The cell's error if errors are to fail, and stops.
    pub fn read(&mut self, member: &Member) -> Result<Value> {
        match member.force(self.ctx) {
            Ok(value) => Ok(value),
            Err(error) if error.is_stop() || self.policy == Errors::Fail => Err(error),
            Err(error) => Ok(self.replace(&error)),
        }
    }

    fn replace(&mut self, error: &Error) -> Value {
        self.errors += 1;
        match self.policy {
            Errors::Text => Value::text(format!("error: {error}")),
            Errors::Null | Errors::Fail => Value::Null,
        }
    }
}
