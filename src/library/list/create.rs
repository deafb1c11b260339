//! Lists made from nothing.

use std::sync::{Arc, OnceLock};

use super::stream::{counted, holds};
use crate::eval::{Arguments, Context, apply};
use crate::ir::Operator;
use crate::library::{Declaration, example, native};
use crate::table::Program;
use crate::value::{Chunk, Enumerate, Error, Function, Iterate, List, Member, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Generate",
        "(initial as function, condition as function, next as function, optional selector as nullable function) as list",
        "Starts with what `initial` gives and goes on with what `next` gives for the value before, while the condition holds. A selector says what of each value becomes the item.",
        &[
            example("List.Generate(() => 3, each _ > 0, each _ - 1)", "{3, 2, 1}"),
            example("List.FirstN(List.Generate(() => 1, each true, each _ * 2, each _ + 1), 3)", "{2, 3, 5}"),
        ],
        generate,
    ),
    native(
        "List.Numbers",
        "(start as number, count as number, optional increment as nullable number) as list",
        "`count` numbers from a start on, each larger by the increment (1 if not given).",
        &[example("List.Numbers(1, 3)", "{1, 2, 3}"), example("List.Numbers(0, 3, 0.5)", "{0, 0.5, 1}")],
        numbers,
    ),
    native(
        "List.Random",
        "(count as number, optional seed as nullable number) as list",
        "Random numbers from 0 up to, but not including, 1. The same seed gives the same numbers.",
        &[
            example("List.Count(List.Random(3))", "3"),
            example("List.Random(3, 7) = List.Random(3, 7)", "true"),
        ],
        random,
    ),
    native(
        "List.Dates",
        "(start as date, count as number, step as duration) as list",
        "`count` dates from a start on, each later by the step.",
        &[example(
            "List.Dates(#date(2024, 2, 28), 2, #duration(1, 0, 0, 0))",
            "{#date(2024, 2, 28), #date(2024, 2, 29)}",
        )],
        steps,
    ),
    native(
        "List.DateTimes",
        "(start as datetime, count as number, step as duration) as list",
        "`count` moments from a start on, each later by the step.",
        &[example(
            "List.DateTimes(#datetime(2024, 1, 1, 23, 0, 0), 2, #duration(0, 1, 0, 0)){1}",
            "#datetime(2024, 1, 2, 0, 0, 0)",
        )],
        steps,
    ),
    native(
        "List.DateTimeZones",
        "(start as datetimezone, count as number, step as duration) as list",
        "`count` moments with their zone from a start on, each later by the step.",
        &[example(
            "List.DateTimeZones(#datetimezone(2024, 1, 1, 23, 0, 0, 2, 0), 2, #duration(0, 1, 0, 0)){1}",
            "#datetimezone(2024, 1, 2, 0, 0, 0, 2, 0)",
        )],
        steps,
    ),
    native(
        "List.Durations",
        "(start as duration, count as number, step as duration) as list",
        "`count` durations from a start on, each longer by the step.",
        &[example(
            "List.Durations(#duration(0, 1, 0, 0), 2, #duration(0, 1, 0, 0)){1}",
            "#duration(0, 2, 0, 0)",
        )],
        steps,
    ),
    native(
        "List.Times",
        "(start as time, count as number, step as duration) as list",
        "`count` times of day from a start on, each later by the step, going round at midnight.",
        &[example("List.Times(#time(23, 0, 0), 2, #duration(0, 1, 0, 0)){1}", "#time(0, 0, 0)")],
        steps,
    ),
];

fn generate(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let generated = Generated {
        initial: arguments.function(0)?,
        condition: arguments.function(1)?,
        next: arguments.function(2)?,
        selector: arguments.optional_function(3)?,
        only_computes: OnceLock::new(),
    };
    Ok(Value::List(Arc::new(List::Lazy(Box::new(Arc::new(generated))))))
}

struct Generated {
    initial: Arc<Function>,
    condition: Arc<Function>,
    next: Arc<Function>,
    selector: Option<Arc<Function>>,
    only_computes: OnceLock<bool>,
}

impl Enumerate for Arc<Generated> {
    fn iterate(&self) -> Box<dyn Iterate> {
        Box::new(Generating { functions: Arc::clone(self), current: None, done: false, failed: None })
    }

    fn has_chunks(&self) -> bool {
        // Only then can nothing tell that they are called ahead of time.
        let only_computes =
            || [&self.condition, &self.next].iter().all(|function| Program::of_cell(function).is_some());
        *self.only_computes.get_or_init(only_computes)
    }
}

struct Generating {
    functions: Arc<Generated>,
    current: Option<Value>,
    done: bool,
    /// An error that came up while looking ahead.
    failed: Option<Error>,
}

impl Generating {
    fn next_value(&mut self, ctx: &Context) -> Result<Option<Value>> {
        if self.done {
            return Ok(None);
        }
        let value = match self.current.take() {
            Some(value) => ctx.call1(&self.functions.next, value)?,
            None => ctx.call(&self.functions.initial, &[])?,
        };
        if !holds(ctx, &self.functions.condition, value.clone())? {
            self.done = true;
            return Ok(None);
        }
        self.current = Some(value.clone());
        Ok(Some(value))
    }

    fn item(&self, value: Value) -> Member {
        match &self.functions.selector {
            Some(selector) => {
                let selector = Arc::clone(selector);
                Member::lazy(move |ctx| ctx.call1(&selector, value.clone()))
            }
            None => Member::Ready(value),
        }
    }
}

impl Iterate for Generating {
    fn next(&mut self, ctx: &Context) -> Result<Option<Member>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        Ok(self.next_value(ctx)?.map(|value| self.item(value)))
    }

    fn next_chunk(&mut self, ctx: &Context, most: usize) -> Result<Option<Chunk>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut items = Vec::new();
        while items.len() < most {
            match self.next_value(ctx) {
                Ok(Some(value)) => items.push(self.item(value)),
                Ok(None) => break,
                Err(error) if items.is_empty() || error.is_stop() => return Err(error),
                Err(error) => {
                    // Those before it come first.
                    self.failed = Some(error);
                    break;
                }
            }
        }
        Ok((!items.is_empty()).then_some(Chunk::Members(items)))
    }
}

/// A list of `start + n * step` for n from 0.
fn numbers(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let count = arguments.count(1, "count")?;
    let increment = if arguments.is_null(2) { Value::Int64(1) } else { arguments.value(2).clone() };
    if let (Value::Int64(from), Value::Int64(1)) = (arguments.value(0), &increment)
        && i64::try_from(count).is_ok_and(|count| from.checked_add(count).is_some())
    {
        return Ok(Value::List(Arc::new(List::Range { from: *from, count: count as u64 })));
    }
    stepped(ctx, arguments.value(0).clone(), count, increment)
}

fn steps(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let count = arguments.count(1, "count")?;
    stepped(ctx, arguments.value(0).clone(), count, arguments.value(2).clone())
}

fn stepped(_: &Context, start: Value, count: usize, step: Value) -> Result<Value> {
    Ok(counted(Some(count), move || {
        let (start, step, mut at) = (start.clone(), step.clone(), 0usize);
        move |ctx: &Context| {
            if at >= count {
                return Ok(None);
            }
            let distance = apply(ctx, Operator::Multiply, &step, &Value::Int64(at as i64))?;
            at += 1;
            apply(ctx, Operator::Add, &start, &distance).map(|value| Some(Member::Ready(value)))
        }
    }))
}

fn random(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let count = arguments.count(0, "count")?;
    let seed = match arguments.optional_double(1)? {
        Some(seed) => seed.to_bits(),
        None => {
            let mut bytes = [0; 8];
            ctx.host().random(&mut bytes).map_err(|error| Error::data_source(error.to_string()))?;
            u64::from_ne_bytes(bytes)
        }
    };
    Ok(counted(Some(count), move || {
        let (mut state, mut left) = (seed, count);
        move |_: &Context| {
            if left == 0 {
                return Ok(None);
            }
            left -= 1;
            Ok(Some(Member::Ready(Value::Double(split_mix(&mut state)))))
        }
    }))
}

/// The next number from 0 up to 1 of a SplitMix64 sequence.
fn split_mix(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    (bits >> 11) as f64 / (1u64 << 53) as f64
}
