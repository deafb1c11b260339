use std::sync::Arc;

use crate::criteria::{ComparisonCriteria, Over};
use crate::eval::{Arguments, Context};
use crate::library::table::arguments::CountOrCondition;
use crate::table;
use crate::value::{Result, Value};

/// `Table.Max(table, comparisonCriteria, optional default)`.
pub(super) fn max(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    first(ctx, arguments, true)
}

/// `Table.Min(table, comparisonCriteria, optional default)`.
pub(super) fn min(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    first(ctx, arguments, false)
}

/// The first row of all in the order, or in its reverse.
fn first(ctx: &Context, mut arguments: Arguments<'_>, reversed: bool) -> Result<Value> {
    let sorted = table::sort(&arguments.table(0)?, criteria(ctx, &arguments, reversed)?)?;
    Ok(match table::row_at(ctx, &sorted, 0)? {
        Some(row) => Value::Record(Arc::new(row)),
        None => arguments.take(2),
    })
}

/// `Table.MaxN(table, comparisonCriteria, countOrCondition)`.
pub(super) fn max_n(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    first_n(ctx, arguments, true)
}

/// `Table.MinN(table, comparisonCriteria, countOrCondition)`.
pub(super) fn min_n(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    first_n(ctx, arguments, false)
}

/// The first rows in the order, or in its reverse: so many, or up to the first that fails a condition.
fn first_n(ctx: &Context, arguments: Arguments<'_>, reversed: bool) -> Result<Value> {
    let sorted = Arc::new(table::sort(&arguments.table(0)?, criteria(ctx, &arguments, reversed)?)?);
    Ok(Value::Table(Arc::new(match CountOrCondition::read(&arguments, 2, &sorted)? {
        CountOrCondition::Count(count) => table::slice(&sorted, 0, Some(count)),
        CountOrCondition::Condition(test) => table::while_passing(&sorted, test, true),
    })))
}

fn criteria(ctx: &Context, arguments: &Arguments<'_>, reversed: bool) -> Result<ComparisonCriteria> {
    let criteria = ComparisonCriteria::parse(ctx, arguments.value(1), Over::Rows)?;
    Ok(if reversed { criteria.reversed() } else { criteria })
}
