//! Columns computed from the rows: the one operator behind adding, transforming, splitting and merging columns.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::late::Late;
use super::parallel::{self, Stage, StageOver, Staged};
use super::plan::{self, Explanation, How};
use super::{Batch, Batches, Column, ColumnBuilder, Demand, Operator, Program, Table};
use crate::eval::Context;
use crate::value::{Function, Member, Record, Result, Shape, Text, Type, Value};

/// Computes one or more new columns from the rows of a batch.
///
/// An M error of a cell stays in that cell. One that is raised here is an error of the enumeration of rows.
pub trait Compute: Send + Sync {
    /// The columns of the input whose cells may be read; `None` if it may be any.
    fn reads(&self) -> Option<Vec<usize>>;

    /// How many columns it gives.
    fn parts(&self) -> usize {
        1
    }

    /// Whether nothing that can be told apart is lost if the columns are computed when one of them is read, and not
    /// as soon as the batch is there: an error that `compute` raises then becomes one of each cell.
    fn can_wait(&self) -> bool {
        true
    }

    /// How it is run, for printed plans.
    fn how(&self, _ctx: &Context) -> How {
        How::Vector
    }

    /// The new columns, each as long as the batch.
    fn compute(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>>;
}

/// The columns of a computation, computed when the first of their cells is read, and then for the rows of `batch` that
/// are still asked for.
///
/// # Errors
/// Only a stop.
pub fn late_columns(ctx: &Context, computation: &Arc<dyn Compute>, batch: &Batch) -> Result<Vec<Column>> {
    let late = Arc::new(Late::new(ctx, computation, batch)?);
    Ok((0..computation.parts()).map(|part| Column::late(Arc::clone(&late), part)).collect())
}

/// Where a column of the result comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A column of the input.
    Input(usize),
    /// A column that a computation gives: the number of the computation, and which of its columns.
    Computed(usize, usize),
    /// No column: `null` in each row.
    Null,
}

/// A table whose columns are columns of the input and computed ones. A computation runs only where one of its
/// columns is asked for.
pub fn compute(
    input: &Arc<Table>,
    shape: Arc<Shape>,
    types: Vec<Arc<Type>>,
    origins: Vec<Origin>,
    computations: Vec<Arc<dyn Compute>>,
) -> Table {
    let kept = |column: &str| {
        input.position(column).is_some_and(|from| {
            shape.position(column).and_then(|at| origins.get(at)) == Some(&Origin::Input(from))
        })
    };
    let keys = input.keys().iter().filter(|key| key.columns.iter().all(|column| kept(column)));
    let keys = keys.cloned().collect();
    let operator = Computed {
        input: Arc::clone(input),
        shape: Arc::clone(&shape),
        origins: origins.into(),
        computations: computations.into(),
    };
    Table::new(shape, types, Arc::new(operator)).with_keys(keys)
}

struct Computed {
    input: Arc<Table>,
    shape: Arc<Shape>,
    origins: Arc<[Origin]>,
    computations: Arc<[Arc<dyn Compute>]>,
}

impl Operator for Computed {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        parallel::open(ctx, self.over(demand), demand)
    }

    fn stage(&self, _ctx: &Context, demand: &Demand) -> Result<Option<StageOver>> {
        Ok(Some(self.over(demand)))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn explain(&self, ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let mut names: Vec<&Text> = Vec::new();
        let (mut wanted, mut row_wise) = (vec![false; self.computations.len()], Vec::new());
        for (at, origin) in self.origins.iter().enumerate().filter(|(at, _)| demand.wants(*at)) {
            let Origin::Computed(computation, _) = *origin else { continue };
            let name = self.shape.names().get(at);
            names.extend(name);
            let seen = wanted.get_mut(computation).is_none_or(|wanted| std::mem::replace(wanted, true));
            if !seen
                && let Some(How::RowWise(why)) = self.computations.get(computation).map(|one| one.how(ctx))
            {
                row_wise.push(format!("{} {why}", name.map_or("", |name| name.as_str())));
            }
        }
        let StageOver { input, demand: below, .. } = self.over(demand);
        let explanation = Explanation::over(&input, below).detail(plan::list(names.iter().copied()));
        Ok(explanation.how(match (names.is_empty(), row_wise.is_empty()) {
            (true, _) => How::Nothing,
            (false, true) => How::Vector,
            (false, false) => How::RowWise(row_wise.join("; ")),
        }))
    }

    fn name(&self) -> &'static str {
        "compute columns"
    }
}

impl Computed {
    fn over(&self, demand: &Demand) -> StageOver {
        let mut wanted = vec![false; self.computations.len()];
        let mut below = Demand::only(self.input.width(), []);
        for (_, origin) in self.origins.iter().enumerate().filter(|(at, _)| demand.wants(*at)) {
            match *origin {
                Origin::Input(from) => below.add([from]),
                Origin::Null => {}
                Origin::Computed(computation, _) => {
                    if let Some(wanted) = wanted.get_mut(computation) {
                        *wanted = true;
                    }
                }
            }
        }
        for (computation, _) in self.computations.iter().zip(&wanted).filter(|(_, wanted)| **wanted) {
            below.add_reads(computation.reads());
        }
        below.limit = demand.limit;
        let (origins, computations) = (Arc::clone(&self.origins), Arc::clone(&self.computations));
        let stage = Arc::new(Computing { origins, computations, wanted });
        StageOver { input: Arc::clone(&self.input), demand: below, stage }
    }
}

struct Computing {
    origins: Arc<[Origin]>,
    computations: Arc<[Arc<dyn Compute>]>,
    wanted: Vec<bool>,
}

impl Stage for Computing {
    fn apply(&self, ctx: &Context, batch: Batch) -> Result<Staged> {
        let batch = Arc::new(batch);
        let mut computed = Vec::with_capacity(self.computations.len());
        for (computation, wanted) in self.computations.iter().zip(&self.wanted) {
            let columns = match wanted {
                true if computation.can_wait() && !ctx.limits().row_wise => {
                    late_columns(ctx, computation, &batch)?
                }
                true => computation.compute(ctx, &batch)?,
                false => Vec::new(),
            };
            computed.push(columns.into_iter().map(Arc::new).collect::<Vec<_>>());
        }
        let columns = self.origins.iter().map(|origin| {
            let column = match *origin {
                Origin::Input(from) => batch.column(from),
                Origin::Computed(computation, part) => {
                    computed.get(computation).and_then(|columns| columns.get(part))
                }
                Origin::Null => return Arc::new(Column::same(Member::Ready(Value::Null), batch.len())),
            };
            column.map_or_else(|| Arc::new(Column::unread(batch.len())), Arc::clone)
        });
        Ok(batch.with_columns(columns.collect()).into())
    }
}

/// A column of what a function gives for each row.
///
/// A function that [compiles](super::vector) is run for all rows of a batch when one of its cells is read. Otherwise a
/// cell is evaluated when it is read; that of a [simple](super::is_simple) function at once, where the cells it needs
/// are at hand.
pub struct RowFunction {
    shape: Arc<Shape>,
    function: Arc<Function>,
    /// The columns the function reads, if it is simple.
    simple: Option<Vec<usize>>,
    program: OnceLock<Option<Program>>,
}

impl RowFunction {
    /// The computation of `function`, which gets the rows of a table of this shape as records.
    pub fn new(shape: Arc<Shape>, function: Arc<Function>) -> RowFunction {
        let simple = if super::is_simple(&function) { super::fields_read(&function, &shape) } else { None };
        RowFunction { shape, function, simple, program: OnceLock::new() }
    }

    /// The cell of a row: what the function gives for it, at once if the function is simple and what it reads is there.
    fn cell(&self, ctx: &Context, rows: &Arc<FunctionOfRows>, row: usize) -> Result<Member> {
        let is_ready = |at: &usize| rows.batch.column(*at).is_none_or(|column| column.is_ready(row));
        let later = || {
            let rows = Arc::clone(rows);
            Member::lazy(move |ctx| rows.call(ctx, row))
        };
        match &self.simple {
            Some(columns) if columns.iter().all(is_ready) => {
                Member::settled_early(rows.call(ctx, row), later)
            }
            _ => Ok(later()),
        }
    }
}

/// A function and the rows it is called with, shared by the cells that wait for it.
struct FunctionOfRows {
    observer: Option<plan::Observer>,
    shape: Arc<Shape>,
    function: Arc<Function>,
    batch: Arc<Batch>,
}

impl FunctionOfRows {
    fn call(&self, ctx: &Context, row: usize) -> Result<Value> {
        let record = Record::row(Arc::clone(&self.shape), Arc::clone(&self.batch), row);
        plan::under(self.observer.as_ref(), || ctx.call1(&self.function, Value::Record(Arc::new(record))))
    }
}

impl Compute for RowFunction {
    fn reads(&self) -> Option<Vec<usize>> {
        self.simple.clone().or_else(|| super::fields_read(&self.function, &self.shape))
    }

    fn how(&self, ctx: &Context) -> How {
        Program::how(ctx, &self.function, Some(&self.shape))
    }

    fn compute(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        let rows = Arc::new(FunctionOfRows {
            observer: plan::current(),
            shape: Arc::clone(&self.shape),
            function: Arc::clone(&self.function),
            batch: Arc::clone(batch),
        });
        let program = || self.program.get_or_init(|| Program::of_row(&self.function, &self.shape)).as_ref();
        if let Some(program) = (!ctx.limits().row_wise).then(program).flatten() {
            let vector = program.run(ctx, batch)?;
            return Ok(vec![vector.into_column(|row| {
                ctx.step()?;
                self.cell(ctx, &rows, row)
            })?]);
        }
        let mut cells = ColumnBuilder::with_capacity(batch.len());
        for row in 0..batch.len() {
            ctx.step()?;
            cells.push(self.cell(ctx, &rows, row)?);
        }
        Ok(vec![cells.finish()])
    }
}

/// A change of one cell: what it gives may depend on nothing but the cell.
pub type Change = dyn Fn(&Context, &Value) -> Result<Value> + Send + Sync;

/// The same change of all cells of a column that holds no odd ones; `None` if it must be made cell by cell.
pub type ColumnChange = dyn Fn(&Context, &Column) -> Result<Option<Column>> + Send + Sync;

/// A column whose cells are changed one by one, or all at once.
pub struct CellChange {
    /// The column that is changed.
    pub column: usize,
    /// The change.
    pub change: Arc<Change>,
    /// The change of a whole column, where there is one. It must give what `change` gives for each cell.
    pub whole: Option<Arc<ColumnChange>>,
    /// Whether the change is cheap and pure, so that cells at hand are changed at once. Otherwise a cell is changed
    /// when it is read.
    pub eager: bool,
}

impl CellChange {
    fn cell(&self, ctx: &Context, cell: Member) -> Result<Member> {
        let later = |cell: Member| {
            let change = Arc::clone(&self.change);
            Member::lazy(move |ctx| change(ctx, &cell.force_with_metadata(ctx)?))
        };
        match &cell {
            Member::Ready(value) if self.eager => {
                let changed = (self.change)(ctx, value);
                Member::settled_early(changed, || later(cell))
            }
            _ => Ok(later(cell)),
        }
    }

    fn whole(&self, ctx: &Context, column: &Column) -> Result<Option<Column>> {
        let Some(whole) = self.whole.as_ref().filter(|_| !ctx.limits().row_wise) else { return Ok(None) };
        let mut odd = FxHashMap::default();
        for row in column.odd_rows() {
            odd.insert(row, self.cell(ctx, column.get(row as usize))?);
        }
        let changed = if odd.is_empty() { whole(ctx, column)? } else { whole(ctx, &column.without_odd())? };
        Ok(changed.map(|changed| changed.and_odd(odd)))
    }
}

impl Compute for CellChange {
    fn reads(&self) -> Option<Vec<usize>> {
        Some(vec![self.column])
    }

    fn how(&self, ctx: &Context) -> How {
        match (&self.whole, ctx.limits().row_wise) {
            (Some(_), false) => How::Vector,
            (Some(_), true) => How::RowWise("is asked to run so".to_owned()),
            (None, _) => How::RowWise("runs a function that has no form for whole columns".to_owned()),
        }
    }

    fn compute(&self, ctx: &Context, batch: &Arc<Batch>) -> Result<Vec<Column>> {
        let Some(column) = batch.column(self.column) else { return Ok(vec![Column::unread(batch.len())]) };
        let column = column.settle(ctx)?;
        if let Some(changed) = self.whole(ctx, column)? {
            return Ok(vec![changed]);
        }
        let mut cells = ColumnBuilder::with_capacity(batch.len());
        for row in 0..batch.len() {
            ctx.step()?;
            cells.push(self.cell(ctx, column.get(row))?);
        }
        Ok(vec![cells.finish()])
    }
}
