//! Runs that go on from where the last one came to.

use super::workspace::{Workspace, assert_adds_up, count};

/// Read, inserted, updated, unchanged, deleted of the first task of a run.
fn counts(workspace: &Workspace, arguments: &[&str]) -> [u64; 5] {
    let mut all = vec!["run", "--format", "json"];
    all.extend(arguments);
    let record = workspace.pqm(&all).json();
    assert_adds_up(&record);
    ["read", "inserted", "updated", "unchanged", "deleted"].map(|name| count(&record, 0, name))
}

/// People whose rows carry the time of their last change in `born`.
fn changing(incremental: &str) -> Workspace {
    let csv =
        "id,name,born,country\n1,Ann,2026-01-01,DE\n2,Bob,2026-01-02,FR\n3,Cy,2026-01-02,FR\n4,Dee,,FR\n";
    let workspace = Workspace::people(csv, "QrySourceData");
    workspace.replace(
        "project.yaml",
        "entity: person }\n",
        &format!("entity: person }}\n    {incremental}\n"),
    );
    workspace
}

#[test]
fn a_watermark_reads_ties_and_rows_without_a_value_again_and_skips_nothing() {
    let workspace = changing("incremental: { by: watermark, columns: [born] }");
    assert_eq!(counts(&workspace, &[]), [4, 4, 0, 0, 0]);
    // Both rows at the mark come again, and the one without a value.
    assert_eq!(counts(&workspace, &[]), [3, 0, 0, 3, 0]);
    // A row at the mark itself, a later one, one that is no date and one from before the mark that nobody announced.
    let more = "5,Eve,2026-01-02,DE\n6,Fay,2026-01-03,DE\n7,Gus,unknown,DE\n1,Ann B.,2026-01-01,DE\n";
    let text = std::fs::read_to_string(workspace.path("people.csv")).unwrap();
    workspace.write("people.csv", format!("{text}{more}"));
    assert_eq!(counts(&workspace, &[]), [6, 3, 0, 3, 0]);
    // The text that is no date has not become the mark of the dates.
    workspace.write("people.csv", format!("{text}{more}8,Hal,2026-01-04,DE\n"));
    assert_eq!(counts(&workspace, &[])[..2], [4, 1]);
    assert_eq!(workspace.rows("out.sqlite", "person").len(), 8);
    let all = workspace.pqm(&["run", "--all-data", "--format", "json"]).json();
    assert_eq!((count(&all, 0, "read"), count(&all, 0, "unchanged")), (9, 8));
}

#[test]
fn a_composite_watermark_compares_its_columns_in_order() {
    let workspace = changing("incremental: { by: watermark, columns: [born, id] }");
    assert_eq!(counts(&workspace, &[])[0], 4);
    assert_eq!(counts(&workspace, &[])[0], 2, "the last row and the one without a value");
    let text = std::fs::read_to_string(workspace.path("people.csv")).unwrap();
    workspace.write("people.csv", format!("{text}10,Jo,2026-01-02,DE\n"));
    assert_eq!(counts(&workspace, &[])[..2], [3, 1], "10 comes after 3");
}

#[test]
fn a_failed_run_does_not_move_the_watermark() {
    let workspace = changing("incremental: { by: watermark, columns: [born] }");
    workspace.write(
        "people.pq",
        "Table.SelectRows(QrySourceData, each if [id] = \"4\" then error \"no\" else true)",
    );
    assert_eq!(workspace.run().code, Some(1));
    workspace.write("people.pq", "QrySourceData");
    assert_eq!(counts(&workspace, &[])[..2], [4, 4]);
}

#[test]
fn row_hashes_leave_unchanged_rows_alone_and_deletions_are_carried_over() {
    let workspace = changing("incremental: { by: row-hash }\n    deletes: true");
    assert_eq!(counts(&workspace, &[]), [4, 4, 0, 0, 0]);
    // Unchanged rows are not even looked at in the destination: a change there stays.
    let store = rusqlite::Connection::open(workspace.path("out.sqlite")).unwrap();
    store.execute("UPDATE person SET name = 'changed there' WHERE id = '2'", []).unwrap();
    assert_eq!(counts(&workspace, &[]), [4, 0, 0, 4, 0]);
    assert!(workspace.rows("out.sqlite", "person")["\"2\""].contains(&"\"changed there\"".to_owned()));
    workspace.write(
        "people.csv",
        "id,name,born,country\n1,Ann B.,2026-01-01,DE\n2,Bob,2026-01-02,FR\n9,New,,FR\n",
    );
    assert_eq!(counts(&workspace, &[]), [3, 1, 1, 1, 2]);
    let rows = workspace.rows("out.sqlite", "person");
    assert_eq!(rows.keys().collect::<Vec<_>>(), ["\"1\"", "\"2\"", "\"9\""]);
    // All data: what was changed in the destination is put right.
    assert_eq!(counts(&workspace, &["--all-data"]), [3, 0, 1, 2, 0]);
}

#[test]
fn rows_that_are_refused_are_not_deleted_and_unknown_keys_hold_deletions_back() {
    let workspace = changing("deletes: true");
    assert_eq!(counts(&workspace, &[])[1], 4);
    // Row 1 is still there, though it cannot be delivered.
    workspace.write("people.csv", "id,name,born,country\n1,Ann,2026-01-01,Atlantis\n2,Bob,2026-01-02,FR\n");
    assert_eq!(counts(&workspace, &[])[4], 2);
    assert_eq!(workspace.rows("out.sqlite", "person").len(), 2);
    // A row without a key may be any of those that seem to be gone.
    workspace.write("people.csv", "id,name,born,country\n1,Ann,2026-01-01,DE\n,Bob,2026-01-02,FR\n");
    assert_eq!(counts(&workspace, &[])[4], 0);
    assert!(workspace.history()[0]["tasks"][0]["error"].as_str().unwrap().contains("held back"));
    assert_eq!(workspace.rows("out.sqlite", "person").len(), 2);
}

#[test]
fn what_cannot_be_meant_is_said_before_a_run() {
    let workspace = changing("incremental: { by: watermark, columns: [born] }\n    deletes: true");
    let said = workspace.run().said();
    assert!(said.contains("a row that is gone cannot be told"), "{said}");
    let workspace = changing("incremental: { by: change-tracking }");
    assert!(workspace.run().said().contains("does not track changes"));
    let workspace = changing("incremental: { by: watermark, columns: [borne] }");
    let said = workspace.run().said();
    assert!(said.contains("did you mean born?"), "{said}");
}
