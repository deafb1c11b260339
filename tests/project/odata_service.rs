//! A project over a real OData V4 service, where one runs: `tests/servers/cap/run.sh` starts SAP CAP and this test.

use super::workspace::{Workspace, assert_adds_up, count};

const PROJECT: &str = "\
name: OData
connections:
  - { name: Files, kind: csv, address: . }
  - { name: Service, kind: odata, address: ADDRESS }
  - { name: Copy, kind: sqlite, address: out.sqlite }
connection_set:
  name: Test
  source: { connections: [Files, Service] }
  destination: { connections: [Service, Copy] }
tasks:
  - name: Accounts
    source: { connection: Files, entity: accounts.csv }
    query: types.pq
    mappings:
      - { source: number, destination: number }
      - { source: name, destination: name }
      - { source: revenue, destination: revenue }
    destination: { connection: Service, entity: Accounts }
    deletes: true
  - name: Contacts
    source: { connection: Files, entity: contacts.csv }
    query: types.pq
    mappings:
      - { source: number, destination: number }
      - { source: name, destination: name }
      - { source: account, destination: account.number }
    destination: { connection: Service, entity: Contacts }
    deletes: true
  - name: Back
    source: { connection: Service, entity: Contacts }
    mappings:
      - { source: number, destination: number }
      - { source: name, destination: name }
      - { source: account.name, destination: account }
    destination: { connection: Copy, entity: contact, key: [number] }
    deletes: true
";

const TYPES: &str = "\
Table.TransformColumns(QrySourceData, List.Transform(
    List.Intersect({Table.ColumnNames(QrySourceData), {\"revenue\", \"number\", \"name\"}}),
    each {_, (text) => if text = \"\" then null else try Number.From(text) otherwise text}))
";

#[test]
#[ignore = "needs a service: tests/servers/cap/run.sh"]
fn a_project_writes_and_reads_an_odata_service() {
    let Ok(address) = std::env::var("PQM_ODATA_URL") else {
        panic!("no service: set PQM_ODATA_URL, or run tests/servers/cap/run.sh")
    };
    let workspace = Workspace::new();
    workspace.write("project.yaml", PROJECT.replace("ADDRESS", &address));
    workspace.write("types.pq", TYPES);
    let accounts = |names: &str, rows: u32| {
        let mut csv = String::from("number,name,revenue\n");
        (1..=rows).for_each(|n| csv.push_str(&format!("A{n},{names} {n},{n}.5\n")));
        // The name is required.
        workspace.write("accounts.csv", csv + "BAD,,1\n");
    };
    accounts("Name", 250);
    workspace.write("contacts.csv", "number,name,account\n1,O'Neil,A1\n2,Müller,A2\n3,Nobody,A999\n");
    let checked = workspace.pqm(&["check"]);
    assert_eq!(checked.code, Some(0), "{}", checked.said());
    let all = |name: &str, record: &serde_json::Value| -> Vec<u64> {
        assert_adds_up(record);
        (0..3).map(|task| count(record, task, name)).collect()
    };
    let first = workspace.run_json();
    println!("{first:#}");
    assert_eq!((all("inserted", &first), all("rejected", &first)), (vec![250, 2, 2], vec![1, 1, 0]));
    let second = workspace.run_json();
    assert_eq!(all("unchanged", &second), [250, 2, 2]);
    // Changes of an entity without and of one with an etag, a deletion of each.
    accounts("Other", 200);
    workspace.write("contacts.csv", "number,name,account\n1,O'Neil,A3\n4,New,A1\n");
    let third = workspace.run_json();
    println!("{third:#}");
    assert_eq!(all("updated", &third), [200, 1, 1]);
    assert_eq!(all("inserted", &third), [0, 1, 1]);
    assert_eq!(all("deleted", &third), [50, 1, 1]);
    let copy: Vec<_> = workspace.rows("out.sqlite", "contact").into_values().collect();
    let names: Vec<_> = copy.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(names, ["\"Other 3\"", "\"Other 1\""]);
}
