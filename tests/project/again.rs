//! Rows that wait in quarantine, and running again what failed.

use super::workspace::{AS_IT_IS, Workspace, assert_adds_up, count};

#[test]
fn rejected_rows_wait_whole_and_rerun_delivers_only_them() {
    let csv = "id,name,born,country\n1,Ann,2001-01-01,DE\n2,Bob,,Atlantis\n3,Cy,,Nowhere\n";
    let workspace = Workspace::people(csv, AS_IT_IS);
    assert_eq!(workspace.run().code, Some(6));
    let waiting = workspace.pqm(&["quarantine", "--format", "json"]).json();
    assert_eq!(waiting.as_array().unwrap().len(), 2);
    assert_eq!(
        waiting[0]["content"].to_string(),
        r#"{"id":"2","name":"Bob","born":null,"country":"Atlantis"}"#
    );
    let errors = workspace.pqm(&["history", "--run", "1", "--format", "json"]).json();
    assert_eq!(errors["row_errors"][0]["step"], "mapping");

    // One is corrected at the source; the other rows change, too, and must not be touched.
    workspace.write("people.csv", csv.replace("Atlantis", "FR").replace("Ann", "Changed"));
    let ended = workspace.pqm(&["rerun", "--format", "json"]);
    assert_eq!(ended.code, Some(6));
    let record = ended.json();
    assert_adds_up(&record);
    let counts = ["read", "filtered", "inserted", "updated", "rejected"].map(|name| count(&record, 0, name));
    assert_eq!(counts, [3, 1, 1, 0, 1]);
    assert!(workspace.rows("out.sqlite", "person")["\"1\""].contains(&"\"Ann\"".to_owned()));
    assert_eq!(workspace.pqm(&["quarantine", "--format", "json"]).json().as_array().unwrap().len(), 1);
    workspace.write("people.csv", csv.replace("Atlantis", "FR").replace("Nowhere", "FR"));
    assert_eq!(workspace.pqm(&["rerun"]).code, Some(0));
    assert!(workspace.pqm(&["quarantine"]).said().contains("No row waits"));
    assert!(workspace.pqm(&["rerun"]).said().contains("nothing to run again"));
}

#[test]
fn rows_behind_the_watermark_stay_in_quarantine_until_they_are_delivered() {
    let csv = "id,name,born,country\n1,Ann,2026-01-01,Atlantis\n2,Bob,2026-01-02,FR\n";
    let workspace = Workspace::people(csv, "QrySourceData");
    workspace.replace(
        "project.yaml",
        "entity: person }\n",
        "entity: person }\n    incremental: { by: watermark, columns: [born] }\n",
    );
    assert_eq!(workspace.run().code, Some(6));
    // The next run does not see the row any more, and does not call the task completed either.
    let ended = workspace.pqm(&["run", "--format", "json"]);
    assert_eq!((ended.code, count(&ended.json(), 0, "rejected")), (Some(6), 0));
    assert!(ended.json()["tasks"][0]["error"].as_str().unwrap().contains("wait in quarantine: 1"));
    workspace.write("people.csv", csv.replace("Atlantis", "DE"));
    assert_eq!(workspace.pqm(&["rerun"]).code, Some(0));
    assert_eq!(workspace.run().code, Some(0));
    assert_eq!(workspace.rows("out.sqlite", "person").len(), 2);
}

#[test]
fn rerun_takes_up_failed_tasks_and_those_after_them() {
    let workspace = Workspace::example();
    let contacts = std::fs::read(workspace.path("data/contacts.csv")).unwrap();
    workspace.write("data/contacts.csv", "Contact Id;Full Name\n1\n");
    assert_eq!(workspace.run().code, Some(1));
    workspace.write("data/contacts.csv", contacts);
    let record = workspace.pqm(&["rerun", "--format", "json"]).json();
    let names: Vec<&str> =
        record["tasks"].as_array().unwrap().iter().map(|task| task["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Contacts") && names.contains(&"Products"), "{names:?}");
    assert_eq!(record["failure"], serde_json::Value::Null);
}

#[test]
fn one_task_can_be_run_by_its_name() {
    let workspace = Workspace::example();
    let record = workspace.pqm(&["run", "--task", "Products", "--format", "json"]).json();
    assert_eq!(record["tasks"].as_array().unwrap().len(), 1);
    let ended = workspace.pqm(&["run", "--task", "Product"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.said().contains("has no task \"Product\""), "{}", ended.said());
}

#[test]
fn schema_policies_decide_what_happens_to_values_that_do_not_fit() {
    let csv = "id,name,born,country\n1,Ann,2001-01-01,DE\n2,Bob,soon,FR\n";
    let with = |policy: &str| {
        let workspace = Workspace::people(csv, "QrySourceData");
        let store = rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap();
        store
            .execute_batch(
                "CREATE TABLE person (id TEXT PRIMARY KEY, name VARCHAR(5), born DATE, country TEXT)",
            )
            .unwrap();
        workspace.replace(
            "project.yaml",
            "entity: person }\n",
            &format!("entity: person }}\n    schema: {policy}\n"),
        );
        workspace
    };
    let row = with("quarantine-row");
    let record = row.run_json();
    assert_eq!((count(&record, 0, "inserted"), count(&record, 0, "rejected")), (1, 1));
    assert_eq!(record["rejected"][0]["code"], "misfit");

    let value = with("quarantine-value");
    let record = value.run_json();
    assert_eq!((count(&record, 0, "inserted"), count(&record, 0, "rejected")), (2, 0));
    assert_eq!(record["status"], "WARNING");
    assert!(value.rows("out.sqlite", "person")["\"2\""].contains(&"Null".to_owned()));
    assert_eq!(value.pqm(&["quarantine", "--format", "json"]).json()[0]["content"]["born"], "soon");

    let freeze = with("freeze");
    let ended = freeze.run();
    assert_eq!(ended.code, Some(1));
    assert!(ended.said().contains("row 2: born") && ended.said().contains("frozen"), "{}", ended.said());
    assert!(freeze.rows("out.sqlite", "person").is_empty());
}

#[test]
fn new_fields_are_added_refused_or_kept_as_the_policy_says() {
    let with = |policy: &str| {
        let workspace = Workspace::people("id,name,born,country\n1,Ann,2001-01-01,DE\n", "QrySourceData");
        let mappings = "      - { source: born, destination: born }\n";
        workspace.replace("project.yaml", mappings, "      - { source: \"*\", destination: \"*\" }\n");
        assert_eq!(workspace.run().code, Some(0));
        workspace.write("people.csv", "id,name,born,country,email\n1,Ann,2001-01-01,DE,\n2,Bob,,FR,b@x\n");
        workspace.replace(
            "project.yaml",
            "entity: person }\n",
            &format!("entity: person }}\n    schema: {policy}\n"),
        );
        workspace
    };
    let evolve = with("evolve");
    assert_eq!(evolve.run().code, Some(0));
    assert!(evolve.rows("out.sqlite", "person")["\"2\""].contains(&"\"b@x\"".to_owned()));
    let ended = with("freeze").run();
    assert!(ended.code == Some(1) && ended.said().contains("the rows have fields that person lacks: email"));
    // In a CSV file an empty field is an empty text, so that both rows have a value that cannot be kept.
    let record = with("quarantine-row").run_json();
    assert_eq!(record["rejected"][0]["code"], "field-unknown");
    let record = with("quarantine-value").run_json();
    assert_eq!((count(&record, 0, "inserted"), count(&record, 0, "rejected")), (1, 0));
}
