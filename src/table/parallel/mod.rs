//! Row-wise steps over the pieces of a table, on several threads.
//!
//! A source that can hands out its rows as cheap pieces ([`Morsels`]), of which any thread makes a batch; steps
//! whose batches don't depend on other batches ([`Stage`]) follow on the same thread; what comes out is handed on
//! in the order of the rows, and errors where they stand in that order. With one thread, all of it happens on the
//! thread that reads, piece by piece.

mod fold;
mod ordered;
mod pipeline;
mod settled;
#[cfg(test)]
mod tests;

pub use fold::fold;
pub use ordered::{Ordered, map};
pub use pipeline::{Pipeline, one_by_one, open};
pub(super) use settled::{make_views, settle, settled, settled_rows};

use std::sync::Arc;

use super::{Batch, Demand, Table};
use crate::eval::Context;
use crate::value::{Error, Result};

/// A source of rows in pieces. Taking a piece is cheap; making a batch of it is not, and can happen anywhere.
pub trait Morsels: Send {
    /// The next piece; `None` past the last.
    ///
    /// # Errors
    /// An error of the enumeration of rows: no piece follows.
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>>;
}

/// A piece of a table that is no batch yet.
pub trait Morsel: Send {
    /// Its rows, and the error that comes after them.
    ///
    /// # Errors
    /// An error of the enumeration that no row comes before.
    fn batch(self: Box<Self>, ctx: &Context) -> Result<Staged>;
}

/// Rows that are a batch already.
impl Morsel for Batch {
    fn batch(self: Box<Self>, _ctx: &Context) -> Result<Staged> {
        Ok((*self).into())
    }
}

/// Rows that were made already, and the error after them.
impl Morsel for Staged {
    fn batch(self: Box<Self>, _ctx: &Context) -> Result<Staged> {
        Ok(*self)
    }
}

/// A step that makes of each batch another one, whatever came before it and on whichever thread.
pub trait Stage: Send + Sync {
    /// What the step makes of a batch; may have no rows.
    ///
    /// # Errors
    /// An error of the enumeration that no row comes before.
    fn apply(&self, ctx: &Context, batch: Batch) -> Result<Staged>;
}

/// What a [`Stage`], or a [`Morsel`], gives.
pub struct Staged {
    /// The rows, maybe none.
    pub batch: Batch,
    /// The error of the enumeration that comes after them.
    pub failed: Option<Error>,
}

impl From<Batch> for Staged {
    fn from(batch: Batch) -> Staged {
        Staged { batch, failed: None }
    }
}

/// A step that is a [`Stage`]: over which table, and what of that it needs.
pub struct StageOver {
    /// The table below.
    pub input: Arc<Table>,
    /// What the stage needs of it.
    pub demand: Demand,
    /// The stage.
    pub stage: Arc<dyn Stage>,
}
