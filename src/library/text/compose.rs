//! Functions that put texts together.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::argument::single_character;
use super::long::{Matches, Pieces, is_long};
use super::position::length;
use crate::eval::{Arguments, Context, Limits, conversion_error};
use crate::table::ahead_of;
use crate::value::types::Form;
use crate::value::{Part, Result, Text, Type, Value};

pub(super) fn combine(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let texts = arguments.list(0)?;
    let separator = arguments.optional_text(1)?.unwrap_or_default();
    let (mut combined, mut block, mut first) = (Pieces::default(), Block::default(), true);
    let mut put = |text: &str| {
        if text.len() > Block::LONGEST {
            block.move_to(ctx, &mut combined)?;
            return combined.push(ctx, text);
        }
        block.push(text);
        if block.is_full() { block.move_to(ctx, &mut combined) } else { Ok(()) }
    };
    let mut add = |text: &str| {
        if !std::mem::take(&mut first) {
            put(&separator)?;
        }
        put(text)
    };
    texts.each_part(ctx, |part| {
        if let Part::Column(column) = part
            && let Some(texts) = column.as_text()
        {
            texts.iter().flatten().try_for_each(&mut add)?;
            return Ok(ControlFlow::Continue(()));
        }
        part.each(ctx, |item| {
            match item.as_plain() {
                Value::Null => {}
                Value::Text(text) => add(text)?,
                other => return Err(conversion_error(other, &Arc::new(Type::new(Form::Text)))),
            }
            Ok(ControlFlow::Continue(()))
        })
    })?;
    block.move_to(ctx, &mut combined)?;
    combined.finish(ctx)
}

/// Texts one after the other, short ones copied without a call.
#[derive(Default)]
struct Block(Vec<u8>);

impl Block {
    /// Longer texts are not copied twice.
    const LONGEST: usize = 1 << 12;

    #[inline]
    fn push(&mut self, text: &str) {
        const SHORT: usize = 16;
        let (bytes, end) = (text.as_bytes(), self.0.len() + text.len());
        if bytes.len() <= SHORT {
            self.0.extend_from_slice(&ahead_of(bytes).to_le_bytes());
            self.0.truncate(end);
        } else {
            self.0.extend_from_slice(bytes);
        }
    }

    fn is_full(&self) -> bool {
        self.0.len() >= 1 << 14
    }

    /// Puts the texts behind others, and forgets them.
    fn move_to(&mut self, ctx: &Context, pieces: &mut Pieces) -> Result<()> {
        // Whole texts are text.
        pieces.push(ctx, std::str::from_utf8(&self.0).unwrap_or_default())?;
        self.0.clear();
        Ok(())
    }
}

pub(super) fn repeat(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let count = arguments.count(1, "count")?;
    ctx.reserve(text.len().saturating_mul(count))?;
    let mut repeated = Pieces::default();
    repeated.push_often(ctx, &text, count)?;
    repeated.finish(ctx)
}

pub(super) fn pad_start(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    padded(ctx, &arguments, true)
}

pub(super) fn pad_end(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    padded(ctx, &arguments, false)
}

fn padded(ctx: &Context, arguments: &Arguments<'_>, at_start: bool) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let count = arguments.count(1, "count")?;
    let character = match arguments.value(2) {
        Value::Null => ' ',
        value => single_character(value)?,
    };
    let missing = count.saturating_sub(length(&text)) / character.len_utf16();
    ctx.reserve(missing.saturating_mul(character.len_utf8()))?;
    let mut buffer = [0; 4];
    let character = character.encode_utf8(&mut buffer);
    let mut padded = Pieces::default();
    if !at_start {
        padded.push(ctx, &text)?;
    }
    padded.push_often(ctx, character, missing)?;
    if at_start {
        padded.push(ctx, &text)?;
    }
    padded.finish(ctx)
}

pub(super) fn replace(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    replaced(ctx, text, &arguments.text(1)?, &arguments.text(2)?)
}

/// The text with each `old` in it replaced by `new`.
pub(in crate::library) fn replaced(ctx: &Context, text: Text, old: &str, new: &str) -> Result<Value> {
    // As much as may become of it, if each byte were replaced.
    let short = !is_long(&text) && text.len().saturating_mul(new.len()) as u64 <= Limits::LARGEST_VALUE;
    if old.is_empty() || short && !text.contains(old) {
        return Ok(Value::Text(text));
    }
    if short {
        return Ok(Value::from(text.replace(old, new)));
    }
    let (mut matches, mut made, mut done) = (Matches::new(&text, old), Pieces::default(), 0);
    while let Some(at) = matches.next(ctx)? {
        made.push(ctx, text.get(done..at).unwrap_or(""))?;
        made.push(ctx, new)?;
        done = at + old.len();
    }
    if done == 0 {
        return Ok(Value::Text(text));
    }
    made.push(ctx, text.get(done..).unwrap_or(""))?;
    made.finish(ctx)
}
