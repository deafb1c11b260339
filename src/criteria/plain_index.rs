//! Numbers of values as `=` sees them: most are numbers or texts, which have tables of their own.

use rustc_hash::FxHashMap;

use super::ValueKey;
use crate::eval::Context;
use crate::value::{Result, Text, Value};

/// Numbers values from 0 in order of their first appearance, equal ones alike.
#[derive(Default)]
pub(super) struct PlainIndex {
    /// How many there are.
    len: usize,
    /// Of the whole numbers from 0 on, one more than the number each has; 0 where it is not there. Empty as long as
    /// there are few of them.
    small: Vec<u32>,
    /// Numbers that one double stands for and no other, by its bits.
    numbers: FxHashMap<u64, u32>,
    texts: FxHashMap<Text, u32>,
    others: FxHashMap<ValueKey, u32>,
    /// Once there is a decimal, numbers are among the others: it may equal a double without being one.
    has_decimals: bool,
}

/// The whole numbers below are small.
const SMALL: usize = 1 << 17;
/// With so many numbers, small ones get a table without hashes.
const FEW: usize = 64;

/// The small whole number of these bits.
fn small(bits: u64) -> Option<usize> {
    let double = f64::from_bits(bits);
    let whole = double as usize;
    (whole < SMALL && whole as f64 == double).then_some(whole)
}

/// The bits of the double that is the only number (but for decimals) equal to this one.
fn bits(value: &Value) -> Option<u64> {
    /// Whole numbers from here on share their doubles.
    const SHARED: f64 = 9_007_199_254_740_992.0;
    let double = match value {
        Value::Double(double) => *double,
        Value::Int64(whole) => *whole as f64,
        Value::Decimal(_) => value.to_double()?,
        _ => return None,
    };
    // The two zeros are equal; what is no number is not below anything.
    (double.abs() < SHARED).then(|| (double + 0.0).to_bits())
}

impl PlainIndex {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The number of a number of these bits.
    fn find_number(&self, bits: u64) -> Option<u32> {
        match self.small_place(bits) {
            Some(place) => self.small.get(place)?.checked_sub(1),
            None => self.numbers.get(&bits).copied(),
        }
    }

    fn small_place(&self, bits: u64) -> Option<usize> {
        if self.small.is_empty() { None } else { small(bits) }
    }

    pub(super) fn find(&self, ctx: &Context, value: &Value) -> Result<Option<usize>> {
        let found = match (value, bits(value)) {
            (Value::Text(text), _) => self.texts.get(text).copied(),
            (_, Some(bits)) if !self.has_decimals => self.find_number(bits),
            _ if self.others.is_empty() => None,
            _ => self.others.get(&ValueKey::new(ctx, value)?).copied(),
        };
        Ok(found.map(|number| number as usize))
    }

    /// Moves the small numbers to the table of their own.
    fn open_small(&mut self) {
        self.small = vec![0; SMALL];
        let numbers = &mut self.small;
        self.numbers.retain(|bits, number| match small(*bits).and_then(|place| numbers.get_mut(place)) {
            Some(place) => {
                *place = *number + 1;
                false
            }
            None => true,
        });
    }

    /// All numbers are among the others from now on.
    fn close_numbers(&mut self, ctx: &Context) -> Result<()> {
        self.has_decimals = true;
        let small = std::mem::take(&mut self.small).into_iter().enumerate();
        let small =
            small.filter_map(|(whole, number)| Some(((whole as f64).to_bits(), number.checked_sub(1)?)));
        for (bits, number) in std::mem::take(&mut self.numbers).into_iter().chain(small) {
            self.others.insert(ValueKey::new(ctx, &Value::Double(f64::from_bits(bits)))?, number);
        }
        Ok(())
    }

    pub(super) fn insert(&mut self, ctx: &Context, value: &Value) -> Result<(usize, bool)> {
        if matches!(value, Value::Decimal(_)) && !self.has_decimals {
            self.close_numbers(ctx)?;
        }
        // A list of so many different items would be far beyond the memory of one value.
        let next = u32::try_from(self.len).unwrap_or(u32::MAX - 1);
        let number = match (value, bits(value)) {
            (Value::Text(text), _) => match self.texts.get(text) {
                Some(number) => *number,
                None => *self.texts.entry(text.clone()).or_insert(next),
            },
            (_, Some(bits)) if !self.has_decimals => match self.small_place(bits) {
                Some(place) => match self.small.get_mut(place) {
                    Some(number) if *number > 0 => *number - 1,
                    Some(number) => {
                        *number = next + 1;
                        next
                    }
                    None => next,
                },
                None => {
                    let number = *self.numbers.entry(bits).or_insert(next);
                    if self.numbers.len() == FEW && self.small.is_empty() {
                        self.open_small();
                    }
                    number
                }
            },
            _ => *self.others.entry(ValueKey::new(ctx, value)?).or_insert(next),
        };
        let new = number == next;
        self.len += usize::from(new);
        Ok((number as usize, new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use std::sync::Arc;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            (-3i64..3).prop_map(Value::Int64),
            (-3i64..3).prop_map(|whole| Value::Int64((1 << 53) + whole)),
            (-3i64..3).prop_map(|whole| Value::Double(((1i64 << 53) + whole) as f64)),
            (-6i64..6).prop_map(|half| Value::Double(half as f64 / 2.0)),
            Just(Value::Double(-0.0)),
            Just(Value::Double(f64::NAN)),
            (-30i64..30).prop_map(|tenth| Value::Decimal(Arc::new(Decimal::new(tenth, 1)))),
            "[ab]{0,1}".prop_map(Value::from),
            any::<bool>().prop_map(Value::Logical),
            Just(Value::Null),
        ]
    }

    /// Values of which no two are nearly equal, so that their equality is an equivalence.
    fn plain_values() -> impl Strategy<Value = Value> {
        prop_oneof![
            20 => (-20i64..200).prop_map(Value::Int64),
            20 => (-20i64..400).prop_map(|half| Value::Double(half as f64 / 2.0)),
            5 => "[ab]{0,1}".prop_map(Value::from),
            1 => (-20i64..200).prop_map(|whole| Value::Decimal(Arc::new(Decimal::new(whole, 0)))),
        ]
    }

    /// The index numbers items as the keys of values do. Whether a decimal equals a double is no equivalence; all that is
    /// asked is that the keys agree.
    fn check(items: &[Value]) -> Result<(), TestCaseError> {
        let ctx = Engine::new().compile("test", "1").unwrap().start();
        let (mut index, mut known) = (PlainIndex::default(), FxHashMap::default());
        for item in items {
            let key = ValueKey::new(&ctx, item).unwrap();
            prop_assert_eq!(index.find(&ctx, item).unwrap(), known.get(&key).copied());
            let next = known.len();
            let number = *known.entry(key).or_insert(next);
            prop_assert_eq!(index.insert(&ctx, item).unwrap(), (number, number == next));
            prop_assert_eq!(index.len(), known.len());
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn many_numbers_are_numbered_alike(items in prop::collection::vec(plain_values(), 0..400)) {
            check(&items)?;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn it_numbers_as_the_keys_of_values_do(items in prop::collection::vec(values(), 0..12)) {
            check(&items)?;
        }
    }
}
