use std::sync::Arc;

use super::parallel::{Morsels, StageOver};
use super::{Batch, Explanation, Foldable, Observed, Sorted};
use crate::eval::Context;
use crate::value::{Result, Text};

/// What the reader of a table needs of it.
#[derive(Clone, Debug, Default)]
pub struct Demand {
    /// For each column whether its cells will be read; `None` for all.
    pub columns: Option<Vec<bool>>,
    /// How many rows will be read at most; `None` for all. A promise, not a request: more may be yielded.
    pub limit: Option<usize>,
}

impl Demand {
    /// All columns of all rows.
    pub fn all() -> Demand {
        Demand::default()
    }

    /// No cell at all: only that the rows are there.
    pub fn count_only(width: usize) -> Demand {
        Demand { columns: Some(vec![false; width]), limit: None }
    }

    /// Only these columns of a table of `width` columns.
    pub fn only(width: usize, positions: impl IntoIterator<Item = usize>) -> Demand {
        let mut columns = vec![false; width];
        for position in positions {
            if let Some(column) = columns.get_mut(position) {
                *column = true;
            }
        }
        Demand { columns: Some(columns), limit: None }
    }

    /// The same with at most `limit` rows.
    pub fn first(mut self, limit: usize) -> Demand {
        self.limit = Some(self.limit.map_or(limit, |known| known.min(limit)));
        self
    }

    /// The same columns, all rows.
    pub fn unlimited(&self) -> Demand {
        Demand { columns: self.columns.clone(), limit: None }
    }

    /// Asks for these columns too.
    pub fn add(&mut self, positions: impl IntoIterator<Item = usize>) {
        let Some(columns) = &mut self.columns else { return };
        for position in positions {
            if let Some(column) = columns.get_mut(position) {
                *column = true;
            }
        }
    }

    /// Asks for the columns that a step reads itself too; `None` for any of them.
    pub fn add_reads(&mut self, reads: Option<Vec<usize>>) {
        match reads {
            Some(positions) => self.add(positions),
            None => self.columns = None,
        }
    }

    /// Whether the cells of a column will be read.
    pub fn wants(&self, position: usize) -> bool {
        self.columns.as_ref().is_none_or(|columns| columns.get(position).copied().unwrap_or(true))
    }
}

/// One step of a table's plan.
pub trait Operator: Send + Sync {
    /// Starts reading. Reads nothing before the first batch is asked for.
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>>;

    /// The step as one that makes a batch of each batch of its input, if it is such a step: then batches can be made
    /// on several threads. Its `open` is [`parallel::open`](super::parallel::open).
    ///
    /// # Errors
    /// What preparing the step raises.
    fn stage(&self, _ctx: &Context, _demand: &Demand) -> Result<Option<StageOver>> {
        Ok(None)
    }

    /// Starts reading in pieces of which any thread can make a batch, if the step has such pieces.
    ///
    /// # Errors
    /// What starting to read raises.
    fn morsels(&self, _ctx: &Context, _demand: &Demand) -> Result<Option<Box<dyn Morsels>>> {
        Ok(None)
    }

    /// The number of rows, if it is known without reading.
    fn known_rows(&self) -> Option<usize> {
        None
    }

    /// The step that gives what expanding `column` into the columns `names` of its tables would give, the new
    /// columns standing last, where that can be had without making the tables.
    fn expanded(&self, _column: usize, _names: &[Text]) -> Option<Arc<dyn Operator>> {
        None
    }

    /// What is sorted how, if the step sorts: for steps after it whose rows do not depend on the order.
    fn sorted(&self) -> Option<Sorted> {
        None
    }

    /// The step's rows as something that takes work off the steps above, where a source below does all of it.
    ///
    /// # Errors
    /// A [`crate::value::Stop`].
    fn foldable(&self, _ctx: &Context) -> Result<Option<Arc<dyn Foldable>>> {
        Ok(None)
    }

    /// Whether [`Operator::foldable`] is worth asking: cheap, and known when the step is made.
    fn may_fold(&self) -> bool {
        false
    }

    /// What the step does when it is read so, for printed plans. Reads nothing.
    ///
    /// # Errors
    /// What preparing the step raises.
    fn explain(&self, ctx: &Context, demand: &Demand) -> Result<Explanation> {
        Ok(match self.stage(ctx, demand)? {
            Some(over) => Explanation::over(&over.input, over.demand),
            None => Explanation::source(""),
        })
    }

    /// The step as one that is observed, if it is.
    fn observed(&self) -> Option<&Observed> {
        None
    }

    /// What the step is called in a printed plan.
    fn name(&self) -> &'static str;
}

/// One reading of a table.
///
/// An error of the enumeration itself (not of a cell) ends a batch early: the rows before it are yielded, and
/// the error is raised when the next batch is asked for.
pub trait Batches: Send {
    /// The next rows, at least one; `None` past the last.
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>>;
}
