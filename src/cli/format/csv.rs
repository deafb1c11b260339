//! Comma-separated values: a header, a line for each row, RFC 4180 quotes, lines ended by a line feed.
//!
//! `null` is an empty field and the empty text `""`, so that readers can tell them apart. Nested values are JSON.

use std::io::Write;

use pqm::value::{Member, Value};

use super::cells::Cells;
use super::rows::RowReader;
use super::scalar::{self, Dates};
use super::{Place, Stopped, json};

/// Writes a table; other values as the tables Power Query makes of them: a list is a column `Value`, a record the
/// columns `Name` and `Value`.
pub fn write(
    cells: &mut Cells<'_>,
    value: &Value,
    limit: Option<u64>,
    out: &mut dyn Write,
) -> Result<(), Stopped> {
    let ctx = cells.ctx();
    let mut line = String::new();
    match value.as_plain() {
        Value::Table(table) => {
            for (at, name) in table.names().iter().enumerate() {
                comma(at, &mut line);
                push_text(name, &mut line);
            }
            end(&mut line, out)?;
            let mut rows = RowReader::open(ctx, table, limit)?;
            let mut number = 0;
            while let Some(row) = rows.next(ctx)? {
                number += 1;
                for (at, name) in table.names().iter().enumerate() {
                    comma(at, &mut line);
                    push(cells, &row.cell(at), &mut line)
                        .map_err(|error| placed(error, number, Some(name.as_str())))?;
                }
                end(&mut line, out)?;
            }
        }
        Value::List(list) => {
            writeln!(out, "Value")?;
            let mut items = list.items();
            let mut number = 0;
            while limit.is_none_or(|limit| number < limit)
                && let Some(item) = items.next(ctx)?
            {
                number += 1;
                push(cells, &item, &mut line).map_err(|error| placed(error, number, None))?;
                end(&mut line, out)?;
            }
        }
        Value::Record(record) => {
            writeln!(out, "Name,Value")?;
            for (name, member) in record.fields() {
                push_text(name, &mut line);
                line.push(',');
                push(cells, &member, &mut line).map_err(|error| placed(error, 0, Some(name)))?;
                end(&mut line, out)?;
            }
        }
        other => {
            writeln!(out, "Value")?;
            push(cells, &Member::Ready(other.clone()), &mut line)?;
            end(&mut line, out)?;
        }
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

fn comma(at: usize, line: &mut String) {
    if at > 0 {
        line.push(',');
    }
}

fn end(line: &mut String, out: &mut dyn Write) -> Result<(), Stopped> {
    line.push('\n');
    out.write_all(line.as_bytes())?;
    line.clear();
    Ok(())
}

fn push(cells: &mut Cells<'_>, member: &Member, line: &mut String) -> Result<(), Stopped> {
    let value = cells.read(member)?;
    match &value {
        Value::Text(text) => push_text(text, line),
        // Types of functions and records hold commas.
        Value::Function(_) | Value::Type(_) => {
            let mut text = String::new();
            scalar::push(cells.ctx(), &value, Dates::Data, &mut text)?;
            push_text(&text, line);
        }
        _ => {
            if !scalar::push(cells.ctx(), &value, Dates::Data, line)? {
                let mut nested = Vec::new();
                json::value(cells, &value, &mut nested)?;
                push_text(&String::from_utf8_lossy(&nested), line);
            }
        }
    }
    Ok(())
}

fn push_text(text: &str, line: &mut String) {
    let quoted = text.is_empty()
        || text.starts_with(' ')
        || text.ends_with(' ')
        || text.contains([',', '"', '\n', '\r']);
    if !quoted {
        line.push_str(text);
        return;
    }
    line.push('"');
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            line.push_str("\"\"");
        }
        line.push_str(part);
    }
    line.push('"');
}
