//! Connection sets, organizations, two hops, related fields.

use super::workspace::{Workspace, assert_adds_up, count};

const PROJECT: &str = "\
name: Two hops
include: [shared.yaml]
connection_set: Development
organization: Denmark
tasks:
  - name: Accounts
    source: { connection: Files, entity: accounts.csv, filter: '[Company] = OrganizationSource' }
    mappings:
      - { source: Number, destination: number }
      - { source: Name, destination: name, transform: { fn: truncate } }
      - { destination: company, transform: { fn: organization, side: destination } }
    destination: { connection: Hub, entity: account }
    second_hop:
      mappings:
        - { source: number, destination: account }
        - { source: name, destination: title }
      destination: { connection: Store, entity: customer }
  - name: Contacts
    source: { connection: Files, entity: contacts.csv }
    mappings:
      - { source: Id, destination: id }
      - { source: Account, destination: account.number }
      - { source: Owner.Name, destination: account_name }
    destination: { connection: Hub, entity: contact }
";

const SHARED: &str = "\
connections:
  - { name: Files, kind: csv, address: data }
  - { name: Development hub, kind: sqlite, address: hub.sqlite }
  - { name: Production hub, kind: sqlite, address: production.sqlite }
  - { name: Store, kind: sqlite, address: store.sqlite }
connection_sets:
  - name: Development
    source: { environment: Files, connections: [Files] }
    hub: { connections: [{ as: Hub, connection: Development hub }] }
    destination: { connections: [Store, { as: Hub, connection: Development hub }] }
    organizations:
      - { kind: legal-entity, source: dk, destination: DKMF }
      - { name: Denmark, kind: legal-entity, source: da, destination: DAMF }
    integration_keys: { customer: [account] }
    relationships:
      - { entity: contacts.csv, name: Owner, to: accounts.csv, columns: { Account: Number } }
  - name: Production
    source: { connections: [Files] }
    hub: { connections: [{ as: Hub, connection: Production hub }] }
    destination: { connections: [Store, { as: Hub, connection: Production hub }] }
    organizations:
      - { name: Denmark, source: dk, destination: PROD }
    integration_keys: { customer: [account] }
    relationships:
      - { entity: contacts.csv, name: Owner, to: accounts.csv, columns: { Account: Number } }
";

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("project.yaml", PROJECT);
    workspace.write("shared.yaml", SHARED);
    std::fs::create_dir(workspace.path("data")).unwrap();
    workspace
        .write("data/accounts.csv", "Number,Name,Company\nA1,Nordwind,da\nA2,Fabrikam,da\nA3,Other,us\n");
    workspace.write("data/contacts.csv", "Id,Account\nC1,A1\nC2,A2\nC3,A3\nC4,\n");
    for file in ["hub.sqlite", "production.sqlite"] {
        let store = rusqlite::Connection::open(workspace.path(file)).unwrap();
        store
            .execute_batch(
                "CREATE TABLE account (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name VARCHAR(6), company TEXT);
                 CREATE TABLE contact (id TEXT PRIMARY KEY, account_id INTEGER REFERENCES account (id), account_name TEXT);
                 INSERT INTO account VALUES (100, 'A0', 'There', 'x')",
            )
            .unwrap();
    }
    workspace
}

#[test]
fn two_hops_two_organizations_and_related_fields() {
    let workspace = workspace();
    assert_eq!(workspace.pqm(&["check"]).code, Some(0), "{}", workspace.pqm(&["check"]).said());
    let ended = workspace.pqm(&["run", "--format", "json"]);
    let record = ended.json();
    assert_adds_up(&record);
    assert_eq!(ended.code, Some(6), "{}", ended.said());
    let hops: Vec<(&str, u64)> = record["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| (task["name"].as_str().unwrap(), task["hop"].as_u64().unwrap()))
        .collect();
    assert_eq!(hops, [("Accounts", 1), ("Accounts", 2), ("Contacts", 1)]);
    // The key of the hub's accounts was discovered: of its unique keys the mapping fills one.
    assert_eq!((count(&record, 0, "filtered"), count(&record, 0, "inserted")), (1, 2));
    assert_eq!((count(&record, 1, "read"), count(&record, 1, "inserted")), (3, 3));
    // Cut to the length that the destination says, and the organization's name.
    let accounts = workspace.rows("hub.sqlite", "account");
    assert_eq!(accounts["Integer(101)"], ["Integer(101)", "\"A1\"", "\"Nordwi\"", "\"DAMF\""]);
    assert_eq!(workspace.rows("store.sqlite", "customer").len(), 3);
    // The reference holds the surrogate key; an account that did not land has none.
    let contacts = workspace.rows("hub.sqlite", "contact");
    assert_eq!(contacts["\"C1\""], ["\"C1\"", "Integer(101)", "\"Nordwind\""]);
    assert_eq!(contacts["\"C4\""], ["\"C4\"", "Null", "Null"]);
    assert_eq!(record["rejected"][0]["code"], "related-not-found");
    let said = workspace.run().said();
    assert!(said.contains("Accounts (hop 1 of 2)") && said.contains("Accounts (hop 2 of 2)"), "{said}");
}

#[test]
fn another_connection_set_is_another_place_with_a_state_of_its_own() {
    let workspace = workspace();
    assert_eq!(workspace.run().code, Some(6));
    let ended = workspace.pqm(&["run", "--connection-set", "Production", "--format", "json"]);
    assert_eq!(ended.json()["connection_set"], "Production", "{}", ended.said());
    assert_eq!(count(&ended.json(), 0, "inserted"), 0, "no row of its source is of dk");
    assert_eq!(workspace.rows("production.sqlite", "account").len(), 1);
    let ended = workspace.pqm(&["run", "--connection-set", "Prodution"]);
    assert!(ended.said().contains("did you mean Production?"), "{}", ended.said());
    let ended = workspace.pqm(&["run", "--organization", "Sweden"]);
    assert!(ended.said().contains("no organization \"Sweden\""), "{}", ended.said());
    workspace.replace("project.yaml", "organization: Denmark\n", "");
    assert!(workspace.run().said().contains("maps several organizations"));
}

#[test]
fn mistakes_in_an_included_file_are_named_there() {
    let workspace = workspace();
    workspace.replace("shared.yaml", "kind: csv", "kind: cvs");
    let ended = workspace.run();
    assert_eq!(ended.code, Some(3));
    assert!(ended.said().contains("shared.yaml:2:"), "{}", ended.said());
}

#[test]
fn entities_are_listed_and_changes_are_found() {
    let workspace = workspace();
    let found = workspace.pqm(&["refresh-entities", "--format", "json"]).json();
    assert_eq!(found["systems"][0]["entities"]["accounts.csv"]["fields"][2], "Company");
    workspace.write("data/contacts.csv", "Id,Account,Mail\n");
    workspace.write("data/new.csv", "a\n1\n");
    let said = workspace.pqm(&["refresh-entities"]).said();
    assert!(said.contains("+ Files: contacts.csv.Mail") && said.contains("+ Files: new.csv"), "{said}");
}
