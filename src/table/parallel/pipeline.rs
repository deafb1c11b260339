use std::sync::Arc;

use super::{Morsel, Morsels, Ordered, Stage, StageOver, Staged, map};
use crate::eval::Context;
use crate::table::{Batch, Batches, Demand, Operator};
use crate::value::{Error, Result};

/// A source and the stages over it.
pub struct Pipeline {
    pub(super) source: Source,
    pub(super) stages: Stages,
    /// How many threads may make batches: one where a limit says that few are needed.
    pub(super) threads: usize,
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
            Some(top) => Pipeline::under(ctx, top, demand),
            None => {
                let source = Source::open(ctx, operator, demand)?;
                Ok(Pipeline::over(ctx, source, Vec::new(), demand, demand))
            }
        }
    }

    /// Pieces and no stage.
    pub fn of_morsels(ctx: &Context, morsels: Box<dyn Morsels>, demand: &Demand) -> Pipeline {
        Pipeline::over(ctx, Source::Morsels(morsels), Vec::new(), demand, demand)
    }

    /// `above` is asked of the stages, `below` of the source.
    fn over(
        ctx: &Context,
        source: Source,
        stages: Vec<Arc<dyn Stage>>,
        above: &Demand,
        below: &Demand,
    ) -> Pipeline {
        let is_limited = above.limit.is_some() || below.limit.is_some();
        Pipeline { source, stages: Stages(stages), threads: if is_limited { 1 } else { ctx.threads() } }
    }

    /// The same with one more stage on top.
    pub fn then(mut self, stage: Arc<dyn Stage>) -> Pipeline {
        self.stages.0.push(stage);
        self
    }

    /// The batches in their order, made on several threads.
    pub fn rows(self, demand: &Demand) -> Box<dyn Batches> {
        let rows = map(self, |_, batch| batch);
        Box::new(Staging { rows, left: demand.limit.unwrap_or(usize::MAX) })
    }

    /// The pieces, each of which goes through the stages where its batch is made.
    pub fn into_morsels(self) -> impl Morsels {
        Through { source: self.source, stages: Arc::new(self.stages) }
    }

    fn under(ctx: &Context, top: StageOver, above: &Demand) -> Result<Pipeline> {
        let mut stages = vec![top.stage];
        let (mut input, mut demand) = (top.input, top.demand);
        while let Some(below) = input.operator().stage(ctx, &demand)? {
            stages.push(below.stage);
            (input, demand) = (below.input, below.demand);
        }
        stages.reverse();
        let source = Source::open(ctx, &**input.operator(), &demand)?;
        Ok(Pipeline::over(ctx, source, stages, above, &demand))
    }
}

/// Pieces with stages to go through.
struct Through {
    source: Source,
    stages: Arc<Stages>,
}

impl Morsels for Through {
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        let Some(piece) = self.source.next(ctx)? else { return Ok(None) };
        Ok(Some(Box::new(PieceThrough { piece, stages: Arc::clone(&self.stages) })))
    }
}

struct PieceThrough {
    piece: Piece,
    stages: Arc<Stages>,
}

impl Morsel for PieceThrough {
    fn batch(self: Box<Self>, ctx: &Context) -> Result<Staged> {
        let Outcome { batch, failed } = self.stages.run(ctx, self.piece);
        Ok(Staged { batch: batch.unwrap_or_else(|| Batch::new(Vec::new(), 0)), failed })
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
            Piece::Batch(batch) => Ok(batch.into()),
        };
        let Staged { mut batch, mut failed } = match made {
            Ok(staged) => staged,
            Err(error) => return Outcome { batch: None, failed: Some(error) },
        };
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
    Ok(Pipeline::under(ctx, top, demand)?.rows(demand))
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
    struct OneByOne {
        morsels: Box<dyn Morsels>,
        /// The error that comes next.
        failed: Option<Error>,
    }
    impl Batches for OneByOne {
        fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
            loop {
                if let Some(error) = self.failed.take() {
                    return Err(error);
                }
                let Some(morsel) = self.morsels.next(ctx)? else { return Ok(None) };
                let staged = morsel.batch(ctx)?;
                self.failed = staged.failed;
                if !staged.batch.is_empty() {
                    return Ok(Some(staged.batch));
                }
            }
        }
    }
    Box::new(OneByOne { morsels, failed: None })
}
