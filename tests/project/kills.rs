//! The process is killed, at named points and at any time, or its server is cut off: the next run makes everything good,
//! whatever kind of destination it is. `faults.sh` runs the long form.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::faults::{Dice, note, seeds};
use super::proxy::{Loss, Proxy};
use super::stores::{Rows, Sqlite, Store};
use super::workspace::{Workspace, assert_adds_up, count};

const PROJECT: &str = "\
name: People
connections:
  - { name: Files, kind: csv, address: . }
  - { name: Store, STORE }
connection_set:
  name: Test
  source: { connections: [Files] }
  destination: { connections: [Store] }
tasks:
  - name: People
    source: { connection: Files, entity: people.csv }
    query: people.pq
    mappings:
      - { source: number, destination: number }
      - { source: name, destination: name }
      - { source: opened, destination: opened }
    destination: { connection: Store, entity: ENTITY, key: [number] }
";

const QUERY: &str = "Table.ReplaceValue(
    Table.TransformColumnTypes(QrySourceData, {{\"opened\", type date}}, \"en-US\"),
    \"\", null, Replacer.ReplaceValue, {\"name\"})";

/// How the task finds what has changed, and whether it deletes what is gone.
const WAYS: [&str; 4] = [
    "",
    "    deletes: true\n",
    "    incremental: { by: row-hash }\n    deletes: true\n",
    "    incremental: { by: watermark, columns: [stamp] }\n",
];

#[derive(Clone)]
struct Person {
    name: String,
    opened: String,
    /// When the row changed last.
    stamp: u64,
}

impl Person {
    /// One of twenty cannot be delivered: the query, or the destination, refuses it.
    fn new(dice: &mut Dice, stamp: u64) -> Self {
        let mut person = Self {
            name: format!("Person {} é'\\,{}", dice.roll(1000), dice.roll(10)),
            opened: format!("2026-{:02}-{:02}", 1 + dice.roll(12), 1 + dice.roll(28)),
            stamp,
        };
        match dice.roll(40) {
            0 => person.name.clear(),
            1 => "soon".clone_into(&mut person.opened),
            _ => {}
        }
        person
    }

    fn is_good(&self) -> bool {
        !self.name.is_empty() && self.opened != "soon"
    }
}

type People = BTreeMap<u64, Person>;

/// What has become of people after a while: some changed, some new, some gone if that may be.
fn later(before: &People, dice: &mut Dice, deletes: bool) -> People {
    let mut now = before.clone();
    if deletes {
        now.retain(|_, _| dice.roll(6) > 0);
    }
    for person in now.values_mut() {
        if dice.roll(3) == 0 {
            let was_good = person.is_good();
            *person = Person::new(dice, 2);
            while was_good && !person.is_good() {
                // What was delivered and cannot be delivered any more stays in the destination: a matter of its own.
                *person = Person::new(dice, 2);
            }
        }
    }
    let next = before.keys().max().map_or(0, |last| last + 1);
    now.extend((next..next + before.len() as u64 / 5).map(|number| (number, Person::new(dice, 2))));
    now
}

/// A project that delivers people to a store, and what is done with it for one seed.
struct Case<'s> {
    store: &'s mut dyn Store,
    workspace: Workspace,
    people: People,
    /// Whether all that is there was delivered by the run that the fault comes to.
    is_first: bool,
    said: String,
}

impl<'s> Case<'s> {
    /// Ready for the run that the fault comes to.
    fn new(store: &'s mut dyn Store, dice: &mut Dice, way: &str, rows: u64, port: Option<u16>) -> Self {
        let workspace = Workspace::new();
        let connection = store.start(&workspace, port);
        let entity = if store.name() == "CAP" { "Accounts" } else { "people" };
        let project = PROJECT.replace("STORE", &connection).replace("ENTITY", entity);
        workspace.write("project.yaml", project + way);
        workspace.write("people.pq", QUERY);
        let people = (0..rows).map(|number| (number, Person::new(dice, 1))).collect();
        let is_first = dice.roll(2) == 0 && way != WAYS[2];
        let said = format!("{} {way:?}", store.name());
        let mut case = Self { store, workspace, people, is_first, said };
        case.write();
        if !case.is_first {
            let record = case.workspace.run_json();
            case.assert_holds(&record);
            case.people = later(&case.people, dice, way.contains("deletes"));
            case.write();
        }
        case
    }

    fn write(&self) {
        let mut csv = String::from("number,name,opened,stamp\n");
        for (number, person) in &self.people {
            csv.push_str(&format!("N{number},\"{}\",{},{}\n", person.name, person.opened, person.stamp));
        }
        self.workspace.write("people.csv", csv);
    }

    /// The store holds what it should by key and whole row, the outcomes add up, and what waits is what was refused.
    fn assert_holds(&mut self, record: &serde_json::Value) {
        assert_ne!(record["status"], "ERROR", "{}: {record:#}", self.said);
        assert_adds_up(record);
        let key = |number: &u64| format!("N{number}");
        let good = self.people.iter().filter(|(_, person)| person.is_good());
        let expected: Rows =
            good.map(|(number, p)| (key(number), (p.name.clone(), p.opened.clone()))).collect();
        assert_eq!(self.store.rows(&self.workspace), expected, "{}", self.said);
        let mut refused: Vec<String> =
            self.people.iter().filter(|(_, p)| !p.is_good()).map(|(number, _)| key(number)).collect();
        let mut waiting = self.ask("SELECT content FROM quarantine WHERE settled_run IS NULL", |content| {
            let content: serde_json::Value = serde_json::from_str(&content).unwrap();
            content["number"].as_str().unwrap().to_owned()
        });
        refused.sort();
        waiting.sort();
        assert_eq!(waiting, refused, "{}: the rows in quarantine", self.said);
    }

    /// What the history answers.
    fn ask<T>(&self, sql: &str, of: impl Fn(String) -> T) -> Vec<T> {
        let history = rusqlite::Connection::open(self.workspace.path(".pqm/history.sqlite")).unwrap();
        let mut statement = history.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|text| of(text.unwrap())).collect()
    }

    /// How the last run stands in the history; none if it did not come so far.
    fn last_status(&self) -> Option<String> {
        let is_there = self.workspace.path(".pqm/history.sqlite").exists();
        let has_runs =
            || !self.ask("SELECT name FROM sqlite_schema WHERE name = 'run'", |name| name).is_empty();
        let status = "SELECT status FROM run ORDER BY id DESC LIMIT 1";
        (is_there && has_runs()).then(|| self.ask(status, |status| status).pop()).flatten()
    }

    /// After the fault: the history claims no more than what is there, the next run makes it good, and the one after it
    /// has nothing to do.
    fn is_made_good(&mut self) {
        if self.is_first && self.last_status().is_some() {
            let sql = "SELECT CAST(coalesce(sum(inserted), 0) AS TEXT) FROM task";
            let claimed: usize = self.ask(sql, |text| text.parse().unwrap())[0];
            let there = self.store.rows(&self.workspace).len();
            assert!(claimed <= there, "{}: the history claims {claimed} of {there}", self.said);
        }
        let record = self.workspace.run_json();
        self.assert_holds(&record);
        let last = self.workspace.run_json();
        let written = ["inserted", "updated", "deleted"].map(|name| count(&last, 0, name));
        assert_eq!(written, [0; 3], "{}: {last:#}", self.said);
    }

    fn run(&self, rows_at_once: u64) -> std::process::Command {
        let mut command = self.workspace.command(&["run"]);
        command.env("PQM_BATCH_ROWS", rows_at_once.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// The points of a run, and how often each comes.
const POINTS: [(&str, u64); 8] = [
    ("BeforeWrite", 3),
    ("AfterWrite", 3),
    ("AfterCommit", 3),
    ("AfterRecord", 3),
    ("AfterDelete", 1),
    ("BeforeFinish", 1),
    ("AfterFinish", 1),
    ("AfterTask", 1),
];

fn killed_at_named_points(store: &mut dyn Store) {
    for seed in seeds(1) {
        for (i, (point, times)) in POINTS.into_iter().enumerate() {
            let mut dice = Dice::new(seed * 100 + i as u64);
            let way = if point == "AfterDelete" { WAYS[2] } else { WAYS[dice.roll(4) as usize] };
            let mut case = Case::new(store, &mut dice, way, 60, None);
            let nth = 1 + dice.roll(times);
            case.said = format!("seed {seed}, killed at {point}:{nth}, {}", case.said);
            let mut run = case.run(4 + dice.roll(12));
            let was_killed =
                run.env("PQM_KILL_AT", format!("{point}:{nth}")).status().unwrap().code().is_none();
            // A run that brings only what has changed may end before the third time.
            assert!(was_killed || nth > 1, "{}: not reached", case.said);
            case.is_made_good();
            note(case.store.name(), &format!("killed at {point}"), was_killed);
        }
    }
}

fn killed_at_any_time(store: &mut dyn Store) {
    let mut took = Duration::ZERO;
    for (turn, seed) in seeds(6).enumerate() {
        let mut dice = Dice::new(seed * 7919);
        let way = WAYS[dice.roll(4) as usize];
        if turn % 20 == 0 {
            // How fast the machine is now.
            let case = Case::new(store, &mut Dice::new(0), "", 90, None);
            let started = Instant::now();
            case.run(5).status().unwrap();
            took = started.elapsed();
        }
        let mut case = Case::new(store, &mut dice, way, 90, None);
        let mut child = case.run(5).spawn().unwrap();
        let wait = took * dice.roll(100) as u32 / 100;
        case.said = format!("seed {seed}, killed after {wait:?}, {}", case.said);
        std::thread::sleep(wait);
        child.kill().unwrap();
        child.wait().unwrap();
        let was_cut = case.last_status().is_some_and(|status| status == "RUNNING");
        case.is_made_good();
        note(case.store.name(), "killed at any time", was_cut);
    }
}

fn cut_off(store: &mut dyn Store) {
    let (server, message) = store.network().unwrap();
    let proxy = Proxy::start(&server);
    for seed in seeds(4) {
        let mut dice = Dice::new(seed * 104_729);
        let way = WAYS[dice.roll(4) as usize];
        let mut case = Case::new(store, &mut dice, way, 60, Some(proxy.port));
        let (fault, loss) = match seed % 2 {
            0 => ("acknowledgement lost", Loss::Answer(message, 1 + dice.roll(4) as usize)),
            _ => ("connection cut", Loss::After(dice.roll(30_000) as usize)),
        };
        case.said = format!("seed {seed}, {loss:?}, {}", case.said);
        proxy.lose(loss);
        case.run(4 + dice.roll(12)).status().unwrap();
        let was_lost = proxy.has_lost();
        case.is_made_good();
        note(case.store.name(), fault, was_lost);
    }
}

#[test]
fn sqlite_killed_at_named_points() {
    killed_at_named_points(&mut Sqlite);
}

#[test]
fn sqlite_killed_at_any_time() {
    killed_at_any_time(&mut Sqlite);
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::super::stores::Postgres;
    use super::*;

    #[test]
    fn postgres_killed_at_named_points() {
        if let Some(mut store) = Postgres::there("killed_at_points") {
            killed_at_named_points(&mut store);
        }
    }

    #[test]
    fn postgres_killed_at_any_time() {
        if let Some(mut store) = Postgres::there("killed_at_any_time") {
            killed_at_any_time(&mut store);
        }
    }

    #[test]
    fn postgres_cut_off() {
        if let Some(mut store) = Postgres::there("cut_off") {
            cut_off(&mut store);
        }
    }
}

/// One test, as they share one table of one service.
#[cfg(feature = "http")]
#[test]
#[ignore = "needs a service: tests/servers/cap/run.sh"]
fn cap_killed_and_cut_off() {
    use super::stores::Cap;
    let mut store = Cap::there().expect("tests/servers/cap/run.sh starts a service");
    match std::env::var("PQM_FAULT_KIND").as_deref() {
        Ok("points") => killed_at_named_points(&mut store),
        Ok("times") => killed_at_any_time(&mut store),
        Ok("cuts") => cut_off(&mut store),
        _ => {
            killed_at_named_points(&mut store);
            killed_at_any_time(&mut store);
            cut_off(&mut store);
        }
    }
}
