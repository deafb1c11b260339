//! Dry runs.

use super::workspace::{AS_IT_IS, Workspace};

const CSV: &str = "id,name,born,country\n1,Ann,2001-01-01,DE\n2,Bob,,FR\n3,Cy,,FR\n";

#[test]
fn a_plan_names_rows_and_fields_and_writes_nothing() {
    let workspace = Workspace::people(CSV, AS_IT_IS);
    workspace.replace("project.yaml", "entity: person }\n", "entity: person }\n    deletes: true\n");
    let plan = workspace.pqm(&["plan", "--format", "json"]).json();
    assert_eq!(plan["tasks"][0]["inserted"], 3);
    assert!(!workspace.path("out.sqlite").exists() && !workspace.path(".pqm").exists());
    assert_eq!(workspace.run().code, Some(0));
    let before = std::fs::read(workspace.path("out.sqlite")).unwrap();
    workspace
        .write("people.csv", "id,name,born,country\n1,Ann B.,,DE\n2,Bob,,FR\n4,Dee,,DE\n5,Eve,,Atlantis\n");
    let plan = workspace.pqm(&["plan", "--format", "json"]).json();
    let rows = plan["tasks"][0]["rows"].as_array().unwrap();
    let found: Vec<(&str, &str)> =
        rows.iter().map(|row| (row["action"].as_str().unwrap(), row["key"].as_str().unwrap())).collect();
    assert_eq!(found, [("reject", "5"), ("update", "1"), ("insert", "4"), ("delete", "3")]);
    let changes = rows[1]["changes"].to_string();
    assert_eq!(
        changes,
        r#"[{"field":"name","from":"Ann","to":"Ann B."},{"field":"born","from":"2001-01-01","to":null}]"#
    );
    assert!(rows[0]["reasons"][0].as_str().unwrap().contains("Atlantis"));
    let said = workspace.pqm(&["plan"]).said();
    for words in ["nothing was written", "~ 1: name \"Ann\" -> \"Ann B.\"", "+ 4", "- 3", "! 5: country"] {
        assert!(said.contains(words), "{words:?} is missing in: {said}");
    }
    assert!(std::fs::read(workspace.path("out.sqlite")).unwrap() == before, "the destination was changed");
    assert_eq!(workspace.history().len(), 1, "a plan is no run");
    // The run does what the plan said.
    let record = workspace.run_json();
    let counts = ["inserted", "updated", "deleted", "rejected"].map(|name| record["tasks"][0][name].clone());
    assert_eq!(counts, [1, 1, 1, 1].map(serde_json::Value::from));
}

#[test]
fn check_finds_what_a_run_would_find_late() {
    let workspace = Workspace::people(CSV, AS_IT_IS);
    let store = rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap();
    store
        .execute_batch(
            "CREATE TABLE person (id TEXT, name TEXT, born DATE, country INTEGER, email TEXT NOT NULL)",
        )
        .unwrap();
    workspace.replace("project.yaml", "destination: name }", "destination: nmae }");
    workspace.replace("project.yaml", "source: born", "source: boren");
    let ended = workspace.pqm(&["check"]);
    assert_eq!(ended.code, Some(3));
    let said = ended.said();
    for words in [
        "person has no field \"nmae\"",
        "did you mean name?",
        "the rows have no field \"boren\"",
        "did you mean born?",
        "person needs a value in email",
        "tasks[0].mappings[1].destination",
    ] {
        assert!(said.contains(words), "{words:?} is missing in: {said}");
    }
    let workspace = Workspace::people(CSV, "Table.SelectRow(QrySourceData, each true)");
    let said = workspace.pqm(&["check"]).said();
    assert!(said.contains("people.pq:1:1") && said.contains("Table.SelectRows"), "{said}");
    let workspace = Workspace::people("id,name,born,country\n1,Ann,,DE\n1,Ann,,DE\n,Cy,,FR\n", AS_IT_IS);
    assert_eq!(workspace.pqm(&["check"]).code, Some(0));
    let said = workspace.pqm(&["check", "--data"]).said();
    assert!(said.contains("same key (1)") && said.contains("the key column id is null"), "{said}");
}

#[test]
fn check_finds_keys_that_are_not_unique_and_unknown_entities() {
    let workspace = Workspace::people(CSV, AS_IT_IS);
    let store = rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap();
    store
        .execute_batch(
            "CREATE TABLE person (number INTEGER PRIMARY KEY, id TEXT, name TEXT, born TEXT, country TEXT)",
        )
        .unwrap();
    workspace.replace("project.yaml", "entity: people.csv", "entity: peple.csv");
    let said = workspace.pqm(&["check"]).said();
    assert!(said.contains("the key (id) is not unique in person"), "{said}");
    assert!(said.contains("no entity \"peple.csv\"") && said.contains("did you mean people.csv?"), "{said}");
}
