//! How the program ends: the stable exit codes, and what led to them.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use pqm::diagnostics::Diagnostic;
use pqm::value::{Error, Stop};

use super::format::Place;

/// The exit codes. They are documented and do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All went well.
    Done = 0,
    /// The program raised an M error; or what was to be checked does not hold.
    Raised = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The M text has mistakes.
    Source = 3,
    /// A limit was reached.
    Stopped = 4,
    /// A file could not be read or written.
    Io = 5,
    /// A project ran to its end, but some rows were rejected.
    Warning = 6,
    /// Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// What was to be checked does not hold: a text is not formatted, a test failed.
    pub const UNMET: Exit = Exit::Raised;
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// What kept a command from doing what was asked.
#[derive(Debug)]
pub enum Failure {
    /// Mistakes in M texts.
    Source(Vec<Diagnostic>),
    /// An M error was raised; perhaps by a cell of the result.
    Raised(Box<Diagnostic>, Option<Place>),
    /// The evaluation was stopped by a limit.
    Stopped(Box<Diagnostic>),
    /// The evaluation was stopped by Ctrl-C.
    Interrupted,
    /// The command line asks for something that cannot be; what, and what to do.
    Usage(String, Option<String>),
    /// A file could not be read or written; which, and why.
    Io(String),
    /// Whoever read the output has gone: nothing to tell.
    Closed,
}

impl Failure {
    /// From an error that ended an evaluation.
    pub fn evaluation(error: &Error) -> Failure {
        let diagnostic = || Box::new(Diagnostic::from_error(error));
        match error.as_stop() {
            Some(Stop::Cancelled) => Failure::Interrupted,
            Some(_) => Failure::Stopped(diagnostic()),
            None => Failure::Raised(diagnostic(), None),
        }
    }

    /// From an error in a cell of the result.
    pub fn cell(error: &Error, place: Place) -> Failure {
        Failure::Raised(Box::new(Diagnostic::from_error(error)), Some(place))
    }

    /// From reading or writing `path`.
    pub fn file(what: &str, path: &Path, error: &io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::Closed;
        }
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "it does not exist".to_owned(),
            io::ErrorKind::PermissionDenied => "this user may not".to_owned(),
            io::ErrorKind::IsADirectory => "it is a folder, not a file".to_owned(),
            _ => error.to_string(),
        };
        Failure::Io(format!("Cannot {what} '{}': {reason}.", path.display()))
    }

    /// The code to end with.
    pub fn exit(&self) -> Exit {
        match self {
            Failure::Source(_) => Exit::Source,
            Failure::Raised(..) => Exit::Raised,
            Failure::Stopped(_) => Exit::Stopped,
            Failure::Interrupted => Exit::Interrupted,
            Failure::Usage(..) => Exit::Usage,
            Failure::Io(_) => Exit::Io,
            Failure::Closed => Exit::Done,
        }
    }
}
