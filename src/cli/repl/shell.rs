//! Answers entries: steps and expressions go to the worker, commands are done at once or become work too.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use pqm::Evaluated;
use pqm::project::Project;
use pqm::repl::{
    COMMANDS, Command, Entry, Journal, Kept, Session, Shared, Step, Target, entry, from_document,
    parse_command, profile,
};
use pqm::syntax::{Node, parse_expression};
use pqm::text::Source;
use pqm::value::{Value, literal_text, type_text};

use super::super::terminal::Stream;
use super::super::{doc, format, program};
use super::views::{View, plural};
use super::worker::{Done, Running, Worker, to_output};
use super::{Start, place};

/// What an entry led to.
pub enum Reply {
    /// It is answered.
    Text(String),
    /// It could not be done.
    Failed(String),
    /// The worker has it.
    Working,
    /// The end was asked for.
    Quit,
}

/// Rows a profile looks at unless all are asked for, as in the editor.
const PROFILED: u64 = 1000;

/// The state of the program between entries.
pub struct Shell {
    pub(super) session: Shared,
    pub(super) worker: Worker,
    pub(super) project: Option<Project>,
    pub(super) base: PathBuf,
    pub(super) journal: Option<Arc<Journal>>,
    pub(super) view: View,
    /// The width that was asked for; else it is the terminal's.
    width: Option<usize>,
    /// The file that was opened or written last.
    pub(super) file: Option<PathBuf>,
    /// The steps as they were saved last.
    pub(super) saved: Vec<Step>,
    pub(super) left: Vec<Kept>,
}

/// What a view makes of a value, and whether that went well.
type Look = Box<dyn FnOnce(&Evaluated, &View) -> Done + Send>;

/// What to add when the value could not be had; told whether it was stopped.
type Aftermath = Box<dyn FnOnce(&View, bool) -> String + Send>;

impl Shell {
    pub fn new(start: Start) -> std::io::Result<Shell> {
        let colour = start.colour.on(Stream::Output);
        let width = start.width.unwrap_or_else(|| Stream::Output.width(format::PIPE_WIDTH));
        let saved = start.session.steps().list().to_vec();
        Ok(Shell {
            session: Arc::new(Mutex::new(start.session)),
            worker: Worker::start(to_output())?,
            project: start.project,
            base: start.base,
            journal: None,
            view: View { width, colour, rows: start.rows },
            width: start.width,
            file: start.file,
            saved,
            left: Vec::new(),
        })
    }

    /// Begins to keep the steps, and looks for those that were left behind.
    pub fn keep(&mut self) {
        let Some(states) = place::states() else { return };
        // Without a place to write the session goes on, only less safely.
        let Ok(journal) = Journal::begin(&states, &self.base) else { return };
        self.left = journal.left_behind();
        self.journal = Some(Arc::new(journal));
    }

    /// The session.
    pub fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a person reads first.
    pub fn greeting(&self) -> String {
        let mut text = format!(
            "pqm {}. Enter M a step at a time; :source FILE opens data, :help lists the commands, Tab completes.\n",
            env!("CARGO_PKG_VERSION")
        );
        let session = self.session();
        if let Some(project) = &self.project {
            let names: Vec<&str> = project.file().connections.iter().map(|c| c.name.as_str()).collect();
            text.push_str(&format!(
                "Project '{}' with the connections {}.\n",
                project.name(),
                names.join(", ")
            ));
        }
        if !session.queries().is_empty() {
            text.push_str(&format!("Queries: {}.\n", session.queries().join(", ")));
        }
        if let Some(file) = &self.file {
            let count = session.steps().list().len() as u64;
            text.push_str(&format!("{} of {} opened.\n", plural(count, "step"), file.display()));
        }
        if let Some(kept) = self.left.first() {
            text.push_str(&format!(
                "A session of {} here was not saved: :restore brings it back.\n",
                plural(kept.steps.len() as u64, "step")
            ));
        }
        text
    }

    /// Answers an entry.
    pub fn answer(&mut self, text: &str) -> Reply {
        if self.width.is_none() {
            self.view.width = Stream::Output.width(format::PIPE_WIDTH);
        }
        match entry(text) {
            Entry::Empty => Reply::Text(String::new()),
            Entry::Command(text) => match parse_command(&text) {
                Ok(command) => self.command(command),
                Err(message) => self.failed(&message),
            },
            Entry::Named(name, expression) => self.enter(Some(&name), &expression),
            Entry::Expression(expression) => self.expression(&expression),
        }
    }

    pub(super) fn failed(&self, message: &str) -> Reply {
        Reply::Failed(self.view.sorry(message))
    }

    /// The steps changed: they are kept.
    pub(super) fn changed(&self) {
        keep(self.journal.as_deref(), &self.session());
    }

    fn expression(&mut self, text: &str) -> Reply {
        let parsed = parse_expression(text);
        let tree = &parsed.tree;
        let root = tree.node(tree.root());
        if matches!(root, Node::Name { .. }) {
            let name = tree.name(tree.root(), text).into_owned();
            if self.session().steps().get(&name).is_some() {
                return self.look(Target::Step(name), preview());
            }
        }
        // A whole query, as it is pasted from the advanced editor.
        if matches!(root, Node::Let { .. }) && self.session().steps().list().is_empty() {
            return self.open(&Source::new("query", text));
        }
        self.enter(None, text)
    }

    /// Opens the steps of a text.
    pub(super) fn open(&mut self, source: &Source) -> Reply {
        let steps = match from_document(source) {
            Ok(steps) => steps,
            Err(mistakes) => return Reply::Failed(self.view.mistakes(&mistakes)),
        };
        if let Err(error) = self.session().steps_mut().set(steps) {
            return self.failed(&error.to_string());
        }
        self.changed();
        self.look_at_last()
    }

    fn enter(&mut self, name: Option<&str>, expression: &str) -> Reply {
        let (step, given) = {
            let session = self.session();
            (session.new_step(name, expression), name.is_some())
        };
        let entered = self.session().enter(step.clone());
        if let Err(mistakes) = entered {
            return Reply::Failed(self.view.mistakes(&mistakes));
        }
        self.changed();
        let journal = self.journal.clone();
        let session = Arc::clone(&self.session);
        let name = step.name.clone();
        self.work(
            Target::Step(step.name.clone()),
            Box::new(move |value, view| {
                let done = show(value, view);
                match done.well && !given {
                    true => Done { text: format!("{}\n{}", view.styled("1", &name), done.text), ..done },
                    false => done,
                }
            }),
            // A step whose value cannot be had is not kept; one that was stopped is.
            Box::new(move |view, stopped| {
                if stopped {
                    return String::new();
                }
                let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
                let withdrawn = session.steps_mut().withdraw(&step);
                keep(journal.as_deref(), &session);
                let text = match withdrawn {
                    true => "The step is not kept.",
                    false => "The step stays; :undo takes it back.",
                };
                format!("{}\n", view.styled("2", text))
            }),
        )
    }

    /// Shows something of a value.
    pub(super) fn look(&self, target: Target, look: Look) -> Reply {
        self.work(target, look, Box::new(|_, _| String::new()))
    }

    /// Shows the last step.
    pub(super) fn look_at_last(&self) -> Reply {
        let last = self.session().steps().last().map(|step| step.name.clone());
        match last {
            Some(name) => self.look(Target::Step(name), preview()),
            None => Reply::Text("There are no steps yet.\n".to_owned()),
        }
    }

    fn work(&self, target: Target, look: Look, failed: Aftermath) -> Reply {
        let session = Arc::clone(&self.session);
        let view = self.view;
        self.worker.submit(Box::new(move |running| {
            let (done, stopped) = match evaluate(&session, &target, running, &view) {
                Ok(value) => {
                    let done = look(&value, &view);
                    let stopped = value.context().check_limits().is_err();
                    (done, stopped)
                }
                Err((text, stopped)) => (Done { text, well: false }, stopped),
            };
            if done.well {
                return done;
            }
            Done { text: format!("{}{}", done.text, failed(&view, stopped)), ..done }
        }));
        Reply::Working
    }

    /// The step or expression that a command names; the last step if it names none.
    pub(super) fn target(&self, given: Option<&str>) -> Result<Target, Reply> {
        let session = self.session();
        let Some(given) = given else {
            return match session.steps().last() {
                Some(step) => Ok(Target::Step(step.name.clone())),
                None => Err(self.failed("There are no steps yet. :source FILE opens data.")),
            };
        };
        let bare = given.strip_prefix("#\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(given);
        let found = session.steps().find(bare).ok().filter(|_| given.parse::<f64>().is_err());
        Ok(match found.and_then(|at| session.steps().list().get(at)) {
            Some(step) => Target::Step(step.name.clone()),
            None => Target::Expression(given.to_owned()),
        })
    }

    fn command(&mut self, command: Command) -> Reply {
        let looked = |shell: &Shell, given: Option<String>, look: Look| match shell.target(given.as_deref()) {
            Ok(target) => shell.look(target, look),
            Err(reply) => reply,
        };
        match command {
            Command::Help(name) => self.help(name.as_deref()),
            Command::Quit => Reply::Quit,
            Command::Show(given) => looked(self, given, preview()),
            Command::Schema(given) => {
                looked(self, given, Box::new(|value, view| Done { text: view.schema(value), well: true }))
            }
            Command::Type(given) => looked(self, given, Box::new(type_of)),
            Command::Errors(given) => match self.target(given.as_deref()) {
                Ok(target) => self.errors(target),
                Err(reply) => reply,
            },
            Command::Plan(given) => self.plan(given.as_deref()),
            Command::Time(given) => looked(self, given, Box::new(time)),
            Command::Profile(given) => self.profile(given.as_deref()),
            Command::Doc(name) => match doc::describe(&name) {
                Ok(text) => Reply::Text(text),
                Err(super::super::exit::Failure::Usage(message, help)) => {
                    self.failed(format!("{message} {}", help.unwrap_or_default()).trim_end())
                }
                Err(_) => self.failed("There is no documentation of it."),
            },
            Command::Rows(given) => match given.parse::<u64>() {
                Ok(rows) if rows > 0 => {
                    self.view.rows = rows;
                    self.look_at_last()
                }
                _ => self.failed("Write a number of rows, such as :rows 50"),
            },
            Command::Load(path) => match program::read(path.as_ref()) {
                Ok(source) => {
                    let reply = self.open(&source);
                    if matches!(reply, Reply::Working) {
                        self.file = Some(path.into());
                        let steps = self.session().steps().list().to_vec();
                        self.saved = steps;
                    }
                    reply
                }
                Err(failure) => self.failed(&told(&failure)),
            },
            Command::Source(given) => self.source(&given),
            Command::Drill(given) => self.drill(&given),
            Command::Refresh => {
                self.session().refresh();
                self.look_at_last()
            }
            other => self.change(other),
        }
    }

    fn help(&self, name: Option<&str>) -> Reply {
        let name = name.map(|name| name.trim_start_matches(':'));
        let chosen: Vec<_> =
            COMMANDS.iter().filter(|help| name.is_none_or(|name| name == help.name)).collect();
        if chosen.is_empty() {
            return self.failed(&format!("There is no command ':{}'.", name.unwrap_or_default()));
        }
        let mut text = String::new();
        for help in chosen {
            let head = format!(":{} {}", help.name, help.arguments);
            let blank = " ".repeat(32usize.saturating_sub(head.chars().count()));
            text.push_str(&format!("  {}{blank}{}\n", self.view.styled("1", &head), help.summary));
        }
        if name.is_none() {
            text.push_str(
                "\nName = EXPR enters a step, EXPR one with the name the editor would give. `_` and [Column] mean the last step.\n\
                 A step is given by its name or number. Ctrl-C stops an evaluation, Ctrl-D ends.\n",
            );
        }
        Reply::Text(text)
    }

    fn profile(&self, given: Option<&str>) -> Reply {
        let given = given.unwrap_or("");
        let (column, all) = match given.strip_suffix("all").map(str::trim_end) {
            Some(rest) if rest.is_empty() || given.len() > rest.len() + 3 => (rest, true),
            _ => (given, false),
        };
        let column = column.trim_matches(|c| matches!(c, '[' | ']' | '"')).to_owned();
        let target = match self.target(None) {
            Ok(target) => target,
            Err(reply) => return reply,
        };
        self.look(
            target,
            Box::new(move |value, view| {
                let failed = |text: String| Done { text, well: false };
                let table = match value.table() {
                    Ok(table) => table,
                    Err(error) => return failed(view.error(&error, None)),
                };
                if !column.is_empty() && table.position(&column).is_none() {
                    let near =
                        pqm::diagnostics::closest(&column, table.names().iter().map(|name| name.as_str()));
                    let near = near.map(|near| format!(" {near}")).unwrap_or_default();
                    return failed(view.sorry(&format!("There is no column '{column}'.{near}")));
                }
                match profile(value, table, (!all).then_some(PROFILED)) {
                    Err(error) => failed(view.error(&error, None)),
                    Ok(found) => {
                        let one = found.columns.iter().find(|known| known.name == column);
                        let text = match one {
                            Some(one) => view.column_profile(value, &found, one),
                            None => view.profile(value, &found),
                        };
                        Done { text, well: true }
                    }
                }
            }),
        )
    }
}

/// Keeps the steps where they survive the program.
pub(super) fn keep(journal: Option<&Journal>, session: &Session) {
    if let Some(journal) = journal {
        // A full disk must not stop the work; :save tells.
        let _ = journal.keep(session.steps().list());
    }
}

/// Evaluates a target in the worker; what to show if it cannot be, and whether it was stopped.
pub(super) fn evaluate(
    session: &Mutex<Session>,
    target: &Target,
    running: &Running,
    view: &View,
) -> Result<Evaluated, (String, bool)> {
    let prepared = {
        let session = session.lock().unwrap_or_else(PoisonError::into_inner);
        session.prepare(target).map_err(|mistakes| (view.mistakes(&mistakes), false))?
    };
    running.stops_by(prepared.cancel_token());
    let outcome = prepared.evaluate();
    session.lock().unwrap_or_else(PoisonError::into_inner).settle(&outcome);
    outcome.result.map_err(|error| (view.error(&error, None), error.is_stop()))
}

pub(super) fn show(value: &Evaluated, view: &View) -> Done {
    match view.preview(value) {
        Ok(text) => Done { text, well: true },
        Err(text) => Done { text, well: false },
    }
}

pub(super) fn preview() -> Look {
    Box::new(show)
}

fn type_of(value: &Evaluated, view: &View) -> Done {
    let ctx = value.context();
    let text = match value.value().as_plain() {
        Value::Table(table) => type_text(&table.table_type()),
        Value::Function(function) => type_text(&function.function_type()),
        other => format!("type {}", other.kind().name().to_lowercase()),
    };
    let mut text = view.type_text(&text);
    if let Some(metadata) = value.value().metadata()
        && let Ok(metadata) = literal_text(&ctx, &Value::Record(Arc::clone(metadata)))
    {
        text.push_str(&format!("meta {metadata}\n"));
    }
    Done { text, well: true }
}

/// Reads everything and says how long it took.
fn time(value: &Evaluated, view: &View) -> Done {
    let start = Instant::now();
    let read = || -> pqm::value::Result<(u64, &str)> {
        Ok(match value.value().as_plain() {
            Value::Table(_) => {
                let mut rows = 0;
                for row in value.rows()? {
                    row?;
                    rows += 1;
                }
                (rows, "row")
            }
            Value::List(list) => (list.values(&value.context())?.len() as u64, "item"),
            _ => {
                value.literal()?;
                (1, "value")
            }
        })
    };
    match read() {
        Ok((count, unit)) => {
            let time = start.elapsed();
            let rate = count as f64 / time.as_secs_f64().max(1e-9);
            let text = format!("{} in {} ({rate:.0} a second)\n", plural(count, unit), format::took(time));
            Done { text, well: true }
        }
        Err(error) => Done { text: view.error(&error, None), well: false },
    }
}

/// A failure as one line.
pub(super) fn told(failure: &super::super::exit::Failure) -> String {
    use super::super::exit::Failure;
    match failure {
        Failure::Io(message) | Failure::Usage(message, _) => message.clone(),
        _ => "It cannot be read.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::helper::Editing;
    use super::*;
    use pqm::Engine;
    use rustyline::completion::Completer;
    use rustyline::history::DefaultHistory;
    use std::sync::mpsc;

    fn shell() -> (Shell, mpsc::Receiver<String>) {
        let shell = Shell::new(Start {
            session: Session::new(Engine::new()),
            project: None,
            file: None,
            base: PathBuf::from("."),
            colour: super::super::Colour::Never,
            rows: 5,
            width: Some(80),
        });
        let shell = shell.unwrap();
        let (sender, receiver) = mpsc::channel();
        shell.worker.print_by(Box::new(move |text| drop(sender.send(text))));
        (shell, receiver)
    }

    /// An evaluation without an end: the prompt answers, completes and lists; only Ctrl-C ends the evaluation.
    #[test]
    fn the_prompt_answers_while_an_evaluation_runs() {
        let (mut shell, shown) = shell();
        assert!(matches!(shell.answer("Rows = #table({\"Amount\"}, {{1}})"), Reply::Working));
        shell.worker.wait(None);
        shown.recv().unwrap();
        let endless = "List.Count(List.Generate(() => 0, each true, each _ + 1))";
        assert!(matches!(shell.answer(endless), Reply::Working));
        assert!(!shell.worker.is_idle());
        assert!(matches!(shell.answer(":steps"), Reply::Text(text) if text.contains("Rows")));
        let editing = Editing::new(Arc::clone(&shell.session), false);
        let line = "Table.SelectRows(Rows, each [Am";
        let history = DefaultHistory::new();
        let (start, found) = editing.complete(line, line.len(), &rustyline::Context::new(&history)).unwrap();
        assert_eq!((start, found[0].replacement.as_str()), (line.len() - 2, "Amount]"));
        assert!(matches!(shell.answer("1 + 1"), Reply::Working));
        assert!(!shell.worker.is_idle());
        shell.worker.stop();
        shell.worker.wait(None);
        let all: Vec<String> = shown.try_iter().collect();
        assert_eq!(all, ["Interrupted.\n", "Interrupted.\n"]);
        assert!(matches!(shell.answer("2 + 2"), Reply::Working));
        shell.worker.wait(None);
        assert_eq!(shown.recv().unwrap(), "Custom 2\n4\n");
    }
}
