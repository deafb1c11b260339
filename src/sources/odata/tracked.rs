//! What changed in an entity set, as a table that is read from the service page by page.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::EntityType;
use super::changes::{Change, Changes, ChangesError, key_of};
use super::feed::entity_properties;
use super::service::Service;
use crate::eval::Context;
use crate::sources::web::failed;
use crate::table::{Batch, Batches, Column, Demand, Operator, Table, from_columns};
use crate::value::{Member, Result, Shape, Text, Value};

/// Follows the readings of one table of changes.
pub struct Tracked {
    ty: Arc<EntityType>,
    started: AtomicU64,
    /// Of the readings that came to their end the one that started first: what changed meanwhile comes again.
    ended: Mutex<Option<(u64, Arc<ReadingEnd>)>>,
}

/// What a reading of changes has come to.
#[derive(Debug)]
pub struct ReadingEnd {
    /// Whether these were all rows there are: there was no link to go on from, or it was too old.
    pub is_full: bool,
    /// The ids of entities that are gone. The reader may never have seen them.
    pub gone: Vec<String>,
    /// Where the next reading goes on.
    pub link: String,
}

impl Tracked {
    /// What the table's reading has come to; none before one has come to its end.
    pub fn end(&self) -> Option<Arc<ReadingEnd>> {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.as_ref().map(|(_, end)| Arc::clone(end))
    }

    /// The keys of the entities that are gone, as a table with the columns of the key. Ids that name no key of the
    /// entity are left out.
    pub fn gone(&self, end: &ReadingEnd) -> Table {
        let keys: Vec<Vec<Value>> = end.gone.iter().filter_map(|id| key_of(&self.ty, id)).collect();
        let column = |at: usize| {
            let value = |key: &Vec<Value>| Member::Ready(key.get(at).cloned().unwrap_or(Value::Null));
            Column::any(keys.iter().map(value).collect())
        };
        let columns = (0..self.ty.key.len()).map(column).collect();
        let shape = Arc::new(Shape::new(self.ty.key.iter().map(|name| Text::new(name))));
        from_columns(shape, columns, keys.len())
    }

    fn note(&self, number: u64, end: ReadingEnd) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.as_ref().is_none_or(|(known, _)| number < *known) {
            *ended = Some((number, Arc::new(end)));
        }
    }
}

/// The rows of an entity set that are new or changed since the link of an earlier reading, or all of them; with what
/// tells, once they were read, which are gone and how to go on. A link that is too old gives all rows.
///
/// # Errors
/// The service has no such set.
pub fn tracked_changes(
    service: &Arc<Service>,
    set: &str,
    since: Option<&str>,
) -> Result<(Table, Arc<Tracked>)> {
    let table = entity_properties(service, set)?;
    let ty = service.model.container(set).and_then(|container| service.model.ty(&container.ty));
    let tracked = Arc::new(Tracked {
        ty: ty.cloned().unwrap_or_default(),
        started: AtomicU64::new(0),
        ended: Mutex::new(None),
    });
    let operator = ChangesOf {
        service: Arc::clone(service),
        set: set.to_owned(),
        columns: table.names().iter().map(|name| name.as_str().to_owned()).collect(),
        since: since.map(str::to_owned),
        tracked: Arc::clone(&tracked),
    };
    let changes = Table::new(Arc::clone(table.shape()), table.types().to_vec(), Arc::new(operator));
    Ok((changes.with_keys(table.keys().to_vec()), tracked))
}

#[derive(Clone)]
struct ChangesOf {
    service: Arc<Service>,
    set: String,
    columns: Vec<String>,
    since: Option<String>,
    tracked: Arc<Tracked>,
}

impl ChangesOf {
    fn changes(&self, since: Option<&str>) -> Result<Changes> {
        Changes::open(&self.service, &self.set, self.columns.clone(), since)
    }
}

impl Operator for ChangesOf {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        Ok(Box::new(ChangeBatches {
            number: self.tracked.started.fetch_add(1, Ordering::Relaxed),
            changes: self.changes(self.since.as_deref())?,
            is_full: self.since.is_none(),
            gone: Vec::new(),
            left: demand.limit.unwrap_or(usize::MAX),
            of: self.clone(),
        }))
    }

    fn name(&self) -> &'static str {
        "OData changes"
    }
}

struct ChangeBatches {
    of: ChangesOf,
    number: u64,
    changes: Changes,
    is_full: bool,
    gone: Vec<String>,
    left: usize,
}

impl Batches for ChangeBatches {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        while self.left > 0 {
            let page = match self.changes.next(ctx) {
                Ok(Some(page)) => page,
                Ok(None) => {
                    let link = self.changes.link().unwrap_or_default().to_owned();
                    let gone = std::mem::take(&mut self.gone);
                    self.of.tracked.note(self.number, ReadingEnd { is_full: self.is_full, gone, link });
                    return Ok(None);
                }
                // Rows may have been missed since: everything again.
                Err(ChangesError::Expired(_)) if !self.is_full => {
                    self.changes = self.of.changes(None)?;
                    self.is_full = true;
                    self.gone.clear();
                    continue;
                }
                Err(ChangesError::Expired(message) | ChangesError::NotTracked(message)) => {
                    let url = format!("{}{}", self.of.service.root, self.of.set);
                    return Err(failed("OData", &url, &format!("OData: {message}")));
                }
                Err(ChangesError::Failed(error)) => return Err(error),
            };
            let mut columns: Vec<Vec<Member>> = vec![Vec::with_capacity(page.len()); self.of.columns.len()];
            let mut rows = 0;
            for change in page {
                ctx.step()?;
                match change {
                    Change::Present(members) => {
                        rows += 1;
                        for (column, member) in columns.iter_mut().zip(members) {
                            column.push(member);
                        }
                    }
                    Change::Gone { id, .. } => self.gone.push(id),
                }
            }
            if rows > 0 {
                self.left = self.left.saturating_sub(rows);
                let columns = columns.into_iter().map(|members| Arc::new(members.into_iter().collect()));
                return Ok(Some(Batch::new(columns.collect(), rows)));
            }
        }
        Ok(None)
    }
}
