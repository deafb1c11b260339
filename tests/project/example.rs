//! The prospect-to-cash example.

use std::process::Command;

use super::workspace::{Workspace, assert_adds_up, count};

/// Task, read, filtered, landing, rejected: what `oracle.py --expect` prints.
const EXPECTED: [(&str, u64, u64, u64, u64); 3] =
    [("Accounts", 1149, 146, 960, 43), ("Contacts", 1956, 429, 1472, 55), ("Products", 465, 81, 377, 7)];

#[test]
fn the_first_run_inserts_and_the_second_changes_nothing() {
    let workspace = Workspace::example();
    let ended = workspace.pqm(&["run", "--format", "json"]);
    assert_eq!(ended.code, Some(6), "{}", ended.said());
    let first = ended.json();
    assert_eq!(first["status"], "WARNING");
    assert_adds_up(&first);
    for (i, (task, read, filtered, landing, rejected)) in EXPECTED.into_iter().enumerate() {
        assert_eq!(first["tasks"][i]["name"], task);
        let found = ["read", "filtered", "inserted", "rejected"].map(|name| count(&first, i, name));
        assert_eq!(found, [read, filtered, landing, rejected], "{task}");
    }
    let second = workspace.run_json();
    assert_eq!(second["status"], "WARNING");
    assert_adds_up(&second);
    for (i, (task, read, filtered, landing, rejected)) in EXPECTED.into_iter().enumerate() {
        let found = ["read", "filtered", "inserted", "updated", "unchanged", "rejected"]
            .map(|n| count(&second, i, n));
        assert_eq!(found, [read, filtered, 0, 0, landing, rejected], "{task}");
    }
    let history = workspace.history();
    assert_eq!(history.len(), 2);
    assert_eq!(history[1]["tasks"], first["tasks"]);

    oracle_agrees(&workspace);
}

/// As the README writes it: the folder named relative to where the user stands.
#[test]
fn a_project_can_be_named_by_a_relative_path() {
    let workspace = Workspace::example();
    let folder = workspace.path("project.yaml").parent().unwrap().to_owned();
    let run = |arguments: &[&str]| {
        let ended = Command::new(env!("CARGO_BIN_EXE_pqm"))
            .args(["project"])
            .args(arguments)
            .env("PQM_ACCEPT_PRIVACY_NOTICE", "1")
            .current_dir(folder.parent().unwrap())
            .output()
            .unwrap();
        (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
    };
    let name = folder.file_name().unwrap().to_str().unwrap();
    let (code, said) = run(&["run", name]);
    assert_eq!(code, Some(6), "{said}");
    assert_eq!(run(&["history", name]).0, Some(0));
    oracle_agrees(&workspace);
}

/// The documents of one organization after the other, each with a state of its own.
#[test]
fn two_organizations_and_two_hops() {
    let workspace = Workspace::example();
    assert_eq!(workspace.run().code, Some(6));
    let second = workspace.pqm(&["run", "--organization", "America", "--format", "json"]).json();
    assert_adds_up(&second);
    assert!(count(&second, 5, "inserted") > 0 && count(&second, 6, "inserted") > 0, "{second:#}");
    oracle_agrees(&workspace);
    // The orders of either organization go on from their own mark.
    let third = workspace.pqm(&["run", "--organization", "America", "--format", "json"]).json();
    assert!(count(&third, 5, "read") < count(&second, 5, "read"), "{third:#}");
    assert_eq!(["inserted", "updated", "deleted"].map(|name| count(&third, 7, name)), [0; 3]);
    oracle_agrees(&workspace);
}

/// Runs the oracle that lies in the project's folder; without Python there is nothing to compare with.
fn oracle_agrees(workspace: &Workspace) {
    match Command::new("python3").arg(workspace.path("oracle.py")).output() {
        Err(error) => eprintln!("not compared with the oracle: python3 cannot be run ({error})"),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let failed = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{said}{failed}");
        }
    }
}

#[test]
fn a_changed_row_is_updated_and_a_new_one_inserted() {
    let workspace = Workspace::example();
    workspace.run();
    let text = std::fs::read_to_string(workspace.path("data/products.json")).unwrap();
    let new = text.replacen("\"P-0002\"", "\"P-9999\"", 1).replacen("2457.01", "2457.02", 1);
    workspace.write("data/products.json", new);
    let record = workspace.run_json();
    let found = ["inserted", "updated", "unchanged"].map(|name| count(&record, 2, name));
    assert_eq!(found, [1, 1, EXPECTED[2].3 - 2]);
    assert_eq!(count(&record, 0, "unchanged"), EXPECTED[0].3);
}

#[test]
fn the_summary_names_counts_and_reasons() {
    let workspace = Workspace::example();
    let said = workspace.run().said();
    for words in [
        "Run 1 of Prospect to cash: WARNING",
        "Accounts WARNING 1,149 146 960 0 0 43",
        "12 x country-unknown in country_code, such as row",
        "Products: WARNING, 465 read, 81 filtered, 377 written, 7 rejected",
    ] {
        assert!(said.contains(words), "{words:?} is missing in: {said}");
    }
    let said = workspace.pqm(&["history", "--run", "1", "--limit", "1000"]).said();
    assert!(said.contains("birth_date query cell-error DataFormat.Error: "), "{said}");
    assert!(said.contains("row 17") || said.contains("key-duplicate an earlier row"), "{said}");
}
