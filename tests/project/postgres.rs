//! Projects from and to PostgreSQL. They run where `tests/servers/postgres.sh` has started a server, and say so elsewhere.

use std::collections::BTreeMap;

use postgres::{Client, NoTls};

use super::workspace::{Workspace, assert_adds_up, count};

/// The address of the server to test with; none, with a word on it, where there is none.
pub fn server() -> Option<String> {
    let address = std::env::var("PQM_TEST_POSTGRES").ok();
    if address.is_none() {
        eprintln!("PQM_TEST_POSTGRES is not set: no server is here (tests/servers/postgres.sh starts one)");
    }
    address
}

/// A project of people into PostgreSQL, in a schema of its own; and a session there.
fn people(schema: &str, csv: &str, task: &str) -> Option<(Workspace, Client)> {
    let address = server()?;
    let mut client = Client::connect(&address, NoTls).unwrap();
    let sql =
        format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; SET search_path = {schema}");
    client.batch_execute(&sql).unwrap();
    let workspace = Workspace::people(csv, "QrySourceData");
    workspace.replace(
        "project.yaml",
        "kind: sqlite, address: out.sqlite",
        &format!("kind: postgresql, address: \"{address}?options=-csearch_path%3D{schema}\""),
    );
    workspace.replace("project.yaml", "entity: person }\n", &format!("entity: person }}\n{task}"));
    Some((workspace, client))
}

fn csv(people: &BTreeMap<i64, String>) -> String {
    let rows = people.iter().map(|(id, name)| format!("{id},{name},2001-02-03,{}\n", country(*id)));
    std::iter::once("id,name,born,country\n".to_owned()).chain(rows).collect()
}

fn country(id: i64) -> &'static str {
    if id % 50 == 7 { "Atlantis" } else { "DE" }
}

fn stored(client: &mut Client) -> BTreeMap<i64, String> {
    let rows =
        client.query("SELECT id::int8, name || '|' || born || '|' || country FROM person", &[]).unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn assert_delivered(workspace: &Workspace, client: &mut Client, people: &BTreeMap<i64, String>) {
    let record = workspace.run_json();
    assert_adds_up(&record);
    let good = people.iter().filter(|(id, _)| country(**id) == "DE");
    let expected: BTreeMap<i64, String> =
        good.map(|(id, name)| (*id, format!("{name}|2001-02-03|DE"))).collect();
    assert_eq!(stored(client), expected);
    let again = workspace.run_json();
    assert_eq!(count(&again, 0, "unchanged"), expected.len() as u64, "{again:#}");
}

fn names(range: std::ops::Range<i64>, more: &str) -> BTreeMap<i64, String> {
    range.map(|id| (id, format!("Person {id}{more}"))).collect()
}

#[test]
fn a_project_delivers_plans_reruns_and_deletes() {
    let first = names(0..2500, "");
    let Some((workspace, mut client)) = people("project", &csv(&first), "    deletes: true\n") else {
        return;
    };
    assert_delivered(&workspace, &mut client, &first);
    let mut second = names(100..2500, " x");
    second.extend(names(0..50, ""));
    workspace.write("people.csv", csv(&second));
    let plan = workspace.pqm(&["plan", "--format", "json"]).json();
    assert_eq!((count(&plan, 0, "updated"), count(&plan, 0, "deleted")), (2352, 49), "{plan:#}");
    assert_eq!(stored(&mut client).len(), 2450);
    assert_delivered(&workspace, &mut client, &second);
    let checked = workspace.pqm(&["check"]);
    assert_eq!(checked.code, Some(0), "{}", checked.said());
    let entities = workspace.pqm(&["refresh-entities"]);
    assert!(entities.said().contains("person: id, name, born, country"), "{}", entities.said());
}

#[test]
fn rows_are_read_with_their_types() {
    let Some((workspace, mut client)) = people("reading", "id,name,born,country\n", "") else { return };
    client
        .batch_execute(
            "CREATE TABLE kinds (id int PRIMARY KEY, n numeric, d date, s timestamp, z timestamptz, l boolean, b bytea, t text, e int[]); \
             INSERT INTO kinds SELECT i, i / 4.0, date '2026-01-01' + i % 100, timestamp '2026-01-01 01:02:03.5', \
             timestamptz '2026-01-01 01:02:03+01', i % 2 = 0, '\\x00ff', E'tab\\t\\\\ line\\n' || i, array[i, 2] \
             FROM generate_series(1, 5000) i; INSERT INTO kinds (id) VALUES (0)",
        )
        .unwrap();
    let project = std::fs::read_to_string(workspace.path("project.yaml")).unwrap();
    let project = project
        .replace("source: { connections: [Files] }", "source: { connections: [Store] }")
        .replace("destination: { connections: [Store] }", "destination: { connections: [Lines] }")
        .replace("connections:\n", "connections:\n  - { name: Lines, kind: json-lines, address: . }\n");
    let tasks = project.find("tasks:").unwrap();
    let project = project[..tasks].to_owned()
        + "tasks:\n  - name: Kinds\n    source: { connection: Store, entity: kinds, filter: \"[id] < 4000\" }\n    \
           mappings: [{ source: \"*\", destination: \"*\" }]\n    destination: { connection: Lines, entity: out.jsonl, key: [id] }\n";
    workspace.write("project.yaml", project);
    let record = workspace.run_json();
    assert_eq!((count(&record, 0, "read"), count(&record, 0, "inserted")), (5001, 4000), "{record:#}");
    let text = std::fs::read_to_string(workspace.path("out.jsonl")).unwrap();
    let row = text.lines().find(|line| line.contains("\"id\":3,")).unwrap();
    let value: serde_json::Value = serde_json::from_str(row).unwrap();
    assert_eq!(value["n"].to_string(), "0.75");
    assert_eq!((&value["d"], &value["s"]), (&"2026-01-04".into(), &"2026-01-01T01:02:03.5".into()));
    assert!(value["z"].as_str().unwrap().starts_with("2026-01-01T00:02:03"), "{value}");
    assert_eq!(
        (&value["l"], &value["t"], &value["e"]),
        (&false.into(), &"tab\t\\ line\n3".into(), &"{3,2}".into())
    );
    let null: serde_json::Value =
        serde_json::from_str(text.lines().find(|line| line.contains("\"id\":0,")).unwrap()).unwrap();
    assert!(null["n"].is_null() && null["t"].is_null());
}

/// The password that the server asks for is a credential, and comes out nowhere.
#[test]
fn a_credential_opens_the_database_and_a_wrong_one_does_not() {
    const SECRET: &str = "hunter2-s3cret";
    let Some((workspace, mut client)) = people("secret", &csv(&names(0..5, "")), "") else { return };
    client
        .batch_execute(&format!(
            "DROP ROLE IF EXISTS pqm_clerk; CREATE ROLE pqm_clerk LOGIN PASSWORD '{SECRET}'; \
             GRANT ALL ON SCHEMA secret TO pqm_clerk"
        ))
        .unwrap();
    workspace.replace("project.yaml", "kind: postgresql,", "kind: postgresql, credential: Clerk,");
    let run = |password: &str, arguments: &[&str]| {
        let mut command = workspace.command(arguments);
        command.env("PQM_CREDENTIAL_CLERK_USER", "pqm_clerk").env("PQM_CREDENTIAL_CLERK_PASSWORD", password);
        Workspace::ended(command.output().unwrap())
    };
    let missing = workspace.run();
    assert!(
        missing.code == Some(1) && missing.said().contains("there is no credential \"Clerk\""),
        "{}",
        missing.said()
    );
    let wrong = run("wrong-s3cret", &["run"]);
    assert!(
        wrong.code == Some(1) && wrong.said().contains("password authentication failed"),
        "{}",
        wrong.said()
    );
    let good = run(SECRET, &["run"]);
    assert_eq!(good.code, Some(0), "{}", good.said());
    let owner = "SELECT tableowner::text FROM pg_tables WHERE schemaname = 'secret' AND tablename = 'person'";
    assert_eq!(client.query_one(owner, &[]).unwrap().get::<_, String>(0), "pqm_clerk");
    let said = wrong.said() + &good.said() + &run(SECRET, &["history", "--run", "1"]).said();
    assert!(!said.contains("s3cret"), "{said}");
    let database = std::fs::read(workspace.path(".pqm/history.sqlite")).unwrap();
    assert!(!database.windows(6).any(|window| window == b"s3cret"));
}

/// Databases as M opens them: by navigation, by schema, by a query in SQL, with the credential of the host.
#[test]
fn m_reads_a_database() {
    let Some((workspace, mut client)) = people("from_m", "id,name,born,country\n", "") else { return };
    client
        .batch_execute(
            "CREATE TABLE orders (id int PRIMARY KEY, amount numeric NOT NULL, at timestamp); \
             INSERT INTO orders SELECT i, i / 4.0, timestamp '2026-01-01 00:00' FROM generate_series(1, 3000) i; \
             CREATE VIEW large AS SELECT * FROM orders WHERE amount > 700",
        )
        .unwrap();
    let address = server().unwrap();
    let (user, rest) = address.split_once("//").unwrap().1.split_once('@').unwrap();
    let (server, database) = rest.split_once('/').unwrap();
    let eval = |expression: &str, user: &str| {
        let text = expression.replace("SOURCE", &format!("PostgreSQL.Database(\"{server}\", \"{database}\""));
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pqm"));
        command
            .args(["eval", &text])
            .env("NO_COLOR", "1")
            .env("PQM_CREDENTIALS_FILE", workspace.path("none"));
        let name: String = server.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        command
            .env(format!("PQM_CREDENTIAL_{name}_USER"), user)
            .env(format!("PQM_CREDENTIAL_{name}_PASSWORD"), "x");
        let ended = Workspace::ended(command.output().unwrap());
        ended.said()
    };
    let item = |schema: &str, item: &str| format!("SOURCE){{[Schema = \"{schema}\", Item = \"{item}\"]}}");
    for (expression, expected) in [
        (
            format!(
                "List.Sum(Table.SelectRows({}[Data], each [id] > 2990)[amount])",
                item("from_m", "orders")
            ),
            "7488.75",
        ),
        (format!("Table.RowCount({}[Data])", item("from_m", "large")), "200"),
        (
            format!("{}[[Name], [Kind]]", item("from_m", "large")),
            "[Name = \"from_m.large\", Kind = \"View\"]",
        ),
        (
            "SOURCE, [HierarchicalNavigation = true]){[Schema = \"from_m\"]}[Data][Name]".to_owned(),
            "{\"large\", \"orders\"}",
        ),
        (
            "Table.ToRows(SOURCE, [Query = \"SELECT 1 AS a, 2.50 AS a, 'x' AS b -- end;\"]))".to_owned(),
            "{{1, 2.5, \"x\"}}",
        ),
        ("Table.ColumnNames(SOURCE, [Query = \"SELECT 1 AS a, 2 AS a\"]))".to_owned(), "{\"a\", \"a_1\"}"),
    ] {
        assert_eq!(eval(&expression, user).replace("} }", "}}").trim(), expected, "{expression}");
    }
    let said =
        eval("SOURCE, [Query = \"SELECT pg_sleep(9)\", CommandTimeout = #duration(0, 0, 0, 0.2)])", user);
    assert!(said.contains("statement timeout"), "{said}");
    let said = eval("SOURCE, [Query = \"SELECT nothing\"])", user);
    assert!(said.contains("column \"nothing\" does not exist"), "{said}");
    let said = eval("SOURCE, [CreateNavigationProperties = true])", user);
    assert!(said.contains("must be false or null"), "{said}");
    assert!(eval("SOURCE)", "nobody_here").contains("nobody_here"));
    // The queries of a project open what its connections name, and nothing else.
    let people = |database: &str| {
        format!(
            "let n = Table.RowCount(PostgreSQL.Database(\"{server}\", \"{database}\"){{[Schema = \"from_m\", Item = \"orders\"]}}[Data]) \
             in Table.AddColumn(QrySourceData, \"rows\", each n)"
        )
    };
    workspace.write("people.csv", "id,name,born,country\n1,Ann,2001-02-03,DE\n");
    let name = "      - { source: name, destination: name }\n";
    workspace.replace(
        "project.yaml",
        name,
        &format!("{name}      - {{ source: rows, destination: rows }}\n"),
    );
    workspace.write("people.pq", people("other"));
    let refused = workspace.run().said();
    assert!(refused.contains("isn't granted") && refused.contains("Name it as a connection"), "{refused}");
    workspace.write("people.pq", people(database));
    assert_eq!(workspace.run().code, Some(0));
    assert_eq!(client.query_one("SELECT rows::int8 FROM person", &[]).unwrap().get::<_, i64>(0), 3000);
}
