use std::sync::Arc;

use proptest::prelude::*;
use rustc_hash::FxHashMap;

use super::*;
use crate::Engine;
use crate::table::{Batch, Column};
use crate::value::Member;
use crate::value::temporal::{Date, DateTime, DateTimeZone};
use rust_decimal::Decimal;

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => (-3i64..3).prop_map(Value::Int64),
        4 => prop_oneof![Just(0.0), Just(-0.0), Just(1.0), Just(f64::NAN), Just(0.5)].prop_map(Value::Double),
        6 => "[aAbé]{0,2}".prop_map(Value::from),
        2 => "[aA]bcdefghijklm[é ]".prop_map(Value::from),
        2 => Just(Value::Null),
        2 => any::<bool>().prop_map(Value::Logical),
        2 => (0i32..3).prop_map(|days| Value::Date(Date(days))),
        1 => (0i64..3).prop_map(|ticks| Value::DateTime(DateTime(ticks))),
        1 => (0i16..3).prop_map(|offset| Value::from(DateTimeZone {
            offset: offset * 60,
            ticks: 36_000_000_000 * (i64::from(offset) + 24),
        })),
        1 => prop_oneof![Just((1i64 << 53) + 1), Just(1i64 << 53), Just(i64::MAX)].prop_map(Value::Int64),
        1 => Just(Value::Double((1i64 << 53) as f64)),
        1 => (0i64..2).prop_map(|whole| Value::from(Decimal::from(whole))),
        1 => Just(Value::list([Value::Int64(1)])),
    ]
}

fn batch(rows: &[(Value, Value)]) -> Batch {
    let first: Column = rows.iter().map(|row| Member::Ready(row.0.clone())).collect();
    let second: Column = rows.iter().map(|row| Member::Ready(row.1.clone())).collect();
    Batch::new(vec![Arc::new(first), Arc::new(second)], rows.len())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn keys_are_numbered_as_their_values_are_equal(
        batches in prop::collection::vec(prop::collection::vec((values(), values()), 1..12), 1..4),
        sought in prop::collection::vec((values(), values()), 1..12),
        parts in 0usize..6,
        blind in any::<bool>(),
    ) {
        let ctx = Engine::new().compile("test", "1").unwrap().start();
        let rules: Arc<[Rule]> = vec![if blind { Rule::IgnoreCase } else { Rule::Plain }; parts].into();
        let columns: Vec<usize> = (0..parts).map(|part| part % 2).collect();
        let mut numbering = Numbering::new(Arc::clone(&rules)).unwrap();
        let mut expected: FxHashMap<ValueKey, u32> = FxHashMap::default();
        let key = |batch: &Batch, row: usize| value_key(&ctx, &rules, batch, row, &columns).unwrap();
        for rows in &batches {
            let batch = batch(rows);
            let mut numbers = Vec::new();
            numbering.number(&ctx, &batch, &columns, &mut numbers).unwrap();
            for (row, number) in numbers.iter().enumerate() {
                let next = expected.len() as u32;
                prop_assert_eq!(*expected.entry(key(&batch, row)).or_insert(next), *number);
            }
            prop_assert_eq!(numbering.len(), expected.len());
        }
        let batch = batch(&sought);
        let mut found = Vec::new();
        numbering.find(&ctx, &batch, &columns, &mut found).unwrap();
        for (row, number) in found.iter().enumerate() {
            prop_assert_eq!(expected.get(&key(&batch, row)).copied().unwrap_or(NONE), *number);
        }
    }
}

#[test]
fn a_failing_key_is_raised() {
    let ctx = Engine::new().compile("test", "1").unwrap().start();
    let failing = Column::any(vec![Member::failed(Error::expression("cell"))]);
    let batch = Batch::new(vec![Arc::new(failing)], 1);
    let mut numbering = Numbering::new(Arc::from([Rule::Plain])).unwrap();
    assert!(numbering.number(&ctx, &batch, &[0], &mut Vec::new()).is_err());
    assert!(numbering.find(&ctx, &batch, &[0], &mut Vec::new()).is_err());
}
