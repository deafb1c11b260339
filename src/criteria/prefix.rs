//! Sort prefixes: 64 bits of a value that decide most comparisons without looking at the value.

use crate::value::Value;

/// Bits such that a value with fewer of them comes first in the order of `Value.Compare`; of two values with equal
/// bits nothing is known. `None` for values that have no order.
pub(super) fn prefix(value: &Value) -> Option<u64> {
    /// The bits left for the value beside its kind.
    const BITS: u32 = 56;
    let (kind, bits) = match value.as_plain() {
        Value::Null => (0, 0),
        Value::Time(time) => (1, time.0 as u64 >> 8),
        Value::Date(date) => (2, u64::from(date.0.cast_unsigned()) ^ (1 << 31)),
        Value::DateTime(datetime) => (3, signed(datetime.0)),
        zone @ Value::DateTimeZone(_) => (4, signed(zone.zoned()?.utc().0)),
        Value::Duration(duration) => (5, signed(duration.0)),
        number @ (Value::Int64(_) | Value::Double(_) | Value::Decimal(_)) => (6, double(number.to_double()?)),
        Value::Logical(logical) => (7, u64::from(*logical)),
        Value::Text(text) => (8, text_bits(text.as_bytes())),
        Value::Binary(_) => (9, 0),
        _ => return None,
    };
    Some(kind << BITS | bits & ((1 << BITS) - 1))
}

fn signed(ticks: i64) -> u64 {
    (ticks.cast_unsigned() ^ (1 << 63)) >> 8
}

/// The order of doubles as the order of whole numbers; what is no number first.
fn double(double: f64) -> u64 {
    if double.is_nan() {
        return 0;
    }
    let bits = (double + 0.0).to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    ordered >> 8
}

/// The first seven bytes. Texts go by UTF-16 units: from U+E000 on that differs from the order of UTF-8 bytes, so
/// nothing is said of what follows such a character.
fn text_bits(bytes: &[u8]) -> u64 {
    const FIRST_UNLIKE: u8 = 0xEE;
    let mut bits = [0; 8];
    for (place, byte) in bits[1..].iter_mut().zip(bytes) {
        *place = (*byte).min(FIRST_UNLIKE);
        if *byte >= FIRST_UNLIKE {
            break;
        }
    }
    u64::from_be_bytes(bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::compare;
    use crate::value::temporal::{Date, Duration};
    use proptest::prelude::*;
    use std::cmp::Ordering;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(Value::Int64),
            (-20i64..20).prop_map(Value::Int64),
            any::<f64>().prop_map(Value::Double),
            (-3.0..3.0f64).prop_map(Value::Double),
            Just(Value::Double(-0.0)),
            any::<bool>().prop_map(Value::Logical),
            (0i32..100).prop_map(|days| Value::Date(Date(days))),
            any::<i64>().prop_map(|ticks| Value::Duration(Duration(ticks))),
            "[ab\u{e9}\u{ffff}\u{10000}]{0,4}".prop_map(Value::from),
            "[a-c]{5,9}".prop_map(Value::from),
            Just(Value::Null),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn prefixes_never_contradict_the_comparison(left in values(), right in values()) {
            let ctx = crate::Engine::new().compile("test", "1").unwrap().start();
            let order = compare(&ctx, &left, &right).unwrap();
            let prefixes = prefix(&left).unwrap().cmp(&prefix(&right).unwrap());
            prop_assert!(prefixes == Ordering::Equal || prefixes == order, "{left:?} {right:?} {order:?}");
        }
    }
}
