//! One task: source, Advanced Query, mappings, destination.

use std::sync::Arc;

use super::count::counted;
use super::deliver::{Delivery, Target};
use super::failure::{DESTINATION, Failure, MAPPING_FIELD, QUERY_NO_TABLE, QUERY_UNREADABLE, SOURCE};
use super::progress::Progress;
use super::source::{self, Opened, Reading};
use crate::Engine;
use crate::destinations::{Column, Entity, Store};
use crate::eval::Context;
use crate::project::Project;
use crate::project::check::SOURCE_QUERY;
use crate::project::history::{RowError, TaskCounts};
use crate::project::mapping::Mapper;
use crate::project::model::{Connection, ConnectionKind, Task};
use crate::table::{Demand, Table};
use crate::value::Value;

/// How many rows go to the destination before it is asked whether a checkpoint is due.
const STRIDE: usize = 2000;

/// A task whose query was read and found to be M that means something.
pub(super) struct Prepared<'p> {
    pub(super) task: &'p Task,
    /// The name and text of the Advanced Query.
    query: Option<(&'p str, String)>,
}

/// Takes the record of a checkpoint; an error ends the task.
pub(super) type Recorder<'r> = dyn FnMut(TaskCounts, &[RowError]) -> Result<(), Failure> + 'r;

/// Reads and compiles a task's query without running anything.
pub(super) fn prepare<'p>(
    engine: &Engine,
    project: &'p Project,
    task: &'p Task,
) -> Result<Prepared<'p>, Failure> {
    let (Some(name), Some(path)) = (task.query.as_deref(), project.query_path(task)) else {
        return Ok(Prepared { task, query: None });
    };
    let text = std::fs::read(&path)
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|e| format!("byte {} is not UTF-8", e.utf8_error().valid_up_to()))
        })
        .map_err(|reason| {
            Failure::plain(
                QUERY_UNREADABLE,
                format!("cannot read the query file {name}: {reason}"),
                Some("the path counts from the project's folder".to_owned()),
            )
        })?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    let mut engine = engine.clone().with_value(SOURCE_QUERY, Value::Null);
    for lookup in &task.lookups {
        engine = engine.with_value(lookup.query.as_str(), Value::Null);
    }
    engine.compile(name, &text).map_err(Failure::of)?;
    Ok(Prepared { task, query: Some((name, text)) })
}

impl Prepared<'_> {
    /// Delivers the task's rows and answers the final counts with the row errors not recorded before.
    pub(super) fn run(
        &self,
        engine: &Engine,
        project: &Project,
        progress: &Arc<Progress>,
        record: &mut Recorder<'_>,
    ) -> Result<(TaskCounts, Vec<RowError>), Failure> {
        let input = self.open(engine, project, progress)?;
        let mapper = self.mapper(&input.table)?;
        let target = self.target(project, &mapper)?;
        let demand = Demand::only(input.table.width(), mapper.source_columns());
        let mut delivery = Delivery::new(&self.task.name, &mapper, target, progress);
        let ctx = &input.ctx;
        let raised = |error| Failure::raised(&error);
        let mut batches = input.table.operator().open(ctx, &demand).map_err(raised)?;
        while let Some(batch) = batches.next(ctx).map_err(raised)? {
            for start in (0..batch.len()).step_by(STRIDE) {
                delivery.rows(ctx, &batch, start..batch.len().min(start + STRIDE))?;
                if delivery.is_checkpoint_due()
                    && let Some((counts, errors)) = delivery.checkpoint()?
                {
                    record(counts, &errors)?;
                }
            }
        }
        delivery.finish()
    }

    /// The table of rows to map: what the Advanced Query gives, or the source as it is.
    fn open(&self, engine: &Engine, project: &Project, progress: &Arc<Progress>) -> Result<Input, Failure> {
        let mut engine = engine.clone();
        let mut opened = Vec::new();
        for lookup in &self.task.lookups {
            let connection = connection(project, &lookup.connection)?;
            let reading = match connection.kind {
                // An open reading would keep the destination from writing if it is the same file.
                ConnectionKind::Sqlite => Reading::Whole,
                _ => Reading::Streamed,
            };
            let found = source::open(&engine, project, connection, &lookup.entity, reading)?;
            engine = engine.with_value(lookup.query.as_str(), Value::Table(Arc::clone(&found.table)));
            opened.push(found);
        }
        let from = &self.task.source;
        let connection = connection(project, &from.connection)?;
        let reading = if project.writes_database(connection) { Reading::Whole } else { Reading::Streamed };
        let found = source::open(&engine, project, connection, &from.entity, reading)?;
        if let Some(rows) = found.rows {
            progress.expect(rows);
        }
        let source = Arc::new(counted(&found.table, progress));
        opened.push(found);
        let engine = engine.with_value(SOURCE_QUERY, Value::Table(source));
        let (name, text) = match &self.query {
            Some((name, text)) => (*name, text.as_str()),
            None => (SOURCE_QUERY, SOURCE_QUERY),
        };
        let query = engine.compile(name, text).map_err(Failure::of)?;
        let ctx = query.start();
        match query.evaluate(&ctx).map_err(|error| Failure::raised(&error))?.plain() {
            Value::Table(table) => Ok(Input { table, ctx, _opened: opened }),
            other => Err(Failure::plain(
                QUERY_NO_TABLE,
                format!("the value of the query {name} is a {}, not a table", other.kind().name()),
                Some("the query's last step must give the table to map".to_owned()),
            )),
        }
    }

    fn mapper(&self, table: &Table) -> Result<Mapper, Failure> {
        let columns: Vec<String> = table.names().iter().map(|name| name.as_str().to_owned()).collect();
        Mapper::new(&self.task.mappings, &columns).map_err(|unknown| {
            let diagnostics = unknown.into_iter().flat_map(|field| {
                let message = format!(
                    "the mapping to {} names the source field {:?}, which the rows do not have",
                    field.destination, field.source_field
                );
                Failure::plain(MAPPING_FIELD, message, Some(field.help)).diagnostics
            });
            Failure::of(diagnostics.collect())
        })
    }

    fn target(&self, project: &Project, mapper: &Mapper) -> Result<Target, Failure> {
        let to = &self.task.destination;
        let connection = connection(project, &to.connection)?;
        let columns =
            mapper.destination_columns().map(|(name, kind)| Column { name: name.to_owned(), kind }).collect();
        let entity = Entity::new(to.entity.as_str(), columns, project.key(self.task))
            .map_err(|error| Failure::plain(DESTINATION, error.to_string(), None))?;
        let options = connection.options.as_ref();
        let delimiter =
            options.and_then(|o| o.delimiter.as_ref()).and_then(|d| d.bytes().next()).unwrap_or(b',');
        let store = match connection.kind {
            ConnectionKind::Sqlite => Store::Sqlite,
            ConnectionKind::Csv => Store::Csv { delimiter },
            ConnectionKind::Json | ConnectionKind::JsonLines => Store::JsonLines,
        };
        Ok(Target { store, path: project.entity_path(connection, &to.entity), entity })
    }
}

/// What a task reads, and what must live as long.
struct Input {
    table: Arc<Table>,
    ctx: Context,
    _opened: Vec<Opened>,
}

fn connection<'p>(project: &'p Project, name: &str) -> Result<&'p Connection, Failure> {
    // Loading checked the names.
    project
        .connection(name)
        .ok_or_else(|| Failure::plain(SOURCE, format!("there is no connection {name:?}"), None))
}
