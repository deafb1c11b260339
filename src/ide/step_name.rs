//! The names that the editor gives to the steps it writes.

use crate::syntax::{Node, NodeId, parse_expression};

/// The name Power Query's editor (the online one) gives to a step with this expression; the first step of a query is
/// its source. Not yet told apart from steps that are there: see [`unused_name`].
pub fn step_name(expression: &str, first: bool) -> String {
    if first {
        return "Source".to_owned();
    }
    let parsed = parse_expression(expression);
    let tree = &parsed.tree;
    let mut node = tree.root();
    while let Node::Paren(inner) = tree.node(node) {
        node = inner;
    }
    match tree.node(node) {
        Node::Call { callee, arguments } => {
            let callee = tree.name(callee, expression);
            let arguments = tree.list(arguments);
            call_name(&callee, arguments.len(), |at| {
                let argument: Option<&NodeId> = arguments.get(at);
                argument.map_or("", |argument| tree.span(*argument).of(expression))
            })
            .unwrap_or_else(|| "Custom".to_owned())
        }
        // Drilling down: by key the editor navigates, a field gives its name to the step.
        Node::Field { target, name, .. } => match target.map(|target| tree.node(target)) {
            Some(Node::Item { index, .. }) if matches!(tree.node(index), Node::Record(_)) => {
                "Navigation".to_owned()
            }
            _ => tree.name(name, expression).into_owned(),
        },
        Node::Item { .. } => "Navigation".to_owned(),
        _ => "Custom".to_owned(),
    }
}

fn call_name<'t>(callee: &str, count: usize, argument: impl Fn(usize) -> &'t str) -> Option<String> {
    let name = match callee {
        "Csv.Document" => "Imported CSV",
        "Excel.Workbook" => "Imported Excel workbook",
        "Json.Document" => "Imported JSON",
        "Xml.Tables" | "Xml.Document" => "Imported XML",
        "Parquet.Document" => "Imported Parquet",
        "Table.PromoteHeaders" => "Promoted headers",
        "Table.DemoteHeaders" => "Demoted headers",
        "Table.TransformColumnTypes" if count > 2 => "Changed column type with locale",
        "Table.TransformColumnTypes" => "Changed column type",
        "Table.SelectRows" => "Filtered rows",
        "Table.Distinct" => "Removed duplicates",
        "Table.RemoveColumns" => "Removed columns",
        "Table.SelectColumns" => "Choose columns",
        "Table.RenameColumns" => "Renamed columns",
        "Table.ReorderColumns" => "Reordered columns",
        "Table.DuplicateColumn" => "Duplicated column",
        "Table.AddColumn" if argument(2).trim_start().starts_with("each if ") => {
            "Inserted conditional column"
        }
        "Table.AddColumn" => "Added custom",
        "Table.AddIndexColumn" => "Added index",
        "Table.AddRankColumn" => "Added rank",
        "Table.ReplaceValue" => "Replaced value",
        "Table.ReplaceErrorValues" => "Replaced errors",
        "Table.SplitColumn" => split_name(argument(2)),
        "Table.TransformColumns" => return Some(transform_name(argument(1)).to_owned()),
        "Table.CombineColumns" => "Merged columns",
        "Table.Group" => "Grouped rows",
        "Table.FuzzyGroup" => "Grouped rows",
        "Table.NestedJoin" | "Table.FuzzyNestedJoin" | "Table.Join" => "Merged queries",
        "Table.Combine" => "Appended query",
        "Table.ExpandTableColumn" | "Table.ExpandRecordColumn" | "Table.ExpandListColumn" => {
            let column = argument(1).trim().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            return Some(
                column.map_or_else(|| "Expanded column".to_owned(), |column| format!("Expanded {column}")),
            );
        }
        "Table.AggregateTableColumn" => "Aggregated column",
        "Table.Sort" => "Sorted rows",
        "Table.FirstN" => "Kept top rows",
        "Table.LastN" => "Kept bottom rows",
        "Table.Range" => "Kept range of rows",
        "Table.Skip" => "Removed top rows",
        "Table.RemoveLastN" => "Removed bottom rows",
        "Table.AlternateRows" => "Removed alternate rows",
        "Table.ReverseRows" => "Reversed rows",
        "Table.RowCount" => "Counted rows",
        "Table.Transpose" => "Transposed table",
        "Table.FillDown" => "Filled down",
        "Table.FillUp" => "Filled up",
        "Table.Unpivot" => "Unpivoted only selected columns",
        "Table.UnpivotOtherColumns" => "Unpivoted columns",
        "Table.Pivot" => "Pivoted column",
        "Table.SelectRowsWithErrors" => "Kept errors",
        "Table.RemoveRowsWithErrors" => "Removed errors",
        "Table.FromRecords" | "Table.FromList" | "Table.FromRows" | "Table.FromColumns"
        | "Record.ToTable" => "Converted to table",
        "Table.Buffer" => "Buffered table",
        "List.Sum" => "Calculated sum",
        "List.Average" => "Calculated average",
        "List.Min" => "Calculated minimum",
        "List.Max" => "Calculated maximum",
        "List.Median" => "Calculated median",
        "List.StandardDeviation" => "Calculated standard deviation",
        "List.Distinct" => "Removed duplicates",
        "List.Sort" => "Sorted items",
        "List.FirstN" => "Kept top items",
        "List.Select" => "Filtered items",
        _ => return None,
    };
    Some(name.to_owned())
}

fn split_name(splitter: &str) -> &'static str {
    if splitter.contains("Delimiter") {
        "Split column by delimiter"
    } else if splitter.contains("Positions") {
        "Split column by positions"
    } else if splitter.contains("Lengths") {
        "Split column by number of characters"
    } else if splitter.contains("Transition") {
        "Split column by character transition"
    } else {
        "Split column"
    }
}

fn transform_name(operations: &str) -> &'static str {
    const NAMES: &[(&str, &str)] = &[
        ("Text.Trim", "Trimmed text"),
        ("Text.Clean", "Cleaned text"),
        ("Text.Lower", "Lowercased text"),
        ("Text.Upper", "Uppercased text"),
        ("Text.Proper", "Capitalized each word"),
        ("Text.Length", "Calculated text length"),
        ("Text.BeforeDelimiter", "Extracted text before delimiter"),
        ("Text.AfterDelimiter", "Extracted text after delimiter"),
        ("Text.BetweenDelimiters", "Extracted text between delimiters"),
        ("Text.Start", "Extracted first characters"),
        ("Text.End", "Extracted last characters"),
        ("Text.Middle", "Extracted text range"),
        ("Text.Combine", "Extracted values"),
        ("Number.RoundUp", "Rounded up"),
        ("Number.RoundDown", "Rounded down"),
        ("Number.Round", "Rounded off"),
        ("Number.Abs", "Calculated absolute value"),
        ("Date.Year", "Extracted year"),
        ("Date.Month", "Extracted month"),
        ("Date.Day", "Extracted day"),
        ("DateTime.Date", "Extracted date"),
        ("Json.Document", "Parsed JSON"),
    ];
    let found = NAMES.iter().find(|(function, _)| {
        operations.match_indices(function).any(|(at, found)| {
            // The whole name, not the beginning of a longer one.
            let next = operations.get(at + found.len()..).and_then(|rest| rest.chars().next());
            !next.is_some_and(char::is_alphanumeric)
        })
    });
    found.map_or("Transformed columns", |(_, name)| name)
}

/// The name itself, or the first with a number after it that is not taken: `Filtered rows 1`.
pub fn unused_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    (1u64..)
        .map(|number| format!("{name} {number}"))
        .find(|name| !taken(name))
        .unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_called_as_the_editor_calls_them() {
        for (expression, name) in [
            ("Table.SelectRows(Source, each [A] > 1)", "Filtered rows"),
            ("Table.TransformColumnTypes(S, {{\"A\", type date}})", "Changed column type"),
            (
                "Table.TransformColumnTypes(S, {{\"A\", type date}}, \"en-GB\")",
                "Changed column type with locale",
            ),
            ("Table.TransformColumns(S, {{\"A\", each Text.Trim(_), type nullable text}})", "Trimmed text"),
            ("Table.TransformColumns(S, {{\"A\", each Text.EndsWith(_, \"x\")}})", "Transformed columns"),
            ("Table.AddColumn(S, \"B\", each if [A] = 1 then 2 else 3)", "Inserted conditional column"),
            ("Table.AddColumn(S, \"B\", each [A] * 2)", "Added custom"),
            (
                "Table.SplitColumn(S, \"A\", Splitter.SplitTextByDelimiter(\",\"), {\"A.1\"})",
                "Split column by delimiter",
            ),
            ("Table.ExpandTableColumn(S, \"Groups\", {\"Name\"})", "Expanded Groups"),
            ("Source{[Schema = \"dbo\", Item = \"Sales\"]}[Data]", "Navigation"),
            ("Source[Amount]", "Amount"),
            ("1 + 2", "Custom"),
        ] {
            assert_eq!(step_name(expression, false), name, "{expression}");
        }
        assert_eq!(step_name("Table.Sort(x, \"a\")", true), "Source");
    }

    #[test]
    fn repeated_names_are_numbered() {
        let taken = ["Filtered rows", "Filtered rows 1"];
        assert_eq!(unused_name("Filtered rows", |name| taken.contains(&name)), "Filtered rows 2");
        assert_eq!(unused_name("Source", |name| taken.contains(&name)), "Source");
    }
}
