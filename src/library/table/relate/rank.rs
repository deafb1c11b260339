use std::sync::Arc;

use crate::criteria::{ComparisonCriteria, Over};
use crate::eval::{Arguments, Context};
use crate::table::{self, RankKind};
use crate::value::{Error, Result, Value};

/// `Table.AddRankColumn(table, newColumnName, comparisonCriteria, optional options)`.
pub(super) fn add_rank_column(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = ComparisonCriteria::parse(ctx, arguments.value(2), Over::Rows)?;
    let option = arguments.optional_record(3)?.and_then(|options| options.get("RankKind"));
    let option = option.map(|option| option.force(ctx)).transpose()?.unwrap_or(Value::Null);
    let kind = match (option.to_double(), option) {
        (Some(0.0), _) | (None, Value::Null) => RankKind::Competition,
        (Some(1.0), _) => RankKind::Dense,
        (Some(2.0), _) => RankKind::Ordinal,
        (_, other) => {
            return Err(Error::expression("The value isn't a valid rank kind.").with_detail(other));
        }
    };
    let ranked = table::rank(&arguments.table(0)?, arguments.text(1)?, criteria, kind)?;
    Ok(Value::Table(Arc::new(ranked)))
}
