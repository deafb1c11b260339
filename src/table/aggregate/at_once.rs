//! Columns whose cells all belong to one group, taken as a whole: what taking cell after cell comes to, without asking
//! for each what state there is.

use arrow_array::{Array, ArrowPrimitiveType, Float64Array, Int32Array, Int64Array, PrimitiveArray};

use super::Fold;
use crate::table::{Column, Whole};
use crate::value::Value;
use crate::value::temporal::Date;

/// Up to here whole numbers are added up as such.
const EXACT: u64 = 1 << 53;

impl Fold {
    /// Takes all cells of a column; `false` if they must be taken one by one, and then none was taken.
    pub(super) fn push_column(&mut self, column: &Column) -> bool {
        if let Some(days) = column.as_date() {
            return self.push_dates(days);
        }
        if let Some(doubles) = column.as_double() {
            return self.push_doubles(doubles);
        }
        column.as_whole().is_some_and(|(kind, wholes)| self.push_wholes(kind, wholes))
    }

    fn push_dates(&mut self, days: &Int32Array) -> bool {
        let (best, least) = match self {
            Fold::Max(best) => (best, false),
            Fold::Min(best) => (best, true),
            _ => return self.push_count(days),
        };
        let found = extreme(days, least);
        match (&mut *best, found) {
            (_, None) => {}
            (Value::Date(best), Some(days)) if least => best.0 = days.min(best.0),
            (Value::Date(best), Some(days)) => best.0 = days.max(best.0),
            (Value::Null, Some(days)) => *best = Value::Date(Date(days)),
            _ => return false,
        }
        true
    }

    fn push_wholes(&mut self, kind: Whole, wholes: &Int64Array) -> bool {
        match self {
            Fold::Sum(total) if kind == Whole::Number => add_wholes(total, wholes),
            Fold::Average(total, count) if kind == Whole::Number => {
                let mut sum = if *count > 0 { total.clone() } else { Value::Null };
                if !add_wholes(&mut sum, wholes) {
                    return false;
                }
                *total = sum;
                *count += there(wholes);
                true
            }
            Fold::Max(best) => better_whole(best, kind, extreme(wholes, false), i64::max),
            Fold::Min(best) => better_whole(best, kind, extreme(wholes, true), i64::min),
            _ => self.push_count(wholes),
        }
    }

    fn push_doubles(&mut self, doubles: &Float64Array) -> bool {
        match self {
            Fold::Sum(total) => fold_doubles(total, doubles, |total, double| total + double),
            Fold::Average(total, count) => {
                let mut sum = if *count > 0 { total.clone() } else { Value::Null };
                if !fold_doubles(&mut sum, doubles, |total, double| total + double) {
                    return false;
                }
                *total = sum;
                *count += there(doubles);
                true
            }
            Fold::Max(best) => fold_doubles(best, doubles, |best, double| {
                if double > best || best.is_nan() && !double.is_nan() { double } else { best }
            }),
            Fold::Min(best) => fold_doubles(best, doubles, |best, double| {
                if double < best || double.is_nan() && !best.is_nan() { double } else { best }
            }),
            _ => self.push_count(doubles),
        }
    }

    fn push_count<T: ArrowPrimitiveType>(&mut self, cells: &PrimitiveArray<T>) -> bool {
        match self {
            Fold::NonNullCount(count) => *count += there(cells),
            _ => return false,
        }
        true
    }
}

/// How many cells are not `null`.
fn there<T: ArrowPrimitiveType>(cells: &PrimitiveArray<T>) -> i64 {
    (cells.len() - cells.null_count()) as i64
}

/// Hands on the values that are not `null`, as many at a time as stand together.
fn runs<T: ArrowPrimitiveType>(cells: &PrimitiveArray<T>, mut each: impl FnMut(&[T::Native])) {
    match cells.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => each(cells.values()),
        Some(valid) => {
            valid
                .valid_slices()
                .for_each(|(from, to)| each(cells.values().get(from..to).unwrap_or_default()));
        }
    }
}

/// The least or the greatest value that is not `null`.
fn extreme<T: ArrowPrimitiveType<Native: Ord>>(cells: &PrimitiveArray<T>, least: bool) -> Option<T::Native> {
    let mut found = None;
    runs(cells, |values| {
        let of_run = if least { values.iter().min() } else { values.iter().max() };
        let both = found.into_iter().chain(of_run.copied());
        found = if least { both.min() } else { both.max() };
    });
    found
}

fn better_whole(best: &mut Value, kind: Whole, found: Option<i64>, better: fn(i64, i64) -> i64) -> bool {
    let Some(found) = found else { return true };
    match (&mut *best, kind) {
        (Value::Int64(best), Whole::Number) => *best = better(*best, found),
        (Value::DateTime(best), Whole::DateTime) => best.0 = better(best.0, found),
        (Value::Null, _) => *best = kind.value(found),
        _ => return false,
    }
    true
}

/// Adds whole numbers to a sum; `false` if some part of the sum could be no whole number.
fn add_wholes(total: &mut Value, wholes: &Int64Array) -> bool {
    let before = match total {
        Value::Null => 0,
        Value::Int64(total) => *total,
        _ => return false,
    };
    let (mut sum, mut bits) = (0_i64, 0);
    runs(wholes, |values| {
        for value in values {
            sum = sum.wrapping_add(*value);
            bits |= value.unsigned_abs();
        }
    });
    let most = bits.checked_mul(wholes.len() as u64).and_then(|most| most.checked_add(before.unsigned_abs()));
    if most.is_none_or(|most| most > EXACT) {
        return false;
    }
    if there(wholes) > 0 {
        *total = Value::Int64(before + sum);
    }
    true
}

/// Goes on with doubles in their order.
#[inline]
fn fold_doubles(state: &mut Value, doubles: &Float64Array, join: impl Fn(f64, f64) -> f64) -> bool {
    let mut joined = match state {
        Value::Null => None,
        Value::Double(before) => Some(*before),
        _ => return false,
    };
    runs(doubles, |values| {
        let (first, rest) = match (joined, values) {
            (Some(before), values) => (before, values),
            (None, [first, rest @ ..]) => (*first, rest),
            (None, []) => return,
        };
        joined = Some(rest.iter().fold(first, |joined, double| join(joined, *double)));
    });
    if let Some(joined) = joined {
        *state = Value::Double(joined);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;
    use crate::value::Member;
    use proptest::prelude::*;

    fn columns() -> impl Strategy<Value = Vec<Value>> {
        let of = |cell: BoxedStrategy<Value>| prop::collection::vec(cell, 0..8);
        let maybe = |cell: BoxedStrategy<Value>| prop_oneof![4 => cell, 1 => Just(Value::Null)].boxed();
        let large = prop_oneof![(-9i64..9), ((1i64 << 51)..(1 << 54)), Just(i64::MIN), Just(i64::MAX)];
        let double = prop_oneof![
            any::<f64>(),
            Just(-0.0),
            Just(0.0),
            Just(f64::NAN),
            Just(1.0),
            Just(0.1),
            Just(f64::INFINITY)
        ];
        prop_oneof![
            of(maybe((-9i64..9).prop_map(Value::Int64).boxed())),
            of(maybe(large.prop_map(Value::Int64).boxed())),
            of(maybe(double.prop_map(Value::Double).boxed())),
            of(maybe((0i32..9).prop_map(|days| Value::Date(Date(days))).boxed())),
            of(maybe((0i64..9).prop_map(|ticks| Whole::DateTime.value(ticks)).boxed())),
            of(maybe((0i64..9).prop_map(|ticks| Whole::Duration.value(ticks)).boxed())),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn it_comes_to_what_single_cells_come_to(columns in prop::collection::vec(columns(), 1..4)) {
            let ctx = Engine::new().compile("test", "1").unwrap().start();
            for start in [
                Fold::NonNullCount(0), Fold::Sum(Value::Null), Fold::Average(Value::Null, 0),
                Fold::Min(Value::Null), Fold::Max(Value::Null),
            ] {
                let (mut one_by_one, mut at_once) = (start.clone(), start);
                'columns: for cells in &columns {
                    let column: Column = cells.iter().cloned().map(Member::Ready).collect();
                    let before = format!("{at_once:?}");
                    let taken = at_once.push_column(&column);
                    if !taken {
                        prop_assert_eq!(before, format!("{at_once:?}"));
                    }
                    for cell in cells {
                        let pushed = one_by_one.push_ref(&ctx, cell);
                        prop_assert!(!(taken && pushed.is_err()));
                        if pushed.is_err() {
                            break 'columns;
                        }
                    }
                    if !taken {
                        at_once = one_by_one.clone();
                    }
                    prop_assert_eq!(format!("{one_by_one:?}"), format!("{at_once:?}"));
                }
            }
        }
    }
}
