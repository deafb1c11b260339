//! Table functions about columns: choosing, adding, changing, naming them.

mod add;
mod changes;
mod choose;
mod names;
mod replace;
pub(in crate::library) mod schema;
mod split;
mod transform;
mod whole;

use crate::library::{Declaration, example, native};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Table.ColumnNames",
        "(table as table) as list",
        "The names of the columns, in order.",
        &[example("Table.ColumnNames(#table({\"a\", \"b\"}, {}))", "{\"a\", \"b\"}")],
        choose::column_names,
    ),
    native(
        "Table.ColumnCount",
        "(table as table) as number",
        "The number of columns.",
        &[example("Table.ColumnCount(#table({\"a\", \"b\"}, {}))", "2")],
        choose::column_count,
    ),
    native(
        "Table.HasColumns",
        "(table as table, columns as any) as logical",
        "Whether the table has a column, or each of a list of columns.",
        &[
            example("Table.HasColumns(#table({\"a\", \"b\"}, {}), \"a\")", "true"),
            example("Table.HasColumns(#table({\"a\", \"b\"}, {}), {\"a\", \"c\"})", "false"),
        ],
        choose::has_columns,
    ),
    native(
        "Table.Column",
        "(table as table, column as text) as list",
        "The cells of a column as a list. Reads no other column.",
        &[
            example("Table.Column(#table({\"a\", \"b\"}, {{1, error \"unread\"}, {2, 3}}), \"a\")", "{1, 2}"),
            example(
                "Table.Column(#table({\"a\"}, {}), \"z\")",
                "error: Expression.Error: The column 'z' of the table wasn't found.",
            ),
        ],
        choose::column,
    ),
    native(
        "Table.ColumnsOfType",
        "(table as table, listOfTypes as list) as list",
        "The names of the columns whose type is one of those given.",
        &[example(
            "Table.ColumnsOfType(#table(type table [a = text, b = number, c = nullable text], {}), {type text})",
            "{\"a\"}",
        )],
        choose::columns_of_type,
    ),
    native(
        "Table.SelectColumns",
        "(table as table, columns as any, optional missingField as nullable number) as table",
        "Only these columns, in this order.",
        &[
            example(
                "Table.SelectColumns(#table({\"a\", \"b\", \"c\"}, {{1, 2, 3}}), {\"c\", \"a\"})",
                "#table({\"c\", \"a\"}, {{3, 1}})",
            ),
            example(
                "Table.SelectColumns(#table({\"a\"}, {{1}}), {\"a\", \"z\"}, MissingField.UseNull)",
                "#table({\"a\", \"z\"}, {{1, null}})",
            ),
        ],
        choose::select_columns,
    ),
    native(
        "Table.RemoveColumns",
        "(table as table, columns as any, optional missingField as nullable number) as table",
        "The table without a column or a list of columns.",
        &[
            example(
                "Table.RemoveColumns(#table({\"a\", \"b\"}, {{1, error \"unread\"}}), {\"b\"})",
                "#table({\"a\"}, {{1}})",
            ),
            example(
                "Table.RemoveColumns(#table({\"a\"}, {{1}}), \"z\", MissingField.Ignore)",
                "#table({\"a\"}, {{1}})",
            ),
        ],
        choose::remove_columns,
    ),
    native(
        "Table.ReorderColumns",
        "(table as table, columnOrder as list, optional missingField as nullable number) as table",
        "The columns that are named, in that order, in the places those columns have; other columns stay where they are.",
        &[example(
            "Table.ReorderColumns(#table({\"a\", \"b\", \"c\"}, {{1, 2, 3}}), {\"c\", \"a\"})",
            "#table({\"c\", \"b\", \"a\"}, {{3, 2, 1}})",
        )],
        choose::reorder_columns,
    ),
    native(
        "Table.DuplicateColumn",
        "(table as table, columnName as text, newColumnName as text, optional columnType as nullable type) as table",
        "Adds a copy of a column at the end.",
        &[example(
            "Table.DuplicateColumn(#table({\"a\", \"b\"}, {{1, 2}}), \"a\", \"a - Copy\")",
            "#table({\"a\", \"b\", \"a - Copy\"}, {{1, 2, 1}})",
        )],
        choose::duplicate_column,
    ),
    native(
        "Table.RenameColumns",
        "(table as table, renames as list, optional missingField as nullable number) as table",
        "Gives columns other names: one pair of an old and a new name, or a list of such pairs.",
        &[
            example(
                "Table.RenameColumns(#table({\"Qty\", \"Id\"}, {{1, 2}}), {{\"Qty\", \"Quantity\"}})",
                "#table({\"Quantity\", \"Id\"}, {{1, 2}})",
            ),
            example(
                "Table.RenameColumns(#table({\"a\"}, {}), {\"z\", \"y\"})",
                "error: Expression.Error: The column 'z' of the table wasn't found.",
            ),
        ],
        names::rename_columns,
    ),
    native(
        "Table.PrefixColumns",
        "(table as table, prefix as text) as table",
        "Puts a prefix and a dot before each column name.",
        &[example("Table.ColumnNames(Table.PrefixColumns(#table({\"a\"}, {}), \"T\"))", "{\"T.a\"}")],
        names::prefix_columns,
    ),
    native(
        "Table.TransformColumnNames",
        "(table as table, nameGenerator as function, optional options as nullable record) as table",
        "Gives each column the name that a function makes of its name. A name that is taken gets a number. Options: MaxLength, Comparer.",
        &[
            example(
                "Table.ColumnNames(Table.TransformColumnNames(#table({\"a\", \"b\"}, {}), each _ & \"!\"))",
                "{\"a!\", \"b!\"}",
            ),
            example(
                "Table.ColumnNames(Table.TransformColumnNames(#table({\"a\", \"b\"}, {}), each \"long\", [MaxLength = 3]))",
                "{\"lon\", \"lo1\"}",
            ),
        ],
        names::transform_column_names,
    ),
    native(
        "Table.PromoteHeaders",
        "(table as table, optional options as nullable record) as table",
        "Makes the first row the column names: its texts and numbers, with the option PromoteAllScalars also dates and the like, written as in the option Culture.",
        &[
            example(
                "Table.PromoteHeaders(#table({\"Column1\", \"Column2\"}, {{\"Id\", \"Name\"}, {1, \"x\"}}))",
                "#table({\"Id\", \"Name\"}, {{1, \"x\"}})",
            ),
            example(
                "Table.ColumnNames(Table.PromoteHeaders(#table(3, {{\"a\", \"a\", null}}), [PromoteAllScalars = true]))",
                "{\"a\", \"a_1\", \"Column3\"}",
            ),
        ],
        names::promote_headers,
    ),
    native(
        "Table.DemoteHeaders",
        "(table as table) as table",
        "Makes the column names the first row.",
        &[example(
            "Table.DemoteHeaders(#table({\"a\", \"b\"}, {{1, 2}}))",
            "#table({\"Column1\", \"Column2\"}, {{\"a\", \"b\"}, {1, 2}})",
        )],
        names::demote_headers,
    ),
    native(
        "Table.AddColumn",
        "(table as table, newColumnName as text, columnGenerator as function, optional columnType as nullable type) as table",
        "Adds a column of what a function gives for each row. A cell is evaluated when it is read; an error stays in its cell.",
        &[
            example(
                "Table.AddColumn(#table({\"a\"}, {{1}, {2}}), \"b\", each [a] * 10)",
                "#table({\"a\", \"b\"}, {{1, 10}, {2, 20}})",
            ),
            example("Table.AddColumn(#table({\"a\"}, {{1}}), \"b\", each error \"unread\"){0}[a]", "1"),
        ],
        add::add_column,
    ),
    native(
        "Table.AddIndexColumn",
        "(table as table, newColumnName as text, optional initialValue as nullable number, optional increment as nullable number, optional columnType as nullable type) as table",
        "Adds a column that counts the rows, from 0 by 1 if nothing else is said.",
        &[example(
            "Table.AddIndexColumn(#table({\"a\"}, {{\"x\"}, {\"y\"}}), \"Index\", 10, 5)",
            "#table(type table [a = any, Index = number], {{\"x\", 10}, {\"y\", 15}})",
        )],
        add::add_index_column,
    ),
    native(
        "Table.TransformColumns",
        "(table as table, transformOperations as list, optional defaultTransformation as nullable function, optional missingField as nullable number) as table",
        "Changes columns by functions: one operation {column, function, optional type} or a list of such; all other columns by a default function if one is given.",
        &[
            example(
                "Table.TransformColumns(#table({\"a\", \"b\"}, {{1, 2}}), {{\"a\", each _ + 1}})",
                "#table({\"a\", \"b\"}, {{2, 2}})",
            ),
            example(
                "Table.TransformColumns(#table({\"a\", \"b\"}, {{1, 2}}), {\"a\", each _ + 1}, each null)",
                "#table({\"a\", \"b\"}, {{2, null}})",
            ),
        ],
        transform::transform_columns,
    ),
    native(
        "Table.TransformColumnTypes",
        "(table as table, typeTransformations as list, optional culture as any) as table",
        "Converts columns to types: one pair {column, type} or a list of such. Texts are read as in the culture. A value without a meaning in the type is an error in its cell only.",
        &[
            example(
                "Table.TransformColumnTypes(#table({\"n\", \"d\"}, {{\"1.5\", \"31/12/2024\"}}), {{\"n\", type number}, {\"d\", type date}}, \"en-GB\")",
                "#table(type table [n = nullable number, d = nullable date], {{1.5, #date(2024, 12, 31)}})",
            ),
            example(
                "Table.TransformColumnTypes(#table({\"n\"}, {{\"x\"}, {\"2\"}}), {\"n\", Int64.Type}){1}[n]",
                "2",
            ),
        ],
        transform::transform_column_types,
    ),
    native(
        "Table.ReplaceErrorValues",
        "(table as table, errorReplacement as list) as table",
        "Replaces the cells of columns that fail: one pair {column, value} or a list of such.",
        &[example(
            "Table.ReplaceErrorValues(#table({\"a\"}, {{1}, {error \"x\"}}), {{\"a\", 0}})",
            "#table({\"a\"}, {{1}, {0}})",
        )],
        replace::replace_error_values,
    ),
    native(
        "Table.ReplaceValue",
        "(table as table, oldValue as any, newValue as any, replacer as function, columnsToSearch as list) as table",
        "Replaces values in columns. The replacer gets cell, old and new value; old and new value may be functions of the row.",
        &[example(
            "Table.ReplaceValue(#table({\"a\", \"b\"}, {{null, 5}}), null, each [b], (cell, old, new) => if cell = old then new else cell, {\"a\"})",
            "#table({\"a\", \"b\"}, {{5, 5}})",
        )],
        replace::replace_value,
    ),
    native(
        "Table.SplitColumn",
        "(table as table, sourceColumn as text, splitter as function, optional columnNamesOrNumber as any, optional default as any, optional extraColumns as any) as table",
        "Splits a column into several, which take its place. Names default to the column's with a number; missing pieces to null; further pieces are left out.",
        &[
            example(
                "Table.SplitColumn(#table({\"n\"}, {{5}}), \"n\", each {_, _ * _}, {\"n\", \"square\"})",
                "#table({\"n\", \"square\"}, {{5, 25}})",
            ),
            example(
                "Table.SplitColumn(#table({\"l\"}, {{{1, 2}}, {{3}}}), \"l\", each _)",
                "#table({\"l.1\", \"l.2\"}, {{1, 2}, {3, null}})",
            ),
        ],
        split::split_column,
    ),
    native(
        "Table.CombineColumns",
        "(table as table, sourceColumns as list, combiner as function, column as text) as table",
        "Merges columns into one by a function that gets the list of their cells.",
        &[example(
            "Table.CombineColumns(#table({\"a\", \"b\", \"c\"}, {{1, 2, 3}}), {\"a\", \"c\"}, each _{0} + _{1}, \"sum\")",
            "#table({\"sum\", \"b\"}, {{4, 2}})",
        )],
        split::combine_columns,
    ),
    native(
        "Table.CombineColumnsToRecord",
        "(table as table, newColumnName as text, sourceColumns as list, optional options as nullable record) as table",
        "Merges columns into one of records. Options: DisplayNameColumn, TypeName.",
        &[example(
            "Table.CombineColumnsToRecord(#table({\"a\", \"b\"}, {{1, 2}}), \"r\", {\"a\", \"b\"})",
            "#table(type table [r = [a = any, b = any]], {{[a = 1, b = 2]}})",
        )],
        split::combine_columns_to_record,
    ),
    native(
        "Table.FillDown",
        "(table as table, columns as list) as table",
        "Replaces each null in the columns by the value above it.",
        &[example(
            "Table.FillDown(#table({\"a\"}, {{null}, {1}, {null}, {2}}), {\"a\"})",
            "#table({\"a\"}, {{null}, {1}, {1}, {2}})",
        )],
        whole::fill_down,
    ),
    native(
        "Table.FillUp",
        "(table as table, columns as list) as table",
        "Replaces each null in the columns by the value below it.",
        &[example(
            "Table.FillUp(#table({\"a\"}, {{null}, {1}, {null}}), {\"a\"})",
            "#table({\"a\"}, {{1}, {1}, {null}})",
        )],
        whole::fill_up,
    ),
    native(
        "Table.ClearDown",
        "(table as table, columns as list) as table",
        "Makes the cells of the columns null in each row where all of them equal those of the row above.",
        &[example(
            "Table.ClearDown(#table({\"a\"}, {{1}, {1}, {2}}), {\"a\"})",
            "#table({\"a\"}, {{1}, {null}, {2}})",
        )],
        whole::clear_down,
    ),
    native(
        "Table.Transpose",
        "(table as table, optional columns as any) as table",
        "Makes columns of rows and rows of columns.",
        &[example(
            "Table.Transpose(#table({\"a\", \"b\"}, {{1, 2}, {3, 4}}))",
            "#table({\"Column1\", \"Column2\"}, {{1, 3}, {2, 4}})",
        )],
        whole::transpose,
    ),
    native(
        "Table.FromValue",
        "(value as any, optional options as nullable record) as table",
        "Shows a value as a table: a record as names and values, a list as one column, anything else as one cell. Option: DefaultColumnName.",
        &[
            example(
                "Table.FromValue([a = 1])",
                "#table(type table [Name = text, Value = any], {{\"a\", 1}})",
            ),
            example("Table.FromValue({1, 2}, [DefaultColumnName = \"n\"])", "#table({\"n\"}, {{1}, {2}})"),
        ],
        whole::from_value,
    ),
    native(
        "Table.Schema",
        "(table as table) as table",
        "A table with a row for each column: name, position, type and what else the type says.",
        &[example(
            "Table.SelectColumns(Table.Schema(#table(type table [a = nullable number], {})), {\"Name\", \"TypeName\", \"IsNullable\"})",
            "#table(type table [Name = text, TypeName = text, IsNullable = logical], {{\"a\", \"Number.Type\", true}})",
        )],
        schema::schema,
    ),
];
