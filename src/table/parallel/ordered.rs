use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::pipeline::{Outcome, Piece, Source, Stages};
use super::{Batch, Pipeline};
use crate::eval::{Context, Evaluation};
use crate::value::{Error, Result};

/// How many pieces are read before other threads are called: short readings are over by then.
pub(super) const ALONE: u64 = 3;
/// How many pieces each thread may be ahead of the reader.
const AHEAD: u64 = 3;

/// What `make` gives for the batches of a pipeline, in their order; on as many threads as the evaluation may use.
pub fn map<T: Send + 'static>(
    pipeline: Pipeline,
    make: impl Fn(&Context, Batch) -> T + Send + Sync + 'static,
) -> Ordered<T> {
    let threads = pipeline.threads;
    let shared = Shared {
        source: Mutex::new(Pulling { source: pipeline.source, ended: false }),
        stages: pipeline.stages,
        make: Box::new(make),
        made: Mutex::new(Made {
            waiting: VecDeque::new(),
            first: 0,
            next: 0,
            end: None,
            stopped: false,
            panicked: false,
        }),
        ready: Condvar::new(),
        room: Condvar::new(),
        window: threads as u64 * AHEAD + 1,
    };
    Ordered { shared: Arc::new(shared), threads, workers: Vec::new(), after: None, ended: false }
}

/// One reading of a pipeline: what was made of its batches.
pub struct Ordered<T: Send + 'static> {
    shared: Arc<Shared<T>>,
    threads: usize,
    workers: Vec<JoinHandle<()>>,
    /// The error that comes next.
    after: Option<Error>,
    ended: bool,
}

/// What a reader wants of each batch.
type Make<T> = dyn Fn(&Context, Batch) -> T + Send + Sync;

struct Shared<T> {
    source: Mutex<Pulling>,
    stages: Stages,
    make: Box<Make<T>>,
    made: Mutex<Made<T>>,
    /// The first of what is waited for is there, or nothing more will come.
    ready: Condvar,
    /// Another piece may be taken.
    room: Condvar,
    /// How many pieces may be on their way.
    window: u64,
}

struct Pulling {
    source: Source,
    ended: bool,
}

struct Made<T> {
    /// What was made of the pieces from `first` on; `None` while a thread works on it.
    waiting: VecDeque<Option<Item<T>>>,
    first: u64,
    /// The number of the next piece. It changes only while the source is locked.
    next: u64,
    /// The number of pieces, once it is known.
    end: Option<u64>,
    /// Nobody will read on.
    stopped: bool,
    panicked: bool,
}

struct Item<T> {
    made: Option<T>,
    failed: Option<Error>,
}

/// What came of trying to take a piece and work on it.
enum Turn {
    Worked,
    /// No piece is left.
    Over,
    /// Enough are on their way, or nobody will read on.
    Busy,
}

impl<T: Send + 'static> Ordered<T> {
    /// What was made of the next batch that has rows.
    ///
    /// # Errors
    /// The error of the enumeration that stands there; nothing follows it.
    pub fn next(&mut self, ctx: &Context) -> Result<Option<T>> {
        loop {
            if let Some(error) = self.after.take() {
                self.end();
                return Err(error);
            }
            if self.ended {
                return Ok(None);
            }
            let Some(item) = self.next_item(ctx)? else {
                self.end();
                return Ok(None);
            };
            self.after = item.failed;
            if let Some(made) = item.made {
                return Ok(Some(made));
            }
        }
    }

    fn next_item(&mut self, ctx: &Context) -> Result<Option<Item<T>>> {
        loop {
            ctx.step()?;
            if let Some(found) = self.shared.made().take() {
                self.shared.room.notify_one();
                return Ok(Some(found));
            }
            let taken = match ctx.alone(|| self.shared.turn(ctx, false)) {
                Turn::Worked => {
                    self.call_workers(ctx);
                    continue;
                }
                turn => turn,
            };
            let mut made = self.shared.made();
            while !made.is_ready() {
                if matches!(taken, Turn::Over) && made.end.is_none_or(|end| made.first >= end) {
                    return Ok(None);
                }
                made = self.shared.ready.wait(made).unwrap_or_else(PoisonError::into_inner);
            }
            if made.panicked {
                drop(made);
                self.end();
            } else if made.end == Some(made.first) {
                return Ok(None);
            }
        }
    }

    /// Starts the other threads, once the reading turns out to be a long one.
    fn call_workers(&mut self, ctx: &Context) {
        if self.threads < 2 || !self.workers.is_empty() || self.shared.made().next < ALONE {
            return;
        }
        for _ in 1..self.threads {
            let (shared, evaluation) = (Arc::clone(&self.shared), Arc::clone(ctx.evaluation()));
            let worker = std::thread::Builder::new().name("pqm worker".into());
            match worker.spawn(move || work(&shared, evaluation)) {
                Ok(worker) => self.workers.push(worker),
                // The system gives no more threads: those there are do the work.
                Err(_) => self.threads = 1,
            }
        }
    }

    /// Sends the other threads home.
    fn end(&mut self) {
        self.ended = true;
        self.shared.made().stopped = true;
        self.shared.room.notify_all();
        for worker in self.workers.drain(..) {
            if let Err(panic) = worker.join()
                && !std::thread::panicking()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

impl<T: Send + 'static> Drop for Ordered<T> {
    fn drop(&mut self) {
        self.end();
    }
}

fn work<T: Send>(shared: &Shared<T>, evaluation: Arc<Evaluation>) {
    /// Says that the thread will make no more, whyever it ends.
    struct Leaving<'s, T>(&'s Shared<T>);
    impl<T> Drop for Leaving<'_, T> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                self.0.made().panicked = true;
                self.0.ready.notify_all();
            }
        }
    }
    let leaving = Leaving(shared);
    let ctx = Context::new(evaluation);
    ctx.alone(|| while matches!(leaving.0.turn(&ctx, true), Turn::Worked) {});
}

impl<T> Shared<T> {
    fn source(&self) -> MutexGuard<'_, Pulling> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn made(&self) -> MutexGuard<'_, Made<T>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a piece and works on it. A thread that may `wait` does so until there is room for one. Each waits while
    /// another takes one: that is short, and whoever waited for a piece to be made instead would have nothing to do
    /// meanwhile.
    fn turn(&self, ctx: &Context, wait: bool) -> Turn {
        let (mut pulling, number) = loop {
            // Waiting for room with the source locked would keep the reader, who makes room, from coming back here.
            if !self.has_room(wait) {
                return Turn::Busy;
            }
            let pulling = self.source();
            if let Some(number) = self.number() {
                break (pulling, number);
            }
        };
        if pulling.ended {
            return Turn::Over;
        }
        match pulling.source.next(ctx) {
            Ok(Some(piece)) => {
                self.made().next = number + 1;
                drop(pulling);
                let item = self.make(ctx, piece);
                self.deliver(number, item);
                Turn::Worked
            }
            Ok(None) => {
                pulling.ended = true;
                self.made().end_at(number);
                self.ready.notify_all();
                Turn::Over
            }
            Err(error) => {
                pulling.ended = true;
                self.deliver(number, Item { made: None, failed: Some(error) });
                Turn::Worked
            }
        }
    }

    /// Whether a piece may be taken: not when many are on their way, nor when nobody will read on.
    fn has_room(&self, wait: bool) -> bool {
        let mut made = self.made();
        loop {
            if made.stopped {
                return false;
            }
            if made.next < made.first + self.window {
                return true;
            }
            if !wait {
                return false;
            }
            made = self.room.wait(made).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The number of the piece to take now, if there is room for it still.
    fn number(&self) -> Option<u64> {
        let made = self.made();
        (!made.stopped && made.next < made.first + self.window).then_some(made.next)
    }

    fn make(&self, ctx: &Context, piece: Piece) -> Item<T> {
        let Outcome { batch, failed } = self.stages.run(ctx, piece);
        Item { made: batch.map(|batch| (self.make)(ctx, batch)), failed }
    }

    fn deliver(&self, number: u64, item: Item<T>) {
        let mut made = self.made();
        if item.failed.is_some() {
            // What comes after an error is never asked for.
            made.end_at(number + 1);
        }
        let place = (number - made.first) as usize;
        while made.waiting.len() <= place {
            made.waiting.push_back(None);
        }
        if let Some(slot) = made.waiting.get_mut(place) {
            *slot = Some(item);
        }
        drop(made);
        self.ready.notify_all();
    }
}

impl<T> Made<T> {
    fn take(&mut self) -> Option<Item<T>> {
        if !matches!(self.waiting.front(), Some(Some(_))) {
            return None;
        }
        self.first += 1;
        self.waiting.pop_front().flatten()
    }

    fn is_ready(&self) -> bool {
        matches!(self.waiting.front(), Some(Some(_))) || self.end == Some(self.first) || self.panicked
    }

    fn end_at(&mut self, number: u64) {
        self.end = Some(self.end.map_or(number, |end| end.min(number)));
    }
}
