//! Keeping the rows that pass a test.

use std::sync::Arc;

use super::parallel::{self, Stage, StageOver, Staged};
use super::plan::{self, Explanation, How};
use super::{Batch, Batches, Demand, Foldable, Operator, Program, Table, Vector, fold};
use crate::eval::Context;
use crate::value::{Error, Function, Member, Record, Result, Shape, Value};

/// A test of rows.
pub enum RowTest {
    /// An M function that gets the row as a record.
    Function(Arc<Function>, Arc<Shape>),
    /// A test of the engine: the columns it reads (`None` for any), and what it asks.
    Native(Option<Vec<usize>>, Box<Ask>),
}

/// A question about one row of a batch.
pub type Ask = dyn Fn(&Context, &Arc<Batch>, usize) -> Result<bool> + Send + Sync;

impl RowTest {
    /// The test that `function` makes of the rows of `table`. Only `true` passes; `null` does not.
    pub fn function(function: Arc<Function>, table: &Table) -> RowTest {
        RowTest::Function(function, Arc::clone(table.shape()))
    }

    /// The columns whose cells may be read; `None` if it may be any.
    pub fn reads(&self) -> Option<Vec<usize>> {
        match self {
            RowTest::Function(function, shape) => super::fields_read(function, shape),
            RowTest::Native(reads, _) => reads.clone(),
        }
    }

    /// How it is run, for printed plans.
    pub(super) fn how(&self, ctx: &Context) -> How {
        match self {
            RowTest::Function(function, shape) => Program::how(ctx, function, Some(shape)),
            RowTest::Native(..) => How::Batches,
        }
    }

    /// What it asks, for printed plans.
    pub(super) fn text(&self) -> String {
        match self {
            RowTest::Function(function, _) => plan::text(function),
            RowTest::Native(..) => String::new(),
        }
    }

    /// The test as a program over columns, if it can be one.
    fn program(&self, ctx: &Context) -> Option<Program> {
        match self {
            RowTest::Function(function, shape) if !ctx.limits().row_wise => Program::of_row(function, shape),
            _ => None,
        }
    }

    /// Whether a row passes.
    pub fn passes(&self, ctx: &Context, batch: &Arc<Batch>, row: usize) -> Result<bool> {
        match self {
            RowTest::Function(function, shape) => {
                let record = Record::row(Arc::clone(shape), Arc::clone(batch), row);
                let answer = ctx.call1(function, Value::Record(Arc::new(record)))?;
                as_condition(&answer)
            }
            RowTest::Native(_, ask) => ask(ctx, batch, row),
        }
    }
}

/// What a predicate's answer means: `null` is no match.
///
/// # Errors
/// The answer is neither logical nor `null`.
pub fn as_condition(answer: &Value) -> Result<bool> {
    match answer.as_plain() {
        Value::Logical(passes) => Ok(*passes),
        Value::Null => Ok(false),
        other => {
            let logical = Arc::new(crate::value::Type::new(crate::value::types::Form::Logical));
            Err(crate::eval::conversion_error(other, &logical))
        }
    }
}

/// The rows of `input` that pass.
pub fn filter(input: &Arc<Table>, test: RowTest) -> Table {
    let folds = input.operator().may_fold();
    input.with_operator(Arc::new(Filter { input: Arc::clone(input), test: Arc::new(test), folds }))
}

struct Filter {
    input: Arc<Table>,
    test: Arc<RowTest>,
    folds: bool,
}

impl Operator for Filter {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        match fold::filtered(ctx, &self.input, &self.test)? {
            Some(filtered) if filtered.exact => filtered.rows.operator().open(ctx, demand),
            Some(filtered) => {
                let input = Arc::new(self.input.with_operator(filtered.rows.operator()));
                parallel::open(ctx, StageOver { input, ..self.over(ctx, demand) }, demand)
            }
            None => parallel::open(ctx, self.over(ctx, demand), demand),
        }
    }

    fn stage(&self, ctx: &Context, demand: &Demand) -> Result<Option<StageOver>> {
        // A source that may filter by itself is asked when the step is opened.
        Ok(if self.folds { None } else { Some(self.over(ctx, demand)) })
    }

    fn foldable(&self, ctx: &Context) -> Result<Option<Arc<dyn Foldable>>> {
        let filtered = fold::filtered(ctx, &self.input, &self.test)?;
        Ok(filtered.filter(|filtered| filtered.exact).map(|filtered| filtered.rows))
    }

    fn may_fold(&self) -> bool {
        self.folds
    }

    fn explain(&self, ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let what = self.test.text();
        if let Some(filtered) =
            fold::filtered(ctx, &self.input, &self.test)?.filter(|filtered| filtered.exact)
        {
            let rows = Arc::new(self.input.with_operator(filtered.rows.operator()));
            return Ok(Explanation::over(&rows, demand.clone()).detail(what).how(How::PushedDown));
        }
        let StageOver { input, demand, .. } = self.over(ctx, demand);
        Ok(Explanation::over(&input, demand).detail(what).how(self.test.how(ctx)))
    }

    fn name(&self) -> &'static str {
        "select rows"
    }
}

impl Filter {
    fn over(&self, ctx: &Context, demand: &Demand) -> StageOver {
        let mut below = demand.unlimited();
        below.add_reads(self.test.reads());
        let stage = Filtering {
            test: Arc::clone(&self.test),
            program: self.test.program(ctx),
            most: demand.limit.unwrap_or(usize::MAX),
        };
        StageOver { input: Arc::clone(&self.input), demand: below, stage: Arc::new(stage) }
    }
}

struct Filtering {
    test: Arc<RowTest>,
    /// The test, as far as it needs no evaluation of single rows.
    program: Option<Program>,
    /// How many rows are needed at most.
    most: usize,
}

impl Filtering {
    /// The rows that pass, at most as many as are needed; up to the first whose test fails, and its error.
    fn passing(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<(Vec<u32>, Option<Error>)> {
        let answers = match &self.program {
            Some(program) => Some(program.run(ctx, batch)?),
            None => None,
        };
        if let Some(bits) = answers.as_ref().and_then(Vector::all_true) {
            return Ok((bits.set_indices_u32().take(self.most).collect(), None));
        }
        let mut kept = Vec::with_capacity(batch.len().min(self.most));
        for row in 0..batch.len() {
            let known = answers.as_ref().and_then(|answers| answers.as_condition(row));
            let passes = match known {
                Some(passes) => Ok(passes),
                None => {
                    ctx.step()?;
                    self.test.passes(ctx, batch, row)
                }
            };
            match passes {
                Ok(true) => kept.push(row as u32),
                Ok(false) => {}
                Err(error) if error.is_stop() => return Err(error),
                Err(error) => return Ok((kept, Some(error))),
            }
            if kept.len() == self.most {
                break;
            }
        }
        Ok((kept, None))
    }
}

impl Stage for Filtering {
    fn apply(&self, ctx: &Context, batch: Batch) -> Result<Staged> {
        let batch = Arc::new(batch);
        let (kept, failed) = self.passing(ctx, &batch)?;
        let whole = kept.len() == batch.len();
        Ok(Staged { batch: if whole { (*batch).clone() } else { batch.take(&kept) }, failed })
    }
}

/// A test whether any of these columns holds a cell that fails. Evaluates their cells.
pub fn any_fails(columns: Vec<usize>, wanted: bool) -> RowTest {
    let reads = columns.clone();
    RowTest::Native(
        Some(reads),
        Box::new(move |ctx, batch, row| {
            for column in columns.iter().filter_map(|at| batch.column(*at)) {
                match column.get(row) {
                    Member::Ready(_) => {}
                    lazy => match lazy.force(ctx) {
                        Ok(_) => {}
                        Err(error) if error.is_stop() => return Err(error),
                        Err(_) => return Ok(wanted),
                    },
                }
            }
            Ok(!wanted)
        }),
    )
}
