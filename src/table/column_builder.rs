//! Collecting cells into columns.

use arrow_array::{BooleanArray, Float64Array, Int32Array, Int64Array, builder::StringViewBuilder};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use rustc_hash::FxHashMap;

use super::column::CellView;
use super::{Column, Whole};
use crate::value::temporal::Date;
use crate::value::{Member, Value};

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
    /// Doubles, and which of them stand for whole numbers.
    Number(Vec<f64>, Vec<bool>, Nulls),
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
        match view {
            CellView::Null => self.push_null(),
            CellView::Text(text) => self.push_text(text),
            CellView::Logical(logical) => self.push_logical(logical),
            CellView::Double(double) => self.push_double(double),
            CellView::Date(days) => self.push_date(days),
            CellView::Whole(kind, whole) => self.push_whole(kind, whole),
            CellView::Member(member) => self.push(member.clone()),
        }
    }

    /// Adds `null`.
    pub fn push_null(&mut self) {
        self.add_null();
        self.len += 1;
    }

    /// Adds a text.
    #[inline]
    pub fn push_text(&mut self, text: &str) {
        match &mut self.cells {
            Cells::Text(texts) => {
                texts.append_value(text);
                self.len += 1;
            }
            _ => self.push(Member::Ready(Value::text(text))),
        }
    }

    /// Adds a logical value.
    #[inline]
    pub fn push_logical(&mut self, logical: bool) {
        match &mut self.cells {
            Cells::Logical(logicals) => {
                logicals.push(Some(logical));
                self.len += 1;
            }
            _ => self.push(Member::Ready(Value::Logical(logical))),
        }
    }

    /// Adds a double.
    #[inline]
    pub fn push_double(&mut self, double: f64) {
        match &mut self.cells {
            Cells::Double(doubles, _) => {
                doubles.push(double);
                self.len += 1;
            }
            _ => self.push(Member::Ready(Value::Double(double))),
        }
    }

    /// Adds a date, as days since 0001-01-01.
    #[inline]
    pub fn push_date(&mut self, days: i32) {
        match &mut self.cells {
            Cells::Date(dates, _) => {
                dates.push(days);
                self.len += 1;
            }
            _ => self.push(Member::Ready(Value::Date(Date(days)))),
        }
    }

    /// Adds a whole number, or ticks.
    #[inline]
    pub fn push_whole(&mut self, kind: Whole, whole: i64) {
        match &mut self.cells {
            Cells::Whole(known, wholes, _) if *known == kind => {
                wholes.push(whole);
                self.len += 1;
            }
            _ => self.push(Member::Ready(kind.value(whole))),
        }
    }

    fn push_value(&mut self, value: Value) {
        let row = self.len as u32;
        match (&mut self.cells, value) {
            (Cells::Any(members), value) => members.push(Member::Ready(value)),
            (_, Value::Null) => self.add_null(),
            (Cells::Text(texts), Value::Text(text)) => texts.append_value(text.as_str()),
            (Cells::Logical(logicals), Value::Logical(logical)) => logicals.push(Some(logical)),
            (Cells::Double(doubles, _), Value::Double(double)) => doubles.push(double),
            (Cells::Number(doubles, wholes, _), Value::Double(double)) => {
                doubles.push(double);
                wholes.push(false);
            }
            (Cells::Number(doubles, wholes, _), Value::Int64(whole)) if is_exact(whole) => {
                doubles.push(whole as f64);
                wholes.push(true);
            }
            (Cells::Whole(Whole::Number, ..), value @ Value::Double(_)) => self.push_mixed(value),
            (Cells::Double(..), value @ Value::Int64(whole)) if is_exact(whole) => self.push_mixed(value),
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

    /// Makes cells of one kind of number cells of both. Whole numbers that no double holds exactly stand beside them.
    fn push_mixed(&mut self, value: Value) {
        let none = Cells::Nulls;
        self.cells = match std::mem::replace(&mut self.cells, none) {
            Cells::Double(doubles, nulls) => {
                let wholes = vec![false; doubles.len()];
                Cells::Number(doubles, wholes, nulls)
            }
            Cells::Whole(_, wholes, nulls) => {
                let big = wholes.iter().enumerate().filter(|(_, whole)| !is_exact(**whole));
                self.odd.extend(big.map(|(row, whole)| (row as u32, Member::Ready(Value::Int64(*whole)))));
                let doubles = wholes.iter().map(|whole| *whole as f64).collect();
                Cells::Number(doubles, vec![true; self.len], nulls)
            }
            other => other,
        };
        self.push_value(value);
    }

    fn add_null(&mut self) {
        let row = self.len as u32;
        match &mut self.cells {
            Cells::Nulls => {}
            Cells::Text(texts) => texts.append_null(),
            Cells::Logical(logicals) => logicals.push(None),
            Cells::Double(doubles, nulls) => {
                doubles.push(0.0);
                nulls.push(row);
            }
            Cells::Number(doubles, wholes, nulls) => {
                doubles.push(0.0);
                wholes.push(false);
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
            self.add_null();
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
        let column = match self.cells {
            Cells::Nulls => Column::same(Member::Ready(Value::Null), len),
            Cells::Text(mut texts) => Column::text(texts.finish()),
            Cells::Logical(logicals) => Column::logical(BooleanArray::from(logicals)),
            Cells::Double(doubles, nulls) => Column::double(Float64Array::new(doubles.into(), valid(nulls))),
            Cells::Number(doubles, wholes, nulls) => {
                Column::number(Float64Array::new(doubles.into(), valid(nulls)), BooleanBuffer::from(wholes))
            }
            Cells::Date(days, nulls) => Column::date(Int32Array::new(days.into(), valid(nulls))),
            Cells::Whole(kind, wholes, nulls) => {
                Column::whole(kind, Int64Array::new(wholes.into(), valid(nulls)))
            }
            Cells::Any(members) => Column::any(members),
        };
        column.with_odd(self.odd)
    }
}

/// Whether a double holds a whole number exactly, and its neighbours too.
fn is_exact(whole: i64) -> bool {
    whole.unsigned_abs() < 1 << 53
}

impl FromIterator<Member> for Column {
    fn from_iter<I: IntoIterator<Item = Member>>(members: I) -> Column {
        let mut builder = ColumnBuilder::default();
        members.into_iter().for_each(|member| builder.push(member));
        builder.finish()
    }
}
