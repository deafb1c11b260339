//! Running the program.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What came of one run.
#[derive(Debug)]
pub struct Ran {
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// The exit code; -1 if a signal ended it.
    pub code: i32,
}

/// The program with nothing in its environment that would change what it prints.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pqm"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// Runs with arguments.
pub fn pqm(arguments: &[&str]) -> Ran {
    finish(command().args(arguments), "")
}

/// Runs with arguments in a folder.
pub fn pqm_in(folder: &Path, arguments: &[&str]) -> Ran {
    finish(command().args(arguments).current_dir(folder), "")
}

/// Runs with arguments and standard input.
pub fn pqm_reading(input: &str, arguments: &[&str]) -> Ran {
    finish(command().args(arguments), input)
}

/// Runs a prepared command to its end.
pub fn finish(command: &mut Command, input: &str) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// What `eval` prints; it must succeed.
pub fn value_of(arguments: &[&str]) -> String {
    let ran = pqm(&[&["eval"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}
