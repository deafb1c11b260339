//! Ends that come from outside: closed pipes, time, Ctrl-C.

use std::io::Read;
use std::process::Stdio;

use crate::program::{command, pqm};

/// An evaluation that would go on for ever.
const ENDLESS: &str = "let f = (n) => if n < 0 then 0 else @f(1 - (1 - n)), \
                       g = (n) => let x = List.Count(List.Select({1..1000000}, each _ > n)) in @g(n) in \
                       List.Count(List.Select({1..9000000000}, each _ < 0))";

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = command()
        .args(["eval", "{1..10000000}", "--format", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 4];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"1\n2\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[test]
fn time_runs_out() {
    let ran = pqm(&["eval", "--timeout", "0.2", ENDLESS]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("longer than the 200 ms"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn ctrl_c_cancels_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("q.pq"), "{1..9000000000}").unwrap();
    let child = command()
        .args(["run", "q.pq", "-o", "out.jsonl"])
        .current_dir(folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It runs once its file is there.
    while std::fs::read_dir(folder.path()).unwrap().count() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "Interrupted.\n");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the unfinished file is gone");
}

/// Steps that hold more rows than they may, for ever.
#[cfg(target_os = "linux")]
#[test]
fn temporary_files_are_gone_after_a_kill() {
    const ROWS: &str = "Table.FromList({1..9000000000}, each {_, Text.From(_)}, {\"a\", \"b\"})";
    for text in [
        format!("Table.Sort({ROWS}, \"b\")"),
        format!("Table.RowCount(Table.Distinct({ROWS}, \"b\"))"),
        format!("Table.RowCount(Table.Group({ROWS}, \"b\", {{{{\"n\", Table.RowCount}}}}))"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = command()
            .args(["eval", "--memory", "64KB", &text])
            .env("TMPDIR", folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let files = format!("/proc/{}/fd", child.id());
        let is_temporary = |file: &std::path::Path| {
            std::fs::read_link(file).is_ok_and(|file| file.starts_with(folder.path()))
        };
        let spills = || {
            std::fs::read_dir(&files)
                .is_ok_and(|mut all| all.any(|file| file.is_ok_and(|file| is_temporary(&file.path()))))
        };
        while !spills() {
            assert!(child.try_wait().unwrap().is_none(), "it ended: {text}");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{text}");
    }
}

#[test]
fn recursion_goes_deep() {
    let ran = pqm(&["eval", "let f = (n) => if n = 0 then 0 else 1 + @f(n - 1) in f(100000)"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "100000\n"));
}
