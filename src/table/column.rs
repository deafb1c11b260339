//! One column of a batch: Arrow memory where the cells are of one plain kind, members otherwise.

use std::sync::Arc;

use arrow_array::{
    Array, ArrowPrimitiveType, BooleanArray, Float64Array, Int32Array, Int64Array, PrimitiveArray,
    StringViewArray,
};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use rustc_hash::FxHashMap;

use super::late::Late;
use super::text_spans::{TextCells, TextSpans};
use super::text_views;
use crate::eval::Context;
use crate::value::temporal::{Date, DateTime, Duration, Time};
use crate::value::{Member, Result, Value};

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
    /// Texts and nulls: places in a block, of which views are made once somebody needs them.
    Spans(Arc<TextSpans>),
    /// Logical values and nulls.
    Logical(BooleanArray),
    /// Doubles and nulls.
    Double(Float64Array),
    /// Dates, as days, and nulls.
    Date(Int32Array),
    /// Whole numbers, or ticks of one kind, and nulls.
    Whole(Whole, Int64Array),
    /// Numbers and nulls: doubles, of which some stand for whole numbers that a double holds exactly.
    Number(Float64Array, BooleanBuffer),
    /// The same cell in each row.
    Same(Member, usize),
    /// Nobody asked for this column.
    Unread(usize),
    /// Computed at the first read: which of the columns that a computation gives.
    Late(Arc<Late>, usize),
}

/// A cell as it stands in its column.
#[derive(Clone, Copy)]
pub enum CellView<'c> {
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

    /// A column of texts and nulls that are pieces of a block.
    pub fn spans(texts: TextSpans) -> Column {
        Form::Spans(Arc::new(texts)).into()
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

    /// A column of numbers and nulls: doubles, those marked `whole` standing for whole numbers of less than 2^53.
    pub fn number(doubles: Float64Array, whole: BooleanBuffer) -> Column {
        debug_assert_eq!(doubles.len(), whole.len());
        Form::Number(doubles, whole).into()
    }

    /// A column with the same cell in each of `len` rows.
    pub fn same(member: Member, len: usize) -> Column {
        Form::Same(member, len).into()
    }

    /// A column that was not read because nobody asked for it.
    pub fn unread(len: usize) -> Column {
        Form::Unread(len).into()
    }

    /// A column that is computed when it is first read.
    pub(super) fn late(late: Arc<Late>, part: usize) -> Column {
        Form::Late(late, part).into()
    }

    /// The computation that is still to be done, if the column is computed late.
    pub(super) fn as_late(&self) -> Option<(&Arc<Late>, usize)> {
        match &self.form {
            Form::Late(late, part) if late.depth() > 0 => Some((late, *part)),
            _ => None,
        }
    }

    pub(super) fn late_depth(&self) -> u32 {
        self.as_late().map_or(0, |(late, _)| late.depth())
    }

    /// The column itself, computed now if it is a late one: all of it, as a part of the evaluation.
    ///
    /// # Errors
    /// Only a stop.
    pub fn settle(&self, ctx: &Context) -> Result<&Column> {
        match &self.form {
            Form::Late(late, part) => match late.settle(ctx, *part)? {
                Some(column) => column.settle(ctx),
                None => Ok(self),
            },
            _ => Ok(self),
        }
    }

    /// The same as [`Column::settle`], owned.
    pub(super) fn settled_by(self, ctx: &Context) -> Result<Column> {
        match &self.form {
            Form::Late(..) => self.settle(ctx).cloned(),
            _ => Ok(self),
        }
    }

    /// The form, computed now if the column is a late one.
    #[inline]
    fn settled(&self) -> &Column {
        match &self.form {
            Form::Late(late, part) => late.column(*part).map_or(self, Column::settled),
            _ => self,
        }
    }

    /// The same column with other cells in a few rows: errors, mostly.
    pub fn with_odd(self, odd: FxHashMap<u32, Member>) -> Column {
        let form = match self.form {
            Form::Late(..) => self.settled().form.clone(),
            form => form,
        };
        Column { form, odd: (!odd.is_empty()).then(|| Arc::new(odd)) }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        match &self.form {
            Form::Any(members) => members.len(),
            Form::Text(texts) => texts.len(),
            Form::Spans(texts) => texts.len(),
            Form::Logical(logicals) => logicals.len(),
            Form::Double(doubles) => doubles.len(),
            Form::Date(days) => days.len(),
            Form::Whole(_, wholes) => wholes.len(),
            Form::Number(doubles, _) => doubles.len(),
            Form::Same(_, len) | Form::Unread(len) => *len,
            Form::Late(late, _) => late.len(),
        }
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts, if the column holds nothing else (but nulls).
    pub fn as_text(&self) -> Option<&StringViewArray> {
        match self.plain() {
            Some(Form::Text(texts)) => Some(texts),
            Some(Form::Spans(texts)) => Some(texts.views()),
            _ => None,
        }
    }

    /// The texts as they are held, if the column holds nothing else (but nulls): for readers that go through them once.
    pub fn text_cells(&self) -> Option<TextCells<'_>> {
        match self.plain() {
            Some(Form::Text(texts)) => Some(TextCells::Views(texts)),
            Some(Form::Spans(texts)) => Some(TextCells::Spans(texts)),
            _ => None,
        }
    }

    /// Makes the views that [`Column::as_text`] gives, if they would be made only then.
    pub(super) fn make_views(&self) {
        if let Form::Spans(texts) = &self.settled().form {
            texts.views();
        }
    }

    /// The doubles, if the column holds nothing else (but nulls).
    pub fn as_double(&self) -> Option<&Float64Array> {
        match self.plain() {
            Some(Form::Double(doubles)) => Some(doubles),
            _ => None,
        }
    }

    /// The logical values, if the column holds nothing else (but nulls).
    pub fn as_logical(&self) -> Option<&BooleanArray> {
        match self.plain() {
            Some(Form::Logical(logicals)) => Some(logicals),
            _ => None,
        }
    }

    /// The dates as days since 0001-01-01, if the column holds nothing else (but nulls).
    pub fn as_date(&self) -> Option<&Int32Array> {
        match self.plain() {
            Some(Form::Date(days)) => Some(days),
            _ => None,
        }
    }

    /// The whole numbers or ticks, if the column holds nothing else (but nulls).
    pub fn as_whole(&self) -> Option<(Whole, &Int64Array)> {
        match self.plain() {
            Some(Form::Whole(kind, wholes)) => Some((*kind, wholes)),
            _ => None,
        }
    }

    /// The numbers, if the column holds whole numbers and others mixed, and nothing else (but nulls): which of the
    /// doubles stand for whole numbers.
    pub fn as_number(&self) -> Option<(&Float64Array, &BooleanBuffer)> {
        match self.plain() {
            Some(Form::Number(doubles, whole)) => Some((doubles, whole)),
            _ => None,
        }
    }

    /// The cell, if it is the same in each row.
    pub fn as_same(&self) -> Option<&Member> {
        match self.plain() {
            Some(Form::Same(member, _)) => Some(member),
            _ => None,
        }
    }

    /// The form, if there is no cell beside it.
    #[inline]
    fn plain(&self) -> Option<&Form> {
        let column = self.settled();
        column.odd.is_none().then_some(&column.form)
    }

    /// The rows whose cells the form of the column does not hold: errors, and values of another kind.
    pub fn odd_rows(&self) -> impl Iterator<Item = u32> {
        self.settled().odd.iter().flat_map(|odd| odd.keys().copied())
    }

    /// The same column with other cells in a few more rows.
    pub fn and_odd(self, more: FxHashMap<u32, Member>) -> Column {
        if more.is_empty() {
            return self;
        }
        let mut odd = self.settled().odd.as_deref().cloned().unwrap_or_default();
        odd.extend(more);
        self.with_odd(odd)
    }

    /// The column without its odd cells, which are as good as `null`.
    pub fn without_odd(&self) -> Column {
        Column::from(self.settled().form.clone())
    }

    /// The cells, if they are held as members.
    pub fn as_any(&self) -> Option<&[Member]> {
        match &self.settled().form {
            Form::Any(members) => Some(members),
            _ => None,
        }
    }

    /// The cell in a row; `null` outside of the column.
    pub fn get(&self, row: usize) -> Member {
        let column = self.settled();
        if let Some(odd) = &column.odd
            && let Some(member) = odd.get(&(row as u32))
        {
            return member.clone();
        }
        let value = match &column.form {
            Form::Any(members) => return members.get(row).cloned().unwrap_or(Member::Ready(Value::Null)),
            Form::Same(member, _) => return member.clone(),
            Form::Text(texts) if is_there(texts, row) => Value::text(texts.value(row)),
            Form::Spans(texts) => texts.text(row).map_or(Value::Null, Value::text),
            Form::Logical(logicals) if is_there(logicals, row) => Value::Logical(logicals.value(row)),
            Form::Double(doubles) if is_there(doubles, row) => Value::Double(doubles.value(row)),
            Form::Date(days) if is_there(days, row) => Value::Date(Date(days.value(row))),
            Form::Whole(kind, wholes) if is_there(wholes, row) => kind.value(wholes.value(row)),
            Form::Number(doubles, whole) if is_there(doubles, row) => match whole.value(row) {
                true => Value::Int64(doubles.value(row) as i64),
                false => Value::Double(doubles.value(row)),
            },
            _ => Value::Null,
        };
        Member::Ready(value)
    }

    /// The cell in a row as it stands there, without making a value; `null` outside of the column.
    #[inline]
    pub fn view(&self, row: usize) -> CellView<'_> {
        let column = self.settled();
        if let Some(odd) = &column.odd
            && let Some(member) = odd.get(&(row as u32))
        {
            return CellView::Member(member);
        }
        match &column.form {
            Form::Any(members) => members.get(row).map_or(CellView::Null, CellView::Member),
            Form::Same(member, _) => CellView::Member(member),
            Form::Text(texts) if is_there(texts, row) => CellView::Text(texts.value(row)),
            Form::Spans(texts) => texts.text(row).map_or(CellView::Null, CellView::Text),
            Form::Logical(logicals) if is_there(logicals, row) => CellView::Logical(logicals.value(row)),
            Form::Double(doubles) if is_there(doubles, row) => CellView::Double(doubles.value(row)),
            Form::Date(days) if is_there(days, row) => CellView::Date(days.value(row)),
            Form::Whole(kind, wholes) if is_there(wholes, row) => CellView::Whole(*kind, wholes.value(row)),
            Form::Number(doubles, whole) if is_there(doubles, row) => match whole.value(row) {
                true => CellView::Whole(Whole::Number, doubles.value(row) as i64),
                false => CellView::Double(doubles.value(row)),
            },
            _ => CellView::Null,
        }
    }

    /// The cells, to be looked at one by one: the form of the column is told once.
    pub fn cells(&self) -> ColumnCells<'_> {
        match self.plain() {
            Some(Form::Text(texts)) => ColumnCells::Text(texts),
            Some(Form::Spans(texts)) => ColumnCells::Spans(texts),
            Some(Form::Double(doubles)) => ColumnCells::Double(doubles),
            Some(Form::Date(days)) => ColumnCells::Date(days),
            Some(Form::Whole(kind, wholes)) => ColumnCells::Whole(*kind, wholes),
            _ => ColumnCells::Other(self.settled()),
        }
    }

    /// Whether the cell in a row is there without evaluating anything.
    pub fn is_ready(&self, row: usize) -> bool {
        let column = self.settled();
        let member = match &column.form {
            Form::Any(members) => members.get(row),
            Form::Same(member, _) => Some(member),
            _ => None,
        };
        let odd = column.odd.as_ref().and_then(|odd| odd.get(&(row as u32)));
        odd.or(member).is_none_or(|member| matches!(member, Member::Ready(_)))
    }

    /// Whether all cells are values without others in them: nothing can be evaluated here.
    pub(super) fn is_flat(&self) -> bool {
        let column = self.settled();
        let is_flat = match &column.form {
            Form::Any(members) => members.iter().all(Member::is_flat),
            Form::Same(member, _) => member.is_flat(),
            Form::Late(..) => false,
            _ => true,
        };
        is_flat && column.odd.as_ref().is_none_or(|odd| odd.values().all(Member::is_flat))
    }

    /// The cells at `rows`, in that order; `null` for rows there are not.
    pub fn take(&self, rows: &[u32]) -> Column {
        if let Some((late, part)) = self.as_late()
            && let Some(late) = late.with_rows(|input| input.take(rows))
        {
            return Column::late(Arc::new(late), part);
        }
        let column = self.settled();
        let form = match &column.form {
            Form::Late(..) => return column.clone(),
            Form::Same(member, len) if rows.iter().all(|row| (*row as usize) < *len) => {
                Form::Same(member.clone(), rows.len())
            }
            Form::Same(member, len) => {
                let cell = |row: &u32| match (*row as usize) < *len {
                    true => member.clone(),
                    false => Member::Ready(Value::Null),
                };
                Form::Any(rows.iter().map(cell).collect())
            }
            Form::Unread(_) => Form::Unread(rows.len()),
            Form::Any(members) => {
                let cell =
                    |row: &u32| members.get(*row as usize).cloned().unwrap_or(Member::Ready(Value::Null));
                Form::Any(rows.iter().map(cell).collect())
            }
            Form::Text(texts) => Form::Text(text_views::take(texts, rows)),
            Form::Spans(texts) => Form::Spans(Arc::new(texts.take(rows))),
            Form::Logical(logicals) => {
                let at = |row: &u32| is_there(logicals, *row as usize).then(|| logicals.value(*row as usize));
                Form::Logical(rows.iter().map(at).collect())
            }
            Form::Double(doubles) => Form::Double(taken(doubles, rows)),
            Form::Date(days) => Form::Date(taken(days, rows)),
            Form::Whole(kind, wholes) => Form::Whole(*kind, taken(wholes, rows)),
            Form::Number(doubles, whole) => {
                let at = |row: &u32| (*row as usize) < whole.len() && whole.value(*row as usize);
                Form::Number(taken(doubles, rows), rows.iter().map(at).collect())
            }
        };
        let odd = column.odd.as_ref().map(|odd| {
            let found = |(at, row): (usize, &u32)| Some((at as u32, odd.get(row)?.clone()));
            rows.iter().enumerate().filter_map(found).collect()
        });
        Column::from(form).with_odd(odd.unwrap_or_default())
    }

    /// `len` cells from `start` on; the range must lie inside the column.
    pub fn slice(&self, start: usize, len: usize) -> Column {
        if let Some((late, part)) = self.as_late()
            && let Some(late) = late.with_rows(|input| input.slice(start, len))
        {
            return Column::late(Arc::new(late), part);
        }
        let column = self.settled();
        let form = match &column.form {
            Form::Late(..) => return column.clone(),
            Form::Same(member, _) => Form::Same(member.clone(), len),
            Form::Unread(_) => Form::Unread(len),
            Form::Any(members) => Form::Any(members.iter().skip(start).take(len).cloned().collect()),
            Form::Text(texts) => Form::Text(texts.slice(start, len)),
            Form::Spans(texts) => Form::Spans(Arc::new(texts.slice(start, len))),
            Form::Logical(logicals) => Form::Logical(logicals.slice(start, len)),
            Form::Double(doubles) => Form::Double(doubles.slice(start, len)),
            Form::Date(days) => Form::Date(days.slice(start, len)),
            Form::Whole(kind, wholes) => Form::Whole(*kind, wholes.slice(start, len)),
            Form::Number(doubles, whole) => Form::Number(doubles.slice(start, len), whole.slice(start, len)),
        };
        let odd = column.odd.as_ref().map(|odd| {
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
        let column = self.settled();
        let texts = match &column.form {
            Form::Text(texts) => texts,
            Form::Spans(texts) => texts.views(),
            _ => return column.clone(),
        };
        let shared: usize = texts.data_buffers().iter().map(|block| block.capacity()).sum();
        let texts = if shared > 2 * texts.total_buffer_bytes_used() { texts.gc() } else { texts.clone() };
        Column { form: Form::Text(texts), odd: column.odd.clone() }
    }

    /// About how many bytes the cells take.
    pub(super) fn held(&self) -> usize {
        /// What stands before a text that is a value of its own.
        const HEADER: usize = 16;
        let of_member = |member: &Member| match member.ready() {
            Some(Value::Text(text)) => size_of::<Member>() + HEADER + text.len(),
            _ => size_of::<Member>(),
        };
        let held_by_texts = |texts: &StringViewArray| {
            let blocks: usize = texts.data_buffers().iter().map(|block| block.capacity()).sum();
            texts.views().len() * size_of::<u128>() + blocks
        };
        let column = self.settled();
        match &column.form {
            Form::Any(members) => members.iter().map(of_member).sum(),
            Form::Text(texts) => held_by_texts(texts),
            Form::Spans(texts) => held_by_texts(texts.views()),
            Form::Logical(logicals) => logicals.len() / 8,
            Form::Double(doubles) | Form::Number(doubles, _) => doubles.len() * size_of::<f64>(),
            Form::Date(days) => days.len() * size_of::<i32>(),
            Form::Whole(_, wholes) => wholes.len() * size_of::<i64>(),
            Form::Same(..) | Form::Unread(_) | Form::Late(..) => 0,
        }
    }

    /// Which cells of a text column are not `null`, if any are.
    pub fn nulls(&self) -> Option<&NullBuffer> {
        match self.text_cells()? {
            TextCells::Views(texts) => texts.nulls(),
            TextCells::Spans(texts) => texts.valid(),
        }
    }
}

/// The cells of a computed column.
pub enum ColumnCells<'c> {
    /// Texts and nulls.
    Text(&'c StringViewArray),
    /// Texts and nulls.
    Spans(&'c TextSpans),
    /// Doubles and nulls.
    Double(&'c Float64Array),
    /// Dates and nulls.
    Date(&'c Int32Array),
    /// Whole numbers, or ticks, and nulls.
    Whole(Whole, &'c Int64Array),
    /// Cells of any other form.
    Other(&'c Column),
}

impl<'c> ColumnCells<'c> {
    /// [`Column::view`]
    #[inline]
    pub fn view(&self, row: usize) -> CellView<'c> {
        match *self {
            ColumnCells::Text(texts) if is_there(texts, row) => CellView::Text(texts.value(row)),
            ColumnCells::Spans(texts) => texts.text(row).map_or(CellView::Null, CellView::Text),
            ColumnCells::Double(doubles) if is_there(doubles, row) => CellView::Double(doubles.value(row)),
            ColumnCells::Date(days) if is_there(days, row) => CellView::Date(days.value(row)),
            ColumnCells::Whole(kind, wholes) if is_there(wholes, row) => {
                CellView::Whole(kind, wholes.value(row))
            }
            ColumnCells::Other(column) => column.view(row),
            _ => CellView::Null,
        }
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

#[cfg(test)]
mod tests {
    use super::super::ColumnBuilder;
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
            20 => (-9i64..9).prop_map(Value::Int64),
            10 => any::<f64>().prop_filter("comparable", |double| !double.is_nan()).prop_map(Value::Double),
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
