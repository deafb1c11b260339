use std::sync::Arc;

use arrow_array::types::*;
use arrow_array::*;
use arrow_schema::{DataType, Field, Schema, TimeUnit};

use super::*;
use crate::eval::Context;
use crate::table::{Demand, Table, collect};
use crate::value::{Value, literal_text};

fn context() -> Context {
    crate::Engine::new().compile("test", "null").unwrap().start()
}

fn table(columns: Vec<(&str, ArrayRef)>) -> Table {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    table_from_record_batches(&batch.schema(), [batch]).unwrap()
}

fn column_text(array: ArrayRef) -> String {
    let ctx = context();
    let table = table(vec![("c", array)]);
    let batches = collect(&ctx, &table, &Demand::all()).unwrap();
    let column = batches[0].column(0).unwrap();
    let cells = (0..column.len()).map(|row| match column.get(row).force(&ctx) {
        Ok(value) => literal_text(&ctx, &value).unwrap(),
        Err(error) => error.to_string(),
    });
    cells.collect::<Vec<_>>().join(", ")
}

fn written(table: &Table, options: &ArrowOptions) -> crate::value::Result<RecordBatch> {
    let ctx = context();
    let batches = collect(&ctx, table, &ArrowWriter::demand(table, options)?)?;
    ArrowWriter::new(&ctx, table, options, batches.first())?.write(&ctx, &batches[0])
}

fn evaluated(code: &str) -> Arc<Table> {
    let query = crate::Engine::new().compile("test", code).unwrap();
    match query.evaluate(&query.start()).unwrap() {
        Value::Table(table) => table,
        other => panic!("{other:?} is no table"),
    }
}

#[test]
fn cells_of_every_type_are_read() {
    assert_eq!(column_text(Arc::new(Int8Array::from(vec![Some(-5), None]))), "-5, null");
    assert_eq!(column_text(Arc::new(UInt64Array::from(vec![7, u64::MAX]))), "7, 18446744073709551615");
    assert_eq!(column_text(Arc::new(Float32Array::from(vec![0.5]))), "0.5");
    assert_eq!(column_text(Arc::new(LargeStringArray::from(vec![Some("ä"), None]))), "\"ä\", null");
    assert_eq!(
        column_text(Arc::new(StringViewArray::from(vec!["a text longer than twelve"]))),
        "\"a text longer than twelve\""
    );
    assert_eq!(column_text(Arc::new(NullArray::new(2))), "null, null");
    assert_eq!(
        column_text(Arc::new(Decimal128Array::from(vec![12345]).with_precision_and_scale(10, 2).unwrap())),
        "123.45"
    );
    assert_eq!(
        column_text(Arc::new(Date32Array::from(vec![Some(0), Some(-719_162), Some(-719_163), None]))),
        "#date(1970, 1, 1), #date(1, 1, 1), DataFormat.Error: The date is outside of the years 1 to 9999., null"
    );
    assert_eq!(column_text(Arc::new(Date64Array::from(vec![-1]))), "#date(1969, 12, 31)");
    assert_eq!(
        column_text(Arc::new(TimestampNanosecondArray::from(vec![Some(1_500_000_000), None]))),
        "#datetime(1970, 1, 1, 0, 0, 1.5), null"
    );
    assert_eq!(
        column_text(Arc::new(TimestampSecondArray::from(vec![0]).with_timezone("+02:00"))),
        "#datetimezone(1970, 1, 1, 2, 0, 0, 2, 0)"
    );
    assert_eq!(column_text(Arc::new(Time32SecondArray::from(vec![3_661]))), "#time(1, 1, 1)");
    assert_eq!(column_text(Arc::new(DurationMillisecondArray::from(vec![1_500]))), "#duration(0, 0, 0, 1.5)");
    assert_eq!(column_text(Arc::new(BinaryArray::from_iter_values([&[1u8, 2][..]]))), "#binary({1, 2})");
    let lists =
        ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None, Some(vec![])]);
    assert_eq!(column_text(Arc::new(lists)), "{1, null}, null, {}");
    let dictionary: DictionaryArray<Int8Type> = [Some("a"), None, Some("b"), Some("a")].into_iter().collect();
    assert_eq!(column_text(Arc::new(dictionary)), "\"a\", null, \"b\", \"a\"");
    let record = StructArray::from(vec![(
        Arc::new(Field::new("x", DataType::Int64, true)),
        Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef,
    )]);
    assert_eq!(column_text(Arc::new(record)), "[x = 1], [x = 2]");
}

#[test]
fn slices_of_arrays_are_read_from_their_start() {
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([
        Some(vec![Some(1)]),
        Some(vec![Some(2), Some(3)]),
    ]);
    assert_eq!(column_text(Arc::new(lists.slice(1, 1))), "{2, 3}");
    let fixed = FixedSizeListArray::from_iter_primitive::<Int32Type, _, _>(
        [Some(vec![Some(1), Some(2)]), Some(vec![Some(3), Some(4)])],
        2,
    );
    assert_eq!(column_text(Arc::new(fixed.slice(1, 1))), "{3, 4}");
    let texts = StringArray::from(vec!["a", "b", "c"]);
    assert_eq!(column_text(Arc::new(texts.slice(1, 2))), "\"b\", \"c\"");
}

#[test]
fn types_m_has_nothing_for_are_refused() {
    let schema =
        Schema::new(vec![Field::new("i", DataType::Interval(arrow_schema::IntervalUnit::DayTime), true)]);
    let error = table_from_record_batches(&schema, []).err().unwrap();
    assert!(error.message().contains("column 'i'"), "{error}");
    let schema = Schema::new(vec![Field::new("i", DataType::Int64, true)]);
    let other =
        RecordBatch::try_from_iter([("i", Arc::new(StringArray::from(vec!["x"])) as ArrayRef)]).unwrap();
    assert!(table_from_record_batches(&schema, [other]).is_err());
}

#[test]
fn shared_columns_keep_their_memory() {
    let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("a text that no view holds"), None]));
    let wholes: ArrayRef = Arc::new(Int64Array::from(vec![i64::MAX, 1]));
    let doubles: ArrayRef = Arc::new(Float64Array::from(vec![0.5, f64::NAN]));
    let logicals: ArrayRef = Arc::new(BooleanArray::from(vec![true, false]));
    let table = table(vec![("t", texts), ("w", wholes), ("d", doubles), ("l", logicals)]);
    let first = collect(&context(), &table, &Demand::all()).unwrap();
    let back = written(&table, &ArrowOptions::default()).unwrap();
    assert_eq!(
        back.schema().fields().iter().map(|field| field.data_type().clone()).collect::<Vec<_>>(),
        [DataType::Utf8, DataType::Int64, DataType::Float64, DataType::Boolean]
    );
    let held = first[0].column(0).unwrap().as_text().unwrap().data_buffers()[0].as_ptr();
    let schema = Schema::new(vec![Field::new("t", DataType::Utf8View, true)]);
    let options = ArrowOptions { schema: Some(Arc::new(schema)), ..ArrowOptions::default() };
    let views = written(&table, &options).unwrap();
    assert_eq!(cast::AsArray::as_string_view(views.column(0)).data_buffers()[0].as_ptr(), held);
    let held = first[0].column(1).unwrap().as_whole().unwrap().1.values().as_ptr();
    assert_eq!(cast::AsArray::as_primitive::<Int64Type>(back.column(1)).values().as_ptr(), held);
    let held = first[0].column(2).unwrap().as_double().unwrap().values().as_ptr();
    assert_eq!(cast::AsArray::as_primitive::<Float64Type>(back.column(2)).values().as_ptr(), held);
}

#[test]
fn what_is_written_reads_back_the_same() {
    let code = "#table(type table [t = text, n = number, w = Int64.Type, l = logical, d = date, dt = datetime, \
                z = datetimezone, ti = time, du = duration, b = binary, any = any], \
                {{\"x\", 1.5, 9007199254740993, true, #date(2024, 2, 29), #datetime(1, 1, 1, 0, 0, 0.000001), \
                #datetimezone(2024, 1, 1, 0, 0, 0, 0, 0), #time(1, 2, 3.5), #duration(-1, 0, 0, 0.5), \
                #binary({1, 2}), #date(9999, 12, 31)}, {null, null, null, null, null, null, null, null, null, null, null}})";
    let ctx = context();
    let before = evaluated(code);
    let batch = written(&before, &ArrowOptions::default()).unwrap();
    assert_eq!(
        batch.schema().field(6).data_type(),
        &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
    );
    let after = table_from_record_batches(&batch.schema(), [batch]).unwrap();
    assert!(crate::table::equal(&ctx, &before, &after).unwrap());
}

#[test]
fn mixed_columns_are_text_or_refused() {
    let code = "#table({\"m\"}, {{1}, {\"1\"}, {null}, {{1, \"x\"}}, {#date(2024, 1, 1)}})";
    let batch = written(&evaluated(code), &ArrowOptions::default()).unwrap();
    let texts: Vec<_> = cast::AsArray::as_string::<i32>(batch.column(0)).iter().collect();
    assert_eq!(texts, [Some("1"), Some("1"), None, Some("{1, \"x\"}"), Some("#date(2024, 1, 1)")]);
    let strict = ArrowOptions { mixed: MixedColumns::Fail, ..ArrowOptions::default() };
    assert!(written(&evaluated(code), &strict).unwrap_err().message().contains("'m'"));
}

#[test]
fn failing_and_ill_fitting_cells_follow_the_options() {
    let code = "#table(type table [n = number], {{1}, {error \"bad\"}, {\"two\"}})";
    let table = evaluated(code);
    let fail = written(&table, &ArrowOptions::default()).unwrap_err();
    assert_eq!(fail.message().as_str(), "bad");
    let options = ArrowOptions { failed: FailedCells::Null, ..ArrowOptions::default() };
    assert!(written(&table, &options).unwrap_err().message().contains("'n'"));
    let options = ArrowOptions { misfits: Misfits::Null, ..options };
    let batch = written(&table, &options).unwrap();
    assert_eq!(
        cast::AsArray::as_primitive::<Float64Type>(batch.column(0)).iter().collect::<Vec<_>>(),
        [Some(1.0), None, None]
    );
}

#[test]
fn a_schema_chooses_columns_and_types() {
    let table =
        evaluated("#table({\"a\", \"b\", \"c\"}, {{1, \"x\", error \"unread\"}, {200, \"y\", 2.345}})");
    let schema = |fields: Vec<Field>| ArrowOptions {
        schema: Some(Arc::new(Schema::new(fields))),
        ..ArrowOptions::default()
    };
    let options =
        schema(vec![Field::new("b", DataType::LargeUtf8, false), Field::new("a", DataType::UInt8, true)]);
    let batch = written(&table, &options).unwrap();
    assert_eq!(cast::AsArray::as_primitive::<UInt8Type>(batch.column(1)).values().as_ref(), [1, 200]);
    assert!(written(&table, &schema(vec![Field::new("a", DataType::Int8, true)])).is_err());
    assert!(written(&table, &schema(vec![Field::new("no", DataType::Int8, true)])).is_err());
    let decimals = evaluated("#table({\"c\"}, {{2.345}, {1}})");
    let batch = written(&decimals, &schema(vec![Field::new("c", DataType::Decimal128(5, 3), true)])).unwrap();
    assert_eq!(
        cast::AsArray::as_primitive::<Decimal128Type>(batch.column(0)).values().as_ref(),
        [2345, 1000]
    );
    let nulls = evaluated("#table({\"c\"}, {{null}})");
    assert!(written(&nulls, &schema(vec![Field::new("c", DataType::Int64, false)])).is_err());
}

#[test]
fn sources_are_read_as_far_as_needed() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let schema = Schema::new(vec![Field::new("n", DataType::Int64, false)]);
    let opened = Arc::new(AtomicUsize::new(0));
    let (shared, counter) = (Arc::new(schema.clone()), Arc::clone(&opened));
    let table = table_from_record_batch_source(&schema, move || {
        let (schema, counter) = (Arc::clone(&shared), Arc::clone(&counter));
        Box::new((0..).map(move |number| {
            counter.fetch_add(1, Ordering::Relaxed);
            let array: ArrayRef = Arc::new(Int64Array::from(vec![number; 10]));
            RecordBatch::try_new(Arc::clone(&schema), vec![array])
        }))
    })
    .unwrap();
    let ctx = context();
    let row = crate::table::row_at(&ctx, &table, 25).unwrap().unwrap();
    assert!(matches!(row.force_at(0, &ctx), Ok(Some(Value::Int64(2)))));
    assert_eq!(opened.load(Ordering::Relaxed), 3);
}
