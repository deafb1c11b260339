//! Rows gathered into groups by their keys.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::gather::{Picked, Place, ROWS, gather_column};
use super::keys::{cells, hash_key, with_keys};
use super::{Batch, Batches, Column, ColumnBuilder, Demand, Operator, Table, fields_read};
use crate::criteria::{Rule, ValueKey};
use crate::eval::Context;
use crate::value::types::TableKey;
use crate::value::{Function, Member, Record, Result, Shape, Text, Type, Value};

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

/// One row for each group, in the order the groups appear: the key's columns, then the aggregates. A group is a
/// table over batches that all groups share; an aggregate runs when its cell is read.
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
    let operator = Group {
        input: Arc::clone(table),
        grouping: Arc::new(grouping),
        aggregates: aggregates.into(),
        key_shape,
    };
    let grouped = Table::new(Arc::new(Shape::new(names)), types, Arc::new(operator));
    if unique { grouped.with_keys(vec![key]) } else { grouped }
}

struct Group {
    input: Arc<Table>,
    grouping: Arc<Grouping>,
    aggregates: Arc<[Aggregate]>,
    key_shape: Arc<Shape>,
}

impl Operator for Group {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let keys = self.grouping.columns.len();
        let wanted = self.aggregates.iter().enumerate().filter(|(at, _)| demand.wants(keys + at));
        let wanted: Vec<&Aggregate> = wanted.map(|(_, aggregate)| aggregate).collect();
        let aggregated = !wanted.is_empty();
        // What the aggregates read of the groups' columns, if their code says so.
        let read: Option<Vec<Vec<usize>>> =
            wanted.iter().map(|aggregate| fields_read(&aggregate.function, self.input.shape())).collect();
        let columns = read.map(|read| {
            let mut columns = self.grouping.columns.clone();
            columns.extend(read.into_iter().flatten());
            columns
        });
        let width = self.input.width();
        let below = with_keys(&Demand::count_only(width), width, columns.as_deref());
        Ok(Box::new(Gathering {
            input: self.input.operator().open(ctx, &below)?,
            table: Arc::clone(&self.input),
            finder: Finder::new(Arc::clone(&self.grouping), Arc::clone(&self.key_shape)),
            aggregates: Arc::clone(&self.aggregates),
            demand: demand.clone(),
            aggregated,
            batches: Vec::new(),
            groups: Vec::new(),
            ended: false,
            yielding: None,
        }))
    }

    fn name(&self) -> &'static str {
        if self.grouping.local { "group runs" } else { "group" }
    }
}

/// Finds the group a row belongs to.
struct Finder {
    grouping: Arc<Grouping>,
    key_shape: Arc<Shape>,
    hashed: FxHashMap<ValueKey, usize>,
    /// The keys of the groups' first rows, where they are compared and not hashed.
    listed: Vec<Vec<Value>>,
    /// How many groups there are.
    count: usize,
}

impl Finder {
    fn new(grouping: Arc<Grouping>, key_shape: Arc<Shape>) -> Finder {
        Finder { grouping, key_shape, hashed: FxHashMap::default(), listed: Vec::new(), count: 0 }
    }

    /// The number of the row's group: the number of groups so far if it starts a new one.
    fn find(&mut self, ctx: &Context, batch: &Batch, row: usize) -> Result<usize> {
        let found = match (&self.grouping.comparer, self.grouping.local) {
            (None | Some(Rule::Plain), false) => {
                let key = hash_key(ctx, batch, row, &self.grouping.columns)?;
                let next = self.hashed.len();
                *self.hashed.entry(key).or_insert(next)
            }
            (Some(Rule::IgnoreCase), false) => {
                let keys = cells(ctx, batch, row, &self.grouping.columns)?;
                let keys = keys.iter().map(|key| ValueKey::ignoring_case(ctx, key));
                let key = ValueKey::of_many(keys.collect::<Result<Vec<_>>>()?);
                let next = self.hashed.len();
                *self.hashed.entry(key).or_insert(next)
            }
            (comparer, local) => {
                let key = cells(ctx, batch, row, &self.grouping.columns)?;
                let rule = comparer.as_ref().unwrap_or(&Rule::Plain);
                let known = if local { self.listed.last().into_iter() } else { None.into_iter() };
                let mut found = None;
                for (at, other) in known
                    .map(|last| (self.count - 1, last))
                    .chain(self.listed.iter().enumerate().filter(|_| !local))
                {
                    ctx.step()?;
                    if self.same(ctx, rule, other, &key)? {
                        found = Some(at);
                        break;
                    }
                }
                match found {
                    Some(found) => found,
                    None => {
                        if local {
                            self.listed.clear();
                        }
                        self.listed.push(key);
                        self.count
                    }
                }
            }
        };
        self.count = self.count.max(found + 1);
        Ok(found)
    }

    fn same(&self, ctx: &Context, rule: &Rule, known: &[Value], key: &[Value]) -> Result<bool> {
        if matches!(rule, Rule::Function(_)) && self.grouping.keys_as_records {
            let record = |values: &[Value]| {
                let members = values.iter().cloned().map(Member::Ready).collect();
                Value::Record(Arc::new(Record::new(Arc::clone(&self.key_shape), members)))
            };
            return rule.equal(ctx, &record(known), &record(key));
        }
        for (left, right) in known.iter().zip(key) {
            if !rule.equal(ctx, left, right)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

struct Gathering {
    input: Box<dyn Batches>,
    table: Arc<Table>,
    finder: Finder,
    aggregates: Arc<[Aggregate]>,
    demand: Demand,
    /// Whether any aggregate is wanted; if not, only the first row of each group is kept.
    aggregated: bool,
    batches: Vec<Batch>,
    groups: Vec<Vec<Place>>,
    ended: bool,
    yielding: Option<Finished>,
}

/// Finished groups that are being yielded, with the batches they lie in.
struct Finished {
    batches: Arc<[Batch]>,
    groups: std::vec::IntoIter<Vec<Place>>,
}

impl Gathering {
    /// Reads one more batch of input; `false` past the last.
    fn read(&mut self, ctx: &Context) -> Result<bool> {
        let Some(batch) = self.input.next(ctx)? else { return Ok(false) };
        let number = self.batches.len() as u32;
        let before =
            if self.finder.grouping.local { self.finder.count.saturating_sub(self.groups.len()) } else { 0 };
        for row in 0..batch.len() {
            ctx.step()?;
            let found = self.finder.find(ctx, &batch, row)? - before;
            let place = Place { batch: number, row: row as u32 };
            match self.groups.get_mut(found) {
                Some(group) if self.aggregated => group.push(place),
                Some(_) => {}
                None => self.groups.push(vec![place]),
            }
        }
        self.batches.push(batch);
        Ok(true)
    }

    /// Makes ready the groups that are finished.
    fn finish(&mut self, ctx: &Context) -> Result<()> {
        while !self.ended {
            self.ended = !self.read(ctx)?;
            // Of runs, all but the last one are known to be whole.
            if self.finder.grouping.local && !self.ended && self.groups.len() > 1 {
                let open = self.groups.pop().unwrap_or_default();
                let batches: Arc<[Batch]> = Arc::from(self.batches.as_slice());
                let first = open.first().map_or(0, |place| place.batch as usize);
                self.batches.drain(..first.min(self.batches.len()));
                let moved =
                    open.into_iter().map(|place| Place { batch: place.batch - first as u32, ..place });
                let finished = std::mem::replace(&mut self.groups, vec![moved.collect()]);
                self.yielding = Some(Finished { batches, groups: finished.into_iter() });
                return Ok(());
            }
        }
        let batches = std::mem::take(&mut self.batches);
        self.yielding = Some(Finished {
            batches: Arc::from(batches),
            groups: std::mem::take(&mut self.groups).into_iter(),
        });
        Ok(())
    }

    fn batch(&self, batches: &Arc<[Batch]>, groups: Vec<Vec<Place>>) -> Batch {
        let firsts: Vec<Place> =
            groups.iter().map(|group| group.first().copied().unwrap_or(Place::NOWHERE)).collect();
        let keys = &self.finder.grouping.columns;
        let mut columns: Vec<Arc<Column>> = Vec::with_capacity(keys.len() + self.aggregates.len());
        for (at, &key) in keys.iter().enumerate() {
            columns.push(Arc::new(if self.demand.wants(at) {
                gather_column(batches, key, &firsts)
            } else {
                Column::unread(groups.len())
            }));
        }
        let tables: Vec<Arc<Table>> = if self.aggregated {
            groups.into_iter().map(|places| self.group_table(batches, places)).collect()
        } else {
            Vec::new()
        };
        for (at, aggregate) in self.aggregates.iter().enumerate() {
            columns.push(Arc::new(if self.demand.wants(keys.len() + at) {
                let mut cells = ColumnBuilder::with_capacity(tables.len());
                for table in &tables {
                    let (table, function) = (Arc::clone(table), Arc::clone(&aggregate.function));
                    cells.push(Member::lazy(move |ctx| {
                        ctx.call1(&function, Value::Table(Arc::clone(&table)))
                    }));
                }
                cells.finish()
            } else {
                Column::unread(firsts.len())
            }));
        }
        Batch::new(columns, firsts.len())
    }

    fn group_table(&self, batches: &Arc<[Batch]>, places: Vec<Place>) -> Arc<Table> {
        let operator =
            Picked { batches: Arc::clone(batches), width: self.table.width(), places: places.into() };
        Arc::new(self.table.with_operator(Arc::new(operator)))
    }
}

impl Batches for Gathering {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        loop {
            if let Some(Finished { batches, groups }) = &mut self.yielding {
                let groups: Vec<Vec<Place>> = groups.take(ROWS).collect();
                if !groups.is_empty() {
                    let batches = Arc::clone(batches);
                    return Ok(Some(self.batch(&batches, groups)));
                }
                self.yielding = None;
                if self.ended {
                    return Ok(None);
                }
            }
            if self.ended {
                return Ok(None);
            }
            self.finish(ctx)?;
        }
    }
}
