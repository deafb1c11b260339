//! Functions that put texts together.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::argument::single_character;
use super::long::{Matches, Pieces, each_piece, is_long};
use super::position::length;
use crate::eval::{Arguments, Context, Limits, conversion_error};
use crate::value::types::Form;
use crate::value::{Member, Part, Result, Text, TextWriter, Type, Value};

pub(super) fn combine(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let texts = arguments.list(0)?;
    let separator = arguments.optional_text(1)?.unwrap_or_default();
    let separator = separator.as_str();
    let room = texts.as_items().and_then(|items| room(items, separator.len()));
    let mut joined = Joined::new(ctx, room)?;
    texts.each_part(ctx, |part| {
        match part {
            Part::Members(items) => {
                for item in items {
                    match item.ready() {
                        Some(Value::Text(text)) => joined.add(ctx, separator, text)?,
                        Some(Value::Null) => {}
                        Some(other) => joined.add_value(ctx, separator, other)?,
                        None => joined.add_value(ctx, separator, &item.force(ctx)?)?,
                    }
                }
            }
            Part::Column(column) => match column.as_text() {
                Some(texts) => {
                    texts.iter().flatten().try_for_each(|text| joined.add(ctx, separator, text))?
                }
                None => {
                    let add = |item| joined.add_value(ctx, separator, &item).map(ControlFlow::Continue);
                    let _ = column.each_value(ctx, add)?;
                }
            },
        }
        Ok(ControlFlow::Continue(()))
    })?;
    joined.finish(ctx)
}

/// How many bytes the texts take with a separator between them, if all are at hand.
fn room(items: &[Member], separator: usize) -> Option<usize> {
    let mut bytes = 0_usize;
    for item in items {
        match item.ready()? {
            Value::Null => {}
            Value::Text(text) => bytes = bytes.checked_add(text.len().checked_add(separator)?)?,
            _ => return None,
        }
    }
    // The first text has none before it; without a text there is none at all.
    Some(bytes.saturating_sub(separator))
}

/// Texts one after the other with a separator between them, gathered in a block that stays in the cache.
struct Joined {
    is_empty: bool,
    block: Vec<u8>,
    used: usize,
    whole: Whole,
}

/// Where the blocks go.
enum Whole {
    /// Memory of the size that all texts take.
    Known(TextWriter),
    Grows(Pieces),
}

impl Joined {
    /// Bytes of a block; texts of more than a quarter of that do not go through it.
    const BLOCK: usize = 1 << 14;

    fn new(ctx: &Context, room: Option<usize>) -> Result<Joined> {
        let whole = match room {
            Some(bytes) => {
                ctx.reserve(bytes)?;
                Whole::Known(TextWriter::with_room(bytes))
            }
            None => Whole::Grows(Pieces::default()),
        };
        Ok(Joined { is_empty: true, block: Vec::new(), used: 0, whole })
    }

    #[inline(always)]
    fn add(&mut self, ctx: &Context, separator: &str, text: &str) -> Result<()> {
        if !std::mem::take(&mut self.is_empty) {
            self.push(ctx, separator)?;
        }
        self.push(ctx, text)
    }

    /// The same for any item: nulls are left out.
    #[cold]
    fn add_value(&mut self, ctx: &Context, separator: &str, item: &Value) -> Result<()> {
        match item.as_plain() {
            Value::Null => Ok(()),
            Value::Text(text) => self.add(ctx, separator, text),
            other => Err(conversion_error(other, &Arc::new(Type::new(Form::Text)))),
        }
    }

    #[inline(always)]
    fn push(&mut self, ctx: &Context, text: &str) -> Result<()> {
        let end = self.used + text.len();
        match self.block.get_mut(self.used..end) {
            Some(place) => copy(text.as_bytes(), place),
            None => return self.push_past(ctx, text),
        }
        self.used = end;
        Ok(())
    }

    /// Puts a text behind the others for which the block has no room.
    #[cold]
    fn push_past(&mut self, ctx: &Context, text: &str) -> Result<()> {
        if text.len() > Joined::BLOCK / 4 {
            self.move_block(ctx)?;
            return self.whole.push(ctx, text);
        }
        if self.block.len() < Joined::BLOCK {
            // Four times as large, with room for the text.
            self.block.resize((self.used + text.len()).max(self.block.len() * 4).max(256), 0);
        } else {
            self.move_block(ctx)?;
        }
        self.push(ctx, text)
    }

    /// Puts what is in the block behind what was there before.
    fn move_block(&mut self, ctx: &Context) -> Result<()> {
        let texts = self.block.get(..self.used).unwrap_or_default();
        self.used = 0;
        // Whole texts are text.
        self.whole.push(ctx, std::str::from_utf8(texts).unwrap_or_default())
    }

    fn finish(mut self, ctx: &Context) -> Result<Value> {
        self.move_block(ctx)?;
        match self.whole {
            Whole::Known(writer) => Ok(Value::Text(writer.finish())),
            Whole::Grows(pieces) => pieces.finish(ctx),
        }
    }
}

/// Copies a text into a place of its length: short ones in two pieces that overlap, without a call.
#[inline(always)]
fn copy(text: &[u8], place: &mut [u8]) {
    #[inline(always)]
    fn in_two<const N: usize>(text: &[u8], place: &mut [u8]) -> Option<()> {
        let (first, last) = (*text.first_chunk::<N>()?, *text.last_chunk::<N>()?);
        *place.first_chunk_mut()? = first;
        *place.last_chunk_mut()? = last;
        Some(())
    }
    let copied = match text.len() {
        0 => Some(()),
        1 => in_two::<1>(text, place),
        2..4 => in_two::<2>(text, place),
        4..8 => in_two::<4>(text, place),
        8..16 => in_two::<8>(text, place),
        16..32 => in_two::<16>(text, place),
        _ => {
            place.copy_from_slice(text);
            Some(())
        }
    };
    debug_assert!(copied.is_some(), "a place of the text's length");
}

impl Whole {
    fn push(&mut self, ctx: &Context, text: &str) -> Result<()> {
        match self {
            Whole::Known(writer) => each_piece(ctx, text, |piece| {
                writer.push(piece);
                Ok(())
            }),
            Whole::Grows(pieces) => pieces.push(ctx, text),
        }
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
