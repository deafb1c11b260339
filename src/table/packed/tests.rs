use proptest::prelude::*;

use super::*;
use crate::table::Column;
use crate::value::temporal::{Date, DateTime, Duration, Time};
use crate::value::{Error, Value, to_literal};

fn cells() -> impl Strategy<Value = Member> {
    prop_oneof![
        4 => any::<i64>().prop_map(Value::Int64).prop_map(Member::Ready),
        4 => (-70i64..70).prop_map(Value::Int64).prop_map(Member::Ready),
        2 => any::<f64>().prop_map(Value::Double).prop_map(Member::Ready),
        2 => "[a-é]{0,20}".prop_map(Value::from).prop_map(Member::Ready),
        1 => any::<bool>().prop_map(Value::Logical).prop_map(Member::Ready),
        1 => (0..3_000_000).prop_map(|days| Member::Ready(Value::Date(Date(days)))),
        1 => (0i64..863_000_000_000).prop_map(|ticks| Member::Ready(Value::Time(Time(ticks)))),
        1 => (0i64..3_000_000_000_000_000_000).prop_map(|ticks| Member::Ready(Value::DateTime(DateTime(ticks)))),
        1 => any::<i64>().prop_map(|ticks| Member::Ready(Value::Duration(Duration(ticks)))),
        1 => Just(Member::Ready(Value::Null)),
        1 => Just(Member::Ready(Value::list([]))),
        1 => Just(Member::failed(Error::expression("cell"))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn rows_come_back_as_they_went_in(rows in prop::collection::vec((cells(), cells()), 1..60)) {
        let first: Column = rows.iter().map(|row| row.0.clone()).collect();
        let second: Column = rows.iter().map(|row| row.1.clone()).collect();
        let (beside, mut bytes) = (Beside::default(), Vec::new());
        let mut packer = Packer::new(&[&first, &second], &beside);
        (0..rows.len()).for_each(|row| packer.pack(row, &mut bytes));
        let batch = unpack(&bytes, &[2, 0], 3, &beside);
        prop_assert_eq!(batch.len(), rows.len());
        for (row, cells) in rows.iter().enumerate() {
            let shown = |member: Member| match &member {
                Member::Ready(value) => to_literal(value),
                failed => format!("{failed:?}"),
            };
            prop_assert_eq!(shown(batch.column(2).unwrap().get(row)), shown(cells.0.clone()));
            prop_assert_eq!(shown(batch.column(0).unwrap().get(row)), shown(cells.1.clone()));
        }
    }
}
