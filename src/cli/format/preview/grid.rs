//! Aligned columns that fit the width there is.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::brief::{Role, Shown, cut, one_line};

/// The space between columns.
const GAP: usize = 2;
/// Columns are cut to this width before whole columns are left out.
const LEAST: usize = 14;

/// A column's head.
pub struct Column {
    title: String,
    ty: String,
    width: usize,
    /// Whether all values so far are numbers.
    numbers: bool,
    any: bool,
}

impl Column {
    /// A column without a head.
    pub fn plain() -> Column {
        Column { title: String::new(), ty: String::new(), width: 0, numbers: true, any: false }
    }

    /// A column with a name and a type.
    pub fn titled(name: &str, ty: &str) -> Column {
        let (title, ty) = (one_line(name), one_line(ty));
        let width = title.width().max(ty.width().min(LEAST));
        Column { title, ty, width, numbers: true, any: false }
    }
}

/// Rows and columns of texts.
pub struct Grid {
    columns: Vec<Column>,
    rows: Vec<Vec<Shown>>,
}

impl Grid {
    /// A grid without rows.
    pub fn new(columns: Vec<Column>) -> Grid {
        Grid { columns, rows: Vec::new() }
    }

    /// Adds a row: a text for each column.
    pub fn push(&mut self, row: Vec<Shown>) {
        for (column, shown) in self.columns.iter_mut().zip(&row) {
            column.width = column.width.max(shown.text.width());
            match shown.role {
                Role::Number => column.any = true,
                Role::Null | Role::Error => {}
                _ => column.numbers = false,
            }
        }
        self.rows.push(row);
    }

    /// Writes the grid, no line longer than `width`; gives how many columns fitted.
    pub fn write(&self, width: usize, colour: bool, head: bool, out: &mut dyn Write) -> io::Result<usize> {
        let widths = fit(&self.columns.iter().map(|column| column.width).collect::<Vec<_>>(), width);
        let elided = widths.len() < self.columns.len();
        let shown = self.columns.iter().zip(&widths);
        if head && !self.columns.is_empty() {
            let mut titles = Line::new(colour);
            let mut types = Line::new(colour);
            let mut rule = Line::new(colour);
            for (column, &width) in shown.clone() {
                titles.cell(&column.title, width, column.right(), Some("1"));
                types.cell(&column.ty, width, column.right(), Some("2"));
                rule.cell(&"─".repeat(width), width, false, Some("2"));
            }
            let typed = self.columns.iter().any(|column| !column.ty.is_empty());
            let lines = [Some((titles, "…")), typed.then_some((types, "…")), Some((rule, "─"))];
            for (mut line, mark) in lines.into_iter().flatten() {
                if elided {
                    line.cell(mark, 1, false, Some("2"));
                }
                line.end(out)?;
            }
        }
        for row in &self.rows {
            let mut line = Line::new(colour);
            for ((column, &width), cell) in shown.clone().zip(row) {
                let right = column.right() && cell.role != Role::Error;
                line.cell(&cell.text, width, right, style(cell.role));
            }
            if elided {
                line.cell("…", 1, false, Some("2"));
            }
            line.end(out)?;
        }
        Ok(widths.len())
    }
}

impl Column {
    fn right(&self) -> bool {
        self.numbers && self.any
    }
}

fn style(role: Role) -> Option<&'static str> {
    match role {
        Role::Value | Role::Number => None,
        Role::Null => Some("2;3"),
        Role::Error => Some("31"),
        Role::Nested => Some("36"),
        Role::Name => Some("1"),
    }
}

/// The widths of as many columns as fit: all in full if they do, else wide ones cut, else the last ones left out.
fn fit(natural: &[usize], width: usize) -> Vec<usize> {
    let needed = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    let cut_to = |level: usize| natural.iter().map(|width| (*width).min(level)).collect::<Vec<_>>();
    if needed(natural) <= width {
        return natural.to_vec();
    }
    let mut widths = cut_to(LEAST);
    if needed(&widths) <= width {
        // The highest level at which all fit.
        let (mut low, mut high) = (LEAST, width + 1);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if needed(&cut_to(middle)) <= width { low = middle } else { high = middle }
        }
        widths = cut_to(low);
        let mut left = width - needed(&widths);
        for (width, natural) in widths.iter_mut().zip(natural) {
            let more = left.min(natural - *width);
            *width += more;
            left -= more;
        }
        return widths;
    }
    // Room for the mark that columns are missing.
    let width = width.saturating_sub(GAP + 1);
    while widths.len() > 1 && needed(&widths) > width {
        widths.pop();
    }
    if let [only] = widths.as_mut_slice() {
        *only = (*only).min(width.max(1));
    }
    widths
}

/// A line being put together; blanks at its end are not written.
struct Line {
    text: String,
    pending: usize,
    colour: bool,
    empty: bool,
}

impl Line {
    fn new(colour: bool) -> Line {
        Line { text: String::new(), pending: 0, colour, empty: true }
    }

    fn cell(&mut self, text: &str, width: usize, right: bool, style: Option<&str>) {
        if !std::mem::take(&mut self.empty) {
            self.pending += GAP;
        }
        let text = cut(text, width);
        let blank = width.saturating_sub(text.width());
        if right {
            self.pending += blank;
        }
        if !text.is_empty() {
            self.text.extend(std::iter::repeat_n(' ', std::mem::take(&mut self.pending)));
            match style.filter(|_| self.colour) {
                Some(style) => self.text.push_str(&format!("\u{1b}[{style}m{text}\u{1b}[0m")),
                None => self.text.push_str(&text),
            }
        }
        if !right {
            self.pending += blank;
        }
    }

    fn end(self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_shown_in_full_where_there_is_room() {
        assert_eq!(fit(&[10, 20, 5], 39), [10, 20, 5]);
    }

    #[test]
    fn wide_columns_are_cut_before_any_is_left_out() {
        assert_eq!(fit(&[100, 5, 30], 60), [26, 5, 25]);
        assert_eq!(fit(&[50, 50], 42), [20, 20]);
    }

    #[test]
    fn columns_that_cannot_fit_are_left_out_at_the_end() {
        assert_eq!(fit(&[20; 10], 60), [14, 14, 14]);
        assert_eq!(fit(&[80, 80], 20), [14]);
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for width in 20..120 {
            for columns in [vec![3; 40], vec![90, 1, 30], vec![15; 5], vec![200]] {
                let widths = fit(&columns, width);
                let mark = if widths.len() < columns.len() { GAP + 1 } else { 0 };
                let total = widths.iter().sum::<usize>() + GAP * (widths.len() - 1) + mark;
                assert!(total <= width, "{columns:?} in {width}: {widths:?}");
            }
        }
    }
}
