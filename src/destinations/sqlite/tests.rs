use super::*;
use crate::destinations::{Cell, Column};
use std::fs;

fn entity() -> Entity {
    let columns = ["id", "name", "amount"].map(|name| Column { name: name.to_owned(), kind: None });
    Entity::new("account", columns.to_vec(), &["id".to_owned()]).unwrap()
}

fn row(number: u64, id: Cell, name: &str, amount: Cell) -> Row {
    Row { number, cells: vec![id, Cell::text(name), amount] }
}

fn rows(count: u64) -> Vec<Row> {
    (1..=count)
        .map(|n| row(n, Cell::text(format!("A{n}")), &format!("name {n}"), Cell::Double(n as f64 / 2.0)))
        .collect()
}

fn upsert(path: &Path, rows: &[Row]) -> Vec<Outcome> {
    let mut writer = Box::new(SqliteWriter::open(path, entity(), WriteOptions::default()).unwrap());
    let outcomes = writer.write(rows).unwrap();
    writer.finish().unwrap();
    outcomes
}

fn stored(path: &Path) -> Vec<(String, String, Option<f64>)> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT id, name, amount FROM account ORDER BY rowid").unwrap();
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn code(outcome: &Outcome) -> Option<RejectionCode> {
    match outcome {
        Outcome::Rejected(rejection) => Some(rejection.code),
        _ => None,
    }
}

#[test]
fn inserts_then_finds_unchanged_then_updates() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/a.sqlite");
    assert_eq!(upsert(&path, &rows(3)), vec![Outcome::Inserted; 3]);
    assert_eq!(upsert(&path, &rows(3)), vec![Outcome::Unchanged; 3]);
    let mut changed = rows(4);
    changed[1].cells[2] = Cell::Null;
    assert_eq!(
        upsert(&path, &changed),
        [Outcome::Unchanged, Outcome::Updated(Vec::new()), Outcome::Unchanged, Outcome::Inserted]
    );
    assert_eq!(stored(&path)[1], ("A2".to_owned(), "name 2".to_owned(), None));
}

#[test]
fn every_kind_of_cell_is_unchanged_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    let cells = [
        Cell::Null,
        Cell::Logical(true),
        Cell::Whole(i64::MAX),
        Cell::Double(0.1),
        Cell::Double(f64::INFINITY),
        Cell::Decimal("1.10".parse().unwrap()),
        Cell::text(""),
        Cell::text("007"),
        Cell::Date("2026-03-01".into()),
        Cell::Time("10:00:00".into()),
        Cell::DateTime("2026-03-01T10:00:00".into()),
        Cell::DateTimeZone("2026-03-01T10:00:00+01:00".into()),
        Cell::Duration("P1D".into()),
        Cell::Binary(Box::new([0, 255])),
    ];
    // Each alone in a table of its own type, and all together in an untyped one.
    for (i, cell) in cells.iter().enumerate() {
        let path = folder.path().join(format!("{i}.sqlite"));
        let one = [row(1, Cell::text("k"), "n", cell.clone())];
        assert_eq!(upsert(&path, &one), [Outcome::Inserted], "{cell:?}");
        assert_eq!(upsert(&path, &one), [Outcome::Unchanged], "{cell:?}");
    }
    let all: Vec<Row> =
        (1..).zip(&cells).map(|(n, cell)| row(n, Cell::text(format!("k{n}")), "n", cell.clone())).collect();
    assert_eq!(upsert(&path, &all), vec![Outcome::Inserted; all.len()]);
    assert_eq!(upsert(&path, &all), vec![Outcome::Unchanged; all.len()]);
}

#[test]
fn rejects_rows_without_key_and_later_rows_of_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    let input = [
        row(1, Cell::Null, "null", Cell::Null),
        row(2, Cell::text("  "), "blank", Cell::Null),
        row(3, Cell::text("A"), "first", Cell::Null),
        row(4, Cell::text("A"), "second", Cell::Null),
    ];
    for _ in 0..2 {
        let outcomes = upsert(&path, &input);
        assert_eq!(
            outcomes.iter().map(code).collect::<Vec<_>>(),
            [
                Some(RejectionCode::KeyMissing),
                Some(RejectionCode::KeyMissing),
                None,
                Some(RejectionCode::KeyDuplicate)
            ]
        );
        let Outcome::Rejected(rejection) = &outcomes[3] else { unreachable!() };
        assert!(
            rejection.reason.contains("an earlier row of this run has the same key (A)"),
            "{}",
            rejection.reason
        );
        assert_eq!(stored(&path), [("A".to_owned(), "first".to_owned(), None)]);
    }
}

#[test]
fn a_broken_constraint_rejects_the_row_and_the_rest_lands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "CREATE TABLE account (id TEXT PRIMARY KEY, name TEXT, amount REAL CHECK (amount < 2))",
        )
        .unwrap();
    let outcomes = upsert(&path, &rows(5));
    assert_eq!(outcomes.iter().filter(|o| code(o) == Some(RejectionCode::Constraint)).count(), 2);
    assert_eq!(stored(&path).len(), 3);
}

#[test]
fn values_that_would_change_are_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE account (id TEXT PRIMARY KEY, name TEXT, amount REAL)")
        .unwrap();
    let bad = [
        Cell::Double(f64::NAN),
        Cell::Whole(i64::MAX),
        Cell::text("007"),
        Cell::Decimal("1.0000000000000000001".parse().unwrap()),
    ];
    for cell in bad {
        let outcomes = upsert(&path, &[row(1, Cell::text("A"), "n", cell.clone())]);
        assert_eq!(code(&outcomes[0]), Some(RejectionCode::NotStorable), "{cell:?}");
    }
    assert!(stored(&path).is_empty());
}

#[test]
fn keys_are_equal_as_the_destination_sees_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE account (id TEXT COLLATE NOCASE PRIMARY KEY, name TEXT, amount REAL)")
        .unwrap();
    let input = [row(1, Cell::text("ab"), "x", Cell::Null), row(2, Cell::text("AB"), "X", Cell::Null)];
    assert_eq!(code(&upsert(&path, &input)[1]), Some(RejectionCode::KeyDuplicate));
    // A change of case outside the key is a change, whatever the collation.
    assert_eq!(upsert(&path, &input[1..]), [Outcome::Updated(Vec::new())]);
}

/// Gives up (as a killed process does) after each possible number of checkpoints; the next run completes
/// and nothing is lost or doubled.
#[test]
fn an_interrupted_run_is_completed_by_the_next() {
    let input = rows(50);
    for survived in 0..=5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let mut writer = SqliteWriter::open(&path, entity(), WriteOptions::default()).unwrap();
        for (i, batch) in input.chunks(10).enumerate() {
            writer.write(batch).unwrap();
            if i == survived {
                break;
            }
            writer.checkpoint().unwrap();
        }
        drop(writer);
        let before = if survived == 0 { 0 } else { stored(&path).len() };
        assert_eq!(before, survived * 10);
        let outcomes = upsert(&path, &input);
        assert_eq!(outcomes.iter().filter(|o| **o == Outcome::Unchanged).count(), before);
        assert_eq!(outcomes.iter().filter(|o| **o == Outcome::Inserted).count(), 50 - before);
        assert_eq!(stored(&path).len(), 50);
    }
}

#[test]
fn unusable_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| match SqliteWriter::open(path, entity(), WriteOptions::default()) {
        Ok(mut writer) => writer.write(&rows(1)).unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error(folder.path()), DestinationError::IsFolder { .. }));

    let text = folder.path().join("notes.txt");
    fs::write(&text, "this is a text file, and no database at all").unwrap();
    assert!(matches!(error(&text), DestinationError::WrongContent { .. }));

    let path = folder.path().join("a.sqlite");
    upsert(&path, &rows(1));
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let found = error(&path);
    assert!(matches!(found, DestinationError::ReadOnly { .. }));
    assert!(found.to_string().contains("a.sqlite"));
}

#[test]
fn a_locked_file_is_reported_soon() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    upsert(&path, &rows(1));
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut writer = SqliteWriter::open(&path, entity(), WriteOptions::default()).unwrap();
    writer.connection.busy_timeout(Duration::from_millis(20)).unwrap();
    assert!(matches!(writer.write(&rows(2)), Err(DestinationError::Locked { .. })));
}

#[test]
fn a_table_that_cannot_take_the_rows_is_explained() {
    let error = |sql: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        SqliteWriter::open(&path, entity(), WriteOptions::default()).unwrap().write(&rows(1)).unwrap_err()
    };
    let missing = error("CREATE TABLE account (id TEXT PRIMARY KEY, amount REAL)");
    assert!(matches!(&missing, DestinationError::MissingColumns { columns, .. } if columns == &["name"]));
    let no_key = error("CREATE TABLE account (id TEXT, name TEXT, amount REAL)");
    assert!(no_key.to_string().contains("CREATE UNIQUE INDEX"), "{no_key}");
    let view = error("CREATE VIEW account AS SELECT 1 AS id, 2 AS name, 3 AS amount");
    assert!(view.to_string().contains("a view"), "{view}");
}

#[test]
fn a_unique_index_serves_as_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "CREATE TABLE account (rowid INTEGER, id TEXT, name TEXT, amount REAL);
             CREATE UNIQUE INDEX k ON account (id)",
        )
        .unwrap();
    assert_eq!(upsert(&path, &rows(2)), vec![Outcome::Inserted; 2]);
    assert_eq!(upsert(&path, &rows(2)), vec![Outcome::Unchanged; 2]);
}

#[test]
fn a_plan_names_what_it_would_do_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none/a.sqlite");
    let plan = WriteOptions { mode: Mode::Plan, ..WriteOptions::default() };
    let mut writer = Box::new(SqliteWriter::open(&path, entity(), plan).unwrap());
    assert_eq!(writer.write(&rows(2)).unwrap(), vec![Outcome::Inserted; 2]);
    writer.finish().unwrap();
    assert!(!path.exists() && !path.parent().unwrap().exists());

    let path = folder.path().join("a.sqlite");
    upsert(&path, &rows(2));
    let before = fs::read(&path).unwrap();
    let mut writer = Box::new(SqliteWriter::open(&path, entity(), plan).unwrap());
    let mut changed = rows(3);
    changed[0].cells[2] = Cell::Null;
    let outcomes = writer.write(&changed).unwrap();
    let change = FieldChange { column: "amount".to_owned(), from: Some("0.5".to_owned()), to: None };
    assert_eq!(outcomes, [Outcome::Updated(vec![change]), Outcome::Unchanged, Outcome::Inserted]);
    assert!(!writer.checkpoint().unwrap());
    assert_eq!(writer.delete(&rows(2)[1..]).unwrap(), [Outcome::Deleted]);
    writer.finish().unwrap();
    assert!(fs::read(&path).unwrap() == before, "the file was changed");
}

#[test]
fn rows_are_deleted_by_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    upsert(&path, &rows(3));
    let mut writer = Box::new(SqliteWriter::open(&path, entity(), WriteOptions::default()).unwrap());
    let gone = [row(0, Cell::text("A2"), "", Cell::Null), row(0, Cell::text("none"), "", Cell::Null)];
    assert_eq!(writer.delete(&gone).unwrap(), [Outcome::Deleted, Outcome::Unchanged]);
    writer.finish().unwrap();
    let keys: Vec<String> = stored(&path).into_iter().map(|(key, ..)| key).collect();
    assert_eq!(keys, ["A1", "A3"]);
}

#[test]
fn missing_columns_are_added_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    let store = Connection::open(&path).unwrap();
    store.execute_batch("CREATE TABLE account (id TEXT PRIMARY KEY, name TEXT)").unwrap();
    let refused = SqliteWriter::open(&path, entity(), WriteOptions::default()).unwrap().write(&rows(1));
    assert!(matches!(refused, Err(DestinationError::MissingColumns { .. })));
    let options = WriteOptions { add_columns: true, ..WriteOptions::default() };
    let mut writer = Box::new(SqliteWriter::open(&path, entity(), options).unwrap());
    assert_eq!(writer.write(&rows(1)).unwrap(), [Outcome::Inserted]);
    writer.finish().unwrap();
    assert_eq!(stored(&path)[0].2, Some(0.5));
}

#[test]
fn other_unique_keys_and_silent_triggers_refuse_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    let store = Connection::open(&path).unwrap();
    store
        .execute_batch(
            "CREATE TABLE account (id TEXT PRIMARY KEY, name TEXT UNIQUE, amount REAL);
             CREATE TRIGGER quiet BEFORE INSERT ON account WHEN new.name = 'quiet' BEGIN SELECT RAISE(IGNORE); END",
        )
        .unwrap();
    let input = [
        row(1, Cell::text("A1"), "same", Cell::Null),
        row(2, Cell::text("A2"), "same", Cell::Null),
        row(3, Cell::text("A3"), "quiet", Cell::Null),
        row(4, Cell::text("A4"), "other", Cell::Null),
    ];
    let outcomes = upsert(&path, &input);
    assert_eq!((&outcomes[0], &outcomes[3]), (&Outcome::Inserted, &Outcome::Inserted));
    assert_eq!(code(&outcomes[1]), Some(RejectionCode::Constraint));
    assert_eq!(code(&outcomes[2]), Some(RejectionCode::Constraint));
}
