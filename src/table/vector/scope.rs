use std::cell::RefCell;
use std::sync::Arc;

use super::Program;
use super::evaluate::evaluate;
use super::result::Vector;
use crate::eval::Context;
use crate::table::{Batch, Column};
use crate::value::{Member, Result, Value};

/// The rows that an expression is evaluated for, and what is known of them already.
pub(super) struct Scope<'s> {
    pub(super) ctx: &'s Context,
    program: &'s Program,
    rows: Rows<'s>,
    len: usize,
    columns: RefCell<Vec<Option<Vector>>>,
    variables: RefCell<Vec<Option<Vector>>>,
}

enum Rows<'s> {
    /// All of a batch.
    Batch(&'s Batch),
    /// Some of another scope's.
    Of(&'s Scope<'s>, &'s [u32]),
}

impl<'s> Scope<'s> {
    /// All rows of a batch.
    pub(super) fn new(ctx: &'s Context, program: &'s Program, batch: &'s Batch) -> Scope<'s> {
        Scope {
            ctx,
            program,
            rows: Rows::Batch(batch),
            len: batch.len(),
            columns: RefCell::new(vec![None; batch.columns().len()]),
            variables: RefCell::new(vec![None; program.variables.len()]),
        }
    }

    /// Some of the rows.
    pub(super) fn of<'n>(&'n self, rows: &'n [u32]) -> Scope<'n> {
        Scope {
            ctx: self.ctx,
            program: self.program,
            rows: Rows::Of(self, rows),
            len: rows.len(),
            columns: RefCell::new(vec![None; self.columns.borrow().len()]),
            variables: RefCell::new(vec![None; self.program.variables.len()]),
        }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The values of a column.
    pub(super) fn column(&self, position: usize) -> Result<Vector> {
        if let Some(known) = known(&self.columns, position) {
            return Ok(known);
        }
        let vector = match &self.rows {
            Rows::Of(parent, rows) => match known(&parent.columns, position) {
                Some(vector) => vector.take(rows),
                None => self.read(position)?,
            },
            Rows::Batch(_) => self.read(position)?,
        };
        remember(&self.columns, position, &vector);
        Ok(vector)
    }

    fn read(&self, position: usize) -> Result<Vector> {
        let Some(column) = self.raw(position) else { return Ok(Vector::same(Value::Null, self.len)) };
        let settled = column.settle(self.ctx)?;
        if std::ptr::eq(settled, &*column) {
            return Ok(Vector::from_input(&column));
        }
        Ok(Vector::from_input(&Arc::new(settled.clone())))
    }

    /// A column, computed or not.
    fn raw(&self, position: usize) -> Option<Arc<Column>> {
        match &self.rows {
            Rows::Batch(batch) => batch.column(position).cloned(),
            Rows::Of(parent, rows) => parent.raw(position).map(|column| Arc::new(column.take(rows))),
        }
    }

    /// The values of a variable.
    pub(super) fn variable(&self, at: usize) -> Result<Vector> {
        if let Some(known) = known(&self.variables, at) {
            return Ok(known);
        }
        let of_parent = match &self.rows {
            Rows::Of(parent, rows) => known(&parent.variables, at).map(|vector| vector.take(rows)),
            Rows::Batch(_) => None,
        };
        let vector = match (of_parent, self.program.variables.get(at)) {
            (Some(vector), _) => vector,
            (None, Some(expression)) => evaluate(self, expression)?,
            (None, None) => Vector::same(Value::Null, self.len),
        };
        remember(&self.variables, at, &vector);
        Ok(vector)
    }

    /// A section member, if it is evaluated.
    pub(super) fn member(&self, section: usize, member: usize) -> Option<Value> {
        let cell = self.ctx.evaluation().member(section, member)?;
        Member::Lazy(Arc::clone(cell)).ready().cloned()
    }
}

fn known(vectors: &RefCell<Vec<Option<Vector>>>, at: usize) -> Option<Vector> {
    vectors.borrow().get(at).cloned().flatten()
}

fn remember(vectors: &RefCell<Vec<Option<Vector>>>, at: usize, vector: &Vector) {
    if let Some(place) = vectors.borrow_mut().get_mut(at) {
        *place = Some(vector.clone());
    }
}
