use std::path::Path;

use rusqlite::Connection;

use super::{Database, sqlite_table};
use crate::Engine;
use crate::eval::Context;
use crate::host::LocalHost;
use crate::table::{self, Batch, Demand};
use crate::value::{Value, literal_text};

fn context(folder: &Path) -> Context {
    Engine::new().with_host(LocalHost::new(folder)).compile("test", "null").unwrap().start()
}

fn database(sql: &str) -> (tempfile::TempDir, Context) {
    let folder = tempfile::tempdir().unwrap();
    Connection::open(folder.path().join("a.db")).unwrap().execute_batch(sql).unwrap();
    let ctx = context(folder.path());
    (folder, ctx)
}

fn shown(ctx: &Context, name: &str) -> String {
    let table = sqlite_table(ctx, Path::new("a.db"), name).unwrap();
    literal_text(ctx, &Value::Table(table.into())).unwrap()
}

#[test]
fn cells_are_what_is_stored_and_declared() {
    let (_folder, ctx) = database(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, ok BOOLEAN, d DATE, m DATETIME, x REAL, b BLOB, z);
         INSERT INTO t VALUES (1, 'a', 1, '2024-02-29', '2024-02-29 10:20:30', 1.5, x'01ff', NULL);
         INSERT INTO t VALUES (2, '\u{e9}', 7, 'soon', '2024-02-29T10:20', 2, NULL, 'q');",
    );
    assert_eq!(
        shown(&ctx, "t"),
        "#table(type table [id = Int64.Type, name = text, ok = nullable logical, d = nullable date, \
         m = nullable datetime, x = nullable number, b = nullable binary, z = any], \
         {{1, \"a\", true, #date(2024, 2, 29), #datetime(2024, 2, 29, 10, 20, 30), 1.5, #binary({1, 255}), null}, \
         {2, \"\u{e9}\", 7, \"soon\", #datetime(2024, 2, 29, 10, 20, 0), 2, null, \"q\"}})"
    );
    let table = sqlite_table(&ctx, Path::new("a.db"), "t").unwrap();
    assert_eq!(table.keys()[0].columns, ["id".into()]);
}

#[test]
fn tables_and_views_are_listed_and_odd_names_work() {
    let (_folder, ctx) = database(
        "CREATE TABLE \"odd \"\"name\"(\"a \"\"b\" TEXT);
         INSERT INTO \"odd \"\"name\" VALUES ('x');
         CREATE TABLE k(a INTEGER PRIMARY KEY AUTOINCREMENT);
         CREATE VIEW v AS SELECT count(*) AS n FROM k;",
    );
    let database = Database::open(&ctx, Path::new("a.db")).unwrap();
    let names: Vec<_> = database
        .entities()
        .unwrap()
        .into_iter()
        .map(|found| (found.name.to_string(), found.is_view))
        .collect();
    assert_eq!(names, [("k".to_owned(), false), ("odd \"name".to_owned(), false), ("v".to_owned(), true)]);
    assert_eq!(shown(&ctx, "odd \"name"), "#table(type table [#\"a \"\"b\" = nullable text], {{\"x\"}})");
    assert_eq!(shown(&ctx, "v"), "#table(type table [n = any], {{0}})");
    let error = database.table("w").err().unwrap();
    assert!(
        error.message().contains("Could not find the table 'w'") && error.message().contains("v"),
        "{error}"
    );
}

#[test]
fn reads_only_what_is_asked_for() {
    let (_folder, ctx) = database(
        "CREATE TABLE t (a INTEGER, b TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         INSERT INTO t SELECT i, 'x' || i FROM n;",
    );
    let table = sqlite_table(&ctx, Path::new("a.db"), "t").unwrap();
    assert_eq!(table::row_count(&ctx, &table).unwrap(), 20_000);
    let batches = table::collect(&ctx, &table, &Demand::only(2, [1]).first(5_000)).unwrap();
    assert_eq!(batches.iter().map(Batch::len).sum::<usize>(), 5_000);
    assert!(matches!(batches[0].column(0).unwrap().get(0).force(&ctx), Ok(Value::Null)));
    assert_eq!(batches[1].column(1).unwrap().get(0).force(&ctx).unwrap().as_text(), Some("x257"));
    // A reading that is given up early ends its thread, and the next one starts over.
    for _ in 0..20 {
        let row = table::row_at(&ctx, &table, 0).unwrap().unwrap();
        assert!(matches!(row.force_at(0, &ctx), Ok(Some(Value::Int64(1)))));
    }
}

#[test]
#[allow(clippy::disallowed_methods)] // Tests write their files.
fn says_what_is_wrong_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = context(folder.path());
    let fault = |name: &str| Database::open(&ctx, Path::new(name)).unwrap_err().to_string();
    assert!(fault("none.db").starts_with("DataSource.NotFound: Could not find"), "{}", fault("none.db"));
    assert!(fault(".").contains("is a folder"), "{}", fault("."));
    std::fs::write(folder.path().join("a.csv"), "a,b\n1,2\nmore than 16 bytes").unwrap();
    assert!(fault("a.csv").contains("isn't a SQLite database"), "{}", fault("a.csv"));
    std::fs::write(folder.path().join("damaged.db"), b"SQLite format 3\0 and then nothing of the kind")
        .unwrap();
    let damaged = Database::open(&ctx, Path::new("damaged.db")).unwrap().entities().unwrap_err().to_string();
    assert!(damaged.starts_with("DataSource.Error: Reading its list of tables"), "{damaged}");
}
