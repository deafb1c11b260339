//! Rows picked from batches at hand: what sorting, grouping and joining yield.

use std::sync::Arc;

use arrow_array::StringViewArray;

use super::column::CellView;
use super::{Batch, Batches, Column, ColumnBuilder, Demand, Operator, text_views};
use crate::eval::Context;
use crate::value::Result;

/// How many rows a gathered batch has at most.
pub(super) const ROWS: usize = 4096;

/// Where a row is: which batch, and which of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The batch.
    pub batch: u32,
    /// The row in it.
    pub row: u32,
}

impl Place {
    /// The place that stands for no row: its cells are `null`.
    pub const NOWHERE: Place = Place { batch: u32::MAX, row: u32::MAX };
}

/// The column at `position` of the rows at `places`, in that order.
pub fn gather_column(batches: &[Batch], position: usize, places: &[Place]) -> Column {
    let sources: Vec<Option<&Arc<Column>>> = batches.iter().map(|batch| batch.column(position)).collect();
    let texts: Option<Vec<&StringViewArray>> =
        sources.iter().map(|column| column.and_then(|column| column.as_text())).collect();
    if let Some(texts) = texts.filter(|texts| !texts.is_empty()) {
        let places = places.iter().map(|place| (place.batch as usize, place.row as usize));
        return Column::text(text_views::gather(&texts, places));
    }
    let mut cells = ColumnBuilder::with_capacity(places.len());
    for place in places {
        let source = sources.get(place.batch as usize).copied().flatten();
        cells.push_view(source.map_or(CellView::Null, |column| column.view(place.row as usize)));
    }
    cells.finish()
}

/// The rows at `places`, in that order, of the columns that `demand` wants among the first `width`.
pub fn gather(batches: &[Batch], width: usize, places: &[Place], demand: &Demand) -> Vec<Arc<Column>> {
    (0..width)
        .map(|position| {
            Arc::new(if demand.wants(position) {
                gather_column(batches, position, places)
            } else {
                Column::unread(places.len())
            })
        })
        .collect()
}

/// A table of rows picked from batches it shares with others.
pub struct Picked {
    /// The batches.
    pub batches: Arc<[Batch]>,
    /// Number of columns.
    pub width: usize,
    /// The rows, in order.
    pub places: Arc<[Place]>,
}

impl Operator for Picked {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        Ok(Box::new(Picking {
            batches: Arc::clone(&self.batches),
            width: self.width,
            places: Arc::clone(&self.places),
            demand: demand.clone(),
            at: 0,
        }))
    }

    fn known_rows(&self) -> Option<usize> {
        Some(self.places.len())
    }

    fn name(&self) -> &'static str {
        "picked rows"
    }
}

/// Yields picked rows.
pub(super) struct Picking {
    pub(super) batches: Arc<[Batch]>,
    pub(super) width: usize,
    pub(super) places: Arc<[Place]>,
    pub(super) demand: Demand,
    pub(super) at: usize,
}

impl Batches for Picking {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        ctx.step()?;
        let end = self.places.len().min(self.at + ROWS).min(self.demand.limit.unwrap_or(usize::MAX));
        let Some(places) = self.places.get(self.at..end).filter(|places| !places.is_empty()) else {
            return Ok(None);
        };
        self.at = end;
        Ok(Some(Batch::new(gather(&self.batches, self.width, places, &self.demand), places.len())))
    }
}
