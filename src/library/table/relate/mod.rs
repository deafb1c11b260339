//! Table functions about relations between rows: sort, distinct, group, join, expand, pivot, keys.

mod aggregate;
mod combine;
mod distinct;
mod expand;
mod extremes;
mod fuzzy;
mod group;
mod join;
mod keys;
mod names;
mod partition;
mod pivot;
mod profile;
mod rank;
mod sort;
mod split;
mod unpivot;
mod view;

#[cfg(test)]
mod tests;

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
    native(
        "Table.Pivot",
        "(table as table, pivotValues as list, attributeColumn as text, valueColumn as text, optional aggregationFunction as nullable function) as table",
        "Turns rows of name and value into columns: one for each of the given names. Without an aggregation, there may be one value for each name and row.",
        &[
            example(
                "Table.Pivot(#table({\"k\", \"name\", \"value\"}, {{\"x\", \"a\", 1}, {\"y\", \"b\", 2}}), {\"a\", \"b\"}, \"name\", \"value\")",
                "#table({\"k\", \"a\", \"b\"}, {{\"x\", 1, null}, {\"y\", null, 2}})",
            ),
            example(
                "Table.Pivot(#table({\"k\", \"name\", \"value\"}, {{\"x\", \"a\", 1}, {\"x\", \"a\", 2}}), {\"a\"}, \"name\", \"value\", (list) => list)",
                "#table({\"k\", \"a\"}, {{\"x\", {1, 2}}})",
            ),
        ],
        pivot::pivot,
    ),
    native(
        "Table.AggregateTableColumn",
        "(table as table, column as text, aggregations as list) as table",
        "Replaces a column of tables by what functions make of the columns of those tables.",
        &[example(
            "Table.AggregateTableColumn(#table({\"t\", \"k\"}, {{#table({\"v\"}, {{1}, {2}}), \"a\"}}), \"t\", {{\"v\", (list) => list{1}, \"second\"}})",
            "#table({\"second\", \"k\"}, {{2, \"a\"}})",
        )],
        aggregate::aggregate_table_column,
    ),
    native(
        "Table.AddRankColumn",
        "(table as table, newColumnName as text, comparisonCriteria as any, optional options as nullable record) as table",
        "Sorts the rows and adds a column with the rank of each. The option RankKind says how rows that are equal are ranked.",
        &[
            example(
                "Table.AddRankColumn(#table({\"n\"}, {{1}, {2}, {2}}), \"rank\", {\"n\", Order.Descending})",
                "#table(type table [n = any, rank = nullable number], {{2, 1}, {2, 1}, {1, 3}})",
            ),
            example(
                "Table.AddRankColumn(#table({\"n\"}, {{1}, {2}, {2}}), \"rank\", {\"n\", Order.Descending}, [RankKind = RankKind.Ordinal])",
                "#table(type table [n = any, rank = nullable number], {{2, 1}, {2, 2}, {1, 3}})",
            ),
        ],
        rank::add_rank_column,
    ),
    native(
        "Table.Keys",
        "(table as table) as list",
        "Lists the keys of a table.",
        &[example(
            "Table.Keys(Table.AddKey(#table({\"a\"}, {}), {\"a\"}, false))",
            "{[Columns = {\"a\"}, Primary = false]}",
        )],
        keys::keys,
    ),
    native(
        "Table.AddKey",
        "(table as table, columns as list, isPrimary as logical) as table",
        "Adds a key to what a table claims of itself. Nothing checks that the cells are unique.",
        &[example(
            "Table.Keys(Table.AddKey(#table({\"a\", \"b\"}, {}), {\"a\", \"b\"}, true))",
            "{[Columns = {\"a\", \"b\"}, Primary = true]}",
        )],
        keys::add_key,
    ),
    native(
        "Table.ReplaceKeys",
        "(table as table, keys as list) as table",
        "Replaces the keys that a table claims to have.",
        &[
            example(
                "Table.Keys(Table.ReplaceKeys(#table({\"a\"}, {}), {[Columns = {\"a\"}, Primary = false]}))",
                "{[Columns = {\"a\"}, Primary = false]}",
            ),
            example(
                "Table.ReplaceKeys(#table({\"a\"}, {}), {[Columns = {\"b\"}, Primary = true]})",
                "error: Expression.Error: The column 'b' of the table wasn't found.",
            ),
        ],
        keys::replace_keys,
    ),
    native(
        "Table.Partition",
        "(table as table, column as text, groups as number, hash as function) as list",
        "Divides the rows among a number of tables by what a function makes of the cell in a column, modulo that number.",
        &[example(
            "Table.Partition(#table({\"n\"}, {{1}, {2}, {3}}), \"n\", 2, each _)",
            "{#table({\"n\"}, {{2}}), #table({\"n\"}, {{1}, {3}})}",
        )],
        partition::partition,
    ),
    native(
        "Table.PartitionValues",
        "(table as table) as table",
        "Shows how a source has partitioned a table: one row without columns if it has not.",
        &[example("Table.PartitionValues(#table({\"n\"}, {{1}, {2}}))", "#table({}, {{}})")],
        partition::partition_values,
    ),
    native(
        "Table.Split",
        "(table as table, pageSize as number) as list",
        "Divides a table into tables of as many rows as said; the last may have fewer.",
        &[example(
            "Table.Split(#table({\"n\"}, {{1}, {2}, {3}}), 2)",
            "{#table({\"n\"}, {{1}, {2}}), #table({\"n\"}, {{3}})}",
        )],
        split::split,
    ),
    native(
        "Table.Max",
        "(table as table, comparisonCriteria as any, optional default as any) as any",
        "Gives the first of the greatest rows as the criteria order them, or the default if there is no row.",
        &[
            example(
                "Table.Max(#table({\"a\", \"b\"}, {{1, \"x\"}, {3, \"y\"}, {3, \"z\"}}), \"a\")",
                "[a = 3, b = \"y\"]",
            ),
            example("Table.Max(#table({\"a\"}, {}), \"a\", \"none\")", "\"none\""),
        ],
        extremes::max,
    ),
    native(
        "Table.Min",
        "(table as table, comparisonCriteria as any, optional default as any) as any",
        "Gives the first of the least rows as the criteria order them, or the default if there is no row.",
        &[example(
            "Table.Min(#table({\"a\", \"b\"}, {{2, \"x\"}, {1, \"y\"}}), \"a\")",
            "[a = 1, b = \"y\"]",
        )],
        extremes::min,
    ),
    native(
        "Table.Profile",
        "(table as table, optional additionalAggregates as nullable list) as table",
        "Describes each column: least, greatest, average, standard deviation, number of cells, of nulls and of different values.",
        &[example(
            "Table.Profile(#table({\"n\"}, {{1}, {3}, {null}})){0}[[Column], [Min], [Max], [Average], [Count], [NullCount], [DistinctCount]]",
            "[Column = \"n\", Min = 1, Max = 3, Average = 2, Count = 3, NullCount = 1, DistinctCount = 3]",
        )],
        profile::profile,
    ),
    native(
        "Table.View",
        "(table as nullable table, handlers as record) as table",
        "Makes a table whose type, rows and answers come from functions: GetType, GetRows, GetRowCount, OnTake, OnSelectColumns. A handler that fails or is not there is done without.",
        &[
            example(
                "Table.View(null, [GetType = () => type table [a = number], GetRows = () => #table({\"a\"}, {{1}})])",
                "#table(type table [a = number], {{1}})",
            ),
            example(
                "Table.View(#table({\"a\"}, {{1}}), [GetRows = () => error \"none\"])",
                "#table({\"a\"}, {{1}})",
            ),
        ],
        view::view,
    ),
    native(
        "Table.ViewFunction",
        "(function as function) as function",
        "Makes a function that the handlers of a view may take over.",
        &[example("Table.ViewFunction((t) => 1)(#table({}, {}))", "1")],
        view::view_function,
    ),
    native(
        "Table.ViewError",
        "(errorRecord as record) as record",
        "Gives an error record with all fields, for handlers of a view to raise.",
        &[example(
            "Table.ViewError([Reason = \"R\", Message = \"M\"])",
            "[Reason = \"R\", Message = \"M\", Detail = null, Message.Format = null, Message.Parameters = null, ErrorCode = null]",
        )],
        view::view_error,
    ),
    native(
        "Table.FuzzyJoin",
        "(table1 as table, key1 as any, table2 as table, key2 as any, optional joinKind as nullable number, optional joinOptions as nullable record) as table",
        "Puts the rows of two tables side by side where the texts of their keys are alike. Options: Threshold (0.8), \
         IgnoreCase, IgnoreSpace, TransformationTable, NumberOfMatches (the most rows for each left one, the most alike \
         are taken), SimilarityColumnName (a last column of how alike the keys are).",
        &[
            example(
                "Table.FuzzyJoin(#table(type table [a = text], {{\"Seattle\"}}), \"a\", #table(type table [b = text], {{\"seatle\"}, {\"Redmond\"}}), \"b\")",
                "#table(type table [a = text, b = text], {{\"Seattle\", \"seatle\"}})",
            ),
            example(
                "Table.FuzzyJoin(#table(type table [a = text], {{\"Oslo\"}}), \"a\", #table(type table [b = text], {{\"Osloo\"}, {\"OSLO\"}}), \"b\", JoinKind.Inner, [Threshold = 0.5, NumberOfMatches = 1, SimilarityColumnName = \"s\"])",
                "#table(type table [a = text, b = text, s = nullable number], {{\"Oslo\", \"OSLO\", 1}})",
            ),
            example(
                "Table.FuzzyJoin(#table({\"a\"}, {}), \"a\", #table({\"b\"}, {}), \"b\")",
                "error: Expression.Error: We only support text columns for fuzzy join operations. The column 'a' is not of type text.",
            ),
        ],
        fuzzy::join,
    ),
    native(
        "Table.FuzzyNestedJoin",
        "(table1 as table, key1 as any, table2 as table, key2 as any, newColumnName as text, optional joinKind as nullable number, optional joinOptions as nullable record) as table",
        "Adds to each row of the first table a table of the rows of the second one whose key texts are alike. The options \
         are those of Table.FuzzyJoin; SimilarityColumnName is a column of the nested tables.",
        &[example(
            "Table.FuzzyNestedJoin(#table(type table [a = text], {{\"Seattle\"}}), \"a\", #table(type table [b = text], {{\"seatle\"}, {\"Redmond\"}}), \"b\", \"m\"){0}[m]",
            "#table({\"b\"}, {{\"seatle\"}})",
        )],
        fuzzy::nested_join,
    ),
    native(
        "Table.FuzzyGroup",
        "(table as table, key as any, aggregatedColumns as list, optional options as nullable record) as table",
        "Groups rows whose key texts are alike. A group shows the first of its texts; the option SimilarityColumnName adds \
         a column to its rows that says how alike theirs is.",
        &[
            example(
                "Table.FuzzyGroup(#table(type table [a = text], {{\"Seattle\"}, {\"Redmond\"}, {\"seatle\"}}), \"a\", {\"all\", each [a]})",
                "#table(type table [a = text, all = any], {{\"Seattle\", {\"Seattle\", \"seatle\"}}, {\"Redmond\", {\"Redmond\"}}})",
            ),
            example(
                "Table.FuzzyGroup(#table(type table [a = text], {{\"Oslo\"}, {\"OSLO\"}}), \"a\", {\"all\", each _}, [SimilarityColumnName = \"s\"]){0}[all][s]",
                "{1, 1}",
            ),
        ],
        fuzzy::group,
    ),
    native(
        "Table.AddFuzzyClusterColumn",
        "(table as table, columnName as text, newColumnName as text, optional options as nullable record) as table",
        "Adds a column with the first of the texts in a column that are like the row's own.",
        &[
            example(
                "Table.AddFuzzyClusterColumn(#table(type table [a = text], {{\"Seattle\"}, {\"Redmond\"}, {\"seatle\"}}), \"a\", \"b\")",
                "#table(type table [a = text, b = text], {{\"Seattle\", \"Seattle\"}, {\"Redmond\", \"Redmond\"}, {\"seatle\", \"Seattle\"}})",
            ),
            example(
                "Table.AddFuzzyClusterColumn(#table(type table [a = text], {{\"Washington\"}, {\"WA\"}}), \"a\", \"b\", [TransformationTable = #table({\"From\", \"To\"}, {{\"wa\", \"washington\"}})])",
                "#table(type table [a = text, b = text], {{\"Washington\", \"Washington\"}, {\"WA\", \"Washington\"}})",
            ),
        ],
        fuzzy::add_cluster_column,
    ),
    native(
        "Table.MaxN",
        "(table as table, comparisonCriteria as any, countOrCondition as any) as table",
        "Gives the greatest rows, greatest first: so many, or up to the first that fails a condition.",
        &[
            example("Table.MaxN(#table({\"a\"}, {{1}, {3}, {2}}), \"a\", 2)", "#table({\"a\"}, {{3}, {2}})"),
            example(
                "Table.MaxN(#table({\"a\"}, {{1}, {3}, {2}}), \"a\", each [a] > 2)",
                "#table({\"a\"}, {{3}})",
            ),
        ],
        extremes::max_n,
    ),
    native(
        "Table.MinN",
        "(table as table, comparisonCriteria as any, countOrCondition as any) as table",
        "Gives the least rows, least first: so many, or up to the first that fails a condition.",
        &[example("Table.MinN(#table({\"a\"}, {{1}, {3}, {2}}), \"a\", 2)", "#table({\"a\"}, {{1}, {2}})")],
        extremes::min_n,
    ),
    native(
        "Table.SplitAt",
        "(table as table, count as number) as list",
        "Gives a list of two tables: the first rows, and the others.",
        &[example(
            "Table.SplitAt(#table({\"a\"}, {{1}, {2}, {3}}), 1)",
            "{#table({\"a\"}, {{1}}), #table({\"a\"}, {{2}, {3}})}",
        )],
        split::split_at,
    ),
    native(
        "Table.PartitionKey",
        "(table as table) as nullable list",
        "Gives the columns that a table is said to be partitioned by.",
        &[example("Table.PartitionKey(#table({\"a\"}, {}))", "null")],
        partition::partition_key,
    ),
    native(
        "Table.ReplacePartitionKey",
        "(table as table, partitionKey as nullable list) as table",
        "Says by which columns a table is partitioned.",
        &[example("Table.PartitionKey(Table.ReplacePartitionKey(#table({\"a\"}, {}), {\"a\"}))", "{\"a\"}")],
        partition::replace_partition_key,
    ),
    native(
        "Table.ReplaceRelationshipIdentity",
        "(value as any, identity as text) as any",
        "Names a value for relationships between queries; the value itself stays the same.",
        &[example(
            "Table.ReplaceRelationshipIdentity(#table({\"a\"}, {{1}}), \"id\")",
            "#table({\"a\"}, {{1}})",
        )],
        keys::replace_relationship_identity,
    ),
    native(
        "Table.FilterWithDataTable",
        "(table as table, dataTableIdentifier as text) as any",
        "Filters a table by a data table of the host. There are none, so this fails.",
        &[example(
            "Table.FilterWithDataTable(#table({\"a\"}, {}), \"x\")",
            "error: Expression.Error: The variable 'x' could not be found.",
        )],
        keys::filter_with_data_table,
    ),
];
