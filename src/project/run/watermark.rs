//! Reading only the rows at or past a watermark, and finding the next one.
//!
//! A mark is the highest values that were seen, for each combination of kinds (numbers, dates, texts ...) by itself:
//! a stray text in a column of dates then neither hides later dates nor is missed. Rows at the mark itself come
//! again, and so do rows without a value: writing them again changes nothing, and none is skipped. A source that filters
//! by itself is asked for those rows only.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rust_decimal::Decimal;

use super::cells;
use crate::destinations::Cell;
use crate::eval::Context;
use crate::table::{Batch, Batches, Comparison, Condition, Demand, Operator, Table};
use crate::value::temporal::{DateTimeZone, iso};
use crate::value::{Result, Value};

/// The highest values by their kinds.
pub(super) type Bounds = BTreeMap<String, Vec<String>>;

/// The readings of one source in one run.
pub(super) struct Watermark {
    columns: Vec<usize>,
    bounds: Bounds,
    /// What each reading that came to its end has seen, on top of the old bounds.
    ended: Mutex<Vec<Bounds>>,
}

impl Watermark {
    /// Over these columns, from where an earlier run came to.
    pub(super) fn new(columns: Vec<usize>, bounds: Bounds) -> Arc<Self> {
        Arc::new(Self { columns, bounds, ended: Mutex::new(Vec::new()) })
    }

    /// The same table without the rows that were before the mark.
    pub(super) fn after(self: &Arc<Self>, table: &Table) -> Table {
        let condition = self.condition(table);
        let operator = Since { input: Arc::clone(table.operator()), watermark: Arc::clone(self), condition };
        Table::new(Arc::clone(table.shape()), table.types().to_vec(), Arc::new(operator))
            .with_keys(table.keys().to_vec())
    }

    /// What all rows that pass meet, as far as a source can be told; none where a mark has several kinds, or values that
    /// a source may order in another way.
    fn condition(&self, table: &Table) -> Option<Condition> {
        let (kinds, values) = self.bounds.first_key_value().filter(|_| self.bounds.len() == 1)?;
        let (kind, value, first) = (kinds.chars().next()?, values.first()?, *self.columns.first()?);
        let bound = match kind {
            'd' => Value::Date(iso::parse_date(value)?),
            's' => Value::DateTime(iso::parse_datetime(value)?),
            'z' => {
                let utc = iso::parse_datetime(value.strip_suffix('Z')?)?;
                Value::from(DateTimeZone::new(utc, 0)?)
            }
            NUMBER if table.types().get(first)?.name.is_some_and(is_exact) => match value.parse::<i64>() {
                Ok(whole) => Value::Int64(whole),
                Err(_) => Value::from(value.parse::<Decimal>().ok()?),
            },
            _ => return None,
        };
        let without = self.columns.iter().map(|at| Condition::Compare(Comparison::Equal, *at, Value::Null));
        let past = Condition::Compare(Comparison::GreaterEqual, first, bound);
        Some(Condition::Or(std::iter::once(past).chain(without).collect()))
    }

    /// The mark from which the next run goes on: what every reading has come to. None if none came to its end.
    pub(super) fn next(&self) -> Option<Bounds> {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, others) = ended.split_first()?;
        let mut next = first.clone();
        next.retain(|kinds, values| {
            others.iter().all(|other| match other.get(kinds) {
                Some(lower) if compare(kinds, lower, values).is_lt() => {
                    values.clone_from(lower);
                    true
                }
                found => found.is_some(),
            })
        });
        Some(next)
    }

    /// The kinds and values of a row; none if one of them is missing or no value to compare.
    fn values(&self, ctx: &Context, batch: &Batch, row: usize) -> Result<Option<(String, Vec<String>)>> {
        let mut kinds = String::new();
        let mut values = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let Some(column) = batch.column(*column) else { return Ok(None) };
            let Ok(cell) = cells::cell(ctx, &column.get(row))? else { return Ok(None) };
            let Some((kind, value)) = comparable(&cell) else { return Ok(None) };
            kinds.push(kind);
            values.push(value);
        }
        Ok(Some((kinds, values)))
    }
}

const NUMBER: char = 'n';

/// A letter for the kind of a value, and the value as text that sorts, but for numbers.
fn comparable(cell: &Cell) -> Option<(char, String)> {
    let zoned = |text: &str| text.parse::<jiff::Timestamp>().ok().map(|at| ('z', at.to_string()));
    Some(match cell {
        Cell::Null | Cell::Binary(_) | Cell::Duration(_) => return None,
        Cell::Logical(value) => (NUMBER, i64::from(*value).to_string()),
        Cell::Double(value) if !value.is_finite() => return None,
        Cell::Whole(_) | Cell::Double(_) | Cell::Decimal(_) => (NUMBER, cell.to_string()),
        Cell::Date(text) => ('d', text.to_string()),
        Cell::Time(text) => ('c', text.to_string()),
        Cell::DateTime(text) => ('s', text.to_string()),
        Cell::DateTimeZone(text) => zoned(text)?,
        Cell::Text(text) => {
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            if let Ok(number) = text.parse::<Decimal>() {
                (NUMBER, number.to_string())
            } else if let Some(zoned) = zoned(text) {
                zoned
            } else if let Ok(date) = text.parse::<jiff::civil::Date>() {
                // This also reads the date of a date and time.
                match text.parse::<jiff::civil::DateTime>() {
                    Ok(at) if text.len() > 10 => ('s', at.to_string()),
                    _ => ('d', date.to_string()),
                }
            } else {
                ('t', text.to_owned())
            }
        }
    })
}

fn compare(kinds: &str, a: &[String], b: &[String]) -> Ordering {
    let parts = kinds.chars().zip(a.iter().zip(b));
    let mut orders =
        parts.map(|(kind, (a, b))| if kind == NUMBER { compare_numbers(a, b) } else { a.cmp(b) });
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn compare_numbers(a: &str, b: &str) -> Ordering {
    if let (Ok(a), Ok(b)) = (a.parse::<Decimal>(), b.parse::<Decimal>()) {
        return a.cmp(&b);
    }
    let number = |text: &str| text.parse::<f64>().unwrap_or(f64::INFINITY);
    number(a).total_cmp(&number(b))
}

/// Whether all numbers of a type have an order: among doubles there is one that has none.
fn is_exact(name: &str) -> bool {
    matches!(name, "Int64.Type" | "Int32.Type" | "Int16.Type" | "Int8.Type" | "Byte.Type" | "Decimal.Type")
}

struct Since {
    input: Arc<dyn Operator>,
    watermark: Arc<Watermark>,
    /// What a source may filter by.
    condition: Option<Condition>,
}

impl Operator for Since {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let mut below = demand.unlimited();
        below.add(self.watermark.columns.iter().copied());
        let narrowed = match (&self.condition, self.input.foldable(ctx)?) {
            (Some(condition), Some(rows)) => {
                rows.filtered(condition).map(|filtered| filtered.rows.operator())
            }
            _ => None,
        };
        let input = narrowed.as_ref().unwrap_or(&self.input).open(ctx, &below)?;
        let watermark = Arc::clone(&self.watermark);
        Ok(Box::new(SinceBatches { input, highest: watermark.bounds.clone(), watermark, done: false }))
    }

    fn name(&self) -> &'static str {
        "from watermark"
    }
}

struct SinceBatches {
    input: Box<dyn Batches>,
    watermark: Arc<Watermark>,
    highest: Bounds,
    done: bool,
}

impl Batches for SinceBatches {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while let Some(batch) = self.input.next(ctx)? {
            let mut kept = Vec::with_capacity(batch.len());
            for row in 0..batch.len() {
                ctx.step()?;
                let passes = match self.watermark.values(ctx, &batch, row)? {
                    None => true,
                    Some((kinds, values)) => {
                        let before = self.watermark.bounds.get(&kinds);
                        let passes = before.is_none_or(|bound| compare(&kinds, &values, bound).is_ge());
                        match self.highest.get_mut(&kinds) {
                            Some(highest) if compare(&kinds, &values, highest).is_gt() => *highest = values,
                            Some(_) => {}
                            None => drop(self.highest.insert(kinds, values)),
                        }
                        passes
                    }
                };
                if passes {
                    kept.push(u32::try_from(row).unwrap_or(u32::MAX));
                }
            }
            if kept.len() == batch.len() {
                return Ok(Some(batch));
            }
            if !kept.is_empty() {
                return Ok(Some(batch.take(&kept)));
            }
        }
        if !std::mem::replace(&mut self.done, true) {
            let mut ended = self.watermark.ended.lock().unwrap_or_else(PoisonError::into_inner);
            ended.push(self.highest.clone());
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_within_their_kind() {
        let of = |text: &str| comparable(&Cell::text(text));
        assert_eq!(of("10").unwrap().0, NUMBER);
        assert_eq!(compare("n", &["9".into()], &["10".into()]), Ordering::Less);
        assert_eq!(of("2026-01-02").unwrap(), ('d', "2026-01-02".to_owned()));
        assert_eq!(of("2026-01-02 03:04:05").unwrap(), ('s', "2026-01-02T03:04:05".to_owned()));
        assert_eq!(of("2026-01-02T03:04:05+02:00").unwrap(), of("2026-01-02T01:04:05Z").unwrap());
        assert_eq!(of("soon").unwrap().0, 't');
        assert_eq!(of("  "), None);
        assert_eq!(comparable(&Cell::Null), None);
        assert_eq!(compare("dn", &["b".into(), "2".into()], &["b".into(), "10".into()]), Ordering::Less);
    }

    #[test]
    fn the_next_mark_is_what_every_reading_has_seen() {
        let watermark = Watermark::new(vec![0], Bounds::new());
        assert_eq!(watermark.next(), None);
        let bounds = |pairs: &[(&str, &str)]| -> Bounds {
            pairs.iter().map(|(kind, value)| ((*kind).to_owned(), vec![(*value).to_owned()])).collect()
        };
        *watermark.ended.lock().unwrap() = vec![bounds(&[("n", "10"), ("t", "x")]), bounds(&[("n", "9")])];
        assert_eq!(watermark.next(), Some(bounds(&[("n", "9")])));
    }
}
