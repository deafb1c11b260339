//! Functions of rows run column by column.
//!
//! A [`Program`] is what a function does, as [expressions](expression) over whole columns. It knows the values of rows
//! in which all goes well, and that is all it must know: a row in which something raises an error, or in which it
//! meets a cell it cannot read without evaluating it, is left to the evaluator, which runs the function for that row
//! alone. So errors, their places and their order are the evaluator's own, and what is computed here never differs from
//! what it would have computed. A branch is evaluated for the rows that take it.
//!
//! Only functions that compute a value from values, and surely end, [compile](compile): nothing can tell when, how often
//! or in which order they are run.

mod binary;
mod call;
mod compile;
mod dates;
mod evaluate;
mod expression;
#[cfg(test)]
mod kernel_tests;
pub mod lane;
mod made;
mod merge;
mod number;
mod result;
mod scope;
#[cfg(test)]
mod tests;
mod text;

pub use result::{Fate, Vector};
pub use text::Made;

use std::sync::Arc;

use compile::{Argument, Compiler};
use expression::Expression;
use scope::Scope;

use super::{Batch, Column, How};
use crate::eval::Context;
use crate::value::{Function, Native, Result, Shape, Value};

/// What a library function does to whole columns: gives what calling it gives for each row, or `None` if it cannot
/// for such columns. An error it raises is a stop; a row whose arguments the function refuses gets its fate.
pub type Kernel = fn(&Context, &[Vector]) -> Result<Option<Vector>>;

/// A function over columns.
pub struct Program {
    body: Expression,
    variables: Vec<Expression>,
}

impl Program {
    /// The program of a function of a row, if it has one.
    pub fn of_row(function: &Function, shape: &Shape) -> Option<Program> {
        Compiler::new(Argument::Row(shape)).function(function)
    }

    /// The program of a function of a cell, if it has one.
    pub fn of_cell(function: &Function) -> Option<Program> {
        Compiler::new(Argument::Cell).function(function)
    }

    /// How a function of a row of this shape, or else of a cell, is run, for printed plans.
    pub fn how(ctx: &Context, function: &Function, row: Option<&Shape>) -> How {
        if ctx.limits().row_wise {
            return How::RowWise("is asked to run so".to_owned());
        }
        match Compiler::new(row.map_or(Argument::Cell, Argument::Row)).explained(function) {
            Ok(_) => How::Vector,
            Err(why) => How::RowWise(why),
        }
    }

    /// The program of a library function that only computes, called with a cell and these values.
    pub fn calling(native: &Arc<Native>, others: Vec<Value>) -> Program {
        let given =
            std::iter::once(Expression::Column(0)).chain(others.into_iter().map(Expression::Constant));
        Program { body: Expression::Call(Arc::clone(native), given.collect()), variables: Vec::new() }
    }

    /// What the function gives for the rows of a batch.
    ///
    /// # Errors
    /// Only a stop.
    pub fn run(&self, ctx: &Context, batch: &Batch) -> Result<Vector> {
        let scope = Scope::new(ctx, self, batch);
        evaluate::evaluate(&scope, &self.body)
    }

    /// What the function gives for the cells of a column.
    ///
    /// # Errors
    /// Only a stop.
    pub fn run_cells(&self, ctx: &Context, column: &Column) -> Result<Vector> {
        let batch = Batch::new(vec![Arc::new(column.clone())], column.len());
        self.run(ctx, &batch)
    }
}
