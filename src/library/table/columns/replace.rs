//! Replacing values and errors in cells.

use std::sync::Arc;

use super::super::arguments::{
    as_text, declared_result, native_name, operations, position, positions, texts,
};
use super::changes::Changes;
use crate::eval::{Arguments, Context};
use crate::table::{self, Batch, Column, ColumnBuilder, Compute, Program};
use crate::value::{Callable, Error, Function, Member, Record, Result, Shape, Value};

/// Replaces cells that fail.
struct OnError {
    column: usize,
    value: Value,
}

impl Compute for OnError {
    fn reads(&self) -> Option<Vec<usize>> {
        Some(vec![self.column])
    }

    fn compute(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        let Some(column) = batch.column(self.column) else {
            return Ok(vec![Column::unread(batch.len())]);
        };
        let column = column.settle(ctx)?;
        let lazy =
            column.as_any().is_some() || column.as_same().is_some() || column.odd_rows().next().is_some();
        if !lazy && !ctx.limits().row_wise {
            return Ok(vec![column.clone()]);
        }
        let mut cells = ColumnBuilder::with_capacity(batch.len());
        for row in 0..batch.len() {
            ctx.step()?;
            let cell = column.get(row);
            cells.push(match cell {
                Member::Ready(_) => cell,
                Member::Lazy(_) => {
                    let value = self.value.clone();
                    Member::lazy(move |ctx| match cell.force_with_metadata(ctx) {
                        Err(error) if !error.is_stop() => Ok(value.clone()),
                        result => result,
                    })
                }
            });
        }
        Ok(vec![cells.finish()])
    }
}

pub(super) fn replace_error_values(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let mut changes = Changes::of(Arc::clone(&table));
    for operation in operations(ctx, &arguments.list(1)?)? {
        let (Some(name), Some(value)) = (operation.first(), operation.get(1)) else {
            let detail = Value::list(operation);
            return Err(Error::expression("Each replacement must be a list of a column name and a value.")
                .with_detail(detail));
        };
        let column = position(&table, &as_text(name)?)?;
        changes.change(column, None, Arc::new(OnError { column, value: value.clone() }));
    }
    Ok(changes.table())
}

/// Replaces values in cells by a replacer.
struct Replace {
    column: usize,
    shape: Arc<Shape>,
    old: Operand,
    new: Operand,
    replacer: Arc<Function>,
    /// Whether the replacer is simple, so that cells at hand are replaced at once.
    known: bool,
    /// The replacement in a whole column, where values are replaced by a replacer of the library.
    program: Option<Program>,
}

impl Replace {
    /// The new cell of a row.
    fn cell(&self, ctx: &Context, batch: &Arc<Batch>, cell: Member, row: usize) -> Result<Member> {
        if let (true, Member::Ready(value), Operand::Value(old), Operand::Value(new)) =
            (self.known, &cell, &self.old, &self.new)
        {
            let replaced = ctx.call(&self.replacer, &[value.clone(), old.clone(), new.clone()]);
            return Member::settled_early(replaced, || self.later(batch, cell, row));
        }
        Ok(self.later(batch, cell, row))
    }

    /// The new cell of a row, made when it is read.
    fn later(&self, batch: &Arc<Batch>, cell: Member, row: usize) -> Member {
        let (batch, shape) = (Arc::clone(batch), Arc::clone(&self.shape));
        let (old, new, replacer) = (self.old.clone(), self.new.clone(), Arc::clone(&self.replacer));
        Member::lazy(move |ctx| {
            let record = || {
                let record = Record::row(Arc::clone(&shape), Arc::clone(&batch), row);
                Value::Record(Arc::new(record))
            };
            let value = cell.force_with_metadata(ctx)?;
            let (old, new) = (old.get(ctx, record)?, new.get(ctx, record)?);
            ctx.call(&replacer, &[value, old, new])
        })
    }
}

/// What is replaced, or by what: a value, or a function of the row.
#[derive(Clone)]
enum Operand {
    Value(Value),
    OfRow(Arc<Function>),
}

impl Operand {
    fn new(value: &Value) -> Operand {
        match value.as_plain() {
            Value::Function(function) => Operand::OfRow(Arc::clone(function)),
            _ => Operand::Value(value.clone()),
        }
    }

    fn reads(&self, shape: &Shape) -> Option<Vec<usize>> {
        match self {
            Operand::Value(_) => Some(Vec::new()),
            Operand::OfRow(function) => table::fields_read(function, shape),
        }
    }

    fn get(&self, ctx: &Context, row: impl FnOnce() -> Value) -> Result<Value> {
        match self {
            Operand::Value(value) => Ok(value.clone()),
            Operand::OfRow(function) => ctx.call1(function, row()),
        }
    }
}

impl Compute for Replace {
    fn reads(&self) -> Option<Vec<usize>> {
        let mut reads = vec![self.column];
        reads.extend(self.old.reads(&self.shape)?);
        reads.extend(self.new.reads(&self.shape)?);
        Some(reads)
    }

    fn compute(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        let Some(column) = batch.column(self.column) else {
            return Ok(vec![Column::unread(batch.len())]);
        };
        let column = column.settle(ctx)?;
        if let Some(program) = self.program.as_ref().filter(|_| !ctx.limits().row_wise) {
            let replaced = program.run_cells(ctx, column)?;
            return Ok(vec![replaced.into_column(|row| self.cell(ctx, batch, column.get(row), row))?]);
        }
        let mut cells = ColumnBuilder::with_capacity(batch.len());
        for row in 0..batch.len() {
            ctx.step()?;
            cells.push(self.cell(ctx, batch, column.get(row), row)?);
        }
        Ok(vec![cells.finish()])
    }
}

/// The replacement by a replacer of the library, of the same value by the same value in each row.
fn program(replacer: &Function, old: &Value, new: &Value) -> Option<Program> {
    let Callable::Native(native) = replacer.callable() else { return None };
    let is_function = |value: &Value| matches!(value.as_plain(), Value::Function(_));
    let known = native.name.starts_with("Replacer.") && native.parameters.kinds.len() == 3;
    (known && !is_function(old) && !is_function(new))
        .then(|| Program::calling(native, vec![old.clone(), new.clone()]))
}

pub(super) fn replace_value(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let replacer = arguments.function(3)?;
    let names = texts(ctx, &arguments.list(4)?)?;
    let mut changes = Changes::of(Arc::clone(&table));
    let native = native_name(&replacer);
    let known = table::is_simple(&replacer);
    // Replacing whole values leaves the type; a replacer of texts, or one's own, makes what it says.
    let ty = (native != Some("Replacer.ReplaceValue")).then(|| declared_result(&replacer));
    for column in positions(&table, &names)? {
        let replace = Replace {
            column,
            shape: Arc::clone(table.shape()),
            old: Operand::new(arguments.full(1)),
            new: Operand::new(arguments.full(2)),
            replacer: Arc::clone(&replacer),
            known,
            program: program(&replacer, arguments.full(1), arguments.full(2)),
        };
        changes.change(column, ty.clone(), Arc::new(replace));
    }
    Ok(changes.table())
}
