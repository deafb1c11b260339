//! Looking into the systems a project reaches, to find before a run what a run would find late.
//!
//! Loading has found what the project file alone can tell. This opens sources and destinations: unknown entities and
//! fields, mistakes in queries, values that cannot fit, keys that are not unique, fields the destination needs and
//! nothing gives. Nothing is written.

mod entities;
mod fields;

use std::sync::Arc;

pub use entities::{EntityChange, EntityList, SystemEntities, entities, reach};

use super::document::Step::{Field, Item};
use super::document::{Node, Step, path_text};
use super::leg::Leg;
use super::load::PROJECT_FILE;
use super::model::Incremental;
use super::problem::{LoadError, Problem, ProblemCode, masked, suggest};
use super::run::{
    Action, Extent, Failure, NoObserver, Prepared, Progress, RunOptions, engine, plan, prepare,
    waits_for_an_earlier_task,
};
use super::system::{self, Scope};
use super::{Project, keys};
use crate::Engine;

/// How many rows with mistakes are named for each task.
const ROWS: usize = 10;

/// Everything that can be found wrong in a project by looking into its systems; with `data` by reading all rows, too.
///
/// # Errors
/// The mistakes, each with file, line and field.
pub fn inspect(project: &Project, data: bool) -> Result<(), LoadError> {
    let path = project.folder().join(PROJECT_FILE);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let Ok(root) = Node::parse(&text) else { return Ok(()) };
    let mut inspection = Inspection { project, engine: engine(project), root: &root, problems: Vec::new() };
    if project.tasks().is_empty() {
        let help = "add one with pqm project add-task";
        inspection.report(ProblemCode::WrongValue, &[Field("tasks")], "the project has no task", help);
    }
    for (i, task) in project.tasks().iter().enumerate() {
        for leg in super::leg::legs(task) {
            let mut at = vec![Field("tasks"), Item(i)];
            if leg.hop > 1 {
                at.push(Field("second_hop"));
            }
            inspection.leg(leg, &at);
        }
    }
    if data && inspection.problems.is_empty() {
        inspection.data();
    }
    let mut problems = inspection.problems;
    if problems.is_empty() {
        return Ok(());
    }
    problems.sort_by_key(|p| (p.line, p.column));
    Err(LoadError { path, text: masked(&text, &problems), problems })
}

struct Inspection<'a> {
    project: &'a Project,
    engine: Engine,
    root: &'a Node,
    problems: Vec<Problem>,
}

impl Inspection<'_> {
    fn report(
        &mut self,
        code: ProblemCode,
        path: &[Step<'_>],
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.root.place_of(path);
        self.problems.push(Problem {
            field: path_text(path),
            line: place.line,
            column: place.column,
            span: place.span.clone(),
            ..Problem::plain(code, message, help)
        });
    }

    /// Each mistake of a failure, at a field.
    fn failure(&mut self, code: ProblemCode, path: &[Step<'_>], failure: &Failure) {
        for diagnostic in &failure.diagnostics {
            let place = diagnostic.label.as_ref().map(|label| {
                let at = label.source.line_column(label.span.start);
                format!("{}:{}:{}: ", label.source.name(), at.line, at.column)
            });
            let message = format!("{}{}", place.unwrap_or_default(), diagnostic.message);
            self.report(code, path, message, diagnostic.help.clone().unwrap_or_default());
        }
    }

    fn leg(&mut self, leg: Leg<'_>, base: &[Step<'static>]) {
        let at = |rest: &[Step<'static>]| [base, rest].concat();
        let query = if leg.query.is_some() { "query" } else { "source" };
        let task = match prepare(&self.engine, self.project, leg) {
            Ok(task) => task,
            Err(failure) => return self.failure(ProblemCode::Query, &at(&[Field(query)]), &failure),
        };
        let is_known = task.leg.hop > 1 || self.source(&task, &at(&[Field("source"), Field("entity")]));
        let columns = if is_known { self.rows(&task, &at(&[Field(query)])) } else { None };
        if is_known && matches!(task.leg.incremental, Some(Incremental::ChangeTracking)) {
            self.tracking(&task, &at(&[Field("incremental")]));
        }
        let description = match task.store(self.project).and_then(|store| {
            store
                .describe(&task.leg.destination.entity)
                .map_err(|e| Failure::plain(super::run::DESTINATION, e.to_string(), None))
        }) {
            Ok(description) => description,
            Err(failure) => {
                return self.failure(ProblemCode::System, &at(&[Field("destination")]), &failure);
            }
        };
        if description.is_none() {
            self.destination_entity(&task, &at(&[Field("destination"), Field("entity")]));
        }
        if let Some(columns) = &columns {
            self.sources(&task, columns, base);
        }
        self.destinations(&task, columns.as_deref(), description.as_ref(), base);
        self.key(&task, description.as_ref(), &at(&[Field("destination")]));
    }

    /// Whether the source entity is there.
    fn source(&mut self, task: &Prepared<'_>, path: &[Step<'static>]) -> bool {
        let from = &task.leg.source;
        let Some(connection) = self.project.connection(&from.connection) else { return false };
        let scope = Scope { engine: &self.engine, project: self.project, connection };
        match system::source(connection.kind).entities(&scope) {
            Err(error) => {
                let failure = Failure::source(&from.entity, &connection.name, &error);
                self.failure(ProblemCode::System, path, &failure);
                false
            }
            Ok(entities) => {
                // Files may have any extension; what is listed are likely ones.
                let known = entities.contains(&from.entity)
                    || connection.kind.is_file()
                        && self.project.entity_path(connection, &from.entity).is_file();
                if !known {
                    let help = suggest(&from.entity, entities.iter().map(String::as_str));
                    let message = format!("{} has no entity {:?}", connection.name, from.entity);
                    self.report(ProblemCode::Missing, path, message, help);
                }
                known
            }
        }
    }

    /// Whether the source can say what has changed.
    fn tracking(&mut self, task: &Prepared<'_>, path: &[Step<'static>]) {
        let from = &task.leg.source;
        let Some(connection) = self.project.connection(&from.connection) else { return };
        let scope = Scope { engine: &self.engine, project: self.project, connection };
        match system::source(connection.kind).untracked(&scope, &from.entity) {
            Err(error) => {
                let failure = Failure::source(&from.entity, &connection.name, &error);
                self.failure(ProblemCode::System, path, &failure);
            }
            Ok(Some(why)) => self.report(ProblemCode::System, path, why, ""),
            Ok(None) => {}
        }
    }

    /// Whether the destination entity is there, where a run would not make it.
    fn destination_entity(&mut self, task: &Prepared<'_>, path: &[Step<'static>]) {
        let to = task.leg.destination;
        let Some(connection) = self.project.connection(&to.connection) else { return };
        if !connection.kind.is_http() {
            return;
        }
        let known = task.store(self.project).ok().and_then(|store| store.entities().ok());
        let help = suggest(&to.entity, known.iter().flatten().map(String::as_str));
        let message = format!("{} has no entity {:?}", connection.name, to.entity);
        self.report(ProblemCode::Missing, path, message, help);
    }

    /// The columns of the rows to map, with the kinds they claim.
    fn rows(&mut self, task: &Prepared<'_>, path: &[Step<'static>]) -> Option<Vec<fields::Claimed>> {
        let progress = Arc::new(Progress::default());
        match task.open(&self.engine, self.project, &progress, &Extent::Shape) {
            Ok(input) => Some(fields::claimed(&input.table)),
            Err(failure) => {
                // What an earlier task, or the first hop, delivers is not there before the first run.
                if !waits_for_an_earlier_task(self.project, &task.leg) {
                    self.failure(ProblemCode::Query, path, &failure);
                }
                None
            }
        }
    }

    /// Whether the key is one of the destination's.
    fn key(
        &mut self,
        task: &Prepared<'_>,
        description: Option<&crate::destinations::Description>,
        path: &[Step<'static>],
    ) {
        let Some(description) = description.filter(|d| !d.keys.is_empty()) else { return };
        let Some(key) = keys::declared(self.project.connection_set(), task.leg.destination) else { return };
        let sorted = |names: &[String]| {
            let mut names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
            names.sort_unstable();
            names
        };
        if !description.keys.iter().any(|unique| sorted(unique) == sorted(key)) {
            let unique: Vec<String> =
                description.keys.iter().map(|k| format!("({})", k.join(", "))).collect();
            let message =
                format!("the key ({}) is not unique in {}", key.join(", "), task.leg.destination.entity);
            let help = format!(
                "add a unique index on it, or use one of the entity's own keys: {}",
                unique.join(", ")
            );
            self.report(ProblemCode::Key, path, message, help);
        }
    }

    /// Rows that a run would reject: missing and repeated keys, values that do not fit.
    fn data(&mut self) {
        let planned =
            plan(self.project, &RunOptions { all_data: true, ..RunOptions::default() }, &mut NoObserver);
        let plan = match planned {
            Ok(plan) => plan,
            Err(error) => return self.report(ProblemCode::System, &[], error.to_string(), ""),
        };
        for found in &plan.tasks {
            let position = self.project.tasks().iter().position(|task| task.name == found.record.name);
            let at = [Field("tasks"), Item(position.unwrap_or(0))];
            let rejected = found.rows.iter().filter_map(|row| match &row.action {
                Action::Reject(reasons) => Some((row, reasons)),
                _ => None,
            });
            for (row, reasons) in rejected.take(ROWS) {
                let key = row.key.as_ref().map(|key| format!(" ({key})")).unwrap_or_default();
                let message = format!("row {}{key}: {}", row.row, reasons.join("; "));
                self.report(ProblemCode::Fit, &at, message, "a run would reject it");
            }
            let more = found.record.counts.rejected.saturating_sub(ROWS as u64);
            if more > 0 {
                let message = format!("{more} more rows would be rejected");
                self.report(ProblemCode::Fit, &at, message, "pqm project plan shows all of them");
            }
        }
        if let Some(failure) = &plan.failure {
            self.failure(ProblemCode::Query, &[], failure);
        }
    }
}
