//! Splitters that look for delimiters.

use super::arguments::{from_end, quotes, splitter, texts};
use super::scan::{Quotes, reversed, split, split_from_end};
use crate::eval::{Arguments, Context};
use crate::library::text::argument::out_of_range;
use crate::value::{Result, Text, Value};

fn list(parts: Vec<String>) -> Value {
    Value::list(parts.into_iter().map(Value::from))
}

pub(super) fn by_delimiter(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let delimiter = arguments.text(0)?;
    let mut quotes = quotes(&arguments, 1)?;
    match arguments.optional_whole(2, "csvStyle")? {
        None | Some(1) => {}
        Some(0) if quotes == Quotes::Ignored => {}
        Some(0) => quotes = Quotes::AtStart,
        Some(_) => return Err(out_of_range("csvStyle", arguments.value(2))),
    }
    Ok(splitter("Splitter.SplitTextByDelimiter", move |_, text| {
        if delimiter.is_empty() {
            return Ok(Value::list([Value::Text(text)]));
        }
        if quotes == Quotes::Ignored || memchr::memchr(b'"', text.as_bytes()).is_none() {
            return Ok(Value::list(text.split(delimiter.as_str()).map(Value::text)));
        }
        let length = |rest: &str| rest.starts_with(delimiter.as_str()).then_some(delimiter.len());
        Ok(list(split(&text, quotes, length)))
    }))
}

pub(super) fn by_any_delimiter(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (quotes, from_end) = (quotes(&arguments, 1)?, from_end(&arguments, 2)?);
    let delimiters = turned(texts(ctx, &arguments.list(0)?)?, from_end);
    Ok(splitter("Splitter.SplitTextByAnyDelimiter", move |_, text| {
        let any =
            |rest: &str| delimiters.iter().find(|delimiter| starts(rest, delimiter)).map(|found| found.len());
        Ok(list(if from_end { split_from_end(&text, quotes, any) } else { split(&text, quotes, any) }))
    }))
}

pub(super) fn by_each_delimiter(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (quotes, from_end) = (quotes(&arguments, 1)?, from_end(&arguments, 2)?);
    let delimiters = turned(texts(ctx, &arguments.list(0)?)?, from_end);
    Ok(splitter("Splitter.SplitTextByEachDelimiter", move |_, text| {
        let mut waiting = delimiters.iter().peekable();
        let next = |rest: &str| waiting.next_if(|delimiter| starts(rest, delimiter)).map(|found| found.len());
        Ok(list(if from_end { split_from_end(&text, quotes, next) } else { split(&text, quotes, next) }))
    }))
}

pub(super) fn by_whitespace(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let quotes = quotes(&arguments, 0)?;
    Ok(splitter("Splitter.SplitTextByWhitespace", move |_, text| {
        let blanks = |rest: &str| {
            let length = rest.len() - rest.trim_start().len();
            (length > 0).then_some(length)
        };
        Ok(list(split(text.trim(), quotes, blanks)))
    }))
}

/// An empty delimiter is found nowhere.
fn starts(rest: &str, delimiter: &str) -> bool {
    !delimiter.is_empty() && rest.starts_with(delimiter)
}

fn turned(delimiters: Vec<Text>, from_end: bool) -> Vec<Text> {
    if !from_end {
        return delimiters;
    }
    delimiters.iter().map(|delimiter| Text::from(reversed(delimiter))).collect()
}
