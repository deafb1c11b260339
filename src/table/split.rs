//! One column split into several.

use std::sync::Arc;

use arrow_array::{Array, StringViewArray};

use super::text_views::Pieces;
use super::{Batch, Column, ColumnBuilder, Compute, TextCells, TextSpans};
use crate::eval::Context;
use crate::value::{Error, Member, Result, Value};

/// Divides a cell into as many cells as there are new columns.
pub type Divide = dyn Fn(&Context, &Value) -> Result<Vec<Member>> + Send + Sync;

/// The places of the pieces of a text in it, for a splitter whose pieces of this text are parts of it; `false` if they
/// are not.
pub type Cut = dyn Fn(&str, &mut Vec<(usize, usize)>) -> bool + Send + Sync;

/// What a splitter of texts carries along, so that whole columns can be split without making texts.
pub struct Cutter(pub Box<Cut>);

/// Several columns from one: each cell is divided once, whichever of its parts are read.
pub struct Split {
    /// The column that is split.
    pub column: usize,
    /// How many columns it becomes.
    pub parts: usize,
    /// What divides a cell. If it fails, each of the new cells does.
    pub divide: Arc<Divide>,
    /// The same for texts, where it makes no difference whether a text has more pieces than there are columns, and
    /// columns without a piece are `null`.
    pub cutter: Option<Arc<Cutter>>,
    /// Whether dividing is cheap and pure, so that cells at hand are divided at once.
    pub eager: bool,
}

impl Compute for Split {
    fn reads(&self) -> Option<Vec<usize>> {
        Some(vec![self.column])
    }

    fn parts(&self) -> usize {
        self.parts
    }

    fn compute(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        let Some(column) = batch.column(self.column) else { return Ok(Vec::new()) };
        let column = column.settle(ctx)?;
        if let Some(cutter) = self.cutter.as_ref().filter(|_| !ctx.limits().row_wise) {
            if let Some(TextCells::Spans(texts)) = column.text_cells()
                && let Some(columns) = self.cut_spans(ctx, cutter, texts)?
            {
                return Ok(columns);
            }
            if let Some(texts) = column.as_text()
                && let Some(columns) = self.cut(ctx, cutter, texts)?
            {
                return Ok(columns);
            }
        }
        let mut columns: Vec<ColumnBuilder> = Vec::new();
        columns.resize_with(self.parts, ColumnBuilder::default);
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
    /// Cuts all texts; `None` if the pieces of one are no parts of it and dividing it fails, or gives no texts.
    fn cut(&self, ctx: &Context, cutter: &Cutter, texts: &StringViewArray) -> Result<Option<Vec<Column>>> {
        ctx.steps(texts.len())?;
        let mut columns: Vec<Pieces<'_>> = (0..self.parts).map(|_| Pieces::new(texts)).collect();
        let mut places = Vec::new();
        for row in 0..texts.len() {
            if texts.is_null(row) {
                columns.iter_mut().for_each(Pieces::push_null);
                continue;
            }
            let text = texts.value(row);
            places.clear();
            if (cutter.0)(text, &mut places) {
                let mut places = places.iter();
                for column in &mut columns {
                    match places.next().and_then(|(from, to)| text.get(*from..*to)) {
                        Some(part) => column.push_part(row, part),
                        None => column.push_null(),
                    }
                }
                continue;
            }
            let parts = match (self.divide)(ctx, &Value::text(text)) {
                Ok(parts) => parts,
                Err(error) if error.is_stop() => return Err(error),
                Err(_) => return Ok(None),
            };
            for (column, part) in columns.iter_mut().zip(&parts) {
                match part {
                    Member::Ready(Value::Text(part)) => column.push_text(part),
                    Member::Ready(Value::Null) => column.push_null(),
                    _ => return Ok(None),
                }
            }
        }
        Ok(Some(columns.into_iter().map(|column| Column::text(column.finish())).collect()))
    }

    /// The same, all pieces being parts of the same block; `None` if one is not.
    fn cut_spans(&self, ctx: &Context, cutter: &Cutter, texts: &TextSpans) -> Result<Option<Vec<Column>>> {
        ctx.steps(texts.len())?;
        let mut columns: Vec<TextSpans> = (0..self.parts).map(|_| texts.none()).collect();
        let mut places = Vec::new();
        for row in 0..texts.len() {
            let Some(text) = texts.text(row) else {
                columns.iter_mut().for_each(TextSpans::push_null);
                continue;
            };
            places.clear();
            if !(cutter.0)(text, &mut places) {
                return Ok(None);
            }
            let mut places = places.iter();
            for column in &mut columns {
                match places.next() {
                    Some(&(from, to)) => column.push_part(texts, row, from, to),
                    None => column.push_null(),
                }
            }
        }
        Ok(Some(columns.into_iter().map(Column::spans).collect()))
    }

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
