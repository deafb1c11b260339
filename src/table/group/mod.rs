//! Rows gathered into groups by their keys.

mod finder;
mod gathering;

use std::sync::Arc;

use super::aggregate::{Call, Recognised, of_rows};
use super::keys::with_keys;
use super::parallel::{self, Ordered, Pipeline, map};
use super::plan::{self, Explanation, How};
use super::{Batch, Batches, Column, Demand, Operator, Table, fields_read, from_batches};
use crate::criteria::Rule;
use crate::eval::Context;
use crate::value::types::TableKey;
use crate::value::{Function, Member, Result, Shape, Text, Type, Value};
use finder::Finder;
use gathering::Gathering;

/// How rows are put into groups.
#[derive(Clone)]
pub struct Grouping {
    /// The columns of the key.
    pub columns: Vec<usize>,
    /// Whether a group ends where the key changes, so that a later row with the same key starts another one.
    pub local: bool,
    /// What says that two keys belong together, if not `=`.
    pub comparer: Option<Rule>,
    /// Whether a comparer function is given records of the key's columns and not the one key cell itself.
    pub keys_as_records: bool,
}

/// A column that a function makes from the table of each group.
pub struct Aggregate {
    /// The column's name.
    pub name: Text,
    /// What makes it, given the group.
    pub function: Arc<Function>,
    /// The column's type.
    pub ty: Arc<Type>,
}

/// One row for each group, in the order the groups appear: the key's columns, then the aggregates. Aggregates whose
/// code says what they are (`each List.Sum([c])`) are summed up while the rows pass. For others a group is a
/// table over batches that all groups share, and they run when their cell is read.
pub fn group(table: &Arc<Table>, grouping: Grouping, aggregates: Vec<Aggregate>) -> Table {
    let (names, types) = (table.names(), table.types());
    let key_columns =
        grouping.columns.iter().filter_map(|&at| names.get(at).cloned().zip(types.get(at).cloned()));
    let (mut names, mut types): (Vec<Text>, Vec<Arc<Type>>) = key_columns.unzip();
    let key = TableKey { columns: names.clone(), primary: true };
    let unique = !grouping.local && !key.columns.is_empty();
    names.extend(aggregates.iter().map(|aggregate| aggregate.name.clone()));
    types.extend(aggregates.iter().map(|aggregate| Arc::clone(&aggregate.ty)));
    let key_shape = Arc::new(Shape::new(key.columns.iter().cloned()));
    let recognised = aggregates.iter().map(|aggregate| of_rows(&aggregate.function, table.shape())).collect();
    let operator = Group {
        input: Arc::clone(table),
        grouping: Arc::new(grouping),
        aggregates: aggregates.into(),
        recognised,
        key_shape,
    };
    let grouped = Table::new(Arc::new(Shape::new(names)), types, Arc::new(operator));
    if unique { grouped.with_keys(vec![key]) } else { grouped }
}

struct Group {
    input: Arc<Table>,
    grouping: Arc<Grouping>,
    aggregates: Arc<[Aggregate]>,
    /// What the aggregates are, where that is known.
    recognised: Vec<Option<Recognised>>,
    key_shape: Arc<Shape>,
}

/// What one reading makes of the groups.
struct Plan {
    grouping: Arc<Grouping>,
    key_shape: Arc<Shape>,
    aggregates: Arc<[Aggregate]>,
    /// The aggregates that are wanted and need no rows.
    streams: Vec<Stream>,
    /// The columns whose cells are looked at while the rows pass.
    settled: Vec<usize>,
    /// Whether other aggregates are wanted, that do.
    keeps_rows: bool,
}

impl Plan {
    /// No groups yet.
    fn finder(&self) -> Finder {
        Finder::new(Arc::clone(&self.grouping), Arc::clone(&self.key_shape))
    }

    /// A batch with all that can be told of its rows without those before them.
    fn prepared(&self, ctx: &Context, batch: Batch) -> Result<Prepared> {
        let batch = parallel::settle(ctx, batch, &self.settled)?;
        parallel::make_views(&batch, &self.grouping.columns);
        let of_stream = |stream: &Stream| match stream.what.column.and_then(|column| batch.column(column)) {
            Some(column) => stream.what.mapped(ctx, column),
            None => Ok(None),
        };
        let mapped = self.streams.iter().map(of_stream).collect::<Result<_>>()?;
        Ok(Prepared { batch, mapped })
    }
}

/// Rows on their way into groups.
struct Prepared {
    batch: Batch,
    /// For each stream what it aggregates in place of its column's cells, as far as that was told.
    mapped: Vec<Option<Arc<Column>>>,
}

/// The rows of a grouped table.
enum Input {
    /// As threads make them.
    Made(Ordered<Result<Prepared>>),
    /// Those that were put off.
    Part(Box<dyn Batches>),
}

impl Input {
    fn next(&mut self, ctx: &Context) -> Result<Option<Prepared>> {
        match self {
            Input::Made(input) => input.next(ctx)?.transpose(),
            Input::Part(input) => Ok(input.next(ctx)?.map(|batch| Prepared { batch, mapped: Vec::new() })),
        }
    }
}

/// An aggregate that needs no rows.
struct Stream {
    /// Which of the aggregates.
    aggregate: usize,
    function: Arc<Function>,
    what: Recognised,
}

impl Operator for Group {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let (below, streams, keeps_rows) = self.needs(demand);
        let streamed = streams.iter().filter_map(|stream| stream.what.column);
        let settled = self.grouping.columns.iter().copied().chain(streamed).collect();
        let grouping = Arc::clone(&self.grouping);
        let (aggregates, key_shape) = (Arc::clone(&self.aggregates), Arc::clone(&self.key_shape));
        let plan = Arc::new(Plan { grouping, key_shape, aggregates, streams, settled, keeps_rows });
        let pipeline = Pipeline::of(ctx, &**self.input.operator(), &below)?;
        let prepare = Arc::clone(&plan);
        let input = map(pipeline, move |ctx, batch| prepare.prepared(ctx, batch));
        let table = Arc::clone(&self.input);
        Ok(Box::new(Gathering::new(ctx, Input::Made(input), table, plan, demand.clone(), 0)))
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let keys = self.grouping.columns.len();
        let (below, _, keeps_rows) = self.needs(demand);
        let kept = self.aggregates.iter().zip(&self.recognised).enumerate();
        let kept = kept.filter(|(at, (_, recognised))| recognised.is_none() && demand.wants(keys + at));
        let kept: Vec<&Text> = kept.map(|(_, (aggregate, _))| &aggregate.name).collect();
        let explanation = Explanation::over(&self.input, below)
            .detail(format!("by {}", plan::columns(&self.input, &self.grouping.columns)));
        Ok(match keeps_rows {
            false => explanation.holds("one row for each group"),
            true => explanation
                .how(How::RowWise(format!("{} needs the rows of the groups", plan::list(kept))))
                .holds("all rows"),
        })
    }

    fn name(&self) -> &'static str {
        if self.grouping.local { "group runs" } else { "group" }
    }
}

impl Group {
    /// What is needed of the input, the wanted aggregates that need no rows, and whether others do.
    fn needs(&self, demand: &Demand) -> (Demand, Vec<Stream>, bool) {
        let keys = self.grouping.columns.len();
        let mut columns = Some(self.grouping.columns.clone());
        let (mut streams, mut keeps_rows) = (Vec::new(), false);
        let all = self.aggregates.iter().zip(&self.recognised).enumerate();
        for (at, (aggregate, recognised)) in all.filter(|(at, _)| demand.wants(keys + at)) {
            let read = match recognised {
                Some(what) => {
                    let function = Arc::clone(&aggregate.function);
                    streams.push(Stream { aggregate: at, function, what: what.clone() });
                    Some(what.column.into_iter().collect())
                }
                None => {
                    keeps_rows = true;
                    // What it reads of the groups' columns, if its code says so.
                    fields_read(&aggregate.function, self.input.shape())
                }
            };
            columns = columns.zip(read).map(|(mut columns, read)| {
                columns.extend(read);
                columns
            });
        }
        let width = self.input.width();
        let below = with_keys(&Demand::count_only(width), width, columns.as_deref());
        (below, streams, keeps_rows)
    }
}

/// Calls an aggregate with a table of which only one column is there.
fn call(table: &Arc<Table>, function: Arc<Function>, column: Option<usize>) -> Arc<Call> {
    let table = Arc::clone(table);
    Arc::new(move |ctx: &Context, members: Vec<Member>| {
        let rows = members.len();
        let unread = Arc::new(Column::unread(rows));
        let mut columns = vec![unread; table.width()];
        if let Some(place) = column.and_then(|column| columns.get_mut(column)) {
            *place = Arc::new(Column::any(members));
        }
        let rows = from_batches(Arc::clone(table.shape()), vec![Batch::new(columns, rows)]);
        let group = table.with_operator(Arc::clone(rows.operator()));
        ctx.call1(&function, Value::Table(Arc::new(group)))
    })
}
