use std::fmt::Write;
use std::sync::Arc;

use super::source;
use crate::eval::{Arguments, Context, conversion_error};
use crate::sources::json;
use crate::table;
use crate::value::number::push_finite;
use crate::value::temporal::iso;
use crate::value::types::Form;
use crate::value::{Binary, Record, Result, Type, Value, base64_text};

/// `Json.Document(jsonText, encoding)`.
pub(super) fn document(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    match arguments.value(0) {
        Value::Text(text) => json::parse(ctx, text),
        Value::Binary(binary) => {
            let encoding = source::encoding(arguments.value(1))?;
            json::parse(ctx, &encoding.decode(binary.bytes(ctx)?))
        }
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Binary)))),
    }
}

/// `Json.FromValue(value, encoding)`.
pub(super) fn from_value(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let encoding = source::encoding(arguments.value(1))?;
    let mut out = String::new();
    write(ctx, arguments.value(0), &mut out)?;
    let bytes = if encoding.is_utf8() { out.into_bytes() } else { encoding.encode(&out) };
    Ok(Value::Binary(Arc::new(Binary::new(bytes))))
}

fn write(ctx: &Context, value: &Value, out: &mut String) -> Result<()> {
    ctx.step()?;
    match value.as_plain() {
        Value::Null => out.push_str("null"),
        Value::Logical(logical) => out.push_str(if *logical { "true" } else { "false" }),
        // Writing to a text cannot fail.
        Value::Int64(whole) => {
            let _ = write!(out, "{whole}");
        }
        Value::Double(double) if double.is_finite() => push_finite(out, *double, ".", "-"),
        Value::Double(_) => out.push_str("null"),
        Value::Decimal(decimal) => {
            let _ = write!(out, "{}", decimal.normalize());
        }
        Value::Text(text) => push_string(out, text),
        Value::Date(date) => quoted(out, |out| iso::push_date(out, *date)),
        Value::Time(time) => quoted(out, |out| iso::push_time(out, *time)),
        Value::DateTime(datetime) => quoted(out, |out| iso::push_datetime(out, *datetime)),
        Value::DateTimeZone(_) => {
            quoted(out, |out| {
                value.as_plain().zoned().into_iter().for_each(|zoned| iso::push_datetimezone(out, zoned))
            });
        }
        Value::Duration(duration) => quoted(out, |out| iso::push_duration(out, *duration)),
        Value::Binary(binary) => {
            let text = base64_text(binary.bytes(ctx)?);
            quoted(out, |out| out.push_str(&text));
        }
        Value::List(list) => ctx.nested(|| {
            out.push('[');
            let mut items = list.items();
            let mut first = true;
            while let Some(item) = items.next(ctx)? {
                comma(out, &mut first);
                write(ctx, &item.force(ctx)?, out)?;
            }
            out.push(']');
            Ok(())
        })?,
        Value::Record(record) => ctx.nested(|| write_record(ctx, record, out))?,
        Value::Table(table) => ctx.nested(|| {
            out.push('[');
            let mut rows = table::rows(ctx, table)?;
            let mut first = true;
            while let Some(row) = rows.next(ctx)? {
                ctx.step()?;
                comma(out, &mut first);
                write_record(ctx, &row, out)?;
            }
            out.push(']');
            Ok(())
        })?,
        other @ (Value::Function(_) | Value::Type(_) | Value::Meta(_)) => {
            return Err(conversion_error(other, &Arc::new(Type::new(Form::Text))));
        }
    }
    Ok(())
}

fn write_record(ctx: &Context, record: &Record, out: &mut String) -> Result<()> {
    out.push('{');
    let mut first = true;
    for (name, member) in record.fields() {
        comma(out, &mut first);
        push_string(out, name);
        out.push(':');
        write(ctx, &member.force(ctx)?, out)?;
    }
    out.push('}');
    Ok(())
}

fn comma(out: &mut String, first: &mut bool) {
    if !std::mem::replace(first, false) {
        out.push(',');
    }
}

fn quoted(out: &mut String, content: impl FnOnce(&mut String)) {
    out.push('"');
    content(out);
    out.push('"');
}

fn push_string(out: &mut String, text: &str) {
    quoted(out, |out| {
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let mut characters = from.chars();
            match characters.next().unwrap_or_default() {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                other => {
                    let _ = write!(out, "\\u{:04x}", u32::from(other));
                }
            }
            rest = characters.as_str();
        }
        out.push_str(rest);
    });
}
