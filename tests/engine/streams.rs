//! Tables, lists and JSON in and out.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, RecordBatchReader, StringArray};
use pqm::eval::Limits;
use pqm::table::arrow::{ArrowOptions, table_from_record_batches};
use pqm::value::{Stop, Value};
use pqm::{Engine, Evaluated, from_json};
use serde_json::json;

fn evaluated(code: &str) -> Evaluated {
    Engine::new().compile("test", code).unwrap().run().evaluate().unwrap()
}

fn limited(code: &str, rows: u64) -> Evaluated {
    let engine = Engine::new().with_limits(Limits { rows: Some(rows), ..Limits::default() });
    engine.compile("test", code).unwrap().run().evaluate().unwrap()
}

fn people() -> Value {
    let names: ArrayRef = Arc::new(StringArray::from(vec!["Ann", "Bob", "Cy"]));
    let ages: ArrayRef = Arc::new(Int64Array::from(vec![Some(31), None, Some(17)]));
    let batch = RecordBatch::try_from_iter([("name", names), ("age", ages)]).unwrap();
    Value::Table(Arc::new(table_from_record_batches(&batch.schema(), [batch]).unwrap()))
}

#[test]
fn arrow_goes_through_a_query() {
    let engine = Engine::new().with_parameters("(People as table)");
    let code = "Table.AddColumn(Table.SelectRows(People, each [age] <> null), \"twice\", each [age] * 2, type number)";
    let query = engine.compile("people", code).unwrap();
    let result = query.run().with("People", people()).evaluate().unwrap();
    let stream = result.record_batches(&ArrowOptions::default()).unwrap();
    let schema = stream.schema();
    assert_eq!(
        schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>(),
        ["name", "age", "twice"]
    );
    let batches: Vec<RecordBatch> = stream.map(Result::unwrap).collect();
    let ages: Vec<_> =
        batches.iter().flat_map(|batch| batch.column(1).as_primitive::<Int64Type>().iter()).collect();
    assert_eq!(ages, [Some(31), Some(17)]);
    let twice: Vec<_> =
        batches.iter().flat_map(|batch| batch.column(2).as_primitive::<Float64Type>().iter()).collect();
    assert_eq!(twice, [Some(62.0), Some(34.0)]);
}

#[test]
fn an_empty_table_has_a_schema_and_no_batch() {
    let result = evaluated("#table(type table [a = text, b = any], {})");
    let stream = result.record_batches(&ArrowOptions::default()).unwrap();
    assert_eq!(stream.schema().fields().len(), 2);
    assert_eq!(stream.count(), 0);
}

#[test]
fn rows_come_one_by_one_from_an_endless_table() {
    let code = "Table.FromList(List.Generate(() => 1, each true, each _ + 1), each {_, if _ = 2 then error \"two\" else _ * _}, {\"n\", \"square\"})";
    let result = evaluated(code);
    let rows: Vec<_> = result.rows().unwrap().take(3).map(Result::unwrap).collect();
    assert_eq!(rows[2].get("square").unwrap().as_ref().unwrap().to_double(), Some(9.0));
    assert_eq!(rows[1].get("square").unwrap().as_ref().unwrap_err().message().as_str(), "two");
    assert!(rows[0].get("cube").is_none());
    assert_eq!(rows[0].names().collect::<Vec<_>>(), ["n", "square"]);
    assert!(result.batches().unwrap().next().unwrap().unwrap().len() > 3);
}

#[test]
fn more_rows_than_allowed_end_a_stream() {
    let table =
        limited("Table.FromList(List.Generate(() => 1, each true, each _ + 1), each {_}, {\"n\"})", 100);
    let (rows, ends): (Vec<_>, Vec<_>) = table.rows().unwrap().partition(Result::is_ok);
    assert_eq!(rows.len(), 100);
    assert_eq!(ends.len(), 1);
    assert_eq!(ends[0].as_ref().err().and_then(|error| error.as_stop()), Some(Stop::Rows(100)));
    let exact = limited("#table({\"n\"}, {{1}, {2}})", 2);
    assert!(exact.rows().unwrap().all(|row| row.is_ok()));
    let list = limited("List.Generate(() => 1, each true, each _ + 1)", 10);
    assert_eq!(list.items().unwrap().filter(Result::is_ok).count(), 10);
}

#[test]
fn items_go_on_after_one_that_fails() {
    let items: Vec<_> = evaluated("{1, error \"bad\", 3}").items().unwrap().collect();
    assert_eq!(items.len(), 3);
    assert!(items[1].is_err() && items[2].is_ok());
}

#[test]
fn json_comes_back_as_it_was() {
    let order = json!({
        "id": 9_007_199_254_740_993_i64, "lines": [{"sku": "a", "price": 1.5}, {"sku": "b", "price": 2}],
        "note": null, "paid": true, "empty": [], "nothing": {}, "text": "\"quoted\"\n"
    });
    let engine = Engine::new().with_parameters("(order as record)");
    let query = engine.compile("order", "order").unwrap();
    let same = query.run().with("order", &order).evaluate().unwrap();
    assert_eq!(same.json().unwrap(), order);
    assert_eq!(from_json(&json!(1e300)).to_double(), Some(1e300));
}

#[test]
fn values_json_has_no_word_for_are_written_as_text() {
    let result = evaluated(
        "[d = #date(2024, 1, 31), t = #time(1, 2, 3), z = #datetimezone(2024, 1, 1, 0, 0, 0, 2, 0), \
          u = #duration(1, 0, 0, 0), b = #binary({1, 2}), n = #nan, w = 2.0, c = Decimal.From(1.25), \
          rows = #table({\"a\"}, {{1}})]",
    );
    assert_eq!(
        result.json().unwrap(),
        json!({"d": "2024-01-31", "t": "01:02:03", "z": "2024-01-01T00:00:00+02:00", "u": "P1D", "b": "AQI=",
               "n": null, "w": 2, "c": 1.25, "rows": [{"a": 1}]})
    );
    assert!(evaluated("each _").json().is_err());
}

#[test]
fn json_nested_deeper_than_the_stack_is_read_and_written() {
    let mut deep = json!(1);
    for _ in 0..20_000 {
        deep = serde_json::Value::Array(vec![deep]);
    }
    let value = from_json(&deep);
    let engine = Engine::new().with_value("deep", value);
    let back = engine.compile("deep", "deep").unwrap().run().evaluate().unwrap().json().unwrap();
    let depth = |json: &serde_json::Value| {
        let (mut depth, mut at) = (0, json);
        while let Some(inner) = at.get(0) {
            (depth, at) = (depth + 1, inner);
        }
        depth
    };
    assert_eq!(depth(&back), 20_000);
    // serde_json itself drops recursively.
    std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(move || drop((deep, back)))
        .unwrap()
        .join()
        .unwrap();
}
