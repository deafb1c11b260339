//! Rows of the common dialect, 64 bytes at a time.
//!
//! Whether a byte stands inside quotes follows from the number of quotes before it, as long as quotes open only at
//! the start of cells, or right behind a closing one (a doubled quote). Where one does not, or a line break ends
//! quotes, the row is left to [`Plain::row`], which goes cell by cell.

use super::lines::{Lines, count_lines};
use super::masks::{Masks, WORD, WORDS, masks};
use super::plain::Plain;
use super::split::{Cell, Counted, Split, line_after};
use crate::table::at_best;

/// What is known of the bytes before a word.
struct Before {
    /// All bits if the word starts inside quotes, else none.
    inside: u64,
    /// Whether a quote may open at the word's first byte.
    may_open: bool,
}

impl Before {
    /// At the start of a row.
    const ROW: Before = Before { inside: 0, may_open: true };

    /// Goes on behind a word: gives the bits of what ends cells in it, or `None` if the word has quotes that must be
    /// looked at one by one.
    #[inline(always)]
    fn pass(&mut self, word: &Masks, quoted_breaks: bool) -> Option<u64> {
        let breaks = word.feeds | word.returns;
        let any = word.delimiters | breaks;
        if word.quotes == 0 {
            if self.inside & breaks != 0 && !quoted_breaks {
                return None;
            }
            let ends = any & !self.inside;
            self.may_open = ends >> 63 == 1;
            return Some(ends);
        }
        let inside = parity(word.quotes) ^ self.inside;
        let ends = any & !inside;
        let (opening, closing) = (word.quotes & inside, word.quotes & !inside);
        let may_open = ((ends | closing) << 1) | u64::from(self.may_open);
        if opening & !may_open != 0 || (inside & breaks != 0 && !quoted_breaks) {
            return None;
        }
        self.inside = if inside >> 63 == 1 { u64::MAX } else { 0 };
        self.may_open = (ends | closing) >> 63 == 1;
        Some(ends)
    }
}

/// For each bit whether the number of bits set up to and with it is odd.
#[inline(always)]
fn parity(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, shift| bits ^ (bits << shift))
}

/// Splits the complete rows at the start of the text, at most `most` of them.
pub(super) fn split(plain: &Plain<'_>, most: usize, into: &mut Split) {
    while into.len() < most && into.rest < plain.text.len() {
        let (start, mut lines) = (into.rest, Lines::default());
        let outcome = at_best(
            #[inline(always)]
            || split_regular(plain, most, into, &mut lines),
        );
        into.lines += plain.lines_between(start, into.rest, &lines);
        if outcome == Outcome::Done {
            return;
        }
        into.drop_unfinished();
        let start = into.rest;
        match plain.row(start, into) {
            Some(rest) => {
                into.lines += count_lines(plain.text.get(start..rest).unwrap_or_default());
                into.end_row(rest);
            }
            None => return,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Outcome {
    /// The text or its last complete row ended, or there are rows enough.
    Done,
    /// The row that did not end yet must be split cell by cell.
    Irregular,
}

#[inline(always)]
fn split_regular(plain: &Plain<'_>, most: usize, into: &mut Split, lines: &mut Lines) -> Outcome {
    let text = plain.text;
    let mut words = [Masks::default(); WORDS];
    let mut before = Before::ROW;
    let mut base = into.rest;
    // Whether quotes were seen since the cell started.
    let mut quotes = false;
    let mut breaks = Breaks::default();
    while base < text.len() {
        let window = text.get(base..).unwrap_or_default();
        let count = masks(window, plain.delimiter, &mut words);
        for word in words.iter().take(count) {
            let Some(ends) = before.pass(word, plain.quoted_breaks) else { return Outcome::Irregular };
            lines.add(word, WORD);
            let rows = breaks.of(plain, word, base, ends);
            let ends = (ends & word.delimiters) | rows;
            if quotes || word.quotes != 0 {
                quotes = push_each(text, base, word, Ends { ends, rows }, quotes, into);
            } else {
                into.push_word(text, base, ends, rows);
            }
            if into.len() >= most {
                into.keep(most);
                return Outcome::Done;
            }
            base += WORD;
        }
    }
    if !plain.last || into.rest >= text.len() {
        return Outcome::Done;
    }
    if before.inside != 0 {
        return Outcome::Irregular;
    }
    into.push(cell(text, into.next(), text.len()), text.len());
    into.end_row(text.len());
    Outcome::Done
}

/// What ends in a word: cells, and which of them end rows.
struct Ends {
    ends: u64,
    rows: u64,
}

/// Adds the cells that end in a word one by one, those with quotes looked at; gives whether the cell that has not
/// ended may have quotes. `quotes` says so for the first one.
fn push_each(text: &[u8], base: usize, word: &Masks, found: Ends, quotes: bool, into: &mut Split) -> bool {
    let mut quotes = quotes || word.quotes != 0;
    let mut left = found.ends;
    while left != 0 {
        let bit = left.trailing_zeros();
        left &= left - 1;
        let (start, end) = (into.next(), base + bit as usize);
        into.push(if quotes { cell(text, start, end) } else { Cell::new(start, end, false) }, end);
        quotes = word.quotes != 0;
        if (found.rows >> bit) & 1 == 1 {
            into.end_row(line_after(text, end));
        }
    }
    quotes
}

/// Finds the ends of rows word by word.
#[derive(Default)]
struct Breaks {
    /// Whether the last byte of the word before was a carriage return that ended a row.
    after_return: bool,
}

impl Breaks {
    /// The line breaks among what ends cells: of `\r\n` the first, and not a `\r` that the text ends with, since
    /// more may follow.
    #[inline(always)]
    fn of(&mut self, plain: &Plain<'_>, word: &Masks, base: usize, ends: u64) -> u64 {
        let returns = ends & word.returns;
        let second = (returns << 1) | u64::from(self.after_return);
        self.after_return = returns >> 63 == 1;
        let mut breaks = (ends & word.feeds & !second) | returns;
        if !plain.last && returns != 0 {
            let last = 63 - returns.leading_zeros();
            if base + last as usize + 1 == plain.text.len() {
                breaks &= !(1 << last);
            }
        }
        breaks
    }
}

/// A cell that may be in quotes.
#[cold]
fn cell(text: &[u8], start: usize, end: usize) -> Cell {
    match text.get(start..end) {
        Some([b'"', inner @ .., b'"']) if memchr::memchr(b'"', inner).is_none() => {
            Cell::new(start + 1, end - 1, false)
        }
        Some([b'"', ..]) => Cell::new(start, end, true),
        _ => Cell::new(start, end, false),
    }
}

/// Counts the complete rows from `start` on.
pub(super) fn count(plain: &Plain<'_>, start: usize) -> Counted {
    let mut counted = Counted { rest: start, ..Counted::default() };
    let mut one = Split::default();
    while counted.rest < plain.text.len() {
        let (start, mut lines) = (counted.rest, Lines::default());
        let outcome = at_best(
            #[inline(always)]
            || count_regular(plain, &mut counted, &mut lines),
        );
        counted.lines += plain.lines_between(start, counted.rest, &lines);
        if outcome == Outcome::Done {
            break;
        }
        let start = counted.rest;
        let row = plain.row(start, &mut one);
        one.drop_unfinished();
        let Some(rest) = row else { break };
        let lines = counted.lines + count_lines(plain.text.get(start..rest).unwrap_or_default());
        counted = Counted { rows: counted.rows + 1, rest, unclosed: one.unclosed, lines };
    }
    counted
}

#[inline(always)]
fn count_regular(plain: &Plain<'_>, counted: &mut Counted, lines: &mut Lines) -> Outcome {
    let text = plain.text;
    let mut words = [Masks::default(); WORDS];
    let mut before = Before::ROW;
    let mut base = counted.rest;
    let mut breaks = Breaks::default();
    while base < text.len() {
        let window = text.get(base..).unwrap_or_default();
        let count = masks(window, plain.delimiter, &mut words);
        for word in words.iter().take(count) {
            let Some(ends) = before.pass(word, plain.quoted_breaks) else { return Outcome::Irregular };
            lines.add(word, WORD);
            let rows = breaks.of(plain, word, base, ends);
            if rows != 0 {
                counted.rows += rows.count_ones() as usize;
                counted.rest = line_after(text, base + 63 - rows.leading_zeros() as usize);
            }
            base += WORD;
        }
    }
    if !plain.last || counted.rest >= text.len() {
        return Outcome::Done;
    }
    if before.inside != 0 {
        return Outcome::Irregular;
    }
    counted.rows += 1;
    counted.rest = text.len();
    Outcome::Done
}
