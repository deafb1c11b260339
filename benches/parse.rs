//! From text to typed tree: the conformance corpus as one list, whole query scripts, and a table typed in.
#![allow(clippy::disallowed_methods)] // Benchmarks read their corpus.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pqm::syntax::parse;
use serde_json::Value;

/// A query as the editor writes them, comments and all.
const QUERY: &str = r##"let
    // Orders as the shop exports them every night
    Source = Csv.Document(File.Contents("C:\Data\orders.csv"), [Delimiter = ",", Columns = 9, Encoding = 65001, QuoteStyle = QuoteStyle.None]),
    #"Promoted Headers" = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),
    #"Changed Type" = Table.TransformColumnTypes(#"Promoted Headers", {{"Order ID", Int64.Type}, {"Order Date", type date}, {"Customer", type text}, {"Product", type text}, {"Quantity", Int64.Type}, {"Unit Price", type number}, {"Discount", Percentage.Type}, {"Region", type text}, {"Note", type text}}),
    #"Filtered Rows" = Table.SelectRows(#"Changed Type", each [Order Date] >= #date(2024, 1, 1) and [Quantity] > 0 and not Text.StartsWith([Customer], "Test")),
    #"Trimmed Text" = Table.TransformColumns(#"Filtered Rows", {{"Customer", Text.Trim, type text}, {"Product", each Text.Upper(Text.Trim(_)), type text}}),
    #"Added Amount" = Table.AddColumn(#"Trimmed Text", "Amount", each [Quantity] * [Unit Price] * (1 - [Discount]), type number),
    #"Added Band" = Table.AddColumn(#"Added Amount", "Band", each if [Amount] > 10000 then "Large" else if [Amount] > 1000 then "Medium" else "Small", type text),
    /* Prices come in the currency of the region */
    Rates = Table.Buffer(#table(type table [Region = text, Rate = number], {{"North", 1}, {"South", 1.08}, {"West", 0.92}})),
    #"Merged Rates" = Table.NestedJoin(#"Added Band", {"Region"}, Rates, {"Region"}, "Rates", JoinKind.LeftOuter),
    #"Expanded Rates" = Table.ExpandTableColumn(#"Merged Rates", "Rates", {"Rate"}, {"Rate"}),
    Converted = Table.AddColumn(#"Expanded Rates", "Amount EUR", (row as record) as nullable number => try row[Amount] * (row[Rate]? ?? 1) otherwise null, type nullable number),
    #"Grouped Rows" = Table.Group(Converted, {"Region", "Band"}, {{"Orders", each Table.RowCount(_), Int64.Type}, {"Total", each List.Sum([Amount EUR]), type nullable number}}),
    #"Sorted Rows" = Table.Sort(#"Grouped Rows", {{"Region", Order.Ascending}, {"Total", Order.Descending}}),
    Result = if Table.IsEmpty(#"Sorted Rows") then error Error.Record("Orders.Empty", "There are no orders.", [Path = "C:\Data\orders.csv"]) else #"Sorted Rows"
in
    Result"##;

/// Every text of the conformance data as items of one list, repeated to a few megabytes.
fn corpus() -> Option<String> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = ["../shared/conformance", "../../shared/conformance"]
        .iter()
        .map(|path| project.join(path))
        .find(|path| path.is_dir())?;
    let mut items = Vec::new();
    for file in ["doc_examples.json", "spec_examples.json", "format_examples.json", "live_examples.json"] {
        let data: Value = serde_json::from_str(&std::fs::read_to_string(folder.join(file)).ok()?).ok()?;
        for case in data["cases"].as_array()? {
            for field in ["usage", "expression", "code"] {
                if let Some(text) = case[field].as_str()
                    && parse(text).errors.is_empty()
                {
                    items.push(text.to_owned());
                }
            }
        }
    }
    // Some items end with a comment, so that the comma needs a line of its own.
    let once = items.join("\n,\n");
    let times = 4_000_000 / once.len() + 1;
    Some(format!("{{{}}}", vec![once; times].join("\n,\n")))
}

fn scripts() -> String {
    (0..1_500).fold(String::from("section Section1;\n"), |text, at| {
        text + &format!("shared Query{at} = {QUERY};\n\n")
    })
}

fn table() -> String {
    let rows: Vec<String> = (0..60_000)
        .map(|at| {
            format!(
                "        {{{at}, \"Customer {at}\", {}.25, #date(2024, {}, {}), null}}",
                at * 7,
                at % 12 + 1,
                at % 28 + 1
            )
        })
        .collect();
    format!("#table({{\"Id\", \"Name\", \"Amount\", \"Date\", \"Note\"}}, {{\n{}\n    }})", rows.join(",\n"))
}

fn speed(c: &mut Criterion) {
    let texts = [("corpus", corpus().unwrap_or_else(scripts)), ("scripts", scripts()), ("table", table())];
    let mut group = c.benchmark_group("parse");
    for (name, text) in &texts {
        assert!(parse(text).errors.is_empty(), "{name}: {:?}", parse(text).errors.first());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(*name, |b| b.iter(|| black_box(parse(black_box(text)))));
    }
    // What an editor does at every key stroke.
    group.throughput(Throughput::Bytes(QUERY.len() as u64));
    group.bench_function("one_query", |b| b.iter(|| black_box(parse(black_box(QUERY)))));
    group.finish();
}

criterion_group!(benches, speed);
criterion_main!(benches);
