//! `pqm plan` as a person and a program see it.

use super::program::{pqm, pqm_reading};

const QUERY: &str = "let
    Source = #table({\"Region\", \"Amount\", \"Note\"}, {{\"N\", 3, \"a\"}, {\"S\", 5, \"b\"}, {\"N\", 7, \"c\"}}),
    #\"Filtered rows\" = Table.SelectRows(Source, each [Amount] > 3),
    #\"Added custom\" = Table.AddColumn(#\"Filtered rows\", \"Parts\", each [n = [Amount]]),
    #\"Grouped rows\" = Table.Group(#\"Added custom\", {\"Region\"}, {{\"Total\", each List.Sum([Amount]), type number}})
in
    #\"Grouped rows\"
";

#[test]
fn a_plan_has_a_line_for_each_step() {
    let ran = pqm_reading(QUERY, &["plan", "-", "--width", "110"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(ran.out);
}

#[test]
fn what_runs_row_by_row_has_its_reason_below() {
    let text = QUERY.replace("    #\"Grouped rows\"\n", "    #\"Added custom\"\n");
    let text = text.replace("[n = [Amount]]", "[n = Text.From([Amount])]");
    let ran = pqm_reading(&text, &["plan", "-"]);
    assert!(
        ran.out.contains("row by row")
            && ran.out.contains("\nRow by row:\n  Added custom: Parts makes a record.\n"),
        "{}",
        ran.out
    );
}

#[test]
fn analysing_counts_rows_of_each_step() {
    let ran = pqm_reading(QUERY, &["plan", "-", "--analyze", "--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let mut step = &json["plans"][0];
    let mut rows = Vec::new();
    while !step.is_null() {
        rows.push((step["steps"][0].as_str().unwrap_or_default().to_owned(), step["rows"].as_u64()));
        assert!(step["seconds"].is_number() && step["how"].is_string(), "{step}");
        step = &step["inputs"][0];
    }
    let expected = [("Grouped rows", 2), ("Added custom", 2), ("Filtered rows", 2), ("Source", 3)];
    assert_eq!(rows, expected.map(|(name, rows)| (name.to_owned(), Some(rows))));
    let ran = pqm_reading(QUERY, &["plan", "-", "--analyze"]);
    assert!(ran.out.contains("Rows") && ran.out.contains("Read to its end in "), "{}", ran.out);
}

#[test]
fn a_value_that_is_no_table_shows_what_was_read_for_it() {
    let ran =
        pqm_reading("Table.RowCount(Table.SelectRows(#table({\"a\"}, {{1}}), each [a] > 0))", &["plan", "-"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.starts_with("The result is a value of type number") && ran.out.contains("select rows"),
        "{}",
        ran.out
    );
}

#[test]
fn mistakes_and_errors_are_told_in_their_places() {
    let ran = pqm_reading("let a = Tabel.FirstN(b, 1) in a", &["plan", "-"]);
    assert!(ran.code == 3 && ran.err.contains("M0201"), "{}", ran.err);
    let ran = pqm_reading("let a = error \"no\" in a", &["plan", "-"]);
    assert!(ran.code == 1 && ran.err.contains("error \"no\""), "{}", ran.err);
    assert_eq!(pqm(&["plan", "nowhere.pq"]).code, 5);
}

#[test]
fn the_prompt_shows_plans_too() {
    let script = "Source = #table({\"a\", \"b\"}, {{1, 2}, {3, 4}})\nTable.SelectRows(_, each [a] > 1)\n:plan\n:plan Source\n:plan analyze\n";
    let ran = pqm_reading(script, &["repl"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(ran.out.matches("Of what").count(), 3, "{}", ran.out);
    assert!(ran.out.contains("Filtered rows  select rows  vector"), "{}", ran.out);
    assert!(ran.out.contains("Read to its end in "), "{}", ran.out);
}

#[test]
fn a_step_that_is_written_twice_is_made_once() {
    let query = "let
    Prev = #table({\"k\", \"q\", \"v\"}, {{\"a\", 1, 3}, {\"b\", 2, 5}}),
    Pivoted = Table.Pivot(Table.TransformColumnTypes(Prev, {{\"q\", type text}}, \"en-US\"), List.Distinct(Table.TransformColumnTypes(Prev, {{\"q\", type text}}, \"en-US\")[q]), \"q\", \"v\", List.Sum)
in
    Pivoted
";
    let ran = pqm_reading(query, &["plan", "-", "--width", "160"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(ran.out);
    let ran = pqm_reading(query, &["plan", "-", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["plans"][0]["inputs"][0]["places"], 2);
}
