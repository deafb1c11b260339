//! Splitters that look for delimiters.

use std::sync::Arc;

use super::arguments::{cutting_splitter, from_end, quotes, splitter, texts};
use super::scan::{self, Quotes, reversed, split, split_from_end};
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
    let known = delimiter.clone();
    let cut = move |text: &str, places: &mut Vec<(usize, usize)>| {
        if !stands_as_it_is(text, quotes) {
            return false;
        }
        let mut start = 0;
        if !known.is_empty() {
            let mut cut = |at: usize| {
                places.push((start, at));
                start = at + known.len();
            };
            match known.as_bytes() {
                [byte] => memchr::memchr_iter(*byte, text.as_bytes()).for_each(&mut cut),
                _ => text.match_indices(known.as_str()).for_each(|(at, _)| cut(at)),
            }
        }
        places.push((start, text.len()));
        true
    };
    let split = move |_: &Context, text: Text| {
        if delimiter.is_empty() {
            return Ok(Value::list([Value::Text(text)]));
        }
        if stands_as_it_is(&text, quotes) {
            return Ok(Value::list(text.split(delimiter.as_str()).map(Value::text)));
        }
        let length = |rest: &str| rest.starts_with(delimiter.as_str()).then_some(delimiter.len());
        Ok(list(split(&text, quotes, length)))
    };
    Ok(cutting_splitter("Splitter.SplitTextByDelimiter", split, cut))
}

/// Whether no quote in the text changes what its parts are.
fn stands_as_it_is(text: &str, quotes: Quotes) -> bool {
    quotes == Quotes::Ignored || memchr::memchr(b'"', text.as_bytes()).is_none()
}

pub(super) fn by_any_delimiter(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (quotes, from_end) = (quotes(&arguments, 1)?, from_end(&arguments, 2)?);
    let delimiters = turned(texts(ctx, &arguments.list(0)?)?, from_end);
    let delimiters: Arc<[Text]> = delimiters.into();
    let known = Arc::clone(&delimiters);
    let cut = move |text: &str, places: &mut Vec<(usize, usize)>| {
        let possible = !from_end && stands_as_it_is(text, quotes);
        if possible {
            scan::cut(text, places, |rest| any_of(&known, rest));
        }
        possible
    };
    let split = move |_: &Context, text: Text| {
        let any = |rest: &str| any_of(&delimiters, rest);
        Ok(list(if from_end { split_from_end(&text, quotes, any) } else { split(&text, quotes, any) }))
    };
    Ok(cutting_splitter("Splitter.SplitTextByAnyDelimiter", split, cut))
}

pub(super) fn by_each_delimiter(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (quotes, from_end) = (quotes(&arguments, 1)?, from_end(&arguments, 2)?);
    let delimiters = turned(texts(ctx, &arguments.list(0)?)?, from_end);
    let delimiters: Arc<[Text]> = delimiters.into();
    let known = Arc::clone(&delimiters);
    let cut = move |text: &str, places: &mut Vec<(usize, usize)>| {
        if from_end || !stands_as_it_is(text, quotes) {
            return false;
        }
        let mut start = 0;
        for delimiter in known.iter().take_while(|delimiter| !delimiter.is_empty()) {
            let rest = text.get(start..).unwrap_or_default().as_bytes();
            let found = match delimiter.as_bytes() {
                [byte] => memchr::memchr(*byte, rest),
                longer => memchr::memmem::find(rest, longer),
            };
            let Some(at) = found else { break };
            places.push((start, start + at));
            start += at + delimiter.len();
        }
        places.push((start, text.len()));
        true
    };
    let split = move |_: &Context, text: Text| {
        let mut waiting = delimiters.iter().peekable();
        let next = |rest: &str| waiting.next_if(|delimiter| starts(rest, delimiter)).map(|found| found.len());
        Ok(list(if from_end { split_from_end(&text, quotes, next) } else { split(&text, quotes, next) }))
    };
    Ok(cutting_splitter("Splitter.SplitTextByEachDelimiter", split, cut))
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

/// The length of the first of the delimiters that a text starts with.
fn any_of(delimiters: &[Text], rest: &str) -> Option<usize> {
    delimiters.iter().find(|delimiter| starts(rest, delimiter)).map(|found| found.len())
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
