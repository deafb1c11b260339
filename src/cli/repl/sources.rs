//! Opening sources, and going into what they hold.

use std::sync::{Arc, PoisonError};

use pqm::ide::Shape;
use pqm::project::Project;
use pqm::repl::{Planned, Step, Target, changed_types, expanded, plan, plan_entity};
use pqm::value::{Value, quote};

use super::shell::{Reply, Shell, evaluate, keep, show};
use super::worker::Done;

/// Records of a list that are looked at for the names of their fields.
const RECORDS: usize = 200;

impl Shell {
    /// Writes the steps that open a source, finds out the types of its columns, and shows it.
    pub(super) fn source(&mut self, given: &str) -> Reply {
        let planned = match self.planned(given) {
            Ok(planned) => planned,
            Err(message) => return self.failed(&message),
        };
        let last = match self.session().append(&planned.steps) {
            Ok(Some(last)) => last,
            Ok(None) => return Reply::Text(String::new()),
            Err(error) => return self.failed(&error.to_string()),
        };
        self.changed();
        let (session, journal, view) = (Arc::clone(&self.session), self.journal.clone(), self.view);
        self.worker.submit(Box::new(move |running| {
            let lock = || session.lock().unwrap_or_else(PoisonError::into_inner);
            let failed = |text: String| Done { text, well: false };
            let mut last = last;
            let mut value = match evaluate(&session, &Target::Step(last.clone()), running, &view) {
                Ok(value) => value,
                Err((text, _)) => return failed(text),
            };
            if planned.detect {
                let names = match record_fields(&value) {
                    Ok(names) => names,
                    Err(error) => return failed(view.error(&error, None)),
                };
                let mut more: Vec<Step> = names.map(|names| expanded(&last, &names)).unwrap_or_default();
                if !more.is_empty() {
                    match lock().append(&more) {
                        Ok(name) => last = name.unwrap_or(last),
                        Err(error) => return failed(view.sorry(&error.to_string())),
                    }
                    value = match evaluate(&session, &Target::Step(last.clone()), running, &view) {
                        Ok(value) => value,
                        Err((text, _)) => return failed(text),
                    };
                }
                if value.table().is_ok() {
                    let engine = lock().engine().clone();
                    match changed_types(&engine, &value, &last) {
                        Ok(Some(text)) => more = vec![Step::new("Changed column type", text)],
                        Ok(None) => more = Vec::new(),
                        Err(error) => return failed(view.error(&error, None)),
                    }
                    match lock().append(&more) {
                        Ok(name) => last = name.unwrap_or(last),
                        Err(error) => return failed(view.sorry(&error.to_string())),
                    }
                }
                keep(journal.as_deref(), &lock());
            }
            match evaluate(&session, &Target::Step(last.clone()), running, &view) {
                Ok(value) => {
                    let done = show(&value, &view);
                    Done { text: format!("{}\n{}", view.styled("1", &last), done.text), ..done }
                }
                Err((text, _)) => failed(text),
            }
        }));
        Reply::Working
    }

    fn planned(&self, given: &str) -> Result<Planned, String> {
        let given = given.trim();
        if let Some(project) = &self.project
            && let Some(planned) = of_connection(project, given)
        {
            return planned;
        }
        let path = given.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(given);
        plan(path, &self.base)
    }

    /// A step into a row, cell or field of the last one.
    pub(super) fn drill(&mut self, given: &str) -> Reply {
        let (shape, known) = {
            let session = self.session();
            let Some(last) = session.steps().last().map(|step| step.name.clone()) else {
                return self.failed("There are no steps yet.");
            };
            match session.scope().get(&last) {
                Some(known) => (known.shape.clone(), last),
                None => (Shape::Unknown, last),
            }
        };
        let given = given.trim();
        let (number, rest) = match given.split_once(char::is_whitespace) {
            Some((word, rest)) => (word.parse::<u64>().ok(), rest.trim()),
            None => (given.parse::<u64>().ok(), ""),
        };
        let field = |name: &str| {
            let name = name.trim_matches(|c| matches!(c, '[' | ']' | '"'));
            let parts = shape.parts();
            if !parts.is_empty() && !parts.iter().any(|part| part.name == name) {
                let near = pqm::diagnostics::closest(name, parts.iter().map(|part| part.name.as_str()));
                return Err(format!("'{known}' has no '{name}'. {}", near.unwrap_or_default())
                    .trim_end()
                    .to_owned());
            }
            Ok(format!("[{}]", pqm::ide::field_text(name)))
        };
        let selector = match (&shape, number) {
            (_, None) if given.is_empty() => {
                Err("Write a row, a column, or both: :drill 3 Orders".to_owned())
            }
            (_, None) => field(given),
            (Shape::Table(_), Some(0)) => Err("Rows count from 1.".to_owned()),
            (Shape::Table(_), Some(row)) if rest.is_empty() => Ok(format!("{{{}}}", row - 1)),
            (Shape::Table(_), Some(row)) => field(rest).map(|field| format!("{{{}}}{field}", row - 1)),
            // Lists are shown with the indexes that M counts by.
            (_, Some(index)) => Ok(format!("{{{index}}}")),
        };
        match selector {
            Ok(selector) => self.answer(&format!("_{selector}")),
            Err(message) => self.failed(&message),
        }
    }
}

/// The fields of the records that a list holds, if it is a list of records.
fn record_fields(value: &pqm::Evaluated) -> pqm::value::Result<Option<Vec<String>>> {
    let Value::List(list) = value.value().as_plain() else { return Ok(None) };
    let ctx = value.context();
    let mut names: Vec<String> = Vec::new();
    let mut items = list.items();
    let mut count = 0;
    while count < RECORDS
        && let Some(item) = items.next_value(&ctx)?
    {
        count += 1;
        let Value::Record(record) = item.as_plain() else { return Ok(None) };
        for name in record.names() {
            if !names.iter().any(|known| known == name.as_str()) {
                names.push(name.as_str().to_owned());
            }
        }
    }
    Ok((!names.is_empty()).then_some(names))
}

/// The steps for a connection of the project and an entity: `Field offices accounts.csv`, with or without quotes.
fn of_connection(project: &Project, given: &str) -> Option<Result<Planned, String>> {
    let (connection, rest) = project
        .file()
        .connections
        .iter()
        .filter_map(|connection| {
            let mut quoted = String::new();
            quote(&connection.name, &mut quoted);
            let rest = given
                .strip_prefix(quoted.as_str())
                .or_else(|| given.strip_prefix(connection.name.as_str()))?;
            Some((connection, rest.trim()))
        })
        .max_by_key(|(connection, _)| connection.name.len())?;
    let entity = rest.trim_matches('"');
    if entity.is_empty() {
        let tasks = project.tasks().iter();
        let mut known: Vec<&str> = tasks
            .flat_map(|task| {
                let lookups = task.lookups.iter().map(|lookup| (&lookup.connection, &lookup.entity));
                std::iter::once((&task.source.connection, &task.source.entity)).chain(lookups)
            })
            .filter(|(name, _)| **name == connection.name)
            .map(|(_, entity)| entity.as_str())
            .collect();
        known.dedup();
        let message = format!(
            "Which entity of '{}'? The tasks use {}.",
            connection.name,
            if known.is_empty() { "none".to_owned() } else { known.join(", ") }
        );
        return Some(Err(message));
    }
    Some(Ok(plan_entity(project, connection, entity)))
}
