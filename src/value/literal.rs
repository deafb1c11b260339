//! Values as M literal text: what evaluates to them again.

use std::fmt::Write;
use std::sync::Arc;

use super::types::{FieldType, Form, FunctionType, RecordType};
use super::{Error, List, Member, Result, Type, Value};
use crate::eval::Context;
use crate::syntax::is_regular_identifier;

/// A value as M text without evaluating anything: members that were not evaluated yet show as `...`.
pub fn to_literal(value: &Value) -> String {
    let mut text = String::new();
    // Without a context nothing is evaluated, so nothing can be raised.
    let _ = Writer { ctx: None, raise: false, out: &mut text }.value(value);
    text
}

/// A value as M text, evaluating every member. An error inside prints as `error: Reason: Message`, with its
/// detail, in the place of the member; such text is no M.
///
/// # Errors
/// Only stops.
pub fn literal_text(ctx: &Context, value: &Value) -> Result<String> {
    let mut text = String::new();
    Writer { ctx: Some(ctx), raise: false, out: &mut text }.value(value)?;
    Ok(text)
}

/// A value as M text that gives it again.
///
/// # Errors
/// Also one inside of the value: no text stands for it.
pub fn constant_text(ctx: &Context, value: &Value) -> Result<String> {
    let mut text = String::new();
    Writer { ctx: Some(ctx), raise: true, out: &mut text }.value(value)?;
    Ok(text)
}

/// An error as one line: `error: Reason: Message | Detail: ...`.
pub fn error_line(ctx: &Context, error: &Error) -> Result<String> {
    let mut text = format!("error: {error}");
    let detail = error.detail();
    if !detail.is_null() {
        text.push_str(" | Detail: ");
        Writer { ctx: Some(ctx), raise: false, out: &mut text }.value(&detail)?;
    }
    Ok(text)
}

struct Writer<'a> {
    ctx: Option<&'a Context>,
    /// Whether an error inside is raised instead of written.
    raise: bool,
    out: &'a mut String,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Result<()> {
        match self.ctx {
            Some(ctx) => ctx.nested(|| self.write(value)),
            None => stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.write(value)),
        }
    }

    fn write(&mut self, value: &Value) -> Result<()> {
        // Writing to a text cannot fail.
        match value.as_plain() {
            Value::Null => self.out.push_str("null"),
            Value::Logical(logical) => self.out.push_str(if *logical { "true" } else { "false" }),
            Value::Int64(whole) => _ = write!(self.out, "{whole}"),
            Value::Double(double) => self.out.push_str(&super::number::double_literal(*double)),
            Value::Decimal(decimal) => _ = write!(self.out, "{decimal}"),
            Value::Date(date) => {
                let (year, month, day) = date.components();
                _ = write!(self.out, "#date({year}, {month}, {day})");
            }
            Value::Time(time) => {
                self.out.push_str("#time(");
                self.time(*time);
                self.out.push(')');
            }
            Value::DateTime(datetime) => {
                self.out.push_str("#datetime(");
                self.datetime(*datetime);
                self.out.push(')');
            }
            Value::DateTimeZone(zoned) => {
                self.out.push_str("#datetimezone(");
                self.datetime(zoned.local());
                _ = write!(self.out, ", {}, {})", zoned.offset / 60, zoned.offset % 60);
            }
            Value::Duration(duration) => {
                let (days, hours, minutes) = (duration.days(), duration.hours(), duration.minutes());
                _ = write!(self.out, "#duration({days}, {hours}, {minutes}, ");
                self.seconds(duration.second_ticks());
                self.out.push(')');
            }
            Value::Text(text) => quote(text, self.out),
            Value::Binary(binary) => match self.ctx {
                Some(ctx) => {
                    self.out.push_str("#binary({");
                    for (at, byte) in binary.bytes(ctx)?.iter().enumerate() {
                        let comma = if at > 0 { ", " } else { "" };
                        _ = write!(self.out, "{comma}{byte}");
                    }
                    self.out.push_str("})");
                }
                None => self.out.push_str("#binary(...)"),
            },
            Value::List(list) => {
                self.out.push('{');
                match self.ctx {
                    Some(ctx) => {
                        let mut items = list.items();
                        let mut first = true;
                        while let Some(item) = items.next(ctx)? {
                            self.comma(&mut first);
                            self.member(&item)?;
                        }
                    }
                    None => self.items_at_hand(list),
                }
                self.out.push('}');
            }
            Value::Record(record) => {
                self.out.push('[');
                let mut first = true;
                for (name, member) in record.fields() {
                    self.comma(&mut first);
                    identifier(name, self.out);
                    self.out.push_str(" = ");
                    self.member(&member)?;
                }
                self.out.push(']');
            }
            Value::Table(table) => {
                self.out.push_str("#table(");
                self.out.push_str(&type_text(&table.table_type()));
                self.out.push_str(", {");
                match self.ctx {
                    Some(ctx) => {
                        let mut rows = crate::table::rows(ctx, table)?;
                        let mut first = true;
                        while let Some(row) = rows.next(ctx)? {
                            self.comma(&mut first);
                            self.out.push('{');
                            let mut first = true;
                            for member in row.members() {
                                self.comma(&mut first);
                                self.member(&member)?;
                            }
                            self.out.push('}');
                        }
                    }
                    None => self.out.push_str("..."),
                }
                self.out.push_str("})");
            }
            Value::Function(function) => self.out.push_str(&type_text(&function.function_type())),
            Value::Type(ty) => self.out.push_str(&type_text(ty)),
            Value::Meta(_) => {}
        }
        Ok(())
    }

    /// The first items of a list that are there without evaluating anything.
    fn items_at_hand(&mut self, list: &List) {
        const MOST: usize = 100;
        let Some(items) = list.as_items() else { return self.out.push_str("...") };
        let mut first = true;
        for item in items.iter().take(MOST) {
            self.comma(&mut first);
            // Without a context nothing is evaluated, so nothing can be raised.
            let _ = self.member(item);
        }
        if items.len() > MOST {
            self.out.push_str(", ...");
        }
    }

    fn comma(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.out.push_str(", ");
        }
    }

    fn member(&mut self, member: &Member) -> Result<()> {
        let Some(ctx) = self.ctx else {
            match member.ready() {
                Some(value) => return self.value(value),
                None => self.out.push_str("..."),
            }
            return Ok(());
        };
        match member.force(ctx) {
            Ok(value) => {
                let start = self.out.len();
                match self.value(&value) {
                    Err(error) if !error.is_stop() && !self.raise => {
                        // What cannot be read to its end, such as a table with a bad row, is an error as a whole.
                        self.out.truncate(start);
                        self.out.push_str(&error_line(ctx, &error)?);
                        Ok(())
                    }
                    written => written,
                }
            }
            Err(error) if error.is_stop() || self.raise => Err(error),
            Err(error) => {
                self.out.push_str(&error_line(ctx, &error)?);
                Ok(())
            }
        }
    }

    fn datetime(&mut self, datetime: super::temporal::DateTime) {
        let (year, month, day) = datetime.date().components();
        _ = write!(self.out, "{year}, {month}, {day}, ");
        self.time(datetime.time());
    }

    fn time(&mut self, time: super::temporal::Time) {
        let (hour, minute, second_ticks) = time.components();
        _ = write!(self.out, "{hour}, {minute}, ");
        self.seconds(second_ticks);
    }

    fn seconds(&mut self, ticks: i64) {
        let (whole, fraction) = (ticks / 10_000_000, (ticks % 10_000_000).abs());
        if ticks < 0 && whole == 0 {
            self.out.push('-');
        }
        _ = write!(self.out, "{whole}");
        if fraction != 0 {
            let digits = format!("{fraction:07}");
            _ = write!(self.out, ".{}", digits.trim_end_matches('0'));
        }
    }
}

/// A text as an M text literal.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.push_str("\"\""),
            '\n' => out.push_str("#(lf)"),
            '\r' => out.push_str("#(cr)"),
            '\t' => out.push_str("#(tab)"),
            // `#(` would read as an escape.
            '#' if characters.peek() == Some(&'(') => out.push_str("#(#)"),
            control if control.is_control() => _ = write!(out, "#({:04X})", control as u32),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// A field, column or parameter name as Power Query prints it: quoted unless it is a plain identifier without dots.
pub fn identifier(name: &str, out: &mut String) {
    if !name.contains('.') && is_regular_identifier(name) {
        out.push_str(name);
    } else {
        out.push('#');
        quote(name, out);
    }
}

/// A type as M text: `type table [a = nullable number]`.
pub fn type_text(ty: &Arc<Type>) -> String {
    let mut text = String::new();
    match ty.name {
        Some(name) => text.push_str(name),
        None => {
            text.push_str("type ");
            inner_type(ty, &mut text);
        }
    }
    text
}

/// A type inside a type expression.
fn inner_type(ty: &Type, out: &mut String) {
    if ty.nullable {
        out.push_str("nullable ");
    }
    if let Some(name) = ty.name {
        out.push_str(name);
        return;
    }
    match &ty.form {
        // As the engine prints the types without parts.
        Form::List(None) => out.push_str("{any}"),
        Form::Record(None) => out.push_str("[...]"),
        Form::Table(None) => out.push_str("table []"),
        Form::List(Some(item)) => {
            out.push('{');
            inner_type(item, out);
            out.push('}');
        }
        Form::Record(Some(record)) => fields(record, out),
        Form::Table(Some(table)) => {
            out.push_str("table ");
            fields(&table.row, out);
        }
        Form::Function(Some(function)) => signature(function, out),
        _ => out.push_str(ty.primitive_name()),
    }
}

fn fields(record: &RecordType, out: &mut String) {
    out.push('[');
    let mut first = true;
    let mut comma = |out: &mut String| {
        if !std::mem::take(&mut first) {
            out.push_str(", ");
        }
    };
    for FieldType { name, ty, optional } in &record.fields {
        comma(out);
        if *optional {
            out.push_str("optional ");
        }
        identifier(name, out);
        out.push_str(" = ");
        inner_type(ty, out);
    }
    if record.open {
        comma(out);
        out.push_str("...");
    }
    out.push(']');
}

fn signature(function: &FunctionType, out: &mut String) {
    out.push_str("function (");
    for (at, parameter) in function.parameters.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        if at >= function.required {
            out.push_str("optional ");
        }
        identifier(&parameter.name, out);
        out.push_str(" as ");
        inner_type(&parameter.ty, out);
    }
    out.push_str(") as ");
    inner_type(&function.returns, out);
}
