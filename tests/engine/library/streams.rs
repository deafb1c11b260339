//! Endless lists and tables: what can stream does, and what cannot says why.

use pqm::library::{Library, declarations};
use pqm::value::types::Form;
use pqm::value::{Kind, Value};

use super::{engine, shown};

/// The numbers from 0 on, for ever.
const N: &str = "List.Generate(() => 0, each true, each _ + 1)";

/// For each function that can: an expression over `n`, the numbers from 0 on, and `t`, the table of column `a` that
/// holds them and `b` that holds their texts, and what its first items or rows are.
fn streams() -> impl Iterator<Item = [&'static str; 3]> {
    let lines = include_str!("streams.tsv").lines().filter(|line| !line.starts_with("# "));
    lines.map(|line| {
        let mut parts = line.split('\t');
        [(); 3].map(|()| parts.next().unwrap_or_default())
    })
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
            "List.Single",
            "List.SingleOrDefault",
            "Table.SingleRow",
            "Table.Max",
            "Table.MaxN",
            "Table.Min",
            "Table.MinN",
            "Table.IsDistinct",
            "List.ContainsAll",
            "Table.ContainsAll",
            "Table.ContainsAny",
            "Table.PositionOfAny",
        ],
        "the result depends on every item",
    ),
    (
        &[
            "List.Sort",
            "List.Reverse",
            "List.RemoveLastN",
            "Table.Sort",
            "Table.ReverseRows",
            "Table.RemoveLastN",
            "Table.AddRankColumn",
            "Table.Transpose",
            "Table.Pivot",
            "Table.Partition",
            "Table.FuzzyGroup",
            "List.Intersect",
            "Table.FillUp",
            "Table.SelectRowsWithErrors",
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

/// Every function of the namespaces List and Table that takes a list or table first stands in one of the tables above.
#[test]
fn every_list_and_table_function_is_known_to_stream_or_not() {
    let mut unknown = Vec::new();
    for declaration in declarations() {
        let name = declaration.name;
        let Some(Value::Function(function)) = Library::get().lookup(name) else { continue };
        if !(name.starts_with("List.") || name.starts_with("Table.")) {
            continue;
        }
        let takes = function
            .parameters()
            .kinds
            .first()
            .is_some_and(|kinds| kinds.contains(Kind::List) || kinds.contains(Kind::Table));
        let gives = match &function.function_type().form {
            Form::Function(Some(ty)) => matches!(ty.returns.form, Form::List(_) | Form::Table(_)),
            _ => false,
        };
        let known = streams().any(|[known, ..]| known == name)
            || WHOLE.iter().any(|(names, _)| names.contains(&name));
        if takes && gives && !known {
            unknown.push(name);
        }
    }
    assert!(unknown.is_empty(), "say whether they stream: {unknown:?}");
}
