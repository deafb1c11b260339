//! Behaviour across functions: laziness, order, errors, and the texts that editors write.

use proptest::prelude::*;

use crate::Engine;
use crate::value::{error_line, literal_text};

/// The M text of what a text evaluates to; a raised error in one line.
fn evaluated(text: &str) -> String {
    let query = Engine::new().compile("test", text).unwrap();
    let ctx = query.start();
    match query.evaluate(&ctx) {
        Ok(value) => literal_text(&ctx, &value).unwrap(),
        Err(error) => error_line(&ctx, &error).unwrap(),
    }
}

/// Both evaluate to the same, types of columns included.
#[track_caller]
fn same(left: &str, right: &str) {
    assert_eq!(evaluated(left), evaluated(right));
}

#[test]
fn likeness_joins_in_every_kind() {
    let join = |kind: &str, options: &str| {
        evaluated(&format!(
            r#"let left = #table(type table [a = text], {{{{"Seattle"}}, {{"Oslo"}}, {{null}}}}),
                   right = #table(type table [b = text], {{{{"Rome"}}, {{"seatle"}}, {{"SEATTLE"}}}})
               in Table.ToRows(Table.FuzzyJoin(left, "a", right, "b", JoinKind.{kind}, {options}))"#
        ))
    };
    assert_eq!(join("Inner", "null"), r#"{{"Seattle", "seatle"}, {"Seattle", "SEATTLE"}}"#);
    assert_eq!(join("Inner", "[NumberOfMatches = 1]"), r#"{{"Seattle", "SEATTLE"}}"#);
    assert_eq!(
        join("LeftOuter", "[NumberOfMatches = 1]"),
        r#"{{"Seattle", "SEATTLE"}, {"Oslo", null}, {null, null}}"#
    );
    assert_eq!(join("LeftAnti", "null"), r#"{{"Oslo", null}, {null, null}}"#);
    assert_eq!(join("LeftSemi", "null"), r#"{{"Seattle", null}}"#);
    assert_eq!(join("RightAnti", "null"), r#"{{null, "Rome"}}"#);
    assert_eq!(join("RightSemi", "null"), r#"{{null, "seatle"}, {null, "SEATTLE"}}"#);
    assert_eq!(
        join("FullOuter", r#"[SimilarityColumnName = "s", NumberOfMatches = 1]"#),
        r#"{{"Seattle", "SEATTLE", 1}, {"Oslo", null, null}, {null, null, null}, {null, "Rome", null}, {null, "seatle", null}}"#
    );
    assert!(join("Inner", "[NumberOfMatches = 0]").contains("whole number of at least 1"));
    same(
        r#"Table.FuzzyNestedJoin(#table(type table [a = text], {{"Oslo"}}), "a", #table(type table [b = text], {{"oslo"}}),
            "b", "m", JoinKind.LeftOuter, [SimilarityColumnName = "s"]){0}[m]"#,
        r#"#table({"b", "s"}, {{"oslo", 1}})"#,
    );
}

#[test]
fn comparers_of_cultures_tell_apart_by_hash() {
    let many =
        r#"List.Transform({0..4999}, each Text.From(Number.Mod(_, 2500)) & (if _ < 2500 then "é" else "É"))"#;
    same(&format!(r#"List.Count(List.Distinct({many}, Comparer.FromCulture("fr-FR", true)))"#), "2500");
    same(&format!(r#"List.Count(List.Distinct({many}, Comparer.FromCulture("fr-FR")))"#), "5000");
    let table = format!(r#"Table.FromColumns({{{many}}}, {{"k"}})"#);
    same(
        &format!(r#"Table.RowCount(Table.Distinct({table}, {{"k", Comparer.FromCulture("", true)}}))"#),
        "2500",
    );
    same(
        &format!(
            r#"Table.RowCount(Table.Group({table}, "k", {{}}, GroupKind.Global, Comparer.FromCulture("", true)))"#
        ),
        "2500",
    );
}

#[test]
fn cells_that_nobody_asks_for_are_not_evaluated() {
    let table = r#"#table({"k", "bad"}, {{2, error "read"}, {1, error "read"}, {2, error "read"}})"#;
    same(&format!(r#"Table.Sort({table}, "k")[k]"#), "{1, 2, 2}");
    same(&format!(r#"Table.Distinct({table}, "k")[k]"#), "{2, 1}");
    same(&format!(r#"Table.Group({table}, "k", {{"n", Table.RowCount}})[n]"#), "{2, 1}");
    same(
        &format!(r#"Table.Group({table}, "k", {{{{"a", each [k]}}, {{"b", each _}}}}){{0}}[b]{{0}}[k]"#),
        "2",
    );
    same(&format!(r#"Table.Join({table}, "k", #table({{"j"}}, {{{{2}}}}), "j")[j]"#), "{2, 2}");
    same(&format!(r#"Table.RowCount(Table.ExpandRecordColumn({table}, "bad", {{"x"}}))"#), "3");
    same(&format!(r#"Table.Split({table}, 2){{1}}[k]"#), "{2}");
}

#[test]
fn the_right_table_is_not_read_for_columns_of_the_left() {
    let join =
        r#"Table.NestedJoin(#table({"a"}, {{1}, {2}}), "a", #table({"b"}, {{error "read"}}), "b", "n")"#;
    same(&format!("{join}[a]"), "{1, 2}");
    same(&format!("Table.RowCount({join})"), "2");
}

#[test]
fn a_group_has_the_columns_its_functions_read() {
    let table = r#"#table({"k", "x", "y"}, {{1, 2, 3}, {1, 4, 5}})"#;
    for (function, expected) in [
        ("each List.Sum([x])", "6"),
        ("each [y]{1} + Table.RowCount(_)", "7"),
        ("(t) => t{0}[y]", "3"),
        ("(t) => let u = t in u[x]{0}", "2"),
        ("each Table.SelectRows(_, each [y] = 5){0}[x]", "4"),
        ("each List.Sum(Table.AddColumn(_, \"z\", each [x] * [y])[z])", "26"),
        ("each Table.ToRows(_[[y], [x]]){0}{0}", "3"),
        ("(t) => (() => t[y]{0})()", "3"),
    ] {
        assert_eq!(
            evaluated(&format!(r#"Table.Group({table}, "k", {{"n", {function}}}){{0}}[n]"#)),
            expected
        );
    }
}

#[test]
fn failing_key_cells_fail_and_others_stay() {
    let table = r#"#table({"k", "v"}, {{1, error "cell"}, {error "key", 2}})"#;
    for step in [
        r#"Table.Sort(T, "k")"#,
        r#"Table.Distinct(T, "k")"#,
        r#"Table.Group(T, "k", {})"#,
        r#"Table.Join(T, "k", #table({"j"}, {{1}}), "j")"#,
        r#"Table.Join(#table({"j"}, {{1}}), "j", T, "k")"#,
    ] {
        let text = format!("let T = {table} in (try Table.RowCount(Table.Buffer({step})))[Error][Message]");
        assert_eq!(evaluated(&text), "\"key\"", "{step}");
    }
    same(
        &format!(
            r#"(try Table.Join(Table.FirstN({table}, 1), "k", #table({{"j"}}, {{{{1}}}}), "j"){{0}}[v])[Error][Message]"#
        ),
        "\"cell\"",
    );
    same(
        r#"Table.RowCount(Table.Unpivot(#table({"x", "y"}, {{error "cell", null}}), {"x", "y"}, "n", "v"))"#,
        "1",
    );
}

#[test]
fn steps_stream_over_tables_without_end() {
    let rows = "List.Generate(() => 0, each true, each _ + 1)";
    let table = format!(
        r#"Table.FromList({rows}, each {{_, Number.IntegerDivide(_, 3), {{_, _}}}}, {{"n", "run", "l"}})"#
    );
    same(&format!(r#"Table.FirstN(Table.Distinct({table}, "run"), 3)[n]"#), "{0, 3, 6}");
    same(
        &format!(
            r#"Table.FirstN(Table.Group({table}, "run", {{"all", each [n]}}, GroupKind.Local), 2)[all]"#
        ),
        "{{0, 1, 2}, {3, 4, 5}}",
    );
    same(&format!(r#"Table.FirstN(Table.ExpandListColumn({table}, "l"), 3)[l]"#), "{0, 0, 1}");
    same(&format!(r#"Table.FirstN(Table.Join({table}, "n", #table({{"j"}}, {{{{5}}}}), "j"), 1)[n]"#), "{5}");
    same(&format!(r#"Table.FirstN(Table.Unpivot({table}, {{"n", "run"}}, "a", "v"), 3)[v]"#), "{0, 0, 1}");
    same(&format!("Table.Split({table}, 2){{1}}[n]"), "{2, 3}");
}

#[test]
fn every_kind_of_join_gives_its_rows() {
    let tables = r#"L = #table({"a", "l"}, {{1, "p"}, {2, "q"}, {2, "r"}, {null, "s"}}), R = #table({"b", "r"}, {{2, "x"}, {3, "y"}, {null, "z"}, {2, "w"}})"#;
    let pairs =
        r#"{2, "q", 2, "x"}, {2, "q", 2, "w"}, {2, "r", 2, "x"}, {2, "r", 2, "w"}, {null, "s", null, "z"}"#;
    let left_over = r#"{1, "p", null, null}"#;
    let right_over = r#"{null, null, 3, "y"}"#;
    let semi = r#"{2, "q", null, null}, {2, "r", null, null}, {null, "s", null, null}"#;
    let right_semi = r#"{null, null, 2, "x"}, {null, null, null, "z"}, {null, null, 2, "w"}"#;
    for (kind, rows) in [
        ("Inner", pairs.to_owned()),
        ("LeftOuter", format!("{left_over}, {pairs}")),
        ("RightOuter", format!("{pairs}, {right_over}")),
        ("FullOuter", format!("{left_over}, {pairs}, {right_over}")),
        ("LeftAnti", left_over.to_owned()),
        ("RightAnti", right_over.to_owned()),
        ("LeftSemi", semi.to_owned()),
        ("RightSemi", right_semi.to_owned()),
    ] {
        let expected = format!(r#"#table({{"a", "l", "b", "r"}}, {{{rows}}})"#);
        let join = format!(r#"let {tables} in Table.Join(L, "a", R, "b", JoinKind.{kind})"#);
        same(&join, &expected);
        if kind != "LeftSemi" {
            let nested = format!(
                r#"let {tables}, N = Table.NestedJoin(L, "a", R, "b", "n", JoinKind.{kind}) in
                    Table.ExpandTableColumn(N, "n", {{"b", "r"}})"#
            );
            same(&nested, &expected);
            // The same through tables that really are made.
            same(&nested.replace("(N, \"n\"", "(Table.Buffer(N), \"n\""), &expected);
        }
    }
}

#[test]
fn groups_go_by_the_comparer_they_are_given() {
    let table = r#"#table({"k", "n"}, {{"a", 1}, {"A", 2}, {"b", 3}, {"a", 4}})"#;
    same(
        &format!(
            r#"Table.Group({table}, {{"k"}}, {{"all", each [n]}}, GroupKind.Global, Comparer.OrdinalIgnoreCase)"#
        ),
        r#"#table({"k", "all"}, {{"a", {1, 2, 4}}, {"b", {3}}})"#,
    );
    same(
        &format!(
            r#"Table.Group({table}, {{"k"}}, {{"all", each [n]}}, GroupKind.Local, (x, y) => if x[k] = y[k] then 0 else 1)"#
        ),
        r#"#table({"k", "all"}, {{"a", {1}}, {"A", {2}}, {"b", {3}}, {"a", {4}}})"#,
    );
    same(r#"Table.Group(#table({"a", "b"}, {}), "a", {})"#, r#"#table({"a"}, {})"#);
}

#[test]
fn distinct_rows_are_the_first_of_the_source_even_after_a_sort() {
    let table = r#"#table({"k", "n"}, {{"a", 2}, {"b", 3}, {"a", 1}})"#;
    same(
        &format!(r#"Table.Distinct(Table.Sort({table}, "n"), "k")"#),
        r#"#table({"k", "n"}, {{"a", 2}, {"b", 3}})"#,
    );
    same(
        &format!(r#"Table.Distinct(Table.Buffer(Table.Sort({table}, "n")), "k")"#),
        r#"#table({"k", "n"}, {{"a", 1}, {"b", 3}})"#,
    );
}

#[test]
fn a_pivot_without_aggregation_fails_only_where_values_are_many() {
    let pivot = r#"Table.Pivot(#table({"k", "n", "v"}, {{"b", "x", 1}, {"a", "x", 2}, {"a", "x", 3}}), {"x"}, "n", "v")"#;
    same(&format!("{pivot}{{[k = \"b\"]}}[x]"), "1");
    same(&format!("{pivot}[k]"), r#"{"a", "b"}"#);
    same(
        &format!("(try {pivot}{{0}}[x])[Error][Message]"),
        r#""There were too many elements in the enumeration to complete the operation.""#,
    );
}

#[test]
fn texts_of_editors_work() {
    let source = r#"Prev = #table(type table [Id = Int64.Type, Country = text, Units = number, Date = date],
        {{1, "A", 5, #date(2024, 1, 2)}, {2, "B", 7, #date(2024, 1, 3)}, {1, "A", 1, #date(2024, 1, 1)}})"#;
    let run = |step: &str, expected: &str| same(&format!("let {source} in {step}"), expected);
    run(
        r#"let columnNames = {"Id"}, addCount = Table.Group(Prev, columnNames, {{"Count", Table.RowCount, type number}}), selectDuplicates = Table.SelectRows(addCount, each [Count] > 1), removeCount = Table.RemoveColumns(selectDuplicates, "Count") in Table.Join(Prev, columnNames, removeCount, columnNames, JoinKind.Inner)"#,
        r#"#table(type table [Id = Int64.Type, Country = text, Units = number, Date = date], {{1, "A", 5, #date(2024, 1, 2)}, {1, "A", 1, #date(2024, 1, 1)}})"#,
    );
    run(
        r#"Table.Group(Prev, {"Country"}, {{"Count", each Table.RowCount(_), Int64.Type}, {"Total", each List.Sum([Units]), type nullable number}})"#,
        r#"#table(type table [Country = text, Count = Int64.Type, Total = nullable number], {{"A", 2, 6}, {"B", 1, 7}})"#,
    );
    run(
        r#"Table.ExpandTableColumn(Table.Group(Prev, {"Country"}, {{"All", each _, type table [Id = nullable number, Units = nullable number]}}), "All", {"Units"}, {"Units"})"#,
        r#"#table(type table [Country = text, Units = nullable number], {{"A", 5}, {"A", 1}, {"B", 7}})"#,
    );
    run(
        r#"let Groups = #table({"Code", "Name"}, {{"A", "first"}}), #"Merged queries" = Table.NestedJoin(Prev, {"Country"}, Groups, {"Code"}, "Groups", JoinKind.LeftOuter) in Table.ExpandTableColumn(#"Merged queries", "Groups", {"Name"}, {"Name"})[Name]"#,
        r#"{"first", null, "first"}"#,
    );
    run(r#"Table.FirstN(Table.Sort(Prev, {{"Date", Order.Descending}}), 2)[Units]"#, "{7, 5}");
    run(
        r#"Table.Pivot(Table.TransformColumnTypes(Table.SelectColumns(Prev, {"Country", "Id", "Units"}), {{"Id", type text}}), List.Distinct(Table.TransformColumnTypes(Prev, {{"Id", type text}})[Id]), "Id", "Units", List.Sum)"#,
        r#"#table(type table [Country = text, 1 = any, 2 = any], {{"A", 6, null}, {"B", null, 7}})"#,
    );
}

/// A table text of keys with their row numbers.
fn keyed(keys: &[u8], key: &str, number: &str) -> String {
    let rows: Vec<String> = keys.iter().enumerate().map(|(at, key)| format!("{{{key}, {at}}}")).collect();
    format!(r#"#table({{"{key}", "{number}"}}, {{{}}})"#, rows.join(", "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sorting_is_stable_and_the_first_rows_are_those_of_the_whole(
        keys in prop::collection::vec(0u8..6, 0..120), count in 0usize..20,
    ) {
        let table = keyed(&keys, "k", "n");
        let mut expected: Vec<(u8, usize)> = keys.iter().copied().zip(0..).collect();
        expected.sort_by_key(|(key, _)| *key);
        let numbers = |rows: &[(u8, usize)]| {
            let numbers: Vec<String> = rows.iter().map(|(_, at)| at.to_string()).collect();
            format!("{{{}}}", numbers.join(", "))
        };
        prop_assert_eq!(evaluated(&format!(r#"Table.Sort({table}, "k")[n]"#)), numbers(&expected));
        let first = &expected[..count.min(expected.len())];
        prop_assert_eq!(evaluated(&format!(r#"Table.FirstN(Table.Sort({table}, "k"), {count})[n]"#)), numbers(first));
    }

    #[test]
    fn joining_finds_what_looking_at_all_pairs_finds(
        left in prop::collection::vec(0u8..8, 0..30), right in prop::collection::vec(0u8..8, 0..30),
    ) {
        let mut pairs = Vec::new();
        for (at, key) in left.iter().enumerate() {
            for (other, _) in right.iter().enumerate().filter(|(_, other)| *other == key) {
                pairs.push(format!("{{{at}, {other}}}"));
            }
        }
        let (left, right) = (keyed(&left, "a", "n"), keyed(&right, "b", "m"));
        let join = format!(
            r#"Table.ToRows(Table.SelectColumns(Table.Join({left}, "a", {right}, "b"), {{"n", "m"}}))"#
        );
        prop_assert_eq!(evaluated(&join), format!("{{{}}}", pairs.join(", ")));
    }

    #[test]
    fn pivoting_undoes_unpivoting(cells in prop::collection::vec((0u8..9, 0u8..9), 1..12)) {
        let rows: Vec<String> =
            cells.iter().enumerate().map(|(at, (x, y))| format!("{{{at}, {x}, {y}}}")).collect();
        let table = format!(r#"#table({{"k", "x", "y"}}, {{{}}})"#, rows.join(", "));
        let turned = format!(
            r#"Table.Pivot(Table.Unpivot({table}, {{"x", "y"}}, "n", "v"), {{"x", "y"}}, "n", "v")"#
        );
        prop_assert_eq!(evaluated(&turned), evaluated(&table));
    }

    #[test]
    fn groups_hold_all_rows_once_in_order_of_appearance(keys in prop::collection::vec(0u8..5, 0..60)) {
        let mut order: Vec<u8> = Vec::new();
        keys.iter().for_each(|key| if !order.contains(key) { order.push(*key) });
        let groups: Vec<String> = order
            .iter()
            .map(|key| {
                let rows: Vec<String> = (0..keys.len()).filter(|at| keys[*at] == *key).map(|at| at.to_string()).collect();
                format!("{{{key}, {{{}}}}}", rows.join(", "))
            })
            .collect();
        let grouped = format!(r#"Table.ToRows(Table.Group({}, "k", {{"all", each [n]}}))"#, keyed(&keys, "k", "n"));
        prop_assert_eq!(evaluated(&grouped), format!("{{{}}}", groups.join(", ")));
    }
}
