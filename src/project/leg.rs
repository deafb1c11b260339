//! Tasks taken apart into their hops.

use super::model::{
    DestinationEntity, FieldMapping, Hop, Incremental, Lookup, SchemaPolicy, SourceEntity, Task,
};

/// One hop of a task: rows from one entity to one other.
#[derive(Clone, Debug)]
pub struct Leg<'p> {
    /// The task's name.
    pub task: &'p str,
    /// Which hop it is, from 1.
    pub hop: usize,
    /// How many hops the task has.
    pub hops: usize,
    /// Where its rows come from.
    pub source: SourceEntity,
    /// The file of the Advanced Query.
    pub query: Option<&'p str>,
    /// Other entities the query may use.
    pub lookups: &'p [Lookup],
    /// Which field goes where.
    pub mappings: &'p [FieldMapping],
    /// Where its rows go.
    pub destination: &'p DestinationEntity,
    /// Which rows a run needs to look at.
    pub incremental: Option<&'p Incremental>,
    /// Whether deletions are carried over.
    pub deletes: bool,
    /// What happens where rows no longer fit the destination, if the task says so.
    pub stated_schema: Option<SchemaPolicy>,
}

impl Leg<'_> {
    /// What happens where rows no longer fit the destination.
    pub fn schema(&self) -> SchemaPolicy {
        self.stated_schema.unwrap_or_default()
    }

    /// The task's name, and the hop if there are two.
    pub fn label(&self) -> String {
        label(self.task, self.hop, self.hops)
    }
}

/// A task's name, and the hop if there are several.
pub fn label(task: &str, hop: usize, hops: usize) -> String {
    if hops > 1 { format!("{task} (hop {hop} of {hops})") } else { task.to_owned() }
}

/// The hops of a task in the order of running.
pub(super) fn legs(task: &Task) -> impl Iterator<Item = Leg<'_>> {
    let first = Leg {
        task: &task.name,
        hop: 1,
        hops: 1 + usize::from(task.second_hop.is_some()),
        source: task.source.clone(),
        query: task.query.as_deref(),
        lookups: &task.lookups,
        mappings: &task.mappings,
        destination: &task.destination,
        incremental: task.incremental.as_ref(),
        deletes: task.deletes,
        stated_schema: task.schema,
    };
    let second = |hop| second(task, hop);
    std::iter::once(first).chain(task.second_hop.as_ref().map(second))
}

fn second<'p>(task: &'p Task, hop: &'p Hop) -> Leg<'p> {
    let hub = &task.destination;
    Leg {
        task: &task.name,
        hop: 2,
        hops: 2,
        source: SourceEntity { connection: hub.connection.clone(), entity: hub.entity.clone(), filter: None },
        query: hop.query.as_deref(),
        lookups: &hop.lookups,
        mappings: &hop.mappings,
        destination: &hop.destination,
        incremental: hop.incremental.as_ref(),
        deletes: hop.deletes,
        stated_schema: hop.schema,
    }
}
