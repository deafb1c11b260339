use std::sync::Arc;

use super::{Column, Database};
use crate::eval::Context;
use crate::sources::ahead::{Ahead, Batcher};
use crate::table::{Batches, Demand, Operator};
use crate::value::{Member, Result, Text};

/// Reads a table or view.
pub(super) struct Read {
    pub(super) database: Database,
    pub(super) entity: Text,
    pub(super) columns: Arc<[Column]>,
}

impl Operator for Read {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let job = Job {
            database: self.database.clone(),
            entity: self.entity.clone(),
            columns: Arc::clone(&self.columns),
            wanted: (0..self.columns.len()).map(|at| demand.wants(at)).collect(),
            limit: demand.limit,
        };
        Ok(Box::new(Ahead::new("sqlite reader", move |sender| {
            let batcher = Batcher::new(job.wanted.clone(), sender);
            job.run(batcher)
                .map_err(|error| job.database.error(&format!("the table '{}'", job.entity), &error))
        })))
    }

    fn name(&self) -> &'static str {
        "read SQLite table"
    }
}

/// What the thread does.
struct Job {
    database: Database,
    entity: Text,
    columns: Arc<[Column]>,
    wanted: Vec<bool>,
    limit: Option<usize>,
}

impl Job {
    fn run(&self, mut batcher: Batcher<'_>) -> rusqlite::Result<()> {
        let connection = self.database.connect()?;
        let limit = self.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let named: Vec<String> = self.wanted_columns().map(|column| quote(&column.name)).collect();
        let entity = quote(&self.entity);
        if named.is_empty() {
            let count = format!("SELECT count(*) FROM (SELECT 1 FROM {entity} LIMIT ?1)");
            let rows: i64 = connection.query_row(&count, [limit], |row| row.get(0))?;
            batcher.count(usize::try_from(rows).unwrap_or(0));
            return Ok(());
        }
        let mut statement =
            connection.prepare(&format!("SELECT {} FROM {entity} LIMIT ?1", named.join(", ")))?;
        let mut rows = statement.query([limit])?;
        while let Some(row) = rows.next()? {
            for (at, column) in self.wanted_columns().enumerate() {
                batcher.push(at, Member::Ready(column.declared.value(row.get_ref(at)?)));
            }
            if !batcher.row() {
                return Ok(());
            }
        }
        batcher.finish();
        Ok(())
    }

    fn wanted_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().zip(&self.wanted).filter(|(_, wanted)| **wanted).map(|(column, _)| column)
    }
}

/// A name as SQL writes it.
fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
