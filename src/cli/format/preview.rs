//! Previews for people: aligned tables with types, records by name, lists by index; long and wide ones elided.

mod brief;
mod grid;

use std::io::Write;
use std::sync::Arc;

use pqm::eval::Context;
use pqm::table::Table;
use pqm::value::{Error, Member, Result, Value, type_text};

use super::rows::RowReader;
use super::scalar::{self, Dates};
use super::{Layout, Place, Stopped};
pub use brief::{Role, Shown, brief, cut};
pub use grid::{Column, Grid};

/// Rows and items shown if nobody says how many.
const ROWS: u64 = 20;
/// Columns looked at: more would not fit on any terminal.
const COLUMNS: usize = 200;

/// Writes a preview. Errors in cells are shown in their place.
pub fn write(ctx: &Context, value: &Value, layout: &Layout, out: &mut dyn Write) -> Result<(), Stopped> {
    match value.as_plain() {
        Value::Table(table) => write_table(ctx, table, layout, out),
        Value::List(list) => {
            let limit = layout.limit.unwrap_or(ROWS);
            let mut preview = Preview::new(layout);
            let mut grid = Grid::new(vec![Column::plain(), Column::plain()]);
            let mut items = list.items();
            let mut more = false;
            while let Some(item) = items.next(ctx)? {
                if preview.rows == limit {
                    more = true;
                    break;
                }
                preview.rows += 1;
                let index = Shown::number((preview.rows - 1).to_string());
                let shown = preview.cell(ctx, &item, None)?;
                grid.push(vec![index, shown]);
            }
            grid.write(layout.width, layout.colour, false, out)?;
            preview.footer(list.known_count(), more, "item", None, out)
        }
        Value::Record(record) => {
            let mut preview = Preview::new(layout);
            let mut grid = Grid::new(vec![Column::plain(), Column::plain()]);
            for (name, member) in record.fields() {
                let shown = preview.cell(ctx, &member, Some(name))?;
                grid.push(vec![Shown::name(name), shown]);
            }
            if record.is_empty() {
                writeln!(out, "[]")?;
            }
            grid.write(layout.width, layout.colour, false, out)?;
            preview.first_error(out)
        }
        Value::Null => Ok(writeln!(out, "null")?),
        Value::Binary(binary) => {
            let bytes = binary.bytes(ctx)?;
            let shown: Vec<String> = bytes.iter().take(16).map(|byte| format!("{byte:02X}")).collect();
            let more = if bytes.len() > 16 { " …" } else { "" };
            Ok(writeln!(out, "Binary ({} bytes): {}{more}", bytes.len(), shown.join(" "))?)
        }
        plain => {
            let mut text = String::new();
            scalar::push(ctx, plain, Dates::People, &mut text)?;
            Ok(writeln!(out, "{text}")?)
        }
    }
}

fn write_table(
    ctx: &Context,
    table: &Arc<Table>,
    layout: &Layout,
    out: &mut dyn Write,
) -> Result<(), Stopped> {
    let limit = layout.limit.unwrap_or(ROWS);
    let columns = table.names().iter().zip(table.types()).take(COLUMNS).map(|(name, ty)| {
        let text = type_text(ty);
        let ty = text.strip_prefix("type ").unwrap_or(&text);
        let ty = match ty.strip_prefix("nullable ") {
            Some(ty) => format!("{ty}?"),
            None => ty.to_owned(),
        };
        Column::titled(name, &ty)
    });
    let mut grid = Grid::new(columns.collect());
    let mut preview = Preview::new(layout);
    let mut rows = RowReader::open(ctx, table, Some(limit.saturating_add(1)))?;
    let mut more = false;
    while let Some(row) = rows.next(ctx)? {
        if preview.rows == limit {
            more = true;
            break;
        }
        preview.rows += 1;
        let cells = table.names().iter().enumerate().take(COLUMNS);
        let cells = cells.map(|(at, name)| preview.cell(ctx, &row.cell(at), Some(name)));
        grid.push(cells.collect::<Result<_>>()?);
    }
    let fitting = grid.write(layout.width, layout.colour, true, out)?;
    let known = table.operator().known_rows();
    let hidden: Vec<&str> = table.names().iter().skip(fitting).map(|name| name.as_str()).collect();
    preview.footer(known, more, "row", Some((table.width(), hidden)), out)
}

struct Preview<'l> {
    layout: &'l Layout,
    rows: u64,
    errors: u64,
    first: Option<(Place, Error)>,
}

impl<'l> Preview<'l> {
    fn new(layout: &'l Layout) -> Preview<'l> {
        Preview { layout, rows: 0, errors: 0, first: None }
    }

    /// A cell as it is shown. Only stops fail.
    fn cell(&mut self, ctx: &Context, member: &Member, column: Option<&str>) -> Result<Shown> {
        match member.force(ctx).and_then(|value| brief(ctx, &value, self.layout.width)) {
            Ok(shown) => Ok(shown),
            Err(error) if error.is_stop() => Err(error),
            Err(error) => {
                self.errors += 1;
                let shown = Shown::error(&error);
                if self.first.is_none() {
                    self.first = Some((Place { row: self.rows, column: column.map(str::to_owned) }, error));
                }
                Ok(shown)
            }
        }
    }

    fn footer(
        &self,
        known: Option<usize>,
        more: bool,
        unit: &str,
        columns: Option<(usize, Vec<&str>)>,
        out: &mut dyn Write,
    ) -> Result<(), Stopped> {
        let plural = |count: u64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
        let mut text = match (more, known) {
            (false, _) => plural(self.rows, unit),
            (true, Some(known)) => format!("{} of {}", self.rows, plural(known as u64, unit)),
            (true, None) => format!("first {}, more follow", plural(self.rows, unit)),
        };
        if let Some((width, hidden)) = &columns {
            text.push_str(", ");
            if hidden.is_empty() {
                text.push_str(&plural(*width as u64, "column"));
            } else {
                text.push_str(&format!("{} of {}", width - hidden.len(), plural(*width as u64, "column")));
            }
        }
        if self.layout.colour {
            text = format!("\u{1b}[2m{text}\u{1b}[0m");
        }
        writeln!(out, "{text}")?;
        if let Some((_, hidden)) = columns
            && !hidden.is_empty()
        {
            let mut names = String::from("not shown: ");
            names.push_str(&hidden.join(", "));
            writeln!(out, "{}", cut(&names, self.layout.width))?;
        }
        self.first_error(out)
    }

    fn first_error(&self, out: &mut dyn Write) -> Result<(), Stopped> {
        let Some((place, error)) = &self.first else { return Ok(()) };
        let count = match self.errors {
            1 => "1 error".to_owned(),
            many => format!("{many} errors, the first"),
        };
        Ok(writeln!(out, "{count} in {place}: {error}")?)
    }
}
