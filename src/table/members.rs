//! Columns made of the items of lists, and read as such.

use std::ops::{ControlFlow, Range};

use arrow_array::{Array, BooleanArray, Float64Array, Int32Array, Int64Array};

use super::{Column, ColumnBuilder, Whole, text_views};
use crate::eval::Context;
use crate::value::temporal::Date;
use crate::value::{Member, Result, Value};

/// What `get` makes of all members, if they are evaluated and it takes each.
#[inline]
fn all<'m, T>(
    members: impl ExactSizeIterator<Item = &'m Member>,
    get: impl Fn(&Value) -> Option<T>,
) -> Option<Vec<T>> {
    let mut all = Vec::with_capacity(members.len());
    for member in members {
        all.push(get(member.ready()?)?);
    }
    Some(all)
}

impl Column {
    /// A column of these cells; those that are not evaluated stay so.
    pub fn of_members(members: &[Member]) -> Column {
        Column::of_one_kind(members).unwrap_or_else(|| {
            let mut cells = ColumnBuilder::with_capacity(members.len());
            for member in members {
                cells.push(match member.ready() {
                    Some(value) => Member::Ready(value.clone()),
                    None => member.clone(),
                });
            }
            cells.finish()
        })
    }

    fn of_one_kind(members: &[Member]) -> Option<Column> {
        match members.first()?.ready()? {
            Value::Text(_) => {
                let texts = members.iter().map(|member| match member.ready() {
                    Some(Value::Text(text)) => Some(text.as_str()),
                    _ => None,
                });
                text_views::all_of(texts).map(Column::text)
            }
            Value::Record(_) | Value::List(_) | Value::Table(_) | Value::Function(_) | Value::Type(_) => {
                Some(Column::any(members.to_vec()))
            }
            _ => Column::of_numbers(members.iter()),
        }
    }

    /// The column of cells that are all evaluated, and all numbers of one form, or dates or the like of one kind.
    pub fn of_numbers<'m>(members: impl ExactSizeIterator<Item = &'m Member> + Clone) -> Option<Column> {
        macro_rules! wholes {
            ($kind:ident, $value:pat => $whole:expr) => {{
                let wholes = all(members, |value| match value {
                    $value => Some($whole),
                    _ => None,
                })?;
                Column::whole(Whole::$kind, Int64Array::new(wholes.into(), None))
            }};
        }
        Some(match members.clone().next()?.ready()? {
            Value::Double(_) => {
                let doubles = all(members, |value| match value {
                    Value::Double(double) => Some(*double),
                    _ => None,
                })?;
                Column::double(Float64Array::new(doubles.into(), None))
            }
            Value::Int64(_) => wholes!(Number, Value::Int64(whole) => *whole),
            Value::DateTime(_) => wholes!(DateTime, Value::DateTime(moment) => moment.0),
            Value::Time(_) => wholes!(Time, Value::Time(time) => time.0),
            Value::Duration(_) => wholes!(Duration, Value::Duration(duration) => duration.0),
            Value::Date(_) => {
                let days = all(members, |value| match value {
                    Value::Date(date) => Some(date.0),
                    _ => None,
                })?;
                Column::date(Int32Array::new(days.into(), None))
            }
            Value::Logical(_) => {
                let logicals = all(members, |value| match value {
                    Value::Logical(logical) => Some(*logical),
                    _ => None,
                })?;
                Column::logical(BooleanArray::from(logicals))
            }
            _ => return None,
        })
    }

    /// A column of these texts.
    pub fn of_texts<'t>(texts: impl Iterator<Item = &'t str>) -> Column {
        text_views::all_of(texts.map(Some)).map_or_else(|| Column::any(Vec::new()), Column::text)
    }

    /// A column of whole numbers that follow one another.
    pub fn wholes(range: Range<i64>) -> Column {
        Column::whole(Whole::Number, Int64Array::from_iter_values(range))
    }

    /// Gives the values of the cells to `take`, from the first on, until it breaks. Cells that are not evaluated are.
    ///
    /// # Errors
    /// Those of cells, of `take`, and stops.
    #[inline]
    pub fn each_value(
        &self,
        ctx: &Context,
        mut take: impl FnMut(Value) -> Result<ControlFlow<()>>,
    ) -> Result<ControlFlow<()>> {
        macro_rules! each {
            ($values:expr) => {{
                for value in $values {
                    let flow = take(value)?;
                    if flow.is_break() {
                        return Ok(flow);
                    }
                }
                return Ok(ControlFlow::Continue(()));
            }};
        }
        if let Some(doubles) = self.as_double().filter(|doubles| doubles.null_count() == 0) {
            each!(doubles.values().iter().map(|double| Value::Double(*double)));
        }
        if let Some((kind, wholes)) = self.as_whole().filter(|(_, wholes)| wholes.null_count() == 0) {
            each!(wholes.values().iter().map(|whole| kind.value(*whole)));
        }
        if let Some(days) = self.as_date().filter(|days| days.null_count() == 0) {
            each!(days.values().iter().map(|day| Value::Date(Date(*day))));
        }
        if let Some(logicals) = self.as_logical() {
            each!(logicals.iter().map(|logical| logical.map_or(Value::Null, Value::Logical)));
        }
        if let Some(texts) = self.as_text() {
            each!(texts.iter().map(|text| text.map_or(Value::Null, Value::text)));
        }
        for row in 0..self.len() {
            let flow = take(self.get(row).into_value(ctx)?)?;
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// How many cells are not `null`; cells that are not evaluated are, those that fail end it.
    ///
    /// # Errors
    /// Those of cells, and stops.
    pub fn count_there(&self, ctx: &Context) -> Result<usize> {
        let mut rows: Vec<u32> = self.odd_rows().collect();
        rows.sort_unstable();
        let mut there = 0;
        for row in &rows {
            there += usize::from(!self.get(*row as usize).force(ctx)?.is_null());
        }
        let plain = if rows.is_empty() { self } else { &self.without_odd() };
        if let Some(nulls) = plain.null_count() {
            // What stands in the place of an odd cell is `null`.
            return Ok(there + plain.len() - nulls);
        }
        let mut count = 0;
        let _ = self.each_value(ctx, |value| {
            count += usize::from(!value.is_null());
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(count)
    }

    /// How many cells are `null`, if that can be told without looking at each.
    fn null_count(&self) -> Option<usize> {
        let array: &dyn Array = if let Some(texts) = self.as_text() {
            texts
        } else if let Some(doubles) = self.as_double() {
            doubles
        } else if let Some((_, wholes)) = self.as_whole() {
            wholes
        } else if let Some(days) = self.as_date() {
            days
        } else {
            self.as_logical()?
        };
        Some(array.null_count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;
    use crate::value::Error;

    #[test]
    fn cells_are_read_in_order_and_failing_ones_where_they_stand() {
        let ctx = Engine::new().compile("test", "1").unwrap().start();
        let mut members: Vec<Member> = (0..40).map(|number| Member::Ready(Value::Int64(number))).collect();
        members[3] = Member::Ready(Value::Null);
        members[5] = Member::lazy(|_| Ok(Value::Null));
        members[7] = Member::lazy(|_| Ok(Value::text("late")));
        let column = Column::of_members(&members);
        assert_eq!(column.count_there(&ctx).unwrap(), 38);
        let mut read = Vec::new();
        let _ = column.each_value(&ctx, |value| {
            read.push(format!("{value:?}"));
            Ok(if read.len() < 9 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        });
        assert_eq!(read.join(" "), "0 1 2 null 4 null 6 \"late\" 8");
        members[9] = Member::failed(Error::expression("first"));
        members[8] = Member::failed(Error::expression("before"));
        let failing = Column::of_members(&members);
        assert!(failing.count_there(&ctx).unwrap_err().to_string().contains("before"));
        let texts: Vec<Member> = ["a", "", "a text that is longer than a view", "😀"]
            .map(|text| Member::Ready(text.into()))
            .into();
        assert_eq!(format!("{:?}", Column::of_members(&texts).get(2)), format!("{:?}", texts[2]));
    }
}
