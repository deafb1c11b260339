use super::*;
use std::fs;

const GOOD: &str = r#"name: Test
connections:
  - { name: Files, kind: csv, address: data }
  - { name: Store, kind: sqlite, address: out.sqlite }
connection_set:
  name: Development
  source: { connections: [Files] }
  destination: { connections: [Store] }
  integration_keys: { account: [id] }
tasks:
  - name: Accounts
    source: { connection: Files, entity: a.csv }
    query: a.pq
    mappings:
      - { source: Id, destination: id }
      - { source: C, destination: c, transform: { fn: truncate, length: 3 } }
    destination: { connection: Store, entity: account }
"#;

fn load(text: &str) -> Result<Project, LoadError> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pq"), "QrySourceData").unwrap();
    fs::write(folder.path().join(PROJECT_FILE), text).unwrap();
    Project::load(folder.path())
}

/// Code, field, line and message of each problem after one replacement in the good project.
fn problems(from: &str, to: &str) -> Vec<(ProblemCode, String, usize, String)> {
    assert!(GOOD.contains(from), "{from}");
    let error = load(&GOOD.replacen(from, to, 1)).unwrap_err();
    error
        .problems
        .into_iter()
        .map(|p| (p.code, p.field, p.line, format!("{} ({})", p.message, p.help)))
        .collect()
}

fn one(from: &str, to: &str, code: ProblemCode, field: &str, line: usize, part: &str) {
    let found = problems(from, to);
    assert_eq!(found.len(), 1, "{found:#?}");
    let (found_code, found_field, found_line, message) = &found[0];
    assert_eq!((*found_code, found_field.as_str(), *found_line), (code, field, line), "{message}");
    assert!(message.contains(part), "{message}");
}

#[test]
fn a_good_project_loads() {
    let project = load(GOOD).unwrap();
    let legs = project.legs();
    assert_eq!((legs.len(), legs[0].query), (1, Some("a.pq")));
    assert_eq!(project.connection_set().integration_keys["account"], ["id"]);
    let store = project.connection("Store").unwrap();
    assert!(project.entity_path(store, "account").ends_with("out.sqlite"));
    let files = project.connection("Files").unwrap();
    assert!(project.entity_path(files, "a.csv").ends_with("data/a.csv"));
}

#[test]
fn the_example_loads() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/prospect-to-cash");
    let project = Project::load(Path::new(folder)).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((project.tasks().len(), project.legs().len()), (6, 9));
}

#[test]
fn mistakes_of_shape_are_named_with_their_place() {
    use ProblemCode::{MissingField, Syntax, UnknownField, WrongValue};
    one("query: a.pq", "qurey: a.pq", UnknownField, "tasks[0].qurey", 13, "did you mean query?");
    one("name: Test\n", "", MissingField, "", 1, "\"name\" is missing");
    one("kind: csv", "kind: cvs", WrongValue, "connections[0].kind", 3, "did you mean csv?");
    one(
        "address: data",
        "address: [1]",
        WrongValue,
        "connections[0].address",
        3,
        "a list stands where a text",
    );
    let transform = "tasks[0].mappings[1].transform";
    one("fn: truncate", "fn: trunkate", WrongValue, transform, 16, "did you mean truncate?");
    one("fn: truncate", "fun: truncate", MissingField, transform, 16, "\"fn\" is missing");
    one("length: 3", "length: -3", WrongValue, &format!("{transform}.length"), 16, "out of range");
    one("length: 3", "lenght: 3, length: 3", UnknownField, &format!("{transform}.lenght"), 16, "length?");
    one("{ fn: truncate, length: 3 }", "\"==\"", WrongValue, transform, 16, "did you mean =?");
    one("{ fn: truncate, length: 3 }", "7", WrongValue, transform, 16, "a text or a set of fields or a list");
    one("name: Test", "name: [", Syntax, "", 3, "YAML");
}

#[test]
fn mistakes_between_fields_are_named_with_their_place() {
    use ProblemCode::{DuplicateName, Key, Mapping, MissingFile, UnknownName, WrongValue};
    one(
        "connection: Files",
        "connection: Fils",
        UnknownName,
        "tasks[0].source.connection",
        12,
        "did you mean Files?",
    );
    one(
        "connection: Files",
        "connection: Store",
        UnknownName,
        "tasks[0].source.connection",
        12,
        "source side",
    );
    one(
        "[Store] }",
        "[Stor] }",
        UnknownName,
        "connection_set.destination.connections[0]",
        8,
        "did you mean Store?",
    );
    one("query: a.pq", "query: b.pq", MissingFile, "tasks[0].query", 13, "no query file b.pq");
    one("source: C, ", "", Mapping, "tasks[0].mappings[1]", 16, "neither a source nor a default");
    one(
        "destination: c,",
        "destination: id,",
        DuplicateName,
        "tasks[0].mappings[1].destination",
        16,
        "line 15",
    );
    one("[id]", "[]", Key, "connection_set.integration_keys.account", 9, "empty");
    one("{ account: [id] }", "{}", Key, "tasks[0].destination.key", 17, "no integration key");
    one("[id]", "[idd]", Key, "tasks[0].destination.key[0]", 17, "did you mean id?");
    one(
        "entity: account",
        "entity: account, key: [c]",
        Key,
        "tasks[0].destination.key",
        17,
        "another key: id",
    );
    one("length: 3", "length: 0", WrongValue, "tasks[0].mappings[1].transform.length", 16, "at least 1");
    one(
        "address: data",
        "address: data, options: { delimiter: ab }",
        WrongValue,
        "connections[0].options.delimiter",
        3,
        "ASCII",
    );
    one("address: out.sqlite", "address: x, options: {}", WrongValue, "connections[1].options", 4, "csv");
    one("kind: sqlite", "kind: json", WrongValue, "tasks[0].destination.connection", 17, "json-lines");
    one("name: Accounts", "name: ' '", WrongValue, "tasks[0].name", 11, "blank");
}

#[test]
fn a_csv_destination_is_utf_8() {
    one(
        "kind: sqlite, address: out.sqlite",
        "kind: csv, address: out, options: { encoding: 1252 }",
        ProblemCode::WrongValue,
        "tasks[0].destination.connection",
        17,
        "UTF-8, not in the code page 1252",
    );
}

#[test]
fn many_mistakes_are_reported_together() {
    let text = GOOD
        .replace("query: a.pq", "query: b.pq")
        .replace("connection: Files", "connection: Fils")
        .replace("source: Id, ", "");
    let error = load(&text).unwrap_err();
    assert_eq!(error.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [12, 13, 15]);
    let text = GOOD.replace("query", "qurey").replace("kind: csv", "kind: cvs").replace("length", "size");
    assert_eq!(load(&text).unwrap_err().problems.len(), 3);
}

#[test]
fn a_folder_without_project_file_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let error = Project::load(folder.path()).unwrap_err().to_string();
    assert!(error.contains(PROJECT_FILE) && error.contains("cannot read"), "{error}");
}
