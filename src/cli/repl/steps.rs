//! Commands that change or show the applied steps.

use std::io::Write;
use std::path::PathBuf;

use pqm::ide::name_text;
use pqm::repl::{Command, Entry, Step, Steps, entry, to_saved};

use super::super::format::{self, Column, Grid, Shown};
use super::super::output::Output;
use super::shell::{Reply, Shell, told};
use super::views::plural;

/// The widest a step's expression is shown.
const EXPRESSION: usize = 200;

impl Shell {
    /// Does a command that is about the steps.
    pub(super) fn change(&mut self, command: Command) -> Reply {
        match command {
            Command::Steps => Reply::Text(self.list()),
            Command::Text => {
                let text = to_saved(self.session().steps().list());
                Reply::Text(if text.is_empty() { "There are no steps yet.\n".to_owned() } else { text })
            }
            Command::Save(given) => self.save(&given),
            Command::Restore => self.restore(),
            Command::Undo => self.changing(|steps| steps.undo().map_err(|error| error.to_string())),
            Command::Redo => self.changing(|steps| steps.redo().map_err(|error| error.to_string())),
            Command::Clear => self.changing(|steps| steps.set(Vec::new()).map_err(|error| error.to_string())),
            Command::Delete(given) => {
                let (given, rest) = match given.strip_suffix("..") {
                    Some(given) => (given.trim().to_owned(), true),
                    None => (given, false),
                };
                self.changing(|steps| {
                    let (at, left) = step_in(steps, &given)?;
                    nothing_left(left)?;
                    let done = if rest { steps.delete_until_end(at) } else { steps.delete(at) };
                    done.map_err(|error| error.to_string())
                })
            }
            Command::Rename(given) => self.changing(|steps| {
                let (at, new) = step_in(steps, &given)?;
                let new = match entry(&format!("{new} = 0")) {
                    Entry::Named(name, _) if !new.is_empty() => name,
                    _ => return Err("Write the step and its new name: :rename 2 Cleaned".to_owned()),
                };
                steps.rename(at, &new).map_err(|error| error.to_string())
            }),
            Command::Move(given) => self.changing(|steps| {
                let (from, left) = step_in(steps, &given)?;
                let usage = || "Write :move STEP before STEP, or after".to_owned();
                let (word, other) = left.split_once(' ').ok_or_else(usage)?;
                let (other, left) = step_in(steps, other.trim())?;
                nothing_left(left)?;
                let to = match word {
                    "before" => other - usize::from(from < other),
                    "after" => other + 1 - usize::from(from < other + 1),
                    _ => return Err(usage()),
                };
                steps.move_to(from, to).map_err(|error| error.to_string())
            }),
            Command::Insert(given) => self.insert(&given),
            _ => Reply::Text(String::new()),
        }
    }

    /// Changes the steps, keeps them, and shows how they are now.
    fn changing(&mut self, change: impl FnOnce(&mut Steps) -> Result<(), String>) -> Reply {
        let done = change(self.session().steps_mut());
        match done {
            Ok(()) => {
                self.changed();
                Reply::Text(self.list())
            }
            Err(message) => self.failed(&message),
        }
    }

    fn insert(&mut self, given: &str) -> Reply {
        let (after, expression) = {
            let session = self.session();
            match step_in(session.steps(), given) {
                Ok((at, rest)) => (at, rest.to_owned()),
                Err(message) => return self.failed(&message),
            }
        };
        let (name, expression) = match entry(&expression) {
            Entry::Named(name, expression) => (Some(name), expression),
            Entry::Expression(expression) => (None, expression),
            _ => {
                return self.failed(
                    "Write the step to insert after, and an expression: :insert 2 Table.FirstN(_, 5)",
                );
            }
        };
        let parsed = pqm::syntax::parse_expression(&expression);
        if !parsed.errors.is_empty() {
            let source = pqm::text::Source::new("insert", expression.as_str());
            let all: Vec<_> = parsed
                .errors
                .iter()
                .map(|error| pqm::diagnostics::Diagnostic::from_syntax(&source, error))
                .collect();
            return Reply::Failed(self.view.mistakes(&all));
        }
        let step = {
            let session = self.session();
            session.new_step_after(after, name.as_deref(), &expression)
        };
        self.changing(|steps| steps.insert(after, step).map_err(|error| error.to_string()))
    }

    /// The applied steps as a list.
    pub(super) fn list(&self) -> String {
        let session = self.session();
        let steps = session.steps().list();
        if steps.is_empty() {
            return "There are no steps yet.\n".to_owned();
        }
        let mut grid = Grid::new(vec![Column::plain(), Column::plain(), Column::plain()]);
        for (at, step) in steps.iter().enumerate() {
            let text: String = step.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = format::cut(&text, EXPRESSION);
            grid.push(vec![
                Shown::number((at + 1).to_string()),
                Shown::name(&step.name),
                Shown { text, role: format::Role::Value },
            ]);
        }
        self.view.grid(&grid, false)
    }

    fn save(&mut self, given: &str) -> Reply {
        let (path, force) = match given.strip_suffix("--force") {
            Some(path) => (path.trim(), true),
            None => (given, false),
        };
        let path = PathBuf::from(path.trim_matches('"'));
        let path = if path.extension().is_none() { path.with_extension("pq") } else { path };
        let steps: Vec<Step> = self.session().steps().list().to_vec();
        if steps.is_empty() {
            return self.failed("There are no steps yet.");
        }
        let own = self.file.as_ref() == Some(&path);
        if path.exists() && !own && !force {
            return self.failed(&format!(
                "'{}' is there already. `:save {} --force` replaces it.",
                path.display(),
                path.display()
            ));
        }
        let write = || -> Result<(), super::super::exit::Failure> {
            let mut out = Output::open(Some(&path))?;
            out.write_all(to_saved(&steps).as_bytes())
                .map_err(|error| super::super::exit::Failure::file("write", &path, &error))?;
            out.finish()
        };
        match write() {
            Ok(()) => {
                let text = format!(
                    "{} saved. `pqm run {}` runs them.\n",
                    plural(steps.len() as u64, "step"),
                    path.display()
                );
                self.file = Some(path);
                self.saved = steps;
                Reply::Text(text)
            }
            Err(failure) => self.failed(&told(&failure)),
        }
    }

    fn restore(&mut self) -> Reply {
        let Some(kept) = self.left.first().cloned() else {
            return Reply::Text("No session here was left unsaved.\n".to_owned());
        };
        if let Err(error) = self.session().steps_mut().set(kept.steps.clone()) {
            return self.failed(&error.to_string());
        }
        self.changed();
        // They are in this session's journal now.
        kept.forget();
        self.left.remove(0);
        Reply::Text(self.list())
    }
}

/// The step that a text begins with, by number, quoted name or name; and what is left of the text.
fn step_in<'t>(steps: &Steps, text: &'t str) -> Result<(usize, &'t str), String> {
    let text = text.trim();
    let named = steps
        .list()
        .iter()
        .enumerate()
        .flat_map(|(at, step)| [(at, step.name.clone()), (at, name_text(&step.name))])
        .filter_map(|(at, name)| {
            let rest = text.strip_prefix(name.as_str())?;
            (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((
                name.len(),
                at,
                rest.trim(),
            ))
        })
        .max_by_key(|(length, _, _)| *length);
    if let Some((_, at, rest)) = named {
        return Ok((at, rest));
    }
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    match steps.find(word) {
        Ok(at) => Ok((at, rest.trim())),
        // The whole text may be a name with a mistake in it.
        Err(_) => Err(steps.find(text).map_err(|error| error.to_string()).err().unwrap_or_default()),
    }
}

fn nothing_left(rest: &str) -> Result<(), String> {
    if rest.is_empty() { Ok(()) } else { Err(format!("'{rest}' is not understood here.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_by_number_and_by_name() {
        let mut steps = Steps::default();
        for name in ["Source", "Filtered rows", "Filtered rows 1"] {
            steps.put(Step::new(name, "1")).unwrap();
        }
        assert_eq!(step_in(&steps, "2 New name"), Ok((1, "New name")));
        assert_eq!(step_in(&steps, "Filtered rows 1 x"), Ok((2, "x")));
        assert_eq!(step_in(&steps, "Filtered rows x"), Ok((1, "x")));
        assert_eq!(step_in(&steps, "#\"Filtered rows\" #\"y z\""), Ok((1, "#\"y z\"")));
        assert_eq!(
            step_in(&steps, "Filterd rows").unwrap_err(),
            "There is no step 'Filterd rows'. Did you mean Filtered rows?"
        );
    }
}
