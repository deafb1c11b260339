//! Upserting a million rows into SQLite: a hand-written loop that drives SQLite directly, the writer of pqm, and a whole
//! project run from a CSV file, with the same rows. Each first into an empty table, then again with nothing changed.
//!
//! `cargo bench --bench upsert -- [ROWS]`
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use pqm::destinations::{
    Cell, CellKind, Column, Destination, Entity, Outcome, Row, SqliteStore, WriteOptions,
};
use pqm::project::Project;
use pqm::project::run::{NoObserver, RunOptions, run};
use rusqlite::{Connection, params};

const PROJECT: &str = include_str!("upsert_project.yaml");

fn row(n: usize) -> [String; 4] {
    // Keys do not come in their order.
    let key = n.wrapping_mul(7_919) % 100_000_007;
    [
        format!("K{key:09}"),
        format!("Person number {n}"),
        format!("City {}", n % 977),
        format!("{}.{:02}", n % 5000, n % 100),
    ]
}

fn main() {
    let rows = std::env::args().filter_map(|text| text.parse().ok()).next().unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let mut csv = String::from("id,name,city,amount\n");
    for n in 0..rows {
        let _ = writeln!(csv, "{}", row(n).join(","));
    }
    std::fs::write(folder.path().join("rows.csv"), csv).unwrap();
    let project =
        PROJECT.replace("KIND", "sqlite").replace("ADDRESS", "project.sqlite").replace("ENTITY", "t");
    std::fs::write(folder.path().join("project.yaml"), project).unwrap();
    println!("{rows} rows          seconds");
    for pass in ["insert", "unchanged"] {
        let direct = timed(|| by_hand(&folder.path().join("direct.sqlite"), rows));
        println!("{pass:>9} by hand   {direct:>7.2}");
        let writer = timed(|| by_writer(&folder.path().join("writer.sqlite"), rows));
        println!("{pass:>9} writer    {writer:>7.2}  {:.2} x", writer / direct);
        let project = timed(|| by_project(folder.path(), rows));
        println!("{pass:>9} project   {project:>7.2}  {:.2} x", project / direct);
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        println!("peak memory: {}", peak.trim_start_matches("VmHWM:").trim());
    }
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

fn by_hand(path: &Path, rows: usize) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS t (id TEXT PRIMARY KEY, name TEXT, city TEXT, amount TEXT); BEGIN",
        )
        .unwrap();
    let mut upsert = connection
        .prepare(
            "INSERT INTO t VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET name = ?2, city = ?3, amount = ?4
             WHERE name IS NOT ?2 OR city IS NOT ?3 OR amount IS NOT ?4",
        )
        .unwrap();
    for n in 0..rows {
        let [id, name, city, amount] = row(n);
        upsert.execute(params![id, name, city, amount]).unwrap();
    }
    drop(upsert);
    connection.execute_batch("COMMIT").unwrap();
}

fn by_writer(path: &Path, rows: usize) {
    let column = |name: &str| Column { name: name.to_owned(), kind: Some(CellKind::Text) };
    let columns = ["id", "name", "city", "amount"].map(column).to_vec();
    let entity = Entity::new("t", columns, &["id".to_owned()]).unwrap();
    let mut writer = SqliteStore::new(path).open(entity, WriteOptions::default()).unwrap();
    let mut batch = Vec::with_capacity(1000);
    for n in 0..rows {
        batch.push(Row { number: n as u64 + 1, cells: row(n).into_iter().map(Cell::text).collect() });
        if batch.len() == 1000 || n + 1 == rows {
            let outcomes = writer.write(&batch).unwrap();
            assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Inserted | Outcome::Unchanged)));
            batch.clear();
        }
    }
    writer.finish().unwrap();
}

fn by_project(folder: &Path, rows: usize) {
    let project = Project::load(folder).unwrap();
    let report = run(&project, &RunOptions::default(), &mut NoObserver, &jiff::Timestamp::now).unwrap();
    let counts = report.record.tasks.first().map(|task| task.counts).unwrap_or_default();
    assert_eq!(counts.inserted + counts.unchanged, rows as u64, "{:?}", report.failure);
}
