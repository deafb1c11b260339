//! Columns turned into rows of name and value.

use std::sync::Arc;

use super::plan::{self, Explanation};
use super::{Batch, Batches, Column, ColumnBuilder, Demand, Operator, Table, combine::union};
use crate::eval::{Context, field_exists};
use crate::value::types::Form;
use crate::value::{Member, Result, Shape, Text, Type, Value};

/// For each row and each of `columns` whose cell is not `null` a row: the other columns, then the column's name
/// and the cell.
///
/// # Errors
/// A name of the two new columns is taken.
pub fn unpivot(table: &Arc<Table>, columns: Vec<usize>, attribute: Text, value: Text) -> Result<Table> {
    let kept: Vec<usize> = (0..table.width()).filter(|at| !columns.contains(at)).collect();
    let name = |at: &usize| table.names().get(*at).cloned().unwrap_or_default();
    let ty = |at: &usize| table.types().get(*at).cloned().unwrap_or_else(Type::any);
    let mut names: Vec<Text> = kept.iter().map(name).collect();
    let mut types: Vec<Arc<Type>> = kept.iter().map(ty).collect();
    for new in [&attribute, &value] {
        if names.contains(new) {
            return Err(field_exists(new, Member::Ready(Value::Null)));
        }
        names.push(new.clone());
    }
    types.push(Arc::new(Type::new(Form::Text)));
    types.push(columns.iter().map(ty).reduce(|a, b| union(&a, &b)).unwrap_or_else(Type::any));
    let labels = columns.iter().map(|at| Value::Text(name(at))).collect();
    let operator = Unpivot { input: Arc::clone(table), kept, columns: columns.into(), labels };
    Ok(Table::new(Arc::new(Shape::new(names)), types, Arc::new(operator)))
}

struct Unpivot {
    input: Arc<Table>,
    kept: Vec<usize>,
    columns: Arc<[usize]>,
    labels: Arc<[Value]>,
}

impl Operator for Unpivot {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let kept =
            self.kept.iter().enumerate().filter(|(at, _)| demand.wants(*at)).map(|(_, column)| *column);
        let below = Demand::only(self.input.width(), kept.chain(self.columns.iter().copied()));
        Ok(Box::new(Unpivoting {
            input: self.input.operator().open(ctx, &below)?,
            kept: self.kept.clone(),
            columns: Arc::clone(&self.columns),
            labels: Arc::clone(&self.labels),
        }))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let kept =
            self.kept.iter().enumerate().filter(|(at, _)| demand.wants(*at)).map(|(_, column)| *column);
        let below = Demand::only(self.input.width(), kept.chain(self.columns.iter().copied()));
        Ok(Explanation::over(&self.input, below).detail(plan::columns(&self.input, &self.columns)))
    }

    fn name(&self) -> &'static str {
        "unpivot"
    }
}

struct Unpivoting {
    input: Box<dyn Batches>,
    kept: Vec<usize>,
    columns: Arc<[usize]>,
    labels: Arc<[Value]>,
}

/// The cell, unless it is `null`. A failing cell is one too.
fn present(ctx: &Context, cell: Member) -> Result<Option<Member>> {
    Ok(match Member::settled(cell.force_with_metadata(ctx))? {
        Member::Ready(value) if value.is_null() => None,
        cell => Some(cell),
    })
}

impl Batches for Unpivoting {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while let Some(batch) = self.input.next(ctx)? {
            let mut rows: Vec<u32> = Vec::new();
            let (mut labels, mut values) = (ColumnBuilder::default(), ColumnBuilder::default());
            for row in 0..batch.len() {
                for (column, label) in self.columns.iter().zip(self.labels.iter()) {
                    ctx.step()?;
                    let Some(column) = batch.column(*column) else { continue };
                    if let Some(cell) = present(ctx, column.get(row))? {
                        rows.push(row as u32);
                        labels.push(Member::Ready(label.clone()));
                        values.push(cell);
                    }
                }
            }
            if rows.is_empty() {
                continue;
            }
            let kept = self.kept.iter().filter_map(|&at| batch.column(at));
            let mut columns: Vec<Arc<Column>> = kept.map(|column| Arc::new(column.take(&rows))).collect();
            columns.push(Arc::new(labels.finish()));
            columns.push(Arc::new(values.finish()));
            return Ok(Some(Batch::new(columns, rows.len())));
        }
        Ok(None)
    }
}
