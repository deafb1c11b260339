//! The prompt as a script meets it; a walk in a real terminal is `repl/terminal.sh`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::program::{command, finish, pqm_reading};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The walk with its folder for output, and what it printed.
fn walk() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_string_lossy().into_owned();
    let script = std::fs::read_to_string(root().join("tests/cli/repl/walk.txt")).unwrap();
    let arguments = ["repl", "--echo", "--width", "110", "--rows", "5"];
    let ran = finish(command().args(arguments).current_dir(root()), &script.replace("OUT", &out));
    assert_eq!(ran.err, "");
    (folder, ran.out.replace(&out, "OUT"))
}

#[test]
fn exploring_from_nothing_to_a_saved_query() {
    let (folder, shown) = walk();
    let capture = root().join("tests/cli/repl/walk.shown.txt");
    if std::env::var("PQM_CAPTURE").as_deref() == Ok("write") {
        std::fs::write(&capture, &shown).unwrap();
    }
    let expected = std::fs::read_to_string(&capture).unwrap_or_default();
    if shown != expected {
        let diff = similar::TextDiff::from_lines(&expected, &shown);
        let diff = diff.unified_diff().context_radius(2).to_string();
        panic!("the walk looks different (PQM_CAPTURE=write takes it over):\n{diff}");
    }
    // What was saved gives what was shown last.
    let saved = folder.path().join("industries.pq");
    let run = |format: &str| {
        let arguments =
            ["run", saved.to_str().unwrap(), "--format", format, "--width", "110", "--limit", "5"];
        finish(command().args(arguments).current_dir(root()), "")
    };
    let ran = run("table");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(shown.contains(&ran.out), "{}", ran.out);
}

/// The walk in a real terminal, screen by screen against its captures.
#[cfg(unix)]
#[test]
fn the_walk_in_a_terminal() {
    if Command::new("tmux").arg("-V").output().is_err() {
        eprintln!(
            "NOT TESTED: tmux is not installed, so that nobody walked through the prompt in a terminal"
        );
        return;
    }
    let mut script = Command::new("bash");
    script.arg("tests/cli/repl/terminal.sh").arg(env!("CARGO_BIN_EXE_pqm")).current_dir(root());
    let ran = finish(&mut script, "");
    assert_eq!(ran.code, 0, "{}{}\n(`terminal.sh PQM write` takes new captures over)", ran.out, ran.err);
}

#[test]
fn a_script_that_fails_says_so_at_the_end_or_at_once() {
    let script = "1 +\n2\nList.Sum({1, x})\n:nothing\n40 + 2\n";
    let ran = pqm_reading(script, &["repl"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("Source\n3\n") && ran.out.ends_with("Custom\n42\n"), "{}", ran.out);
    assert!(ran.out.contains("The name 'x' wasn't recognized"), "{}", ran.out);
    let ran = pqm_reading(script, &["repl", "--strict"]);
    assert_eq!(ran.code, 1);
    assert!(!ran.out.contains("42"), "{}", ran.out);
    assert_eq!(pqm_reading("1\n", &["repl"]).code, 0);
    let ran = pqm_reading("Table.FirstN(", &["repl"]);
    assert!(ran.code == 1 && ran.out.contains("M01"), "{}", ran.out);
}

#[test]
fn steps_can_be_arranged_and_taken_back() {
    let script = "Source = {3, 1, 2}\nList.Sort(_)\nList.FirstN(_, 2)\n:move 3 before 2\n:insert 1 List.Transform(_, each _ * 2)\n\
                  :delete #\"Kept top items\"\n:undo\n:rename Custom Doubled\n:text\n";
    let ran = pqm_reading(script, &["repl"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let text = "let\n    Source = {3, 1, 2},\n    Doubled = List.Transform(Source, each _ * 2),\n    \
                #\"Kept top items\" = List.FirstN(Doubled, 2),\n    #\"Sorted items\" = List.Sort(#\"Kept top items\")\nin\n    #\"Sorted items\"\n";
    assert!(ran.out.ends_with(text), "{}", ran.out);
}

#[test]
fn a_step_that_fails_is_not_kept_and_names_what_is_near() {
    let script = "Source = #table({\"Amount\"}, {{1}})\nTable.SelectColumns(_, {\"Amuont\"})\n:steps\n";
    let ran = pqm_reading(script, &["repl"]);
    assert!(ran.out.contains("The step is not kept."), "{}", ran.out);
    assert!(ran.out.ends_with("1  Source  #table({\"Amount\"}, {{1}})\n"), "{}", ran.out);
}

#[test]
fn a_saved_file_is_not_lost_by_accident() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.pq");
    std::fs::write(&file, "precious").unwrap();
    let path = file.to_str().unwrap();
    let ran = pqm_reading(&format!("1\n:save {path}\n"), &["repl"]);
    assert!(ran.code == 1 && ran.out.contains("is there already"), "{}", ran.out);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    let ran = pqm_reading(&format!("1\n:save {path} --force\n:load {path}\n:save {path}\n"), &["repl"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "let\n    Source = 1\nin\n    Source\n");
}

#[test]
fn a_project_lends_its_connections() {
    let project = root().join("examples/prospect-to-cash");
    let script = ":source Fair contacts contacts.csv\n:source Field offices\n:source Product feed products.json\n:text\n";
    let ran = pqm_reading(script, &["repl", project.to_str().unwrap()]);
    assert!(ran.out.contains("Delimiter = \";\", Columns = 9, Encoding = 1252"), "{}", ran.out);
    assert!(ran.out.contains("The tasks use accounts.csv"), "{}", ran.out);
    assert!(ran.out.contains("Expanded Column1"), "{}", ran.out);
}

/// The prompt as an editor runs it, with its states in a folder.
fn kept_in(states: &Path) -> Command {
    let mut command = command();
    command.args(["repl", "--keep"]).env("PQM_STATE", states).current_dir(states);
    command
}

#[test]
fn a_session_that_was_killed_is_found_again() {
    let states = tempfile::tempdir().unwrap();
    let mut killed = kept_in(states.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    // The pipe stays open: the program does not come to its end by itself.
    let mut lines = killed.stdin.take().unwrap();
    let mut shown = BufReader::new(killed.stdout.take().unwrap());
    lines.write_all(b"Source = {1, 2, 3}\nList.Sum(_)\n").unwrap();
    let mut seen = String::new();
    while !seen.ends_with("\n6\n") {
        assert!(shown.read_line(&mut seen).unwrap() > 0, "{seen}");
    }
    // On Unix this is SIGKILL.
    killed.kill().unwrap();
    killed.wait().unwrap();
    drop(lines);
    let history = std::fs::read_to_string(states.path().join("repl/history")).unwrap();
    assert!(history.ends_with("Source = {1, 2, 3}\nList.Sum(_)\n"), "{history}");
    let ran = finish(&mut kept_in(states.path()), ":restore\n:steps\n:save sum\n");
    assert!(ran.out.contains("A session of 2 steps here was not saved"), "{}", ran.out);
    assert!(
        ran.out.contains("1  Source          {1, 2, 3}\n2  Calculated sum  List.Sum(Source)\n"),
        "{}",
        ran.out
    );
    // It is offered once only, and saved steps are not offered.
    let ran = finish(&mut kept_in(states.path()), ":restore\n");
    assert!(ran.out.contains("No session here was left unsaved."), "{}", ran.out);
}

#[test]
fn errors_of_conversions_name_the_step_that_made_them() {
    let script = "Source = #table({\"A\"}, {{\"1\"}, {\"x\"}})\n\
                  Typed = Table.TransformColumnTypes(_, {{\"A\", type number}})\n\
                  Kept = Table.FirstN(_, 5)\n:errors\n";
    let ran = pqm_reading(script, &["repl"]);
    let line = ran.out.lines().rev().nth(1).unwrap_or_default();
    assert!(line.contains("We couldn't convert to Number.") && line.contains("  Typed  "), "{}", ran.out);
}
