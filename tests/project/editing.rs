//! Making and changing projects with the program.

use super::workspace::{Workspace, count};

fn done(workspace: &Workspace, arguments: &[&str]) -> String {
    let ended = workspace.pqm_raw(arguments);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.said());
    ended.said()
}

#[test]
fn a_project_is_made_gets_a_task_and_runs() {
    let workspace = Workspace::new();
    done(&workspace, &["new", "{}/shop", "--name", "Shop: \"first\""]);
    std::fs::create_dir(workspace.path("shop/data")).unwrap();
    workspace.write("shop/data/a: b.csv", "Id,\"Name, first\"\n1,Ann\n");
    let add = [
        "add-task",
        "{}/shop",
        "New: accounts",
        "--source",
        "Source",
        "--source-entity",
        "a: b.csv",
        "--destination",
        "Destination",
        "--destination-entity",
        "person \"x\"",
        "--key",
        "Id",
    ];
    assert!(done(&workspace, &add).contains("2 mappings"));
    assert_eq!(workspace.pqm_raw(&add).code, Some(2), "the name is taken");
    assert!(done(&workspace, &["check", "{}/shop"]).contains("1 tasks, no mistakes"));
    done(&workspace, &["run", "{}/shop", "--accept-privacy-notice"]);
    assert_eq!(workspace.rows("shop/out/destination.sqlite", "\"person \"\"x\"\"\"").len(), 1);
    // Agreed once, and recorded.
    done(&workspace, &["run", "{}/shop"]);
}

#[test]
fn the_privacy_notice_must_be_agreed_to() {
    let workspace = Workspace::people("id,name,born,country\n", "QrySourceData");
    let ended = workspace.pqm_raw(&["run", "{}"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.said().contains("--accept-privacy-notice"), "{}", ended.said());
    assert!(workspace.is_untouched());
}

#[test]
fn templates_are_saved_shared_and_used() {
    let workspace = Workspace::people("id,name,born,country\n1,Ann,,DE\n", "QrySourceData // é\n");
    done(&workspace, &["template", "save", "{}", "{}/people.template.yaml", "--name", "People: all"]);
    assert!(done(&workspace, &["template", "list"]).contains("files-to-sqlite"));
    assert!(
        done(&workspace, &["template", "show", "{}/people.template.yaml"]).contains("QrySourceData // é")
    );
    done(&workspace, &["new", "{}/copy", "--template", "{}/people.template.yaml", "--name", "Copy"]);
    workspace.write("copy/people.csv", "id,name,born,country\n1,Ann,,DE\n");
    done(&workspace, &["run", "{}/copy", "--accept-privacy-notice"]);
    let ended = workspace.pqm_raw(&["new", "{}/other", "--template", "nothing"]);
    assert!(ended.code == Some(2) && ended.said().contains("blank"), "{}", ended.said());
}

/// Enabling the Advanced Query changes what is written where, not what is delivered; and it can be undone.
#[test]
fn fn_transforms_become_steps_and_come_back() {
    let csv = "id,name,born,country\n1,Ann Andersen,soon,Danmark\n2,Bob,,\n3,,later,Frankreich\n";
    let workspace = Workspace::people(csv, "let\n  Source = QrySourceData\nin\n  Source");
    workspace.replace(
        "project.yaml",
        "      - { source: born, destination: born }\n",
        "      # kept as it is\n      - { source: born, destination: born, transform: { fn: value-map, map: { soon: 1, \"\": nothing }, default: 2 } }\n      - { source: name, destination: short, transform: [{ fn: truncate, length: 3 }, { fn: default, value: none }] }\n      - { destination: kind, transform: { fn: default, value: \"per\\\"son\" } }\n",
    );
    assert_eq!(workspace.run().code, Some(0), "{}", workspace.run().said());
    let before = workspace.rows("out.sqlite", "person");
    let files = |workspace: &Workspace| {
        ["project.yaml", "people.pq"].map(|file| std::fs::read_to_string(workspace.path(file)).unwrap())
    };
    let old = files(&workspace);
    let said = done(&workspace, &["advanced-query", "enable", "{}", "People"]);
    assert!(said.contains("Table.AddColumn("), "{said}");
    let query = std::fs::read_to_string(workspace.path("people.pq")).unwrap();
    insta::assert_snapshot!(query, @r#"
    let
      Source = QrySourceData,
      #"Inserted conditional column" = Table.AddColumn(Source, "born 1", each if [born] = "" then "nothing" else if [born] = "soon" then 1 else 2),
      #"Duplicated column" = Table.DuplicateColumn(#"Inserted conditional column", "name", "short"),
      #"Extracted first characters" = Table.TransformColumns(#"Duplicated column", {{"short", each Text.Start(_, 3), type nullable text}}),
      #"Replaced value" = Table.ReplaceValue(#"Extracted first characters", null, "none", Replacer.ReplaceValue, {"short"}),
      #"Replaced value 1" = Table.ReplaceValue(#"Replaced value", "", "none", Replacer.ReplaceValue, {"short"}),
      #"Inserted conditional column 1" = Table.AddColumn(#"Replaced value 1", "kind", each "per""son"),
      #"Invoked custom function" = Table.AddColumn(#"Inserted conditional column 1", "country 1", each CountryRegionCode([country]))
    in
      #"Invoked custom function"
    "#);
    let record = workspace.run_json();
    assert_eq!((count(&record, 0, "unchanged"), count(&record, 0, "rejected")), (3, 0), "{record:#}");
    assert_eq!(workspace.rows("out.sqlite", "person"), before);
    // What was changed since is not given up silently.
    workspace.write("people.pq", format!("{query}// mine\n"));
    assert_eq!(workspace.pqm_raw(&["advanced-query", "disable", "{}", "People"]).code, Some(2));
    done(&workspace, &["advanced-query", "disable", "{}", "People", "--force"]);
    assert_eq!(files(&workspace), old);
}
