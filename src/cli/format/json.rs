//! JSON and JSON Lines.
//!
//! Numbers keep their digits; `#nan` and the infinities are `null`, as Json.FromValue writes them. Dates, times and
//! durations are ISO 8601, binaries base 64, functions and types their M text.

use std::io::{self, Write};

use pqm::table::{Batch, CellView, Whole};
use pqm::value::number::{append_double, append_whole};
use pqm::value::temporal::{Date, DateTime, Duration, Time};
use pqm::value::{Member, Result, Value};

use super::cells::Cells;
use super::rows::{self, RowReader};
use super::scalar::{self, Dates};
use super::{Place, Stopped, plain};

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
    let written = each(
        cells,
        value,
        limit,
        &mut |mut rows: &[u8]| {
            if let Some((_, after)) = rows.split_first().filter(|_| std::mem::take(&mut first)) {
                // The comma before the first row.
                out.write_all(b"[")?;
                rows = after;
            }
            out.write_all(rows)
        },
        Around { before: b",\n", after: b"" },
    );
    written?;
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
    each(cells, value, limit, &mut |rows| out.write_all(rows), Around { before: b"", after: b"\n" })
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

/// What stands before and after each row.
#[derive(Clone, Copy)]
struct Around {
    before: &'static [u8],
    after: &'static [u8],
}

/// Rows or items. Each is written as a whole or not at all, so that what stands before an error can be used.
fn each(
    cells: &mut Cells<'_>,
    whole: &Value,
    limit: Option<u64>,
    write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    around: Around,
) -> Result<(), Stopped> {
    let ctx = cells.ctx();
    match whole.as_plain() {
        Value::Table(table) => {
            let names = table.names().to_vec();
            let mut keys = Vec::with_capacity(names.len());
            for (at, name) in names.iter().enumerate() {
                let mut text = Vec::new();
                key(at, name, &mut text)?;
                keys.push(text);
            }
            let encode = move |cells: &mut Cells<'_>, batch: &Batch, out: &mut Vec<u8>| {
                out.clear();
                let columns = rows::settled(cells.ctx(), batch)?;
                for row in 0..batch.len() {
                    cells.ctx().step()?;
                    let start = out.len();
                    out.extend_from_slice(around.before);
                    out.push(b'{');
                    for (at, (key, column)) in keys.iter().zip(&columns).enumerate() {
                        out.extend_from_slice(key);
                        if let Err(error) = view(cells, column.view(row), out) {
                            out.truncate(start);
                            let name = names.get(at).map(|name| name.as_str());
                            return Err(placed(error, row as u64 + 1, name));
                        }
                    }
                    out.push(b'}');
                    out.extend_from_slice(around.after);
                }
                Ok(())
            };
            rows::encode(cells, table, limit, Box::new(encode), write)?;
        }
        Value::List(list) => {
            let mut number = 0;
            let mut line = Vec::new();
            let mut items = list.items();
            while limit.is_none_or(|limit| number < limit)
                && let Some(item) = items.next(ctx)?
            {
                number += 1;
                line.clear();
                line.extend_from_slice(around.before);
                member_value(cells, &item, &mut line).map_err(|error| placed(error, number, None))?;
                line.extend_from_slice(around.after);
                write(&line)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Writes a cell as it stands in its column.
fn view(cells: &mut Cells<'_>, cell: CellView<'_>, out: &mut Vec<u8>) -> Result<(), Stopped> {
    let quoted = |out: &mut Vec<u8>, write: &dyn Fn(&mut Vec<u8>)| {
        out.push(b'"');
        write(out);
        out.push(b'"');
    };
    match cell {
        CellView::Null => out.extend_from_slice(b"null"),
        CellView::Text(content) => text(content, out)?,
        CellView::Logical(logical) => out.extend_from_slice(if logical { b"true" } else { b"false" }),
        CellView::Double(double) if !double.is_finite() => out.extend_from_slice(b"null"),
        CellView::Double(double) => append_double(out, double),
        CellView::Date(days) => quoted(out, &|out| plain::date(Date(days), out)),
        CellView::Whole(Whole::Number, whole) => append_whole(out, whole),
        CellView::Whole(Whole::DateTime, ticks) => quoted(out, &|out| plain::datetime(DateTime(ticks), out)),
        CellView::Whole(Whole::Time, ticks) => quoted(out, &|out| plain::time(Time(ticks), out)),
        CellView::Whole(Whole::Duration, ticks) => value(cells, &Value::Duration(Duration(ticks)), out)?,
        CellView::Member(member) => member_value(cells, member, out)?,
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
