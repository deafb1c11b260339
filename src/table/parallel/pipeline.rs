use std::sync::Arc;

use super::{Morsel, Morsels, Ordered, Stage, StageOver, map};
use crate::eval::Context;
use crate::table::{Batch, Batches, Demand, Operator};
use crate::value::{Error, Result};

/// A source and the stages over it.
pub struct Pipeline {
    pub(super) source: Source,
    pub(super) stages: Stages,
    /// Whether batches may be made on several threads: not where a limit says that few are needed.
    pub(super) shared: bool,
}

/// Where the pieces come from.
pub(super) enum Source {
    Morsels(Box<dyn Morsels>),
    Batches(Box<dyn Batches>),
}

/// A piece on its way to become a batch.
pub(super) enum Piece {
    Morsel(Box<dyn Morsel>),
    Batch(Batch),
}

/// The stages, in the order in which they follow each other.
pub(super) struct Stages(Vec<Arc<dyn Stage>>);

/// What became of a piece.
pub(super) struct Outcome {
    /// The rows, if there are any.
    pub batch: Option<Batch>,
    /// The error that comes after them.
    pub failed: Option<Error>,
}

impl Pipeline {
    /// The stages from `operator` down to the first step that is none, and that step as the source.
    ///
    /// # Errors
    /// What opening the source raises.
    pub fn of(ctx: &Context, operator: &dyn Operator, demand: &Demand) -> Result<Pipeline> {
        match operator.stage(ctx, demand)? {
            Some(top) => Pipeline::under(ctx, top, demand.limit.is_none()),
            None => Ok(Pipeline {
                source: Source::open(ctx, operator, demand)?,
                stages: Stages(Vec::new()),
                shared: demand.limit.is_none(),
            }),
        }
    }

    fn under(ctx: &Context, top: StageOver, shared: bool) -> Result<Pipeline> {
        let mut stages = vec![top.stage];
        let (mut input, mut demand) = (top.input, top.demand);
        while let Some(below) = input.operator().stage(ctx, &demand)? {
            stages.push(below.stage);
            (input, demand) = (below.input, below.demand);
        }
        stages.reverse();
        let source = Source::open(ctx, &**input.operator(), &demand)?;
        Ok(Pipeline { source, stages: Stages(stages), shared: shared && demand.limit.is_none() })
    }
}

impl Source {
    fn open(ctx: &Context, operator: &dyn Operator, demand: &Demand) -> Result<Source> {
        Ok(match operator.morsels(ctx, demand)? {
            Some(morsels) => Source::Morsels(morsels),
            None => Source::Batches(operator.open(ctx, demand)?),
        })
    }

    pub(super) fn next(&mut self, ctx: &Context) -> Result<Option<Piece>> {
        match self {
            Source::Morsels(morsels) => Ok(morsels.next(ctx)?.map(Piece::Morsel)),
            Source::Batches(batches) => Ok(batches.next(ctx)?.map(Piece::Batch)),
        }
    }
}

impl Stages {
    /// Makes a batch of a piece and leads it through the stages.
    pub(super) fn run(&self, ctx: &Context, piece: Piece) -> Outcome {
        let made = match piece {
            Piece::Morsel(morsel) => morsel.batch(ctx),
            Piece::Batch(batch) => Ok(batch),
        };
        let mut batch = match made {
            Ok(batch) => batch,
            Err(error) => return Outcome { batch: None, failed: Some(error) },
        };
        let mut failed = None;
        for stage in &self.0 {
            if batch.is_empty() {
                break;
            }
            match stage.apply(ctx, batch) {
                Ok(staged) => {
                    batch = staged.batch;
                    // An error of this stage stands before one of a stage below.
                    failed = staged.failed.or(failed);
                }
                Err(error) => return Outcome { batch: None, failed: Some(error) },
            }
        }
        Outcome { batch: (!batch.is_empty()).then_some(batch), failed }
    }
}

/// Opens a step that is a stage: what [`Operator::open`] of such a step does.
///
/// # Errors
/// What opening the source raises.
pub fn open(ctx: &Context, top: StageOver, demand: &Demand) -> Result<Box<dyn Batches>> {
    let pipeline = Pipeline::under(ctx, top, demand.limit.is_none())?;
    let rows = map(ctx, pipeline, |_, batch| batch);
    Ok(Box::new(Staging { rows, left: demand.limit.unwrap_or(usize::MAX) }))
}

struct Staging {
    rows: Ordered<Batch>,
    left: usize,
}

impl Batches for Staging {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        if self.left == 0 {
            return Ok(None);
        }
        let Some(batch) = self.rows.next(ctx)? else {
            self.left = 0;
            return Ok(None);
        };
        let batch = batch.slice(0, self.left);
        self.left -= batch.len();
        Ok(Some(batch))
    }
}

/// The batches of pieces, made one after the other on the thread that reads: what [`Operator::open`] of a source of
/// pieces gives.
pub fn one_by_one(morsels: Box<dyn Morsels>) -> Box<dyn Batches> {
    struct OneByOne(Box<dyn Morsels>);
    impl Batches for OneByOne {
        fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
            self.0.next(ctx)?.map(|morsel| morsel.batch(ctx)).transpose()
        }
    }
    Box::new(OneByOne(morsels))
}
