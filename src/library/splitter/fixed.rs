//! Splitters that go by positions.

use super::arguments::{counts, from_end, positions, ranges, splitter};
use crate::eval::{Arguments, Context};
use crate::library::text::argument::out_of_range;
use crate::library::text::position::{length, slice};
use crate::value::{Result, Value};

pub(super) fn by_positions(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (positions, from_end) = (positions(ctx, &arguments)?, from_end(&arguments, 1)?);
    Ok(splitter("Splitter.SplitTextByPositions", move |_, text| {
        let all = length(&text);
        // Each part reaches to the next position.
        let ends = positions.iter().skip(1).copied().chain([all]);
        let parts = positions.iter().zip(ends).map(|(&start, end)| (start.min(all), end.min(all)));
        Ok(if from_end {
            let parts: Vec<_> = parts.collect();
            Value::list(parts.iter().rev().map(|&(start, end)| part(&text, all - end, all - start)))
        } else {
            Value::list(parts.map(|(start, end)| part(&text, start, end)))
        })
    }))
}

fn part(text: &str, start: usize, end: usize) -> Value {
    Value::text(slice(text, start, end.saturating_sub(start)))
}

pub(super) fn by_lengths(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (lengths, from_end) = (counts(ctx, &arguments.list(0)?, "lengths")?, from_end(&arguments, 1)?);
    Ok(splitter("Splitter.SplitTextByLengths", move |_, text| {
        let all = length(&text);
        let mut parts = Vec::with_capacity(lengths.len());
        let mut used: usize = 0;
        for &count in &lengths {
            let start = used;
            used = all.min(used.saturating_add(count));
            parts.push(if from_end {
                part(&text, all - used, all - start)
            } else {
                part(&text, start, used)
            });
        }
        if from_end {
            parts.reverse();
        }
        Ok(Value::list(parts))
    }))
}

pub(super) fn by_repeated_lengths(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (count, from_end) = (arguments.count(0, "length")?, from_end(&arguments, 1)?);
    if count == 0 {
        return Err(out_of_range("length", arguments.value(0)));
    }
    Ok(splitter("Splitter.SplitTextByRepeatedLengths", move |_, text| {
        let characters: Vec<char> = text.chars().collect();
        let piece = |piece: &[char]| Value::from(piece.iter().collect::<String>());
        Ok(if from_end {
            let mut parts: Vec<Value> = characters.rchunks(count).map(piece).collect();
            parts.reverse();
            Value::list(parts)
        } else {
            Value::list(characters.chunks(count).map(piece).collect::<Vec<_>>())
        })
    }))
}

pub(super) fn by_ranges(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (ranges, from_end) = (ranges(ctx, &arguments.list(0)?)?, from_end(&arguments, 1)?);
    Ok(splitter("Splitter.SplitTextByRanges", move |_, text| {
        let all = length(&text);
        let parts = ranges.iter().map(|&(offset, count)| {
            let start = offset.min(all);
            let end = count.map_or(all, |count| all.min(start.saturating_add(count)));
            if from_end { part(&text, all - end, all - start) } else { part(&text, start, end) }
        });
        let mut parts: Vec<Value> = parts.collect();
        if from_end {
            parts.reverse();
        }
        Ok(Value::list(parts))
    }))
}
