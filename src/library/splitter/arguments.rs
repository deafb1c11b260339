//! What splitters and combiners take, and the functions they give.

use std::sync::{Arc, OnceLock};

use super::scan::Quotes;
use crate::eval::{Arguments, Context, conversion_error};
use crate::library::registry;
use crate::library::text::argument::out_of_range;
use crate::table::Cutter;
use crate::value::types::Form;
use crate::value::{Function, List, Parameters, Result, Text, Type, Value};

/// A splitter of texts; `null` has no parts.
pub(super) fn splitter(
    name: &str,
    split: impl Fn(&Context, Text) -> Result<Value> + Send + Sync + 'static,
) -> Value {
    Function::from_rust(name, splitter_parameters(), move |ctx, arguments| {
        match arguments.optional_text(0)? {
            Some(text) => split(ctx, text),
            None => Ok(Value::list([])),
        }
    })
}

/// The same, whose pieces are mostly parts of the text as it stands.
pub(super) fn cutting_splitter(
    name: &str,
    split: impl Fn(&Context, Text) -> Result<Value> + Send + Sync + 'static,
    cut: impl Fn(&str, &mut Vec<(usize, usize)>) -> bool + Send + Sync + 'static,
) -> Value {
    let parameters = splitter_parameters();
    let cutter = Arc::new(Cutter(Box::new(cut)));
    Function::with_data(name, parameters, cutter, move |ctx, arguments| match arguments.optional_text(0)? {
        Some(text) => split(ctx, text),
        None => Ok(Value::list([])),
    })
}

fn splitter_parameters() -> Parameters {
    static PARAMETERS: OnceLock<Parameters> = OnceLock::new();
    PARAMETERS.get_or_init(|| registry::parameters("(text as nullable text) as list")).clone()
}

/// A combiner of texts.
pub(super) fn combiner(name: &str, combine: impl Fn(&[Text]) -> String + Send + Sync + 'static) -> Value {
    static PARAMETERS: OnceLock<Parameters> = OnceLock::new();
    let parameters = PARAMETERS.get_or_init(|| registry::parameters("(texts as list) as text"));
    Function::from_rust(name, parameters.clone(), move |ctx, arguments| {
        Ok(Value::from(combine(&texts(ctx, &arguments.list(0)?)?)))
    })
}

/// The texts of a list; `null` counts as empty.
pub(super) fn texts(ctx: &Context, list: &Arc<List>) -> Result<Vec<Text>> {
    let mut texts = Vec::with_capacity(list.known_count().unwrap_or(0).min(1 << 16));
    let mut items = list.items();
    while let Some(item) = items.next(ctx)? {
        texts.push(match item.force(ctx)? {
            Value::Text(text) => text,
            Value::Null => Text::default(),
            other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Text)))),
        });
    }
    Ok(texts)
}

/// A `QuoteStyle` argument; quotes count unless it says otherwise.
pub(super) fn quotes(arguments: &Arguments<'_>, at: usize) -> Result<Quotes> {
    match arguments.optional_whole(at, "quoteStyle")? {
        None | Some(1) => Ok(Quotes::Anywhere),
        Some(0) => Ok(Quotes::Ignored),
        Some(_) => Err(out_of_range("quoteStyle", arguments.value(at))),
    }
}

/// A `startAtEnd` argument.
pub(super) fn from_end(arguments: &Arguments<'_>, at: usize) -> Result<bool> {
    Ok(arguments.optional_logical(at)?.unwrap_or(false))
}

/// A list of counts: positions or lengths.
pub(super) fn counts(ctx: &Context, list: &Arc<List>, parameter: &str) -> Result<Vec<usize>> {
    let mut values = list.values(ctx)?;
    let values = Arguments::new(&mut values);
    (0..values.len()).map(|at| values.count(at, parameter)).collect()
}

/// A list of positions, none before the one in front of it.
pub(super) fn positions(ctx: &Context, arguments: &Arguments<'_>) -> Result<Vec<usize>> {
    let positions = counts(ctx, &arguments.list(0)?, "positions")?;
    if positions.is_sorted() { Ok(positions) } else { Err(out_of_range("positions", arguments.value(0))) }
}

/// A list of pairs of a position and a length, which may be `null`: to the end.
pub(super) fn ranges(ctx: &Context, list: &Arc<List>) -> Result<Vec<(usize, Option<usize>)>> {
    let mut ranges = Vec::new();
    for value in list.values(ctx)? {
        let Value::List(pair) = &value else {
            return Err(conversion_error(&value, &Arc::new(Type::new(Form::List(None)))));
        };
        let mut pair = pair.values(ctx)?;
        if pair.len() != 2 {
            return Err(out_of_range("ranges", &value));
        }
        let pair = Arguments::new(&mut pair);
        ranges.push((pair.count(0, "ranges")?, pair.optional_count(1, "ranges")?));
    }
    Ok(ranges)
}
