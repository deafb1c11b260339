//! Where lines come from: the line editor of a terminal, or a pipe.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pqm::repl::completeness;
use pqm::syntax::Completeness;
use rustyline::config::{BellStyle, Builder, Configurer};
use rustyline::error::ReadlineError;
use rustyline::history::{FileHistory, History};
use rustyline::{ColorMode, CompletionType, Config, Editor, ExternalPrinter};

use super::super::exit::Exit;
use super::ReplArguments;
use super::helper::Editing;
use super::place;
use super::shell::{Reply, Shell};
use super::worker::to_output;

const PROMPT: &str = "pqm> ";
/// What stands before the lines of an entry after its first one.
const MORE: &str = "   > ";
/// How long the prompt waits for a result: most come sooner, and a key is answered within this.
const SOON: Duration = Duration::from_millis(12);
/// Lines of history that are kept.
const HISTORY: usize = 10_000;

/// What is remembered of the lines.
fn remembering() -> Builder {
    Config::builder()
        .max_history_size(HISTORY)
        .map(|builder| builder.history_ignore_space(true))
        .unwrap_or_default()
}

/// Reads from a terminal until Ctrl-D.
pub fn terminal(mut shell: Shell) -> Exit {
    shell.keep();
    let stop = shell.worker.stopper();
    // While a line is edited the editor sees Ctrl-C itself; at other times this does.
    let _ = ctrlc::set_handler(stop);
    let config = remembering()
        .completion_type(CompletionType::List)
        .bell_style(BellStyle::None)
        .color_mode(if shell.view.colour { ColorMode::Forced } else { ColorMode::Disabled })
        .build();
    let mut editor: Editor<Editing, FileHistory> = match Editor::with_config(config) {
        Ok(editor) => editor,
        Err(error) => {
            eprintln!("pqm: cannot read from the terminal: {error}");
            return Exit::Io;
        }
    };
    editor.set_auto_add_history(false);
    editor.set_helper(Some(Editing::new(Arc::clone(&shell.session), shell.view.colour)));
    let history = history_file();
    if let Some(history) = &history {
        // There is none at the first start.
        let _ = editor.load_history(history);
    }
    if let Ok(mut printer) = editor.create_external_printer() {
        shell.worker.print_by(Box::new(move |text| {
            // The terminal is gone: there is nobody to tell.
            let _ = printer.print(text);
        }));
    }
    print(&shell.greeting());
    loop {
        match editor.readline(PROMPT) {
            Ok(line) => {
                remember(editor.history_mut(), history.as_ref(), &line);
                match shell.answer(&line) {
                    Reply::Text(text) | Reply::Failed(text) => print(&text),
                    Reply::Working => {
                        if !shell.worker.wait(Some(SOON)) {
                            shell.worker.tell_if_slow();
                        }
                    }
                    Reply::Quit => break,
                }
            }
            Err(ReadlineError::Interrupted) => {
                if shell.worker.is_idle() {
                    print("Ctrl-D or :quit ends.\n");
                } else {
                    shell.worker.stop();
                }
            }
            Err(ReadlineError::Eof) => break,
            // The window changed its size.
            Err(ReadlineError::Signal(_)) => {}
            Err(error) => {
                eprintln!("pqm: cannot read from the terminal: {error}");
                return Exit::Io;
            }
        }
    }
    shell.worker.stop();
    shell.worker.print_by(to_output());
    leave(shell);
    Exit::Done
}

fn history_file() -> Option<PathBuf> {
    place::states().map(|folder| folder.join("history"))
}

/// Ends the session: steps that were not saved stay for the next one.
fn leave(mut shell: Shell) {
    let unsaved = {
        let session = shell.session();
        let steps = session.steps().list();
        if steps == shell.saved { 0 } else { steps.len() }
    };
    if let Some(journal) = shell.journal.take().and_then(|journal| Arc::try_unwrap(journal).ok()) {
        journal.end(unsaved == 0);
        if unsaved > 0 {
            print("The steps were not saved: the next session here can :restore them.\n");
        }
    }
}

/// Adds to the history, on disk at once.
fn remember(history: &mut FileHistory, path: Option<&PathBuf>, line: &str) {
    if line.trim().is_empty() {
        return;
    }
    let added = history.add(line).unwrap_or(false);
    let Some(path) = path.filter(|_| added) else { return };
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    // Without a place to write, the history lasts as long as the session.
    let _ = history.append(path);
}

fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Reads from a pipe to its end.
pub fn piped(mut shell: Shell, arguments: &ReplArguments) -> Exit {
    let stop = shell.worker.stopper();
    let _ = ctrlc::set_handler(stop);
    if arguments.keep {
        shell.keep();
        print(&shell.greeting());
    }
    let exit = entries(&mut shell, arguments);
    leave(shell);
    exit
}

/// Answers the entries of a pipe one after the other, each waited for.
fn entries(shell: &mut Shell, arguments: &ReplArguments) -> Exit {
    let path = history_file().filter(|_| arguments.keep);
    let mut history = FileHistory::with_config(&remembering().build());
    let mut worst = Exit::Done;
    let mut text = String::new();
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let line = match lines.next() {
            Some(Ok(line)) => Some(line),
            Some(Err(error)) => {
                eprintln!("pqm: cannot read standard input: {error}");
                return Exit::Io;
            }
            None => None,
        };
        if let Some(line) = &line {
            if arguments.echo {
                print(&format!("{}{line}\n", if text.is_empty() { PROMPT } else { MORE }));
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
            if completeness(&text) == Completeness::Incomplete {
                continue;
            }
        } else if text.is_empty() {
            return worst;
        }
        remember(&mut history, path.as_ref(), &text);
        let failed = match shell.answer(&std::mem::take(&mut text)) {
            Reply::Text(text) => {
                print(&text);
                false
            }
            Reply::Failed(text) => {
                print(&text);
                true
            }
            Reply::Working => {
                shell.worker.wait(None);
                shell.worker.take_failed()
            }
            Reply::Quit => return worst,
        };
        if failed {
            worst = Exit::Raised;
            if arguments.strict {
                return worst;
            }
        }
    }
}
