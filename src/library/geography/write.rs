//! Writing well-known text.

use super::{Axes, deeper};
use crate::eval::{Arguments, Context, conversion_error, field_not_found};
use crate::value::number::double_text;
use crate::value::types::Form;
use crate::value::{Error, Record, Result, Type, Value};
use std::sync::Arc;

pub(super) fn to_text(ctx: &Context, arguments: &Arguments<'_>, axes: &Axes) -> Result<Value> {
    let Some(shape) = arguments.optional_record(0)? else { return Ok(Value::Null) };
    let mut writer = Writer { ctx, axes, out: String::new() };
    let srid = writer.number(&shape, "SRID")?;
    if let (Some(srid), false) = (srid, arguments.optional_logical(1)?.unwrap_or(false)) {
        writer.out = format!("SRID={};", double_text(srid));
    }
    writer.shape(&shape)?;
    Ok(Value::from(writer.out))
}

struct Writer<'a> {
    ctx: &'a Context,
    axes: &'a Axes,
    out: String,
}

impl Writer<'_> {
    fn field(&self, shape: &Arc<Record>, name: &str) -> Result<Value> {
        shape.get(name).ok_or_else(|| field_not_found(name, shape))?.force(self.ctx)
    }

    fn number(&self, shape: &Record, name: &str) -> Result<Option<f64>> {
        match shape.get(name) {
            Some(member) => Ok(member.force(self.ctx)?.to_double()),
            None => Ok(None),
        }
    }

    fn shape(&mut self, shape: &Arc<Record>) -> Result<()> {
        let kind = match self.field(shape, "Kind")? {
            Value::Text(kind) => kind.to_ascii_uppercase(),
            other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Text)))),
        };
        self.out.push_str(&kind);
        self.body(&kind, shape)
    }

    /// What stands in the parentheses of a shape of that kind.
    fn body(&mut self, kind: &str, shape: &Arc<Record>) -> Result<()> {
        match kind {
            "POINT" => {
                self.out.push('(');
                self.coordinates(shape)?;
                self.out.push(')');
                Ok(())
            }
            "LINESTRING" => self.listed(shape, "Points", Writer::coordinates),
            "POLYGON" => self.listed(shape, "Rings", |writer, ring| writer.body("LINESTRING", ring)),
            "MULTIPOINT" => self.listed(shape, "Components", |writer, point| writer.body("POINT", point)),
            "MULTILINESTRING" => {
                self.listed(shape, "Components", |writer, line| writer.body("LINESTRING", line))
            }
            "MULTIPOLYGON" => {
                self.listed(shape, "Components", |writer, polygon| writer.body("POLYGON", polygon))
            }
            "GEOMETRYCOLLECTION" => self.listed(shape, "Components", |writer, inner| {
                let ctx = writer.ctx;
                deeper(ctx, || writer.shape(inner))
            }),
            _ => Err(Error::expression(format!("'{kind}' is no kind of shape."))
                .with_detail(Value::Record(Arc::clone(shape)))),
        }
    }

    fn coordinates(&mut self, point: &Arc<Record>) -> Result<()> {
        for (at, name) in [self.axes.first, self.axes.second].into_iter().enumerate() {
            let value = self.field(point, name)?;
            let Some(number) = value.to_double() else {
                return Err(conversion_error(&value, &Arc::new(Type::new(Form::Number))));
            };
            if at > 0 {
                self.out.push(' ');
            }
            self.out.push_str(&double_text(number));
        }
        let (z, m) = (self.number(point, "Z")?, self.number(point, "M")?);
        for number in [z.or(m.and(Some(f64::NAN))), m].into_iter().flatten() {
            self.out.push(' ');
            // A measure without an elevation keeps the elevation's place.
            let text = if number.is_nan() { "NULL".to_owned() } else { double_text(number) };
            self.out.push_str(&text);
        }
        Ok(())
    }

    fn listed(
        &mut self,
        shape: &Arc<Record>,
        name: &str,
        mut each: impl FnMut(&mut Self, &Arc<Record>) -> Result<()>,
    ) -> Result<()> {
        let Value::List(list) = self.field(shape, name)? else {
            return Err(Error::expression(format!("The field '{name}' of a shape must be a list.")));
        };
        let mut items = list.items();
        let mut first = true;
        while let Some(item) = items.next(self.ctx)? {
            self.out.push_str(if std::mem::take(&mut first) { "(" } else { ", " });
            match item.force(self.ctx)? {
                Value::Record(record) => each(self, &record)?,
                other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Record(None))))),
            }
        }
        self.out.push_str(if first { " EMPTY" } else { ")" });
        Ok(())
    }
}
