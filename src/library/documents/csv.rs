use std::sync::Arc;

use super::source;
use crate::eval::{Arguments, Context, conversion_error, field_exists};
use crate::sources::csv::{Delimiter, Dialect, Document, Extra, Quotes};
use crate::value::types::Form;
use crate::value::{Error, Member, Record, Result, Shape, Text, Type, Value};

/// The options by the names that a record of options has for them; what is not given is `null`.
#[derive(Default)]
struct Options {
    columns: Value,
    delimiter: Value,
    extra_values: Value,
    encoding: Value,
    csv_style: Value,
    quote_style: Value,
}

/// `Csv.Document(source, columns, delimiter, extraValues, encoding)`.
pub(super) fn document(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let options = match arguments.value(1) {
        Value::Record(record) => {
            if let Some(at) = (2..5).find(|at| !arguments.is_null(*at)) {
                return Err(Error::expression(
                    "The delimiter, extraValues and encoding arguments can't be given beside a record of options.",
                )
                .with_detail(arguments.value(at).clone()));
            }
            read_options(ctx, record)?
        }
        columns => Options {
            columns: columns.clone(),
            delimiter: arguments.value(2).clone(),
            extra_values: arguments.value(3).clone(),
            encoding: arguments.value(4).clone(),
            ..Options::default()
        },
    };
    let document = Document {
        source: source::document(&arguments, 0)?,
        encoding: source::encoding(&options.encoding)?,
        dialect: Dialect {
            delimiter: delimiter(ctx, &options.delimiter)?,
            quotes: match choice(&options.csv_style, "CsvStyle", 0..=1)? {
                Some(1) => Quotes::Always,
                _ => Quotes::AfterDelimiter,
            },
            quoted_breaks: choice(&options.quote_style, "QuoteStyle", 0..=1)? != Some(0),
        },
        extra: match choice(&options.extra_values, "ExtraValues", 0..=2)? {
            Some(0) => Extra::List,
            Some(1) => Extra::Error,
            _ => Extra::Ignore,
        },
    };
    let names = match &options.columns {
        Value::Type(ty) => {
            let Form::Table(Some(table)) = &ty.form else {
                return Err(conversion_error(&options.columns, &Arc::new(Type::new(Form::Table(None)))));
            };
            let names = table.row.fields.iter().map(|field| field.name.clone());
            let read = document.into_table(Arc::new(Shape::new(names)));
            return Ok(Value::Table(Arc::new(read.with_type(table))));
        }
        Value::Null => default_names(document.first_row_width(ctx)?),
        Value::List(list) => {
            let mut names: Vec<Text> = Vec::new();
            for value in list.values(ctx)? {
                let Value::Text(name) = value else {
                    return Err(conversion_error(&value, &Arc::new(Type::new(Form::Text))));
                };
                if names.contains(&name) {
                    return Err(field_exists(&name, Member::Ready(Value::Null)));
                }
                names.push(name);
            }
            names
        }
        count => default_names(column_count(count)?),
    };
    Ok(Value::Table(Arc::new(document.into_table(Arc::new(Shape::new(names))))))
}

fn read_options(ctx: &Context, record: &Record) -> Result<Options> {
    let mut options = Options::default();
    for (name, member) in record.fields() {
        let place = match name.as_str() {
            "Columns" => &mut options.columns,
            "Delimiter" => &mut options.delimiter,
            "ExtraValues" => &mut options.extra_values,
            "Encoding" => &mut options.encoding,
            "CsvStyle" => &mut options.csv_style,
            "QuoteStyle" => &mut options.quote_style,
            // Only has a meaning where documents are written.
            "IncludeByteOrderMark" => continue,
            _ => {
                return Err(Error::expression(format!(
                    "'{name}' isn't a valid Csv.Document option. Valid options are: Columns, CsvStyle, Delimiter, \
                     Encoding, ExtraValues, IncludeByteOrderMark, QuoteStyle."
                ))
                .with_detail(Value::Text(name.clone())));
            }
        };
        *place = member.force(ctx)?;
    }
    Ok(options)
}

fn delimiter(ctx: &Context, value: &Value) -> Result<Delimiter> {
    match value {
        Value::Null => Ok(Delimiter::Byte(b',')),
        Value::Text(text) => Ok(Delimiter::text(text)),
        Value::List(list) => {
            let items = list.values(ctx)?;
            if let [Value::Text(text)] = items.as_slice() {
                return Ok(Delimiter::text(text));
            }
            if items.iter().all(|item| matches!(item, Value::Text(text) if !text.is_empty()))
                && !items.is_empty()
            {
                let texts = items.iter().filter_map(Value::as_text).map(str::to_owned);
                return Ok(Delimiter::AnyOf(texts.collect()));
            }
            positions(&items).ok_or_else(|| {
                Error::expression(
                    "A list of delimiters holds texts that aren't empty, or positions: whole numbers that rise.",
                )
                .with_detail(value.clone())
            })
        }
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Text)))),
    }
}

/// Positions from 0 on, each after the one before; `None` if the items are something else.
fn positions(items: &[Value]) -> Option<Delimiter> {
    let mut positions: Vec<usize> = Vec::with_capacity(items.len());
    for item in items {
        let number =
            item.to_double().filter(|number| number.fract() == 0.0 && (0.0..1e9).contains(number))?;
        let position = number as usize;
        if positions.last().is_some_and(|last| *last >= position) {
            return None;
        }
        positions.push(position);
    }
    (!positions.is_empty()).then_some(Delimiter::Positions(positions))
}

/// One of the numbers of an enumeration; `None` for `null`.
fn choice(value: &Value, option: &str, allowed: std::ops::RangeInclusive<i64>) -> Result<Option<i64>> {
    if value.is_null() {
        return Ok(None);
    }
    let Some(number) = value.to_double() else {
        return Err(conversion_error(value, &Arc::new(Type::new(Form::Number))));
    };
    let whole = number as i64;
    if number.fract() == 0.0 && allowed.contains(&whole) {
        return Ok(Some(whole));
    }
    Err(Error::expression(format!("The value isn't one of {option}.Type.")).with_detail(value.clone()))
}

fn column_count(value: &Value) -> Result<usize> {
    let Some(number) = value.to_double() else {
        return Err(conversion_error(value, &Arc::new(Type::new(Form::Number))));
    };
    // More columns than this are a mistake, and would use up the memory.
    if number.fract() == 0.0 && (0.0..=1_000_000.0).contains(&number) {
        Ok(number as usize)
    } else {
        Err(Error::expression("The number of columns is out of range.").with_detail(value.clone()))
    }
}

fn default_names(count: usize) -> Vec<Text> {
    (1..=count).map(|number| Text::from(format!("Column{number}"))).collect()
}
