//! Mistakes: each has a clear message and an exit code of its own kind, and leaves nothing half-written.

use super::workspace::{AS_IT_IS, Workspace, count};

const GOOD: &str = "id,name,born,country\n1,Ann,,DE\n2,Bob,,FR\n";

/// Runs the project, which must fail with this code and these words, and deliver nothing.
fn fails(workspace: &Workspace, code: i32, words: &[&str]) {
    let ended = workspace.run();
    let said = ended.said();
    assert_eq!(ended.code, Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is missing in: {said}");
    }
    assert!(workspace.is_untouched(), "something was written");
}

/// The same for a run that started: the history has it as ERROR.
fn fails_in_the_run(workspace: &Workspace, words: &[&str]) {
    fails(workspace, 1, words);
    let history = workspace.history();
    assert_eq!(history[0]["status"], "ERROR", "{history:#?}");
    let error = history[0]["tasks"][0]["error"].as_str().unwrap();
    assert!(!error.is_empty());
}

#[test]
fn a_missing_source_file() {
    let workspace = Workspace::people(GOOD, AS_IT_IS);
    std::fs::remove_file(workspace.path("people.csv")).unwrap();
    fails_in_the_run(&workspace, &["people.csv", "Could not find"]);
}

#[test]
fn a_folder_instead_of_a_source_file() {
    let workspace = Workspace::people(GOOD, AS_IT_IS);
    std::fs::remove_file(workspace.path("people.csv")).unwrap();
    std::fs::create_dir(workspace.path("people.csv")).unwrap();
    fails_in_the_run(&workspace, &["people.csv", "is a folder, not a file"]);
}

#[test]
fn a_ragged_row() {
    for row in ["3,Cy,,FR,more", "3,Cy"] {
        let workspace = Workspace::people(format!("{GOOD}{row}\n4,Dee,,\n"), AS_IT_IS);
        fails_in_the_run(&workspace, &["Line 4 has", "where the header has 4"]);
    }
}

#[test]
fn another_encoding() {
    let workspace = Workspace::people(b"id,name,born,country\n1,M\xfcller,,DE\n", AS_IT_IS);
    fails_in_the_run(&workspace, &["Line 2 holds bytes that are no", "1252"]);
}

#[test]
fn a_quote_that_is_not_closed() {
    let workspace = Workspace::people(format!("{GOOD}3,\"Cy,,FR\n4,Dee,,\n"), AS_IT_IS);
    fails_in_the_run(&workspace, &["quote opened in line 4 is not closed"]);
}

#[test]
fn damage_after_many_good_rows() {
    let mut csv = GOOD.to_owned();
    for i in 3..9000 {
        csv.push_str(&format!("{i},Person {i},,DE\n"));
    }
    csv.push_str("9000,too,short\n");
    fails_in_the_run(&Workspace::people(csv, AS_IT_IS), &["Line 9001 has 3 fields"]);
}

#[test]
fn json_that_is_none() {
    let workspace = Workspace::people(GOOD, "QrySourceData");
    workspace.replace("project.yaml", "kind: csv", "kind: json");
    workspace.replace("project.yaml", "people.csv", "people.json");
    workspace.write("people.json", "[{\"id\": 1}, ");
    fails_in_the_run(&workspace, &["people.json"]);
    workspace.write("people.json", "{\"id\": 1}");
    fails_in_the_run(&workspace, &["not an array of JSON objects"]);
}

#[test]
fn a_syntax_error_in_a_query() {
    let workspace = Workspace::people(GOOD, "let a = 1,\n  b = (2\nin b");
    fails_in_the_run(&workspace, &["people.pq", "b = (2"]);
}

#[test]
fn an_unknown_name_in_a_query() {
    let workspace = Workspace::people(GOOD, "Table.SelectRow(QrySourceData, each true)");
    fails_in_the_run(&workspace, &["people.pq", "Table.SelectRow", "Table.SelectRows"]);
}

#[test]
fn a_query_of_a_later_task_is_checked_before_anything_runs() {
    let workspace = Workspace::example();
    workspace.write("queries/products.pq", "QrySourceDate");
    let ended = workspace.run();
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.said().contains("QrySourceData"), "{}", ended.said());
    assert!(!workspace.path("out").exists());
    assert_eq!(workspace.history()[0]["tasks"][0]["name"], "Products");
}

#[test]
fn a_query_that_gives_no_table() {
    fails_in_the_run(&Workspace::people(GOOD, "1 + 1"), &["people.pq", "a Number, not a table"]);
}

#[test]
fn an_error_that_ends_the_query() {
    let workspace = Workspace::people(GOOD, "Table.SelectRows(QrySourceData, each [id] > 1)");
    fails_in_the_run(&workspace, &["We cannot apply operator"]);
    let workspace = Workspace::people(GOOD, "error \"no more\"");
    fails_in_the_run(&workspace, &["no more"]);
}

#[test]
fn endless_recursion() {
    let in_the_query = "let f = (n) => @f(n + 1) + 1 in Table.FirstN(QrySourceData, f(0))";
    fails_in_the_run(&Workspace::people(GOOD, in_the_query), &["people.pq"]);
    let in_a_cell = "let f = (n) => @f(n & n) & \"x\" in Table.TransformColumns(QrySourceData, {\"name\", (n) => let g = (k) => 1 + @g(k + 1) in g(0)})";
    fails_in_the_run(&Workspace::people(GOOD, in_a_cell), &["people.pq"]);
}

#[test]
fn a_file_outside_of_the_project() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(outside.path(), "id,name,born,country\n1,Ann,,DE\n").unwrap();
    let query =
        format!("Table.PromoteHeaders(Csv.Document(File.Contents(\"{}\")))", outside.path().display());
    fails_in_the_run(&Workspace::people(GOOD, &query), &["isn't granted"]);
}

#[test]
fn mistakes_in_the_project_file() {
    let workspace = Workspace::people(GOOD, AS_IT_IS);
    workspace.replace("project.yaml", "    mappings:", "    mapings:");
    fails(&workspace, 3, &["project.yaml", "mapings", "did you mean mappings?"]);
    let workspace = Workspace::people(GOOD, AS_IT_IS);
    workspace.replace("project.yaml", "{ connection: Store, entity", "{ connection: Stor, entity");
    fails(&workspace, 3, &["there is no connection \"Stor\"", "did you mean Store?"]);
    let workspace = Workspace::people(GOOD, AS_IT_IS);
    std::fs::remove_file(workspace.path("people.pq")).unwrap();
    fails(&workspace, 3, &["there is no query file people.pq"]);
    let workspace = Workspace::new();
    fails(&workspace, 5, &["a project is a folder with a project.yaml"]);
}

#[test]
fn a_mapping_from_a_column_that_is_not_there() {
    let workspace = Workspace::people(GOOD, AS_IT_IS);
    workspace.replace("project.yaml", "source: name", "source: nam");
    workspace.replace("project.yaml", "source: born", "source: birthday");
    fails_in_the_run(&workspace, &["\"nam\"", "did you mean name?", "\"birthday\""]);
}

#[test]
fn a_mapping_to_a_column_that_is_not_there() {
    let workspace = Workspace::people(GOOD, AS_IT_IS);
    let store = rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap();
    store.execute_batch("CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT, born TEXT)").unwrap();
    let ended = workspace.run();
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(
        ended.said().contains("person in") && ended.said().contains("has no column country"),
        "{}",
        ended.said()
    );
    assert!(workspace.rows("out.sqlite", "person").is_empty());
}

#[test]
fn a_locked_destination() {
    let workspace = Workspace::people(GOOD, AS_IT_IS);
    let store = rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap();
    store.execute_batch("CREATE TABLE other (a); BEGIN EXCLUSIVE").unwrap();
    let ended = workspace.run();
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.said().contains("locked by another process"), "{}", ended.said());
    store.execute_batch("COMMIT").unwrap();
    assert_eq!(workspace.run().code, Some(0));
}

#[test]
fn a_read_only_destination() {
    let workspace = Workspace::people(GOOD, AS_IT_IS);
    workspace.write("out.sqlite", "");
    let path = workspace.path("out.sqlite");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    fails_in_the_run(&workspace, &["out.sqlite", "is read-only"]);
}

#[test]
fn a_failing_task_keeps_what_earlier_tasks_delivered_and_stops_later_ones() {
    let workspace = Workspace::example();
    workspace.write("data/contacts.csv", "Contact Id;Full Name\n1\n");
    let ended = workspace.pqm(&["run", "--format", "json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    let record = ended.json();
    assert_eq!(record["status"], "ERROR");
    let tasks = record["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 2, "the third task was not started");
    assert_eq!((&tasks[0]["status"], &tasks[1]["status"]), (&"WARNING".into(), &"ERROR".into()));
    assert_eq!(count(&record, 0, "inserted"), 960);
    assert!(record["failure"]["diagnostics"][0]["message"].as_str().unwrap().contains("contacts.csv"));
    let said = workspace.run().said();
    assert!(said.contains("Products not run"), "{said}");
}
