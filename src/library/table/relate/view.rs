use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::table::{Batch, Batches, Column, Demand, Operator, Table};
use crate::value::types::Form;
use crate::value::{Error, Function, Record, Result, Shape, Text, Type, Value};

/// `Table.View(table, handlers)`.
pub(super) fn view(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let base = arguments.optional_table(0)?;
    let handlers = Handlers(arguments.record(1)?);
    let ty = match (handlers.call(ctx, "GetType", &[])?, &base) {
        (Some(Ok(Value::Type(ty))), _) => Some(ty),
        (Some(Ok(other)), None) => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Type)))),
        (Some(Err(error)), None) => return Err(error),
        (None, None) => return Err(missing("GetType")),
        (_, Some(_)) => None,
    };
    if base.is_none() && handlers.get(ctx, "GetRows")?.is_none() {
        return Err(missing("GetRows"));
    }
    let (shape, types, keys) = match (ty.as_deref().map(|ty| &ty.form), &base) {
        (Some(Form::Table(Some(ty))), _) => {
            let names = ty.row.fields.iter().map(|field| field.name.clone());
            let types = ty.row.fields.iter().map(|field| Arc::clone(&field.ty)).collect();
            (Arc::new(Shape::new(names)), types, ty.keys.clone())
        }
        (_, Some(base)) => (Arc::clone(base.shape()), base.types().to_vec(), base.keys().to_vec()),
        (_, None) => return Err(missing("GetType")),
    };
    let operator = View { base, shape: Arc::clone(&shape), handlers };
    Ok(Value::Table(Arc::new(Table::new(shape, types, Arc::new(operator)).with_keys(keys))))
}

fn missing(handler: &str) -> Error {
    Error::expression(format!("A view without a table must have the handler '{handler}'."))
        .with_detail(Value::text(handler))
}

/// The handlers of a view, by name.
struct Handlers(Arc<Record>);

impl Handlers {
    fn get(&self, ctx: &Context, name: &str) -> Result<Option<Arc<Function>>> {
        match self.0.get(name).map(|member| member.force(ctx)).transpose()? {
            Some(Value::Function(function)) => Ok(Some(function)),
            _ => Ok(None),
        }
    }

    /// What a handler gives or raises; `None` if there is none.
    ///
    /// # Errors
    /// Only stops: a handler that fails is one that could not help.
    fn call(&self, ctx: &Context, name: &str, arguments: &[Value]) -> Result<Option<Result<Value>>> {
        let Some(function) = self.get(ctx, name)? else { return Ok(None) };
        match ctx.call(&function, arguments) {
            Err(error) if error.is_stop() => Err(error),
            result => Ok(Some(result.map(Value::plain))),
        }
    }

    /// The table a handler gives, if there is one and it does not fail.
    fn table(&self, ctx: &Context, name: &str, arguments: &[Value]) -> Result<Option<Arc<Table>>> {
        Ok(match self.call(ctx, name, arguments)? {
            Some(Ok(Value::Table(table))) => Some(table),
            _ => None,
        })
    }
}

/// A table whose rows, and whose answers to some questions about them, come from functions.
struct View {
    base: Option<Arc<Table>>,
    shape: Arc<Shape>,
    handlers: Handlers,
}

impl View {
    fn rows(&self, ctx: &Context, demand: &Demand) -> Result<Arc<Table>> {
        if let Some(limit) = demand.limit
            && let Some(table) = self.handlers.table(ctx, "OnTake", &[Value::Int64(limit as i64)])?
        {
            return Ok(table);
        }
        let wanted: Vec<Text> = self
            .shape
            .names()
            .iter()
            .enumerate()
            .filter(|(at, _)| demand.wants(*at))
            .map(|(_, name)| name.clone())
            .collect();
        if !wanted.is_empty() && wanted.len() < self.shape.len() {
            let names = Value::list(wanted.into_iter().map(Value::Text));
            if let Some(table) = self.handlers.table(ctx, "OnSelectColumns", &[names])? {
                return Ok(table);
            }
        }
        match (self.handlers.call(ctx, "GetRows", &[])?, &self.base) {
            (Some(Ok(Value::Table(table))), _) => Ok(table),
            (_, Some(base)) => Ok(Arc::clone(base)),
            (Some(Ok(other)), None) => Err(conversion_error(&other, &Arc::new(Type::new(Form::Table(None))))),
            (Some(Err(error)), None) => Err(error),
            (None, None) => Err(missing("GetRows")),
        }
    }

    /// The number of rows as the view's handler has it.
    fn count(&self, ctx: &Context) -> Result<Option<usize>> {
        Ok(match self.handlers.call(ctx, "GetRowCount", &[])? {
            Some(Ok(count)) => count.to_double().filter(|count| *count >= 0.0).map(|count| count as usize),
            _ => None,
        })
    }
}

impl Operator for View {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let width = self.shape.len();
        let counted =
            demand.columns.is_some() && demand.limit.is_none() && !(0..width).any(|at| demand.wants(at));
        if counted && let Some(count) = self.count(ctx)? {
            return Ok(Box::new(Counted { width, count }));
        }
        let table = self.rows(ctx, demand)?;
        let positions: Vec<Option<usize>> =
            self.shape.names().iter().map(|name| table.position(name)).collect();
        let wanted = positions.iter().enumerate().filter(|(at, _)| demand.wants(*at));
        let mut below = Demand::only(table.width(), wanted.filter_map(|(_, position)| *position));
        below.limit = demand.limit;
        Ok(Box::new(Viewing { input: table.operator().open(ctx, &below)?, positions }))
    }

    fn name(&self) -> &'static str {
        "view"
    }
}

/// As many rows as were counted, nothing of which is read.
struct Counted {
    width: usize,
    count: usize,
}

impl Batches for Counted {
    fn next(&mut self, _ctx: &Context) -> Result<Option<Batch>> {
        let count = std::mem::replace(&mut self.count, 0);
        let columns = (0..self.width).map(|_| Arc::new(Column::unread(count))).collect();
        Ok((count > 0).then(|| Batch::new(columns, count)))
    }
}

/// Rows with the view's columns.
struct Viewing {
    input: Box<dyn Batches>,
    positions: Vec<Option<usize>>,
}

impl Batches for Viewing {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
        let column = |position: &Option<usize>| match position.and_then(|at| batch.column(at)) {
            Some(column) => Arc::clone(column),
            None => Arc::new(Column::unread(batch.len())),
        };
        let columns = self.positions.iter().map(column).collect();
        Ok(Some(batch.with_columns(columns)))
    }
}

/// `Table.ViewFunction(function)`: a function that views can handle, which without one is itself.
pub(super) fn view_function(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::Function(arguments.function(0)?))
}

/// `Table.ViewError(errorRecord)`: an error record with all its fields.
pub(super) fn view_error(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let record = arguments.record(0)?;
    let names = ["Reason", "Message", "Detail", "Message.Format", "Message.Parameters", "ErrorCode"];
    let fields = names.into_iter().map(|name| {
        let field = record.get(name).unwrap_or(crate::value::Member::Ready(Value::Null));
        (Text::new(name), field)
    });
    Ok(Value::Record(Arc::new(Record::from_members(fields))))
}
