//! Reading tables row by row.

use std::sync::Arc;

use super::{Batch, Batches, Demand, Table};
use crate::eval::{self, Context};
use crate::value::{Record, Result, Shape, Value};

/// The rows of a table, one after the other, as records that read their column on access.
pub struct Rows {
    shape: Arc<Shape>,
    batches: Box<dyn Batches>,
    batch: Option<(Arc<Batch>, usize)>,
}

/// Starts reading all rows.
pub fn rows(ctx: &Context, table: &Table) -> Result<Rows> {
    rows_of(ctx, table, &Demand::all())
}

/// Starts reading what `demand` says.
pub fn rows_of(ctx: &Context, table: &Table, demand: &Demand) -> Result<Rows> {
    Ok(Rows { shape: Arc::clone(table.shape()), batches: table.operator().open(ctx, demand)?, batch: None })
}

impl Rows {
    /// The next row; `None` past the last.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self, ctx: &Context) -> Result<Option<Record>> {
        loop {
            if let Some((batch, at)) = &mut self.batch
                && *at < batch.len()
            {
                let row = Record::row(Arc::clone(&self.shape), Arc::clone(batch), *at);
                *at += 1;
                return Ok(Some(row));
            }
            match self.batches.next(ctx)? {
                Some(batch) => self.batch = Some((Arc::new(batch), 0)),
                None => return Ok(None),
            }
        }
    }
}

/// All batches of a table that `demand` asks for.
pub fn collect(ctx: &Context, table: &Table, demand: &Demand) -> Result<Vec<Batch>> {
    let mut batches = table.operator().open(ctx, demand)?;
    let mut all = Vec::new();
    while let Some(batch) = batches.next(ctx)? {
        all.push(batch);
    }
    Ok(all)
}

/// The number of rows; evaluates no cell.
pub fn row_count(ctx: &Context, table: &Table) -> Result<usize> {
    if let Some(rows) = table.operator().known_rows() {
        return Ok(rows);
    }
    let mut batches = table.operator().open(ctx, &Demand::count_only(table.width()))?;
    let mut rows = 0;
    while let Some(batch) = batches.next(ctx)? {
        rows += batch.len();
    }
    Ok(rows)
}

/// The row at a position from 0; reads no further.
pub fn row_at(ctx: &Context, table: &Table, position: usize) -> Result<Option<Record>> {
    let mut batches = table.operator().open(ctx, &Demand::all().first(position.saturating_add(1)))?;
    let mut passed = 0;
    while let Some(batch) = batches.next(ctx)? {
        if position - passed < batch.len() {
            return Ok(Some(Record::row(Arc::clone(table.shape()), Arc::new(batch), position - passed)));
        }
        passed += batch.len();
    }
    Ok(None)
}

/// The first row whose fields equal those of `key`, and whether there is another one.
pub fn find_rows(ctx: &Context, table: &Table, key: &Record) -> Result<(Option<Record>, bool)> {
    let mut wanted = Vec::with_capacity(key.len());
    for (name, member) in key.fields() {
        let position = table.position(name).ok_or_else(|| eval::no_column(table, name))?;
        wanted.push((position, member.force(ctx)?));
    }
    let mut rows = rows(ctx, table)?;
    let mut found = None;
    'rows: while let Some(row) = rows.next(ctx)? {
        for (position, value) in &wanted {
            let cell = row.force_at(*position, ctx)?.unwrap_or(Value::Null);
            if !eval::equal(ctx, &cell, value)? {
                continue 'rows;
            }
        }
        if found.is_some() {
            return Ok((found, true));
        }
        found = Some(row);
    }
    Ok((found, false))
}

/// Whether two tables have equal rows in equal order, whatever the order of their columns.
pub fn equal(ctx: &Context, left: &Table, right: &Table) -> Result<bool> {
    if left.width() != right.width() {
        return Ok(false);
    }
    let mut positions = Vec::with_capacity(left.width());
    for name in left.names() {
        match right.position(name) {
            Some(position) => positions.push(position),
            None => return Ok(false),
        }
    }
    let (mut left, mut right) = (rows(ctx, left)?, rows(ctx, right)?);
    loop {
        match (left.next(ctx)?, right.next(ctx)?) {
            (None, None) => return Ok(true),
            (Some(a), Some(b)) => {
                for (at, other) in positions.iter().enumerate() {
                    let a = a.force_at(at, ctx)?.unwrap_or(Value::Null);
                    let b = b.force_at(*other, ctx)?.unwrap_or(Value::Null);
                    if !ctx.nested(|| eval::equal(ctx, &a, &b))? {
                        return Ok(false);
                    }
                }
            }
            _ => return Ok(false),
        }
    }
}
