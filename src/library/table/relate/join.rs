use std::sync::Arc;

use super::names;
use crate::criteria::Rule;
use crate::eval::{Arguments, Context, conversion_error, field_exists};
use crate::table::{self, Join, JoinKey, JoinKind, JoinSide, NestedJoin, Table};
use crate::value::types::Form;
use crate::value::{Error, List, Member, Result, Shape, Text, Type, Value};

/// `Table.Join(table1, key1, table2, key2, optional joinKind, optional joinAlgorithm, optional comparers)`.
pub(super) fn join(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (left, right) = (arguments.table(0)?, arguments.table(2)?);
    let kind = kind(arguments.value(4), JoinKind::Inner)?;
    let rules = rules(ctx, arguments.optional_list(6)?)?;
    let (left, right) = sides(ctx, left, arguments.value(1), right, arguments.value(3), &rules)?;
    Ok(Value::Table(Arc::new(joined(left, right, kind)?)))
}

/// Both tables side by side. Columns of one name are an error, but for keys of an inner join, whose cells are equal.
pub(super) fn joined(left: JoinSide, right: JoinSide, kind: JoinKind) -> Result<Table> {
    let shared_key = |at: usize, name: &Text| {
        let pairs = left.key.columns.iter().zip(&right.key.columns);
        let mut same =
            pairs.filter(|(_, right)| **right == at).map(|(left_at, _)| left.table.names().get(*left_at));
        kind == JoinKind::Inner && same.any(|known| known == Some(name))
    };
    let mut shared = Vec::new();
    let mut right_columns = Vec::new();
    for (at, name) in right.table.names().iter().enumerate() {
        if left.table.position(name).is_none() {
            right_columns.push(Some(at));
        } else if !shared_key(at, name) {
            shared.push(crate::value::to_literal(&Value::Text(name.clone())));
        }
    }
    if !shared.is_empty() {
        return Err(Error::expression(format!(
            "A join operation cannot result in a table with duplicate column names ({}).",
            shared.join(", ")
        )));
    }
    let lacking =
        |ty: &Arc<Type>, may_lack: bool| if may_lack { Arc::new(ty.with_null()) } else { Arc::clone(ty) };
    let mut names = left.table.names().to_vec();
    let mut types: Vec<Arc<Type>> =
        left.table.types().iter().map(|ty| lacking(ty, kind.left_may_lack())).collect();
    for at in right_columns.iter().flatten() {
        if let (Some(name), Some(ty)) = (right.table.names().get(*at), right.table.types().get(*at)) {
            names.push(name.clone());
            types.push(lacking(ty, kind.right_may_lack()));
        }
    }
    let shape = Arc::new(Shape::new(names));
    Ok(Table::new(shape, types, Arc::new(Join::new(left, right, kind, right_columns))))
}

/// `Table.NestedJoin(table1, key1, table2, key2, newColumnName, optional joinKind, optional comparers)`.
pub(super) fn nested_join(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let kind = kind(arguments.value(5), JoinKind::LeftOuter)?;
    let comparers = arguments.optional_list(6)?;
    nested(ctx, &arguments, kind, comparers)
}

/// `Table.AddJoinColumn(table1, key1, table2, key2, newColumnName)`.
pub(super) fn add_join_column(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    nested(ctx, &arguments, JoinKind::LeftOuter, None)
}

fn nested(
    ctx: &Context,
    arguments: &Arguments<'_>,
    kind: JoinKind,
    comparers: Option<Arc<List>>,
) -> Result<Value> {
    let left = arguments.table(0)?;
    let right = match arguments.value(2) {
        Value::Table(table) => Arc::clone(table),
        Value::Function(function) => match ctx.call(function, &[])?.plain() {
            Value::Table(table) => table,
            other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Table(None))))),
        },
        other => return Err(conversion_error(other, &Arc::new(Type::new(Form::Table(None))))),
    };
    let rules = rules(ctx, comparers)?;
    let (left, right) = sides(ctx, left, arguments.value(1), right, arguments.value(3), &rules)?;
    let ty = right.table.table_type();
    nested_of(left, right, arguments.text(4)?, ty, kind)
}

/// The left rows with a column of tables of the right ones.
pub(super) fn nested_of(
    left: JoinSide,
    right: JoinSide,
    name: Text,
    ty: Arc<Type>,
    kind: JoinKind,
) -> Result<Value> {
    if left.table.position(&name).is_some() {
        return Err(field_exists(&name, Member::Ready(Value::Null)));
    }
    let mut names = left.table.names().to_vec();
    names.push(name);
    let may_lack =
        |ty: &Arc<Type>| if kind.left_may_lack() { Arc::new(ty.with_null()) } else { Arc::clone(ty) };
    let mut types: Vec<Arc<Type>> = left.table.types().iter().map(may_lack).collect();
    types.push(ty);
    let keys = if kind.left_may_lack() { Vec::new() } else { left.table.keys().to_vec() };
    let operator = Arc::new(NestedJoin::new(left, right, kind));
    let table = Table::new(Arc::new(Shape::new(names)), types, operator).with_keys(keys);
    Ok(Value::Table(Arc::new(table)))
}

/// Both sides of a join with their keys; `rule` says how the key columns at a position are compared.
pub(super) fn sides(
    ctx: &Context,
    left: Arc<Table>,
    left_key: &Value,
    right: Arc<Table>,
    right_key: &Value,
    rule: &dyn Fn(usize) -> Rule,
) -> Result<(JoinSide, JoinSide)> {
    let left_columns = table::positions(&left, &names::one_or_many(ctx, left_key)?)?;
    let right_columns = table::positions(&right, &names::one_or_many(ctx, right_key)?)?;
    if left_columns.len() != right_columns.len() {
        return Err(Error::expression("A join needs as many key columns on the left as on the right."));
    }
    let rules: Arc<[Rule]> = (0..left_columns.len()).map(rule).collect();
    let left = JoinSide { table: left, key: JoinKey { columns: left_columns, rules: Arc::clone(&rules) } };
    let right = JoinSide { table: right, key: JoinKey { columns: right_columns, rules } };
    Ok((left, right))
}

/// The rules that a list of comparers gives for the key columns; where there is none, cells must be equal.
fn rules(ctx: &Context, comparers: Option<Arc<List>>) -> Result<impl Fn(usize) -> Rule> {
    let mut rules = Vec::new();
    for comparer in comparers.map_or(Ok(Vec::new()), |list| list.values(ctx))? {
        rules.push(match comparer {
            Value::Null => Rule::Plain,
            Value::Function(function) => Rule::of(&function),
            other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Function(None))))),
        });
    }
    Ok(move |at: usize| rules.get(at).cloned().unwrap_or(Rule::Plain))
}

/// The kind a `JoinKind` value stands for.
pub(super) fn kind(value: &Value, default: JoinKind) -> Result<JoinKind> {
    let Some(number) = value.to_double() else { return Ok(default) };
    Ok(match number {
        0.0 => JoinKind::Inner,
        1.0 => JoinKind::LeftOuter,
        2.0 => JoinKind::RightOuter,
        3.0 => JoinKind::FullOuter,
        4.0 => JoinKind::LeftAnti,
        5.0 => JoinKind::RightAnti,
        6.0 => JoinKind::LeftSemi,
        7.0 => JoinKind::RightSemi,
        _ => return Err(Error::expression("The value isn't a valid join kind.").with_detail(value.clone())),
    })
}
