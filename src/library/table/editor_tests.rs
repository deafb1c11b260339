//! The text that the Power Query editor writes for its commands on columns and rows.

use crate::Engine;
use crate::value::literal_text;

/// The steps of a query as the editor writes them, with the last step's name.
const STEPS: &[(&str, &str)] = &[
    (
        "Source",
        r#"#table({"Column1", "Column2", "Column3", "Column4"}, {{"Id", "When", "Code", "Amt"}, {"1", "31/12/2024", " PA,x ", "100"}, {"2", "01/02/2025", "pb N.P.,y", null}, {"3", "x", null, "50"}, {null, null, "", null}})"#,
    ),
    ("Promoted headers", "Table.PromoteHeaders(Prev, [PromoteAllScalars = true])"),
    (
        "Changed column type",
        r#"Table.TransformColumnTypes(Prev, {{"Id", Int64.Type}, {"Amt", type number}})"#,
    ),
    (
        "Changed column type with locale",
        r#"Table.TransformColumnTypes(Prev, {{"When", type date}}, "en-GB")"#,
    ),
    ("Replaced errors", r#"Table.ReplaceErrorValues(Prev, {{"When", #date(2000, 1, 1)}})"#),
    (
        "Removed blank rows",
        r#"Table.SelectRows(Prev, each not List.IsEmpty(List.RemoveMatchingItems(Record.FieldValues(_), {"", null})))"#,
    ),
    ("Duplicated column", r#"Table.DuplicateColumn(Prev, "Code", "Code - Copy")"#),
    ("Replaced value", r#"Table.ReplaceValue(Prev, null, 0, Replacer.ReplaceValue, {"Amt"})"#),
    (
        "Inserted conditional column",
        r#"Table.AddColumn(Prev, "Band", each if [Amt] >= 100 then "A" else if [Amt] >= 50 then "B" else null)"#,
    ),
    ("Added custom", r#"Table.AddColumn(Prev, "Margin", each [Amt] - [Id])"#),
    (
        "Added custom 1",
        r#"Table.TransformColumnTypes(Table.AddColumn(Prev, "Season", each "1995"), {{"Season", type text}})"#,
    ),
    ("Filtered rows", r#"Table.SelectRows(Prev, each [Code] <> null and [Code] <> "")"#),
    ("Replaced value 1", r#"Table.ReplaceValue(Prev, "N.P.", "NP", Replacer.ReplaceText, {"Code"})"#),
    (
        "Split column by delimiter",
        r#"Table.SplitColumn(Prev, "Code", Splitter.SplitTextByDelimiter(","), {"Code.1", "Code.2"})"#,
    ),
    (
        "Split column by delimiter 1",
        r#"Table.ExpandListColumn(Table.TransformColumns(Prev, {{"Code - Copy", Splitter.SplitTextByDelimiter(",", QuoteStyle.Csv), let itemType = (type nullable text) meta [Serialized.Text = true] in type {itemType}}}), "Code - Copy")"#,
    ),
    (
        "Inserted text before delimiter",
        r#"Table.AddColumn(Prev, "Text before delimiter", each Text.BeforeDelimiter([Code.1], " "), type text)"#,
    ),
    (
        "Extracted first characters",
        r#"Table.TransformColumns(Prev, {{"Season", each Text.Start(_, 3), type text}})"#,
    ),
    ("Trimmed text", r#"Table.TransformColumns(Prev, {{"Code.1", each Text.Trim(_), type nullable text}})"#),
    (
        "Inserted merged column",
        r#"Table.AddColumn(Prev, "Both", each Text.Combine({[Code.1], [Season]}, "/"), type text)"#,
    ),
    (
        "Merged columns",
        r#"Table.CombineColumns(Prev, {"Code.1", "Code.2"}, Combiner.CombineTextByDelimiter(" ", QuoteStyle.None), "Merged")"#,
    ),
    ("Renamed columns", r#"Table.RenameColumns(Prev, {{"Amt", "Quantity"}})"#),
    ("Removed columns", r#"Table.RemoveColumns(Prev, {"Margin", "Text before delimiter"})"#),
    (
        "Choose columns",
        r#"Table.SelectColumns(Prev, {"Id", "When", "Merged", "Both", "Band", "Quantity", "Code - Copy"})"#,
    ),
    (
        "Reordered columns",
        r#"Table.ReorderColumns(Prev, {"When", "Id", "Merged", "Both", "Band", "Quantity", "Code - Copy"})"#,
    ),
    ("Added index", r#"Table.AddIndexColumn(Prev, "Index", 0, 1, Int64.Type)"#),
    ("Filled down", r#"Table.FillDown(Prev, {"Band"})"#),
    ("Kept top rows", "Table.FirstN(Prev, 10)"),
    ("Removed top rows", "Table.Skip(Prev, 1)"),
];

#[test]
fn a_query_of_editor_commands_gives_what_the_editor_shows() {
    let mut text = String::from("let ");
    let mut previous = String::new();
    for (at, (name, step)) in STEPS.iter().enumerate() {
        let name = format!("#\"{name}\"");
        let step = step.replace("(Prev", &format!("({previous}"));
        text.push_str(if at > 0 { ", " } else { "" });
        text.push_str(&format!("{name} = {step}"));
        previous = name;
    }
    text.push_str(&format!(" in {previous}"));
    let query = Engine::new().compile("test", &text).unwrap();
    let ctx = query.start();
    let result = literal_text(&ctx, &query.evaluate(&ctx).unwrap()).unwrap();
    let expected = "#table(type table [When = nullable date, Id = nullable number, Merged = text, Both = text, \
        Band = any, Quantity = nullable number, #\"Code - Copy\" = nullable text, Index = Int64.Type], {\
        {#date(2024, 12, 31), 1, \"PA x \", \"PA/199\", \"A\", 100, \"x \", 1}, \
        {#date(2025, 2, 1), 2, \"pb NP y\", \"pb NP/199\", \"A\", 0, \"pb N.P.\", 2}, \
        {#date(2025, 2, 1), 2, \"pb NP y\", \"pb NP/199\", \"A\", 0, \"y\", 3}})";
    assert_eq!(result, expected);
}
