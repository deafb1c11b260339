use std::sync::Arc;

use super::streams::{BatchStream, ItemStream, RecordBatchStream, RowStream};
use super::to_json;
use crate::eval::{Context, Evaluation, conversion_error};
use crate::table::Table;
use crate::table::arrow::ArrowOptions;
use crate::value::types::Form;
use crate::value::{Member, Result, Shape, Type, Value, literal_text};

/// A value with the evaluation it came from, so that what is lazy in it can be read later, in any thread.
///
/// Limits go on counting: reading takes from the same steps and the same wall time.
#[derive(Clone)]
pub struct Evaluated {
    evaluation: Arc<Evaluation>,
    value: Value,
}

const fn shared_between_threads<T: Send + Sync>() {}
const _: () = shared_between_threads::<Evaluated>();

impl Evaluated {
    pub(super) fn new(ctx: &Context, value: Value) -> Evaluated {
        Evaluated { evaluation: Arc::clone(ctx.evaluation()), value }
    }

    /// The value, with its metadata.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// A context of the evaluation for the calling thread.
    pub fn context(&self) -> Context {
        Context::new(Arc::clone(&self.evaluation))
    }

    /// A context to read with, once the limits were looked at: short readings would never meet them otherwise.
    fn reading(&self) -> Result<Context> {
        let ctx = self.context();
        ctx.check_limits()?;
        Ok(ctx)
    }

    /// A list item, field or cell of the value, evaluated.
    pub fn read(&self, member: &Member) -> Result<Value> {
        member.force(&self.reading()?)
    }

    /// A field of the record that the value is; `None` if it has no such field.
    ///
    /// # Errors
    /// What evaluating the field raises; the conversion error if the value is no record.
    pub fn field(&self, name: &str) -> Result<Option<Value>> {
        match self.value.as_plain() {
            Value::Record(record) => record.get(name).map(|member| self.read(&member)).transpose(),
            other => Err(mismatch(other, Form::Record(None))),
        }
    }

    /// Calls the function that the value is.
    ///
    /// # Errors
    /// What the function raises; a wrong number or kind of arguments; the conversion error if the value is no
    /// function.
    pub fn call(&self, arguments: &[Value]) -> Result<Evaluated> {
        match self.value.as_plain() {
            Value::Function(function) => {
                let ctx = self.reading()?;
                let value = ctx.call(function, arguments)?;
                Ok(Evaluated::new(&ctx, value))
            }
            other => Err(mismatch(other, Form::Function(None))),
        }
    }

    /// The value as M text, all of it evaluated.
    pub fn literal(&self) -> Result<String> {
        literal_text(&self.reading()?, &self.value)
    }

    /// The value as JSON, all of it evaluated; see [`to_json`].
    pub fn json(&self) -> Result<serde_json::Value> {
        to_json(&self.reading()?, &self.value)
    }

    /// The table that the value is.
    ///
    /// # Errors
    /// The conversion error if the value is no table.
    pub fn table(&self) -> Result<&Arc<Table>> {
        match self.value.as_plain() {
            Value::Table(table) => Ok(table),
            other => Err(mismatch(other, Form::Table(None))),
        }
    }

    /// Reads the table that the value is, batch by batch: nothing is read before the first is asked for.
    pub fn batches(&self) -> Result<BatchStream> {
        BatchStream::open(self.reading()?, self.table()?)
    }

    /// Reads the table that the value is, row by row.
    pub fn rows(&self) -> Result<RowStream> {
        let table = self.table()?;
        Ok(RowStream::new(Arc::clone(table.shape()), self.batches()?))
    }

    /// Reads the table that the value is as Arrow record batches. Reads the first rows already, where the types of
    /// columns must be seen from them.
    pub fn record_batches(&self, options: &ArrowOptions) -> Result<RecordBatchStream> {
        RecordBatchStream::open(self.reading()?, self.table()?, options)
    }

    /// Reads the list that the value is, item by item; it may have no end.
    pub fn items(&self) -> Result<ItemStream> {
        match self.value.as_plain() {
            Value::List(list) => Ok(ItemStream::new(self.reading()?, list)),
            other => Err(mismatch(other, Form::List(None))),
        }
    }
}

fn mismatch(value: &Value, form: Form) -> crate::value::Error {
    conversion_error(value, &Arc::new(Type::new(form)))
}

/// One row of a table, its cells evaluated. A cell that failed holds its error.
#[derive(Clone, Debug)]
pub struct Row {
    pub(super) shape: Arc<Shape>,
    pub(super) cells: Vec<Result<Value>>,
}

impl Row {
    /// The cell of a column; `None` if there is no such column.
    pub fn get(&self, column: &str) -> Option<&Result<Value>> {
        self.cells.get(self.shape.position(column)?)
    }

    /// The cells, in the order of the columns.
    pub fn cells(&self) -> &[Result<Value>] {
        &self.cells
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shape.names().iter().map(|name| name.as_str())
    }
}
