//! Texts line by line.

use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::library::text::argument::{out_of_range, single_character};
use crate::library::text::encoding::encoding_of;
use crate::sources::bytes::ByteSource;
use crate::sources::encoding::Encoding;
use crate::sources::lines::Document;
use crate::table::{Column, column_list};
use crate::value::{Binary, Chunk, Enumerate, Error, Iterate, List, Member, Record, Result, Text, Value};

/// How lines are told apart.
#[derive(Clone, Copy)]
struct LineStyle {
    quotes: Quotes,
    keep_separators: bool,
}

/// Whether line breaks inside of quotes end a line.
#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    /// They do.
    None,
    /// They do not.
    Always,
    /// They do not, where the quotes start a field; fields end at this character.
    AfterDelimiter(char),
}

/// The options that the arguments from `at` on give: three of their own, or a record of all.
fn options(
    ctx: &Context,
    arguments: &Arguments<'_>,
    encoding_at: Option<usize>,
) -> Result<(LineStyle, Encoding)> {
    let (mut encoding, mut keep_separators) =
        (Encoding::UTF_8, arguments.optional_logical(2)?.unwrap_or(false));
    let quotes = match arguments.value(1) {
        Value::Record(record) => {
            let mut fields = [field(ctx, record, "Encoding")?, field(ctx, record, "IncludeLineSeparators")?];
            let fields = Arguments::new(&mut fields);
            encoding = encoding_of(&fields, 0)?;
            keep_separators = fields.optional_logical(1)?.unwrap_or(keep_separators);
            quotes_of_record(ctx, record)?
        }
        _ => quote_style(arguments, 1)?,
    };
    if let Some(at) = encoding_at
        && !arguments.is_null(at)
    {
        encoding = encoding_of(arguments, at)?;
    }
    Ok((LineStyle { quotes, keep_separators }, encoding))
}

fn field(ctx: &Context, record: &Arc<Record>, name: &str) -> Result<Value> {
    record.get(name).map_or(Ok(Value::Null), |member| member.force(ctx))
}

/// A `QuoteStyle`; none unless it says so.
fn quote_style(arguments: &Arguments<'_>, at: usize) -> Result<Quotes> {
    match arguments.optional_whole(at, "quoteStyle")? {
        None | Some(0) => Ok(Quotes::None),
        Some(1) => Ok(Quotes::Always),
        Some(_) => Err(out_of_range("quoteStyle", arguments.value(at))),
    }
}

fn quotes_of_record(ctx: &Context, record: &Arc<Record>) -> Result<Quotes> {
    const KNOWN: [&str; 5] = ["QuoteStyle", "CsvStyle", "Delimiter", "IncludeLineSeparators", "Encoding"];
    if let Some(other) = record.names().iter().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(Error::expression(format!(
            "'{other}' isn't a valid option. Valid options are: '{}'.",
            KNOWN.join("', '")
        ))
        .with_detail(Value::Text(other.clone())));
    }
    let mut fields = [field(ctx, record, "QuoteStyle")?, field(ctx, record, "CsvStyle")?];
    let fields = Arguments::new(&mut fields);
    let style = fields.optional_whole(1, "CsvStyle")?;
    if fields.is_null(0) && style.is_none() || quote_style(&fields, 0)? == Quotes::None && !fields.is_null(0)
    {
        return Ok(Quotes::None);
    }
    match style {
        None | Some(1) => Ok(Quotes::Always),
        Some(0) => match field(ctx, record, "Delimiter")? {
            Value::Null => Ok(Quotes::AfterDelimiter(',')),
            delimiter => single_character(&delimiter).map(Quotes::AfterDelimiter),
        },
        Some(_) => Err(out_of_range("CsvStyle", fields.value(1))),
    }
}

pub(super) fn from_text(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let text = arguments.text(0)?;
    let (style, _) = options(ctx, &arguments, None)?;
    Ok(lines(move || Lines { text: text.clone(), at: 0, style }))
}

pub(super) fn from_binary(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let binary = arguments.binary(0)?;
    let (style, encoding) = options(ctx, &arguments, Some(3))?;
    if style.quotes == Quotes::None {
        let source = ByteSource::Binary(binary);
        let document = Document { source, encoding, keep_separators: style.keep_separators };
        return Ok(Value::List(Arc::new(column_list(&Arc::new(document.into_table()), 0))));
    }
    Ok(lines(move || BinaryLines { binary: Arc::clone(&binary), encoding, style, lines: None }))
}

/// A list that is read by what `start` gives.
fn lines<S: Fn() -> I + Send + Sync + 'static, I: Iterate + 'static>(start: S) -> Value {
    Value::List(Arc::new(List::Lazy(Box::new(AllLines(start)))))
}

struct AllLines<S>(S);

impl<S: Fn() -> I + Send + Sync, I: Iterate + 'static> Enumerate for AllLines<S> {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new((self.0)())
    }

    fn has_chunks(&self) -> bool {
        true
    }
}

/// The lines of bytes, which are read when the first line is.
struct BinaryLines {
    binary: Arc<Binary>,
    encoding: Encoding,
    style: LineStyle,
    lines: Option<Lines>,
}

impl BinaryLines {
    fn lines(&mut self, ctx: &Context) -> Result<&mut Lines> {
        match &mut self.lines {
            Some(lines) => Ok(lines),
            lines => {
                let text = Text::new(&self.encoding.decode(self.binary.bytes(ctx)?));
                Ok(lines.insert(Lines { text, at: 0, style: self.style }))
            }
        }
    }
}

impl Iterate for BinaryLines {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        self.lines(ctx)?.next(ctx)
    }

    fn next_chunk(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        self.lines(ctx)?.next_chunk(ctx, most)
    }
}

/// The lines of a text from a byte on. A line break at the very end starts no line.
struct Lines {
    text: Text,
    at: usize,
    style: LineStyle,
}

/// The next line, where `at` says, which goes on to the one after it.
fn next_line<'t>(text: &'t str, at: &mut usize, style: LineStyle) -> Option<&'t str> {
    let rest = text.get(*at..).filter(|rest| !rest.is_empty())?;
    let (line, separator) = first_line(rest, style.quotes);
    let taken = line + separator;
    *at += taken;
    rest.get(..if style.keep_separators { taken } else { line })
}

impl Iterate for Lines {
    fn next(&mut self, _: &Context) -> Result<Option<Member>> {
        let line = next_line(&self.text, &mut self.at, self.style);
        Ok(line.map(|line| Member::Ready(Value::text(line))))
    }

    fn next_chunk(&mut self, _: &Context, most: usize) -> Result<Option<Chunk>> {
        /// How far lines are read ahead, in bytes.
        const FAR: usize = 1 << 20;
        let (start, at) = (self.at, &mut self.at);
        let (text, style) = (self.text.as_str(), self.style);
        let mut line = || if *at - start > FAR { None } else { next_line(text, at, style) };
        let lines = Column::of_texts(std::iter::from_fn(&mut line).take(most));
        Ok((!lines.is_empty()).then_some(Chunk::Column(lines)))
    }
}

/// The length of the first line and of the break that ends it, in bytes.
fn first_line(text: &str, quotes: Quotes) -> (usize, usize) {
    let bytes = text.as_bytes();
    let mut end = None;
    if quotes == Quotes::None {
        end = memchr::memchr2(b'\r', b'\n', bytes);
    } else {
        let mut inside = false;
        let mut field_start = true;
        for (at, character) in text.char_indices() {
            match character {
                '"' if inside || quotes == Quotes::Always || field_start => inside = !inside,
                '\r' | '\n' if !inside => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
            field_start = matches!(quotes, Quotes::AfterDelimiter(delimiter) if delimiter == character && !inside)
                // A quote after a closing one stands for a quote, and opens the field again.
                || (character == '"' && !inside);
        }
    }
    match end {
        Some(at) if bytes.get(at..at + 2) == Some(b"\r\n") => (at, 2),
        Some(at) => (at, 1),
        None => (text.len(), 0),
    }
}
