//! Readings on a thread of their own, a few batches ahead of whoever takes them.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::eval::Context;
use crate::table::{self, Batch, Batches, ColumnBuilder};
use crate::value::{Error, Member, Result};

/// How many rows a batch has at most; the first one has fewer.
const ROWS: usize = 4096;
const FIRST_ROWS: usize = 256;
/// How many batches may wait to be taken.
const AHEAD: usize = 2;

/// Where the thread puts its batches.
pub(super) type Sender = SyncSender<Result<Batch>>;
type Job = Box<dyn FnOnce(&Sender) -> Result<()> + Send>;

/// A reading that starts its thread with the first batch that is asked for.
pub(super) enum Ahead {
    /// Not started.
    Waiting(&'static str, Job),
    /// The thread is at work.
    Running(Receiver<Result<Batch>>),
    /// There is no more.
    Ended,
}

impl Ahead {
    /// A reading whose thread has this name and does this. An error of the job comes after the batches it sent.
    pub(super) fn new(name: &'static str, job: impl FnOnce(&Sender) -> Result<()> + Send + 'static) -> Ahead {
        Ahead::Waiting(name, Box::new(job))
    }
}

impl Batches for Ahead {
    fn next(&mut self, ctx: &Context) -> Result<Option<Batch>> {
        ctx.step()?;
        loop {
            match std::mem::replace(self, Ahead::Ended) {
                Ahead::Waiting(name, job) => *self = Ahead::Running(start(name, job)?),
                // The sender is gone when there are no more rows.
                Ahead::Running(batches) => match batches.recv() {
                    Ok(Ok(batch)) => {
                        *self = Ahead::Running(batches);
                        return Ok(Some(batch));
                    }
                    Ok(Err(error)) => return Err(error),
                    Err(_) => return Ok(None),
                },
                Ahead::Ended => return Ok(None),
            }
        }
    }
}

fn start(name: &'static str, job: Job) -> Result<Receiver<Result<Batch>>> {
    let (sender, receiver) = sync_channel(AHEAD);
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        if let Err(error) = job(&sender) {
            // Nobody is there to hear it if the reading was given up.
            let _ = sender.send(Err(error));
        }
    });
    match started {
        Ok(_) => Ok(receiver),
        Err(error) => {
            Err(Error::data_source(format!("A thread to read the database could not be started: {error}.")))
        }
    }
}

/// Makes batches of the cells of the columns that are wanted, and sends them.
pub(super) struct Batcher<'s> {
    wanted: Vec<bool>,
    sender: &'s Sender,
    builders: Vec<ColumnBuilder>,
    size: usize,
    rows: usize,
}

impl<'s> Batcher<'s> {
    pub(super) fn new(wanted: Vec<bool>, sender: &'s Sender) -> Batcher<'s> {
        let builders = builders(&wanted, FIRST_ROWS);
        Batcher { wanted, sender, builders, size: FIRST_ROWS, rows: 0 }
    }

    /// Adds a cell of the wanted column at this place.
    pub(super) fn push(&mut self, at: usize, cell: Member) {
        if let Some(builder) = self.builders.get_mut(at) {
            builder.push(cell);
        }
    }

    /// Ends a row. Answers whether there is still somebody to take rows.
    pub(super) fn row(&mut self) -> bool {
        self.rows += 1;
        if self.rows < self.size {
            return true;
        }
        self.size = ROWS;
        let full = std::mem::replace(&mut self.builders, builders(&self.wanted, ROWS));
        let rows = std::mem::take(&mut self.rows);
        self.send(full, rows)
    }

    /// Sends the last rows.
    pub(super) fn finish(mut self) {
        let last = std::mem::take(&mut self.builders);
        if self.rows > 0 {
            self.send(last, self.rows);
        }
    }

    /// Sends so many rows of which no column is wanted.
    pub(super) fn count(&self, rows: usize) {
        if rows > 0 {
            self.send(Vec::new(), rows);
        }
    }

    /// A batch of the columns that were read, in their places.
    fn send(&self, read: Vec<ColumnBuilder>, rows: usize) -> bool {
        let mut read = read.into_iter().map(ColumnBuilder::finish);
        let columns = self
            .wanted
            .iter()
            .map(|wanted| if *wanted { read.next() } else { None })
            .map(|column| Arc::new(column.unwrap_or_else(|| table::Column::unread(rows))))
            .collect();
        self.sender.send(Ok(Batch::new(columns, rows))).is_ok()
    }
}

fn builders(wanted: &[bool], size: usize) -> Vec<ColumnBuilder> {
    wanted.iter().filter(|wanted| **wanted).map(|_| ColumnBuilder::with_capacity(size)).collect()
}
