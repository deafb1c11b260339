//! Endless lists and tables: what can stream does, and what cannot says why.

use pqm::library::{Library, declarations};
use pqm::value::types::Form;
use pqm::value::{Kind, Value};

use super::{engine, shown};

/// The numbers from 0 on, for ever.
const N: &str = "List.Generate(() => 0, each true, each _ + 1)";

/// For each function that can: an expression over `n`, the numbers from 0 on, and `t`, the table of column `a` that
/// holds them and `b` that holds their texts, and what its first items or rows are.
const STREAMS: &[(&str, &str, &str)] = &[
    ("List.Alternate", "List.FirstN(List.Alternate(n, 1, 1), 3)", "{1, 3, 5}"),
    ("List.Combine", "List.FirstN(List.Combine({{9}, n}), 3)", "{9, 0, 1}"),
    ("List.Difference", "List.FirstN(List.Difference(n, {0, 2}), 3)", "{1, 3, 4}"),
    (
        "List.Distinct",
        "List.FirstN(List.Distinct(List.Transform(n, each Number.IntegerDivide(_, 2))), 3)",
        "{0, 1, 2}",
    ),
    (
        "List.FindText",
        "List.FirstN(List.FindText(List.Transform(n, Text.From), \"2\"), 2)",
        "{\"2\", \"12\"}",
    ),
    ("List.Generate", "List.FirstN(List.Generate(() => 5, each true, each _ * 2), 3)", "{5, 10, 20}"),
    ("List.InsertRange", "List.FirstN(List.InsertRange(n, 1, {7}), 3)", "{0, 7, 1}"),
    ("List.Positions", "List.FirstN(List.Positions(n), 3)", "{0, 1, 2}"),
    ("List.Range", "List.FirstN(List.Range(n, 5), 2)", "{5, 6}"),
    ("List.RemoveFirstN", "List.FirstN(List.RemoveFirstN(n, 3), 2)", "{3, 4}"),
    ("List.RemoveItems", "List.FirstN(List.RemoveItems(n, {1}), 2)", "{0, 2}"),
    ("List.RemoveMatchingItems", "List.FirstN(List.RemoveMatchingItems(n, {0}), 2)", "{1, 2}"),
    ("List.RemoveNulls", "List.FirstN(List.RemoveNulls(List.Combine({{null}, n})), 2)", "{0, 1}"),
    ("List.RemoveRange", "List.FirstN(List.RemoveRange(n, 1, 2), 3)", "{0, 3, 4}"),
    ("List.Repeat", "List.FirstN(List.Repeat(n, 2), 3)", "{0, 1, 2}"),
    ("List.ReplaceMatchingItems", "List.FirstN(List.ReplaceMatchingItems(n, {{1, 8}}), 3)", "{0, 8, 2}"),
    ("List.ReplaceRange", "List.FirstN(List.ReplaceRange(n, 1, 1, {8, 9}), 4)", "{0, 8, 9, 2}"),
    ("List.ReplaceValue", "List.FirstN(List.ReplaceValue(n, 1, 8, Replacer.ReplaceValue), 3)", "{0, 8, 2}"),
    ("List.Select", "List.FirstN(List.Select(n, each Number.IsOdd(_)), 2)", "{1, 3}"),
    ("List.Skip", "List.FirstN(List.Skip(n, 4), 2)", "{4, 5}"),
    ("List.Split", "List.FirstN(List.Split(n, 2), 2)", "{{0, 1}, {2, 3}}"),
    ("List.Transform", "List.FirstN(List.Transform(n, each _ * 10), 3)", "{0, 10, 20}"),
    (
        "List.TransformMany",
        "List.FirstN(List.TransformMany(n, each {_, _}, (x, y) => x + y), 3)",
        "{0, 0, 2}",
    ),
    ("List.Union", "List.FirstN(List.Union({{1}, n}), 3)", "{1, 0, 2}"),
    ("List.Zip", "List.FirstN(List.Zip({n, {7, 8}}), 2)", "{{0, 7}, {1, 8}}"),
    ("List.First", "List.First(n)", "0"),
    ("List.FirstN", "List.FirstN(n, each _ < 2)", "{0, 1}"),
    ("List.Contains", "List.Contains(n, 5)", "true"),
    ("List.ContainsAny", "List.ContainsAny(n, {5})", "true"),
    ("List.IsEmpty", "List.IsEmpty(n)", "false"),
    ("List.AnyTrue", "List.AnyTrue(List.Transform(n, each _ > 3))", "true"),
    ("List.AllTrue", "List.AllTrue(List.Transform(n, each _ < 3))", "false"),
    ("List.MatchesAny", "List.MatchesAny(n, each _ > 3)", "true"),
    ("List.MatchesAll", "List.MatchesAll(n, each _ < 3)", "false"),
    ("List.PositionOf", "List.PositionOf(n, 4)", "4"),
    ("List.PositionOfAny", "List.PositionOfAny(n, {9, 4})", "4"),
    ("List.IsDistinct", "List.IsDistinct(List.Combine({{0}, n}))", "false"),
    ("Table.AddColumn", "Table.FirstN(Table.AddColumn(t, \"c\", each [a] * 2), 2)[c]", "{0, 2}"),
    ("Table.AddIndexColumn", "Table.FirstN(Table.AddIndexColumn(t, \"i\", 5), 2)[i]", "{5, 6}"),
    (
        "Table.AddFuzzyClusterColumn",
        "Table.FirstN(Table.AddFuzzyClusterColumn(Table.TransformColumnTypes(t[[b]], {{\"b\", type text}}), \"b\", \"c\"), 1)[c]",
        "{\"0\"}",
    ),
    (
        "Table.AddJoinColumn",
        "Table.RowCount(Table.FirstN(Table.AddJoinColumn(t, \"a\", #table({\"k\"}, {{1}}), \"k\", \"j\"), 2){1}[j])",
        "1",
    ),
    ("Table.AddKey", "Table.FirstN(Table.AddKey(t, {\"a\"}, true), 1)[a]", "{0}"),
    (
        "Table.AggregateTableColumn",
        "Table.FirstN(Table.AggregateTableColumn(Table.AddColumn(t, \"n\", each #table({\"x\"}, {{[a]}})), \"n\", {{\"x\", List.Sum, \"s\"}}), 2)[s]",
        "{0, 1}",
    ),
    ("Table.AlternateRows", "Table.FirstN(Table.AlternateRows(t, 1, 1, 1), 3)[a]", "{0, 2, 4}"),
    ("Table.ClearDown", "Table.FirstN(Table.ClearDown(t, {\"a\"}), 2)[a]", "{0, 1}"),
    ("Table.Column", "List.FirstN(Table.Column(t, \"a\"), 2)", "{0, 1}"),
    ("Table.ColumnNames", "Table.ColumnNames(t)", "{\"a\", \"b\"}"),
    ("Table.ColumnsOfType", "Table.ColumnsOfType(t, {type any})", "{\"a\", \"b\"}"),
    ("Table.Combine", "Table.FirstN(Table.Combine({t, t}), 2)[a]", "{0, 1}"),
    (
        "Table.CombineColumns",
        "Table.FirstN(Table.CombineColumns(t, {\"a\", \"b\"}, each _{1}, \"c\"), 2)[c]",
        "{\"0\", \"1\"}",
    ),
    (
        "Table.CombineColumnsToRecord",
        "Table.FirstN(Table.CombineColumnsToRecord(t, \"r\", {\"a\"}), 1)[r]",
        "{[a = 0]}",
    ),
    ("Table.DemoteHeaders", "Table.FirstN(Table.DemoteHeaders(t), 2)[Column1]", "{\"a\", 0}"),
    ("Table.Distinct", "Table.FirstN(Table.Distinct(t, \"a\"), 2)[a]", "{0, 1}"),
    ("Table.DuplicateColumn", "Table.FirstN(Table.DuplicateColumn(t, \"a\", \"c\"), 2)[c]", "{0, 1}"),
    (
        "Table.ExpandListColumn",
        "Table.FirstN(Table.ExpandListColumn(Table.AddColumn(t, \"l\", each {[a], 9}), \"l\"), 3)[l]",
        "{0, 9, 1}",
    ),
    (
        "Table.ExpandRecordColumn",
        "Table.FirstN(Table.ExpandRecordColumn(Table.AddColumn(t, \"r\", each [x = [a]]), \"r\", {\"x\"}), 2)[x]",
        "{0, 1}",
    ),
    (
        "Table.ExpandTableColumn",
        "Table.FirstN(Table.ExpandTableColumn(Table.AddColumn(t, \"n\", each #table({\"x\"}, {{1}, {2}})), \"n\", {\"x\"}), 3)[x]",
        "{1, 2, 1}",
    ),
    ("Table.FillDown", "Table.FirstN(Table.FillDown(t, {\"a\"}), 2)[a]", "{0, 1}"),
    ("Table.FindText", "Table.FirstN(Table.FindText(t, \"12\"), 1)[a]", "{12}"),
    ("Table.First", "Table.First(t)[a]", "0"),
    ("Table.FirstValue", "Table.FirstValue(t)", "0"),
    ("Table.FirstN", "Table.FirstN(t, each [a] < 2)[a]", "{0, 1}"),
    ("Table.FromColumns", "Table.FirstN(Table.FromColumns({n, n}), 2)[Column2]", "{0, 1}"),
    ("Table.FromList", "Table.FirstN(Table.FromList(n, each {_}, {\"a\"}), 2)[a]", "{0, 1}"),
    ("Table.FromRecords", "Table.FirstN(Table.FromRecords(List.Transform(n, each [a = _])), 2)[a]", "{0, 1}"),
    ("Table.FromRows", "Table.FirstN(Table.FromRows(List.Transform(n, each {_}), {\"a\"}), 2)[a]", "{0, 1}"),
    ("Table.FromPartitions", "Table.FirstN(Table.FromPartitions(\"p\", {{1, t}}), 2)[p]", "{1, 1}"),
    ("Table.InsertRows", "Table.FirstN(Table.InsertRows(t, 1, {[a = 7, b = \"x\"]}), 3)[a]", "{0, 7, 1}"),
    ("Table.IsEmpty", "Table.IsEmpty(t)", "false"),
    ("Table.Join", "Table.FirstN(Table.Join(t, \"a\", #table({\"k\"}, {{1}, {3}}), \"k\"), 2)[a]", "{1, 3}"),
    (
        "Table.NestedJoin",
        "Table.RowCount(Table.FirstN(Table.NestedJoin(t, \"a\", #table({\"k\"}, {{1}}), \"k\", \"j\"), 2){1}[j])",
        "1",
    ),
    (
        "Table.FuzzyJoin",
        "Table.FirstN(Table.FuzzyJoin(Table.TransformColumnTypes(t, {{\"b\", type text}}), \"b\", #table(type table [k = text], {{\"1\"}}), \"k\"), 1)[a]",
        "{1}",
    ),
    (
        "Table.FuzzyNestedJoin",
        "Table.RowCount(Table.FirstN(Table.FuzzyNestedJoin(Table.TransformColumnTypes(t, {{\"b\", type text}}), \"b\", #table(type table [k = text], {{\"1\"}}), \"k\", \"j\"), 2))",
        "2",
    ),
    (
        "Table.Group",
        "Table.FirstN(Table.Group(t, \"a\", {{\"c\", Table.RowCount}}, GroupKind.Local), 2)[c]",
        "{1, 1}",
    ),
    ("Table.Keys", "Table.Keys(t)", "{}"),
    ("Table.Schema", "Table.Schema(t)[Name]", "{\"a\", \"b\"}"),
    ("Table.PartitionKey", "Table.PartitionKey(t)", "null"),
    ("Table.PositionOf", "Table.PositionOf(t, [a = 3, b = \"3\"])", "3"),
    ("Table.Contains", "Table.Contains(t, [a = 3, b = \"3\"])", "true"),
    ("Table.MatchesAnyRows", "Table.MatchesAnyRows(t, each [a] > 3)", "true"),
    ("Table.MatchesAllRows", "Table.MatchesAllRows(t, each [a] < 3)", "false"),
    ("Table.PrefixColumns", "Table.FirstN(Table.PrefixColumns(t, \"x\"), 2)[x.a]", "{0, 1}"),
    ("Table.PromoteHeaders", "Table.FirstN(Table.PromoteHeaders(t), 2)[#\"0\"]", "{1, 2}"),
    ("Table.Range", "Table.FirstN(Table.Range(t, 3), 2)[a]", "{3, 4}"),
    (
        "Table.RemoveColumns",
        "Table.FirstN(Table.RemoveColumns(t, \"b\"), 1)",
        "#table(type table [a = any], {{0}})",
    ),
    ("Table.RemoveFirstN", "Table.FirstN(Table.RemoveFirstN(t, 3), 2)[a]", "{3, 4}"),
    ("Table.RemoveMatchingRows", "Table.FirstN(Table.RemoveMatchingRows(t, {[a = 0]}, \"a\"), 1)[a]", "{1}"),
    ("Table.RemoveRows", "Table.FirstN(Table.RemoveRows(t, 1, 2), 2)[a]", "{0, 3}"),
    ("Table.RemoveRowsWithErrors", "Table.FirstN(Table.RemoveRowsWithErrors(t), 2)[a]", "{0, 1}"),
    ("Table.RenameColumns", "Table.FirstN(Table.RenameColumns(t, {\"a\", \"c\"}), 2)[c]", "{0, 1}"),
    (
        "Table.ReorderColumns",
        "Table.ColumnNames(Table.FirstN(Table.ReorderColumns(t, {\"b\", \"a\"}), 2))",
        "{\"b\", \"a\"}",
    ),
    ("Table.Repeat", "Table.FirstN(Table.Repeat(t, 2), 2)[a]", "{0, 1}"),
    ("Table.ReplaceErrorValues", "Table.FirstN(Table.ReplaceErrorValues(t, {\"a\", 0}), 2)[a]", "{0, 1}"),
    ("Table.ReplaceKeys", "Table.FirstN(Table.ReplaceKeys(t, {}), 1)[a]", "{0}"),
    (
        "Table.ReplaceMatchingRows",
        "Table.FirstN(Table.ReplaceMatchingRows(t, {{[a = 0, b = \"0\"], [a = 9, b = \"x\"]}}), 2)[a]",
        "{9, 1}",
    ),
    ("Table.ReplacePartitionKey", "Table.FirstN(Table.ReplacePartitionKey(t, {\"a\"}), 1)[a]", "{0}"),
    ("Table.ReplaceRows", "Table.FirstN(Table.ReplaceRows(t, 0, 1, {[a = 7, b = \"x\"]}), 2)[a]", "{7, 1}"),
    (
        "Table.ReplaceValue",
        "Table.FirstN(Table.ReplaceValue(t, 1, 8, Replacer.ReplaceValue, {\"a\"}), 2)[a]",
        "{0, 8}",
    ),
    (
        "Table.SelectColumns",
        "Table.FirstN(Table.SelectColumns(t, \"a\"), 1)",
        "#table(type table [a = any], {{0}})",
    ),
    ("Table.SelectRows", "Table.FirstN(Table.SelectRows(t, each [a] > 4), 2)[a]", "{5, 6}"),
    ("Table.Skip", "Table.FirstN(Table.Skip(t, 2), 2)[a]", "{2, 3}"),
    ("Table.Split", "List.First(Table.Split(t, 2))[a]", "{0, 1}"),
    ("Table.SplitAt", "Table.SplitAt(t, 2){0}[a]", "{0, 1}"),
    (
        "Table.SplitColumn",
        "Table.FirstN(Table.SplitColumn(t, \"b\", Splitter.SplitTextByDelimiter(\"-\"), {\"c\"}), 2)[c]",
        "{\"0\", \"1\"}",
    ),
    ("Table.StopFolding", "Table.FirstN(Table.StopFolding(t), 1)[a]", "{0}"),
    ("Table.ToColumns", "List.FirstN(List.First(Table.ToColumns(t)), 2)", "{0, 1}"),
    ("Table.ToList", "List.FirstN(Table.ToList(t[[b]], each _{0}), 2)", "{\"0\", \"1\"}"),
    ("Table.ToRecords", "List.FirstN(Table.ToRecords(t), 1)", "{[a = 0, b = \"0\"]}"),
    ("Table.ToRows", "List.FirstN(Table.ToRows(t), 1)", "{{0, \"0\"}}"),
    ("Table.TransformColumnNames", "Table.FirstN(Table.TransformColumnNames(t, Text.Upper), 1)[A]", "{0}"),
    (
        "Table.TransformColumnTypes",
        "Table.FirstN(Table.TransformColumnTypes(t, {{\"b\", Int64.Type}}), 2)[b]",
        "{0, 1}",
    ),
    (
        "Table.TransformColumns",
        "Table.FirstN(Table.TransformColumns(t, {{\"a\", each _ * 2}}), 2)[a]",
        "{0, 2}",
    ),
    ("Table.TransformRows", "List.FirstN(Table.TransformRows(t, each [a]), 2)", "{0, 1}"),
    ("Table.Unpivot", "Table.FirstN(Table.Unpivot(t, {\"a\", \"b\"}, \"k\", \"v\"), 2)[v]", "{0, \"0\"}"),
    (
        "Table.UnpivotOtherColumns",
        "Table.FirstN(Table.UnpivotOtherColumns(t, {\"a\"}, \"k\", \"v\"), 1)[v]",
        "{\"0\"}",
    ),
    ("Table.View", "Table.FirstN(Table.View(t, []), 1)[a]", "{0}"),
    ("Table.HasColumns", "Table.HasColumns(t, \"a\")", "true"),
    ("Table.ColumnCount", "Table.ColumnCount(t)", "2"),
];

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
    let faults: Vec<String> = STREAMS
        .iter()
        .filter_map(|(name, text, wanted)| {
            let got = shown(&engine, &format!(
                "let n = {N}, t = Table.FromRecords(List.Transform(n, each [a = _, b = Text.From(_)]), {{\"a\", \"b\"}}) in {text}"
            ));
            (got != *wanted).then(|| format!("{name}: {text}\n  got {got}\n  expected {wanted}"))
        })
        .collect();
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), STREAMS.len(), faults.join("\n"));
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
        let known = STREAMS.iter().any(|(known, ..)| *known == name)
            || WHOLE.iter().any(|(names, _)| names.contains(&name));
        if takes && gives && !known {
            unknown.push(name);
        }
    }
    assert!(unknown.is_empty(), "say whether they stream: {unknown:?}");
}
