//! Writing to Dataverse, against the simulator: after each form of fault the destination holds what it should.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pqm::destinations::odata::{Dialect, ODataStore, ServiceLimits};
use pqm::destinations::{Cell, Column, Destination, Entity, Mode, Outcome, Row, WriteOptions};
use pqm::host::http::{ClientCredentials, Credential, HostGrants, HttpClient, Secret};

use crate::simulator::faults::{Fault, Planned};
use crate::simulator::limits::Limits;
use crate::simulator::{Config, Running, start};

const WRITE: WriteOptions = WriteOptions { mode: Mode::Write, add_columns: false };
const PLAN: WriteOptions = WriteOptions { mode: Mode::Plan, add_columns: false };

fn store(running: &Running, limits: ServiceLimits) -> ODataStore {
    let client = ClientCredentials {
        token_url: running.token_url(),
        client_id: "app".into(),
        client_secret: Secret::new("secret"),
        scope: format!("{}/.default", running.address()),
    };
    let known = vec![(running.address().to_owned(), Credential::ClientCredentials(client))];
    let network = HttpClient::new(HostGrants::Everything).with_credentials(Arc::new(known));
    ODataStore::new(Arc::new(network), &running.root(), Dialect::Dataverse, limits)
}

fn accounts() -> Entity {
    let columns = ["accountnumber", "name", "revenue", "employees"];
    let columns = columns.map(|name| Column { name: name.to_owned(), kind: None });
    Entity::new("accounts", columns.to_vec(), &["accountnumber".to_owned()]).unwrap()
}

fn row(number: u64, name: &str) -> Row {
    let cells = vec![
        Cell::text(format!("A{number}")),
        if name.is_empty() { Cell::Null } else { Cell::text(name) },
        Cell::Decimal(format!("{number}.50").parse().unwrap()),
        Cell::Whole(number as i64 % 10),
    ];
    Row { number, cells }
}

fn counts(outcomes: &[Outcome]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(kind(outcome)).or_default() += 1;
    }
    counts
}

fn kind(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Inserted => "inserted",
        Outcome::Updated(_) => "updated",
        Outcome::Unchanged => "unchanged",
        Outcome::Deleted => "deleted",
        Outcome::Rejected(_) => "rejected",
    }
}

/// What the service holds: name by number.
fn held(running: &Running) -> BTreeMap<String, String> {
    let text = |row: &crate::simulator::store::Row, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = running.rows("accounts");
    let held: BTreeMap<_, _> =
        rows.iter().map(|row| (text(row, "accountnumber"), text(row, "name"))).collect();
    assert_eq!(held.len(), rows.len(), "a key is there twice");
    held
}

fn wanted(numbers: impl Iterator<Item = u64>, name: &str) -> BTreeMap<String, String> {
    numbers.map(|number| (format!("A{number}"), name.to_owned())).collect()
}

#[test]
fn rows_are_created_changed_left_alone_and_deleted() {
    let running = start(Config { token: Some(Duration::from_secs(3600)), page: 7, ..Config::default() });
    let store = store(&running, ServiceLimits::DATAVERSE);
    let rows: Vec<Row> = (1..=20).map(|number| row(number, "one")).collect();
    let outcomes = store.open(accounts(), WRITE).unwrap().write(&rows).unwrap();
    assert_eq!(counts(&outcomes), BTreeMap::from([("inserted", 20)]));
    let mut again: Vec<Row> =
        (1..=20).map(|number| row(number, if number <= 3 { "two" } else { "one" })).collect();
    again.push(row(5, "late"));
    let planned = store.open(accounts(), PLAN).unwrap().write(&again).unwrap();
    let before = running.seen().requests;
    let mut writer = store.open(accounts(), WRITE).unwrap();
    let outcomes = writer.write(&again).unwrap();
    assert_eq!(planned, outcomes);
    assert_eq!(counts(&outcomes), BTreeMap::from([("rejected", 1), ("unchanged", 17), ("updated", 3)]));
    let Outcome::Updated(changes) = &outcomes[0] else { panic!("{:?}", outcomes[0]) };
    assert_eq!((changes[0].from.as_deref(), changes[0].to.as_deref()), (Some("one"), Some("two")));
    assert_eq!(changes.len(), 1);
    // The keys, three pages, one write.
    assert_eq!(running.seen().requests - before, 5);
    let outcomes = writer.delete(&[row(1, "two"), row(99, "none")]).unwrap();
    assert_eq!(outcomes, [Outcome::Deleted, Outcome::Unchanged]);
    assert_eq!(held(&running).len(), 19);
    assert_eq!(running.seen().tokens, 1);
}

#[test]
#[ignore = "waits for seconds: cargo test --test web dataverse -- --ignored"]
fn faults_leave_what_should_be_there() {
    for (fault, one_in) in [
        (Fault::LostAcknowledgement, 2),
        (Fault::Reset, 2),
        (Fault::Truncated, 2),
        (Fault::Status(503, None), 3),
        (Fault::Status(429, Some(1)), 6),
        (Fault::TokenTakenBack, 3),
    ] {
        let config = Config {
            token: Some(Duration::from_secs(3600)),
            faults: vec![Planned { at_most: 4, ..Planned::new(fault, one_in) }],
            seed: 77,
            ..Config::default()
        };
        let running = start(config);
        let store = store(&running, ServiceLimits::DATAVERSE);
        for name in ["one", "two"] {
            let rows: Vec<Row> = (1..=2500).map(|number| row(number, name)).collect();
            let outcomes = store.open(accounts(), WRITE).unwrap().write(&rows).unwrap();
            assert!(
                outcomes.iter().all(|outcome| matches!(outcome, Outcome::Inserted | Outcome::Updated(_)))
            );
            assert_eq!(held(&running), wanted(1..=2500, name), "{fault:?}");
        }
    }
}

#[test]
fn the_bad_rows_are_found_and_only_they() {
    for every in [1000, 100, 2] {
        let running = start(Config::default());
        let store = store(&running, ServiceLimits::DATAVERSE);
        // The name is required; the service says so only when it gets the row.
        let rows: Vec<Row> =
            (1..=1000).map(|number| row(number, if number % every == 0 { "" } else { "good" })).collect();
        let outcomes = store.open(accounts(), WRITE).unwrap().write(&rows).unwrap();
        for (row, outcome) in rows.iter().zip(&outcomes) {
            let bad = row.number % every == 0;
            match outcome {
                Outcome::Rejected(why) => {
                    assert!(
                        bad && why.reason.contains("'name' cannot be NULL"),
                        "{} {}",
                        row.number,
                        why.reason
                    );
                }
                Outcome::Inserted => assert!(!bad, "{}", row.number),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(held(&running), wanted((1..=1000).filter(|number| number % every != 0), "good"));
    }
}

#[test]
fn lookups_are_bound_and_unknown_names_are_refused() {
    let running = start(Config::default());
    let store = store(&running, ServiceLimits::DATAVERSE);
    store.open(accounts(), WRITE).unwrap().write(&[row(1, "parent")]).unwrap();
    let id = running.rows("accounts")[0]["accountid"].as_str().unwrap().to_owned();
    let names = ["company", "number", "lastname", "parent@odata.bind"];
    let columns = names.map(|name| Column { name: name.to_owned(), kind: None }).to_vec();
    let contacts = Entity::new("contacts", columns, &["company".to_owned(), "number".to_owned()]).unwrap();
    let cells =
        vec![Cell::text("C"), Cell::Whole(1), Cell::text("O'Neil"), Cell::text(format!("accounts({id})"))];
    let rows = [Row { number: 1, cells }];
    assert_eq!(store.open(contacts.clone(), WRITE).unwrap().write(&rows).unwrap(), [Outcome::Inserted]);
    assert_eq!(running.rows("contacts")[0]["_parent_value"], id);
    assert_eq!(store.open(contacts, WRITE).unwrap().write(&rows).unwrap(), [Outcome::Unchanged]);
    let wrong =
        Entity::new("accounts", vec![Column { name: "name".into(), kind: None }], &["name".to_owned()]);
    let error = store.open(wrong.unwrap(), WRITE).err().unwrap().to_string();
    assert!(
        error.contains(
            "the key (name) of accounts is none of its keys, which are (accountid), (accountnumber)"
        ),
        "{error}"
    );
}

#[test]
#[ignore = "waits for seconds: cargo test --test web dataverse -- --ignored"]
fn the_limits_are_kept_without_being_refused() {
    let limits = Limits { window: Duration::from_millis(500), requests: 10, ..Limits::DOCUMENTED };
    let config = Config { limits: Some(limits), latency: Duration::from_millis(2), ..Config::default() };
    let running = start(config);
    let ours = ServiceLimits { requests: 10, window: limits.window, concurrent: 52 };
    let rows: Vec<Row> = (1..=20_000).map(|number| row(number, "x")).collect();
    store(&running, ours).open(accounts(), WRITE).unwrap().write(&rows).unwrap();
    assert_eq!(held(&running).len(), 20_000);
    assert!(running.seen().refused.is_empty(), "{:?}", running.seen().refused);
}
