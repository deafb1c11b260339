//! Typed columns read from texts that nearly all have a plain form.

use arrow_array::{Float64Array, Int64Array};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer};

use crate::table::{Column, TextCells, Whole, at_best};
use crate::value::number::ParsedNumber;
use crate::value::{Member, Value};

/// What was read: the values, those of empty texts being `null`.
pub(super) struct Read<T> {
    values: Vec<T>,
    nulls: Vec<u32>,
    /// The rows whose texts have another form; `null` so far.
    left: Vec<u32>,
}

/// Reads each text with `one`; `None` if more than a few have a form that it does not know.
pub(super) fn read<T: Copy + Default>(
    texts: TextCells<'_>,
    one: impl FnMut(usize, &[u8]) -> Option<T>,
) -> Option<Read<T>> {
    at_best(
        #[inline(always)]
        || read_each(texts, one),
    )
}

#[inline(always)]
fn read_each<T: Copy + Default>(
    texts: TextCells<'_>,
    mut one: impl FnMut(usize, &[u8]) -> Option<T>,
) -> Option<Read<T>> {
    let len = texts.len();
    let few = 16 + len / 16;
    let mut read = Read { values: Vec::with_capacity(len), nulls: Vec::new(), left: Vec::new() };
    texts.try_each(
        #[inline(always)]
        |row, text| {
            let value = match text {
                None | Some([]) => {
                    read.nulls.push(row as u32);
                    None
                }
                Some(text) => {
                    let value = one(row, text);
                    if value.is_none() {
                        read.left.push(row as u32);
                        if read.left.len() > few {
                            return None;
                        }
                    }
                    value
                }
            };
            read.values.push(value.unwrap_or_default());
            Some(())
        },
    )?;
    Some(read)
}

impl<T> Read<T> {
    /// The column that `make` makes of the values, and the rows that are left to be read otherwise.
    pub(super) fn column(
        self,
        make: impl FnOnce(Vec<T>, Option<NullBuffer>) -> Column,
    ) -> (Column, Vec<u32>) {
        let len = self.values.len();
        if self.nulls.len() == len {
            return (Column::same(Member::Ready(Value::Null), len), self.left);
        }
        let valid = (!self.nulls.is_empty() || !self.left.is_empty()).then(|| {
            let mut valid = BooleanBufferBuilder::new(len);
            valid.append_n(len, true);
            self.nulls.iter().chain(&self.left).for_each(|row| valid.set_bit(*row as usize, false));
            NullBuffer::new(valid.finish())
        });
        (make(self.values, valid), self.left)
    }
}

/// Reads numbers: whole ones, others, or both mixed; otherwise as [`read`].
pub(super) fn read_numbers(
    texts: TextCells<'_>,
    one: impl Fn(&[u8]) -> Option<ParsedNumber>,
) -> Option<(Column, Vec<u32>)> {
    /// From here on doubles do not tell whole numbers apart.
    const EXACT: u64 = 1 << 53;
    let mut whole = BooleanBufferBuilder::new(texts.len());
    whole.append_n(texts.len(), false);
    let (mut wholes, mut others) = (0, 0);
    let read = read(
        texts,
        #[inline(always)]
        |row, text| match one(text)? {
            ParsedNumber::Whole(number) if number.unsigned_abs() < EXACT => {
                whole.set_bit(row, true);
                wholes += 1;
                Some(number as f64)
            }
            ParsedNumber::Whole(_) => None,
            ParsedNumber::Double(double) => {
                others += 1;
                Some(double)
            }
        },
    )?;
    Some(read.column(|doubles, valid| match (wholes, others) {
        (_, 0) => {
            let wholes = doubles.iter().map(|double| *double as i64).collect::<Vec<_>>();
            Column::whole(Whole::Number, Int64Array::new(wholes.into(), valid))
        }
        (0, _) => Column::double(Float64Array::new(doubles.into(), valid)),
        _ => Column::number(Float64Array::new(doubles.into(), valid), whole.finish()),
    }))
}
