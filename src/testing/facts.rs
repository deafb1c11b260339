//! Facts of the SDK's unit-testing sample: records with `Result`, `Notes` and `Details`, alone, in a list, or in the
//! table that `Facts.Summarize` makes, whose first row is the summary.

use crate::Evaluated;
use crate::value::{Result, Value};

/// One fact.
pub(super) struct Fact {
    /// What is claimed.
    pub(super) name: String,
    /// Whether it holds.
    pub(super) holds: bool,
    /// Expected and actual value.
    pub(super) details: String,
}

const FIELDS: [&str; 3] = ["Result", "Notes", "Details"];

/// The facts that a value is; none if it is something else.
pub(super) fn facts(value: &Evaluated) -> Result<Option<Vec<Fact>>> {
    let ctx = value.context();
    let records: Vec<Value> = match value.value().as_plain() {
        Value::Table(table) if table.names().iter().map(|name| name.as_str()).eq(FIELDS) => {
            let mut all = Vec::new();
            for row in value.rows()?.skip(1) {
                let row = row?;
                let cells: Vec<Value> = row.cells().iter().cloned().collect::<Result<_>>()?;
                all.push(fact(&ctx, &cells)?);
            }
            return Ok(Some(all));
        }
        Value::List(list) => {
            let mut items = list.items();
            let mut all = Vec::new();
            while let Some(item) = items.next_evaluated(&ctx)? {
                if !is_fact(&item) {
                    return Ok(None);
                }
                all.push(item);
            }
            all
        }
        record if is_fact(record) => vec![record.clone()],
        _ => return Ok(None),
    };
    let mut all = Vec::new();
    for record in &records {
        let Value::Record(record) = record.as_plain() else { continue };
        let cells: Vec<Value> = FIELDS
            .iter()
            .filter_map(|name| record.get(name))
            .map(|member| member.force(&ctx))
            .collect::<Result<_>>()?;
        all.push(fact(&ctx, &cells)?);
    }
    Ok((!all.is_empty()).then_some(all))
}

fn is_fact(value: &Value) -> bool {
    match value.as_plain() {
        Value::Record(record) => {
            FIELDS.iter().all(|name| record.get(name).is_some()) && record.len() == FIELDS.len()
        }
        _ => false,
    }
}

fn fact(ctx: &crate::eval::Context, cells: &[Value]) -> Result<Fact> {
    let mut texts = cells.iter().map(|cell| match cell.as_text() {
        Some(text) => Ok(text.to_owned()),
        None => crate::value::literal_text(ctx, cell),
    });
    let mut next = || texts.next().unwrap_or_else(|| Ok(String::new()));
    let (result, name, details) = (next()?, next()?, next()?);
    Ok(Fact { name, holds: result.starts_with("Success"), details: details.trim().to_owned() })
}
