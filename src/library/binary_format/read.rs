//! Reading bytes by a format.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::format::{Count, Format, Length, Number, Order, Part, binary, chosen, whole};
use crate::eval::{Context, conversion_error};
use crate::sources::encoding::Encoding;
use crate::value::types::Form;
use crate::value::{Binary, Error, List, Member, Record, Result, Type, Value};

/// Reads a binary value by a format; what lies behind it is left.
pub(super) fn document(ctx: &Context, format: &Format, binary: &Binary) -> Result<Value> {
    let bytes = binary.bytes(ctx)?;
    let mut reader = Reader { bytes, at: 0, order: Order::BigEndian };
    reader.read(ctx, format)
}

/// A place in some bytes.
pub(super) struct Reader<'b> {
    /// The bytes up to where reading may go.
    bytes: &'b [u8],
    at: usize,
    order: Order,
}

impl<'b> Reader<'b> {
    /// Whether all bytes were read.
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Reads one value.
    pub(super) fn read(&mut self, ctx: &Context, format: &Format) -> Result<Value> {
        ctx.step()?;
        ctx.nested(|| self.read_value(ctx, format))
    }

    fn read_value(&mut self, ctx: &Context, format: &Format) -> Result<Value> {
        match format {
            Format::Number(number) => self.number(*number),
            Format::SevenBits { signed } => self.seven_bits(*signed),
            Format::Null => Ok(Value::Null),
            Format::Binary(length) => {
                let length = self.length(ctx, length)?;
                Ok(binary(self.take(length)?))
            }
            Format::Text(length, encoding) => {
                let length = self.length(ctx, length)?;
                let bytes = self.take(length)?;
                Ok(Value::text(encoding.unwrap_or(Encoding::UTF_8).decode(bytes)))
            }
            Format::List(item, count) => self.list(ctx, item, count),
            Format::Record(shape, parts) => {
                let mut members = Vec::with_capacity(parts.len());
                for part in parts {
                    members.push(match part {
                        Part::Format(format) => Member::Ready(self.read(ctx, format)?),
                        Part::Value(member) => member.clone(),
                    });
                }
                Ok(Value::Record(Arc::new(Record::new(Arc::clone(shape), members))))
            }
            Format::Limited(inner, length) => {
                let length = self.length(ctx, length)?;
                let end = self.at.saturating_add(length).min(self.bytes.len());
                let whole = self.bytes;
                self.bytes = whole.get(..end).unwrap_or(whole);
                let value = self.read(ctx, inner);
                self.bytes = whole;
                let value = value?;
                self.at = end;
                Ok(value)
            }
            Format::Choice { first, choose, combine } => {
                let value = self.read(ctx, first)?;
                let second = chosen(ctx, choose, value.clone())?;
                let read = self.read(ctx, &second)?;
                match combine {
                    Some(combine) => ctx.call2(combine, value, read),
                    None => Ok(read),
                }
            }
            Format::Transform(inner, function) => {
                let value = self.read(ctx, inner)?;
                ctx.call1(function, value)
            }
            Format::Ordered(inner, order) => {
                let before = std::mem::replace(&mut self.order, *order);
                let value = self.read(ctx, inner);
                self.order = before;
                value
            }
            Format::Group(group) => group.read(ctx, self),
        }
    }

    fn length(&mut self, ctx: &Context, length: &Length) -> Result<usize> {
        match length {
            Length::Rest => Ok(self.bytes.len() - self.at),
            Length::Fixed(length) => Ok(*length),
            Length::Read(format) => whole(&self.read(ctx, format)?),
        }
    }

    fn list(&mut self, ctx: &Context, item: &Format, count: &Count) -> Result<Value> {
        let most = match count {
            Count::Fixed(most) => *most,
            Count::Read(format) => whole(&self.read(ctx, format)?)?,
            Count::Rest | Count::While(_) => usize::MAX,
        };
        let mut items = Vec::new();
        while items.len() < most {
            let before = self.at;
            if matches!(count, Count::Rest) && self.is_at_end() {
                break;
            }
            let value = self.read(ctx, item)?;
            items.push(Member::Ready(value.clone()));
            if let Count::While(condition) = count {
                match ctx.call1(condition, value)?.plain() {
                    Value::Logical(true) => {}
                    Value::Logical(false) => break,
                    other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Logical)))),
                }
            }
            if matches!(count, Count::Rest) && self.at == before {
                // Items without bytes would go on for ever.
                break;
            }
        }
        Ok(Value::List(Arc::new(List::Items(items))))
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8]> {
        let end = self.at.saturating_add(length);
        let Some(bytes) = self.bytes.get(self.at..end) else {
            // The engine reads what is there and then says where it stands.
            self.at = self.bytes.len();
            return Err(self.error("The end of the input was reached before the value could be read."));
        };
        self.at = end;
        Ok(bytes)
    }

    /// The error of a value that cannot be read here.
    pub(super) fn error(&self, why: &str) -> Error {
        Error::data_format(format!(
            "There was a problem reading the binary format at position {}.  {why}",
            self.at
        ))
    }

    /// `N` bytes, the highest first.
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        if self.order == Order::LittleEndian {
            bytes.reverse();
        }
        Ok(bytes)
    }

    fn number(&mut self, number: Number) -> Result<Value> {
        Ok(match number {
            Number::Byte => Value::Int64(i64::from(u8::from_be_bytes(self.array()?))),
            Number::Unsigned16 => Value::Int64(i64::from(u16::from_be_bytes(self.array()?))),
            Number::Unsigned32 => Value::Int64(i64::from(u32::from_be_bytes(self.array()?))),
            Number::Unsigned64 => unsigned(u64::from_be_bytes(self.array()?)),
            Number::Signed16 => Value::Int64(i64::from(i16::from_be_bytes(self.array()?))),
            Number::Signed32 => Value::Int64(i64::from(i32::from_be_bytes(self.array()?))),
            Number::Signed64 => Value::Int64(i64::from_be_bytes(self.array()?)),
            Number::Single => Value::Double(f64::from(f32::from_be_bytes(self.array()?))),
            Number::Double => Value::Double(f64::from_be_bytes(self.array()?)),
            Number::Decimal => {
                let mut bytes = [0; 16];
                bytes.copy_from_slice(self.take(16)?);
                decimal(bytes).ok_or_else(|| self.error("The bytes are no decimal number."))?
            }
        })
    }

    fn seven_bits(&mut self, signed: bool) -> Result<Value> {
        let mut bits = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = u8::from_be_bytes(self.array()?);
            let group = u64::from(byte & 0x7F);
            if shift == 63 && group > 1 {
                break;
            }
            bits |= group << shift;
            if byte < 0x80 {
                if !signed {
                    return Ok(unsigned(bits));
                }
                // The lowest bit is the sign.
                return Ok(Value::Int64((bits >> 1) as i64 ^ -((bits & 1) as i64)));
            }
        }
        Err(self.error("The number has more than 64 bits."))
    }
}

/// A whole number of 64 bits, exactly.
fn unsigned(number: u64) -> Value {
    i64::try_from(number).map_or_else(|_| Value::from(Decimal::from(number)), Value::Int64)
}

/// A decimal as .NET lays it out: three words of the number, then sign and scale, each lowest byte first.
fn decimal(bytes: [u8; 16]) -> Option<Value> {
    let word = |at: usize| {
        let mut word = [0; 4];
        word.copy_from_slice(bytes.get(at..at + 4)?);
        Some(u32::from_le_bytes(word))
    };
    let flags = word(12)?;
    let scale = flags >> 16 & 0xFF;
    if flags & 0x7F00_FFFF != 0 || scale > 28 {
        return None;
    }
    Some(Value::from(Decimal::from_parts(word(0)?, word(4)?, word(8)?, flags >> 31 == 1, scale)))
}
