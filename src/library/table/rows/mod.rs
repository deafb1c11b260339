//! Table functions about rows: choosing, counting, replacing, adding them; making tables and taking them apart.

mod apart;
mod make;
mod match_rows;
mod pick;

use crate::library::{Declaration, example, native};

pub(in crate::library::table) use make::from_items;

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Table.FromRows",
        "(rows as list, optional columns as any) as table",
        "A table of rows that are lists of cells. Columns: a list of names, a table type, or a number of columns.",
        &[
            example(
                "Table.FromRows({{1, \"x\"}, {2, \"y\"}}, {\"a\", \"b\"})",
                "#table({\"a\", \"b\"}, {{1, \"x\"}, {2, \"y\"}})",
            ),
            example("Table.ColumnNames(Table.FromRows({{1, 2}}))", "{\"Column1\", \"Column2\"}"),
        ],
        make::from_rows,
    ),
    native(
        "Table.FromRecords",
        "(records as list, optional columns as any, optional missingField as nullable number) as table",
        "A table with a row for each record. Columns default to the fields of the first record; a field that is missing is an error unless MissingField.UseNull is given.",
        &[
            example(
                "Table.FromRecords({[a = 1, b = \"x\"], [a = 2, b = \"y\"]})",
                "#table({\"a\", \"b\"}, {{1, \"x\"}, {2, \"y\"}})",
            ),
            example(
                "Table.FromRecords({[a = 1], [b = 2]}, {\"a\", \"b\"}, MissingField.UseNull)",
                "#table({\"a\", \"b\"}, {{1, null}, {null, 2}})",
            ),
        ],
        make::from_records,
    ),
    native(
        "Table.FromColumns",
        "(lists as list, optional columns as any) as table",
        "A table with a column for each list; short lists end in null.",
        &[example(
            "Table.FromColumns({{1, 2}, {\"x\"}}, {\"a\", \"b\"})",
            "#table({\"a\", \"b\"}, {{1, \"x\"}, {2, null}})",
        )],
        make::from_columns,
    ),
    native(
        "Table.FromList",
        "(list as list, optional splitter as nullable function, optional columns as any, optional default as any, optional extraValues as nullable number) as table",
        "A table with a row for each item, which a splitter makes cells of; without a splitter texts are split at commas.",
        &[
            example(
                "Table.FromList({1, 2}, each {_, _ * 10}, {\"a\", \"b\"})",
                "#table({\"a\", \"b\"}, {{1, 10}, {2, 20}})",
            ),
            example(
                "Table.FromList({{1, 2, 3}}, each _, {\"a\", \"b\"}, null, ExtraValues.List)",
                "#table({\"a\", \"b\"}, {{1, {2, 3}}})",
            ),
        ],
        make::from_list,
    ),
    native(
        "Table.FromPartitions",
        "(partitionColumn as text, partitions as list, optional partitionColumnType as nullable type) as table",
        "Puts tables together, with a column that says from which partition a row comes. Each partition is a list of that value and a table.",
        &[example(
            "Table.FromPartitions(\"b\", {{\"x\", #table({\"a\"}, {{1}})}, {\"y\", #table({\"a\"}, {{2}})}})",
            "#table({\"a\", \"b\"}, {{1, \"x\"}, {2, \"y\"}})",
        )],
        make::from_partitions,
    ),
    native(
        "Table.ToRows",
        "(table as table) as list",
        "The rows as lists of cells.",
        &[example("Table.ToRows(#table({\"a\", \"b\"}, {{1, 2}, {3, 4}}))", "{{1, 2}, {3, 4}}")],
        apart::to_rows,
    ),
    native(
        "Table.ToRecords",
        "(table as table) as list",
        "The rows as records.",
        &[example("Table.ToRecords(#table({\"a\", \"b\"}, {{1, 2}}))", "{[a = 1, b = 2]}")],
        apart::to_records,
    ),
    native(
        "Table.ToColumns",
        "(table as table) as list",
        "The columns as lists of cells.",
        &[example("Table.ToColumns(#table({\"a\", \"b\"}, {{1, 2}, {3, 4}}))", "{{1, 3}, {2, 4}}")],
        apart::to_columns,
    ),
    native(
        "Table.ToList",
        "(table as table, optional combiner as nullable function) as list",
        "What a combiner makes of the cells of each row; without one, texts joined by commas.",
        &[example("Table.ToList(#table({\"a\", \"b\"}, {{1, 2}, {3, 4}}), each _{0} + _{1})", "{3, 7}")],
        apart::to_list,
    ),
    native(
        "Table.TransformRows",
        "(table as table, transform as function) as list",
        "What a function gives for each row, as a list.",
        &[example(
            "Table.TransformRows(#table({\"a\", \"b\"}, {{1, 2}, {3, 4}}), each [a] * [b])",
            "{2, 12}",
        )],
        apart::transform_rows,
    ),
    native(
        "Table.RowCount",
        "(table as table) as number",
        "The number of rows. Evaluates no cell.",
        &[example("Table.RowCount(#table({\"a\"}, {{error \"unread\"}, {2}}))", "2")],
        apart::row_count,
    ),
    native(
        "Table.ApproximateRowCount",
        "(table as table) as number",
        "The number of rows, or an estimate where a source offers one.",
        &[example("Table.ApproximateRowCount(#table({\"a\"}, {{1}, {2}}))", "2")],
        apart::row_count,
    ),
    native(
        "Table.IsEmpty",
        "(table as table) as logical",
        "Whether there is no row. Reads no more than one.",
        &[
            example("Table.IsEmpty(#table({\"a\"}, {}))", "true"),
            example("Table.IsEmpty(#table({\"a\"}, {{error \"unread\"}}))", "false"),
        ],
        apart::is_empty,
    ),
    native(
        "Table.Buffer",
        "(table as table, optional options as nullable record) as table",
        "The table read into memory: later readings do not evaluate it again. Cells that fail are kept as such.",
        &[
            example("Table.RowCount(Table.Buffer(#table({\"a\"}, {{1}, {error \"kept\"}})))", "2"),
            example(
                "Table.Buffer(#table({\"a\"}, {{1}}), [BufferMode = BufferMode.Delayed])",
                "#table({\"a\"}, {{1}})",
            ),
        ],
        apart::buffer,
    ),
    native(
        "Table.StopFolding",
        "(table as table) as table",
        "The same table; later steps are not handed to its source.",
        &[example("Table.StopFolding(#table({\"a\"}, {{1}}))", "#table({\"a\"}, {{1}})")],
        apart::unchanged,
    ),
    native(
        "Table.WithErrorContext",
        "(value as any, context as text) as any",
        "The value. Made for the engine itself.",
        &[example("Table.WithErrorContext(1, \"while loading\")", "1")],
        apart::unchanged,
    ),
    native(
        "Table.ConformToPageReader",
        "(table as table, shapingFunction as function) as table",
        "What the shaping function makes of the table. Made for the engine itself.",
        &[example("Table.ConformToPageReader(#table({\"a\"}, {{1}}), each _)", "#table({\"a\"}, {{1}})")],
        apart::conform_to_page_reader,
    ),
    native(
        "Table.SelectRows",
        "(table as table, condition as function) as table",
        "The rows for which the condition is true. An answer of null is no match.",
        &[
            example(
                "Table.SelectRows(#table({\"a\", \"b\"}, {{1, \"x\"}, {2, \"y\"}}), each [a] > 1)",
                "#table({\"a\", \"b\"}, {{2, \"y\"}})",
            ),
            example("Table.RowCount(Table.SelectRows(#table({\"a\"}, {{null}, {1}}), each [a] > 0))", "1"),
        ],
        pick::select_rows,
    ),
    native(
        "Table.FirstN",
        "(table as table, countOrCondition as any) as table",
        "The first rows: a number of them, or those up to the first that fails a condition.",
        &[
            example("Table.FirstN(#table({\"a\"}, {{1}, {2}, {3}}), 2)", "#table({\"a\"}, {{1}, {2}})"),
            example("Table.FirstN(#table({\"a\"}, {{1}, {5}, {1}}), each [a] < 3)", "#table({\"a\"}, {{1}})"),
        ],
        pick::first_n,
    ),
    native(
        "Table.Skip",
        "(table as table, optional countOrCondition as any) as table",
        "The rows after the first: after a number of them, one if nothing is said, or from the first that fails a condition.",
        &[
            example("Table.Skip(#table({\"a\"}, {{1}, {2}, {3}}), 2)", "#table({\"a\"}, {{3}})"),
            example(
                "Table.Skip(#table({\"a\"}, {{1}, {5}, {1}}), each [a] < 3)",
                "#table({\"a\"}, {{5}, {1}})",
            ),
        ],
        pick::skip,
    ),
    native(
        "Table.RemoveFirstN",
        "(table as table, optional countOrCondition as any) as table",
        "The rows after the first: after a number of them, one if nothing is said, or from the first that fails a condition.",
        &[example("Table.RemoveFirstN(#table({\"a\"}, {{1}, {2}}))", "#table({\"a\"}, {{2}})")],
        pick::skip,
    ),
    native(
        "Table.LastN",
        "(table as table, countOrCondition as any) as table",
        "The last rows: a number of them, or those from the end back that pass a condition.",
        &[
            example("Table.LastN(#table({\"a\"}, {{1}, {2}, {3}}), 2)", "#table({\"a\"}, {{2}, {3}})"),
            example("Table.LastN(#table({\"a\"}, {{5}, {1}, {5}}), each [a] > 3)", "#table({\"a\"}, {{5}})"),
        ],
        pick::last_n,
    ),
    native(
        "Table.RemoveLastN",
        "(table as table, optional countOrCondition as any) as table",
        "The rows before the last: all but a number of them, one if nothing is said, or but those from the end back that pass a condition.",
        &[
            example("Table.RemoveLastN(#table({\"a\"}, {{1}, {2}, {3}}), 2)", "#table({\"a\"}, {{1}})"),
            example(
                "Table.RemoveLastN(#table({\"a\"}, {{5}, {1}, {5}}), each [a] > 3)",
                "#table({\"a\"}, {{5}, {1}})",
            ),
        ],
        pick::remove_last_n,
    ),
    native(
        "Table.Range",
        "(table as table, offset as number, optional count as nullable number) as table",
        "The rows from a position on, which counts from 0; all, or a number of them.",
        &[example("Table.Range(#table({\"a\"}, {{1}, {2}, {3}}), 1, 1)", "#table({\"a\"}, {{2}})")],
        pick::range,
    ),
    native(
        "Table.RemoveRows",
        "(table as table, offset as number, optional count as nullable number) as table",
        "The table without a number of rows from a position on, one if nothing is said.",
        &[example("Table.RemoveRows(#table({\"a\"}, {{1}, {2}, {3}}), 1)", "#table({\"a\"}, {{1}, {3}})")],
        pick::remove_rows,
    ),
    native(
        "Table.InsertRows",
        "(table as table, offset as number, rows as list) as table",
        "The table with records put in as rows before the row at a position.",
        &[example(
            "Table.InsertRows(#table({\"a\"}, {{1}, {2}}), 1, {[a = 9]})",
            "#table({\"a\"}, {{1}, {9}, {2}})",
        )],
        pick::insert_rows,
    ),
    native(
        "Table.ReplaceRows",
        "(table as table, offset as number, count as number, rows as list) as table",
        "The table with a number of rows from a position on replaced by records.",
        &[example(
            "Table.ReplaceRows(#table({\"a\"}, {{1}, {2}, {3}}), 1, 1, {[a = 8], [a = 9]})",
            "#table({\"a\"}, {{1}, {8}, {9}, {3}})",
        )],
        pick::replace_rows,
    ),
    native(
        "Table.AlternateRows",
        "(table as table, offset as number, skip as number, take as number) as table",
        "Keeps the rows before a position; from there on leaves out and keeps rows by turns.",
        &[example(
            "Table.AlternateRows(#table({\"a\"}, {{1}, {2}, {3}, {4}, {5}}), 1, 1, 1)",
            "#table({\"a\"}, {{1}, {3}, {5}})",
        )],
        pick::alternate_rows,
    ),
    native(
        "Table.Repeat",
        "(table as table, count as number) as table",
        "The rows of the table over and over.",
        &[example("Table.Repeat(#table({\"a\"}, {{1}, {2}}), 2)", "#table({\"a\"}, {{1}, {2}, {1}, {2}})")],
        pick::repeat,
    ),
    native(
        "Table.ReverseRows",
        "(table as table) as table",
        "The rows from the last to the first.",
        &[example("Table.ReverseRows(#table({\"a\"}, {{1}, {2}}))", "#table({\"a\"}, {{2}, {1}})")],
        pick::reverse_rows,
    ),
    native(
        "Table.SelectRowsWithErrors",
        "(table as table, optional columns as nullable list) as table",
        "The rows with a cell that fails, in any column or in those named.",
        &[example("Table.RowCount(Table.SelectRowsWithErrors(#table({\"a\"}, {{1}, {error \"x\"}})))", "1")],
        pick::select_rows_with_errors,
    ),
    native(
        "Table.RemoveRowsWithErrors",
        "(table as table, optional columns as nullable list) as table",
        "The rows without a cell that fails, in any column or in those named.",
        &[example(
            "Table.RemoveRowsWithErrors(#table({\"a\"}, {{1}, {error \"x\"}}))",
            "#table({\"a\"}, {{1}})",
        )],
        pick::remove_rows_with_errors,
    ),
    native(
        "Table.First",
        "(table as table, optional default as any) as any",
        "The first row as a record, or the default if there is none.",
        &[
            example("Table.First(#table({\"a\"}, {{1}, {2}}))", "[a = 1]"),
            example("Table.First(#table({\"a\"}, {}), \"none\")", "\"none\""),
        ],
        pick::first,
    ),
    native(
        "Table.FirstValue",
        "(table as table, optional default as any) as any",
        "The cell in the first column of the first row, or the default if there is no row.",
        &[example("Table.FirstValue(#table({\"a\", \"b\"}, {{1, 2}, {3, 4}}))", "1")],
        pick::first_value,
    ),
    native(
        "Table.Last",
        "(table as table, optional default as any) as any",
        "The last row as a record, or the default if there is none.",
        &[example("Table.Last(#table({\"a\"}, {{1}, {2}}))", "[a = 2]")],
        pick::last,
    ),
    native(
        "Table.SingleRow",
        "(table as table) as record",
        "The only row as a record. Fails if there is none or more than one.",
        &[
            example("Table.SingleRow(#table({\"a\"}, {{1}}))", "[a = 1]"),
            example(
                "Table.SingleRow(#table({\"a\"}, {{1}, {2}}))",
                "error: Expression.Error: There were too many elements in the enumeration to complete the operation.",
            ),
        ],
        pick::single_row,
    ),
    native(
        "Table.MatchesAllRows",
        "(table as table, condition as function) as logical",
        "Whether the condition is true for each row.",
        &[example("Table.MatchesAllRows(#table({\"a\"}, {{2}, {4}}), each [a] > 1)", "true")],
        pick::matches_all_rows,
    ),
    native(
        "Table.MatchesAnyRows",
        "(table as table, condition as function) as logical",
        "Whether the condition is true for a row.",
        &[example("Table.MatchesAnyRows(#table({\"a\"}, {{2}, {4}}), each [a] > 4)", "false")],
        pick::matches_any_rows,
    ),
    native(
        "Table.FindText",
        "(table as table, text as text) as table",
        "The rows with a text that contains the given one.",
        &[example(
            "Table.FindText(#table({\"a\", \"b\"}, {{1, \"test\"}, {2, \"other\"}}), \"es\")",
            "#table({\"a\", \"b\"}, {{1, \"test\"}})",
        )],
        pick::find_text,
    ),
    native(
        "Table.Contains",
        "(table as table, row as record, optional equationCriteria as any) as logical",
        "Whether a row equals the given one in its fields, or as the criteria say.",
        &[
            example("Table.Contains(#table({\"a\", \"b\"}, {{1, \"x\"}}), [b = \"x\"])", "true"),
            example(
                "Table.Contains(#table({\"a\", \"b\"}, {{1, \"x\"}}), [a = 1, b = \"y\"], \"a\")",
                "true",
            ),
        ],
        match_rows::contains,
    ),
    native(
        "Table.ContainsAll",
        "(table as table, rows as list, optional equationCriteria as any) as logical",
        "Whether each of the given rows is there.",
        &[example("Table.ContainsAll(#table({\"a\"}, {{1}, {2}}), {[a = 2], [a = 3]})", "false")],
        match_rows::contains_all,
    ),
    native(
        "Table.ContainsAny",
        "(table as table, rows as list, optional equationCriteria as any) as logical",
        "Whether one of the given rows is there.",
        &[example("Table.ContainsAny(#table({\"a\"}, {{1}, {2}}), {[a = 2], [a = 3]})", "true")],
        match_rows::contains_any,
    ),
    native(
        "Table.PositionOf",
        "(table as table, row as record, optional occurrence as any, optional equationCriteria as any) as any",
        "The position of the given row from 0, or -1: its first, its last, or a list of all, as Occurrence says.",
        &[
            example("Table.PositionOf(#table({\"a\"}, {{1}, {2}, {1}}), [a = 1], Occurrence.Last)", "2"),
            example("Table.PositionOf(#table({\"a\"}, {{1}}), [a = 9])", "-1"),
        ],
        match_rows::position_of,
    ),
    native(
        "Table.PositionOfAny",
        "(table as table, rows as list, optional occurrence as nullable number, optional equationCriteria as any) as any",
        "The position of one of the given rows from 0, or -1: the first, the last, or a list of all, as Occurrence says.",
        &[example(
            "Table.PositionOfAny(#table({\"a\"}, {{1}, {2}, {1}}), {[a = 2], [a = 1]}, Occurrence.All)",
            "{0, 1, 2}",
        )],
        match_rows::position_of_any,
    ),
    native(
        "Table.RemoveMatchingRows",
        "(table as table, rows as list, optional equationCriteria as any) as table",
        "The table without the rows that equal one of the given rows.",
        &[example(
            "Table.RemoveMatchingRows(#table({\"a\"}, {{1}, {2}, {1}}), {[a = 1]})",
            "#table({\"a\"}, {{2}})",
        )],
        match_rows::remove_matching_rows,
    ),
    native(
        "Table.ReplaceMatchingRows",
        "(table as table, replacements as list, optional equationCriteria as any) as table",
        "The table with rows replaced: each replacement is a list of an old and a new row.",
        &[example(
            "Table.ReplaceMatchingRows(#table({\"a\"}, {{1}, {2}, {1}}), {{[a = 1], [a = 9]}})",
            "#table({\"a\"}, {{9}, {2}, {9}})",
        )],
        match_rows::replace_matching_rows,
    ),
];
