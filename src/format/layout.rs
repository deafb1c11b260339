//! Prints a document: decides for each group whether it fits on the line. Linear in the size of the document.

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::document::{Flat, Op};

/// Prints the operations, with `newline` as the line end.
pub(super) fn print(ops: &[Op<'_>], style: &Style, newline: &str) -> String {
    let measure = Measure::of(ops);
    let mut page =
        Page { out: String::new(), column: 0, level: 0, fresh: true, trailing: Vec::new(), style, newline };
    // Whether the groups around are printed on one line; what stands outside of all is not.
    let mut flat = vec![false];
    for (at, &op) in ops.iter().enumerate() {
        let on_one_line = flat.last().copied().unwrap_or(false);
        match op {
            Op::Text(text) => page.put(text),
            Op::Comment(text) => page.comment(text),
            Op::Trailing(text) => page.trailing.push(text),
            Op::Space => page.put(" "),
            Op::Line { flat: Flat::Empty, .. } if on_one_line => {}
            Op::Line { flat: Flat::Blank, .. } if on_one_line => page.put(" "),
            Op::Line { empty, .. } => page.end_line(empty),
            Op::Fill if on_one_line || page.column + 1 + measure.to_line(at + 1) <= style.width => {
                page.put(" ")
            }
            Op::Fill => page.end_line(false),
            Op::Indent => page.level += 1,
            Op::Dedent => page.level = page.level.saturating_sub(1),
            Op::Open => {
                let fits = || measure.group(at).is_some_and(|width| page.current() + width <= style.width);
                flat.push(on_one_line || fits());
            }
            Op::Close => {
                flat.pop();
            }
        }
    }
    page.finish()
}

/// Widths of what can stand on one line.
struct Measure {
    /// Width of everything before an operation, were it all on one line.
    before: Vec<usize>,
    /// For each operation the next one, itself included, that may end the line.
    next_line: Vec<usize>,
    /// For each group that may be printed on one line, one past its end; for all else 0.
    end: Vec<usize>,
}

impl Measure {
    fn of(ops: &[Op<'_>]) -> Measure {
        let mut before = Vec::with_capacity(ops.len() + 1);
        let mut end = vec![0; ops.len()];
        // The groups that are open, each with the number of forced line ends before it.
        let mut open = Vec::new();
        let (mut width, mut forced) = (0, 0);
        for (at, op) in ops.iter().enumerate() {
            before.push(width);
            match op {
                Op::Text(text) => width += first_line(text).width(),
                // Blanks at the end of its first line may go, and must not count before they do.
                Op::Comment(text) => width += first_line(text).trim_end().width(),
                Op::Space | Op::Fill | Op::Line { flat: Flat::Blank, .. } => width += 1,
                Op::Line { flat: Flat::Never, .. } => forced += 1,
                Op::Line { .. } | Op::Indent | Op::Dedent | Op::Trailing(_) => {}
                Op::Open => open.push((at, forced)),
                Op::Close => {
                    if let Some((start, known)) = open.pop()
                        && known == forced
                        && let Some(end) = end.get_mut(start)
                    {
                        *end = at + 1;
                    }
                }
            }
        }
        before.push(width);
        let mut next_line = vec![ops.len(); ops.len() + 1];
        for (at, op) in ops.iter().enumerate().rev() {
            let ends = matches!(op, Op::Line { .. } | Op::Fill);
            let next = if ends { at } else { next_line.get(at + 1).copied().unwrap_or(ops.len()) };
            if let Some(slot) = next_line.get_mut(at) {
                *slot = next;
            }
        }
        Measure { before, next_line, end }
    }

    /// The width from an operation to the next place where the line may end.
    fn to_line(&self, at: usize) -> usize {
        let line = self.next_line.get(at).copied().unwrap_or(at);
        self.between(at, line)
    }

    /// The width of the group that starts here with what must follow on its line; none if it has to break.
    fn group(&self, start: usize) -> Option<usize> {
        let end = self.end.get(start).copied().filter(|end| *end > 0)?;
        Some(self.between(start, end) + self.to_line(end))
    }

    fn between(&self, from: usize, to: usize) -> usize {
        let before = |at: usize| self.before.get(at).copied().unwrap_or(0);
        before(to).saturating_sub(before(from))
    }
}

fn first_line(text: &str) -> &str {
    text.split(['\n', '\r']).next().unwrap_or(text)
}

/// The text that is being written.
struct Page<'p> {
    out: String,
    column: usize,
    level: usize,
    /// Nothing stands on the line yet, not even its indentation.
    fresh: bool,
    trailing: Vec<&'p str>,
    style: &'p Style,
    newline: &'p str,
}

impl Page<'_> {
    /// The column where the next piece starts.
    fn current(&self) -> usize {
        if self.fresh { self.level * self.style.indent } else { self.column }
    }

    fn put(&mut self, text: &str) {
        if self.fresh {
            self.column = self.level * self.style.indent;
            self.out.extend(std::iter::repeat_n(' ', self.column));
            self.fresh = false;
        }
        self.out.push_str(text);
        match text.rfind(['\n', '\r']) {
            Some(at) => self.column = text.get(at + 1..).unwrap_or("").width(),
            None => self.column += text.width(),
        }
    }

    /// A comment whose later lines all start with a star keeps its stars in line; any other stays as it is.
    fn comment(&mut self, text: &str) {
        let mut later = text.lines().skip(1).peekable();
        if later.peek().is_none() || !later.all(|line| line.trim_start().starts_with('*')) {
            return self.put(text);
        }
        let start = self.current();
        for (at, line) in text.lines().enumerate() {
            if at > 0 {
                self.out.push_str(self.newline);
                self.column = start + 1;
                self.out.extend(std::iter::repeat_n(' ', start + 1));
            }
            self.put(if at > 0 { line.trim() } else { line.trim_end() });
        }
    }

    fn end_line(&mut self, empty: bool) {
        self.flush();
        self.out.push_str(self.newline);
        if empty {
            self.out.push_str(self.newline);
        }
        self.fresh = true;
        self.column = 0;
    }

    fn flush(&mut self) {
        for text in std::mem::take(&mut self.trailing) {
            if !self.fresh {
                self.put(" ");
            }
            self.comment(text);
        }
    }

    fn finish(mut self) -> String {
        self.flush();
        if !self.fresh {
            self.out.push_str(self.newline);
        }
        self.out
    }
}
