//! Reading well-known text.

use super::{Axes, deeper};
use crate::eval::{Arguments, Context};
use crate::value::{Error, Result, Value};

pub(super) fn from_text(ctx: &Context, arguments: &Arguments<'_>, axes: &Axes) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let mut reader = Reader { ctx, rest: text.as_str(), axes };
    let shape = reader.document();
    match shape {
        Ok(shape) if reader.rest.trim_start().is_empty() => Ok(shape),
        Err(error) if error.is_stop() => Err(error),
        _ => Err(Error::data_format("The text isn't valid well-known text.").with_detail(Value::Text(text))),
    }
}

struct Reader<'a> {
    ctx: &'a Context,
    rest: &'a str,
    axes: &'a Axes,
}

type Fields = Vec<(&'static str, Value)>;

impl Reader<'_> {
    fn document(&mut self) -> Result<Value> {
        let mut srid = None;
        if let Some((head, rest)) = self.rest.split_once(';') {
            let number = head.trim().to_ascii_uppercase();
            let number = number.strip_prefix("SRID=").and_then(|number| number.trim().parse::<i64>().ok());
            srid = Some(number.ok_or_else(malformed)?);
            self.rest = rest;
        }
        let mut fields = self.shape()?;
        fields.extend(srid.map(|srid| ("SRID", Value::Int64(srid))));
        Ok(Value::record(fields))
    }

    fn shape(&mut self) -> Result<Fields> {
        let kind = self.word().to_ascii_uppercase();
        let ctx = self.ctx;
        let (kind, inner): (&str, Option<(&'static str, Value)>) = match kind.as_str() {
            "POINT" => return self.parenthesised(Self::coordinates),
            "LINESTRING" => ("LINESTRING", Some(("Points", self.points()?))),
            "POLYGON" => ("POLYGON", Some(("Rings", self.rings()?))),
            "MULTIPOINT" => ("MULTIPOINT", Some(("Components", self.points()?))),
            "MULTILINESTRING" => ("MULTILINESTRING", Some(("Components", self.rings()?))),
            "MULTIPOLYGON" => {
                let polygons = self.listed(|reader| {
                    let rings = reader.rings()?;
                    Ok(Value::record([("Kind", Value::text("POLYGON")), ("Rings", rings)]))
                })?;
                ("MULTIPOLYGON", Some(("Components", polygons)))
            }
            "GEOMETRYCOLLECTION" => {
                let components = self.listed(|reader| deeper(ctx, || reader.shape().map(Value::record)))?;
                ("GEOMETRYCOLLECTION", Some(("Components", components)))
            }
            _ => return Err(malformed()),
        };
        Ok(std::iter::once(("Kind", Value::text(kind))).chain(inner).collect())
    }

    fn points(&mut self) -> Result<Value> {
        self.listed(|reader| {
            // The points of a MULTIPOINT may have parentheses of their own.
            let fields = if reader.rest.trim_start().starts_with('(') {
                reader.parenthesised(Self::coordinates)?
            } else {
                reader.coordinates()?
            };
            Ok(Value::record(fields))
        })
    }

    fn rings(&mut self) -> Result<Value> {
        self.listed(|reader| {
            let points = reader.points()?;
            Ok(Value::record([("Kind", Value::text("LINESTRING")), ("Points", points)]))
        })
    }

    fn coordinates(&mut self) -> Result<Fields> {
        let mut fields = vec![("Kind", Value::text("POINT"))];
        for name in [self.axes.first, self.axes.second, "Z", "M"] {
            let rest = self.rest.trim_start();
            let end =
                rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')).unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            if number.is_empty() {
                break;
            }
            let double: f64 = number.parse().map_err(|_| malformed())?;
            fields.push((name, Value::Double(double)));
            self.rest = after;
        }
        if fields.len() < 3 { Err(malformed()) } else { Ok(fields) }
    }

    /// `(item, item)`, or `EMPTY`.
    fn listed(&mut self, mut item: impl FnMut(&mut Self) -> Result<Value>) -> Result<Value> {
        if self.rest.trim_start().get(..5).is_some_and(|word| word.eq_ignore_ascii_case("EMPTY")) {
            self.word();
            return Ok(Value::list([]));
        }
        let mut items = Vec::new();
        self.parenthesised(|reader| {
            loop {
                reader.ctx.step()?;
                items.push(item(reader)?);
                if !reader.eat(',') {
                    return Ok(());
                }
            }
        })?;
        Ok(Value::list(items))
    }

    fn parenthesised<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if !self.eat('(') {
            return Err(malformed());
        }
        let found = inside(self)?;
        if self.eat(')') { Ok(found) } else { Err(malformed()) }
    }

    fn eat(&mut self, character: char) -> bool {
        match self.rest.trim_start().strip_prefix(character) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &str {
        let rest = self.rest.trim_start();
        let (word, after) =
            rest.split_at(rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len()));
        self.rest = after;
        word
    }
}

fn malformed() -> Error {
    Error::data_format("The text isn't valid well-known text.")
}
