//! Errors in items, fields and cells stay where they are until something reads them.

use super::{engine, shown};

/// Expressions that do not need the item, field or cell that fails; `l` is `{1, error "item", 3}`, `r` a record with a
/// failing field `b`, `t` a table with failing cells in column `b`.
const UNREAD: &[(&str, &str)] = &[
    ("List.Count(l)", "3"),
    ("List.First(l)", "1"),
    ("List.Last(l)", "3"),
    ("List.FirstN(l, 1)", "{1}"),
    ("List.LastN(l, 1)", "{3}"),
    ("List.Skip(l, 2)", "{3}"),
    ("List.RemoveFirstN(l, 2)", "{3}"),
    ("List.RemoveLastN(l, 2)", "{1}"),
    ("List.Range(l, 2, 1)", "{3}"),
    ("List.RemoveRange(l, 1)", "{1, 3}"),
    ("List.ReplaceRange(l, 1, 1, {2})", "{1, 2, 3}"),
    ("List.InsertRange(l, 0, {0}){1}", "1"),
    ("List.Reverse(l){0}", "3"),
    ("List.Alternate(l, 1, 1, 1)", "{1, 3}"),
    ("List.Combine({l, l}){3}", "1"),
    ("List.Repeat(l, 2){3}", "1"),
    ("List.Zip({l, l}){2}", "{3, 3}"),
    ("List.Split(l, 2){1}", "{3}"),
    ("List.Positions(l)", "{0, 1, 2}"),
    ("List.IsEmpty(l)", "false"),
    ("List.Buffer(l){0}", "1"),
    ("List.Contains(l, 1)", "true"),
    ("List.PositionOf(l, 1)", "0"),
    ("List.AnyTrue({true, error \"x\"})", "true"),
    ("List.AllTrue({false, error \"x\"})", "false"),
    ("Record.FieldNames(r)", "{\"a\", \"b\"}"),
    ("Record.FieldCount(r)", "2"),
    ("Record.HasFields(r, \"b\")", "true"),
    ("Record.Field(r, \"a\")", "1"),
    ("Record.FieldOrDefault(r, \"a\")", "1"),
    ("Record.RemoveFields(r, \"b\")", "[a = 1]"),
    ("Record.SelectFields(r, \"a\")", "[a = 1]"),
    ("Record.AddField(r, \"c\", 3)[c]", "3"),
    ("Record.Combine({r, [c = 3]})[c]", "3"),
    ("Record.RenameFields(r, {\"a\", \"c\"})[c]", "1"),
    ("Record.ReorderFields(r, {\"b\"})[a]", "1"),
    ("Record.TransformFields(r, {\"b\", each 2})[a]", "1"),
    ("Record.ToList(r){0}", "1"),
    ("Record.FieldValues(r){0}", "1"),
    ("Record.ToTable(r)[Name]", "{\"a\", \"b\"}"),
    ("Table.RowCount(t)", "2"),
    ("Table.ColumnNames(t)", "{\"a\", \"b\"}"),
    ("t[a]", "{1, 2}"),
    ("Table.SelectColumns(t, \"a\")[a]", "{1, 2}"),
    ("Table.RemoveColumns(t, \"b\")[a]", "{1, 2}"),
    ("Table.RenameColumns(t, {\"a\", \"c\"})[c]", "{1, 2}"),
    ("Table.ReorderColumns(t, {\"b\", \"a\"})[a]", "{1, 2}"),
    ("Table.AddColumn(t, \"c\", each [b])[a]", "{1, 2}"),
    ("Table.AddIndexColumn(t, \"c\")[c]", "{0, 1}"),
    ("Table.DuplicateColumn(t, \"b\", \"c\")[a]", "{1, 2}"),
    ("Table.TransformColumns(t, {{\"b\", each _}})[a]", "{1, 2}"),
    ("Table.TransformColumnTypes(t, {{\"b\", type text}})[a]", "{1, 2}"),
    ("Table.ReplaceValue(t, 1, 2, Replacer.ReplaceValue, {\"b\"})[a]", "{1, 2}"),
    ("Table.ReplaceErrorValues(t, {\"b\", 0})[b]", "{0, 0}"),
    ("Table.Sort(t, {\"a\", Order.Descending})[a]", "{2, 1}"),
    ("Table.Distinct(t, \"a\")[a]", "{1, 2}"),
    ("Table.Group(t, \"a\", {{\"n\", Table.RowCount}})[n]", "{1, 1}"),
    ("Table.FirstN(t, 1)[a]", "{1}"),
    ("Table.LastN(t, 1)[a]", "{2}"),
    ("Table.Skip(t, 1)[a]", "{2}"),
    ("Table.Range(t, 1, 1)[a]", "{2}"),
    ("Table.ReverseRows(t)[a]", "{2, 1}"),
    ("Table.Combine({t, t})[a]", "{1, 2, 1, 2}"),
    ("Table.Repeat(t, 2)[a]", "{1, 2, 1, 2}"),
    ("Table.SelectRows(t, each [a] > 1)[a]", "{2}"),
    ("Table.Join(t, \"a\", #table({\"k\"}, {{2}}), \"k\")[a]", "{2}"),
    ("Table.NestedJoin(t, \"a\", #table({\"k\"}, {{2}}), \"k\", \"j\")[a]", "{1, 2}"),
    ("Table.ToRecords(t){0}[a]", "1"),
    ("Table.ToRows(t){0}{0}", "1"),
    ("Table.ToColumns(t){0}", "{1, 2}"),
    ("Table.Schema(t)[Name]", "{\"a\", \"b\"}"),
    ("Table.PrefixColumns(t, \"p\")[p.a]", "{1, 2}"),
    ("Table.DemoteHeaders(t)[Column1]", "{\"a\", 1, 2}"),
    ("Table.FillDown(t, {\"a\"})[a]", "{1, 2}"),
    ("Table.RowCount(Table.SelectRowsWithErrors(t))", "2"),
    ("Table.RowCount(Table.RemoveRowsWithErrors(t))", "0"),
    ("Table.UnpivotOtherColumns(t[[a]], {}, \"k\", \"v\")[v]", "{1, 2}"),
    ("Table.AddRankColumn(t, \"r\", \"a\")[r]", "{1, 2}"),
    ("Table.Split(t, 1){1}[a]", "{2}"),
    ("Table.FromRecords({r}, {\"a\", \"b\"})[a]", "{1}"),
    ("Table.FromRows({l}, {\"a\", \"b\", \"c\"})[c]", "{3}"),
    ("Table.FromColumns({l, {7, 8, 9}})[Column2]", "{7, 8, 9}"),
    ("Value.Type(l) = type list", "true"),
    ("Value.Is(r, type record)", "true"),
    ("l is list", "true"),
];

/// Expressions that read what fails, and must say so.
///
/// Arguments are evaluated before a call, also those that a function never looks at.
const READ: &[&str] = &[
    "List.Transform(l, each 1){1}",
    "List.Select(l, each true)",
    "List.Accumulate(l, 0, (state, item) => state + 1)",
    "List.Sum(l)",
    "List.Max(l)",
    "List.Average(l)",
    "List.Sort(l)",
    "List.Distinct(l)",
    "List.Contains(l, 3)",
    "List.PositionOf(l, 3)",
    "List.RemoveNulls(l)",
    "List.NonNullCount(l)",
    "List.Transform(l, each _ + 1){1}",
    "Record.Field(r, \"b\")",
    "Text.Combine({\"a\", error \"item\"})",
    "Table.Sort(t, \"b\"){0}[a]",
    "Table.SelectRows(t, each [b] > 1)",
    "Table.Group(t, \"b\", {})",
    "t{0}[b]",
    "List.Sum(t[b])",
    "Json.FromValue(l)",
    "Table.Max(t, \"b\")",
];

const VALUES: &str = "let l = {1, error \"item\", 3}, r = [a = 1, b = error \"field\"], \
                      t = #table({\"a\", \"b\"}, {{1, error \"cell\"}, {2, error \"cell\"}}) in ";

#[test]
fn errors_stay_where_they_are_until_they_are_read() {
    let engine = engine();
    let faults: Vec<String> = UNREAD
        .iter()
        .map(|(text, wanted)| (text, wanted, shown(&engine, &format!("{VALUES}{text}"))))
        .filter(|(_, wanted, got)| got != *wanted)
        .map(|(text, wanted, got)| format!("{text}\n  got {got}\n  expected {wanted}"))
        .collect();
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), UNREAD.len(), faults.join("\n"));
}

#[test]
fn errors_that_are_read_are_raised() {
    let engine = engine();
    let silent: Vec<String> = READ
        .iter()
        .map(|text| (text, shown(&engine, &format!("{VALUES}{text}"))))
        .filter(|(_, got)| {
            !["item", "field", "cell"].iter().any(|what| got == &format!("error: Expression.Error: {what}"))
        })
        .map(|(text, got)| format!("{text}: {got}"))
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
