//! What services and networks do to runs, and what runs leave behind all the same: the destination holds what it
//! should, each row read has one outcome, and no key stands anywhere twice. `faults.sh` runs the long form.

use std::collections::BTreeMap;
use std::time::Duration;

use super::dataverse::{config, workspace};
use super::faults::{note, seeds};
use super::simulator::faults::{Fault, Planned};
use super::simulator::limits::Limits;
use super::simulator::{Config, Running, start};
use super::workspace::{Workspace, assert_adds_up, count};

const INTO: &str = "
  - name: In
    source: { connection: Files, entity: accounts.csv }
    mappings:
      - { source: number, destination: accountnumber }
      - { source: name, destination: name }
    destination: { connection: CRM, entity: accounts }
    deletes: true
";

const OUT: &str = "
  - name: Out
    source: { connection: CRM, entity: accounts }
    mappings:
      - { source: accountid, destination: id }
      - { source: accountnumber, destination: number }
      - { source: name, destination: name }
    destination: { connection: Copy, entity: account, key: [id] }
    incremental: { by: change-tracking }
    deletes: true
";

/// What figures call it.
const SIMULATOR: &str = "Dataverse simulator";

/// Names by number; a row without a name is one that Dataverse refuses.
type Accounts = BTreeMap<u64, String>;

fn accounts(seed: u64, rows: u64, bad_of_1000: u64) -> Accounts {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut roll = |sides: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    };
    let mut row = |number| {
        let is_bad = roll(1000) < bad_of_1000;
        (number, if is_bad { String::new() } else { format!("Name {} é'", roll(1000)) })
    };
    (0..rows).map(&mut row).collect()
}

fn write(workspace: &Workspace, accounts: &Accounts) {
    let mut csv = String::from("number,name\n");
    for (number, name) in accounts {
        csv.push_str(&format!("A{number},{name}\n"));
    }
    workspace.write("accounts.csv", csv);
}

fn project(running: &Running) -> Workspace {
    let workspace = workspace(running, &format!("{INTO}{OUT}"));
    // A blank name is none.
    workspace.replace(
        "project.yaml",
        "    mappings:\n      - { source: number",
        "    query: blank.pq\n    mappings:\n      - { source: number",
    );
    workspace.write(
        "blank.pq",
        "Table.ReplaceValue(QrySourceData, \"\", null, Replacer.ReplaceValue, {\"name\"})",
    );
    workspace
}

/// Dataverse and the copy of it hold what the file says.
fn assert_holds(running: &Running, workspace: &Workspace, record: &serde_json::Value, wanted: &Accounts) {
    assert_adds_up(record);
    let good = || wanted.iter().filter(|(_, name)| !name.is_empty());
    let number = |number: &u64| format!("A{number}");
    let expected: BTreeMap<String, String> = good().map(|(key, name)| (number(key), name.clone())).collect();
    let rows = running.rows("accounts");
    let held = |name: &str, row: &super::simulator::store::Row| row[name].as_str().unwrap().to_owned();
    let found: BTreeMap<_, _> =
        rows.iter().map(|row| (held("accountnumber", row), held("name", row))).collect();
    assert_eq!(found.len(), rows.len(), "a key is in Dataverse twice");
    assert_eq!(found, expected);
    let copy = workspace.rows("out.sqlite", "account");
    let found: BTreeMap<_, _> = copy
        .values()
        .map(|row| (row[1].trim_matches('"').to_owned(), row[2].trim_matches('"').to_owned()))
        .collect();
    assert_eq!((found.len(), &found), (copy.len(), &expected));
    let bad: Vec<String> =
        wanted.iter().filter(|(_, name)| name.is_empty()).map(|(key, _)| number(key)).collect();
    assert_eq!(count(record, 0, "rejected"), bad.len() as u64, "{record:#}");
    let waiting = workspace.pqm(&["quarantine", "--format", "json", "--limit", "1000000"]).json();
    let waiting: Vec<&str> =
        waiting.as_array().unwrap().iter().map(|row| row["content"]["number"].as_str().unwrap()).collect();
    let mut waiting: Vec<String> = waiting.into_iter().map(str::to_owned).collect();
    let mut bad = bad;
    waiting.sort();
    bad.sort();
    assert_eq!(waiting, bad, "the rows in quarantine");
}

/// Runs of a project while a fault is met: first all rows, then changes, new rows and deletions.
fn withstands(fault: Fault, one_in: u64, at_most: u64, seed: u64) {
    let faults = vec![Planned { at_most, ..Planned::new(fault, one_in) }];
    let running = start(Config { faults, seed, page: 40, ..config() });
    let workspace = project(&running);
    let mut now = accounts(seed, 150, 0);
    for step in 0..2 {
        write(&workspace, &now);
        let record = workspace.run_json();
        assert!(record["status"] != "ERROR", "{fault:?}, seed {seed}: {record:#}");
        assert_holds(&running, &workspace, &record, &now);
        if step == 0 {
            now.retain(|number, _| number % 7 != 0);
            now.iter_mut().filter(|(number, _)| *number % 5 == 0).for_each(|(_, name)| name.push('2'));
            now.insert(1000, "New".to_owned());
        }
    }
    let last = workspace.run_json();
    let written = |task| ["inserted", "updated", "deleted"].map(|name| count(&last, task, name));
    assert_eq!((written(0), written(1)), ([0; 3], [0; 3]), "{last:#}");
    note(SIMULATOR, &format!("{fault:?}"), running.faults_met() > 0);
}

#[test]
fn faults_of_the_network_leave_what_should_be_there() {
    for seed in seeds(1) {
        // What costs no wait of seconds; `all_faults` has the others.
        withstands(Fault::LostAcknowledgement, 3, 2, seed);
        withstands(Fault::TokenTakenBack, 4, 3, seed);
        withstands(Fault::RepeatedPage, 2, 3, seed);
    }
}

#[test]
#[ignore = "waits for seconds: faults.sh runs it"]
fn all_faults_leave_what_should_be_there() {
    for seed in seeds(1) {
        for fault in [
            Fault::Reset,
            Fault::Truncated,
            Fault::Stalled(Duration::from_millis(300)),
            Fault::Status(429, Some(1)),
            Fault::RetryAtDate(1),
            Fault::Status(500, None),
            Fault::Status(502, None),
            Fault::Status(503, None),
            Fault::Status(504, None),
        ] {
            withstands(fault, 4, 3, seed);
        }
    }
}

/// Tokens that last for a second: they are fetched again and again, one at a time.
#[test]
#[ignore = "waits for seconds: faults.sh runs it"]
fn tokens_that_end_are_fetched_again() {
    for seed in seeds(1) {
        tokens_end(seed);
    }
}

fn tokens_end(seed: u64) {
    let latency = Duration::from_millis(60);
    let token = Some(Duration::from_secs(1));
    let running = start(Config { token, latency, page: 10, seed, ..config() });
    let workspace = project(&running);
    let now = accounts(seed, 300, 0);
    write(&workspace, &now);
    let record = workspace.run_json();
    assert_holds(&running, &workspace, &record, &now);
    assert!(running.seen().tokens > 2, "{}", running.seen().tokens);
    note(SIMULATOR, "tokens of a second", true);
}

#[test]
fn a_service_that_leads_in_circles_fails_the_task_and_loses_nothing() {
    let faults = vec![Planned { at_most: 1, writes: false, ..Planned::new(Fault::Circle, 4) }];
    let running = start(Config { faults, seed: 3, page: 40, ..config() });
    let workspace = project(&running);
    let now = accounts(3, 150, 0);
    write(&workspace, &now);
    for _ in 0..3 {
        let ended = workspace.pqm(&["run", "--format", "json"]);
        let record = ended.json();
        if record["status"] != "ERROR" {
            return assert_holds(&running, &workspace, &record, &now);
        }
        assert!(ended.said().contains("in a circle"), "{}", ended.said());
    }
    panic!("the fault is met once, and every run failed");
}

#[test]
fn bad_rows_end_in_quarantine_and_the_others_in_dataverse() {
    for seed in seeds(1) {
        for bad in [10, 500] {
            let running = start(config());
            let workspace = project(&running);
            let mut now = accounts(seed, 300, bad);
            write(&workspace, &now);
            let record = workspace.run_json();
            assert_eq!(
                record["status"],
                if now.values().any(String::is_empty) { "WARNING" } else { "COMPLETED" }
            );
            assert_holds(&running, &workspace, &record, &now);
            now.values_mut().filter(|name| name.is_empty()).for_each(|name| *name = "Mended".to_owned());
            write(&workspace, &now);
            workspace.pqm(&["rerun"]);
            let record = workspace.run_json();
            assert_holds(&running, &workspace, &record, &now);
            note(SIMULATOR, &format!("{} % bad rows", bad as f64 / 10.0), true);
        }
    }
}

const POINTS: [&str; 7] =
    ["BeforeWrite", "AfterWrite", "AfterDelete", "AfterWrite:2", "BeforeFinish", "AfterFinish", "AfterTask"];

#[test]
fn killed_at_named_points_a_run_is_made_good_by_the_next() {
    for seed in seeds(1) {
        let running = start(config());
        let workspace = project(&running);
        let mut now = accounts(seed, 60, 20);
        write(&workspace, &now);
        workspace.run();
        for (round, point) in POINTS.into_iter().enumerate() {
            // Something to insert, to update and to delete for each kill.
            let round = round as u64 + 1;
            now.retain(|number, _| number % 11 != round);
            now.iter_mut()
                .filter(|(n, _)| *n % 3 == round % 3)
                .for_each(|(_, name)| *name = format!("Round {round}"));
            now.insert(100 + round, format!("New {seed}"));
            write(&workspace, &now);
            assert!(workspace.run_killed_at(point), "{point} was not reached");
            let record = workspace.run_json();
            assert_holds(&running, &workspace, &record, &now);
            note(SIMULATOR, &format!("killed at {point}"), true);
        }
    }
}

/// How much of what the limits allow a run uses once it is on its way, at 20 ms to the service. The limits are the
/// documented ones, over a tenth of the window.
#[test]
#[ignore = "runs for two minutes: cargo test --test project allowed -- --ignored --nocapture"]
fn nine_tenths_of_what_is_allowed_are_used_and_nothing_is_refused() {
    let limits = Limits::scaled(Duration::from_secs(30));
    let running = start(Config {
        limits: Some(limits),
        latency: Duration::from_millis(20),
        execution_of_a_row: Duration::from_millis(4),
        page: 5000,
        ..config()
    });
    let workspace = workspace(&running, &INTO.replace("    deletes: true\n", ""));
    let scaled = "credential: crm, limits: { requests: 600, seconds: 30 }";
    workspace.replace("project.yaml", "credential: crm", scaled);
    let rows = 110_000;
    write(&workspace, &accounts(9, rows, 0));
    let record = workspace.run_json();
    assert_eq!(count(&record, 0, "inserted"), rows, "{record:#}");
    let seen = running.seen();
    let first = seen.worked.iter().map(|(time, _)| *time).min().unwrap() + limits.window;
    let last = seen.worked.iter().map(|(time, _)| *time).max().unwrap();
    let used: Duration =
        seen.worked.iter().filter(|(time, _)| *time > first).map(|(_, worked)| *worked).sum();
    let allowed = limits.execution.as_secs_f64() / limits.window.as_secs_f64() * (last - first).as_secs_f64();
    let share = used.as_secs_f64() / allowed;
    println!(
        "{rows} rows, {} requests, {:.1} s after the first window: {:.1} % of the execution time allowed; refused: {:?}",
        seen.requests,
        (last - first).as_secs_f64(),
        share * 100.0,
        seen.refused
    );
    assert!(share >= 0.9 && seen.refused.is_empty());
}
