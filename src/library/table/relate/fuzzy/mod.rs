//! Joins and groups of texts that are alike but not equal.

mod matches;
mod options;
mod similarity;

use std::sync::{Arc, Mutex};

use self::matches::{Form as Matches, Likeness};
use self::options::Options;
use super::group::{aggregates, check_names};
use super::{join, names};
use crate::criteria::Rule;
use crate::eval::{Arguments, Context, field_exists};
use crate::table::{
    self, Aggregate, Batch, Batches, Column, Demand, Explanation, Grouping, JoinKind, JoinSide, Operator,
    Table,
};
use crate::value::types::Form;
use crate::value::{Error, Function, Member, Parameters, Result, Shape, Text, Type, Value};

/// `Table.FuzzyJoin(table1, key1, table2, key2, optional joinKind, optional joinOptions)`.
pub(super) fn join(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let kind = join::kind(arguments.value(4), JoinKind::Inner)?;
    let options = Options::read(ctx, arguments.optional_record(5)?)?;
    let (left, right) = sides(ctx, &arguments)?;
    let said = JoinSide { table: Arc::new(with_similarity(&right.table, &options)?), key: right.key.clone() };
    let joined = join::joined(left.clone(), said, kind)?;
    let names = right.table.names().iter().enumerate();
    let columns = names.filter(|(_, name)| left.table.position(name).is_none()).map(|(at, _)| at).collect();
    let rows = likeness(left, right, kind, options, Matches::Pairs(columns)).rows(Arc::clone(joined.shape()));
    Ok(Value::Table(Arc::new(joined.with_operator(Arc::clone(rows.operator())))))
}

/// `Table.FuzzyNestedJoin(table1, key1, table2, key2, newColumnName, optional joinKind, optional joinOptions)`.
pub(super) fn nested_join(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let kind = join::kind(arguments.value(5), JoinKind::LeftOuter)?;
    let options = Options::read(ctx, arguments.optional_record(6)?)?;
    let (left, right) = sides(ctx, &arguments)?;
    let said = with_similarity(&right.table, &options)?;
    // The engine keeps the types in the column's type alone: the nested tables claim nothing.
    let (ty, nested) = (Arc::new(said.table_type().with_null()), Arc::clone(said.shape()));
    let Value::Table(joined) = join::nested_of(left.clone(), right.clone(), arguments.text(4)?, ty, kind)?
    else {
        return Ok(Value::Null);
    };
    let rows = likeness(left, right, kind, options, Matches::Nested(nested)).rows(Arc::clone(joined.shape()));
    Ok(Value::Table(Arc::new(joined.with_operator(Arc::clone(rows.operator())))))
}

/// Both sides of a join, whose keys must be texts.
fn sides(ctx: &Context, arguments: &Arguments<'_>) -> Result<(JoinSide, JoinSide)> {
    let (left, right) = (arguments.table(0)?, arguments.table(2)?);
    let (left, right) =
        join::sides(ctx, left, arguments.value(1), right, arguments.value(3), &|_| Rule::Plain)?;
    only_texts(&left.table, &left.key.columns)?;
    only_texts(&right.table, &right.key.columns)?;
    Ok((left, right))
}

/// The columns of the right table, and the one of likeness if it is asked for.
fn with_similarity(right: &Table, options: &Options) -> Result<Table> {
    let (mut names, mut types) = (right.names().to_vec(), right.types().to_vec());
    if let Some(name) = &options.similarity_column {
        if names.contains(name) {
            return Err(field_exists(name, Member::Ready(Value::Null)));
        }
        names.push(name.clone());
        types.push(Arc::new(Type::nullable(Form::Number)));
    }
    Ok(Table::new(Arc::new(Shape::new(names)), types, Arc::clone(right.operator())))
}

fn likeness(left: JoinSide, right: JoinSide, kind: JoinKind, options: Options, form: Matches) -> Likeness {
    Likeness {
        left: left.table,
        left_key: left.key.columns,
        right: right.table,
        right_key: right.key.columns,
        kind,
        options,
        form,
        read: Mutex::default(),
    }
}

/// `Table.FuzzyGroup(table, key, aggregatedColumns, optional options)`.
pub(super) fn group(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let columns = table::positions(&table, &names::one_or_many(ctx, arguments.value(1))?)?;
    let aggregates = aggregates(ctx, &arguments.list(2)?)?;
    let options = Options::read(ctx, arguments.optional_record(3)?)?;
    only_texts(&table, &columns)?;
    check_names(&table, &columns, &aggregates)?;
    if options.similarity_column.is_some() {
        return match columns.as_slice() {
            [column] => group_with_similarity(table, *column, aggregates, options),
            // Of several keys each would have a likeness of its own.
            _ => Err(options.refused("SimilarityColumnName")),
        };
    }
    let grouping =
        Grouping { columns, local: false, comparer: Some(alike(&options)), keys_as_records: false };
    Ok(Value::Table(Arc::new(table::group(&table, grouping, aggregates))))
}

/// Groups by the clusters of a column; the rows of a group say in a column of their own how like the group's text theirs
/// is.
fn group_with_similarity(
    table: Arc<Table>,
    column: usize,
    aggregates: Vec<Aggregate>,
    options: Options,
) -> Result<Value> {
    let key = table.names().get(column).cloned().unwrap_or_default();
    // No column of the table is called so.
    let longest = table.names().iter().map(|name| name.len()).max().unwrap_or(0);
    let leader = Text::from("#".repeat(longest + 1));
    let clustered = Arc::new(clustered(table, column, leader, options)?);
    let (at, width) = (clustered.width().saturating_sub(2), clustered.width());
    let seen: Vec<usize> = (0..width).filter(|position| *position != at).collect();
    let shape = Arc::new(Shape::new(seen.iter().filter_map(|at| clustered.names().get(*at).cloned())));
    let seen: Vec<Option<usize>> = seen.into_iter().map(Some).collect();
    let aggregates = aggregates.into_iter().map(|aggregate| {
        let (seen, shape, function) = (seen.clone(), Arc::clone(&shape), Arc::clone(&aggregate.function));
        let of_seen = Function::from_rust("group", Parameters::untyped(&["rows"]), move |ctx, arguments| {
            let rows = table::select_positions(&arguments.table(0)?, Arc::clone(&shape), seen.clone());
            ctx.call1(&function, Value::Table(Arc::new(rows)))
        });
        match of_seen {
            Value::Function(function) => Some(Aggregate { function, ..aggregate }),
            _ => None,
        }
    });
    let grouping = Grouping { columns: vec![at], local: false, comparer: None, keys_as_records: false };
    let aggregates: Option<Vec<Aggregate>> = aggregates.collect();
    let grouped = table::group(&clustered, grouping, aggregates.unwrap_or_default());
    let names = std::iter::once(key).chain(grouped.names().iter().skip(1).cloned());
    let (shape, types) = (Arc::new(Shape::new(names)), grouped.types().to_vec());
    Ok(Value::Table(Arc::new(Table::new(shape, types, Arc::clone(grouped.operator())))))
}

/// `Table.AddFuzzyClusterColumn(table, columnName, newColumnName, optional options)`.
pub(super) fn add_cluster_column(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    let column = names::position(&table, &arguments.text(1)?)?;
    let options = Options::read(ctx, arguments.optional_record(3)?)?;
    only_texts(&table, &[column])?;
    Ok(Value::Table(Arc::new(clustered(table, column, arguments.text(2)?, options)?)))
}

/// The table with the text of each row's cluster in a column `name`, and with its likeness if the options ask for it.
fn clustered(table: Arc<Table>, column: usize, name: Text, options: Options) -> Result<Table> {
    let mut new = vec![(name, table.types().get(column).cloned().unwrap_or_else(Type::any))];
    if let Some(name) = &options.similarity_column {
        new.push((name.clone(), Arc::new(Type::nullable(Form::Number))));
    }
    let (mut names, mut types) = (table.names().to_vec(), table.types().to_vec());
    for (name, ty) in new {
        if names.contains(&name) {
            return Err(field_exists(&name, Member::Ready(Value::Null)));
        }
        names.push(name);
        types.push(ty);
    }
    let operator = Cluster { input: table, column, options: Arc::new(options) };
    Ok(Table::new(Arc::new(Shape::new(names)), types, Arc::new(operator)))
}

/// The columns must claim to be texts, whatever their cells are.
fn only_texts(table: &Table, columns: &[usize]) -> Result<()> {
    for &at in columns {
        if let (Some(name), Some(ty)) = (table.names().get(at), table.types().get(at))
            && !matches!(ty.form, Form::Text)
        {
            return Err(Error::expression(format!(
                "We only support text columns for fuzzy join operations. The column '{name}' is not of type text."
            )));
        }
    }
    Ok(())
}

/// The rule that texts belong together if they are alike enough. Everything else must be equal.
fn alike(options: &Options) -> Rule {
    let options = options.clone();
    let compare =
        Function::from_rust("alike", Parameters::untyped(&["left", "right"]), move |_, arguments| {
            Ok(Value::from(match (arguments.value(0), arguments.value(1)) {
                (Value::Text(left), Value::Text(right)) => {
                    options.similarity(left, right) >= options.threshold
                }
                (Value::Null, Value::Null) => true,
                _ => false,
            }))
        });
    match compare {
        Value::Function(function) => Rule::Function(function),
        _ => Rule::Plain,
    }
}

/// Adds to each row the first of the texts that are like its own.
struct Cluster {
    input: Arc<Table>,
    column: usize,
    options: Arc<Options>,
}

impl Operator for Cluster {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let width = self.input.width();
        let wanted = (0..width).filter(|&at| demand.wants(at) || at == self.column);
        let mut below = Demand::only(width, wanted);
        below.limit = demand.limit;
        Ok(Box::new(Clustering {
            input: self.input.operator().open(ctx, &below)?,
            column: self.column,
            options: Arc::clone(&self.options),
            leaders: Vec::new(),
        }))
    }

    fn known_rows(&self) -> Option<usize> {
        self.input.operator().known_rows()
    }

    fn explain(&self, _ctx: &Context, demand: &Demand) -> Result<Explanation> {
        let width = self.input.width();
        let mut below = Demand::only(width, (0..width).filter(|&at| demand.wants(at) || at == self.column));
        below.limit = demand.limit;
        Ok(Explanation::over(&self.input, below).holds("the first text of each cluster"))
    }

    fn name(&self) -> &'static str {
        "fuzzy cluster"
    }
}

struct Clustering {
    input: Box<dyn Batches>,
    column: usize,
    options: Arc<Options>,
    /// The first text of each cluster.
    leaders: Vec<Text>,
}

impl Clustering {
    /// The cluster a text belongs to, and how like its first text it is.
    fn leader(&mut self, ctx: &Context, text: &Text) -> Result<(Text, f64)> {
        let mut best: Option<(&Text, f64)> = None;
        for leader in &self.leaders {
            ctx.step()?;
            let similarity = self.options.similarity(leader, text);
            if similarity >= self.options.threshold && best.is_none_or(|(_, known)| similarity > known) {
                best = Some((leader, similarity));
            }
        }
        if let Some((leader, similarity)) = best {
            return Ok((leader.clone(), similarity));
        }
        self.leaders.push(text.clone());
        Ok((text.clone(), 1.0))
    }
}

impl Batches for Clustering {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        let Some(batch) = self.input.next(ctx)? else { return Ok(None) };
        let (mut clusters, mut similarities) = (Vec::new(), Vec::new());
        for row in 0..batch.len() {
            let cell =
                batch.column(self.column).map_or(Ok(Value::Null), |column| column.get(row).force(ctx))?;
            let (cluster, similarity) = match cell {
                Value::Text(text) => {
                    let (leader, similarity) = self.leader(ctx, &text)?;
                    (Value::Text(leader), Value::from(similarity))
                }
                other => (other, Value::Null),
            };
            clusters.push(Member::Ready(cluster));
            similarities.push(Member::Ready(similarity));
        }
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(Column::any(clusters)));
        if self.options.similarity_column.is_some() {
            columns.push(Arc::new(Column::any(similarities)));
        }
        Ok(Some(batch.with_columns(columns)))
    }
}
