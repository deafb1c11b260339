//! Comma-separated values: a header, a line for each row, RFC 4180 quotes, lines ended by a line feed.
//!
//! `null` is an empty field and the empty text `""`, so that readers can tell them apart. Nested values are JSON.

use std::io::Write;

use pqm::table::{Batch, CellView, ColumnCells, Whole};
use pqm::value::number::{ShortText, append_double, append_whole, short_double, short_whole};
use pqm::value::temporal::{Date, DateTime, Duration, Time};
use pqm::value::{Member, Value};

use super::cells::Cells;
use super::lines::Lines;
use super::scalar::{self, Dates};
use super::{Place, Stopped, json, plain, rows};

/// Writes a table; other values as the tables Power Query makes of them: a list is a column `Value`, a record the
/// columns `Name` and `Value`.
pub fn write(
    cells: &mut Cells<'_>,
    value: &Value,
    limit: Option<u64>,
    out: &mut dyn Write,
) -> Result<(), Stopped> {
    let ctx = cells.ctx();
    let mut line = Vec::new();
    match value.as_plain() {
        Value::Table(table) => {
            let names = table.names().to_vec();
            for (at, name) in names.iter().enumerate() {
                comma(at, &mut line);
                push_text(name, &mut line);
            }
            end(&mut line, out)?;
            let encode = move |cells: &mut Cells<'_>, batch: &Batch, out: &mut Vec<u8>| {
                let mut lines = Lines::over(out);
                let columns = rows::settled(cells.ctx(), batch)?;
                let columns: Vec<ColumnCells<'_>> = columns.iter().map(|column| column.cells()).collect();
                for row in 0..batch.len() {
                    cells.ctx().step()?;
                    let start = lines.end();
                    for (at, column) in columns.iter().enumerate() {
                        if let Err(error) = push_cell(cells, column.view(row), &mut lines) {
                            lines.cut(start);
                            let name = names.get(at).map(|name| name.as_str());
                            return Err(placed(error, row as u64 + 1, name));
                        }
                    }
                    match columns.is_empty() {
                        true => lines.put(b"\n"),
                        false => lines.set_last(b'\n'),
                    }
                }
                Ok(())
            };
            rows::encode(cells, table, limit, Box::new(encode), &mut |bytes| out.write_all(bytes))?;
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
                line.push(b',');
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

fn comma(at: usize, line: &mut Vec<u8>) {
    if at > 0 {
        line.push(b',');
    }
}

fn end(line: &mut Vec<u8>, out: &mut dyn Write) -> Result<(), Stopped> {
    line.push(b'\n');
    out.write_all(line)?;
    line.clear();
    Ok(())
}

/// Appends a cell and a comma.
#[inline]
fn push_cell(cells: &mut Cells<'_>, cell: CellView<'_>, lines: &mut Lines<'_>) -> Result<(), Stopped> {
    let text = match cell {
        CellView::Null => Some(ShortText { bytes: 0, len: 0 }),
        CellView::Text(text) => match short(text.as_bytes()) {
            Some(short) => Some(short).filter(|short| is_bare(*short)),
            None if needs_quotes(text.as_bytes()) => None,
            None => {
                lines.put(text.as_bytes());
                lines.put(b",");
                return Ok(());
            }
        },
        CellView::Double(double) => short_double(double),
        CellView::Whole(Whole::Number, whole) => short_whole(whole),
        CellView::Date(days) => Some(plain::short_date(Date(days))),
        _ => None,
    };
    match text {
        Some(text) => lines.put_and(text, b','),
        None => {
            lines.with(|out| push_view(cells, cell, out))?;
            lines.put(b",");
        }
    }
    Ok(())
}

fn push_view(cells: &mut Cells<'_>, cell: CellView<'_>, line: &mut Vec<u8>) -> Result<(), Stopped> {
    match cell {
        CellView::Null => {}
        CellView::Text(text) => push_text(text, line),
        CellView::Logical(logical) => line.extend_from_slice(if logical { b"true" } else { b"false" }),
        CellView::Double(double) => append_double(line, double),
        CellView::Date(days) => plain::date(Date(days), line),
        CellView::Whole(Whole::Number, whole) => append_whole(line, whole),
        CellView::Whole(Whole::DateTime, ticks) => plain::datetime(DateTime(ticks), line),
        CellView::Whole(Whole::Time, ticks) => plain::time(Time(ticks), line),
        CellView::Whole(Whole::Duration, ticks) => {
            push(cells, &Member::Ready(Value::Duration(Duration(ticks))), line)?;
        }
        CellView::Member(member) => push(cells, member, line)?,
    }
    Ok(())
}

fn push(cells: &mut Cells<'_>, member: &Member, line: &mut Vec<u8>) -> Result<(), Stopped> {
    let value = cells.read(member)?;
    match value.as_plain() {
        Value::Text(text) => push_text(text, line),
        Value::Int64(whole) => append_whole(line, *whole),
        Value::Double(double) => append_double(line, *double),
        plain => {
            let mut text = String::new();
            if !scalar::push(cells.ctx(), plain, Dates::Data, &mut text)? {
                let mut nested = Vec::new();
                json::value(cells, plain, &mut nested)?;
                push_text(&String::from_utf8_lossy(&nested), line);
            } else if matches!(plain, Value::Function(_) | Value::Type(_)) {
                // Types of functions and records hold commas.
                push_text(&text, line);
            } else {
                line.extend_from_slice(text.as_bytes());
            }
        }
    }
    Ok(())
}

/// A text of up to 16 bytes; `None` for longer ones.
#[inline]
fn short(text: &[u8]) -> Option<ShortText> {
    Some(ShortText { bytes: short_bytes(text)?, len: text.len() })
}

#[inline]
fn short_bytes(text: &[u8]) -> Option<u128> {
    let len = text.len();
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        return (len <= 16).then(|| u128::from(first) | u128::from(last) << (8 * (len - 8)));
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return Some(u128::from(u64::from(first) | u64::from(last) << (8 * (len - 4))));
    }
    let byte = |at: usize| u128::from(text.get(at).copied().unwrap_or(0)) << (8 * at);
    Some(if len == 0 { 0 } else { byte(0) | byte(len / 2) | byte(len - 1) })
}

/// Whether a text needs no quotes.
#[inline]
fn is_bare(ShortText { bytes, len }: ShortText) -> bool {
    let blank = u128::from(b' ');
    len > 0
        && bytes & 0xFF != blank
        && bytes >> (8 * (len - 1)) != blank
        && !is_special(bytes as u64)
        && !is_special((bytes >> 64) as u64)
}

fn push_text(text: &str, line: &mut Vec<u8>) {
    if !needs_quotes(text.as_bytes()) {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    line.push(b'"');
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            line.extend_from_slice(b"\"\"");
        }
        line.extend_from_slice(part.as_bytes());
    }
    line.push(b'"');
}

/// Whether a field is written in quotes: if it is empty, starts or ends with a blank, or holds a comma, a quote or a
/// line break.
fn needs_quotes(text: &[u8]) -> bool {
    let (Some(first), Some(last)) = (text.first(), text.last()) else { return true };
    if *first == b' ' || *last == b' ' {
        return true;
    }
    let (eights, rest) = text.as_chunks::<8>();
    if eights.iter().any(|eight| is_special(u64::from_le_bytes(*eight))) {
        return true;
    }
    // What is left is looked at together with bytes before it, if there are enough.
    match text.last_chunk::<8>() {
        Some(eight) => is_special(u64::from_le_bytes(*eight)),
        None => rest.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')),
    }
}

/// Whether one of eight bytes is a comma, a quote or a line break.
fn is_special(eight: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let has = |byte: u8| {
        let other = eight ^ (ONES * u64::from(byte));
        other.wrapping_sub(ONES) & !other
    };
    (has(b',') | has(b'"') | has(b'\n') | has(b'\r')) & HIGH != 0
}

#[cfg(test)]
mod tests {
    use super::{is_bare, needs_quotes, short};

    #[test]
    fn each_place_is_looked_at() {
        for len in 0..40 {
            let plain = vec![b'x'; len];
            assert_eq!(needs_quotes(&plain), len == 0, "{len}");
            for at in 0..len {
                for special in 0..=u8::MAX {
                    let mut text = plain.clone();
                    text[at] = special;
                    let edge = special == b' ' && (at == 0 || at + 1 == len);
                    let expected = edge || b",\"\n\r".contains(&special);
                    assert_eq!(needs_quotes(&text), expected, "{special} at {at} of {len}");
                    match short(&text) {
                        Some(short) => {
                            assert_eq!(short.bytes.to_le_bytes()[..short.len], text);
                            assert_eq!(is_bare(short), !expected, "{special} at {at} of {len}");
                        }
                        None => assert!(len > 16),
                    }
                }
            }
        }
    }
}
