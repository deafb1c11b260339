//! Rows of the common dialect, 64 bytes at a time.
//!
//! Whether a byte stands inside quotes follows from the number of quotes before it, as long as quotes open only at
//! the start of cells, or right behind a closing one (a doubled quote). Where one does not, or a line break ends
//! quotes, the row is left to [`Plain::row`], which goes cell by cell.

use super::masks::{Masks, WORD, WORDS, masks};
use super::plain::Plain;
use super::split::{Cell, Counted, Split};

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
    #[inline]
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
fn parity(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, shift| bits ^ (bits << shift))
}

/// Splits the complete rows at the start of the text, at most `most` of them.
pub(super) fn split(plain: &Plain<'_>, most: usize, into: &mut Split) {
    while into.len() < most && into.rest < plain.text.len() {
        if split_regular(plain, most, into) == Outcome::Done {
            return;
        }
        into.drop_unfinished();
        match plain.row(into.rest, into) {
            Some(rest) => into.end_row(rest),
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

fn split_regular(plain: &Plain<'_>, most: usize, into: &mut Split) -> Outcome {
    let text = plain.text;
    let mut words = [Masks::default(); WORDS];
    let mut before = Before::ROW;
    let mut base = into.rest;
    let mut start = base;
    // Whether quotes were seen since the cell started, and whether the next byte is the second one of a line break.
    let (mut quotes, mut second) = (false, false);
    while base < text.len() {
        let window = text.get(base..).unwrap_or_default();
        let count = masks(window, plain.delimiter, &mut words);
        for word in words.iter().take(count) {
            let Some(mut ends) = before.pass(word, plain.quoted_breaks) else { return Outcome::Irregular };
            if std::mem::take(&mut second) {
                ends &= !1;
            }
            let some_quotes = word.quotes != 0;
            quotes |= some_quotes;
            while ends != 0 {
                let bit = ends.trailing_zeros();
                ends &= ends - 1;
                let end = base + bit as usize;
                if quotes {
                    into.push(cell(text, start, end));
                    quotes = some_quotes;
                } else {
                    into.push(Cell::new(start, end, false));
                }
                start = end + 1;
                if (word.delimiters >> bit) & 1 == 1 {
                    continue;
                }
                if (word.returns >> bit) & 1 == 1 {
                    match text.get(start) {
                        Some(b'\n') => {
                            start += 1;
                            second = bit == 63;
                            ends &= !(1_u64.checked_shl(bit + 1).unwrap_or(0));
                        }
                        None if !plain.last => return Outcome::Done,
                        _ => {}
                    }
                }
                into.end_row(start);
                if into.len() >= most {
                    return Outcome::Done;
                }
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
    into.push(cell(text, start, text.len()));
    into.end_row(text.len());
    Outcome::Done
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

/// Counts the complete rows at the start of the text.
pub(super) fn count(plain: &Plain<'_>) -> Counted {
    let mut counted = Counted::default();
    let mut one = Split::default();
    while counted.rest < plain.text.len() {
        if count_regular(plain, &mut counted) == Outcome::Done {
            break;
        }
        let row = plain.row(counted.rest, &mut one);
        one.forget();
        let Some(rest) = row else { break };
        counted = Counted { rows: counted.rows + 1, rest, unclosed: one.unclosed };
    }
    counted
}

fn count_regular(plain: &Plain<'_>, counted: &mut Counted) -> Outcome {
    let text = plain.text;
    let mut words = [Masks::default(); WORDS];
    let mut before = Before::ROW;
    let mut base = counted.rest;
    let mut second = false;
    while base < text.len() {
        let window = text.get(base..).unwrap_or_default();
        let count = masks(window, plain.delimiter, &mut words);
        for word in words.iter().take(count) {
            let Some(ends) = before.pass(word, plain.quoted_breaks) else { return Outcome::Irregular };
            // A line feed behind a carriage return goes with it.
            let mut returns = ends & word.returns;
            let joined = (returns << 1) | u64::from(std::mem::take(&mut second));
            let mut breaks = (ends & word.feeds & !joined) | returns;
            if returns >> 63 == 1 && text.get(base + WORD) == Some(&b'\n') {
                second = true;
            }
            if !plain.last && returns != 0 {
                let end = base + 63 - returns.leading_zeros() as usize;
                if end + 1 == text.len() {
                    returns = 1 << (end - base);
                    breaks &= !returns;
                }
            }
            if breaks != 0 {
                let last = 63 - breaks.leading_zeros();
                counted.rows += breaks.count_ones() as usize;
                counted.rest = base + last as usize + 1;
                if (word.returns >> last) & 1 == 1 && text.get(counted.rest) == Some(&b'\n') {
                    counted.rest += 1;
                }
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
    *counted = Counted { rows: counted.rows + 1, rest: text.len(), unclosed: None };
    Outcome::Done
}
