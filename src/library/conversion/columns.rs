//! Converting a column as a whole: the common forms byte by byte, all else by the conversion of one value.

use arrow_array::{Array, StringViewArray};

use super::WholeKind;
use super::column::{Converter, Target};
use super::plain::{self, Dates};
use crate::eval::Context;
use crate::table::{Column, ColumnBuilder, Whole};
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
        if let Some(texts) = column.as_text() {
            return self.of_texts(ctx, texts).map(Some);
        }
        Ok(None)
    }

    /// Whether the cells of a column are what the type asks for already.
    fn keeps(&self, column: &Column) -> bool {
        let whole = column.as_whole().map(|(kind, _)| kind);
        match self.target() {
            Target::Any => true,
            Target::Text => column.as_text().is_some(),
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

    fn of_texts(&self, ctx: &Context, texts: &StringViewArray) -> Result<Column> {
        let point = plain::has_point(self.culture());
        let mut dates = Dates::default();
        match self.target() {
            Target::Number => self.each(ctx, texts, |cells, text| match plain::number(text, point) {
                Some(ParsedNumber::Whole(whole)) => {
                    cells.push_whole(Whole::Number, whole);
                    true
                }
                Some(ParsedNumber::Double(double)) => {
                    cells.push_double(double);
                    true
                }
                None => false,
            }),
            Target::Double | Target::Percentage => {
                self.each(ctx, texts, |cells, text| match plain::number(text, point) {
                    Some(ParsedNumber::Whole(whole)) => {
                        cells.push_double(whole as f64);
                        true
                    }
                    Some(ParsedNumber::Double(double)) => {
                        cells.push_double(double);
                        true
                    }
                    None => false,
                })
            }
            Target::Whole(WholeKind::Int64) => {
                self.each(ctx, texts, |cells, text| match plain::number(text, false) {
                    Some(ParsedNumber::Whole(whole)) => {
                        cells.push_whole(Whole::Number, whole);
                        true
                    }
                    _ => false,
                })
            }
            Target::Date => self.each(ctx, texts, |cells, text| match dates.date(text) {
                Some(date) => {
                    cells.push_date(date.0);
                    true
                }
                None => false,
            }),
            Target::DateTime => self.each(ctx, texts, |cells, text| match dates.datetime(text) {
                Some(moment) => {
                    cells.push_whole(Whole::DateTime, moment.0);
                    true
                }
                None => false,
            }),
            Target::Time => self.each(ctx, texts, |cells, text| match plain::time(text) {
                Some(time) => {
                    cells.push_whole(Whole::Time, time.0);
                    true
                }
                None => false,
            }),
            Target::Logical => self.each(ctx, texts, |cells, text| match plain::logical(text) {
                Some(logical) => {
                    cells.push_logical(logical);
                    true
                }
                None => false,
            }),
            _ => self.each(ctx, texts, |_, _| false),
        }
    }

    /// Makes a cell of each text, by `fast` where that says it could.
    fn each(
        &self,
        ctx: &Context,
        texts: &StringViewArray,
        mut fast: impl FnMut(&mut ColumnBuilder, &[u8]) -> bool,
    ) -> Result<Column> {
        ctx.steps(texts.len())?;
        let mut cells = ColumnBuilder::with_capacity(texts.len());
        let slow = |cells: &mut ColumnBuilder, text: &str| -> Result<()> {
            ctx.step()?;
            cells.push(Member::settled(self.convert(ctx, &Value::text(text)))?);
            Ok(())
        };
        let empty_is_null = !matches!(self.target(), Target::Text | Target::Check);
        for row in 0..texts.len() {
            if texts.is_null(row) {
                cells.push_null();
                continue;
            }
            let text = texts.value(row);
            if text.is_empty() && empty_is_null {
                cells.push_null();
            } else if !fast(&mut cells, text.as_bytes()) {
                slow(&mut cells, text)?;
            }
        }
        Ok(cells.finish())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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
