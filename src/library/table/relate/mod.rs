//! Table functions about relations between rows: sort, distinct, group, join, expand, pivot, keys.

mod combine;
mod distinct;
mod expand;
mod group;
mod join;
mod names;
mod sort;
mod unpivot;

use crate::library::{Declaration, example, native};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Table.Sort",
        "(table as table, comparisonCriteria as any) as table",
        "Sorts the rows by columns or functions of the row, each ascending or descending; rows that are equal there keep their order.",
        &[
            example(
                "Table.Sort(#table({\"a\", \"b\"}, {{2, \"x\"}, {1, \"y\"}, {2, \"w\"}}), {{\"a\", Order.Descending}, \"b\"})",
                "#table({\"a\", \"b\"}, {{2, \"w\"}, {2, \"x\"}, {1, \"y\"}})",
            ),
            example(
                "Table.Sort(#table({\"a\"}, {{2}, {null}, {-3}}), each if [a] = null then 0 else [a] * [a])",
                "#table({\"a\"}, {{null}, {2}, {-3}})",
            ),
            example(
                "Table.Sort(#table({\"a\"}, {{1}}), \"b\")",
                "error: Expression.Error: The column 'b' of the table wasn't found.",
            ),
        ],
        sort::sort,
    ),
    native(
        "Table.Distinct",
        "(table as table, optional equationCriteria as any) as table",
        "Keeps the first of all rows that are equal, in all columns or as the criteria say.",
        &[
            example(
                "Table.Distinct(#table({\"a\", \"b\"}, {{1, \"x\"}, {1, \"y\"}, {1, \"x\"}}))",
                "#table({\"a\", \"b\"}, {{1, \"x\"}, {1, \"y\"}})",
            ),
            example(
                "Table.Distinct(#table({\"a\", \"b\"}, {{1, \"x\"}, {1, \"y\"}, {2, \"x\"}}), \"a\")",
                "#table({\"a\", \"b\"}, {{1, \"x\"}, {2, \"x\"}})",
            ),
            example(
                "Table.Distinct(#table({\"a\"}, {{\"x\"}, {\"X\"}}), {\"a\", Comparer.OrdinalIgnoreCase})",
                "#table({\"a\"}, {{\"x\"}})",
            ),
        ],
        distinct::distinct,
    ),
    native(
        "Table.IsDistinct",
        "(table as table, optional comparisonCriteria as any) as logical",
        "Tells whether no two rows are equal, in all columns or as the criteria say.",
        &[
            example("Table.IsDistinct(#table({\"a\", \"b\"}, {{1, \"x\"}, {1, \"y\"}}))", "true"),
            example("Table.IsDistinct(#table({\"a\", \"b\"}, {{1, \"x\"}, {1, \"y\"}}), \"a\")", "false"),
        ],
        distinct::is_distinct,
    ),
    native(
        "Table.Group",
        "(table as table, key as any, aggregatedColumns as list, optional groupKind as nullable number, optional comparer as nullable function) as table",
        "Puts rows with the same key together and makes one row of each group: the key, and what functions make of the group's rows. With GroupKind.Local, only rows that follow each other make a group.",
        &[
            example(
                "Table.Group(#table({\"k\", \"n\"}, {{\"a\", 1}, {\"b\", 2}, {\"a\", 3}}), \"k\", {{\"n\", each [n], type list}})",
                "#table(type table [k = any, n = list], {{\"a\", {1, 3}}, {\"b\", {2}}})",
            ),
            example(
                "Table.Group(#table({\"k\"}, {{\"a\"}, {\"a\"}, {\"b\"}, {\"a\"}}), \"k\", {\"all\", each [k]}, GroupKind.Local)",
                "#table({\"k\", \"all\"}, {{\"a\", {\"a\", \"a\"}}, {\"b\", {\"b\"}}, {\"a\", {\"a\"}}})",
            ),
            example(
                "Table.Group(#table({\"k\"}, {{\"a\"}, {null}, {null}}), \"k\", {\"all\", each [k]}, GroupKind.Local, (x, y) => if y = null then 0 else 1)",
                "#table({\"k\", \"all\"}, {{\"a\", {\"a\", null, null}}})",
            ),
        ],
        group::group,
    ),
    native(
        "Table.Join",
        "(table1 as table, key1 as any, table2 as table, key2 as any, optional joinKind as nullable number, optional joinAlgorithm as nullable number, optional keyEqualityComparers as nullable list) as table",
        "Puts the rows of two tables side by side where their keys are equal.",
        &[
            example(
                "Table.Join(#table({\"id\"}, {{1}, {2}}), \"id\", #table({\"key\", \"v\"}, {{2, \"x\"}, {2, \"y\"}}), \"key\")",
                "#table({\"id\", \"key\", \"v\"}, {{2, 2, \"x\"}, {2, 2, \"y\"}})",
            ),
            example(
                "Table.Join(#table({\"id\"}, {{1}, {2}}), \"id\", #table({\"key\"}, {{2}, {3}}), \"key\", JoinKind.FullOuter)",
                "#table({\"id\", \"key\"}, {{1, null}, {2, 2}, {null, 3}})",
            ),
            example(
                "Table.Join(#table({\"id\"}, {{1}}), \"id\", #table({\"id\"}, {{1}}), \"id\", JoinKind.LeftOuter)",
                "error: Expression.Error: A join operation cannot result in a table with duplicate column names (\"id\").",
            ),
        ],
        join::join,
    ),
    native(
        "Table.NestedJoin",
        "(table1 as table, key1 as any, table2 as any, key2 as any, newColumnName as text, optional joinKind as nullable number, optional keyEqualityComparers as nullable list) as table",
        "Adds to each row of the first table a table of the rows of the second one that have the same key.",
        &[
            example(
                "Table.NestedJoin(#table({\"id\"}, {{1}, {2}}), \"id\", #table({\"key\"}, {{2}}), \"key\", \"found\"){1}[found]",
                "#table({\"key\"}, {{2}})",
            ),
            example(
                "Table.ExpandTableColumn(Table.NestedJoin(#table({\"id\"}, {{1}, {2}}), \"id\", #table({\"key\", \"v\"}, {{2, \"x\"}}), \"key\", \"found\"), \"found\", {\"v\"})",
                "#table({\"id\", \"v\"}, {{1, null}, {2, \"x\"}})",
            ),
        ],
        join::nested_join,
    ),
    native(
        "Table.AddJoinColumn",
        "(table1 as table, key1 as any, table2 as any, key2 as any, newColumnName as text) as table",
        "Adds to each row of the first table a table of the rows of the second one that have the same key, which may be none.",
        &[example(
            "Table.AddJoinColumn(#table({\"id\"}, {{1}}), \"id\", #table({\"key\"}, {{2}}), \"key\", \"found\"){0}[found]",
            "#table({\"key\"}, {})",
        )],
        join::add_join_column,
    ),
    native(
        "Table.ExpandTableColumn",
        "(table as table, column as text, columnNames as list, optional newColumnNames as nullable list) as table",
        "Replaces a column of tables by columns of those tables: a row for each of their rows.",
        &[example(
            "Table.ExpandTableColumn(#table({\"k\", \"t\"}, {{\"a\", #table({\"v\"}, {{1}, {2}})}, {\"b\", #table({\"v\"}, {})}}), \"t\", {\"v\"}, {\"t.v\"})",
            "#table({\"k\", \"t.v\"}, {{\"a\", 1}, {\"a\", 2}, {\"b\", null}})",
        )],
        expand::expand_table,
    ),
    native(
        "Table.ExpandRecordColumn",
        "(table as table, column as text, fieldNames as list, optional newColumnNames as nullable list) as table",
        "Replaces a column of records by columns of their fields.",
        &[example(
            "Table.ExpandRecordColumn(#table({\"r\", \"k\"}, {{[x = 1, y = 2], \"a\"}, {null, \"b\"}}), \"r\", {\"y\", \"x\"})",
            "#table({\"y\", \"x\", \"k\"}, {{2, 1, \"a\"}, {null, null, \"b\"}})",
        )],
        expand::expand_record,
    ),
    native(
        "Table.ExpandListColumn",
        "(table as table, column as text) as table",
        "Spreads a column of lists: a row for each item, and one row with null where there is none.",
        &[example(
            "Table.ExpandListColumn(#table({\"k\", \"l\"}, {{\"a\", {1, 2}}, {\"b\", {}}}), \"l\")",
            "#table({\"k\", \"l\"}, {{\"a\", 1}, {\"a\", 2}, {\"b\", null}})",
        )],
        expand::expand_list,
    ),
    native(
        "Table.Combine",
        "(tables as list, optional columns as any) as table",
        "Puts the rows of all tables one after the other. Columns are matched by name; a cell that a table does not have is null.",
        &[
            example(
                "Table.Combine({#table({\"a\"}, {{1}}), #table({\"b\", \"a\"}, {{2, 3}})})",
                "#table({\"a\", \"b\"}, {{1, null}, {3, 2}})",
            ),
            example(
                "Table.Combine({#table({\"a\", \"b\"}, {{1, 2}})}, {\"b\", \"c\"})",
                "#table({\"b\", \"c\"}, {{2, null}})",
            ),
        ],
        combine::combine,
    ),
    native(
        "Table.Unpivot",
        "(table as table, pivotColumns as list, attributeColumn as text, valueColumn as text) as table",
        "Turns columns into rows: one for each cell that is not null, with the column's name and the cell.",
        &[example(
            "Table.Unpivot(#table({\"k\", \"x\", \"y\"}, {{\"a\", 1, null}, {\"b\", 3, 4}}), {\"x\", \"y\"}, \"name\", \"value\")",
            "#table(type table [k = any, name = text, value = any], {{\"a\", \"x\", 1}, {\"b\", \"x\", 3}, {\"b\", \"y\", 4}})",
        )],
        unpivot::unpivot,
    ),
    native(
        "Table.UnpivotOtherColumns",
        "(table as table, pivotColumns as list, attributeColumn as text, valueColumn as text) as table",
        "Turns all columns but some into rows: one for each cell that is not null, with the column's name and the cell.",
        &[example(
            "Table.UnpivotOtherColumns(#table({\"k\", \"x\", \"y\"}, {{\"a\", 1, 2}}), {\"k\"}, \"name\", \"value\")",
            "#table(type table [k = any, name = text, value = any], {{\"a\", \"x\", 1}, {\"a\", \"y\", 2}})",
        )],
        unpivot::unpivot_others,
    ),
];
