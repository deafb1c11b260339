//! One column of a batch: Arrow memory where the cells are of one plain kind, members otherwise.

use std::sync::Arc;

use arrow_array::{
    Array, ArrowPrimitiveType, BooleanArray, Float64Array, Int32Array, Int64Array, PrimitiveArray,
    StringViewArray, builder::StringViewBuilder,
};
use arrow_buffer::NullBuffer;
use rustc_hash::FxHashMap;

use super::text_views;
use crate::value::temporal::{Date, DateTime, Duration, Time};
use crate::value::{Member, Value};

/// The cells of one column in a [`Batch`](super::Batch). The physical form follows the data, never the claimed type.
#[derive(Clone, Debug)]
pub struct Column {
    form: Form,
    /// The few cells that the form cannot hold: errors, and values of another kind.
    odd: Option<Arc<FxHashMap<u32, Member>>>,
}

#[derive(Clone, Debug)]
enum Form {
    /// Cells of any kind, errors and unevaluated ones among them.
    Any(Vec<Member>),
    /// Texts and nulls: views into blocks that columns share.
    Text(StringViewArray),
    /// Logical values and nulls.
    Logical(BooleanArray),
    /// Doubles and nulls.
    Double(Float64Array),
    /// Dates, as days, and nulls.
    Date(Int32Array),
    /// Whole numbers, or ticks of one kind, and nulls.
    Whole(Whole, Int64Array),
    /// The same cell in each row.
    Same(Member, usize),
    /// Nobody asked for this column.
    Unread(usize),
}

/// A cell as it stands in its column.
#[derive(Clone, Copy)]
pub(super) enum CellView<'c> {
    /// `null`
    Null,
    /// A text.
    Text(&'c str),
    /// A logical value.
    Logical(bool),
    /// A double.
    Double(f64),
    /// A date, as days since 0001-01-01.
    Date(i32),
    /// A whole number, or ticks.
    Whole(Whole, i64),
    /// A member: any value, an error, or one that is not evaluated.
    Member(&'c Member),
}

/// What 64-bit whole numbers in a column stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whole {
    /// Numbers.
    Number,
    /// Times of day, as ticks.
    Time,
    /// Dates with times, as ticks.
    DateTime,
    /// Durations, as ticks.
    Duration,
}

impl Whole {
    pub(super) fn value(self, whole: i64) -> Value {
        match self {
            Whole::Number => Value::Int64(whole),
            Whole::Time => Value::Time(Time(whole)),
            Whole::DateTime => Value::DateTime(DateTime(whole)),
            Whole::Duration => Value::Duration(Duration(whole)),
        }
    }
}

impl From<Form> for Column {
    fn from(form: Form) -> Column {
        Column { form, odd: None }
    }
}

impl Column {
    /// A column of any cells.
    pub fn any(members: Vec<Member>) -> Column {
        Form::Any(members).into()
    }

    /// A column of texts and nulls.
    pub fn text(texts: StringViewArray) -> Column {
        Form::Text(texts).into()
    }

    /// A column of doubles and nulls.
    pub fn double(doubles: Float64Array) -> Column {
        Form::Double(doubles).into()
    }

    /// A column of logical values and nulls.
    pub fn logical(logicals: BooleanArray) -> Column {
        Form::Logical(logicals).into()
    }

    /// A column of dates, as days since 0001-01-01, and nulls.
    pub fn date(days: Int32Array) -> Column {
        Form::Date(days).into()
    }

    /// A column of whole numbers, or of ticks, and nulls.
    pub fn whole(kind: Whole, wholes: Int64Array) -> Column {
        Form::Whole(kind, wholes).into()
    }

    /// A column with the same cell in each of `len` rows.
    pub fn same(member: Member, len: usize) -> Column {
        Form::Same(member, len).into()
    }

    /// A column that was not read because nobody asked for it.
    pub fn unread(len: usize) -> Column {
        Form::Unread(len).into()
    }

    /// The same column with other cells in a few rows: errors, mostly.
    pub fn with_odd(mut self, odd: FxHashMap<u32, Member>) -> Column {
        self.odd = (!odd.is_empty()).then(|| Arc::new(odd));
        self
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        match &self.form {
            Form::Any(members) => members.len(),
            Form::Text(texts) => texts.len(),
            Form::Logical(logicals) => logicals.len(),
            Form::Double(doubles) => doubles.len(),
            Form::Date(days) => days.len(),
            Form::Whole(_, wholes) => wholes.len(),
            Form::Same(_, len) | Form::Unread(len) => *len,
        }
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts, if the column holds nothing else (but nulls).
    pub fn as_text(&self) -> Option<&StringViewArray> {
        match &self.form {
            Form::Text(texts) if self.odd.is_none() => Some(texts),
            _ => None,
        }
    }

    /// The doubles, if the column holds nothing else (but nulls).
    pub fn as_double(&self) -> Option<&Float64Array> {
        match &self.form {
            Form::Double(doubles) if self.odd.is_none() => Some(doubles),
            _ => None,
        }
    }

    /// The logical values, if the column holds nothing else (but nulls).
    pub fn as_logical(&self) -> Option<&BooleanArray> {
        match &self.form {
            Form::Logical(logicals) if self.odd.is_none() => Some(logicals),
            _ => None,
        }
    }

    /// The dates as days since 0001-01-01, if the column holds nothing else (but nulls).
    pub fn as_date(&self) -> Option<&Int32Array> {
        match &self.form {
            Form::Date(days) if self.odd.is_none() => Some(days),
            _ => None,
        }
    }

    /// The whole numbers or ticks, if the column holds nothing else (but nulls).
    pub fn as_whole(&self) -> Option<(Whole, &Int64Array)> {
        match &self.form {
            Form::Whole(kind, wholes) if self.odd.is_none() => Some((*kind, wholes)),
            _ => None,
        }
    }

    /// The cells, if they are held as members.
    pub fn as_any(&self) -> Option<&[Member]> {
        match &self.form {
            Form::Any(members) => Some(members),
            _ => None,
        }
    }

    /// The cell in a row; `null` outside of the column.
    pub fn get(&self, row: usize) -> Member {
        if let Some(odd) = &self.odd
            && let Some(member) = odd.get(&(row as u32))
        {
            return member.clone();
        }
        let value = match &self.form {
            Form::Any(members) => return members.get(row).cloned().unwrap_or(Member::Ready(Value::Null)),
            Form::Same(member, _) => return member.clone(),
            Form::Text(texts) if is_there(texts, row) => Value::text(texts.value(row)),
            Form::Logical(logicals) if is_there(logicals, row) => Value::Logical(logicals.value(row)),
            Form::Double(doubles) if is_there(doubles, row) => Value::Double(doubles.value(row)),
            Form::Date(days) if is_there(days, row) => Value::Date(Date(days.value(row))),
            Form::Whole(kind, wholes) if is_there(wholes, row) => kind.value(wholes.value(row)),
            _ => Value::Null,
        };
        Member::Ready(value)
    }

    /// The cell in a row as it stands there, without making a value; `null` outside of the column.
    #[inline]
    pub(super) fn view(&self, row: usize) -> CellView<'_> {
        if let Some(odd) = &self.odd
            && let Some(member) = odd.get(&(row as u32))
        {
            return CellView::Member(member);
        }
        match &self.form {
            Form::Any(members) => members.get(row).map_or(CellView::Null, CellView::Member),
            Form::Same(member, _) => CellView::Member(member),
            Form::Text(texts) if is_there(texts, row) => CellView::Text(texts.value(row)),
            Form::Logical(logicals) if is_there(logicals, row) => CellView::Logical(logicals.value(row)),
            Form::Double(doubles) if is_there(doubles, row) => CellView::Double(doubles.value(row)),
            Form::Date(days) if is_there(days, row) => CellView::Date(days.value(row)),
            Form::Whole(kind, wholes) if is_there(wholes, row) => CellView::Whole(*kind, wholes.value(row)),
            _ => CellView::Null,
        }
    }

    /// Whether the cell in a row is there without evaluating anything.
    pub fn is_ready(&self, row: usize) -> bool {
        let member = match &self.form {
            Form::Any(members) => members.get(row),
            Form::Same(member, _) => Some(member),
            _ => None,
        };
        let odd = self.odd.as_ref().and_then(|odd| odd.get(&(row as u32)));
        odd.or(member).is_none_or(|member| matches!(member, Member::Ready(_)))
    }

    /// The cells at `rows`, in that order.
    pub fn take(&self, rows: &[u32]) -> Column {
        let form = match &self.form {
            Form::Same(member, _) => Form::Same(member.clone(), rows.len()),
            Form::Unread(_) => Form::Unread(rows.len()),
            Form::Any(members) => {
                let cell =
                    |row: &u32| members.get(*row as usize).cloned().unwrap_or(Member::Ready(Value::Null));
                Form::Any(rows.iter().map(cell).collect())
            }
            Form::Text(texts) => Form::Text(text_views::take(texts, rows)),
            Form::Logical(logicals) => {
                let at = |row: &u32| is_there(logicals, *row as usize).then(|| logicals.value(*row as usize));
                Form::Logical(rows.iter().map(at).collect())
            }
            Form::Double(doubles) => Form::Double(taken(doubles, rows)),
            Form::Date(days) => Form::Date(taken(days, rows)),
            Form::Whole(kind, wholes) => Form::Whole(*kind, taken(wholes, rows)),
        };
        let odd = self.odd.as_ref().map(|odd| {
            let found = |(at, row): (usize, &u32)| Some((at as u32, odd.get(row)?.clone()));
            rows.iter().enumerate().filter_map(found).collect()
        });
        Column::from(form).with_odd(odd.unwrap_or_default())
    }

    /// `len` cells from `start` on; the range must lie inside the column.
    pub fn slice(&self, start: usize, len: usize) -> Column {
        let form = match &self.form {
            Form::Same(member, _) => Form::Same(member.clone(), len),
            Form::Unread(_) => Form::Unread(len),
            Form::Any(members) => Form::Any(members.iter().skip(start).take(len).cloned().collect()),
            Form::Text(texts) => Form::Text(texts.slice(start, len)),
            Form::Logical(logicals) => Form::Logical(logicals.slice(start, len)),
            Form::Double(doubles) => Form::Double(doubles.slice(start, len)),
            Form::Date(days) => Form::Date(days.slice(start, len)),
            Form::Whole(kind, wholes) => Form::Whole(*kind, wholes.slice(start, len)),
        };
        let odd = self.odd.as_ref().map(|odd| {
            let inside = |(row, member): (&u32, &Member)| {
                let row = (*row as usize).checked_sub(start).filter(|row| *row < len)?;
                Some((row as u32, member.clone()))
            };
            odd.iter().filter_map(inside).collect()
        });
        Column::from(form).with_odd(odd.unwrap_or_default())
    }

    /// The same cells in memory of their own, if the column shares blocks of text of which it uses less than half:
    /// for steps that keep columns of a few rows, or few columns, of what they read.
    pub fn compact(&self) -> Column {
        match &self.form {
            Form::Text(texts) if self.shared_bytes() > 2 * texts.total_buffer_bytes_used() => {
                Column { form: Form::Text(texts.gc()), odd: self.odd.clone() }
            }
            _ => self.clone(),
        }
    }

    /// The bytes of the blocks of text that the column keeps alive.
    fn shared_bytes(&self) -> usize {
        match &self.form {
            Form::Text(texts) => texts.data_buffers().iter().map(|block| block.capacity()).sum(),
            _ => 0,
        }
    }

    /// Which cells of a text column are `null`, if any are.
    pub fn nulls(&self) -> Option<&NullBuffer> {
        self.as_text().and_then(|texts| texts.nulls())
    }
}

fn is_there(array: &impl Array, row: usize) -> bool {
    row < array.len() && array.is_valid(row)
}

fn taken<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, rows: &[u32]) -> PrimitiveArray<T> {
    if array.null_count() == 0 && rows.iter().all(|row| (*row as usize) < array.len()) {
        let values = array.values();
        return PrimitiveArray::from_iter_values(rows.iter().map(|row| values[*row as usize]));
    }
    let at = |row: &u32| is_there(array, *row as usize).then(|| array.value(*row as usize));
    rows.iter().map(at).collect()
}

/// Collects cells into the tightest form that holds them: a typed column while all are of one plain kind, with
/// a few exceptions, else members.
#[derive(Default)]
pub struct ColumnBuilder {
    cells: Cells,
    len: usize,
    odd: FxHashMap<u32, Member>,
}

#[derive(Default)]
enum Cells {
    /// Nothing but nulls so far.
    #[default]
    Nulls,
    Text(StringViewBuilder),
    Logical(Vec<Option<bool>>),
    Double(Vec<f64>, Nulls),
    Date(Vec<i32>, Nulls),
    Whole(Whole, Vec<i64>, Nulls),
    Any(Vec<Member>),
}

/// The rows that are `null` among values that cannot say so themselves.
type Nulls = Vec<u32>;

/// Up to this many cells of a typed column may be of another kind, plus one in [`ODD_SHARE`].
const ODD: usize = 16;
const ODD_SHARE: usize = 16;

impl ColumnBuilder {
    /// A builder with room for `capacity` cells.
    pub fn with_capacity(_capacity: usize) -> ColumnBuilder {
        ColumnBuilder::default()
    }

    /// Number of cells so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no cell yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a cell.
    pub fn push(&mut self, member: Member) {
        match member {
            Member::Ready(value) => self.push_value(value),
            lazy => self.push_odd(lazy),
        }
        self.len += 1;
    }

    /// Adds a cell as it stands in another column.
    #[inline]
    pub(super) fn push_view(&mut self, view: CellView<'_>) {
        match (&mut self.cells, view) {
            (Cells::Text(texts), CellView::Text(text)) => texts.append_value(text),
            (Cells::Double(doubles, _), CellView::Double(double)) => doubles.push(double),
            (Cells::Date(dates, _), CellView::Date(days)) => dates.push(days),
            (Cells::Whole(kind, wholes, _), CellView::Whole(other, whole)) if *kind == other => {
                wholes.push(whole);
            }
            (_, CellView::Null) => self.push_null(),
            (_, CellView::Text(text)) => self.push_value(Value::text(text)),
            (_, CellView::Logical(logical)) => self.push_value(Value::Logical(logical)),
            (_, CellView::Double(double)) => self.push_value(Value::Double(double)),
            (_, CellView::Date(days)) => self.push_value(Value::Date(Date(days))),
            (_, CellView::Whole(kind, whole)) => self.push_value(kind.value(whole)),
            (_, CellView::Member(member)) => {
                self.push(member.clone());
                return;
            }
        }
        self.len += 1;
    }

    fn push_value(&mut self, value: Value) {
        let row = self.len as u32;
        match (&mut self.cells, value) {
            (Cells::Any(members), value) => members.push(Member::Ready(value)),
            (_, Value::Null) => self.push_null(),
            (Cells::Text(texts), Value::Text(text)) => texts.append_value(text.as_str()),
            (Cells::Logical(logicals), Value::Logical(logical)) => logicals.push(Some(logical)),
            (Cells::Double(doubles, _), Value::Double(double)) => doubles.push(double),
            (Cells::Date(days, _), Value::Date(date)) => days.push(date.0),
            (Cells::Whole(Whole::Number, wholes, _), Value::Int64(whole)) => wholes.push(whole),
            (Cells::Whole(Whole::Time, wholes, _), Value::Time(time)) => wholes.push(time.0),
            (Cells::Whole(Whole::DateTime, wholes, _), Value::DateTime(datetime)) => wholes.push(datetime.0),
            (Cells::Whole(Whole::Duration, wholes, _), Value::Duration(duration)) => wholes.push(duration.0),
            (Cells::Nulls, value) => {
                let nulls = || (0..row).collect::<Nulls>();
                self.cells = match &value {
                    Value::Text(_) => {
                        let mut texts = StringViewBuilder::new();
                        (0..row).for_each(|_| texts.append_null());
                        Cells::Text(texts)
                    }
                    Value::Logical(_) => Cells::Logical(vec![None; self.len]),
                    Value::Double(_) => Cells::Double(vec![0.0; self.len], nulls()),
                    Value::Date(_) => Cells::Date(vec![0; self.len], nulls()),
                    Value::Int64(_) => Cells::Whole(Whole::Number, vec![0; self.len], nulls()),
                    Value::Time(_) => Cells::Whole(Whole::Time, vec![0; self.len], nulls()),
                    Value::DateTime(_) => Cells::Whole(Whole::DateTime, vec![0; self.len], nulls()),
                    Value::Duration(_) => Cells::Whole(Whole::Duration, vec![0; self.len], nulls()),
                    _ => Cells::Any(vec![Member::Ready(Value::Null); self.len]),
                };
                self.push_value(value);
            }
            (_, value) => self.push_odd(Member::Ready(value)),
        }
    }

    fn push_null(&mut self) {
        let row = self.len as u32;
        match &mut self.cells {
            Cells::Nulls => {}
            Cells::Text(texts) => texts.append_null(),
            Cells::Logical(logicals) => logicals.push(None),
            Cells::Double(doubles, nulls) => {
                doubles.push(0.0);
                nulls.push(row);
            }
            Cells::Date(days, nulls) => {
                days.push(0);
                nulls.push(row);
            }
            Cells::Whole(_, wholes, nulls) => {
                wholes.push(0);
                nulls.push(row);
            }
            Cells::Any(members) => members.push(Member::Ready(Value::Null)),
        }
    }

    /// A cell that the typed form cannot hold: kept beside it while such cells are few.
    fn push_odd(&mut self, member: Member) {
        if let Cells::Any(members) = &mut self.cells {
            members.push(member);
            return;
        }
        let typed = !matches!(self.cells, Cells::Nulls);
        if typed && self.odd.len() < ODD + self.len / ODD_SHARE {
            self.odd.insert(self.len as u32, member);
            self.push_null();
            return;
        }
        let so_far = std::mem::take(self).finish();
        let mut members: Vec<Member> = (0..so_far.len()).map(|row| so_far.get(row)).collect();
        self.len = members.len();
        members.push(member);
        self.cells = Cells::Any(members);
    }

    /// The column.
    pub fn finish(self) -> Column {
        let len = self.len;
        let valid = |nulls: Nulls| -> Option<NullBuffer> {
            (!nulls.is_empty()).then(|| {
                let mut valid = vec![true; len];
                nulls.into_iter().for_each(|row| valid[row as usize] = false);
                NullBuffer::from(valid)
            })
        };
        let form = match self.cells {
            Cells::Nulls => Form::Same(Member::Ready(Value::Null), len),
            Cells::Text(mut texts) => Form::Text(texts.finish()),
            Cells::Logical(logicals) => Form::Logical(BooleanArray::from(logicals)),
            Cells::Double(doubles, nulls) => Form::Double(Float64Array::new(doubles.into(), valid(nulls))),
            Cells::Date(days, nulls) => Form::Date(Int32Array::new(days.into(), valid(nulls))),
            Cells::Whole(kind, wholes, nulls) => {
                Form::Whole(kind, Int64Array::new(wholes.into(), valid(nulls)))
            }
            Cells::Any(members) => Form::Any(members),
        };
        Column::from(form).with_odd(self.odd)
    }
}

impl FromIterator<Member> for Column {
    fn from_iter<I: IntoIterator<Item = Member>>(members: I) -> Column {
        let mut builder = ColumnBuilder::default();
        members.into_iter().for_each(|member| builder.push(member));
        builder.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Error;
    use proptest::prelude::*;

    /// Cells as the tests tell them apart.
    fn shown(member: &Member) -> String {
        match member {
            Member::Ready(value) => format!("{:?} {value:?}", value.kind()),
            Member::Lazy(cell) => format!("{cell:?}"),
        }
    }

    fn cells() -> impl Strategy<Value = Member> {
        let one_kind = prop_oneof![
            20 => any::<i64>().prop_map(Value::Int64),
            2 => Just(Value::Null),
            1 => any::<f64>().prop_filter("comparable", |double| !double.is_nan()).prop_map(Value::Double),
            1 => "[a-zé]{0,4}".prop_map(Value::from),
            1 => any::<bool>().prop_map(Value::Logical),
            1 => (0i32..4_000_000).prop_map(|days| Value::Date(Date(days))),
            1 => any::<i64>().prop_map(|ticks| Value::Duration(Duration(ticks))),
        ];
        prop_oneof![30 => one_kind.prop_map(Member::Ready), 1 => Just(Member::failed(Error::expression("cell")))]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn columns_give_back_what_was_put_in(
            members in prop::collection::vec(cells(), 0..200),
            picks in prop::collection::vec(any::<prop::sample::Index>(), 0..50),
            (start, len) in (0usize..100, 0usize..100),
        ) {
            let column: Column = members.iter().cloned().collect();
            prop_assert_eq!(column.len(), members.len());
            for (row, member) in members.iter().enumerate() {
                prop_assert_eq!(shown(&column.get(row)), shown(member));
            }
            if !members.is_empty() {
                let rows: Vec<u32> = picks.iter().map(|pick| pick.index(members.len()) as u32).collect();
                let taken = column.take(&rows);
                for (at, row) in rows.iter().enumerate() {
                    prop_assert_eq!(shown(&taken.get(at)), shown(&members[*row as usize]));
                }
                let start = start.min(members.len());
                let len = len.min(members.len() - start);
                let slice = column.slice(start, len);
                for at in 0..len {
                    prop_assert_eq!(shown(&slice.get(at)), shown(&members[start + at]));
                }
            }
        }
    }

    #[test]
    fn one_kind_with_few_exceptions_stays_typed() {
        let mut builder = ColumnBuilder::default();
        (0..1000).for_each(|number| builder.push(Member::Ready(Value::Int64(number))));
        builder.push(Member::failed(Error::expression("cell")));
        let column = builder.finish();
        assert!(matches!(column.form, Form::Whole(Whole::Number, _)));
        assert!(column.as_whole().is_none(), "the error must not be overlooked");
    }
}
