//! The order of values of one kind that have one surely: no comparison of them can fail, so that bits of them are
//! sorted in place of the values.

use std::cmp::Ordering;

use crate::eval::{Context, ordinal};
use crate::value::temporal::{Date, DateTime, Duration};
use crate::value::{Kind, Result, Value};

/// Whole numbers from here on share their doubles.
const SHARED: u64 = 1 << 53;
/// So many items are sorted in one go; between two, the limits are looked at.
const RUN: usize = 1 << 16;
/// Lists that are longer are sorted in runs.
const LONGEST: usize = 1 << 20;

/// The values in their order as `Value.Compare` sees it, the other way round if `falling`, if they are all of one form
/// that their bits can be told from: doubles, whole numbers, dates and the like. Those that are equal are the same.
///
/// # Errors
/// Only a stop.
pub(super) fn arranged(ctx: &Context, values: &[Value], falling: bool) -> Result<Option<Vec<Value>>> {
    let Some(form) = values.first().and_then(Form::of).filter(|_| values.len() <= LONGEST) else {
        return Ok(None);
    };
    let flip = if falling { u64::MAX } else { 0 };
    let mut bits = Vec::with_capacity(values.len());
    for value in values {
        match form.bits(value) {
            Some(value) => bits.push(value ^ flip),
            None => return Ok(None),
        }
    }
    if bits.len() > RUN {
        // The work between two looks at the limits grows with the length, but not its share of a long list.
        ctx.check_limits()?;
    }
    ctx.steps(bits.len())?;
    bits.sort_unstable();
    Ok(Some(bits.into_iter().map(|bits| form.value(bits ^ flip)).collect()))
}

/// Values that are told by 64 bits of the same order.
#[derive(Clone, Copy)]
enum Form {
    Double,
    Whole,
    Date,
    DateTime,
    Duration,
}

impl Form {
    fn of(value: &Value) -> Option<Form> {
        Some(match value {
            Value::Double(_) => Form::Double,
            Value::Int64(_) => Form::Whole,
            Value::Date(_) => Form::Date,
            Value::DateTime(_) => Form::DateTime,
            Value::Duration(_) => Form::Duration,
            _ => return None,
        })
    }

    fn bits(self, value: &Value) -> Option<u64> {
        let signed = |whole: i64| Some(whole.cast_unsigned() ^ (1 << 63));
        match (self, value) {
            // The two zeros are equal, and not the same.
            (Form::Double, Value::Double(double)) if double.to_bits() != 1 << 63 => double_bits(*double),
            // Beyond, whole numbers are compared as doubles.
            (Form::Whole, Value::Int64(whole)) if whole.unsigned_abs() < SHARED => signed(*whole),
            (Form::Date, Value::Date(date)) => signed(date.0.into()),
            (Form::DateTime, Value::DateTime(moment)) => signed(moment.0),
            (Form::Duration, Value::Duration(duration)) => signed(duration.0),
            _ => None,
        }
    }

    fn value(self, bits: u64) -> Value {
        let whole = (bits ^ (1 << 63)).cast_signed();
        match self {
            Form::Double => {
                let positive = bits >> 63 == 1;
                Value::Double(f64::from_bits(if positive { bits & !(1 << 63) } else { !bits }))
            }
            Form::Whole => Value::Int64(whole),
            Form::Date => Value::Date(Date(whole as i32)),
            Form::DateTime => Value::DateTime(DateTime(whole)),
            Form::Duration => Value::Duration(Duration(whole)),
        }
    }
}

/// The positions of values in their order as `Value.Compare` sees it, equal ones staying in order; the other way round
/// if `falling`. `None` if they are not all numbers, texts, dates or the like of one kind, or `null`.
///
/// # Errors
/// Only a stop.
pub(super) fn order<'v>(
    ctx: &Context,
    values: impl ExactSizeIterator<Item = &'v Value> + Clone,
    falling: bool,
) -> Result<Option<Vec<usize>>> {
    let kind = |value: &&Value| !value.is_null();
    let Some(kind) = values.clone().find(kind).map(Value::kind) else { return Ok(None) };
    if u32::try_from(values.len()).is_err() {
        return Ok(None);
    }
    if kind == Kind::Text {
        return texts(ctx, values, falling);
    }
    let flip = if falling { u64::MAX } else { 0 };
    let mut entries = Vec::with_capacity(values.len());
    for (at, value) in values.enumerate() {
        match bits(kind, value.as_plain()) {
            Some(bits) => entries.push((bits ^ flip, at as u32)),
            None => return Ok(None),
        }
    }
    sort(ctx, entries, |left, right| left.cmp(right)).map(Some)
}

/// Bits that have the order of the values of a kind, `null` before all of them; `None` for others.
fn bits(kind: Kind, value: &Value) -> Option<u64> {
    let signed = |ticks: i64| Some(ticks.cast_unsigned() ^ (1 << 63)).filter(|bits| *bits != 0);
    match (kind, value) {
        (_, Value::Null) => Some(0),
        (Kind::Number, Value::Double(double)) => double_bits(*double),
        (Kind::Number, Value::Int64(whole)) if whole.unsigned_abs() < SHARED => double_bits(*whole as f64),
        (Kind::Date, Value::Date(date)) => signed(date.0.into()),
        (Kind::Time, Value::Time(time)) => signed(time.0),
        (Kind::DateTime, Value::DateTime(moment)) => signed(moment.0),
        (Kind::Duration, Value::Duration(duration)) => signed(duration.0),
        (Kind::Logical, Value::Logical(logical)) => Some(1 + u64::from(*logical)),
        _ => None,
    }
}

fn double_bits(double: f64) -> Option<u64> {
    if double.is_nan() {
        return None;
    }
    // The two zeros are equal.
    let bits = (double + 0.0).to_bits();
    Some(if bits >> 63 == 1 { !bits } else { bits | 1 << 63 })
}

/// Texts go by their first bytes as long as these differ.
fn texts<'v>(
    ctx: &Context,
    values: impl ExactSizeIterator<Item = &'v Value>,
    falling: bool,
) -> Result<Option<Vec<usize>>> {
    let flip = if falling { u128::MAX } else { 0 };
    let (mut texts, mut entries) = (Vec::with_capacity(values.len()), Vec::with_capacity(values.len()));
    for (at, value) in values.enumerate() {
        let text = match value.as_plain() {
            Value::Text(text) => Some(text.as_str()),
            Value::Null => None,
            _ => return Ok(None),
        };
        texts.push(text);
        entries.push((text.map_or(0, text_bits) ^ flip, at as u32));
    }
    let text = |at: u32| texts.get(at as usize).copied().flatten();
    sort(ctx, entries, |left, right| {
        left.0.cmp(&right.0).then_with(|| {
            let order = match ((left.0 ^ flip) as u8, text(left.1), text(right.1)) {
                (OPEN, Some(left), Some(right)) => ordinal(left, right),
                _ => Ordering::Equal,
            };
            let order = if falling { order.reverse() } else { order };
            order.then(left.1.cmp(&right.1))
        })
    })
    .map(Some)
}

/// What the last byte of a text's bits says where the others do not tell the text from all others.
const OPEN: u8 = u8::MAX;

/// The first 15 bytes, and how many there are (one more than that, since `null` has nothing but zeros), or [`OPEN`].
/// Texts go by UTF-16 units: from U+E000 on that differs from the order of UTF-8 bytes, so nothing is said of what
/// follows such a character.
fn text_bits(text: &str) -> u128 {
    const FIRST_UNLIKE: u8 = 0xEE;
    const BYTES: usize = 15;
    let bytes = text.as_bytes();
    let mut first = [0; 16];
    let shown = bytes.get(..BYTES).unwrap_or(bytes);
    if let Some(place) = first.get_mut(..shown.len()) {
        place.copy_from_slice(shown);
    }
    first[BYTES] = if bytes.len() > BYTES { OPEN } else { bytes.len() as u8 + 1 };
    if let Some(unlike) = shown.iter().position(|byte| *byte >= FIRST_UNLIKE) {
        first[unlike] = FIRST_UNLIKE;
        first[unlike + 1..].fill(0);
        first[BYTES] = OPEN;
    }
    u128::from_be_bytes(first)
}

/// The positions of entries in the order of `compare`, which tells any two apart.
fn sort<B: Copy>(
    ctx: &Context,
    mut entries: Vec<(B, u32)>,
    compare: impl Fn(&(B, u32), &(B, u32)) -> Ordering,
) -> Result<Vec<usize>> {
    for run in entries.chunks_mut(RUN) {
        ctx.steps(run.len())?;
        run.sort_unstable_by(&compare);
    }
    let mut width = RUN;
    let mut spare = if width < entries.len() { entries.clone() } else { Vec::new() };
    while width < entries.len() {
        for (from, into) in entries.chunks(width * 2).zip(spare.chunks_mut(width * 2)) {
            ctx.steps(from.len())?;
            let (mut left, mut right) = from.split_at(width.min(from.len()));
            for place in into {
                let side = match (left, right) {
                    ([l, ..], [r, ..]) if compare(l, r).is_gt() => &mut right,
                    ([], _) => &mut right,
                    _ => &mut left,
                };
                if let [first, rest @ ..] = *side {
                    (*place, *side) = (*first, rest);
                }
            }
        }
        std::mem::swap(&mut entries, &mut spare);
        width *= 2;
    }
    Ok(entries.into_iter().map(|(_, at)| at as usize).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::compare;
    use proptest::prelude::*;

    fn lists() -> impl Strategy<Value = Vec<Value>> {
        let numbers = prop_oneof![
            4 => (-20i64..20).prop_map(Value::Int64),
            1 => any::<i64>().prop_map(Value::Int64),
            4 => (-30i64..30).prop_map(|half| Value::Double(half as f64 / 2.0)),
            1 => any::<f64>().prop_map(Value::Double),
            1 => Just(Value::Double(-0.0)),
            1 => Just(Value::Null),
        ];
        let texts = prop_oneof![
            9 => "[ab\u{e9}\u{ffff}\u{10000}\0]{0,4}".prop_map(Value::from),
            9 => "same text [a-c]{5,9}".prop_map(Value::from),
            1 => Just(Value::Null),
        ];
        let dates = prop_oneof![(0i32..9).prop_map(|days| Value::Date(Date(days))), Just(Value::Null)];
        let durations = (1 - i64::MAX..i64::MAX).prop_map(|ticks| Value::Duration(Duration(ticks)));
        let wholes = (-50i64..50).prop_map(Value::Int64);
        let doubles = (-50i64..50).prop_map(|half| Value::Double(half as f64 / 4.0));
        prop_oneof![
            prop::collection::vec(numbers, 0..60),
            prop::collection::vec(texts, 0..60),
            prop::collection::vec(dates, 0..60),
            prop::collection::vec(durations, 0..60),
            prop::collection::vec(wholes, 0..60),
            prop::collection::vec(doubles, 0..60),
            prop::collection::vec(any::<bool>().prop_map(Value::Logical), 0..9),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn arranged_values_are_those_of_the_order(values in lists(), falling in any::<bool>()) {
            let ctx = crate::Engine::new().compile("test", "1").unwrap().start();
            let shown = |value: &Value| format!("{:?} {value:?}", std::mem::discriminant(value));
            if let Some(arranged) = arranged(&ctx, &values, falling).unwrap() {
                let order = order(&ctx, values.iter(), falling).unwrap().unwrap_or_default();
                let expected: Vec<String> = order.iter().map(|at| shown(&values[*at])).collect();
                prop_assert_eq!(arranged.iter().map(shown).collect::<Vec<_>>(), expected);
            }
        }

        #[test]
        fn the_order_is_that_of_the_comparison(values in lists(), falling in any::<bool>()) {
            let ctx = crate::Engine::new().compile("test", "1").unwrap().start();
            if let Some(found) = order(&ctx, values.iter(), falling).unwrap() {
                let mut expected: Vec<usize> = (0..values.len()).collect();
                expected.sort_by(|left, right| {
                    let order = compare(&ctx, &values[*left], &values[*right]).unwrap();
                    if falling { order.reverse() } else { order }
                });
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn runs_are_merged() {
        let ctx = crate::Engine::new().compile("test", "1").unwrap().start();
        let values: Vec<Value> = (0..RUN as i64 * 2 + 77).map(|at| Value::Int64(at * 7919 % 1013)).collect();
        let found = order(&ctx, values.iter(), false).unwrap().unwrap();
        let mut expected: Vec<usize> = (0..values.len()).collect();
        expected.sort_by_key(|at| (*at as i64 * 7919 % 1013, *at));
        assert_eq!(found, expected);
    }
}
