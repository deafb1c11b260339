//! JSON and JSON Lines.
//!
//! Numbers keep their digits; `#nan` and the infinities are `null`, as Json.FromValue writes them. Dates, times and
//! durations are ISO 8601, binaries base 64, functions and types their M text.

use std::io::{self, Write};

use pqm::value::{Member, Result, Value};

use super::cells::Cells;
use super::rows::RowReader;
use super::scalar::{self, Dates};
use super::{Place, Stopped};

/// Writes a value as one document; rows of a table and items of a list stand on lines of their own.
pub fn document(
    cells: &mut Cells<'_>,
    value: &Value,
    limit: Option<u64>,
    out: &mut dyn Write,
) -> Result<(), Stopped> {
    if !matches!(value.as_plain(), Value::Table(_) | Value::List(_)) {
        return single(cells, value, out);
    }
    let mut first = true;
    each(cells, value, limit, out, &mut |out| {
        out.write_all(if std::mem::take(&mut first) { b"[\n" } else { b",\n" })
    })?;
    out.write_all(if first { b"[]\n" } else { b"\n]\n" })?;
    Ok(())
}

/// Writes the rows of a table or the items of a list, one a line; anything else is one line.
pub fn lines(
    cells: &mut Cells<'_>,
    value: &Value,
    limit: Option<u64>,
    out: &mut dyn Write,
) -> Result<(), Stopped> {
    if !matches!(value.as_plain(), Value::Table(_) | Value::List(_)) {
        return single(cells, value, out);
    }
    let mut first = true;
    each(cells, value, limit, out, &mut |out| {
        out.write_all(if std::mem::take(&mut first) { b"" } else { b"\n" })
    })?;
    if !first {
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn single(cells: &mut Cells<'_>, whole: &Value, out: &mut dyn Write) -> Result<(), Stopped> {
    if let Value::Record(record) = whole.as_plain() {
        out.write_all(b"{")?;
        for (at, (name, member)) in record.fields().enumerate() {
            key(at, name, out)?;
            member_value(cells, &member, out).map_err(|error| placed(error, 0, Some(name)))?;
        }
        out.write_all(b"}")?;
    } else {
        value(cells, whole, out)?;
    }
    out.write_all(b"\n")?;
    Ok(())
}

/// Rows or items, with `before` before each. Each is written as a whole or not at all, so that what stands before an
/// error can be used.
fn each(
    cells: &mut Cells<'_>,
    whole: &Value,
    limit: Option<u64>,
    out: &mut dyn Write,
    before: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Stopped> {
    let ctx = cells.ctx();
    let mut number = 0;
    let mut line = Vec::new();
    match whole.as_plain() {
        Value::Table(table) => {
            let mut keys = Vec::with_capacity(table.width());
            for (at, name) in table.names().iter().enumerate() {
                let mut text = Vec::new();
                key(at, name, &mut text)?;
                keys.push(text);
            }
            let mut rows = RowReader::open(ctx, table, limit)?;
            while let Some(row) = rows.next(ctx)? {
                number += 1;
                line.clear();
                line.push(b'{');
                for (at, key) in keys.iter().enumerate() {
                    line.extend_from_slice(key);
                    member_value(cells, &row.cell(at), &mut line).map_err(|error| {
                        placed(error, number, table.names().get(at).map(|name| name.as_str()))
                    })?;
                }
                line.push(b'}');
                before(out)?;
                out.write_all(&line)?;
            }
        }
        Value::List(list) => {
            let mut items = list.items();
            while limit.is_none_or(|limit| number < limit)
                && let Some(item) = items.next(ctx)?
            {
                number += 1;
                line.clear();
                member_value(cells, &item, &mut line).map_err(|error| placed(error, number, None))?;
                before(out)?;
                out.write_all(&line)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn placed(error: Stopped, row: u64, column: Option<&str>) -> Stopped {
    match error {
        Stopped::Evaluation(error) if !error.is_stop() => {
            Stopped::Cell(error, Place { row, column: column.map(str::to_owned) })
        }
        other => other,
    }
}

fn key(at: usize, name: &str, out: &mut dyn Write) -> Result<(), Stopped> {
    if at > 0 {
        out.write_all(b",")?;
    }
    text(name, out)?;
    out.write_all(b":")?;
    Ok(())
}

fn text(text: &str, out: &mut dyn Write) -> Result<(), Stopped> {
    serde_json::to_writer(out, text).map_err(|error| Stopped::Io(error.into()))
}

fn member_value(cells: &mut Cells<'_>, member: &Member, out: &mut dyn Write) -> Result<(), Stopped> {
    let read = cells.read(member)?;
    value(cells, &read, out)
}

/// Writes any value, on one line.
pub fn value(cells: &mut Cells<'_>, any: &Value, out: &mut dyn Write) -> Result<(), Stopped> {
    let ctx = cells.ctx();
    match any.as_plain() {
        Value::Null => out.write_all(b"null")?,
        Value::Double(double) if !double.is_finite() => out.write_all(b"null")?,
        Value::List(_) | Value::Record(_) | Value::Table(_) => {
            // The outer result is the depth's, the inner one what was written.
            ctx.nested(|| -> Result<Result<(), Stopped>> { Ok(compound(cells, any.as_plain(), out)) })??;
        }
        plain => {
            let mut written = String::new();
            scalar::push(ctx, plain, Dates::Iso, &mut written)?;
            match plain {
                Value::Logical(_) | Value::Int64(_) | Value::Double(_) | Value::Decimal(_) => {
                    out.write_all(written.as_bytes())?;
                }
                _ => text(&written, out)?,
            }
        }
    }
    Ok(())
}

fn compound(cells: &mut Cells<'_>, any: &Value, out: &mut dyn Write) -> Result<(), Stopped> {
    let ctx = cells.ctx();
    match any {
        Value::Record(record) => {
            out.write_all(b"{")?;
            for (at, (name, member)) in record.fields().enumerate() {
                key(at, name, out)?;
                member_value(cells, &member, out)?;
            }
            out.write_all(b"}")?;
        }
        Value::List(list) => {
            out.write_all(b"[")?;
            let mut items = list.items();
            let mut first = true;
            while let Some(item) = items.next(ctx)? {
                if !std::mem::take(&mut first) {
                    out.write_all(b",")?;
                }
                member_value(cells, &item, out)?;
            }
            out.write_all(b"]")?;
        }
        Value::Table(table) => {
            out.write_all(b"[")?;
            let mut rows = RowReader::open(ctx, table, None)?;
            let mut first = true;
            while let Some(row) = rows.next(ctx)? {
                out.write_all(if std::mem::take(&mut first) { b"{" } else { b",{" })?;
                for (at, name) in table.names().iter().enumerate() {
                    key(at, name, out)?;
                    member_value(cells, &row.cell(at), out)?;
                }
                out.write_all(b"}")?;
            }
            out.write_all(b"]")?;
        }
        _ => {}
    }
    Ok(())
}
