use std::sync::OnceLock;

use super::super::{Cell, Column, Entity, Mode, Outcome, RejectionCode, Row, RowPolicy, WriteOptions};
use super::*;

/// The database that `tests/servers/postgres.sh` has started, with a schema for one test.
fn database(test: &str) -> Option<(PostgresStore, ::postgres::Client)> {
    static TOLD: OnceLock<()> = OnceLock::new();
    let Ok(address) = std::env::var("PQM_TEST_POSTGRES") else {
        TOLD.get_or_init(|| {
            eprintln!(
                "PQM_TEST_POSTGRES is not set: tests on PostgreSQL did not run (tests/servers/postgres.sh)"
            )
        });
        return None;
    };
    let mut client = ::postgres::Client::connect(&address, ::postgres::NoTls).unwrap();
    client
        .batch_execute(&format!(
            "DROP SCHEMA IF EXISTS {test} CASCADE; CREATE SCHEMA {test}; SET search_path = {test}"
        ))
        .unwrap();
    let separator = if address.contains('?') { '&' } else { '?' };
    let store =
        PostgresStore::new(&format!("{address}{separator}options=-csearch_path%3D{test}"), None).unwrap();
    Some((store, client))
}

fn entity(columns: &[(&str, Option<CellKind>)], key: &[&str]) -> Entity {
    let columns =
        columns.iter().map(|(name, kind)| Column { name: (*name).to_owned(), kind: *kind }).collect();
    Entity::new("t", columns, &key.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>()).unwrap()
}

fn rows(cells: Vec<Vec<Cell>>) -> Vec<Row> {
    cells.into_iter().enumerate().map(|(i, cells)| Row { number: i as u64 + 1, cells }).collect()
}

fn write(store: &PostgresStore, entity: &Entity, cells: Vec<Vec<Cell>>) -> Vec<Outcome> {
    let mut writer = store.open(entity.clone(), WriteOptions::default()).unwrap();
    let outcomes = writer.write(&rows(cells)).unwrap();
    writer.finish().unwrap();
    outcomes
}

/// The outcomes by a letter each, a rejection with its column.
fn letters(outcomes: &[Outcome]) -> String {
    let letter = |outcome: &Outcome| match outcome {
        Outcome::Inserted => "i".to_owned(),
        Outcome::Updated(_) => "u".to_owned(),
        Outcome::Unchanged => "-".to_owned(),
        Outcome::Deleted => "d".to_owned(),
        Outcome::Rejected(rejection) => format!("r({})", rejection.column.as_deref().unwrap_or("?")),
    };
    outcomes.iter().map(letter).collect::<Vec<_>>().join(" ")
}

fn pair(id: i64, text: &str) -> Vec<Cell> {
    vec![Cell::Whole(id), Cell::text(text)]
}

#[test]
fn rows_are_inserted_updated_and_left_alone_which_costs_no_write() {
    let Some((store, mut client)) = database("upsert") else { return };
    let entity = entity(&[("id", Some(CellKind::Whole)), ("na\"me", None)], &["id"]);
    assert_eq!(
        letters(&write(&store, &entity, vec![pair(1, "a"), pair(2, "tab\t, \\N \r\n"), pair(1, "late")])),
        "i i r(id)"
    );
    assert_eq!(letters(&write(&store, &entity, vec![pair(1, "a"), pair(2, "b"), pair(3, "c")])), "- u i");
    let versions = |client: &mut ::postgres::Client| -> Vec<String> {
        let rows =
            client.query("SELECT id::text || xmin::text || ctid::text FROM t ORDER BY id", &[]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    };
    let before = versions(&mut client);
    assert_eq!(letters(&write(&store, &entity, vec![pair(1, "a"), pair(2, "b"), pair(3, "c")])), "- - -");
    assert_eq!(versions(&mut client), before);
    let mut writer = store.open(entity, WriteOptions::default()).unwrap();
    assert_eq!(letters(&writer.delete(&rows(vec![pair(3, ""), pair(9, ""), pair(1, "")])).unwrap()), "d - d");
    writer.finish().unwrap();
    assert_eq!(client.query_one("SELECT count(*) FROM t", &[]).unwrap().get::<_, i64>(0), 1);
}

#[test]
fn rows_that_the_server_refuses_are_found_among_the_others() {
    let Some((store, mut client)) = database("refuse") else { return };
    client.batch_execute("CREATE TABLE t (id int PRIMARY KEY, name text CHECK (name <> 'bad'), mail text UNIQUE, born date, extra jsonb)").unwrap();
    let columns: Vec<_> = ["id", "name", "mail", "born", "extra"].map(|name| (name, None)).to_vec();
    let entity = entity(&columns, &["id"]);
    let row = |id: i64| {
        let text = |text: String| Cell::text(text);
        let bad = |n: i64, wrong: &str, right: String| {
            if id % 100 == n { text(wrong.to_owned()) } else { text(right) }
        };
        vec![
            Cell::Whole(id),
            bad(7, "bad", format!("n{id}")),
            bad(13, "same", format!("m{id}")),
            bad(21, "2026-02-30", "2026-02-28".to_owned()),
            bad(42, "{", format!("{{\"id\": {id}}}")),
        ]
    };
    let outcomes = write(&store, &entity, (0..1000).map(row).collect());
    let rejected: Vec<(i64, Option<&str>, RejectionCode)> = outcomes
        .iter()
        .enumerate()
        .filter_map(|(id, outcome)| match outcome {
            Outcome::Rejected(rejection) => Some((id as i64, rejection.column.as_deref(), rejection.code)),
            _ => None,
        })
        .collect();
    // Of the rows with the same address the first is in.
    let expected = (0..1000).filter(|id| matches!(id % 100, 7 | 21 | 42) || id % 100 == 13 && *id != 13);
    assert_eq!(rejected.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    assert!(rejected.contains(&(21, Some("born"), RejectionCode::NotStorable)), "{rejected:?}");
    assert!(rejected.contains(&(42, Some("extra"), RejectionCode::NotStorable)), "{rejected:?}");
    assert!(
        rejected.iter().any(|(id, _, code)| *id == 7 && *code == RejectionCode::Constraint),
        "{rejected:?}"
    );
    let count = client.query_one("SELECT count(*) FROM t", &[]).unwrap().get::<_, i64>(0);
    assert_eq!(count as usize + rejected.len(), 1000);
    let again = write(&store, &entity, (0..1000).map(row).collect());
    assert!(!again.iter().any(|outcome| matches!(outcome, Outcome::Inserted | Outcome::Updated(_))));
}

#[test]
fn rows_are_only_created_or_only_updated() {
    let Some((store, mut client)) = database("policy") else { return };
    // What no row brings must not be null, and is there in what is updated.
    client
        .batch_execute("CREATE TABLE t (id int PRIMARY KEY, name text, own int NOT NULL DEFAULT 7)")
        .unwrap();
    client.batch_execute("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)").unwrap();
    client.batch_execute("ALTER TABLE t ALTER own DROP DEFAULT").unwrap();
    let entity = entity(&[("id", None), ("name", None)], &["id"]);
    let with = |rows_policy, cells: Vec<Vec<Cell>>| {
        let options = WriteOptions { rows: rows_policy, ..WriteOptions::default() };
        let mut writer = store.open(entity.clone(), options).unwrap();
        let outcomes = writer.write(&rows(cells)).unwrap();
        writer.finish().unwrap();
        letters(&outcomes)
    };
    let all = || vec![pair(1, "x"), pair(2, "b"), pair(3, "c"), pair(1, "y")];
    assert_eq!(with(RowPolicy::UpdateOnly, all()), "u - r(id) r(id)");
    client.batch_execute("ALTER TABLE t ALTER own SET DEFAULT 9").unwrap();
    assert_eq!(with(RowPolicy::CreateOnly, vec![pair(1, "z"), pair(3, "c"), pair(3, "d")]), "- i r(id)");
    let found =
        client.query_one("SELECT string_agg(id || name || own, ' ' ORDER BY id) FROM t", &[]).unwrap();
    assert_eq!(found.get::<_, String>(0), "1x1 2b2 3c9");
}

#[test]
fn rows_that_a_trigger_leaves_out_are_rejected() {
    let Some((store, mut client)) = database("ignoring") else { return };
    client
        .batch_execute(
            "CREATE TABLE t (id int PRIMARY KEY, name text); \
             CREATE FUNCTION leave() RETURNS trigger AS 'BEGIN IF NEW.name = ''no'' THEN RETURN NULL; END IF; RETURN NEW; END' \
             LANGUAGE plpgsql; CREATE TRIGGER leave BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION leave()",
        )
        .unwrap();
    let entity = entity(&[("id", None), ("name", None)], &["id"]);
    let cells = |name: &str| (0..20).map(|id| pair(id, if id % 7 == 3 { name } else { "yes" })).collect();
    let first = letters(&write(&store, &entity, cells("no")));
    assert_eq!(first.matches("r(?)").count(), 3, "{first}");
    assert_eq!(first.matches('i').count(), 17, "{first}");
    assert_eq!(letters(&write(&store, &entity, cells("later"))).matches('i').count(), 3);
    assert_eq!(letters(&write(&store, &entity, cells("no"))).matches("r(?)").count(), 3);
}

/// New rows are copied, which would pass by these.
#[test]
fn numbers_that_only_the_server_gives_and_rules_are_respected() {
    let Some((store, mut client)) = database("server_gives") else { return };
    client
        .batch_execute(
            "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text); \
             CREATE TABLE ruled (id int PRIMARY KEY, name text); CREATE TABLE log (id int); \
             CREATE RULE told AS ON INSERT TO ruled DO ALSO INSERT INTO log VALUES (NEW.id)",
        )
        .unwrap();
    let failure = |name: &str| {
        let columns = ["id", "name"].map(|name| Column { name: name.to_owned(), kind: None });
        let entity = Entity::new(name, columns.to_vec(), &["id".to_owned()]).unwrap();
        let mut writer = store.open(entity, WriteOptions::default()).unwrap();
        writer.write(&rows(vec![pair(1, "a")])).unwrap_err().to_string()
    };
    assert!(failure("t").contains("cannot insert a non-DEFAULT value"), "{}", failure("t"));
    assert!(failure("ruled").contains("rules"), "{}", failure("ruled"));
    let count = "SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM ruled)";
    assert_eq!(client.query_one(count, &[]).unwrap().get::<_, i64>(0), 0);
}

/// The writer goes over from rows that are all new to others and back, in one run.
#[test]
fn batches_of_new_known_and_changed_rows_follow_each_other() {
    let Some((store, mut client)) = database("mixed") else { return };
    let entity = entity(&[("id", Some(CellKind::Whole)), ("name", Some(CellKind::Text))], &["id"]);
    let mut writer = store.open(entity.clone(), WriteOptions::default()).unwrap();
    let mut batch = |ids: std::ops::Range<i64>, name: &str| {
        let outcomes = writer.write(&rows(ids.map(|id| pair(id, name)).collect())).unwrap();
        writer.checkpoint().unwrap();
        let told = letters(&outcomes);
        let count = |letter: char| told.split(' ').filter(|word| word.starts_with(letter)).count();
        [count('i'), count('u'), count('-'), count('r')]
    };
    assert_eq!(batch(0..500, "a"), [500, 0, 0, 0]);
    assert_eq!(batch(500..900, "a"), [400, 0, 0, 0]);
    // What an earlier batch of the run wrote comes again.
    assert_eq!(batch(800..1000, "a"), [100, 0, 0, 100]);
    assert_eq!(batch(1000..1200, "a"), [200, 0, 0, 0]);
    writer.finish().unwrap();
    let mut writer = store.open(entity, WriteOptions::default()).unwrap();
    let mixed = (900..1500).map(|id| pair(id, if id % 2 == 0 { "a" } else { "b" })).collect();
    let outcomes = letters(&writer.write(&rows(mixed)).unwrap());
    let count = |letter: char| outcomes.matches(letter).count();
    assert_eq!([count('i'), count('u'), count('-')], [300, 150, 150]);
    writer.finish().unwrap();
    let sum = client.query_one("SELECT count(*), count(*) FILTER (WHERE name = 'b') FROM t", &[]).unwrap();
    assert_eq!((sum.get::<_, i64>(0), sum.get::<_, i64>(1)), (1500, 300));
}

#[test]
fn values_of_every_kind_come_back_as_they_were_and_what_would_change_is_refused() {
    let Some((store, mut client)) = database("kinds") else { return };
    client
        .batch_execute(
            "CREATE TABLE t (id int PRIMARY KEY, l boolean, d double precision, r real, n numeric(6,2), a date, c time, \
             s timestamp(3), z timestamptz, p interval, b bytea, v varchar(3), u uuid, j json, e int[])",
        )
        .unwrap();
    let names = ["id", "l", "d", "r", "n", "a", "c", "s", "z", "p", "b", "v", "u", "j", "e"];
    let entity = entity(&names.map(|name| (name, None)), &["id"]);
    let good = |id: i64| {
        vec![
            Cell::Whole(id),
            Cell::Logical(true),
            Cell::Double(0.1),
            Cell::Double(0.5),
            Cell::Decimal("1234.5".parse().unwrap()),
            Cell::Date("2026-03-01".into()),
            Cell::Time("14:05:00.25".into()),
            Cell::DateTime("2026-03-01T14:05:00.125".into()),
            Cell::DateTimeZone("2026-03-01T14:05:00+01:00".into()),
            Cell::Duration("P1DT2H".into()),
            Cell::Binary(Box::new([0, 255, 92])),
            Cell::text("äöü"),
            Cell::text("0E984725-C51C-4BF4-9960-E1C80E27ABA0"),
            Cell::text("{\"a\": 1}"),
            Cell::text("{1,2}"),
        ]
    };
    assert_eq!(letters(&write(&store, &entity, vec![good(1)])), "i");
    assert_eq!(letters(&write(&store, &entity, vec![good(1)])), "-");
    let stored = client.query_one("SELECT row(t.*)::text FROM t", &[]).unwrap().get::<_, String>(0);
    for part in [
        "0.1",
        "1234.50",
        "14:05:00.25",
        "2026-03-01 14:05:00.125",
        "1 day 02:00:00",
        "00ff5c",
        "äöü",
        "0e984725",
    ] {
        assert!(stored.contains(part), "{part}: {stored}");
    }
    for (column, cell) in [
        ("id", Cell::Whole(1 << 40)),
        ("id", Cell::Double(0.5)),
        ("l", Cell::text("maybe")),
        ("r", Cell::Double(0.123_456_789_12)),
        ("n", Cell::Decimal("1.234".parse().unwrap())),
        ("n", Cell::Whole(12345)),
        ("a", Cell::DateTime("2026-03-01T00:00:01".into())),
        ("a", Cell::text("01/02/2026")),
        ("s", Cell::DateTime("2026-03-01T14:05:00.1234".into())),
        ("s", Cell::DateTimeZone("2026-03-01T14:05:00+01:00".into())),
        ("v", Cell::text("four")),
        ("v", Cell::text("a\0b")),
        ("b", Cell::text("x")),
    ] {
        let mut row = good(2);
        row[names.iter().position(|name| *name == column).unwrap()] = cell.clone();
        let outcome = write(&store, &entity, vec![row]).remove(0);
        let Outcome::Rejected(rejection) = outcome else { panic!("{cell:?} in {column}: {outcome:?}") };
        assert_eq!((rejection.column.as_deref(), rejection.code), (Some(column), RejectionCode::NotStorable));
    }
    let nulls =
        |id| std::iter::once(Cell::Whole(id)).chain(std::iter::repeat_n(Cell::Null, 14)).collect::<Vec<_>>();
    assert_eq!(letters(&write(&store, &entity, vec![nulls(1), nulls(2)])), "u i");
    assert_eq!(letters(&write(&store, &entity, vec![nulls(1), nulls(2)])), "- -");
}

#[test]
fn what_comes_after_a_checkpoint_is_lost_as_a_whole_and_a_plan_keeps_nothing() {
    let Some((store, mut client)) = database("keep") else { return };
    let entity = entity(&[("id", Some(CellKind::Whole)), ("name", Some(CellKind::Text))], &["id"]);
    let mut writer = store.open(entity.clone(), WriteOptions::default()).unwrap();
    writer.write(&rows(vec![pair(1, "a")])).unwrap();
    assert!(writer.checkpoint().unwrap());
    writer.write(&rows(vec![pair(2, "b")])).unwrap();
    drop(writer);
    let mut count = || client.query_one("SELECT count(*) FROM t", &[]).unwrap().get::<_, i64>(0);
    assert_eq!(count(), 1);
    let plan = WriteOptions { mode: Mode::Plan, ..WriteOptions::default() };
    let mut writer = store.open(entity, plan).unwrap();
    let outcomes = writer.write(&rows(vec![pair(1, "z"), pair(2, "b")])).unwrap();
    let change = super::super::FieldChange {
        column: "name".to_owned(),
        from: Some("a".to_owned()),
        to: Some("z".to_owned()),
    };
    assert_eq!(outcomes, [Outcome::Updated(vec![change]), Outcome::Inserted]);
    assert!(!writer.checkpoint().unwrap());
    writer.finish().unwrap();
    assert_eq!(count(), 1);
}

#[test]
fn a_table_is_described_and_one_that_does_not_fit_is_refused() {
    let Some((store, mut client)) = database("describe") else { return };
    client
        .batch_execute(
            "CREATE TABLE parent (id int PRIMARY KEY); CREATE DOMAIN short AS varchar(5) NOT NULL; \
             CREATE TABLE t (a int, b int, s short, parent int REFERENCES parent, own serial, UNIQUE (b, a), x text NOT NULL); \
             CREATE UNIQUE INDEX ON t (lower(x)); CREATE UNIQUE INDEX ON t (x) WHERE a = 1; CREATE VIEW v AS SELECT 1 AS a",
        )
        .unwrap();
    assert_eq!(store.entities().unwrap(), ["parent", "t", "v"]);
    assert!(store.describe("nothing").unwrap().is_none());
    let found = store.describe("t").unwrap().unwrap();
    assert_eq!(found.keys, [["b", "a"]]);
    assert_eq!(found.references[0].to, "parent");
    let facts: Vec<_> =
        found.columns.iter().map(|c| (c.name.as_str(), c.kind, c.length, c.required)).collect();
    assert_eq!(facts[2], ("s", Some(CellKind::Text), Some(5), true));
    assert_eq!((facts[4].3, facts[5].3), (false, true));
    let message = |columns: &[(&str, Option<CellKind>)], key: &[&str], name: &str| {
        let columns =
            columns.iter().map(|(name, kind)| Column { name: (*name).to_owned(), kind: *kind }).collect();
        let entity = Entity::new(name, columns, &[key[0].to_owned()]).unwrap();
        let mut writer = store.open(entity, WriteOptions::default()).unwrap();
        writer.write(&[]).map(drop).and_then(|()| writer.finish()).unwrap_err().to_string()
    };
    assert!(message(&[("a", None)], &["a"], "t").contains("CREATE UNIQUE INDEX"));
    assert!(message(&[("a", None), ("q", None)], &["a"], "t").contains("no column q"));
    assert!(message(&[("a", None)], &["a"], "v").contains("choose an ordinary table"));
}

#[test]
fn an_address_with_a_password_and_a_server_that_is_not_there_are_told_plainly() {
    let message = |address: &str| match PostgresStore::new(address, None) {
        Err(error) => error.to_string(),
        Ok(store) => store.entities().unwrap_err().to_string(),
    };
    assert!(message("Server=x").contains("postgres://server:5432/database"));
    let secret = PostgresStore::new("postgres://u:hunter2@localhost/db", None);
    assert!(matches!(&secret, Err(error) if error.to_string().contains("keep it as a credential")));
    assert!(message("postgres://localhost:1/db").contains("localhost/db"));
}
