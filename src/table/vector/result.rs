use std::sync::Arc;

use arrow_array::{Array, BooleanArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use rustc_hash::FxHashMap;

use crate::table::{Column, ColumnBuilder};
use crate::value::{Error, Member, Result, Stop, Value};

/// What became of an expression in a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It has a value.
    Value,
    /// It raises an error: which one, evaluating the row tells.
    Raises,
    /// Only evaluating the row tells.
    Unknown,
}

impl Fate {
    /// What an error of a row means for it. One value that would be too large is a matter of the row that asks for
    /// it, and only if that row is evaluated.
    ///
    /// # Errors
    /// Any other stop.
    pub(super) fn of(error: Error) -> Result<Fate> {
        match error.as_stop() {
            None => Ok(Fate::Raises),
            Some(Stop::Memory(_)) => Ok(Fate::Unknown),
            Some(_) => Err(error),
        }
    }
}

/// The values of an expression, one for each row. Where a row has none, the column holds anything.
#[derive(Clone, Debug)]
pub struct Vector {
    column: Arc<Column>,
    /// `None` where each row has its value.
    fates: Option<Arc<[Fate]>>,
}

impl Vector {
    /// A vector of a column all of whose cells are values of the form of the column.
    pub fn of(column: Column) -> Vector {
        Vector { column: Arc::new(column), fates: None }
    }

    /// The same value in each row.
    pub fn same(value: Value, len: usize) -> Vector {
        Vector::of(Column::same(Member::Ready(value), len))
    }

    /// The same fate in each row.
    pub fn fated(fate: Fate, len: usize) -> Vector {
        Vector::same(Value::Null, len).with_fates(Some(vec![fate; len].into()))
    }

    /// The vector with fates of its rows.
    pub fn with_fates(mut self, fates: Option<Arc<[Fate]>>) -> Vector {
        self.fates = fates;
        self
    }

    /// The cells of an input column, which is computed already. Cells that are not evaluated, or not of the kind of
    /// most others, are left to the row.
    pub fn from_input(column: &Arc<Column>) -> Vector {
        let len = column.len();
        if let Some(Member::Ready(_)) = column.as_same() {
            return Vector { column: Arc::clone(column), fates: None };
        }
        // Members that are all there and of a kind that no column has a form for stay as they are.
        let is_kept = |member: &Member| matches!(member, Member::Ready(Value::Record(_) | Value::List(_)));
        if column.as_any().is_some_and(|members| members.iter().all(is_kept))
            && column.odd_rows().next().is_none()
        {
            return Vector { column: Arc::clone(column), fates: None };
        }
        let mixed = column.as_any().is_some() || column.as_same().is_some();
        let gathered;
        let column = match mixed {
            false => column,
            true => {
                let mut cells = ColumnBuilder::with_capacity(len);
                let mut unknown = Vec::new();
                for row in 0..len {
                    match column.get(row).ready() {
                        Some(value) => cells.push(Member::Ready(value.clone())),
                        None => {
                            unknown.push(row as u32);
                            cells.push_null();
                        }
                    }
                }
                gathered = Arc::new(cells.finish());
                if !unknown.is_empty() {
                    let vector = Vector::from_input(&gathered);
                    let mut fates = vector.fates_vec();
                    unknown.into_iter().for_each(|row| fates[row as usize] = Fate::Unknown);
                    return vector.with_fates(Some(fates.into()));
                }
                &gathered
            }
        };
        let mut odd = column.odd_rows().peekable();
        if odd.peek().is_none() {
            return Vector { column: Arc::clone(column), fates: None };
        }
        let mut fates = vec![Fate::Value; len];
        odd.for_each(|row| fates[row as usize] = Fate::Unknown);
        Vector::of(column.without_odd()).with_fates(Some(fates.into()))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.column.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cells; those of rows without a value mean nothing.
    pub fn column(&self) -> &Arc<Column> {
        &self.column
    }

    /// The fates of the rows, if some have no value.
    pub fn fates(&self) -> Option<&Arc<[Fate]>> {
        self.fates.as_ref()
    }

    fn fates_vec(&self) -> Vec<Fate> {
        self.fates.as_ref().map_or_else(|| vec![Fate::Value; self.len()], |fates| fates.to_vec())
    }

    /// What became of a row.
    pub fn fate(&self, row: usize) -> Fate {
        self.fates.as_ref().and_then(|fates| fates.get(row)).copied().unwrap_or(Fate::Value)
    }

    /// The value in a row.
    pub fn value(&self, row: usize) -> Value {
        match self.column.get(row) {
            Member::Ready(value) => value,
            Member::Lazy(_) => Value::Null,
        }
    }

    /// The value, if it is the same in each row.
    pub fn as_same(&self) -> Option<&Value> {
        match (self.column.as_same(), &self.fates) {
            (Some(Member::Ready(value)), None) => Some(value),
            _ => None,
        }
    }

    /// The values as a column, the cells of rows without one made by `cell`.
    ///
    /// # Errors
    /// What `cell` raises.
    pub fn into_column(self, mut cell: impl FnMut(usize) -> Result<Member>) -> Result<Column> {
        let column = Arc::unwrap_or_clone(self.column);
        let Some(fates) = self.fates else { return Ok(column) };
        let fated = fates.iter().filter(|fate| **fate != Fate::Value).count();
        if fated * 4 > column.len() {
            let mut cells = ColumnBuilder::with_capacity(column.len());
            for (row, fate) in fates.iter().enumerate() {
                cells.push(if *fate == Fate::Value { column.get(row) } else { cell(row)? });
            }
            return Ok(cells.finish());
        }
        let mut odd = FxHashMap::default();
        for (row, _) in fates.iter().enumerate().filter(|(_, fate)| **fate != Fate::Value) {
            odd.insert(row as u32, cell(row)?);
        }
        Ok(column.and_odd(odd))
    }

    /// The rows that a test passes, if it has an answer for each.
    pub fn all_true(&self) -> Option<BooleanBuffer> {
        let logicals = self.column.as_logical().filter(|_| self.fates.is_none())?;
        Some(match logicals.nulls() {
            Some(valid) => logicals.values() & valid.inner(),
            None => logicals.values().clone(),
        })
    }

    /// The values, if each row has one and it is logical.
    pub fn all_logical(&self) -> Option<&BooleanBuffer> {
        let logicals = self.column.as_logical().filter(|_| self.fates.is_none())?;
        (logicals.null_count() == 0).then(|| logicals.values())
    }

    /// Whether a row passes a test, `null` being no; `None` if that is not known here.
    pub fn as_condition(&self, row: usize) -> Option<bool> {
        match (self.fate(row), self.value(row).as_plain()) {
            (Fate::Value, Value::Logical(passes)) => Some(*passes),
            (Fate::Value, Value::Null) => Some(false),
            _ => None,
        }
    }

    /// The rows at these positions.
    pub fn take(&self, rows: &[u32]) -> Vector {
        let fates = self.fates.as_ref().map(|fates| rows.iter().map(|row| fates[*row as usize]).collect());
        Vector { column: Arc::new(self.column.take(rows)), fates }
    }

    /// Which cells are `null`, if that can be told from the form of the column.
    pub fn null_mask(&self) -> Option<NullMask<'_>> {
        let column = &*self.column;
        if let Some(texts) = column.text_cells() {
            return Some(NullMask { valid: column.nulls(), len: texts.len() });
        }
        let array: &dyn Array = if let Some(doubles) = column.as_double() {
            doubles
        } else if let Some((_, wholes)) = column.as_whole() {
            wholes
        } else if let Some(days) = column.as_date() {
            days
        } else if let Some(logicals) = column.as_logical() {
            logicals
        } else if let Some((doubles, _)) = column.as_number() {
            doubles
        } else {
            return None;
        };
        Some(NullMask { valid: array.nulls().filter(|nulls| nulls.null_count() > 0), len: array.len() })
    }
}

/// The nulls of a column.
pub struct NullMask<'v> {
    valid: Option<&'v NullBuffer>,
    len: usize,
}

impl<'v> NullMask<'v> {
    /// Whether there is any.
    pub fn has_nulls(&self) -> bool {
        self.valid.is_some()
    }

    /// Which cells are there, if some are not.
    pub fn valid(&self) -> Option<&'v NullBuffer> {
        self.valid
    }

    /// Whether each cell is `null`, or is not.
    pub fn is_null(&self, wanted: bool) -> BooleanArray {
        let bits = match self.valid {
            Some(valid) if wanted => !valid.inner(),
            Some(valid) => valid.inner().clone(),
            None if wanted => BooleanBuffer::new_unset(self.len),
            None => BooleanBuffer::new_set(self.len),
        };
        BooleanArray::new(bits, None)
    }
}

/// The fates of rows that need the values of two vectors, the first of them first.
pub fn both(first: &Vector, second: &Vector) -> Option<Arc<[Fate]>> {
    match (first.fates(), second.fates()) {
        (None, None) => None,
        (Some(fates), None) | (None, Some(fates)) => Some(Arc::clone(fates)),
        (Some(first), Some(second)) => {
            let pairs = first.iter().zip(second.iter());
            Some(pairs.map(|(first, second)| if *first == Fate::Value { *second } else { *first }).collect())
        }
    }
}

/// Collects the values of rows as they are computed one by one.
pub struct Collect {
    cells: ColumnBuilder,
    fates: Option<Vec<Fate>>,
    len: usize,
}

impl Collect {
    /// Room for so many rows.
    pub fn new(len: usize) -> Collect {
        Collect { cells: ColumnBuilder::with_capacity(len), fates: None, len }
    }

    /// The values that were collected so far: to add one of a known kind.
    pub fn cells(&mut self) -> &mut ColumnBuilder {
        &mut self.cells
    }

    /// A row with this value.
    pub fn value(&mut self, value: Value) {
        self.cells.push(Member::Ready(value));
    }

    /// A row without a value.
    pub fn fate(&mut self, fate: Fate) {
        let row = self.cells.len();
        if fate != Fate::Value
            && let Some(place) = self.fates.get_or_insert_with(|| vec![Fate::Value; self.len]).get_mut(row)
        {
            *place = fate;
        }
        self.cells.push_null();
    }

    /// The vector.
    pub fn finish(self) -> Vector {
        let column = self.cells.finish();
        let mut odd = column.odd_rows().peekable();
        if odd.peek().is_some() {
            // Values of several kinds: as good as any, though no longer of one form.
            drop(odd);
            let members = (0..column.len()).map(|row| column.get(row)).collect();
            return Vector::of(Column::any(members)).with_fates(self.fates.map(Arc::from));
        }
        drop(odd);
        Vector::of(column).with_fates(self.fates.map(Arc::from))
    }
}
