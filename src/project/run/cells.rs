//! From M values to the plain cells that destinations hold.

use crate::destinations::Cell;
use crate::eval::Context;
use crate::project::mapping::{CellProblem, FieldProblemCode, Mapped};
use crate::value::temporal::iso;
use crate::value::{Error, Member, Value, to_literal};

/// The cell of a member, or why the row it is in must be refused. A stop ends the run and is the outer error.
pub(super) fn cell(ctx: &Context, member: &Member) -> Result<Mapped, Error> {
    match member.force(ctx).and_then(|value| of_value(ctx, value)) {
        Ok(cell) => Ok(cell),
        Err(error) if error.is_stop() => Err(error),
        Err(error) => Ok(Err(problem(&error))),
    }
}

fn of_value(ctx: &Context, value: Value) -> Result<Mapped, Error> {
    Ok(Ok(match value {
        Value::Null => Cell::Null,
        Value::Logical(value) => Cell::Logical(value),
        Value::Int64(value) => Cell::Whole(value),
        Value::Double(value) => Cell::Double(value),
        Value::Decimal(value) => Cell::Decimal(*value),
        Value::Date(value) => Cell::Date(text(|out| iso::push_date(out, value))),
        Value::Time(value) => Cell::Time(text(|out| iso::push_time(out, value))),
        Value::DateTime(value) => Cell::DateTime(text(|out| iso::push_datetime(out, value))),
        Value::DateTimeZone(_) => match value.zoned() {
            Some(zoned) => Cell::DateTimeZone(text(|out| iso::push_datetimezone(out, zoned))),
            None => Cell::Null,
        },
        Value::Duration(value) => Cell::Duration(text(|out| iso::push_duration(out, value))),
        Value::Text(value) => Cell::text(value.as_str()),
        Value::Binary(value) => Cell::Binary(value.bytes(ctx)?.into()),
        Value::List(_) | Value::Record(_) | Value::Table(_) | Value::Function(_) | Value::Type(_) => {
            let kind = value.kind().name();
            let reason = format!(
                "a {kind} cannot be stored in a field: take a value out of it, or make text of it, in the Advanced Query"
            );
            return Ok(Err(CellProblem::new(FieldProblemCode::TypeMismatch, reason)));
        }
        Value::Meta(pair) => return of_value(ctx, pair.0.clone()),
    }))
}

fn text(write: impl FnOnce(&mut String)) -> Box<str> {
    let mut out = String::new();
    write(&mut out);
    out.into_boxed_str()
}

/// What an M error says: reason, message, detail, and the place in the query it came from.
fn problem(error: &Error) -> CellProblem {
    let mut text = format!("{}: {}", error.reason().as_str(), error.message().as_str());
    let detail = error.detail();
    if !detail.is_null() {
        text.push_str(&format!(" Detail: {}", to_literal(&detail)));
    }
    let place = error.trace().first().map(|frame| {
        let at = frame.source.line_column(frame.span.start);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (frame.source.name().to_owned(), number(at.line as usize), number(at.column as usize))
    });
    if let Some((source, line, column)) = &place {
        text.push_str(&format!(" ({source}:{line}:{column})"));
    }
    CellProblem { code: FieldProblemCode::CellError, reason: text, place }
}

/// The rows of a batch as they are kept in quarantine: a field with an error holds a record with its words.
///
/// # Errors
/// A stop.
pub(super) fn content(
    ctx: &Context,
    names: &[crate::value::Text],
    batch: &crate::table::Batch,
    row: usize,
) -> Result<serde_json::Value, Error> {
    use serde_json::{Map, Value as Json};
    let mut fields = Map::with_capacity(names.len());
    for (i, name) in names.iter().enumerate() {
        let Some(column) = batch.column(i) else { continue };
        let value = match cell(ctx, &column.get(row))? {
            Ok(Cell::Null) => Json::Null,
            Ok(Cell::Logical(value)) => Json::Bool(value),
            Ok(Cell::Whole(value)) => Json::from(value),
            Ok(Cell::Double(value)) if value.is_finite() => Json::from(value),
            Ok(other) => Json::String(other.to_string()),
            Err(problem) => serde_json::json!({ "error": problem.reason }),
        };
        fields.insert(name.as_str().to_owned(), value);
    }
    Ok(Json::Object(fields))
}
