//! The keys of rows: what sorting and telling rows apart look at.

use std::sync::Arc;

use super::{Batch, Demand, Table};
use crate::criteria::{ComparisonCriteria, EquationCriteria, Keys};
use crate::eval::{self, Context};
use crate::value::{Record, Result, Shape, Text, Value};

/// Positions of columns by name.
///
/// # Errors
/// The first name the table does not have.
pub fn positions(table: &Table, names: &[Text]) -> Result<Vec<usize>> {
    names.iter().map(|name| table.position(name).ok_or_else(|| eval::no_column(table, name))).collect()
}

/// The demand on a table whose reader wants `demand` and whose keys are in `columns` (`None`: in whole rows).
/// No limit is passed on.
pub(super) fn with_keys(demand: &Demand, width: usize, columns: Option<&[usize]>) -> Demand {
    let Some(columns) = columns else { return Demand::all() };
    let wanted = (0..width).filter(|&at| demand.wants(at) || columns.contains(&at));
    Demand::only(width, wanted)
}

/// The cells of some columns of a row, evaluated.
pub(super) fn cells(ctx: &Context, batch: &Batch, row: usize, columns: &[usize]) -> Result<Vec<Value>> {
    columns.iter().map(|&at| cell(ctx, batch, row, at)).collect()
}

/// A cell, evaluated.
pub(super) fn cell(ctx: &Context, batch: &Batch, row: usize, column: usize) -> Result<Value> {
    batch.column(column).map_or(Ok(Value::Null), |column| column.get(row).force(ctx))
}

/// A row as a record.
pub(super) fn record(shape: &Arc<Shape>, batch: &Arc<Batch>, row: usize) -> Value {
    Value::Record(Arc::new(Record::row(Arc::clone(shape), Arc::clone(batch), row)))
}

/// How the criteria's keys are taken out of the rows of a table: from columns, if those are all that is looked at.
#[derive(Clone)]
pub(super) struct KeyColumns(Option<Vec<usize>>);

impl KeyColumns {
    /// The columns that comparison criteria look at.
    pub(super) fn of_comparison(table: &Table, criteria: &ComparisonCriteria) -> Result<KeyColumns> {
        criteria.column_names().map(|names| positions(table, &names)).transpose().map(KeyColumns)
    }

    /// The columns that equation criteria look at.
    pub(super) fn of_equation(table: &Table, criteria: &EquationCriteria) -> Result<KeyColumns> {
        criteria.column_names().map(|names| positions(table, &names)).transpose().map(KeyColumns)
    }

    /// The columns, unless whole rows are looked at.
    pub(super) fn columns(&self) -> Option<&[usize]> {
        self.0.as_deref()
    }

    /// The keys of a row: `take` takes them out of a whole row.
    pub(super) fn keys(
        &self,
        ctx: &Context,
        shape: &Arc<Shape>,
        batch: &Arc<Batch>,
        row: usize,
        take: impl FnOnce(&Value) -> Result<Keys>,
    ) -> Result<Keys> {
        match &self.0 {
            Some(columns) => Ok(Keys::from_values(cells(ctx, batch, row, columns)?)),
            None => take(&record(shape, batch, row)),
        }
    }
}
