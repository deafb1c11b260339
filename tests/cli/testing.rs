//! `pqm test`.

use std::path::{Path, PathBuf};

use crate::program::{Ran, pqm, pqm_in};

/// A folder with these files.
fn suite(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn text(folder: &tempfile::TempDir, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

const MIXED: &[(&str, &str)] = &[
    ("data.parameterquery.pq", "#table({\"Id\", \"Name\"}, {{1, \"Ann\"}, {2, \"Bob\"}, {3, null}})"),
    ("good.query.pq", "(rows) => Table.RowCount(rows)"),
    ("good.query.pqout", "3"),
    ("wrong.query.pq", "(rows) => Table.SelectRows(rows, each [Id] > 1)"),
    ("wrong.query.pqout", "#table({\"Id\", \"Name\"}, {{2, \"Bea\"}, {3, \"Cid\"}, {4, \"Dan\"}})"),
    ("broken.query.pq", "(rows) =>\n    rows{9}[Name]"),
    ("broken.query.pqout", "\"Ann\""),
    ("misspelt.query.pq", "(rows) => Table.RowCont(rows)"),
    ("new.query.pq", "(rows) => rows[Name]"),
    ("raises.query.pq", "(rows) => error Error.Record(\"Mine\", \"told you\")"),
    ("raises.query.pqout", "error Error.Record(\"Mine\", \"told you\")"),
];

#[test]
fn a_failing_an_erroring_and_a_missing_output_read_well() {
    let folder = suite(MIXED);
    let ran = pqm_in(folder.path(), &["test", "--parameter-query", "data.parameterquery.pq"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("mixed_suite", ran.out);
    assert_eq!(ran.err, "");
}

#[test]
fn settings_say_what_the_command_line_may_say() {
    let folder = suite(MIXED);
    let settings =
        "{\"QueryFilePath\": \"good.query.pq\", \"ParameterQueryFilePath\": \"data.parameterquery.pq\"}";
    std::fs::write(folder.path().join("all.settings.json"), settings).unwrap();
    let ran = pqm_in(folder.path(), &["test", "all.settings.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "1 test: 1 passed\n"), "{}", ran.err);
    std::fs::write(folder.path().join("wrong.json"), "[]").unwrap();
    assert_eq!(pqm_in(folder.path(), &["test", "wrong.json"]).code, 2);
    // Without a parameter query a function is no result.
    let ran = pqm_in(folder.path(), &["test", "good.query.pq"]);
    assert!(ran.code == 1 && ran.out.contains("--parameter-query"), "{}", ran.out);
}

#[test]
fn update_writes_what_was_found() {
    let folder = suite(&[
        ("list.query.pq", "{1, 2}"),
        ("list.query.pqout", "{1}"),
        ("new.query.pq", "#table({\"a\"}, {{1}})"),
        ("fails.query.pq", "error \"no\""),
    ]);
    let ran = pqm_in(folder.path(), &["test", "--update"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.ends_with("3 tests: 0 passed, 2 updated, 1 with errors\n"), "{}", ran.out);
    assert_eq!(text(&folder, "list.query.pqout"), "{1, 2}\n");
    assert!(!folder.path().join("fails.query.pqout").exists());
    let again = pqm_in(folder.path(), &["test", "--filter", "LIST"]);
    assert_eq!((again.code, again.out.as_str()), (0, "1 test: 1 passed\n"));
    assert_eq!(pqm_in(folder.path(), &["test", "--filter", "new"]).code, 0);
}

#[test]
fn expectations_in_texts_are_tested() {
    let folder = suite(&[
        ("steps.pq", "let\n    a = {1..3}, //= {1, 2, 3}\n    b = List.Sum(a) //= 7\nin\n    b * 2 //= 12\n"),
        ("section.pq", "section S;\nshared Twice = (x) => x * 2;\nFour = Twice(2); //= 4\n"),
        ("two.test.pq", "1 + 1\n//= 2\n\n\"a\" & \"b\"\n//= \"ab\"\nerror \"x\"\n//= error \"x\"\n"),
        ("none.pq", "1"),
    ]);
    let ran = pqm_in(folder.path(), &["test"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("FAILED  steps.pq:3\n        row  column  expected  found\n"), "{}", ran.out);
    assert!(ran.out.ends_with("7 tests: 6 passed, 1 failed\n"), "{}", ran.out);
    assert_eq!(pqm_in(folder.path(), &["test", "--update"]).code, 0);
    assert!(text(&folder, "steps.pq").contains("b = List.Sum(a) //= 6\n"));
    assert_eq!(pqm_in(folder.path(), &["test"]).code, 0);
}

/// Facts as the SDK's sample makes them: a connector beside its tests, and records that say how each went.
#[test]
fn facts_are_tests_of_their_own() {
    let folder = suite(&[
        ("Unit.pq", "section Unit;\nshared Unit.Answer = () => 42;\n"),
        (
            "Unit.query.pq",
            "section UnitTests;
             shared Unit.Tests = let
                 facts = {Fact(\"the answer\", 42, Unit.Answer()), Fact(\"a wrong one\", 41, Unit.Answer())},
                 header = [Result = \"1 of 2\", Notes = \"\", Details = \"\"]
             in Table.FromRecords({header} & facts);
             Fact = (name as text, expected, actual) => [
                 Result = if expected = actual then \"Success\" else \"Failure\",
                 Notes = name,
                 Details = \"(\" & Text.From(expected) & \" / \" & Text.From(actual) & \")\"
             ];",
        ),
    ]);
    let ran = pqm_in(folder.path(), &["test"]);
    assert_eq!(ran.code, 1);
    let expected = "FAILED  Unit.query.pq: a wrong one\n        (41 / 42)\n2 tests: 1 passed, 1 failed\n";
    assert_eq!(ran.out, expected);
}

#[test]
fn build_servers_read_the_reports() {
    let folder = suite(MIXED);
    let report = |format: &str| {
        let arguments = ["test", "--parameter-query", "data.parameterquery.pq", "--format", format];
        pqm_in(folder.path(), &arguments)
    };
    let junit = report("junit");
    assert_eq!(junit.code, 1);
    assert!(junit.out.contains("tests=\"6\" failures=\"2\" errors=\"2\""), "{}", junit.out);
    assert!(junit.out.contains("<failure message=\"no output file\">"), "{}", junit.out);
    assert!(junit.err.starts_with("6 tests: 2 passed"), "{}", junit.err);
    let trx = report("trx");
    assert!(
        trx.out.contains("<Counters total=\"6\" executed=\"6\" passed=\"2\" failed=\"4\"/>"),
        "{}",
        trx.out
    );
    assert_eq!(trx.out.matches("<UnitTestResult ").count(), 6);
    let json: serde_json::Value = serde_json::from_str(&report("json").out).unwrap();
    let wrong =
        json["tests"].as_array().unwrap().iter().find(|test| test["name"] == "wrong.query.pq").unwrap();
    assert_eq!(wrong["status"], "failed");
    assert_eq!(wrong["differences"][0]["column"], "Name");
}

/// The folder with the example tables; none where it is absent.
fn tables() -> Option<PathBuf> {
    let given = std::env::var("PQM_TAXI_DATA").map(PathBuf::from);
    let folder = given.unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    folder.join("nyc_taxi_tripdata.csv").is_file().then_some(folder)
}

fn taxi(settings: &str, data: &Path) -> Ran {
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suites/taxi").join(settings);
    let folder = format!("DataFolder={}", data.display());
    pqm(&["test", settings.to_str().unwrap(), "--param", &folder])
}

#[test]
fn the_taxi_suite_passes_over_csv() {
    let Some(data) = tables() else {
        eprintln!(
            "skipped: no example tables; PQM_TAXI_DATA names the folder that holds nyc_taxi_tripdata.csv"
        );
        return;
    };
    // `tests/suites/taxi/run.sh` runs it over another source, too.
    let ran = taxi("csv.settings.json", &data);
    assert_eq!((ran.code, ran.out.as_str()), (0, "67 tests: 67 passed\n"), "{}", ran.err);
}

#[test]
fn an_output_of_the_sdk_ends_after_a_thousand_rows() {
    let folder = suite(&[
        ("cut.query.pq", "Table.FromColumns({{1..1500}})"),
        ("cut.query.pqout", "Table.FromColumns({{1..1000}})"),
        ("short.query.pq", "Table.FromColumns({{1..1500}})"),
        ("short.query.pqout", "Table.FromColumns({{1..999}})"),
    ]);
    let ran = pqm_in(folder.path(), &["test"]);
    assert!(ran.out.starts_with("FAILED  short.query.pq\n"), "{}", ran.out);
    assert!(ran.out.ends_with("2 tests: 1 passed, 1 failed\n"), "{}", ran.out);
}
