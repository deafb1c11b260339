//! Work on long texts, done in pieces: limits are looked at between two of them, so that an evaluation that is to end
//! need not wait for the end of a text of a gigabyte.

use memchr::memmem::{Finder, FinderRev};

use crate::eval::Context;
use crate::value::{Result, TextWriter, Value};

/// Bytes of a piece: a few milliseconds of the slowest work there is on texts.
const PIECE: usize = 1 << 18;

/// Whether a text is worth the trouble.
pub(in crate::library) fn is_long(text: &str) -> bool {
    text.len() > PIECE
}

/// The start of a text, and the rest.
fn cut(text: &str) -> (&str, &str) {
    let mut at = PIECE.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text.split_at(at)
}

/// Hands on a text in pieces.
pub(in crate::library) fn each_piece<'t>(
    ctx: &Context,
    text: &'t str,
    mut take: impl FnMut(&'t str) -> Result<()>,
) -> Result<()> {
    let (mut piece, mut rest) = cut(text);
    loop {
        take(piece)?;
        if rest.is_empty() {
            return Ok(());
        }
        ctx.check_limits()?;
        (piece, rest) = cut(rest);
    }
}

/// What `map` makes of a text, if it may be asked for one piece after the other.
pub(super) fn mapped(ctx: &Context, text: &str, mut map: impl FnMut(&str) -> String) -> Result<Value> {
    if !is_long(text) {
        return Ok(Value::from(map(text)));
    }
    let mut made = Pieces::default();
    each_piece(ctx, text, |piece| made.push(ctx, &map(piece)))?;
    made.finish(ctx)
}

/// Texts put together, without others of that length on the way.
pub(super) fn joined(ctx: &Context, texts: &[&str]) -> Result<Value> {
    let total = texts.iter().map(|text| text.len()).sum();
    if total <= PIECE {
        return Ok(match texts {
            [text] => Value::text(text),
            texts => Value::from(texts.concat()),
        });
    }
    ctx.reserve(total)?;
    let mut writer = TextWriter::with_room(total);
    for text in texts {
        each_piece(ctx, text, |piece| {
            writer.push(piece);
            Ok(())
        })?;
    }
    Ok(Value::Text(writer.finish()))
}

/// A text that grows and may become long.
#[derive(Default)]
pub(in crate::library) struct Pieces {
    full: Vec<String>,
    last: String,
    /// Bytes of the full ones.
    bytes: usize,
}

impl Pieces {
    /// Puts a text at the end.
    pub(in crate::library) fn push(&mut self, ctx: &Context, text: &str) -> Result<()> {
        if self.last.len() + text.len() <= PIECE {
            self.last.push_str(text);
            return Ok(());
        }
        each_piece(ctx, text, |piece| {
            if self.last.len() + piece.len() > PIECE {
                self.bytes += self.last.len();
                self.full.push(std::mem::take(&mut self.last));
                ctx.reserve(self.bytes + piece.len())?;
                ctx.check_limits()?;
            }
            self.last.push_str(piece);
            Ok(())
        })
    }

    /// The same text `count` times over.
    pub(super) fn push_often(&mut self, ctx: &Context, text: &str, count: usize) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let most = (PIECE / text.len()).max(1);
        let block = text.repeat(most.min(count));
        for _ in 0..count / most {
            self.push(ctx, &block)?;
        }
        self.push(ctx, block.get(..text.len() * (count % most)).unwrap_or(""))
    }

    /// All that was put together.
    pub(in crate::library) fn finish(mut self, ctx: &Context) -> Result<Value> {
        if self.full.is_empty() {
            return Ok(Value::from(self.last));
        }
        let total = self.bytes + self.last.len();
        ctx.reserve(total)?;
        self.full.push(self.last);
        let mut writer = TextWriter::with_room(total);
        for piece in self.full {
            ctx.check_limits()?;
            writer.push(&piece);
        }
        Ok(Value::Text(writer.finish()))
    }
}

/// Where a text that is not empty is found in another, from the start on and without overlaps.
pub(super) struct Matches<'t> {
    text: &'t [u8],
    finder: Finder<'t>,
    from: usize,
}

impl<'t> Matches<'t> {
    pub(super) fn new(text: &'t str, wanted: &'t str) -> Matches<'t> {
        Matches { text: text.as_bytes(), finder: Finder::new(wanted), from: 0 }
    }

    /// The byte at which the next one starts.
    pub(super) fn next(&mut self, ctx: &Context) -> Result<Option<usize>> {
        let width = self.finder.needle().len();
        loop {
            ctx.step()?;
            let end = self.text.len().min(self.from + PIECE + width);
            let found = self.text.get(self.from..end).and_then(|window| self.finder.find(window));
            if let Some(found) = found {
                let at = self.from + found;
                self.from = at + width;
                return Ok(Some(at));
            }
            if end == self.text.len() {
                return Ok(None);
            }
            ctx.check_limits()?;
            self.from = end + 1 - width;
        }
    }
}

/// Where a text that is not empty is found last in another.
pub(super) fn last_match(ctx: &Context, text: &str, wanted: &str) -> Result<Option<usize>> {
    let finder = FinderRev::new(wanted);
    let mut end = text.len();
    loop {
        let start = end.saturating_sub(PIECE + wanted.len());
        let found = text.as_bytes().get(start..end).and_then(|window| finder.rfind(window));
        if let Some(found) = found {
            return Ok(Some(start + found));
        }
        if start == 0 {
            return Ok(None);
        }
        ctx.check_limits()?;
        end = start + wanted.len() - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    fn with_context(test: impl FnOnce(&Context)) {
        let query = Engine::new().compile("test", "null").expect("compiles");
        test(&query.start());
    }

    #[test]
    fn between_two_pieces_an_evaluation_can_end() {
        let engine = Engine::new();
        let query = engine.compile("test", "null").expect("compiles");
        let (ctx, text) = (query.start(), long());
        let mut pieces = 0;
        let stopped = mapped(&ctx, &text, |piece| {
            pieces += 1;
            engine.cancel_token().cancel();
            piece.to_owned()
        });
        assert!(stopped.is_err_and(|error| error.is_stop()));
        assert_eq!(pieces, 1);
        assert!(joined(&ctx, &[&text]).is_err() && Matches::new(&text, "x").next(&ctx).is_err());
        assert!(Pieces::default().push_often(&ctx, "ab", text.len()).is_err());
    }

    /// Long enough for several pieces, with characters of two and four bytes across their ends.
    fn long() -> String {
        "aé😀-".repeat(PIECE / 3)
    }

    #[test]
    fn pieces_put_together_are_the_text() {
        with_context(|ctx| {
            let text = long();
            let mut pieces = Vec::new();
            each_piece(ctx, &text, |piece| {
                pieces.push(piece);
                Ok(())
            })
            .expect("no limit");
            assert!(pieces.len() > 2);
            assert_eq!(pieces.concat(), text);
            assert_eq!(
                joined(ctx, &[&text, "x", &text]).ok().map(|v| shown(&v)),
                Some(format!("{text}x{text}"))
            );
            let upper = mapped(ctx, &text, str::to_uppercase).ok().map(|value| shown(&value));
            assert_eq!(upper, Some(text.to_uppercase()));
        });
    }

    fn shown(value: &Value) -> String {
        match value {
            Value::Text(text) => text.to_string(),
            _ => String::new(),
        }
    }

    #[test]
    fn what_is_pushed_comes_out_in_order() {
        with_context(|ctx| {
            let (mut made, mut expected) = (Pieces::default(), String::new());
            for (text, count) in
                [("ab", 3), ("é", PIECE), (&long(), 2), ("", usize::MAX), ("xyz", PIECE + 1), ("q", 0)]
            {
                made.push_often(ctx, text, count).expect("no limit");
                expected.push_str(&if text.is_empty() { String::new() } else { text.repeat(count) });
            }
            assert_eq!(made.finish(ctx).ok().map(|value| shown(&value)), Some(expected));
        });
    }

    #[test]
    fn matches_are_those_of_a_search_in_one_go() {
        with_context(|ctx| {
            for wanted in ["-a", "😀", "é😀-aé", "zz", "aé😀-aé😀-"] {
                let text = format!("{}zz{}", long(), long());
                let mut matches = Matches::new(&text, wanted);
                let mut found = Vec::new();
                while let Some(at) = matches.next(ctx).expect("no limit") {
                    found.push(at);
                }
                assert!(found.iter().copied().eq(text.match_indices(wanted).map(|(at, _)| at)), "{wanted}");
                assert_eq!(last_match(ctx, &text, wanted).expect("no limit"), text.rfind(wanted), "{wanted}");
            }
            assert_eq!(last_match(ctx, "abc", "d").expect("no limit"), None);
        });
    }
}
