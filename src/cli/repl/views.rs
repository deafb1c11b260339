//! What is shown of values: previews, columns, types, profiles, errors.

use std::fmt::Write as _;

use pqm::Evaluated;
use pqm::diagnostics::Diagnostic;
use pqm::ide::Shape;
use pqm::repl::{ColumnProfile, Found, Profile, Session};
use pqm::value::{Error, Value};

use super::super::format::{self, Column, Format, Grid, Layout, Place, Role, Shown, Stopped, brief};
use super::super::render::{self, Look};

/// How things are shown.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Characters in a line.
    pub width: usize,
    /// Whether they are coloured.
    pub colour: bool,
    /// Rows of previews.
    pub rows: u64,
}

/// Most characters of a value in a profile.
const VALUE: usize = 24;

impl View {
    /// How diagnostics look here.
    pub fn look(&self) -> Look {
        Look { colour: self.colour, width: self.width.min(120), trace: false }
    }

    /// Text in a style, where there are colours.
    pub fn styled(&self, style: &str, text: &str) -> String {
        match self.colour {
            true => format!("\u{1b}[{style}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    /// Mistakes of a text.
    pub fn mistakes(&self, all: &[Diagnostic]) -> String {
        let mut text = String::new();
        for (at, one) in all.iter().take(5).enumerate() {
            if at > 0 {
                text.push('\n');
            }
            match one.label {
                Some(_) => text.push_str(render::diagnostic(one, None, &self.look()).trim_end()),
                None => text.push_str(self.sorry(&one.message).trim_end()),
            }
            text.push('\n');
        }
        if all.len() > 5 {
            _ = writeln!(text, "… and {} more.", all.len() - 5);
        }
        text
    }

    /// An error of an evaluation; `place` is the cell it was found in.
    pub fn error(&self, error: &Error, place: Option<&Place>) -> String {
        if error.as_stop() == Some(pqm::value::Stop::Cancelled) {
            return "Interrupted.\n".to_owned();
        }
        let diagnostic = Session::diagnose(error);
        let text = render::diagnostic(&diagnostic, place, &self.look());
        format!("{}\n", text.trim_end())
    }

    /// Something that could not be done.
    pub fn sorry(&self, message: &str) -> String {
        format!("{}: {message}\n", self.styled("31;1", "error"))
    }

    /// The value as a preview.
    ///
    /// # Errors
    /// What reading the rows raised, with what was shown before it.
    pub fn preview(&self, value: &Evaluated) -> Result<String, String> {
        let layout = Layout {
            limit: Some(self.rows),
            errors: None,
            width: self.width,
            colour: self.colour,
            raw: false,
        };
        let mut out = Vec::new();
        let written = format::write(&value.context(), value.value(), Format::Table, &layout, &mut out);
        let text = String::from_utf8_lossy(&out).into_owned();
        match written {
            Ok(_) => Ok(text),
            Err(Stopped::Evaluation(error)) => Err(self.error(&error, None)),
            Err(Stopped::Cell(error, place)) => Err(self.error(&error, Some(&place))),
            Err(Stopped::Io(error)) => Err(self.sorry(&error.to_string())),
        }
    }

    /// A grid as text.
    pub fn grid(&self, grid: &Grid, head: bool) -> String {
        let mut out = Vec::new();
        // Writing to memory cannot fail.
        let _ = grid.write(self.width, self.colour, head, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// The columns of a table or fields of a record, with their types.
    pub fn schema(&self, value: &Evaluated) -> String {
        let shape = Shape::of(value.value());
        let (parts, what) = match &shape {
            Shape::Table(parts) => (parts, "column"),
            Shape::Record(parts) => (parts, "field"),
            _ => return format!("It is {}, without columns.\n", kind(value.value())),
        };
        let mut grid =
            Grid::new(vec![Column::titled("#", ""), Column::titled("Name", ""), Column::titled("Type", "")]);
        for (at, part) in parts.iter().enumerate() {
            grid.push(vec![Shown::number((at + 1).to_string()), Shown::name(&part.name), plain(&part.ty)]);
        }
        let plural = if parts.len() == 1 { "" } else { "s" };
        let count = format!("{} {what}{plural}", parts.len());
        format!("{}{}\n", self.grid(&grid, true), self.styled("2", &count))
    }

    /// A type as M writes it, the parts of a long one on lines of their own.
    pub fn type_text(&self, text: &str) -> String {
        if text.len() <= self.width {
            return format!("{text}\n");
        }
        let mut shown = String::new();
        let mut depth = 0usize;
        let mut quoted = false;
        for c in text.chars() {
            if c == '"' {
                quoted = !quoted;
            }
            match c {
                '[' if !quoted => {
                    depth += 1;
                    shown.push(c);
                    if depth == 1 {
                        shown.push_str("\n ");
                    }
                    continue;
                }
                ']' if !quoted => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        shown.push('\n');
                    }
                }
                _ => {}
            }
            if c == ' ' && shown.ends_with("\n ") {
                shown.push(' ');
                continue;
            }
            if shown.ends_with("\n ") {
                shown.push(' ');
            }
            shown.push(c);
            if c == ',' && depth == 1 && !quoted {
                shown.push_str("\n ");
            }
        }
        shown.push('\n');
        shown
    }

    /// All columns of a profile, one a line.
    pub fn profile(&self, value: &Evaluated, profile: &Profile) -> String {
        let heads = ["Column", "Valid", "Error", "Empty", "Distinct", "Unique", "Min", "Max", "Distribution"];
        let mut grid = Grid::new(heads.iter().map(|head| Column::titled(head, "")).collect());
        for column in &profile.columns {
            let total = column.valid + column.errors + column.empty;
            grid.push(vec![
                Shown::name(&column.name),
                Shown::number(percent(column.valid, total)),
                shown(
                    percent(column.errors, total),
                    if column.errors > 0 { Role::Error } else { Role::Number },
                ),
                Shown::number(percent(column.empty, total)),
                Shown::number(column.distinct.to_string()),
                Shown::number(column.unique.to_string()),
                plain(&self.value(value, column.least.as_ref())),
                plain(&self.value(value, column.most.as_ref())),
                plain(&spark(column)),
            ]);
        }
        format!("{}{}\n", self.grid(&grid, true), self.styled("2", &looked_at(profile)))
    }

    /// One column of a profile, with its distribution as bars.
    pub fn column_profile(&self, value: &Evaluated, profile: &Profile, column: &ColumnProfile) -> String {
        let total = column.valid + column.errors + column.empty;
        let mut text = format!("{}  {}\n", self.styled("1", &column.name), self.styled("2", &column.ty));
        let part = |count: u64| format!("{count} ({})", percent(count, total));
        let mut facts = vec![
            ("valid", part(column.valid)),
            ("errors", part(column.errors)),
            ("empty", part(column.empty)),
            ("distinct", column.distinct.to_string()),
            ("unique", column.unique.to_string()),
        ];
        if column.least.is_some() {
            facts.push(("min", self.value(value, column.least.as_ref())));
            facts.push(("max", self.value(value, column.most.as_ref())));
        }
        if let Some(average) = column.average {
            facts.push(("average", format!("{average:.2}")));
        }
        for (name, fact) in facts {
            _ = writeln!(text, "  {name:<9} {fact}");
        }
        let most = column.bars.iter().map(|bar| bar.count).max().unwrap_or(0);
        let label = column.bars.iter().map(|bar| wide(&bar.label).min(VALUE)).max().unwrap_or(0);
        let room = self.width.saturating_sub(label + 14).clamp(10, 40);
        for bar in &column.bars {
            let shown = format::cut(&bar.label.replace(['\n', '\r', '\t'], " "), VALUE);
            let blank = " ".repeat(label.saturating_sub(wide(&shown)));
            let eighths = (bar.count * room as u64 * 8).checked_div(most).unwrap_or(0) as usize;
            _ = writeln!(text, "  {shown}{blank}  {} {}", self.styled("36", &blocks(eighths)), bar.count);
        }
        if column.distinct > column.bars.len() as u64 && column.average.is_none() {
            _ = writeln!(text, "  … {} more values", column.distinct - column.bars.len() as u64);
        }
        _ = writeln!(text, "{}", self.styled("2", &looked_at(profile)));
        text
    }

    /// The cells with errors; `steps` says which step each comes from.
    pub fn errors(&self, value: &Evaluated, found: &Found, steps: &[Option<String>]) -> String {
        if found.errors == 0 {
            return format!("No errors in {}.\n", plural(found.rows, "row"));
        }
        let ctx = value.context();
        let mut grid = Grid::new(
            ["Row", "Column", "Error", "Value", "Step", "In the row"]
                .iter()
                .map(|head| Column::titled(head, ""))
                .collect(),
        );
        for (cell, step) in found.cells.iter().zip(steps) {
            let raised = cell.error.detail();
            let detail = match raised.as_plain() {
                Value::Null => plain(""),
                detail => brief(&ctx, detail, VALUE).unwrap_or_else(|error| Shown::error(&error)),
            };
            let row: Vec<String> = cell
                .cells
                .iter()
                .take(3)
                .map(|member| match member.force(&ctx).and_then(|value| brief(&ctx, &value, VALUE)) {
                    Ok(shown) => shown.text,
                    Err(_) => "Error".to_owned(),
                })
                .collect();
            grid.push(vec![
                Shown::number(cell.row.to_string()),
                Shown::name(&cell.column),
                shown(why(&cell.error), Role::Error),
                detail,
                plain(step.as_deref().unwrap_or_default()),
                plain(&row.join(" | ")),
            ]);
        }
        let mut text = self.grid(&grid, true);
        let more = if found.errors > found.cells.len() as u64 {
            format!(", the first {} are shown", found.cells.len())
        } else {
            String::new()
        };
        let summary = format!(
            "{} in {} of {}{more}",
            plural(found.errors, "error"),
            found.failing_rows,
            plural(found.rows, "row")
        );
        _ = writeln!(text, "{}", self.styled("2", &summary));
        text
    }

    fn value(&self, owner: &Evaluated, value: Option<&Value>) -> String {
        let Some(value) = value else { return String::new() };
        match brief(&owner.context(), value, VALUE) {
            Ok(shown) => format::cut(&shown.text, VALUE),
            Err(_) => String::new(),
        }
    }
}

/// What an error says; its reason where it says nothing.
fn why(error: &Error) -> String {
    let message = error.message();
    if message.is_empty() { error.reason().to_string() } else { message.to_string() }
}

/// `1 row`, `2 rows`.
pub fn plural(count: u64, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// `a table`, `a number`.
fn kind(value: &Value) -> String {
    format!("a value of type {}", value.kind().name().to_lowercase())
}

fn plain(text: &str) -> Shown {
    shown(text.to_owned(), Role::Value)
}

fn shown(text: String, role: Role) -> Shown {
    Shown { text: text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(), role }
}

fn wide(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

fn looked_at(profile: &Profile) -> String {
    match profile.more {
        true => format!("the first {}; `all` after :profile reads every row", plural(profile.rows, "row")),
        false => format!("all {}", plural(profile.rows, "row")),
    }
}

/// A share in whole percent: never 0% or 100% of something that is not quite that.
fn percent(count: u64, total: u64) -> String {
    match (count, total) {
        (_, 0) => "–".to_owned(),
        (0, _) => "0%".to_owned(),
        (count, total) if count == total => "100%".to_owned(),
        (count, total) => match (count * 200 + total) / (total * 2) {
            0 => "<1%".to_owned(),
            share => format!("{}%", share.min(99)),
        },
    }
}

const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A distribution in a few characters.
fn spark(column: &ColumnProfile) -> String {
    let most = column.bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    column
        .bars
        .iter()
        .map(|bar| match bar.count {
            0 => ' ',
            count => EIGHTHS.get((count * 7 / most.max(1)) as usize).copied().unwrap_or('█'),
        })
        .collect()
}

/// A bar of so many eighths of a character.
fn blocks(eighths: usize) -> String {
    let mut bar = "█".repeat(eighths / 8);
    if let Some(rest) = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"].get(eighths % 8) {
        bar.push_str(rest);
    }
    if bar.is_empty() { "▏".to_owned() } else { bar }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_round_to_none_or_all() {
        assert_eq!(percent(1, 1000), "<1%");
        assert_eq!(percent(999, 1000), "99%");
        assert_eq!((percent(954, 1000), percent(46, 1000)), ("95%".to_owned(), "5%".to_owned()));
        assert_eq!(percent(0, 5), "0%");
        assert_eq!(percent(5, 5), "100%");
        assert_eq!(percent(0, 0), "–");
    }

    #[test]
    fn long_types_stand_one_field_a_line() {
        let view = View { width: 30, colour: false, rows: 10 };
        assert_eq!(
            view.type_text("type table [A = text, #\"B, [c]\" = [x = number]]"),
            "type table [\n  A = text,\n  #\"B, [c]\" = [x = number]\n]\n"
        );
        assert_eq!(view.type_text("type number"), "type number\n");
    }
}
