//! Schedules as their users meet them: the command line, and a server that is asked to stop.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::workspace::{AS_IT_IS, Workspace, assert_adds_up, count};

#[test]
fn schedules_are_added_shown_paused_and_taken_out() {
    let workspace = Workspace::people("id,name,born,country\n1,Ann,,DE\n", AS_IT_IS);
    let run = |arguments: &[&str]| workspace.pqm_raw(&[&["schedule"], arguments].concat());
    let add =
        ["add", "{}", "Nightly", "--cron", "30 2 * * *", "--time-zone", "Europe/Berlin", "--task", "People"];
    let added = run(&add);
    assert_eq!(added.code, Some(0), "{}", added.said());
    assert_eq!(run(&add).code, Some(2));
    let every = run(&["add", "{}", "Often", "--every", "15 minutes", "--missed", "run-all"]);
    assert_eq!(every.code, Some(0), "{}", every.said());
    let unknown = run(&["add", "{}", "X", "--every", "1 day", "--task", "Nothing"]);
    assert_eq!((unknown.code, unknown.said().contains("no task \"Nothing\"")), (Some(2), true));
    let wrong = run(&["add", "{}", "X", "--every", "now and then"]);
    assert!(wrong.code == Some(3) && wrong.said().contains("is no interval"), "{}", wrong.said());
    let listed =
        run(&["list", "{}", "--from", "2026-03-28T12:00Z", "--next", "2", "--format", "json"]).json();
    assert_eq!(listed[0]["next"][0], "2026-03-29T03:30+02:00[Europe/Berlin]");
    assert_eq!(listed[0]["next"][1], "2026-03-30T02:30+02:00[Europe/Berlin]");
    assert_eq!(listed[1]["missed"], "run-all");
    assert_eq!(run(&["pause", "{}", "Often"]).code, Some(0));
    assert!(run(&["list", "{}"]).said().contains("Often: every 15 minutes, paused"));
    assert_eq!(run(&["resume", "{}", "Often"]).code, Some(0));
    assert_eq!(run(&["remove", "{}", "Nightly"]).code, Some(0));
    let text = std::fs::read_to_string(workspace.path("schedules.yaml")).unwrap();
    assert!(text.contains("every: \"15 minutes\"") && !text.contains("Nightly"), "{text}");
}

/// A schedule whose time has passed runs at once; the signal to terminate ends the run at its next batch, with
/// everything so far kept; what was left comes with the next run, and nothing twice.
#[cfg(unix)]
#[test]
fn a_server_that_is_asked_to_stop_finishes_the_batch_in_hand() {
    const ROWS: u64 = 60_000;
    let mut csv = String::from("id,name,born,country\n");
    (0..ROWS).for_each(|i| csv.push_str(&format!("{i},Person {i},,DE\n")));
    let workspace = Workspace::people(csv, "QrySourceData");
    workspace.write("schedules.yaml", "schedules: [{ name: Each, every: 1 minute }]\n");
    let history = pqm::project::history::History::open(&workspace.path("")).unwrap();
    history.set_schedule_handled("Each", "2026-01-01T00:00Z".parse().unwrap()).unwrap();
    let mut command = workspace.command(&["serve-schedules", "--format", "json"]);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut events = Vec::new();
    for line in BufReader::new(server.stdout.take().unwrap()).lines() {
        let event: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        if event["event"] == "starts" {
            // Let it come to its rows.
            while workspace.history().first().is_none_or(|run| run["tasks"].as_array().unwrap().is_empty()) {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            let pid = server.id().to_string();
            assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        }
        events.push(event);
    }
    assert_eq!(server.wait().unwrap().code(), Some(0));
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["read", "starts", "ended", "stopped"]);
    let ended = &events[2];
    assert!(ended["ended"].is_string() && ended["schedule"] == "Each", "{ended:#}");
    let status = ended["status"].as_str().unwrap();
    assert!(status == "INTERRUPTED" || status == "COMPLETED", "{ended:#}");
    let recorded = count(ended, 0, "inserted");
    if status == "INTERRUPTED" {
        assert!(recorded < ROWS && ended["tasks"][0]["status"] == "INTERRUPTED", "{ended:#}");
        assert_eq!(history.schedule_handled("Each").unwrap(), Some("2026-01-01T00:00Z".parse().unwrap()));
    }
    // The batch in hand was made durable and recorded: the record is exact.
    let record = workspace.run_json();
    assert_adds_up(&record);
    assert_eq!((count(&record, 0, "unchanged"), count(&record, 0, "inserted")), (recorded, ROWS - recorded));
    assert_eq!(workspace.rows("out.sqlite", "person").len() as u64, ROWS);
}
