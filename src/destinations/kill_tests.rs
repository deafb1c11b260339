//! Kills a real process while it writes, at times spread over the whole write, and runs again.
//!
//! The process is this test binary, told by an environment variable to do the writing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

const PATH: &str = "PQM_KILL_TEST_PATH";
const STORE: &str = "PQM_KILL_TEST_STORE";
const ROWS: u64 = 3000;
const KILLS: u32 = 12;

/// The store in which the entity lies in the file at `path`.
fn store(name: &str, path: &Path) -> Box<dyn Destination> {
    let folder = path.parent().unwrap();
    match name {
        "sqlite" => Box::new(SqliteStore::new(path)),
        "csv" => Box::new(FileStore::new(folder, CsvFormat::new(b','))),
        _ => Box::new(FileStore::new(folder, JsonLinesFormat)),
    }
}

fn entity(path: &Path) -> Entity {
    let columns = ["id", "text"].map(|name| Column { name: name.to_owned(), kind: None });
    Entity::new(path.file_name().unwrap().to_str().unwrap(), columns.to_vec(), &["id".to_owned()]).unwrap()
}

/// Writes every row, a checkpoint each 100, and answers how many were inserted, updated, unchanged.
fn write(name: &str, path: &Path) -> [u64; 3] {
    let rows: Vec<Row> = (1..=ROWS)
        .map(|n| Row { number: n, cells: vec![Cell::Whole(n as i64), Cell::text(format!("row {n}"))] })
        .collect();
    let mut counts = [0; 3];
    let mut writer = store(name, path).open(entity(path), WriteOptions::default()).unwrap();
    for batch in rows.chunks(100) {
        for outcome in writer.write(batch).unwrap() {
            match outcome {
                Outcome::Inserted => counts[0] += 1,
                Outcome::Updated(_) | Outcome::Deleted => counts[1] += 1,
                Outcome::Unchanged => counts[2] += 1,
                Outcome::Rejected(rejection) => panic!("{rejection:?}"),
            }
        }
        writer.checkpoint().unwrap();
    }
    writer.finish().unwrap();
    counts
}

/// The part of the process that is killed; without its environment variable it does nothing.
#[test]
fn child() {
    if let (Some(path), Ok(name)) = (std::env::var_os(PATH), std::env::var(STORE)) {
        write(&name, Path::new(&path));
    }
}

fn kill_and_run_again(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let spawn = |path: &Path| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "destinations::kill_tests::child"])
            .env(PATH, path)
            .env(STORE, name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let started = Instant::now();
    assert!(spawn(&folder.path().join("whole")).wait().unwrap().success());
    let whole = started.elapsed().max(Duration::from_millis(5));
    for i in 0..KILLS {
        let path = folder.path().join(format!("killed {i}"));
        let mut child = spawn(&path);
        std::thread::sleep(whole * i / KILLS);
        child.kill().unwrap();
        child.wait().unwrap();
        let [inserted, updated, unchanged] = write(name, &path);
        assert_eq!((inserted + unchanged, updated), (ROWS, 0));
        assert_eq!(write(name, &path), [0, 0, ROWS]);
        if name != "sqlite" {
            let whole = std::fs::read(folder.path().join("whole")).unwrap();
            assert!(std::fs::read(&path).unwrap() == whole, "killed {i}: another content");
        }
    }
}

#[test]
fn sqlite_survives_a_killed_process() {
    kill_and_run_again("sqlite");
}

#[test]
fn files_survive_a_killed_process() {
    kill_and_run_again("csv");
    kill_and_run_again("json-lines");
}
