//! Cells that hold records, spread over columns.

use std::sync::Arc;

use super::column::CellView;
use super::expand::{columns_replaced, nested_types};
use super::{Batch, Column, ColumnBuilder, Compute, Origin, Table, compute};
use crate::eval::{Context, conversion_error};
use crate::value::types::Form;
use crate::value::{Member, Result, Shape, Text, Type, Value};

/// The fields `names` of the records in a column as columns in its place; a field that is not there is `null`. A
/// record is not evaluated before one of its fields is read.
///
/// # Errors
/// A new name is taken.
pub fn expand_record(table: &Arc<Table>, column: usize, names: &[Text], new_names: &[Text]) -> Result<Table> {
    let types = nested_types(table, column, names, |form| match form {
        Form::Record(Some(record)) => Some(Arc::clone(record)),
        _ => None,
    });
    let (shape, types) = columns_replaced(table, column, new_names, types)?;
    let mut origins: Vec<Origin> = (0..table.width()).map(Origin::Input).collect();
    origins.splice(column..=column, (0..names.len()).map(|field| Origin::Computed(field, 0)));
    let fields =
        names.iter().map(|name| -> Arc<dyn Compute> { Arc::new(Field { column, name: name.clone() }) });
    let expanded = compute(table, shape, types, origins, fields.collect());
    Ok(expanded.with_keys(Vec::new()))
}

/// One field of the records in a column.
struct Field {
    column: usize,
    name: Text,
}

impl Compute for Field {
    fn reads(&self) -> Option<Vec<usize>> {
        Some(vec![self.column])
    }

    fn compute(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        let Some(records) = batch.settled(ctx, self.column)? else {
            return Ok(vec![Column::unread(batch.len())]);
        };
        ctx.steps(batch.len())?;
        let mut cells = ColumnBuilder::with_capacity(batch.len());
        // Records that follow each other mostly have one shape.
        let mut known: Option<(Arc<Shape>, Option<usize>)> = None;
        for row in 0..batch.len() {
            let record = match records.view(row) {
                CellView::Null => {
                    cells.push_null();
                    continue;
                }
                CellView::Member(Member::Ready(value)) => match value.as_plain() {
                    Value::Record(record) => record,
                    _ => {
                        cells.push(self.later(records.get(row)));
                        continue;
                    }
                },
                _ => {
                    cells.push(self.later(records.get(row)));
                    continue;
                }
            };
            let place = match &known {
                Some((shape, place)) if Arc::ptr_eq(shape, record.shape()) => *place,
                _ => {
                    let place = record.shape().position(&self.name);
                    known = Some((Arc::clone(record.shape()), place));
                    place
                }
            };
            match place.and_then(|place| record.at(place)) {
                Some(cell) => cells.push(cell),
                None => cells.push_null(),
            }
        }
        Ok(vec![cells.finish()])
    }
}

impl Field {
    /// The field of what is in a cell that holds no record, or is not evaluated.
    fn later(&self, cell: Member) -> Member {
        if matches!(cell.ready().map(Value::as_plain), Some(Value::Null)) {
            return Member::Ready(Value::Null);
        }
        let name = self.name.clone();
        Member::lazy(move |ctx| match cell.force(ctx)? {
            Value::Null => Ok(Value::Null),
            Value::Record(record) => {
                record.get(&name).map_or(Ok(Value::Null), |member| member.force_with_metadata(ctx))
            }
            other => Err(conversion_error(&other, &Arc::new(Type::new(Form::Record(None))))),
        })
    }
}
