//! What becomes of rows, and what a run says of it.

use super::workspace::{AS_IT_IS, Workspace, assert_adds_up, count};

fn row_errors(workspace: &Workspace) -> Vec<[String; 5]> {
    let record = workspace.pqm(&["history", "--run", "1", "--format", "json"]).json();
    let errors = record["row_errors"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    errors.map(|e| ["row", "key", "column", "code", "reason"].map(|name| text(&e[name]))).collect()
}

#[test]
fn rows_without_a_key_are_rejected_and_the_rest_lands() {
    let csv = "id,name,born,country\n1,Ann,2001-01-01,DE\n,Bob,,FR\n  ,Cy,,FR\n2,Dee,,\n";
    let workspace = Workspace::people(csv, AS_IT_IS);
    let ended = workspace.pqm(&["run", "--format", "json"]);
    assert_eq!(ended.code, Some(6));
    let record = ended.json();
    assert_eq!(record["status"], "WARNING");
    assert_adds_up(&record);
    assert_eq!((count(&record, 0, "inserted"), count(&record, 0, "rejected")), (2, 2));
    assert_eq!(workspace.rows("out.sqlite", "person").len(), 2);
    let errors = row_errors(&workspace);
    assert_eq!(errors[0][..4], ["2", "null", "id", "key-missing"], "{errors:?}");
    assert!(errors[0][4].contains("null"), "{errors:?}");
    assert!(errors[1][4].contains("blank"), "{errors:?}");
}

#[test]
fn an_error_in_a_cell_rejects_its_row_with_the_error_s_words() {
    let csv = "id,name,born,country\n1,Ann,2001-01-01,DE\n2,Bob,soon,FR\n3,Cy,2001-02-30,FR\n";
    let query = "Table.TransformColumnTypes(QrySourceData, {{\"born\", type date}}, \"en-US\")";
    let workspace = Workspace::people(csv, query);
    let record = workspace.run_json();
    assert_eq!(record["status"], "WARNING");
    assert_eq!((count(&record, 0, "inserted"), count(&record, 0, "rejected")), (1, 2));
    let errors = row_errors(&workspace);
    assert_eq!(errors[0][..4], ["2", "2", "born", "cell-error"], "{errors:?}");
    assert!(errors[0][4].starts_with("DataFormat.Error: "), "{errors:?}");
    assert!(errors[0][4].contains("soon"), "{errors:?}");
}

#[test]
fn a_type_mismatch_in_a_cell_rejects_its_row() {
    let csv = "id,name,born,country\n1,Ann,,DE\n2,Bob,,FR\n";
    let query = "Table.TransformColumns(QrySourceData, {\"born\", each if [] = [] then \"x\" + 1 else null})";
    let workspace = Workspace::people(csv, query);
    let record = workspace.run_json();
    assert_eq!((count(&record, 0, "inserted"), count(&record, 0, "rejected")), (0, 2));
    let errors = row_errors(&workspace);
    assert!(errors[0][4].contains("We cannot apply operator + to types Text and Number."), "{errors:?}");
    assert!(errors[0][4].contains("people.pq:1:"), "the place in the query is missing: {errors:?}");
}

#[test]
fn a_value_that_no_field_can_hold_rejects_its_row() {
    let csv = "id,name,born,country\n1,Ann,,DE\n";
    let workspace = Workspace::people(
        csv,
        "Table.AddColumn(Table.RemoveColumns(QrySourceData, {\"born\"}), \"born\", each {1, 2})",
    );
    let record = workspace.run_json();
    assert_eq!(count(&record, 0, "rejected"), 1);
    let errors = row_errors(&workspace);
    assert_eq!(errors[0][2..4], ["born", "type-mismatch"], "{errors:?}");
}

#[test]
fn rows_the_query_leaves_out_are_filtered() {
    let csv = "id,name,born,country\n1,Ann,,DE\n2,Bob,,FR\n3,Cy,,FR\n";
    let workspace = Workspace::people(csv, "Table.SelectRows(QrySourceData, each [country] = \"FR\")");
    let record = workspace.run_json();
    assert_eq!(record["status"], "COMPLETED");
    assert_adds_up(&record);
    assert_eq!((count(&record, 0, "read"), count(&record, 0, "filtered")), (3, 1));
    assert_eq!(workspace.run().code, Some(0));
}

#[test]
fn a_query_that_adds_rows_filters_none() {
    let csv = "id,name,born,country\n1,Ann,,DE\n2,Bob,,FR\n";
    let query =
        "Table.Combine({QrySourceData, Table.TransformColumns(QrySourceData, {\"id\", each _ & \"b\"})})";
    let workspace = Workspace::people(csv, query);
    let record = workspace.run_json();
    let found = ["read", "filtered", "inserted"].map(|name| count(&record, 0, name));
    assert_eq!(found, [2, 0, 4]);
}

#[test]
fn a_source_without_rows_still_makes_the_entity() {
    let workspace = Workspace::people("id,name,born,country\n", "QrySourceData");
    let record = workspace.run_json();
    assert_eq!(record["status"], "COMPLETED");
    assert!(workspace.rows("out.sqlite", "person").is_empty());
}

#[test]
fn a_project_can_read_what_it_writes() {
    let workspace = Workspace::people("id,name,born,country\n1,Ann,,DE\n2,Bob,,FR\n", "QrySourceData");
    assert_eq!(workspace.run().code, Some(0));
    workspace.replace("project.yaml", "connections: [Files]", "connections: [Store]");
    workspace.replace(
        "project.yaml",
        "{ connection: Files, entity: people.csv }",
        "{ connection: Store, entity: person }",
    );
    workspace.write("people.pq", "Table.TransformColumns(QrySourceData, {\"name\", Text.Upper})");
    let record = workspace.run_json();
    assert_eq!(count(&record, 0, "updated"), 2, "{record:#}");
}

#[test]
fn csv_and_json_lines_files_are_destinations_too() {
    for (kind, file) in [("csv", "out.csv"), ("json-lines", "out.jsonl")] {
        let workspace = Workspace::people("id,name,born,country\n1,Ann,,DE\n2,Bob,,FR\n", "QrySourceData");
        workspace.replace(
            "project.yaml",
            "kind: sqlite, address: out.sqlite",
            &format!("kind: {kind}, address: ."),
        );
        workspace.replace("project.yaml", "{ person: [id] }", &format!("{{ {file}: [id] }}"));
        workspace.replace("project.yaml", "entity: person", &format!("entity: {file}"));
        let record = workspace.run_json();
        assert_eq!(count(&record, 0, "inserted"), 2, "{record:#}");
        let text = std::fs::read_to_string(workspace.path(file)).unwrap();
        assert!(text.contains("Ann") && text.contains("FR"), "{text}");
        let record = workspace.run_json();
        assert_eq!((count(&record, 0, "inserted"), count(&record, 0, "unchanged")), (0, 2));
    }
}

#[test]
fn json_lines_files_are_sources_whose_fields_may_differ() {
    let workspace = Workspace::people("", "QrySourceData");
    workspace.replace("project.yaml", "kind: csv", "kind: json-lines");
    workspace.replace("project.yaml", "people.csv", "people.jsonl");
    let lines = "{\"id\": 1, \"name\": \"Ann\", \"country\": \"DE\"}\n\n{\"id\": 2, \"born\": \"2001-02-03\", \"name\": null}\n";
    workspace.write("people.jsonl", lines);
    let record = workspace.run_json();
    assert_eq!((count(&record, 0, "read"), count(&record, 0, "inserted")), (2, 2), "{record:#}");
    let rows: Vec<Vec<String>> = workspace.rows("out.sqlite", "person").into_values().collect();
    assert_eq!(rows[0], ["Integer(1)", "\"Ann\"", "Null", "\"DE\""]);
    assert_eq!(rows[1], ["Integer(2)", "Null", "\"2001-02-03\"", "Null"]);
}

#[test]
fn with_json_both_streams_are_for_machines() {
    let workspace = Workspace::people("id,name,born,country\n1,Ann,,DE\n", "QrySourceDate");
    let ended = workspace.pqm(&["run", "--format", "json"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.json()["failure"]["diagnostics"][0]["place"]["source"], "people.pq");
    for line in ended.stderr.lines() {
        let told: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(told["severity"], "error");
    }
    workspace.replace("project.yaml", "name: People", "nam: People");
    let ended = workspace.pqm(&["run", "--format", "json"]);
    assert_eq!(ended.code, Some(3));
    let told: serde_json::Value = serde_json::from_str(ended.stderr.lines().next().unwrap()).unwrap();
    assert!(told["place"]["file"].as_str().unwrap().ends_with("project.yaml"), "{told}");
}
