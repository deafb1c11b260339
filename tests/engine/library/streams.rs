//! Endless lists and tables: what can stream does, and what cannot says why.

use pqm::library::{Library, declarations};
use pqm::value::{Kind, Value};

use super::{engine, shown};

/// The numbers from 0 on, for ever.
const N: &str = "List.Generate(() => 0, each true, each _ + 1)";

/// For each function that can: an expression over `n`, the numbers from 0 on, and `t`, the table of column `a` that
/// holds them and `b` that holds their texts, and what its first items or rows are.
fn streams() -> impl Iterator<Item = [&'static str; 3]> {
    super::lines(include_str!("streams.tsv"))
}

/// Functions of lists or tables that need the last item before they can give the first, and why.
const WHOLE: &[(&[&str], &str)] = &[
    (
        &[
            "List.Sum",
            "List.Average",
            "List.Product",
            "List.Median",
            "List.Mode",
            "List.Modes",
            "List.StandardDeviation",
            "List.Covariance",
            "List.Percentile",
            "List.Max",
            "List.Min",
            "List.MaxN",
            "List.MinN",
            "List.Accumulate",
            "List.Count",
            "List.NonNullCount",
            "Table.RowCount",
            "Table.ApproximateRowCount",
            "Table.Profile",
            "List.Last",
            "List.LastN",
            "Table.Last",
            "Table.LastN",
            "Table.Max",
            "Table.MaxN",
            "Table.Min",
            "Table.MinN",
        ],
        "the result depends on every item",
    ),
    (
        &[
            "List.Sort",
            "List.Reverse",
            "Table.Sort",
            "Table.ReverseRows",
            "Table.AddRankColumn",
            "Table.Transpose",
            "Table.Pivot",
            "Table.Partition",
            "Table.FuzzyGroup",
        ],
        "the first item of the result may be the last one of the source",
    ),
    (
        &[
            "List.Buffer",
            "Table.Buffer",
            "List.Random",
            "List.Dates",
            "List.DateTimes",
            "List.DateTimeZones",
            "List.Durations",
            "List.Numbers",
            "List.Times",
        ],
        "it is asked for a whole list",
    ),
    (
        &[
            "Binary.Combine",
            "Binary.FromList",
            "Lines.ToBinary",
            "Lines.ToText",
            "Text.Combine",
            "Record.Combine",
            "Record.FromList",
            "Record.FromTable",
            "Type.Union",
        ],
        "it makes one value of all items",
    ),
    (
        &[
            "BinaryFormat.Group",
            "Combiner.CombineTextByEachDelimiter",
            "Combiner.CombineTextByLengths",
            "Combiner.CombineTextByPositions",
            "Combiner.CombineTextByRanges",
            "Error.Record",
            "Function.Invoke",
            "Html.Table",
            "Record.RenameFields",
            "Record.ReorderFields",
            "Record.TransformFields",
            "Splitter.SplitTextByAnyDelimiter",
            "Splitter.SplitTextByEachDelimiter",
            "Splitter.SplitTextByLengths",
            "Splitter.SplitTextByPositions",
            "Splitter.SplitTextByRanges",
            "Text.PositionOfAny",
            "Type.AddTableKey",
            "Type.ReplaceTableKeys",
            "Type.ReplaceTablePartitionKey",
            "DeltaLake.Table",
        ],
        "the list says what to do, and has an end",
    ),
    (
        &[
            "List.ConformToPageReader",
            "Table.ConformToPageReader",
            "Table.FromValue",
            "ItemExpression.From",
            "Table.FilterWithDataTable",
            "Table.WithErrorContext",
            "Table.ViewError",
            "Table.ViewFunction",
            "Table.PartitionValues",
        ],
        "it is for hosts, or takes single values",
    ),
];

#[test]
fn what_can_stream_does() {
    let engine = engine();
    let over = format!(
        "let n = {N}, t = Table.FromRecords(List.Transform(n, each [a = _, b = Text.From(_)]), {{\"a\", \"b\"}}) in"
    );
    let faults: Vec<String> = streams()
        .filter_map(|[name, text, wanted]| {
            let got = shown(&engine, &format!("{over} {text}"));
            (got != wanted).then(|| format!("{name}: {text}\n  got {got}\n  expected {wanted}"))
        })
        .collect();
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), streams().count(), faults.join("\n"));
}

/// Every function with a parameter that wants a list or a table stands in one of the tables above.
#[test]
fn every_function_of_a_list_or_table_is_known_to_stream_or_not() {
    let mut unknown = Vec::new();
    for declaration in declarations() {
        let name = declaration.name;
        let Some(Value::Function(function)) = Library::get().lookup(name) else { continue };
        let takes = function.parameters().kinds.iter().any(|kinds| {
            (kinds.contains(Kind::List) || kinds.contains(Kind::Table)) && !kinds.contains(Kind::Date)
        });
        let known = streams().any(|[known, ..]| known == name)
            || WHOLE.iter().any(|(names, _)| names.contains(&name));
        if takes && !known {
            unknown.push(name);
        }
    }
    assert!(unknown.is_empty(), "say whether they stream: {unknown:?}");
}
