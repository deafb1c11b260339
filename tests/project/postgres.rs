//! Projects from and to PostgreSQL. They run where `tests/servers/postgres.sh` has started a server, and say so elsewhere.

use std::collections::BTreeMap;

use postgres::{Client, NoTls};

use super::workspace::{Workspace, assert_adds_up, count};

/// A project of people into PostgreSQL, in a schema of its own; and a session there.
fn people(schema: &str, csv: &str, task: &str) -> Option<(Workspace, Client)> {
    let Ok(address) = std::env::var("PQM_TEST_POSTGRES") else {
        eprintln!(
            "PQM_TEST_POSTGRES is not set: no server is here to test with (tests/servers/postgres.sh starts one)"
        );
        return None;
    };
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
fn killed_at_every_named_point_a_run_is_made_good_by_the_next() {
    let number =
        |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let first: u64 = number("PQM_FAULT_SEED", 1);
    for seed in first..first + number("PQM_FAULT_SEEDS", 1) {
        for point in [
            "BeforeWrite",
            "AfterWrite",
            "AfterWrite:2",
            "AfterCommit",
            "AfterRecord",
            "AfterDelete",
            "BeforeFinish",
            "AfterFinish",
            "AfterTask",
        ] {
            let rows = 1500 + 37 * i64::try_from(seed % 40).unwrap();
            let task = "    deletes: true\n    incremental: { by: row-hash }\n";
            let Some((workspace, mut client)) = people("faults", &csv(&names(0..rows, "")), task) else {
                return;
            };
            assert_eq!(workspace.run().code, Some(6));
            let mut now = names(200..rows + 300, &format!(" {seed}"));
            now.extend(names(0..100, ""));
            workspace.write("people.csv", csv(&now));
            workspace.run_killed_at(point);
            assert_delivered(&workspace, &mut client, &now);
        }
    }
}

#[test]
fn killed_at_any_time_a_run_is_made_good_by_the_next() {
    let all = names(0..6000, "");
    let seed: u64 = std::env::var("PQM_FAULT_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    for turn in 0..4 {
        let Some((workspace, mut client)) = people("killed", &csv(&all), "") else { return };
        let mut child = workspace.start();
        std::thread::sleep(std::time::Duration::from_millis((seed * 7919 + turn * 104_729) % 600));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_delivered(&workspace, &mut client, &all);
    }
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
