//! Steps of tables one by one, and library functions over a column: `cargo bench --bench tables`, or with a part of a
//! name behind `--`. The steps stand in `benches/tables/operators.tsv`; functions are all that have a form for whole
//! columns, each with its kernel and called row by row.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pqm::eval::{Context, Limits};
use pqm::library::declarations;
use pqm::table::{Table, read_through};
use pqm::value::Value;
use pqm::{Engine, Query};

const ROWS: u64 = 100_000;
/// Rows that functions run over.
const CALLS: u64 = 20_000;

/// What the steps work on: `n` is how many rows there are.
const DATA: &str = r##"
let
    from = (make) => List.Transform({0 .. n - 1}, make),
    T = Table.Buffer(Table.FromColumns({
        from(each _),
        from(each "C" & Text.PadStart(Text.From(Number.Mod(_ * 7919, 20000)), 7, "0")),
        from(each "Ann" & Text.From(Number.Mod(_, 97)) & " Müller" & Text.From(Number.Mod(_, 31))),
        from(each {"open", "paid", "sent"}{Number.Mod(_ * 31, 3)}),
        from(each Date.AddDays(#date(2024, 1, 1), Number.Mod(_ * 13, 366))),
        from(each if Number.Mod(_, 11) = 0 then null else Number.Mod(_ * 17, 150)),
        from(each Number.Mod(_ * 7, 1000) / 8)
    }, {"Id", "Code", "Name", "Status", "Day", "Quantity", "Price"})),
    U = Table.Buffer(Table.FromColumns({
        List.Transform({0 .. 19999}, each "C" & Text.PadStart(Text.From(_), 7, "0")),
        List.Transform({0 .. 19999}, each {"North", "South", "East"}{Number.Mod(_, 3)})
    }, {"Customer", "Region"})),
    line = each "{""id"": " & Text.From(_) & ", ""price"": " & Text.From(_ / 8) & ", ""name"": ""n" & Text.From(_) & """, ""tags"": [1, 2]}",
    J = Lines.ToBinary(from(line), "#(lf)", TextEncoding.Utf8),
    C = Lines.ToBinary({"Id,Price,Day"} & from(each Text.From(_) & "," & Text.From(_ / 8) & ",2024-03-01"), "#(lf)", TextEncoding.Utf8)
in
    [T = T, U = U, J = J, C = C]
"##;

/// The data, and the evaluation that made it.
fn data(rows: u64) -> (Vec<(String, Value)>, Context) {
    let query = Engine::new().with_value("n", Value::Int64(rows as i64)).compile("data", DATA).unwrap();
    let ctx = query.start();
    let Value::Record(record) = query.evaluate(&ctx).unwrap() else { panic!("no record") };
    let fields = record.fields().map(|(name, member)| (name.to_string(), member.force(&ctx).unwrap()));
    let fields: Vec<_> = fields.collect();
    for (_, value) in &fields {
        if let Value::Table(table) = value {
            read_through(&ctx, table).unwrap();
        }
    }
    (fields, ctx)
}

fn table(query: &Query, ctx: &Context) -> std::sync::Arc<Table> {
    match query.evaluate(ctx).unwrap() {
        Value::Table(table) => table,
        other => panic!("no table but {other:?}"),
    }
}

fn operators(criterion: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/tables/operators.tsv");
    let lines = std::fs::read_to_string(path).unwrap();
    let (values, _kept) = data(ROWS);
    let engine =
        values.into_iter().fold(Engine::new(), |engine, (name, value)| engine.with_value(name, value));
    let mut group = criterion.benchmark_group("step");
    group.sample_size(10).throughput(Throughput::Elements(ROWS));
    for (name, text) in lines.lines().filter_map(|line| line.split_once('\t')) {
        let query = engine.compile(name, text).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let ctx = query.start();
                black_box(read_through(&ctx, &table(&query, &ctx)).unwrap())
            });
        });
    }
    group.finish();
}

/// A call of a function with a column for its first argument, if a plain one can be thought of.
fn call(name: &str, signature: &str) -> Option<String> {
    let column = match name.split('.').next()? {
        "Text" | "Character" if signature.starts_with("(value") => "[Price]",
        "Text" => "[Name]",
        "Number" if signature.starts_with("(text") => "[Digits]",
        "Date" | "DateTime" if signature.starts_with("(text") => "[DayText]",
        "Date" => "[Day]",
        "DateTime" => "[Moment]",
        "Time" => "[Moment]",
        "Duration" if signature.starts_with("(duration") => "[Span]",
        "Number" | "Byte" | "Int8" | "Int16" | "Int32" | "Int64" | "Double" | "Single" => "[Price]",
        "Currency" | "Percentage" | "Decimal" => "[Price]",
        _ => return None,
    };
    let required = signature.split_once(')')?.0.split(',').filter(|part| !part.contains("optional"));
    let others = required.skip(1).map(|part| match part.rsplit(" as ").next().unwrap_or("") {
        "number" | "nullable number" => ", 2",
        "text" | "nullable text" => ", \"n\"",
        _ => ", {\"n\", \" \"}",
    });
    Some(format!("{name}({column}{})", others.collect::<String>()))
}

fn functions(criterion: &mut Criterion) {
    let (values, _kept) = data(CALLS);
    let engine =
        values.into_iter().fold(Engine::new(), |engine, (name, value)| engine.with_value(name, value));
    let wide = "Table.Buffer(Table.AddColumn(Table.AddColumn(Table.AddColumn(Table.AddColumn(T, \"Moment\", each [Day] & \
                #time(10, 11, 12)), \"Span\", each [Day] - #date(2023, 12, 31)), \"Digits\", each Text.From([Price])), \
                \"DayText\", each Text.From([Day])))";
    let query = engine.compile("wide", wide).unwrap();
    let ctx = query.start();
    let rows = table(&query, &ctx);
    read_through(&ctx, &rows).unwrap();
    let engine = engine.with_value("W", Value::Table(rows));
    let mut group = criterion.benchmark_group("function");
    group.sample_size(10).throughput(Throughput::Elements(CALLS));
    for declared in declarations().filter(|declared| declared.kernel.is_some()) {
        let Some(call) = call(declared.name, declared.signature) else { continue };
        let text = format!("Table.SelectColumns(Table.AddColumn(W, \"x\", each {call}), {{\"x\"}})");
        let query = engine.compile(declared.name, &text).unwrap();
        for (way, row_wise) in [("columns", false), ("rows", true)] {
            let limits = Limits { row_wise, ..Limits::default() };
            group.bench_function(format!("{}/{way}", declared.name), |bencher| {
                bencher.iter(|| {
                    let ctx = query.run().with_limits(limits).start().unwrap();
                    black_box(read_through(&ctx, &table(&query, &ctx)).unwrap())
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, operators, functions);
criterion_main!(benches);
