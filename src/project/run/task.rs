//! One hop of a task: source, Advanced Query, mappings, destination.

use std::collections::HashSet;
use std::sync::Arc;

use super::deliver::{Delivery, Target};
use super::failure::{DESTINATION, FROZEN, Failure, MAPPING_FIELD, QUERY_UNREADABLE};
use super::fault;
use super::input::{End, Extent, connection, filter_text};
use super::plan::Planned;
use super::progress::Progress;
use super::related;
use super::stop::StopSignal;
use super::track::Tracking;
use crate::Engine;
use crate::destinations::{Column, Description, Destination, Entity, Mode, RowPolicy, WriteOptions};
use crate::project::Project;
use crate::project::check::SOURCE_QUERY;
use crate::project::history::{Findings, History, Scope, TaskCounts};
use crate::project::keys;
use crate::project::leg::Leg;
use crate::project::mapping::{Binding, Mapper};
use crate::project::model::{Incremental, SchemaPolicy, WritePolicy};
use crate::project::system;
use crate::table::{Demand, Table};
use crate::value::Value;

/// How many rows go to the destination before it is asked whether a checkpoint is due.
const STRIDE: usize = 2000;

/// A task whose queries were read and found to be M that means something.
pub(in crate::project) struct Prepared<'p> {
    pub(in crate::project) leg: Leg<'p>,
    /// The name and text of the Advanced Query.
    pub(super) query: Option<(&'p str, String)>,
}

/// Takes the record of a checkpoint; an error ends the task.
pub(super) type Recorder<'r> = dyn FnMut(TaskCounts, &Findings) -> Result<(), Failure> + 'r;

/// What a run does with a task.
pub(super) struct Order<'o> {
    /// Where its state is; none in a plan of a project that never ran.
    pub(super) history: Option<&'o History>,
    pub(super) scope: Option<&'o Scope>,
    pub(super) run: i64,
    /// The only rows to deliver: those that wait in quarantine.
    pub(super) only: Option<HashSet<String>>,
    /// Whether all rows are looked at, wherever the last run came to.
    pub(super) reads_all: bool,
    /// The keys that wait in quarantine from earlier runs.
    pub(super) waiting: HashSet<String>,
    /// Asked between batches.
    pub(super) stop: StopSignal,
}

/// How a task ended.
pub(super) struct Ended {
    pub(super) counts: TaskCounts,
    pub(super) findings: Findings,
    /// What a person should know of it besides rejected rows.
    pub(super) note: Option<String>,
    pub(super) planned: Vec<Planned>,
}

/// Reads and compiles a task's query and filter without running anything.
pub(in crate::project) fn prepare<'p>(
    engine: &Engine,
    project: &Project,
    leg: Leg<'p>,
) -> Result<Prepared<'p>, Failure> {
    if let Some(filter) = &leg.source.filter {
        let engine = engine.clone().with_value("Source", Value::Null);
        engine.compile("filter", &filter_text(filter)).map_err(Failure::of)?;
    }
    let Some(name) = leg.query else { return Ok(Prepared { leg, query: None }) };
    let text = std::fs::read(project.query_path(name))
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
    for lookup in leg.lookups {
        engine = engine.with_value(lookup.query.as_str(), Value::Null);
    }
    engine.compile(name, &text).map_err(Failure::of)?;
    Ok(Prepared { leg, query: Some((name, text)) })
}

impl Prepared<'_> {
    /// Delivers the task's rows, or finds out what delivering them would do. Answers the final counts with what was
    /// not recorded before.
    pub(super) fn run(
        &self,
        engine: &Engine,
        project: &Project,
        progress: &Arc<Progress>,
        mode: Mode,
        order: &Order<'_>,
        record: &mut Recorder<'_>,
    ) -> Result<Ended, Failure> {
        let extent = if order.reads_all {
            Extent::All
        } else {
            Extent::Since(order.scope.and_then(|scope| scope.mark.as_ref()))
        };
        let input = self.open(engine, project, progress, &extent)?;
        let store = self.store(project)?;
        let to = connection(project, &self.leg.destination.connection)?;
        let description = related::description(&*store, &self.leg, to.kind.is_file())?;
        let related = related::lookups(engine, project, &self.leg, description.as_ref())?;
        let binding = Binding {
            description: description.as_ref(),
            organization: project.organization(),
            schema: self.leg.stated_schema,
            related,
        };
        let mapper = self.mapper(&input.table, &binding)?;
        let entity = self.entity(project, &mapper, description.as_ref())?;
        let skips = matches!(self.leg.incremental, Some(Incremental::RowHash));
        let tracking = (skips || self.leg.deletes)
            .then(|| Tracking::new(order.history, order.scope, &entity, skips))
            .transpose()?;
        let rows = match self.leg.destination.write.unwrap_or_default() {
            WritePolicy::Upsert => RowPolicy::Upsert,
            WritePolicy::CreateOnly => RowPolicy::CreateOnly,
            WritePolicy::UpdateOnly => RowPolicy::UpdateOnly,
        };
        let options = WriteOptions { mode, add_columns: self.leg.schema() == SchemaPolicy::Evolve, rows };
        let target = Target { store: &*store, entity, options };
        let mut delivery = Delivery::new(&self.leg, &mapper, &input.table, target, tracking, order, progress);
        // All columns: a row that is refused is kept whole.
        let demand = Demand::all();
        let ctx = &input.ctx;
        let raised = |error| Failure::raised(&error);
        if order.stop.is_asked() {
            return Err(Failure::stopped());
        }
        let stride = fault::batch_rows().unwrap_or(STRIDE);
        let mut batches = input.table.operator().open(ctx, &demand).map_err(raised)?;
        while let Some(batch) = batches.next(ctx).map_err(raised)? {
            for start in (0..batch.len()).step_by(stride) {
                delivery.rows(ctx, &batch, start..batch.len().min(start + stride))?;
                let is_asked = order.stop.is_asked();
                if is_asked {
                    delivery.flush(ctx)?;
                }
                if mode == Mode::Write
                    && (is_asked || delivery.is_checkpoint_due())
                    && let Some((counts, findings)) = delivery.checkpoint(ctx)?
                {
                    record(counts, &findings)?;
                }
                if is_asked {
                    return Err(Failure::stopped());
                }
            }
        }
        drop(batches);
        delivery.flush(ctx)?;
        let end = input.end();
        let is_complete = order.only.is_none();
        if self.leg.deletes && is_complete {
            self.delete(&end, &mapper, &mut delivery)?;
        }
        let mut ended = delivery.finish()?;
        if is_complete {
            ended.findings.state.settles_all = end.is_whole;
            ended.findings.state.mark = end.mark;
        }
        Ok(ended)
    }

    /// Carries deletions over.
    fn delete(&self, end: &End, mapper: &Mapper, delivery: &mut Delivery<'_>) -> Result<(), Failure> {
        if let Some((table, ctx)) = &end.deleted {
            delivery.tombstones(ctx, table, &self.leg, mapper)?;
        }
        if end.is_whole { delivery.delete_gone() } else { Ok(()) }
    }

    /// The store the task writes to.
    pub(in crate::project) fn store(&self, project: &Project) -> Result<Box<dyn Destination>, Failure> {
        let connection = connection(project, &self.leg.destination.connection)?;
        system::destination(project, connection).map_err(|error| super::deliver::failed(&error))
    }

    fn mapper(&self, table: &Table, binding: &Binding<'_>) -> Result<Mapper, Failure> {
        let columns: Vec<String> = table.names().iter().map(|name| name.as_str().to_owned()).collect();
        let mapper = Mapper::new(self.leg.mappings, &columns, binding).map_err(|unknown| {
            let diagnostics = unknown.into_iter().flat_map(|field| {
                let message = format!(
                    "the mapping to {} names the source field {:?}, which the rows do not have",
                    field.destination, field.source_field
                );
                Failure::plain(MAPPING_FIELD, message, Some(field.help)).diagnostics
            });
            Failure::of(diagnostics.collect())
        })?;
        let strays: Vec<&str> = mapper.strays().collect();
        if self.leg.schema() == SchemaPolicy::Freeze && !strays.is_empty() {
            let message = format!(
                "the rows have fields that {} lacks: {}",
                self.leg.destination.entity,
                strays.join(", ")
            );
            let help = "add them to the destination or set schema: evolve; the schema is frozen";
            return Err(Failure::plain(FROZEN, message, Some(help.to_owned())));
        }
        Ok(mapper)
    }

    fn entity(
        &self,
        project: &Project,
        mapper: &Mapper,
        description: Option<&Description>,
    ) -> Result<Entity, Failure> {
        let to = self.leg.destination;
        let columns =
            mapper.destination_columns().map(|(name, kind)| Column { name: name.to_owned(), kind }).collect();
        let key = match keys::declared(project.connection_set(), to) {
            Some(key) => key.to_vec(),
            None => keys::discover(description, self.leg.mappings).map_err(|why| {
                let help = format!("add key: [COLUMN] to the destination of {}", self.leg.task);
                Failure::plain(
                    DESTINATION,
                    format!("{} has no integration key: {why}", to.entity),
                    Some(help),
                )
            })?,
        };
        Entity::new(to.entity.as_str(), columns, &key)
            .map_err(|error| Failure::plain(DESTINATION, error.to_string(), None))
    }
}
