//! Numbers of values as `=` sees them: most are numbers or texts, which have tables of their own.

use rustc_hash::FxHashMap;

use super::ValueKey;
use crate::eval::Context;
use crate::value::{Result, Text, Value};

/// Numbers values from 0 in order of their first appearance, equal ones alike.
#[derive(Default)]
pub(super) struct PlainIndex {
    /// Numbers that one double stands for and no other, by its bits.
    numbers: FxHashMap<u64, u32>,
    texts: FxHashMap<Text, u32>,
    others: FxHashMap<ValueKey, u32>,
    /// Once there is a decimal, numbers are among the others: it may equal a double without being one.
    has_decimals: bool,
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
        self.numbers.len() + self.texts.len() + self.others.len()
    }

    pub(super) fn find(&self, ctx: &Context, value: &Value) -> Result<Option<usize>> {
        let found = match (value, bits(value)) {
            (Value::Text(text), _) => self.texts.get(text),
            (_, Some(bits)) if !self.has_decimals => self.numbers.get(&bits),
            _ if self.others.is_empty() => None,
            _ => self.others.get(&ValueKey::new(ctx, value)?),
        };
        Ok(found.map(|number| *number as usize))
    }

    pub(super) fn insert(&mut self, ctx: &Context, value: &Value) -> Result<(usize, bool)> {
        if matches!(value, Value::Decimal(_)) && !self.has_decimals {
            self.has_decimals = true;
            for (bits, number) in std::mem::take(&mut self.numbers) {
                self.others.insert(ValueKey::new(ctx, &Value::Double(f64::from_bits(bits)))?, number);
            }
        }
        let len = self.len();
        // A list of so many different items would be far beyond the memory of one value.
        let next = u32::try_from(len).unwrap_or(u32::MAX);
        let number = match (value, bits(value)) {
            (Value::Text(text), _) => match self.texts.get(text) {
                Some(number) => *number,
                None => *self.texts.entry(text.clone()).or_insert(next),
            },
            (_, Some(bits)) if !self.has_decimals => *self.numbers.entry(bits).or_insert(next),
            _ => *self.others.entry(ValueKey::new(ctx, value)?).or_insert(next),
        };
        Ok((number as usize, self.len() > len))
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

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn it_numbers_as_the_keys_of_values_do(items in prop::collection::vec(values(), 0..12)) {
            let ctx = Engine::new().compile("test", "1").unwrap().start();
            let (mut index, mut known) = (PlainIndex::default(), FxHashMap::default());
            // Whether a decimal equals a double is no equivalence; all that is asked is that the keys agree.
            for item in &items {
                let key = ValueKey::new(&ctx, item).unwrap();
                prop_assert_eq!(index.find(&ctx, item).unwrap(), known.get(&key).copied());
                let next = known.len();
                let number = *known.entry(key).or_insert(next);
                prop_assert_eq!(index.insert(&ctx, item).unwrap(), (number, number == next));
                prop_assert_eq!(index.len(), known.len());
            }
        }
    }
}
