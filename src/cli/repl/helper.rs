//! What the line editor asks while a line is written: completions, hints, colours, whether it is whole.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use pqm::ide::{Class, Completion, CompletionKind, Scope, Shape, classify, complete, signature};
use pqm::repl::{COMMANDS, Session, Shared, Target, completeness};
use pqm::syntax::Completeness;
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Context, Helper};

/// How long a completion waits for the value of an expression. Longer would be felt.
const WAIT: Duration = Duration::from_millis(12);
/// The longest line that is coloured and hinted: each key colours all of it again.
const LONGEST: usize = 20_000;

/// The helper of the line editor.
pub struct Editing {
    session: Shared,
    files: FilenameCompleter,
    colour: bool,
}

impl Editing {
    pub fn new(session: Shared, colour: bool) -> Editing {
        Editing { session, files: FilenameCompleter::new(), colour }
    }

    fn scope(&self) -> Arc<Scope> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).scope()
    }

    /// What stands at the cursor of an M text that begins at `from`.
    fn m(&self, line: &str, from: usize, pos: usize) -> (usize, Vec<Pair>) {
        let (Some(text), Some(offset)) = (line.get(from..), pos.checked_sub(from)) else {
            return (pos, Vec::new());
        };
        let asked = |text: &str| shape_of(&self.session, text);
        let found = complete(text, offset, &self.scope(), &asked);
        (from + found.start, found.items.into_iter().map(pair).collect())
    }

    fn command(&self, line: &str, pos: usize, ctx: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let begin = line.find(':').unwrap_or(0) + 1;
        let (word, rest) = match line.get(begin..pos).unwrap_or("").split_once(' ') {
            Some((word, _)) => (word, begin + word.len() + 1),
            None => {
                let typed = line.get(begin..pos).unwrap_or("");
                let names = COMMANDS.iter().filter(|help| help.name.starts_with(typed));
                let pairs = names.map(|help| Pair {
                    display: format!(":{}", help.name),
                    replacement: format!("{} ", help.name),
                });
                return Ok((begin, pairs.collect()));
            }
        };
        match COMMANDS.iter().find(|help| help.name.starts_with(word)).map(|help| help.name) {
            Some("source" | "save" | "load") => {
                let (start, pairs) = self.files.complete(line.get(rest..).unwrap_or(""), pos - rest, ctx)?;
                Ok((rest + start, pairs))
            }
            Some("profile" | "drill") => {
                let start = match line.get(rest..pos).and_then(|typed| typed.split_once(' ')) {
                    Some((number, _)) if number.parse::<u64>().is_ok() => rest + number.len() + 1,
                    _ => rest,
                };
                let typed = line.get(start..pos).unwrap_or("").to_lowercase();
                let scope = self.scope();
                let parts = scope.get("_").map(|known| known.shape.parts().to_vec()).unwrap_or_default();
                let found = parts.into_iter().filter(|part| part.name.to_lowercase().starts_with(&typed));
                Ok((
                    start,
                    found.map(|part| Pair { display: part.name.clone(), replacement: part.name }).collect(),
                ))
            }
            Some("rename" | "delete" | "move") => {
                let typed = line.get(rest..pos).unwrap_or("").to_lowercase();
                let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
                let names = session.steps().list().iter().map(|step| step.name.clone());
                let found = names.filter(|name| name.to_lowercase().starts_with(&typed));
                Ok((rest, found.map(|name| Pair { display: name.clone(), replacement: name }).collect()))
            }
            _ => Ok(self.m(line, rest, pos)),
        }
    }
}

fn pair(item: Completion) -> Pair {
    let display = match (item.kind, item.detail.as_str()) {
        (_, "") | (CompletionKind::Name, _) => item.label,
        (_, detail) => format!("{} ({detail})", item.label),
    };
    Pair { display, replacement: item.insert }
}

/// The shape of an expression's value, if it can be had at once.
fn shape_of(session: &Arc<Mutex<Session>>, text: &str) -> Option<Shape> {
    let target = Target::Expression(text.to_owned());
    let prepared = session.lock().unwrap_or_else(PoisonError::into_inner).prepare(&target).ok()?;
    let cancel = prepared.cancel_token();
    let (sender, receiver) = mpsc::channel();
    let session = Arc::clone(session);
    std::thread::spawn(move || {
        let outcome = prepared.evaluate();
        let shape = outcome.value().map(Shape::of);
        session.lock().unwrap_or_else(PoisonError::into_inner).settle(&outcome);
        // Nobody may be waiting any more.
        let _ = sender.send(shape);
    });
    match receiver.recv_timeout(WAIT) {
        Ok(shape) => shape,
        Err(_) => {
            cancel.cancel();
            None
        }
    }
}

impl Completer for Editing {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, ctx: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        if line.trim_start().starts_with(':') {
            return self.command(line, pos, ctx);
        }
        Ok(self.m(line, 0, pos))
    }
}

/// A hint after the cursor.
pub struct Ghost {
    text: String,
    /// Whether the right arrow takes it over.
    taken: bool,
}

impl Hint for Ghost {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        self.taken.then_some(self.text.as_str())
    }
}

impl Hinter for Editing {
    type Hint = Ghost;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<Ghost> {
        if pos < line.len() || line.len() > LONGEST || !self.colour {
            return None;
        }
        if let Some(command) = line.trim_start().strip_prefix(':') {
            let (word, rest) = command.split_once(' ')?;
            let help = COMMANDS.iter().find(|help| help.name == word)?;
            return rest.is_empty().then(|| Ghost { text: help.arguments.to_owned(), taken: false });
        }
        let scope = self.scope();
        // The rest of the only name that begins so.
        let found = complete(line, pos, &scope, &|_| None);
        let typed = line.get(found.start..pos).unwrap_or("");
        if typed.len() >= 2
            && let [only] = found.items.as_slice()
            && let Some(rest) = only.insert.strip_prefix(typed)
            && !rest.is_empty()
        {
            return Some(Ghost { text: rest.to_owned(), taken: true });
        }
        let signature = signature(line, pos, &scope)?;
        Some(Ghost { text: signature.rest(), taken: false })
    }
}

impl Highlighter for Editing {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        if !self.colour || line.len() > LONGEST {
            return Cow::Borrowed(line);
        }
        let start = match line.trim_start().starts_with(':') {
            true => return Cow::Owned(format!("\u{1b}[35m{line}\u{1b}[0m")),
            false => 0,
        };
        let mut text = String::with_capacity(line.len() * 2);
        let mut at = start;
        for (span, class) in classify(line, &self.scope()) {
            text.push_str(line.get(at..span.start as usize).unwrap_or(""));
            text.push_str(&format!("\u{1b}[{}m{}\u{1b}[0m", style(class), span.of(line)));
            at = span.end as usize;
        }
        text.push_str(line.get(at..).unwrap_or(""));
        Cow::Owned(text)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m"))
    }

    fn highlight_candidate<'c>(&self, candidate: &'c str, _: CompletionType) -> Cow<'c, str> {
        Cow::Borrowed(candidate)
    }

    fn highlight_char(&self, _line: &str, _pos: usize, _kind: CmdKind) -> bool {
        self.colour
    }
}

fn style(class: Class) -> &'static str {
    match class {
        Class::Keyword => "34",
        Class::Library => "36",
        Class::Name => "1",
        Class::Field => "33",
        Class::Text => "32",
        Class::Number | Class::Constant => "35",
        Class::Comment => "2",
        Class::Wrong => "31",
    }
}

impl Validator for Editing {
    fn validate(&self, ctx: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match completeness(ctx.input()) {
            // A mistake is told when the line is entered.
            Completeness::Complete | Completeness::Invalid => ValidationResult::Valid(None),
            Completeness::Incomplete => ValidationResult::Incomplete,
        })
    }
}

impl Helper for Editing {}
