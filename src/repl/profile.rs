//! Column quality, distribution and profile, as the editor shows them.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::Evaluated;
use crate::eval::order;
use crate::table::{Demand, Table};
use crate::value::{Result, Value, literal_text};

/// What was found out about the columns of a table.
#[derive(Clone, Debug)]
pub struct Profile {
    /// How many rows were looked at.
    pub rows: u64,
    /// Whether the table has more rows than were looked at.
    pub more: bool,
    /// The columns.
    pub columns: Vec<ColumnProfile>,
}

/// What was found out about a column.
#[derive(Clone, Debug, Default)]
pub struct ColumnProfile {
    /// The name.
    pub name: String,
    /// The type that the table claims, as M writes it.
    pub ty: String,
    /// Values that are there and no errors.
    pub valid: u64,
    /// Errors.
    pub errors: u64,
    /// Nulls and empty texts.
    pub empty: u64,
    /// Different values.
    pub distinct: u64,
    /// Values that occur once.
    pub unique: u64,
    /// The smallest value, if the values can be ordered.
    pub least: Option<Value>,
    /// The largest value.
    pub most: Option<Value>,
    /// The average of numbers.
    pub average: Option<f64>,
    /// How the values are distributed: numbers in ranges of the same width, others by how often they occur.
    pub bars: Vec<Bar>,
}

/// One bar of a distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// How many values it stands for.
    pub count: u64,
}

/// Ranges in the histogram of numbers.
const RANGES: usize = 10;
/// Bars of other columns.
const BARS: usize = 10;

/// Looks at the first `most` rows of a table, or at all of them.
///
/// # Errors
/// What enumerating the rows raises; errors in cells are counted.
pub fn profile(value: &Evaluated, table: &Table, most: Option<u64>) -> Result<Profile> {
    let ctx = value.context();
    let demand = match most.and_then(|most| usize::try_from(most).ok()) {
        Some(most) => Demand::all().first(most.saturating_add(1)),
        None => Demand::all(),
    };
    let mut columns: Vec<Gathered> = table
        .names()
        .iter()
        .zip(table.types())
        .map(|(name, ty)| Gathered {
            profile: ColumnProfile {
                name: name.as_str().to_owned(),
                ty: crate::value::type_text(ty).trim_start_matches("type ").to_owned(),
                ..ColumnProfile::default()
            },
            ..Gathered::default()
        })
        .collect();
    let (mut rows, mut more) = (0, false);
    let mut batches = table.operator().open(&ctx, &demand)?;
    'read: while let Some(batch) = batches.next(&ctx)? {
        for row in 0..batch.len() {
            if most == Some(rows) {
                more = true;
                break 'read;
            }
            rows += 1;
            ctx.step()?;
            for (at, column) in columns.iter_mut().enumerate() {
                let Some(cells) = batch.column(at) else { continue };
                match cells.get(row).force(&ctx) {
                    Ok(cell) => column.take(&ctx, cell)?,
                    Err(error) if error.is_stop() => return Err(error),
                    Err(_) => column.profile.errors += 1,
                }
            }
        }
    }
    Ok(Profile { rows, more, columns: columns.into_iter().map(Gathered::finish).collect() })
}

#[derive(Default)]
struct Gathered {
    profile: ColumnProfile,
    counts: FxHashMap<String, u64>,
    numbers: Vec<f64>,
    /// Whether some value is no number.
    mixed: bool,
    /// Whether two values could not be compared.
    unordered: bool,
}

impl Gathered {
    fn take(&mut self, ctx: &crate::eval::Context, cell: Value) -> Result<()> {
        let cell = cell.plain();
        if cell.is_null() || cell.as_text() == Some("") {
            self.profile.empty += 1;
            *self.counts.entry(if cell.is_null() { "null".into() } else { "\"\"".into() }).or_default() += 1;
            return Ok(());
        }
        self.profile.valid += 1;
        let label = match &cell {
            Value::Text(text) => text.as_str().to_owned(),
            // Their parts may be large, or without an end.
            Value::Table(_) | Value::List(_) | Value::Record(_) | Value::Function(_) | Value::Binary(_) => {
                self.unordered = true;
                self.mixed = true;
                cell.kind().name().to_owned()
            }
            other => literal_text(ctx, other)?,
        };
        *self.counts.entry(label).or_default() += 1;
        match cell.to_double() {
            Some(number) if number.is_finite() => self.numbers.push(number),
            _ => self.mixed = true,
        }
        if !self.unordered {
            self.order(cell);
        }
        Ok(())
    }

    fn order(&mut self, cell: Value) {
        let (Some(least), Some(most)) = (&self.profile.least, &self.profile.most) else {
            self.profile.least = Some(cell.clone());
            self.profile.most = Some(cell);
            return;
        };
        match (order(&cell, least), order(&cell, most)) {
            (Some(below), Some(above)) => {
                if below == Ordering::Less {
                    self.profile.least = Some(cell.clone());
                }
                if above == Ordering::Greater {
                    self.profile.most = Some(cell);
                }
            }
            _ => self.unordered = true,
        }
    }

    fn finish(self) -> ColumnProfile {
        let mut profile = self.profile;
        profile.distinct = self.counts.len() as u64;
        profile.unique = self.counts.values().filter(|count| **count == 1).count() as u64;
        if self.unordered {
            (profile.least, profile.most) = (None, None);
        }
        if !self.mixed && !self.numbers.is_empty() {
            profile.average = Some(self.numbers.iter().sum::<f64>() / self.numbers.len() as f64);
            profile.bars = histogram(&self.numbers);
        } else {
            let mut bars: Vec<Bar> =
                self.counts.into_iter().map(|(label, count)| Bar { label, count }).collect();
            bars.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
            bars.truncate(BARS);
            profile.bars = bars;
        }
        profile
    }
}

/// Counts of numbers in ranges of the same width.
fn histogram(numbers: &[f64]) -> Vec<Bar> {
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if least == most {
        return vec![Bar { label: short(least), count: numbers.len() as u64 }];
    }
    // Halved first: the difference of two numbers may be too large for one.
    let width = (most / 2.0 - least / 2.0) / RANGES as f64 * 2.0;
    let mut counts = [0u64; RANGES];
    for number in numbers {
        let at = ((number / 2.0 - least / 2.0) / (width / 2.0)) as usize;
        if let Some(count) = counts.get_mut(at.min(RANGES - 1)) {
            *count += 1;
        }
    }
    let edge = |at: usize| short(least + width * at as f64);
    counts
        .iter()
        .enumerate()
        .map(|(at, &count)| Bar { label: format!("{} – {}", edge(at), edge(at + 1)), count })
        .collect()
}

/// A number in a few characters.
fn short(number: f64) -> String {
    let size = number.abs();
    if size >= 1e15 || (size < 1e-3 && size > 0.0) {
        format!("{number:.2e}")
    } else if size >= 1000.0 || number.fract() == 0.0 {
        format!("{number:.0}")
    } else {
        let text = format!("{number:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    fn profiled(text: &str, most: Option<u64>) -> Profile {
        let query = Engine::new().compile("test", text).unwrap();
        let value = query.run().evaluate().unwrap();
        profile(&value, value.table().unwrap(), most).unwrap()
    }

    #[test]
    fn each_column_is_counted() {
        let text = "#table({\"N\", \"T\"}, {{1, \"a\"}, {2, \"\"}, {2, null}, {error \"x\", \"a\"}})";
        let found = profiled(text, None);
        assert_eq!((found.rows, found.more), (4, false));
        let [n, t] = found.columns.as_slice() else { panic!() };
        assert_eq!((n.valid, n.errors, n.empty, n.distinct, n.unique), (3, 1, 0, 2, 1));
        assert_eq!(n.least.as_ref().and_then(Value::to_double), Some(1.0));
        assert_eq!(n.most.as_ref().and_then(Value::to_double), Some(2.0));
        assert_eq!(n.average, Some(5.0 / 3.0));
        assert_eq!(n.bars.iter().map(|bar| bar.count).sum::<u64>(), 3);
        assert_eq!((t.valid, t.empty, t.distinct), (2, 2, 3));
        assert_eq!(t.bars[0], Bar { label: "a".into(), count: 2 });
    }

    #[test]
    fn only_the_first_rows_are_read_if_asked() {
        let text = "Table.FromList({1, 2, 3, ...}, Splitter.SplitByNothing())";
        let found = profiled(text, Some(3));
        assert_eq!((found.rows, found.more), (3, true));
    }

    #[test]
    fn ranges_hold_every_number_once() {
        for numbers in [vec![1.0], vec![-1e308, 1e308, 0.0], vec![0.1, 0.2, 0.3, 5.0], vec![3.0; 7]] {
            let bars = histogram(&numbers);
            assert_eq!(bars.iter().map(|bar| bar.count).sum::<u64>(), numbers.len() as u64, "{numbers:?}");
        }
    }
}
