use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::{Column, Database};
use crate::eval::Context;
use crate::table::{self, Batch, Batches, ColumnBuilder, Demand, Explanation, Operator};
use crate::value::{Error, Member, Result, Text};

/// How many rows a batch has at most; the first one has fewer.
const ROWS: usize = 4096;
const FIRST_ROWS: usize = 256;
/// How many batches may wait to be taken.
const AHEAD: usize = 2;

/// Reads a table or view.
pub(super) struct Read {
    pub(super) database: Database,
    pub(super) entity: Text,
    pub(super) columns: Arc<[Column]>,
}

impl Operator for Read {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let wanted: Vec<bool> = (0..self.columns.len()).map(|at| demand.wants(at)).collect();
        let job = Job {
            database: self.database.clone(),
            entity: self.entity.clone(),
            columns: Arc::clone(&self.columns),
            wanted,
            limit: demand.limit,
        };
        Ok(Box::new(Reading::Waiting(job)))
    }

    fn explain(&self, _ctx: &Context, _demand: &Demand) -> Result<Explanation> {
        Ok(Explanation::source(self.entity.as_str()))
    }

    fn name(&self) -> &'static str {
        "read SQLite table"
    }
}

enum Reading {
    Waiting(Job),
    Running(Receiver<Result<Batch>>),
    Ended,
}

impl Batches for Reading {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        ctx.step()?;
        loop {
            match std::mem::replace(self, Reading::Ended) {
                Reading::Waiting(job) => *self = Reading::Running(job.start()?),
                // The sender is gone when the table has no more rows.
                Reading::Running(batches) => match batches.recv() {
                    Ok(Ok(batch)) => {
                        *self = Reading::Running(batches);
                        return Ok(Some(batch));
                    }
                    Ok(Err(error)) => return Err(error),
                    Err(_) => return Ok(None),
                },
                Reading::Ended => return Ok(None),
            }
        }
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
    fn start(self) -> Result<Receiver<Result<Batch>>> {
        let (sender, receiver) = sync_channel(AHEAD);
        let thread = std::thread::Builder::new().name("sqlite reader".to_owned());
        let started = thread.spawn(move || {
            if let Err(error) = self.run(&sender) {
                let error = self.database.error(&format!("the table '{}'", self.entity), &error);
                // Nobody is there to hear it if the reading was given up.
                let _ = sender.send(Err(error));
            }
        });
        match started {
            Ok(_) => Ok(receiver),
            Err(error) => {
                Err(Error::data_source(format!("A thread to read SQLite could not be started: {error}.")))
            }
        }
    }

    fn run(&self, batches: &SyncSender<Result<Batch>>) -> rusqlite::Result<()> {
        let connection = self.database.connect()?;
        let limit = self.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let named: Vec<String> = self.wanted_columns().map(|column| quote(&column.name)).collect();
        let entity = quote(&self.entity);
        if named.is_empty() {
            let count = format!("SELECT count(*) FROM (SELECT 1 FROM {entity} LIMIT ?1)");
            let rows: i64 = connection.query_row(&count, [limit], |row| row.get(0))?;
            let rows = usize::try_from(rows).unwrap_or(0);
            if rows > 0 {
                // Nobody hears it if the reading was given up.
                let _ = batches.send(Ok(self.batch(Vec::new(), rows)));
            }
            return Ok(());
        }
        let mut statement =
            connection.prepare(&format!("SELECT {} FROM {entity} LIMIT ?1", named.join(", ")))?;
        let mut rows = statement.query([limit])?;
        let mut size = FIRST_ROWS;
        let mut builders = self.builders(size);
        let mut count = 0;
        while let Some(row) = rows.next()? {
            for (at, (builder, column)) in builders.iter_mut().zip(self.wanted_columns()).enumerate() {
                builder.push(Member::Ready(column.declared.value(row.get_ref(at)?)));
            }
            count += 1;
            if count == size {
                size = ROWS;
                let full = std::mem::replace(&mut builders, self.builders(size));
                if batches.send(Ok(self.batch(full, count))).is_err() {
                    return Ok(());
                }
                count = 0;
            }
        }
        if count > 0 {
            let _ = batches.send(Ok(self.batch(builders, count)));
        }
        Ok(())
    }

    fn wanted_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().zip(&self.wanted).filter(|(_, wanted)| **wanted).map(|(column, _)| column)
    }

    fn builders(&self, size: usize) -> Vec<ColumnBuilder> {
        self.wanted_columns().map(|_| ColumnBuilder::with_capacity(size)).collect()
    }

    /// A batch of the columns that were read, in their places.
    fn batch(&self, read: Vec<ColumnBuilder>, rows: usize) -> Batch {
        let mut read = read.into_iter().map(ColumnBuilder::finish);
        let columns = self
            .wanted
            .iter()
            .map(|wanted| if *wanted { read.next() } else { None })
            .map(|column| Arc::new(column.unwrap_or_else(|| table::Column::unread(rows))))
            .collect();
        Batch::new(columns, rows)
    }
}

/// A name as SQL writes it.
fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
