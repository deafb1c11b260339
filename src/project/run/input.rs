//! What a task reads: its source as an incremental run sees it, the Advanced Query over it, related fields.

use std::rc::Rc;
use std::sync::Arc;

use super::count::counted;
use super::failure::{Failure, QUERY_NO_TABLE, SOURCE};
use super::progress::Progress;
use super::related;
use super::task::Prepared;
use super::watermark::{Bounds, Watermark};
use crate::Engine;
use crate::eval::Context;
use crate::project::Project;
use crate::project::check::SOURCE_QUERY;
use crate::project::history::Mark;
use crate::project::leg::Leg;
use crate::project::model::{Connection, Incremental};
use crate::project::problem::suggest;
use crate::project::system::{self, ChangesEnd, Opened, Reading, Scope};
use crate::table::Table;
use crate::value::Value;

/// The table of rows to map, and how the next run goes on from it.
pub(in crate::project) struct Input {
    pub(in crate::project) table: Arc<Table>,
    pub(in crate::project) ctx: Rc<Context>,
    next: Next,
    _opened: Vec<Opened>,
}

/// What was deleted, as a table of the source's keys, and the evaluation it belongs to.
pub(super) type Deleted = (Arc<Table>, Rc<Context>);

/// How the next run goes on.
enum Next {
    Anew,
    Watermark {
        watermark: Arc<Watermark>,
        /// Whether there was no mark yet.
        is_first: bool,
    },
    Changes {
        end: Box<dyn Fn() -> Option<ChangesEnd>>,
        ctx: Rc<Context>,
    },
}

/// What is known of a source once all its rows were read.
pub(super) struct End {
    /// Whether the rows were all there are.
    pub(super) is_whole: bool,
    /// What was deleted in a source that tracks changes.
    pub(super) deleted: Option<Deleted>,
    /// Where the next run goes on.
    pub(super) mark: Option<Mark>,
}

impl Input {
    /// What is known once all rows were read.
    pub(super) fn end(&self) -> End {
        match &self.next {
            Next::Anew => End { is_whole: true, deleted: None, mark: None },
            Next::Watermark { watermark, is_first } => {
                End { is_whole: *is_first, deleted: None, mark: watermark.next().map(Mark::Watermark) }
            }
            Next::Changes { end, ctx } => match end() {
                // A query that does not read its source to the end knows of no next time.
                None => End { is_whole: false, deleted: None, mark: None },
                Some(end) => End {
                    is_whole: end.is_full,
                    deleted: end.deleted.map(|table| (table, Rc::clone(ctx))),
                    mark: Some(Mark::Token(end.next)),
                },
            },
        }
    }
}

/// How far the source is read.
pub(in crate::project) enum Extent<'m> {
    /// For the columns of the rows only.
    Shape,
    /// All rows that a run needs, from where the last one came to.
    Since(Option<&'m Mark>),
    /// All rows, and no mark for the next run.
    All,
}

impl Prepared<'_> {
    /// Opens the table of rows to map: what the Advanced Query gives, or the source as it is.
    pub(in crate::project) fn open(
        &self,
        engine: &Engine,
        project: &Project,
        progress: &Arc<Progress>,
        extent: &Extent<'_>,
    ) -> Result<Input, Failure> {
        let mut engine = engine.clone();
        let mut opened = Vec::new();
        let reading = if matches!(extent, Extent::Shape) { Reading::Shape } else { Reading::Streamed };
        for lookup in self.leg.lookups {
            let connection = connection(project, &lookup.connection)?;
            // An open reading would keep the destination from writing if it is the same file.
            let reading = match reading {
                Reading::Streamed if project.writes_database(connection) || !connection.kind.is_file() => {
                    Reading::Whole
                }
                other => other,
            };
            let found = open_entity(&engine, project, connection, &lookup.entity, reading)?;
            engine = engine.with_value(lookup.query.as_str(), Value::Table(Arc::clone(&found.table)));
            opened.push(found);
        }
        let mut input = self.source(&engine, project, progress, extent, reading)?;
        let source = match &self.leg.source.filter {
            None => Arc::clone(&input.table),
            Some(filter) => {
                let engine = engine.clone().with_value("Source", Value::Table(Arc::clone(&input.table)));
                let (table, ctx) = evaluate(&engine, "filter", &filter_text(filter))?;
                opened.push(Opened { table: Arc::clone(&table), rows: None, ctx });
                table
            }
        };
        engine = engine.with_value(SOURCE_QUERY, Value::Table(Arc::clone(&source)));
        let (name, text) = match &self.query {
            Some((name, text)) => (*name, text.as_str()),
            None => (SOURCE_QUERY, SOURCE_QUERY),
        };
        let (table, ctx) = evaluate(&engine, name, text)?;
        opened.extend(std::mem::take(&mut input._opened));
        (input.table, input.ctx) =
            related::expand(&engine, project, &self.leg, table, ctx, &mut opened, reading)?;
        input._opened = opened;
        Ok(input)
    }

    /// The source, from where the last run came to.
    fn source(
        &self,
        engine: &Engine,
        project: &Project,
        progress: &Arc<Progress>,
        extent: &Extent<'_>,
        reading: Reading,
    ) -> Result<Input, Failure> {
        let from = &self.leg.source;
        let connection = connection(project, &from.connection)?;
        let mut next = Next::Anew;
        if let (Extent::Since(mark), Some(Incremental::ChangeTracking)) = (extent, self.leg.incremental) {
            let token = match mark {
                Some(Mark::Token(token)) => Some(token.as_str()),
                _ => None,
            };
            let scope = Scope { engine, project, connection };
            let changes = system::source(connection.kind)
                .changes(&scope, &from.entity, token)
                .map_err(|error| Failure::source(&from.entity, &connection.name, &error))?;
            if let Some(changes) = changes {
                let next = Next::Changes { end: changes.end, ctx: Rc::clone(&changes.rows.ctx) };
                return Ok(input(changes.rows, progress, next));
            }
        }
        let mut found = open_entity(engine, project, connection, &from.entity, reading)?;
        if let (Extent::Since(mark), Some(Incremental::Watermark { columns })) =
            (extent, self.leg.incremental)
        {
            let bounds = match mark {
                Some(Mark::Watermark(bounds)) => bounds.clone(),
                _ => Bounds::new(),
            };
            let watermark = Watermark::new(positions(&found.table, columns, &self.leg)?, bounds);
            let is_first = mark.is_none();
            found.table = Arc::new(watermark.after(&found.table));
            found.rows = found.rows.filter(|_| is_first);
            next = Next::Watermark { watermark, is_first };
        }
        Ok(input(found, progress, next))
    }
}

fn input(found: Opened, progress: &Arc<Progress>, next: Next) -> Input {
    if let Some(rows) = found.rows {
        progress.expect(rows);
    }
    let table = Arc::new(counted(&found.table, progress));
    Input { table, ctx: found.ctx.clone(), next, _opened: vec![found] }
}

/// The M text of a source filter over the table `Source`.
pub(super) fn filter_text(filter: &str) -> String {
    // On a line of its own, so that a comment at its end does not swallow the parenthesis.
    format!("Table.SelectRows(Source, each\n{filter}\n)")
}

fn positions(table: &Table, columns: &[String], leg: &Leg<'_>) -> Result<Vec<usize>, Failure> {
    let position = |name: &String| {
        table.position(name).ok_or_else(|| {
            let message = format!("the watermark names {name:?}, which {} does not have", leg.source.entity);
            let help = suggest(name, table.names().iter().map(|name| name.as_str()));
            Failure::plain(SOURCE, message, Some(help))
        })
    };
    columns.iter().map(position).collect()
}

/// A table that M text gives.
pub(super) fn evaluate(
    engine: &Engine,
    name: &str,
    text: &str,
) -> Result<(Arc<Table>, Rc<Context>), Failure> {
    let query = engine.compile(name, text).map_err(Failure::of)?;
    let ctx = query.start();
    match query.evaluate(&ctx).map_err(|error| Failure::raised(&error))?.plain() {
        Value::Table(table) => Ok((table, Rc::new(ctx))),
        other => Err(Failure::plain(
            QUERY_NO_TABLE,
            format!("the value of the query {name} is a {}, not a table", other.kind().name()),
            Some("the query's last step must give the table to map".to_owned()),
        )),
    }
}

pub(super) fn open_entity(
    engine: &Engine,
    project: &Project,
    connection: &Connection,
    entity: &str,
    reading: Reading,
) -> Result<Opened, Failure> {
    let scope = Scope { engine, project, connection };
    let opened = system::source(connection.kind).open(&scope, entity, reading);
    opened.map_err(|error| Failure::source(entity, &connection.name, &error))
}

pub(super) fn connection<'p>(project: &'p Project, name: &str) -> Result<&'p Connection, Failure> {
    // Loading checked the names.
    project
        .connection(name)
        .ok_or_else(|| Failure::plain(SOURCE, format!("there is no connection {name:?}"), None))
}
