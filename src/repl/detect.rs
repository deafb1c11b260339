//! Detecting the types of columns, with M's own conversions.

use crate::ide::name_text;
use crate::value::{Result, Value, quote};
use crate::{Engine, Evaluated};

/// Rows that the editor looks at.
const ROWS: usize = 200;

/// The step that gives the columns of a table the types detected from its first 200 rows; `None` if all columns have
/// types already, or none is worth it.
///
/// # Errors
/// What reading the rows raises; errors in cells count as texts.
pub fn changed_types(engine: &Engine, value: &Evaluated, input: &str) -> Result<Option<String>> {
    let table = value.table()?;
    let ctx = value.context();
    let mut rows = crate::table::rows_of(&ctx, table, &crate::table::Demand::all().first(ROWS))?;
    let mut columns: Vec<Vec<Value>> = vec![Vec::new(); table.width()];
    let mut count = 0;
    while count < ROWS
        && let Some(row) = rows.next(&ctx)?
    {
        count += 1;
        for (at, column) in columns.iter_mut().enumerate() {
            match row.force_at(at, &ctx) {
                Ok(cell) => column.push(cell.unwrap_or_default()),
                Err(error) if error.is_stop() => return Err(error),
                Err(_) => column.push(Value::text("?")),
            }
        }
    }
    let sample = crate::table::from_columns(
        std::sync::Arc::clone(table.shape()),
        columns
            .into_iter()
            .map(|column| {
                crate::table::Column::any(column.into_iter().map(crate::value::Member::Ready).collect())
            })
            .collect(),
        count,
    );
    let engine = engine
        .clone()
        .with_value("Sample", Value::Table(std::sync::Arc::new(sample)))
        .with_value("Culture", Value::Null);
    let query = engine.compile("type detection", include_str!("detect_types.pq")).map_err(|all| {
        let all: Vec<String> = all.into_iter().map(|one| one.message).collect();
        crate::value::Error::expression(all.join(" "))
    })?;
    let types = query.run().evaluate()?;
    let Value::List(list) = types.value().as_plain() else { return Ok(None) };
    let mut pairs = Vec::new();
    for (name, ty) in table.names().iter().zip(list.values(&types.context())?) {
        let Some(ty) = ty.as_text().filter(|ty| *ty != "type any") else { continue };
        let mut pair = String::from("{");
        quote(name, &mut pair);
        pair.push_str(", ");
        pair.push_str(ty);
        pair.push('}');
        pairs.push(pair);
    }
    Ok((!pairs.is_empty())
        .then(|| format!("Table.TransformColumnTypes({}, {{{}}})", name_text(input), pairs.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(values: &str) -> String {
        let engine = Engine::new();
        let text = format!("#table({{\"C\"}}, List.Transform({values}, each {{_}}))");
        let query = engine.compile("test", &text).unwrap();
        let value = query.run().evaluate().unwrap();
        let step = changed_types(&engine, &value, "Promoted headers").unwrap().unwrap_or_default();
        step.trim_start_matches("Table.TransformColumnTypes(#\"Promoted headers\", {{\"C\", ")
            .trim_end_matches("}})")
            .to_owned()
    }

    #[test]
    fn the_narrowest_type_that_fits_all_values() {
        for (values, ty) in [
            ("{\"1\", \"2\", \"\", null}", "Int64.Type"),
            ("{\"1\", \"2.5\"}", "type number"),
            ("{\"1,000\", \"2\"}", "Int64.Type"),
            ("{\"10%\", \"2%\"}", "Percentage.Type"),
            ("{\"true\", \"FALSE\"}", "type logical"),
            ("{\"2020-01-31\", \"2021-12-01\"}", "type date"),
            ("{\"2020-01-31 10:00\", \"2021-12-01 11:30\"}", "type datetime"),
            ("{\"2020-01-31T10:00:00Z\", \"2021-12-01T11:30:00+02:00\"}", "type datetimezone"),
            ("{\"10:30\", \"11:45:10\"}", "type time"),
            ("{\"a\", \"1\"}", "type text"),
            ("{\"\", null}", "type text"),
            ("{1, 2}", "Int64.Type"),
            ("{true, false}", "type logical"),
            ("{1, \"x\"}", "type text"),
            ("{{1}, {2}}", ""),
        ] {
            assert_eq!(detected(values), ty, "{values}");
        }
    }

    #[test]
    fn only_the_first_rows_count() {
        assert_eq!(detected("List.Repeat({\"1\"}, 200) & {\"x\"}"), "Int64.Type");
    }
}
