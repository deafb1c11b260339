use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::table::{self, Batch, Batches, Demand, Table};
use crate::value::{Error, Iterate, List, Member, Result, Value};

/// `Table.Split(table, pageSize)`: reads no further than the pages that are asked for.
pub(super) fn split(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let size = arguments.count(1, "pageSize")?;
    if size == 0 {
        return Err(
            Error::expression("The 'pageSize' argument is out of range.").with_detail(Value::Int64(0))
        );
    }
    let pages = move || Pages { table: Arc::clone(&table), size, batches: None, rest: None };
    Ok(Value::List(Arc::new(List::lazy(pages))))
}

/// `Table.SplitAt(table, count)`: the first rows, and the others.
pub(super) fn split_at(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let count = arguments.count(1, "count")?;
    let parts = [table::slice(&table, 0, Some(count)), table::slice(&table, count, None)];
    Ok(Value::list(parts.map(|part| Value::Table(Arc::new(part)))))
}

struct Pages {
    table: Arc<Table>,
    size: usize,
    batches: Option<Box<dyn Batches>>,
    /// What is left of the last batch read.
    rest: Option<Batch>,
}

impl Iterate for Pages {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        let mut page = Vec::new();
        let mut missing = self.size;
        while missing > 0 {
            let batch = match self.rest.take() {
                Some(batch) => batch,
                None => {
                    let batches = match &mut self.batches {
                        Some(batches) => batches,
                        None => self.batches.insert(self.table.operator().open(ctx, &Demand::all())?),
                    };
                    match batches.next(ctx)? {
                        Some(batch) => batch,
                        None => break,
                    }
                }
            };
            if batch.len() > missing {
                self.rest = Some(batch.slice(missing, batch.len()));
            }
            let part = batch.slice(0, missing);
            missing -= part.len();
            page.push(part);
        }
        if page.is_empty() {
            return Ok(None);
        }
        let rows = table::from_batches(Arc::clone(self.table.shape()), page);
        let page = self.table.with_operator(Arc::clone(rows.operator()));
        Ok(Some(Member::Ready(Value::Table(Arc::new(page)))))
    }
}
