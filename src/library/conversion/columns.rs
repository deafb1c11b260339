//! Converting a column as a whole: the common forms byte by byte, all else by the conversion of one value.

use arrow_array::{Float64Array, Int32Array, Int64Array};
use rustc_hash::FxHashMap;

use super::WholeKind;
use super::column::{Converter, Target};
use super::plain;
use super::typed;
use crate::eval::Context;
use crate::table::{Column, ColumnBuilder, TextCells, Whole};
use crate::value::number::ParsedNumber;
use crate::value::{Member, Result, Value};

impl Converter {
    /// Converts all cells of a column that holds texts, numbers or moments of one kind; `None` if it holds others,
    /// which [`Converter::convert`] converts one by one. The cell of a value that has no meaning in the type fails.
    ///
    /// # Errors
    /// Only a stop.
    pub fn convert_column(&self, ctx: &Context, column: &Column) -> Result<Option<Column>> {
        if self.keeps(column) {
            return Ok(Some(column.clone()));
        }
        if let Some(texts) = column.text_cells() {
            return self.of_texts(ctx, texts).map(Some);
        }
        Ok(None)
    }

    /// Whether the cells of a column are what the type asks for already.
    fn keeps(&self, column: &Column) -> bool {
        let whole = column.as_whole().map(|(kind, _)| kind);
        match self.target() {
            Target::Any => true,
            Target::Text => column.text_cells().is_some(),
            Target::Number => {
                whole == Some(Whole::Number) || column.as_double().is_some() || column.as_number().is_some()
            }
            Target::Double | Target::Percentage => column.as_double().is_some(),
            Target::Whole(WholeKind::Int64) => whole == Some(Whole::Number),
            Target::Logical => column.as_logical().is_some(),
            Target::Date => column.as_date().is_some(),
            Target::Time => whole == Some(Whole::Time),
            Target::DateTime => whole == Some(Whole::DateTime),
            Target::Duration => whole == Some(Whole::Duration),
            _ => false,
        }
    }

    /// The texts as a typed column, if nearly all have the plain form of the type.
    fn typed(&self, texts: TextCells<'_>) -> Option<(Column, Vec<u32>)> {
        let point = plain::has_point(self.culture());
        let wholes = |kind: Whole| {
            move |values: Vec<i64>, valid| Column::whole(kind, Int64Array::new(values.into(), valid))
        };
        Some(match self.target() {
            Target::Number => typed::read_numbers(
                texts,
                #[inline(always)]
                |text| plain::number(text, point),
            )?,
            Target::Double | Target::Percentage => {
                let read = typed::read(
                    texts,
                    #[inline(always)]
                    |_, text| plain::number(text, point).map(double),
                )?;
                read.column(|values, valid| Column::double(Float64Array::new(values.into(), valid)))
            }
            Target::Whole(WholeKind::Int64) => {
                let read = typed::read(
                    texts,
                    #[inline(always)]
                    |_, text| whole(plain::number(text, false)?),
                )?;
                read.column(wholes(Whole::Number))
            }
            Target::Date => {
                let read = typed::read(
                    texts,
                    #[inline(always)]
                    |_, text| Some(plain::date(text)?.0),
                )?;
                read.column(|values, valid| Column::date(Int32Array::new(values.into(), valid)))
            }
            Target::DateTime => {
                let read = typed::read(
                    texts,
                    #[inline(always)]
                    |_, text| Some(plain::datetime(text)?.0),
                )?;
                read.column(wholes(Whole::DateTime))
            }
            Target::Time => {
                let read = typed::read(
                    texts,
                    #[inline(always)]
                    |_, text| Some(plain::time(text)?.0),
                )?;
                read.column(wholes(Whole::Time))
            }
            _ => return None,
        })
    }

    fn of_texts(&self, ctx: &Context, texts: TextCells<'_>) -> Result<Column> {
        ctx.steps(texts.len())?;
        if let Some((column, left)) = self.typed(texts) {
            let mut odd = FxHashMap::default();
            for row in left {
                ctx.step()?;
                let text = texts.text(row as usize).map_or(Value::Null, Value::text);
                let cell = Member::settled(self.convert(ctx, &text))?;
                if cell.ready().is_some() {
                    // A value in an uncommon form, which belongs among the others.
                    return self.one_by_one(ctx, texts);
                }
                odd.insert(row, cell);
            }
            return Ok(column.with_odd(odd));
        }
        self.one_by_one(ctx, texts)
    }

    fn one_by_one(&self, ctx: &Context, texts: TextCells<'_>) -> Result<Column> {
        let point = plain::has_point(self.culture());
        let empty_is_null = !matches!(self.target(), Target::Text | Target::Check);
        let mut cells = ColumnBuilder::with_capacity(texts.len());
        for row in 0..texts.len() {
            let Some(text) = texts.text(row) else {
                cells.push_null();
                continue;
            };
            if text.is_empty() && empty_is_null {
                cells.push_null();
            } else if let Some(value) = self.plain(text.as_bytes(), point) {
                cells.push(Member::Ready(value));
            } else {
                ctx.step()?;
                cells.push(Member::settled(self.convert(ctx, &Value::text(text)))?);
            }
        }
        Ok(cells.finish())
    }

    /// The value of a text that has the plain form of the type.
    fn plain(&self, text: &[u8], point: bool) -> Option<Value> {
        Some(match self.target() {
            Target::Number => match plain::number(text, point)? {
                ParsedNumber::Whole(whole) => Value::Int64(whole),
                ParsedNumber::Double(double) => Value::Double(double),
            },
            Target::Double | Target::Percentage => Value::Double(double(plain::number(text, point)?)),
            Target::Whole(WholeKind::Int64) => Value::Int64(whole(plain::number(text, false)?)?),
            Target::Date => Value::Date(plain::date(text)?),
            Target::DateTime => Value::DateTime(plain::datetime(text)?),
            Target::Time => Value::Time(plain::time(text)?),
            Target::Logical => Value::Logical(plain::logical(text)?),
            _ => return None,
        })
    }
}

fn double(number: ParsedNumber) -> f64 {
    match number {
        ParsedNumber::Whole(whole) => whole as f64,
        ParsedNumber::Double(double) => double,
    }
}

fn whole(number: ParsedNumber) -> Option<i64> {
    match number {
        ParsedNumber::Whole(whole) => Some(whole),
        ParsedNumber::Double(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::StringViewArray;
    use proptest::prelude::*;

    use super::*;
    use crate::Engine;
    use crate::culture::Culture;
    use crate::eval::Context;
    use crate::value::types::Form;
    use crate::value::{Type, literal_text};

    fn shown(ctx: &Context, member: &Member) -> String {
        match member.force(ctx) {
            Ok(value) => format!("{value:?} {}", literal_text(ctx, &value).unwrap()),
            Err(error) => format!("error: {error}"),
        }
    }

    fn cells() -> impl Strategy<Value = Option<String>> {
        let text = prop_oneof![
            4 => "-?[0-9]{0,19}",
            4 => "-?[0-9]{0,9}[.,][0-9]{0,9}",
            2 => "[-+ ]?[0-9]{1,3}(,[0-9]{3})?(\\.[0-9]{1,16})?(e[0-9]{1,3})?%?",
            4 => "[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]",
            3 => "[0-2][0-9]{3}-0[1-9]-[0-3][0-9][T t][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,8})?Z?",
            2 => "[0-2][0-9]:[0-6][0-9](:[0-6][0-9])?",
            1 => Just("true".to_owned()),
            1 => "(false|True|FALSE|1|0|-|\\.|-\\.|é|١٢)",
            1 => "\\PC{0,12}",
        ];
        prop::option::weighted(0.9, text)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]
        #[test]
        fn a_column_converts_as_its_cells_do(
            cells in prop::collection::vec(cells(), 0..40),
            culture in prop::sample::select(vec!["en-US", "de-DE", "fr-FR", "ar-SA", "th-TH", "fa-IR", "fi-FI", "sv-SE"]),
        ) {
            let query = Engine::new().compile("test", "null").unwrap();
            let ctx = query.start();
            let culture = Culture::find(culture).unwrap();
            let texts: StringViewArray = cells.iter().map(|text| text.as_deref()).collect();
            let column = Column::text(texts);
            let named = |name| Type { name: Some(name), ..Type::new(Form::Number) };
            let types = [
                Type::new(Form::Number), named("Int64.Type"), named("Int8.Type"), named("Double.Type"),
                named("Percentage.Type"), named("Currency.Type"), Type::new(Form::Date), Type::new(Form::DateTime),
                Type::new(Form::Time), Type::new(Form::Duration), Type::new(Form::Logical), Type::new(Form::Text),
                Type::new(Form::Any), Type::new(Form::Record(None)),
            ];
            for ty in types {
                let converter = Converter::new(&Arc::new(ty), &culture);
                let converted = converter.convert_column(&ctx, &column).unwrap().unwrap();
                for (row, text) in cells.iter().enumerate() {
                    let value = text.as_ref().map_or(Value::Null, Value::text);
                    let expected = Member::settled(converter.convert(&ctx, &value)).unwrap();
                    prop_assert_eq!(
                        shown(&ctx, &converted.get(row)), shown(&ctx, &expected), "{:?} {:?}", text, converter
                    );
                }
            }
        }
    }
}
