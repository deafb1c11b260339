//! The lines of a text document as a lazy table of one column of texts.
//!
//! The document is read in blocks of complete lines; a block's column shares the block's text, and any thread can make
//! it.

use std::sync::Arc;

use super::bytes::ByteSource;
use super::encoding::Encoding;
use super::text_reader::TextReader;
use crate::eval::Context;
use crate::table::{
    Batch, Batches, Column, Demand, Explanation, Morsel, Morsels, Operator, Spare, Staged, Table, TextBlock,
    TextViews, one_by_one,
};
use crate::value::types::Form;
use crate::value::{Result, Shape, Text, Type};

/// How many bytes are read at first: few, so that looking at the first lines is quick.
const FIRST: usize = 32 << 10;
/// How many bytes are read at a time later on.
const MOST: usize = 1 << 20;
/// What stands in the text for bytes that mean nothing in the document's encoding.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// A text document.
pub struct Document {
    /// Where its bytes come from.
    pub source: ByteSource,
    /// Their encoding, unless a byte order mark says otherwise.
    pub encoding: Encoding,
    /// Whether a line ends with what separates it from the next.
    pub keep_separators: bool,
}

impl Document {
    /// The lines, which end with `\r`, `\n` or both; a separator at the very end starts no line.
    pub fn into_table(self) -> Table {
        let shape = Arc::new(Shape::new([Text::new("Column1")]));
        Table::new(shape, vec![Arc::new(Type::new(Form::Text))], Arc::new(Read(Arc::new(self))))
    }
}

struct Read(Arc<Document>);

impl Operator for Read {
    fn open(&self, _ctx: &Context, _demand: &Demand) -> Result<Box<dyn Batches>> {
        Ok(one_by_one(Box::new(Reading::new(&self.0))))
    }

    fn morsels(&self, _ctx: &Context, _demand: &Demand) -> Result<Option<Box<dyn Morsels>>> {
        Ok(Some(Box::new(Reading::new(&self.0))))
    }

    fn explain(&self, _ctx: &Context, _demand: &Demand) -> Result<Explanation> {
        Ok(Explanation::source(self.0.source.label().unwrap_or_default()))
    }

    fn name(&self) -> &'static str {
        "read lines"
    }
}

/// One reading.
struct Reading {
    document: Arc<Document>,
    reader: Option<TextReader>,
    /// The text behind the lines that were yielded.
    text: Vec<u8>,
    /// How many bytes are read next.
    size: usize,
    spare: Spare<Vec<u8>>,
}

impl Reading {
    fn new(document: &Arc<Document>) -> Reading {
        Reading {
            document: Arc::clone(document),
            reader: None,
            text: Vec::new(),
            size: FIRST,
            spare: Spare::default(),
        }
    }

    fn is_ended(&self) -> bool {
        self.reader.as_ref().is_some_and(TextReader::is_ended)
    }

    fn read(&mut self, ctx: &Context) -> Result<()> {
        let reader = match &mut self.reader {
            Some(reader) => reader,
            None => {
                let Document { source, encoding, .. } = &*self.document;
                self.reader.insert(TextReader::new(source.open(ctx)?, *encoding, REPLACEMENT))
            }
        };
        let size = self.size;
        self.size = (size * 2).min(MOST);
        reader.append(ctx, &mut self.text, size)
    }
}

/// Where the complete lines end that a text starts with.
fn complete(text: &[u8], ended: bool) -> usize {
    if ended {
        return text.len();
    }
    // What a carriage return at the end belongs to is not known yet.
    let known = text.strip_suffix(b"\r").unwrap_or(text);
    memchr::memrchr2(b'\r', b'\n', known).map_or(0, |at| at + 1)
}

impl Morsels for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        loop {
            if !self.is_ended() && self.text.len() < self.size {
                self.read(ctx)?;
            }
            let end = complete(&self.text, self.is_ended());
            if end > 0 {
                let mut rest = self.spare.take();
                rest.clear();
                rest.extend_from_slice(self.text.get(end..).unwrap_or_default());
                self.text.truncate(end);
                let text = std::mem::replace(&mut self.text, rest);
                let keep_separators = self.document.keep_separators;
                return Ok(Some(Box::new(Lines { text, keep_separators, spare: self.spare.clone() })));
            }
            if self.is_ended() {
                return Ok(None);
            }
            // A line longer than what was read: no text may be as long as memory is.
            ctx.reserve(self.text.len())?;
            self.read(ctx)?;
        }
    }
}

/// A block of complete lines.
struct Lines {
    text: Vec<u8>,
    keep_separators: bool,
    spare: Spare<Vec<u8>>,
}

impl Morsel for Lines {
    fn batch(self: Box<Self>, ctx: &Context) -> Result<Staged> {
        let text =
            TextBlock::check(self.text).unwrap_or_else(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let block = TextBlock::lent(text, &self.spare);
        let bytes = block.as_str().as_bytes();
        let mut views = TextViews::new(&block, bytes.len() / 64);
        let (mut start, mut count) = (0, 0);
        let mut push = |start: usize, end: usize, next: usize| {
            views.push(start, if self.keep_separators { next } else { end });
            count += 1;
        };
        for at in memchr::memchr2_iter(b'\r', b'\n', bytes) {
            if at < start {
                // The second half of a separator.
                continue;
            }
            let next = if bytes.get(at..at + 2) == Some(b"\r\n") { at + 2 } else { at + 1 };
            push(start, at, next);
            start = next;
        }
        if start < bytes.len() {
            push(start, bytes.len(), bytes.len());
        }
        ctx.steps(count)?;
        Ok(Batch::new(vec![Arc::new(Column::text(views.finish()))], count).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;
    use crate::table::{Demand, collect};
    use crate::value::{Binary, Member, Value};

    fn lines(bytes: &[u8], keep_separators: bool) -> Vec<String> {
        let query = Engine::new().compile("test", "null").unwrap();
        let ctx = query.start();
        let source = ByteSource::Binary(Arc::new(Binary::new(bytes.to_vec())));
        let table = Document { source, encoding: Encoding::UTF_8, keep_separators }.into_table();
        let mut found = Vec::new();
        for batch in collect(&ctx, &Arc::new(table), &Demand::all()).unwrap() {
            for row in 0..batch.len() {
                match batch.column(0).unwrap().get(row) {
                    Member::Ready(Value::Text(text)) => found.push(text.as_str().to_owned()),
                    other => panic!("{other:?}"),
                }
            }
        }
        found
    }

    #[test]
    fn lines_end_with_any_separator() {
        assert_eq!(lines(b"a\r\nb\rc\n\nd", false), ["a", "b", "c", "", "d"]);
        assert_eq!(lines(b"a\r\nb\r", true), ["a\r\n", "b\r"]);
        assert_eq!(lines(b"", false), [""; 0]);
        assert_eq!(lines(b"\xEF\xBB\xBFa\xFF\n", false), ["a\u{FFFD}"]);
        assert_eq!(lines(b"\xFF\xFEa\0\n\0b\0", false), ["a", "b"]);
    }

    #[test]
    fn blocks_are_cut_between_lines() {
        for length in [FIRST - 2, FIRST - 1, FIRST, FIRST + 1, 3 * FIRST] {
            let text = format!("{}\r\n{}\r\rend", "x".repeat(length), "é".repeat(length));
            let expected: Vec<String> =
                vec!["x".repeat(length), "é".repeat(length), String::new(), "end".to_owned()];
            assert_eq!(lines(text.as_bytes(), false), expected, "{length}");
        }
    }
}
