//! One column split into several.

use std::sync::Arc;

use super::{Batch, Column, ColumnBuilder, Compute};
use crate::eval::Context;
use crate::value::{Error, Member, Result, Value};

/// Divides a cell into as many cells as there are new columns.
pub type Divide = dyn Fn(&Context, &Value) -> Result<Vec<Member>> + Send + Sync;

/// Several columns from one: each cell is divided once, whichever of its parts are read.
pub struct Split {
    /// The column that is split.
    pub column: usize,
    /// How many columns it becomes.
    pub parts: usize,
    /// What divides a cell. If it fails, each of the new cells does.
    pub divide: Arc<Divide>,
    /// Whether dividing is cheap and pure, so that cells at hand are divided at once.
    pub eager: bool,
}

impl Compute for Split {
    fn reads(&self) -> Option<Vec<usize>> {
        Some(vec![self.column])
    }

    fn compute(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        let mut columns: Vec<ColumnBuilder> = Vec::new();
        columns.resize_with(self.parts, ColumnBuilder::default);
        let Some(column) = batch.column(self.column) else { return Ok(Vec::new()) };
        for row in 0..batch.len() {
            ctx.step()?;
            let cell = column.get(row);
            match &cell {
                Member::Ready(value) if self.eager => match (self.divide)(ctx, value) {
                    Ok(parts) => {
                        let mut parts = parts.into_iter();
                        for column in &mut columns {
                            column.push(parts.next().unwrap_or(Member::Ready(Value::Null)));
                        }
                    }
                    Err(error) if error.is_stop() => return Err(error),
                    Err(error) => {
                        columns.iter_mut().for_each(|column| column.push(Member::failed(error.clone())))
                    }
                },
                _ => self.put_off(&cell, &mut columns),
            }
        }
        Ok(columns.into_iter().map(ColumnBuilder::finish).collect())
    }
}

impl Split {
    /// Divides the cell when the first of its parts is read.
    fn put_off(&self, cell: &Member, columns: &mut [ColumnBuilder]) {
        let (cell, divide) = (cell.clone(), Arc::clone(&self.divide));
        let divided = Member::lazy(move |ctx| {
            let parts = divide(ctx, &cell.force_with_metadata(ctx)?)?;
            Ok(Value::List(Arc::new(crate::value::List::Items(parts))))
        });
        for (at, column) in columns.iter_mut().enumerate() {
            let divided = divided.clone();
            column.push(Member::lazy(move |ctx| match divided.force(ctx)? {
                Value::List(parts) => match parts.get(at, ctx)? {
                    Some(part) => part.force_with_metadata(ctx),
                    None => Ok(Value::Null),
                },
                _ => Err(Error::expression("The cell wasn't divided.")),
            }));
        }
    }
}
