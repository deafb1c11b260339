//! Writing to Dataverse, against the simulator: after each form of fault the destination holds what it should.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pqm::destinations::odata::{Dialect, ODataStore};
use pqm::destinations::{Cell, Column, Destination, Entity, Mode, Outcome, Row, RowPolicy, WriteOptions};
use pqm::host::http::{ClientCredentials, Credential, HostGrants, HttpClient, Secret, ServiceLimits};

use crate::simulator::faults::{Fault, Planned};
use crate::simulator::limits::Limits;
use crate::simulator::{Config, Running, start};

const WRITE: WriteOptions = WriteOptions { mode: Mode::Write, add_columns: false, rows: RowPolicy::Upsert };
const PLAN: WriteOptions = WriteOptions { mode: Mode::Plan, ..WRITE };

fn store(running: &Running, limits: ServiceLimits) -> ODataStore {
    let client = ClientCredentials {
        token_url: running.token_url(),
        client_id: "app".into(),
        client_secret: Secret::new("secret"),
        scope: format!("{}/.default", running.address()),
    };
    let known = vec![(running.address().to_owned(), Credential::ClientCredentials(client))];
    let network = HttpClient::new(HostGrants::Everything)
        .with_credentials(Arc::new(known))
        .with_limits(&running.root(), limits);
    ODataStore::new(Arc::new(network), &running.root(), Dialect::Dataverse)
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
    // Five of the table's definition, a page of seven rows, the other rows in one request, one write.
    assert_eq!(running.seen().requests - before, 8);
    let outcomes = writer.delete(&[row(1, "two"), row(99, "none")]).unwrap();
    assert_eq!(outcomes, [Outcome::Deleted, Outcome::Unchanged]);
    assert_eq!(held(&running).len(), 19);
    assert_eq!(running.seen().tokens, 1);
}

#[test]
fn tasks_may_only_create_or_only_update() {
    let running = start(Config::default());
    let store = store(&running, ServiceLimits::DATAVERSE);
    let writer = |rows| store.open(accounts(), WriteOptions { rows, ..WRITE }).unwrap();
    let both = |name: &str| [row(1, name), row(2, name)];
    writer(RowPolicy::Upsert).write(&[row(1, "one")]).unwrap();
    let outcomes = writer(RowPolicy::CreateOnly).write(&both("two")).unwrap();
    assert_eq!(outcomes, [Outcome::Unchanged, Outcome::Inserted]);
    let outcomes = writer(RowPolicy::UpdateOnly).write(&[row(1, "three"), row(9, "three")]).unwrap();
    assert_eq!(counts(&outcomes), BTreeMap::from([("rejected", 1), ("updated", 1)]));
    let Outcome::Rejected(why) = &outcomes[1] else { panic!("{outcomes:?}") };
    assert!(why.reason.contains("has no row with this key"), "{}", why.reason);
    let held: Vec<_> = held(&running).into_iter().collect();
    assert_eq!(held, [("A1".to_owned(), "three".to_owned()), ("A2".to_owned(), "two".to_owned())]);
    // The case of a key makes no other row of it.
    let mut small = row(2, "four");
    small.cells[0] = Cell::text("a2");
    assert!(matches!(writer(RowPolicy::Upsert).write(&[small]).unwrap()[0], Outcome::Updated(_)));
}

#[test]
fn few_keys_of_a_large_table_are_asked_for_and_many_read_it() {
    let running = start(Config { page: 50, ..Config::default() });
    let store = store(&running, ServiceLimits::DATAVERSE);
    let rows: Vec<Row> = (1..=2000).map(|number| row(number, "one")).collect();
    store.open(accounts(), WRITE).unwrap().write(&rows).unwrap();
    let pages = |work: &dyn Fn()| {
        let before = running.seen().targets.len();
        work();
        running.seen().targets[before..].iter().filter(|target| target.contains("/accounts?")).count()
    };
    let few = pages(&|| {
        let outcomes = store.open(accounts(), WRITE).unwrap().write(&rows[1990..]).unwrap();
        assert_eq!(counts(&outcomes), BTreeMap::from([("unchanged", 10)]));
    });
    assert_eq!(few, 1);
    let many = pages(&|| {
        let mut writer = store.open(accounts(), WRITE).unwrap();
        for rows in rows.chunks(100) {
            assert_eq!(counts(&writer.write(rows).unwrap()), BTreeMap::from([("unchanged", 100)]));
        }
    });
    assert_eq!(many, 40);
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
    assert_eq!(store.open(contacts.clone(), WRITE).unwrap().write(&rows).unwrap(), [Outcome::Unchanged]);
    // The identifier alone will do, and null takes the reference away.
    let mut bare = rows.clone();
    bare[0].cells[3] = Cell::text(id);
    assert_eq!(store.open(contacts.clone(), WRITE).unwrap().write(&bare).unwrap(), [Outcome::Unchanged]);
    bare[0].cells[3] = Cell::Null;
    let outcomes = store.open(contacts.clone(), WRITE).unwrap().write(&bare).unwrap();
    assert!(matches!(outcomes[0], Outcome::Updated(_)), "{outcomes:?}");
    assert!(running.rows("contacts")[0]["_parent_value"].is_null());
    let described = store.describe("contacts").unwrap().unwrap();
    assert_eq!(described.references[0].name, "parent");
    assert_eq!(described.column("lastname").unwrap().length, Some(50));
    assert!(store.describe("accounts").unwrap().unwrap().column("name").unwrap().required);
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
    let ours = ServiceLimits { requests: 10, window: limits.window, ..ServiceLimits::DATAVERSE };
    let rows: Vec<Row> = (1..=20_000).map(|number| row(number, "x")).collect();
    store(&running, ours).open(accounts(), WRITE).unwrap().write(&rows).unwrap();
    assert_eq!(held(&running).len(), 20_000);
    assert!(running.seen().refused.is_empty(), "{:?}", running.seen().refused);
}
