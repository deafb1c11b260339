use super::*;

fn beginning(started: Timestamp) -> Beginning<'static> {
    Beginning { project: "Test", connection_set: "Set", tasks: &["Accounts"], schedule: None, started }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn task(status: RunStatus, inserted: u64) -> TaskRecord {
    let counts = TaskCounts { read: inserted, inserted, ..TaskCounts::default() };
    TaskRecord { name: "Accounts".to_owned(), hop: 1, hops: 1, status, error: None, counts }
}

#[test]
fn a_run_is_recorded_with_its_tasks_and_row_errors() {
    let folder = tempfile::tempdir().unwrap();
    assert!(History::open_existing(folder.path()).unwrap().is_none());
    let lock = RunLock::acquire(folder.path()).unwrap();
    let history = History::open(folder.path()).unwrap();
    let run = history.begin_run(&lock, &beginning(at(0))).unwrap();
    let scope = history.scope("Set", "Accounts", 1, "", false).unwrap();
    history.record_task(run, 0, &scope, &task(RunStatus::Running, 0), &Findings::default()).unwrap();
    let error = RowError {
        task: "Accounts".to_owned(),
        row: 7,
        key: None,
        column: Some("id".to_owned()),
        code: "key-missing".to_owned(),
        reason: "null".to_owned(),
        step: Step::Query,
        place: Some(("a.pq".to_owned(), 3, 4)),
    };
    let scope = history.scope("Set", "Accounts", 1, "", false).unwrap();
    let findings = Findings { errors: vec![error.clone()], ..Findings::default() };
    history.record_task(run, 0, &scope, &task(RunStatus::Warning, 5), &findings).unwrap();
    history.finish_run(run, at(3), RunStatus::Warning, None).unwrap();
    drop(lock);

    let history = History::open_existing(folder.path()).unwrap().unwrap();
    let runs = history.runs(10).unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!((runs[0].started, runs[0].ended, runs[0].status), (at(0), Some(at(3)), RunStatus::Warning));
    assert_eq!(runs[0].tasks, [task(RunStatus::Warning, 5)]);
    assert_eq!(history.row_errors(run, 10).unwrap(), [error]);
    let groups = history.rejected_groups(run).unwrap();
    assert_eq!((groups.len(), groups[0].count, groups[0].row), (1, 1, 7));
    assert_eq!(history.run(run).unwrap(), runs[0]);
    assert!(matches!(history.run(99), Err(HistoryError::NoRun { run: 99, .. })));
}

#[test]
fn a_run_that_never_ended_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let statuses =
        |history: &History| history.runs(10).unwrap().iter().map(|r| (r.id, r.status)).collect::<Vec<_>>();
    let history = History::open(folder.path()).unwrap();
    let lock = RunLock::acquire(folder.path()).unwrap();
    let run = history.begin_run(&lock, &beginning(at(0))).unwrap();
    let scope = history.scope("Set", "Accounts", 1, "", false).unwrap();
    history.record_task(run, 0, &scope, &task(RunStatus::Running, 5), &Findings::default()).unwrap();
    assert_eq!(statuses(&history), [(1, RunStatus::Running)]);
    drop(lock);
    assert_eq!(statuses(&history), [(1, RunStatus::Interrupted)]);
    let lock = RunLock::acquire(folder.path()).unwrap();
    history.begin_run(&lock, &beginning(at(9))).unwrap();
    assert_eq!(statuses(&history), [(2, RunStatus::Running), (1, RunStatus::Interrupted)]);
    assert_eq!(history.runs(10).unwrap()[1].tasks, [task(RunStatus::Interrupted, 5)]);
}

#[test]
fn a_history_whose_writer_died_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let lock = RunLock::acquire(folder.path()).unwrap();
    let history = History::open(folder.path()).unwrap();
    history.begin_run(&lock, &beginning(at(0))).unwrap();
    // With a cache this small the transaction reaches the file before it is committed.
    history.connection.execute_batch("PRAGMA cache_size = 1; BEGIN").unwrap();
    let mut insert = history
        .connection
        .prepare("INSERT INTO row_error (run_id, task, row, code, reason) VALUES (1, 'a', ?1, 'b', ?2)")
        .unwrap();
    for row in 0..2000 {
        insert.execute(params![row, "x".repeat(100)]).unwrap();
    }
    let killed = tempfile::tempdir().unwrap();
    std::fs::create_dir(killed.path().join(STATE_FOLDER)).unwrap();
    for file in ["history.sqlite", "history.sqlite-journal"] {
        let of = |folder: &Path| folder.join(STATE_FOLDER).join(file);
        std::fs::copy(of(folder.path()), of(killed.path())).unwrap();
    }
    let read = History::open_existing(killed.path()).unwrap().unwrap();
    assert_eq!(read.runs(10).unwrap()[0].status, RunStatus::Interrupted);
    assert!(read.row_errors(1, 10).unwrap().is_empty());
}

#[test]
fn a_damaged_or_later_history_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    History::open(folder.path()).unwrap();
    let path = folder.path().join(STATE_FOLDER).join(HISTORY_FILE);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(History::open(folder.path()), Err(HistoryError::Later { .. })));
    std::fs::write(&path, "no database, but a text that is long enough").unwrap();
    assert!(matches!(History::open(folder.path()), Err(HistoryError::Sqlite { .. })));
}

#[test]
fn state_comes_with_the_record_and_quarantine_is_settled_by_later_runs() {
    let folder = tempfile::tempdir().unwrap();
    let lock = RunLock::acquire(folder.path()).unwrap();
    let history = History::open(folder.path()).unwrap();
    let run = history.begin_run(&lock, &beginning(at(0))).unwrap();
    let scope = history.scope("Set", "Accounts", 1, "source", false).unwrap();
    let row = |row, key: Option<&str>| QuarantinedRow {
        task: "Accounts".to_owned(),
        hop: 1,
        run,
        row,
        key: key.map(str::to_owned),
        content: serde_json::json!({ "id": row }),
    };
    let mark = Mark::Token("next".to_owned());
    let findings = Findings {
        quarantined: vec![row(1, Some("a")), row(2, Some("b")), row(3, None)],
        state: StateChange {
            delivered: vec![("k".to_owned(), [7; 16])],
            mark: Some(mark.clone()),
            ..StateChange::default()
        },
        ..Findings::default()
    };
    history.record_task(run, 0, &scope, &task(RunStatus::Warning, 1), &findings).unwrap();
    let scope = history.scope("Set", "Accounts", 1, "source", false).unwrap();
    assert_eq!(scope.mark, Some(mark));
    assert_eq!(history.delivered_hash(&scope, "k").unwrap(), Some([7; 16]));
    let (keys, without) = history.waiting(&scope).unwrap();
    assert_eq!((keys.len(), without), (2, 1));
    assert_eq!(history.quarantine(Some("Accounts"), 10).unwrap(), findings.quarantined);
    assert!(history.quarantine(Some("Contacts"), 10).unwrap().is_empty());

    // Another connection set has a state of its own, and all data means none.
    assert_eq!(history.peek("Other", "Accounts", 1, "source", false).unwrap(), None);
    let anew = history.scope("Set", "Accounts", 1, "source", true).unwrap();
    assert_eq!((anew.mark.clone(), history.delivered_hash(&anew, "k").unwrap()), (None, None));
    assert_eq!(history.delivered_keys(&anew, "", 10).unwrap(), ["k"]);

    let later = history.begin_run(&lock, &beginning(at(1))).unwrap();
    let settle = |state| Findings { state, ..Findings::default() };
    let change = StateChange { settled: vec!["a".to_owned()], ..StateChange::default() };
    history.record_task(later, 0, &scope, &task(RunStatus::Warning, 1), &settle(change)).unwrap();
    assert_eq!(history.waiting(&scope).unwrap().0.into_iter().collect::<Vec<_>>(), ["b"]);
    let change = StateChange { settles_all: true, removed: vec!["k".to_owned()], ..StateChange::default() };
    history.record_task(later, 0, &scope, &task(RunStatus::Warning, 1), &settle(change)).unwrap();
    assert_eq!(history.waiting(&scope).unwrap(), Default::default());
    assert!(history.delivered_keys(&scope, "", 10).unwrap().is_empty());

    // State of another source is forgotten.
    assert_eq!(history.scope("Set", "Accounts", 1, "another", false).unwrap().mark, None);
}

#[test]
fn old_runs_are_purged_but_for_the_last_and_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let lock = RunLock::acquire(folder.path()).unwrap();
    let history = History::open(folder.path()).unwrap();
    let day = 24 * 3600;
    for start in [0, 10 * day, 20 * day] {
        let run = history.begin_run(&lock, &beginning(at(start))).unwrap();
        history.finish_run(run, at(start + 1), RunStatus::Completed, None).unwrap();
    }
    let ids = |history: &History| history.runs(10).unwrap().iter().map(|run| run.id).collect::<Vec<_>>();
    assert_eq!(history.purge(&lock, at(50 * day), 45).unwrap(), 1);
    assert_eq!(ids(&history), [3, 2]);
    // A clock that jumps far ahead leaves the last run.
    assert_eq!(history.purge(&lock, at(5000 * day), 45).unwrap(), 1);
    assert_eq!(ids(&history), [3]);
    // One that jumps back purges nothing.
    assert_eq!(history.purge(&lock, at(-5000 * day), 45).unwrap(), 0);
}

#[test]
fn a_history_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(STATE_FOLDER)).unwrap();
    let old = Connection::open(folder.path().join(STATE_FOLDER).join(HISTORY_FILE)).unwrap();
    schema::first_version(&old).unwrap();
    old.execute_batch(
        "INSERT INTO run (project, started, ended, status) VALUES ('Old', '2026-01-01T00:00:00Z', NULL, 'WARNING');
         INSERT INTO task (run_id, position, name, status, read) VALUES (1, 0, 'Accounts', 'WARNING', 7);",
    )
    .unwrap();
    drop(old);
    let history = History::open_existing(folder.path()).unwrap().unwrap();
    let run = history.run(1).unwrap();
    assert_eq!((run.project.as_str(), run.tasks[0].counts.read, run.tasks[0].hops), ("Old", 7, 1));
    assert_eq!(history.last_status("Accounts", 1).unwrap(), Some(RunStatus::Warning));
}
