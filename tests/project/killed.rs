//! What a process leaves behind that died while it wrote, and what keeps two of them apart. What a run does after one
//! that was killed is in `kills.rs`.

use std::path::Path;

use super::workspace::{Workspace, count};

const PEOPLE: u64 = 600;

fn people() -> Workspace {
    let mut csv = String::from("id,name,born,country\n");
    for i in 0..PEOPLE {
        let country = ["DE", "FR", "Atlantis"][(i % 100).saturating_sub(97) as usize];
        csv.push_str(&format!("{i},Person {i},2001-02-03,{country}\n"));
    }
    let query =
        "Table.TransformColumnTypes(QrySourceData, {{\"id\", Int64.Type}, {\"born\", type date}}, \"en-US\")";
    Workspace::people(csv, query)
}

#[test]
fn two_runs_of_one_project_do_not_overlap() {
    let workspace = people();
    let lock = pqm::project::RunLock::acquire(&workspace.path("")).unwrap();
    let ended = workspace.run();
    assert_eq!(ended.code, Some(5));
    assert!(ended.said().contains("another run of the project"), "{}", ended.said());
    assert!(workspace.is_untouched());
    drop(lock);
    assert_eq!(workspace.run().code, Some(6));
    assert_eq!(workspace.history().len(), 1);
}

/// Leaves the database as a process does that dies while it commits: some pages written, and the journal that
/// takes them back.
fn die_while_committing(path: &Path, statement: &str) {
    let journal = path.with_extension("sqlite-journal");
    let copies = tempfile::tempdir().unwrap();
    let (file_copy, journal_copy) = (copies.path().join("file"), copies.path().join("journal"));
    let connection = rusqlite::Connection::open(path).unwrap();
    // With a cache this small the transaction reaches the file before it is committed.
    connection.execute_batch(&format!("PRAGMA cache_size = 1; BEGIN; {statement}")).unwrap();
    std::fs::copy(path, &file_copy).unwrap();
    std::fs::copy(&journal, &journal_copy).unwrap();
    drop(connection);
    std::fs::copy(file_copy, path).unwrap();
    std::fs::copy(journal_copy, journal).unwrap();
}

#[test]
fn a_lookup_in_a_destination_whose_writer_died_sees_its_last_commit() {
    let workspace = people();
    assert_eq!(workspace.run().code, Some(6));
    die_while_committing(&workspace.path("out.sqlite"), "UPDATE person SET name = 'half'");
    workspace.replace(
        "project.yaml",
        "    mappings:",
        "    lookups: [{ query: Known, connection: Store, entity: person }]\n    mappings:",
    );
    workspace.write(
        "people.pq",
        "let known = Table.RowCount(Table.SelectRows(Known, each [name] = \"half\")) in
         Table.TransformColumns(QrySourceData, {{\"id\", Number.From}, {\"name\", each if known = 0 then _ else \"half\"}})",
    );
    let record = workspace.run_json();
    assert_eq!(count(&record, 0, "unchanged"), PEOPLE - PEOPLE / 100, "{record:#}");
}
