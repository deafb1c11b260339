//! Whole projects against the Dataverse simulator: files to Dataverse, and from there to SQLite with delta links.

use std::time::Duration;

use super::simulator::store::{Column, Entity, Key, column};
use super::simulator::{Config, Running, start};
use super::workspace::{Workspace, assert_adds_up, count};

const SECRET: &str = "hunter2-s3cret";

fn text(name: &'static str, most: usize) -> Column {
    Column { max_length: Some(most), ..column(name, "String") }
}

fn lookup(name: &'static str, to: &'static str) -> Column {
    Column { lookup: Some(to), ..column(name, "Guid") }
}

fn entity(set: &'static str, name: &'static str, id: &'static str, columns: Vec<Column>) -> Entity {
    let key = columns[0].name;
    Entity { set, name, id, columns, keys: vec![vec![key]] }
}

/// The entities of prospect to cash, each with its number as the alternate key.
pub fn entities() -> Vec<Entity> {
    let name = Column { required: true, ..text("name", 30) };
    vec![
        entity("accounts", "account", "accountid", vec![text("accountnumber", 20), name, text("country", 2)]),
        entity(
            "contacts",
            "contact",
            "contactid",
            vec![text("contactnumber", 20), text("lastname", 50), lookup("parent", "accounts")],
        ),
        entity(
            "products",
            "product",
            "productid",
            vec![text("productnumber", 20), text("title", 50), column("price", "Decimal")],
        ),
        entity(
            "quotes",
            "quote",
            "quoteid",
            vec![text("quotenumber", 20), lookup("customer", "accounts"), column("total", "Decimal")],
        ),
        entity(
            "salesorders",
            "salesorder",
            "salesorderid",
            vec![text("ordernumber", 20), lookup("quote", "quotes"), column("date", "Date")],
        ),
        entity(
            "invoices",
            "invoice",
            "invoiceid",
            vec![text("invoicenumber", 20), lookup("order", "salesorders"), column("paid", "Boolean")],
        ),
    ]
}

const FILES: [(&str, &str); 6] = [
    (
        "accounts.csv",
        "number,name,country\nA1,Adatum,Germany\nA2,Best For You,France\nA3,Contoso,Deutschland\n",
    ),
    ("contacts.csv", "number,name,account\nC1,O'Neil,A1\nC2,Müller,A2\nC3,Nobody,A9\n"),
    ("products.csv", "number,title,price\nP1,Chair,12.50\nP2,Desk,230\n"),
    ("quotes.csv", "number,account,total\nQ1,A1,24\nQ2,A3,460.10\n"),
    ("orders.csv", "number,quote,date\nO1,Q1,2026-02-28\nO2,Q2,2026-03-01\n"),
    ("invoices.csv", "number,order,paid\nI1,O1,true\nI2,O2,false\n"),
];

const TYPES: &str = "\
Table.TransformColumns(QrySourceData, List.Transform(
    List.Intersect({Table.ColumnNames(QrySourceData), {\"price\", \"total\", \"date\", \"paid\"}}),
    each {_, if _ = \"date\" then Date.From else if _ = \"paid\" then Logical.FromText else Number.From}))
";

const INBOUND: &str = "
  - name: Accounts
    source: { connection: Files, entity: accounts.csv }
    mappings:
      - { source: number, destination: accountnumber }
      - { source: name, destination: name }
      - { source: country, destination: country, transform: { fn: country-region-code } }
    destination: { connection: CRM, entity: accounts }
  - name: Contacts
    source: { connection: Files, entity: contacts.csv }
    mappings:
      - { source: number, destination: contactnumber }
      - { source: name, destination: lastname }
      - { source: account, destination: parent.accountnumber }
    destination: { connection: CRM, entity: contacts }
  - name: Products
    source: { connection: Files, entity: products.csv }
    query: types.pq
    mappings:
      - { source: number, destination: productnumber }
      - { source: title, destination: title }
      - { source: price, destination: price }
    destination: { connection: CRM, entity: products }
  - name: Quotes
    source: { connection: Files, entity: quotes.csv }
    query: types.pq
    mappings:
      - { source: number, destination: quotenumber }
      - { source: account, destination: customer.accountnumber }
      - { source: total, destination: total }
    destination: { connection: CRM, entity: quotes }
  - name: Orders
    source: { connection: Files, entity: orders.csv }
    query: types.pq
    mappings:
      - { source: number, destination: ordernumber }
      - { source: quote, destination: quote.quotenumber }
      - { source: date, destination: date }
    destination: { connection: CRM, entity: salesorders }
  - name: Invoices
    source: { connection: Files, entity: invoices.csv }
    query: types.pq
    mappings:
      - { source: number, destination: invoicenumber }
      - { source: order, destination: order.ordernumber }
      - { source: paid, destination: paid }
    destination: { connection: CRM, entity: invoices }
";

const OUTBOUND: &str = "
  - name: Accounts out
    source: { connection: CRM, entity: accounts }
    mappings:
      - { source: accountid, destination: id }
      - { source: accountnumber, destination: number }
      - { source: name, destination: name }
    destination: { connection: Copy, entity: account, key: [id] }
    incremental: { by: change-tracking }
    deletes: true
  - name: Contacts out
    source: { connection: CRM, entity: contacts }
    mappings:
      - { source: contactid, destination: id }
      - { source: lastname, destination: name }
      - { source: parent.name, destination: account }
    destination: { connection: Copy, entity: contact, key: [id] }
    incremental: { by: change-tracking }
    deletes: true
";

/// A project over a running simulator, with its credential in the environment.
pub fn workspace(running: &Running, tasks: &str) -> Workspace {
    let workspace = Workspace::new().with_environment(&[
        ("PQM_CREDENTIAL_CRM_CLIENT_ID", "app"),
        ("PQM_CREDENTIAL_CRM_CLIENT_SECRET", SECRET),
        ("PQM_CREDENTIAL_CRM_TOKEN_URL", &running.token_url()),
        ("PQM_CREDENTIAL_CRM_SCOPE", &format!("{}/.default", running.address())),
    ]);
    for (name, content) in FILES {
        workspace.write(name, content);
    }
    workspace.write("types.pq", TYPES);
    let head = format!(
        "name: Prospect to cash\n\
         connections:\n  \
           - {{ name: Files, kind: csv, address: . }}\n  \
           - {{ name: CRM, kind: dataverse, address: \"{}\", credential: crm }}\n  \
           - {{ name: Copy, kind: sqlite, address: out.sqlite }}\n\
         connection_set:\n  \
           name: Test\n  \
           source: {{ connections: [Files, CRM] }}\n  \
           destination: {{ connections: [CRM, Copy] }}\n\
         tasks:",
        running.root()
    );
    workspace.write("project.yaml", head + tasks);
    workspace
}

pub fn config() -> Config {
    Config {
        entities: entities(),
        token: Some(Duration::from_secs(3600)),
        secret: SECRET,
        page: 2,
        ..Config::default()
    }
}

/// A count of each task.
fn counts(record: &serde_json::Value, name: &str) -> Vec<u64> {
    assert_adds_up(record);
    (0..record["tasks"].as_array().unwrap().len()).map(|task| count(record, task, name)).collect()
}

/// The values of a column in the copy, sorted.
fn copied(workspace: &Workspace, table: &str, column: usize) -> Vec<String> {
    let mut values: Vec<_> =
        workspace.rows("out.sqlite", table).into_values().map(|row| row[column].clone()).collect();
    values.sort();
    values
}

#[test]
fn prospect_to_cash_goes_into_dataverse_and_on_with_delta_links() {
    let running = start(config());
    let workspace = workspace(&running, &format!("{INBOUND}{OUTBOUND}"));
    let checked = workspace.pqm(&["check"]);
    assert_eq!(checked.code, Some(0), "{}", checked.said());
    let entities = workspace.pqm(&["refresh-entities"]).said();
    assert!(entities.contains("salesorders") && entities.contains("accountnumber"), "{entities}");
    let planned = workspace.pqm(&["plan", "--task", "Accounts"]).said();
    assert!(planned.contains("+ A1") && running.rows("accounts").is_empty(), "{planned}");

    let first = workspace.run_json();
    // One contact refers to an account that is not there.
    assert_eq!(first["status"], "WARNING", "{first:#}");
    assert_eq!(counts(&first, "inserted"), [3, 2, 2, 2, 2, 2, 3, 2]);
    assert_eq!(counts(&first, "rejected"), [0, 1, 0, 0, 0, 0, 0, 0]);
    assert_eq!(running.rows("invoices")[0]["paid"], true);
    assert_eq!(running.rows("salesorders")[1]["date"], "2026-03-01");
    assert_eq!(running.rows("accounts")[2]["country"], "DE");
    assert_eq!(copied(&workspace, "contact", 2), ["\"Adatum\"", "\"Best For You\""]);

    // Nothing has changed: Dataverse says so itself, and nothing is written anywhere.
    let version = running.store.lock().unwrap().version;
    let second = workspace.run_json();
    assert_eq!(counts(&second, "unchanged"), [3, 2, 2, 2, 2, 2, 0, 0]);
    assert_eq!(counts(&second, "read"), [3, 3, 2, 2, 2, 2, 0, 0]);
    assert_eq!(running.store.lock().unwrap().version, version);

    // A change, a new row that the rejected one waited for, and a deletion in Dataverse.
    workspace.replace("accounts.csv", "Adatum", "Adatum Corp.");
    workspace.replace("accounts.csv", "A2,Best For You,France\n", "A9,Late,Denmark\n");
    workspace.replace("contacts.csv", "C2,Müller,A2\n", "");
    workspace.replace("contacts.csv", "C1,O'Neil,A1", "C1,O'Neil,A3");
    let accounts = running.store.lock().unwrap().entity("accounts").unwrap();
    let gone = Key::Alternate(vec![("accountnumber".to_owned(), "A2".into())]);
    running.store.lock().unwrap().delete(&accounts, &gone).unwrap();
    let third = workspace.run_json();
    assert_eq!(third["status"], "COMPLETED", "{third:#}");
    assert_eq!(counts(&third, "updated")[..2], [1, 1]);
    assert_eq!(counts(&third, "inserted")[..2], [1, 1]);
    assert_eq!(counts(&third, "read")[6..], [2, 2]);
    assert_eq!(counts(&third, "deleted")[6..], [1, 0]);
    assert_eq!(copied(&workspace, "account", 1), ["\"A1\"", "\"A3\"", "\"A9\""]);
    assert_eq!(copied(&workspace, "account", 2), ["\"Adatum Corp.\"", "\"Contoso\"", "\"Late\""]);

    // Too old a link: everything is compared, and what was deleted meanwhile is found all the same.
    let gone = Key::Alternate(vec![("accountnumber".to_owned(), "A9".into())]);
    running.store.lock().unwrap().delete(&accounts, &gone).unwrap();
    running.expire_delta_tokens();
    let outbound = workspace.pqm(&["run", "--task", "Accounts out", "--format", "json"]).json();
    let tallies = ["read", "unchanged", "deleted"].map(|name| count(&outbound, 0, name));
    assert_eq!(tallies, [2, 2, 1], "{outbound:#}");
    assert_eq!(copied(&workspace, "account", 1), ["\"A1\"", "\"A3\""]);
    let again = workspace.pqm(&["run", "--task", "Accounts out", "--format", "json"]).json();
    assert_eq!(count(&again, 0, "read"), 0);
}

/// Only rows at or past the mark are asked for, and those without a value, which may be anywhere.
#[test]
fn a_watermark_is_asked_of_the_service() {
    let running = start(Config { page: 5000, ..config() });
    let start = INBOUND.find("  - name: Products").unwrap();
    let inbound = &INBOUND[start..INBOUND.find("  - name: Quotes").unwrap()];
    let outbound = "  - name: Out
    source: { connection: CRM, entity: products }
    mappings: [{ source: productnumber, destination: number }, { source: price, destination: price }]
    destination: { connection: Copy, entity: product, key: [number] }
    incremental: { by: watermark, columns: [price] }
";
    let workspace = workspace(&running, &format!("\n{inbound}{outbound}"));
    workspace.replace("types.pq", "else Number.From", "else each if _ = \"\" then null else Number.From(_)");
    workspace.write("products.csv", "number,title,price\nP1,Chair,12.50\nP2,Desk,230\nP3,Gift,\n");
    let reads = |record: &serde_json::Value| (count(record, 1, "read"), count(record, 1, "inserted"));
    assert_eq!(reads(&workspace.run_json()), (3, 3));
    workspace
        .write("products.csv", "number,title,price\nP1,Chair,12.50\nP2,Desk,230\nP3,Gift,\nP4,Bed,300.25\n");
    assert_eq!(
        reads(&workspace.run_json()),
        (3, 1),
        "the row at the mark, the one without a value, the new one"
    );
    let asked = running.seen().targets.into_iter().rfind(|target| target.contains("filter"));
    let asked = asked.expect("no filter was sent");
    assert!(asked.contains("price") && asked.contains("230") && asked.contains("null"), "{asked}");
    assert_eq!(workspace.rows("out.sqlite", "product").len(), 4);
}

#[test]
fn check_finds_what_dataverse_would_refuse() {
    let running = start(Config { tracks_changes: false, ..config() });
    let said = |tasks: &str| {
        let ended = workspace(&running, tasks).pqm(&["check"]);
        assert_eq!(ended.code, Some(3), "{}", ended.said());
        ended.said()
    };
    let one = |from: &str, to: &str| said(&INBOUND.replacen(from, to, 1));
    let found = one("destination: name }", "destination: nam }");
    assert!(found.contains("accounts has no field \"nam\""), "{found}");
    assert!(found.contains("accounts needs a value in name"), "{found}");
    let default = "destination: name, transform: { fn: default, value: A name that is longer than thirty }";
    let found = one("destination: name }", &format!("{default} }}"));
    assert!(found.contains("takes 30"), "{found}");
    let found = one("entity: accounts }", "entity: accounts, key: [name] }");
    assert!(found.contains("the key (name) is not unique in accounts"), "{found}");
    let found = one("entity: accounts }", "entity: acounts, key: [accountnumber] }");
    assert!(found.contains("acounts"), "{found}");
    let found = said(OUTBOUND);
    assert!(found.contains("Change tracking is switched off for accounts"), "{found}");
}

#[test]
fn a_task_may_only_create_or_only_update() {
    let running = start(config());
    let end = INBOUND.find("  - name: Contacts").unwrap();
    let task = |write: &str| {
        INBOUND[..end].replace("entity: accounts }", &format!("entity: accounts, write: {write} }}"))
    };
    let workspace = workspace(&running, &task("create-only"));
    assert_eq!(counts(&workspace.run_json(), "inserted"), [3]);
    workspace.replace("accounts.csv", "Adatum", "Adatum Corp.");
    workspace.write("accounts.csv", "number,name,country\nA1,Adatum Corp.,Germany\nA4,New,France\n");
    let record = workspace.run_json();
    assert_eq!((counts(&record, "inserted"), counts(&record, "unchanged")), (vec![1], vec![1]));
    workspace.replace("project.yaml", "create-only", "update-only");
    workspace.write("accounts.csv", "number,name,country\nA1,Adatum Corp.,Germany\nA5,Newer,France\n");
    let record = workspace.run_json();
    assert_eq!((counts(&record, "updated"), counts(&record, "rejected")), (vec![1], vec![1]));
    assert_eq!(running.rows("accounts").len(), 4);
}

#[test]
fn what_is_wrong_with_a_service_is_said() {
    let running = start(config());
    let good = workspace(&running, INBOUND);
    let project = std::fs::read_to_string(good.path("project.yaml")).unwrap();
    let said = |from: &str, to: &str| {
        assert!(project.contains(from));
        good.write("project.yaml", project.replacen(from, to, 1));
        let ended = good.run();
        assert!(!matches!(ended.code, Some(0 | 6)), "{}", ended.said());
        ended.said()
    };
    let found = said("credential: crm", "credential: none");
    assert!(found.contains("there is no credential \"none\""), "{found}");
    let found = said(running.address(), "ftp://localhost");
    assert!(found.contains("is no address of a service") && found.contains("project.yaml:4:"), "{found}");
    let found = said("kind: dataverse", "kind: odata, options: { delimiter: \",\" }");
    assert!(found.contains("only a csv connection has delimiter"), "{found}");
    let elsewhere = Workspace::new();
    elsewhere.write("project.yaml", project);
    elsewhere.write("types.pq", TYPES);
    for (name, content) in FILES {
        elsewhere.write(name, content);
    }
    let wrong = elsewhere.with_environment(&[
        ("PQM_CREDENTIAL_CRM_CLIENT_ID", "app"),
        ("PQM_CREDENTIAL_CRM_CLIENT_SECRET", "hunter3"),
        ("PQM_CREDENTIAL_CRM_TOKEN_URL", &running.token_url()),
        ("PQM_CREDENTIAL_CRM_SCOPE", "https://org/.default"),
    ]);
    let found = wrong.run().said();
    assert!(found.contains("invalid_client") && !found.contains("hunter3"), "{found}");
}

/// No secret comes out, neither of the credential nor the token got with it.
#[test]
fn secrets_of_services_come_out_nowhere() {
    let running = start(config());
    let workspace = workspace(&running, &format!("{INBOUND}{OUTBOUND}"));
    let mut said = String::new();
    for command in ["check", "plan", "run", "rerun", "history", "quarantine", "refresh-entities"] {
        said.push_str(&workspace.pqm(&[command]).said());
    }
    // A service that fails tells its address, and no more.
    running.store.lock().unwrap().tables.get_mut("accounts").unwrap().rows.clear();
    workspace.replace("project.yaml", "api/data/v9.2", "api/data/v9.1");
    for command in ["check", "run", "history"] {
        said.push_str(&workspace.pqm(&[command]).said());
    }
    assert!(said.contains("Resource not found"), "{said}");
    let secrets = [SECRET, "token-1", "Bearer", "client_secret"];
    for secret in secrets {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    let mut files = vec![workspace.path("out.sqlite")];
    files.extend(std::fs::read_dir(workspace.path(".pqm")).unwrap().map(|entry| entry.unwrap().path()));
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds {secret}", file.display());
        }
    }
}
