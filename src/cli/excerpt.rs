//! The part of a source that a diagnostic shows: long lines cut around the place, and a blank to mark where the text
//! ends too early.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use pqm::text::{Source, Span};

/// Characters of a line that are shown at most. Longer lines are cut around the place.
const LINE: usize = 120;

/// A text to draw, and where the places of the source are in it.
pub struct Excerpt {
    name: String,
    text: String,
    main: SourceSpan,
    /// The column of the main place in the source, from 0.
    column: usize,
    /// Pieces that were taken over: their start and end in the source, their start here.
    pieces: Vec<(usize, usize, usize)>,
}

impl Excerpt {
    /// What to show of `source` for its place `main`.
    pub fn new(source: &Source, main: Span) -> Excerpt {
        let text = source.text();
        let end = text.trim_end().len();
        let place = (main.start as usize).min(text.len());
        // What is missing at the end is missing after the last word, not after the last blank line.
        let at_end = main.is_empty() && place >= end;
        let start = if at_end { end } else { place };
        let column = source.line_column(start as u32).column.saturating_sub(1) as usize;
        let mut excerpt = Excerpt {
            name: source.name().to_owned(),
            text: String::with_capacity(text.len() + 1),
            main: SourceSpan::from(0..0),
            column,
            pieces: Vec::new(),
        };
        let mut at = 0;
        let mut missing = 0;
        for line in text.split_inclusive('\n') {
            let body = line.trim_end_matches(['\r', '\n']);
            if body.len() > LINE && body.chars().count() > LINE {
                excerpt.cut(body, at, start);
            } else {
                excerpt.take(body, at);
            }
            if at_end && (at..=at + body.len()).contains(&start) {
                missing = excerpt.text.len();
                excerpt.text.push(' ');
            }
            if line.ends_with('\n') {
                excerpt.take("\n", at + line.len() - 1);
            }
            at += line.len();
        }
        if excerpt.text.is_empty() {
            excerpt.text.push(' ');
        }
        excerpt.main = if at_end {
            SourceSpan::from(missing..missing + 1)
        } else {
            let here = excerpt.position(start).unwrap_or(0);
            SourceSpan::from(here..here + excerpt.length(main.start as usize, main.end as usize))
        };
        excerpt
    }

    /// The main place.
    pub fn main(&self) -> SourceSpan {
        self.main
    }

    /// Another place of the source, if it is shown.
    pub fn place(&self, span: Span) -> Option<SourceSpan> {
        let start = self.position(span.start as usize)?;
        Some(SourceSpan::from(start..start + self.length(span.start as usize, span.end as usize)))
    }

    /// Takes over a piece of the source that begins at `at`.
    fn take(&mut self, piece: &str, at: usize) {
        self.pieces.push((at, at + piece.len(), self.text.len()));
        self.text.push_str(piece);
    }

    /// Takes over the part of a long line that is near `place`.
    fn cut(&mut self, line: &str, at: usize, place: usize) {
        let inside = place.checked_sub(at).filter(|inside| *inside <= line.len()).unwrap_or(0);
        let boundary =
            |wanted: usize| (wanted..=line.len()).find(|at| line.is_char_boundary(*at)).unwrap_or(line.len());
        let start = boundary(inside.saturating_sub(LINE / 3));
        let start = if start < 8 { 0 } else { start };
        let end = boundary((start + LINE).min(line.len()));
        if start > 0 {
            self.text.push('…');
        }
        self.take(line.get(start..end).unwrap_or_default(), at + start);
        if end < line.len() {
            self.text.push('…');
        }
    }

    fn position(&self, offset: usize) -> Option<usize> {
        let (start, _, here) =
            self.pieces.iter().rev().find(|(start, end, _)| (*start..=*end).contains(&offset))?;
        Some(here + offset - start)
    }

    /// The length of what is shown of a place: it ends with its piece where the rest was cut.
    fn length(&self, start: usize, end: usize) -> usize {
        let Some(from) = self.position(start) else { return 0 };
        let to = self.position(end).or_else(|| {
            let cut = self.pieces.iter().rev().find(|(piece, _, _)| *piece <= end);
            cut.map(|(piece, piece_end, here)| here + piece_end - piece)
        });
        to.unwrap_or(from).saturating_sub(from)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self.text.read_span(span, before, after)?;
        // The head of the drawing tells the column of the main place: the one in the source, not the one in the excerpt.
        let column = if *span == self.main && before == 0 { self.column } else { read.column() };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            read.data(),
            *read.span(),
            read.line(),
            column,
            read.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, start: u32, end: u32) -> (String, String, usize) {
        let excerpt = Excerpt::new(&Source::new("x", text), Span::new(start, end));
        let (from, length) = (excerpt.main.offset(), excerpt.main.len());
        (excerpt.text.clone(), excerpt.text[from..from + length].to_owned(), excerpt.column)
    }

    #[test]
    fn short_lines_are_shown_as_they_are() {
        assert_eq!(shown("let\n  a = é\n", 10, 12), ("let\n  a = é\n".to_owned(), "é".to_owned(), 6));
    }

    #[test]
    fn what_is_missing_at_the_end_is_marked_after_the_last_word() {
        assert_eq!(shown("1 +\n\n", 5, 5), ("1 + \n\n".to_owned(), " ".to_owned(), 3));
        assert_eq!(shown("", 0, 0), (" ".to_owned(), " ".to_owned(), 0));
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}\n{}BAD{}", "x".repeat(500), "ä".repeat(1000), "z".repeat(1000));
        let start = 501 + 2000;
        let (drawn, marked, column) = shown(&text, start, start + 3);
        assert_eq!((marked.as_str(), column), ("BAD", 1000));
        assert!(drawn.lines().all(|line| line.chars().count() <= LINE + 2), "{drawn}");
        assert!(drawn.lines().nth(1).unwrap().starts_with("…ä"));
    }

    #[test]
    fn a_place_longer_than_the_excerpt_ends_with_it() {
        let (drawn, marked, _) = shown(&"y".repeat(1000), 0, 1000);
        assert_eq!(format!("{marked}…"), drawn);
    }
}
