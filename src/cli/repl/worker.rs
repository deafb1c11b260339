//! The thread that evaluates while the other one reads keys.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use pqm::eval::CancelToken;

/// Stack of the thread, in bytes: as much as other commands evaluate with.
const STACK: usize = 16 * 1024 * 1024;
/// After this long a person is told how to stop an evaluation.
const PATIENCE: Duration = Duration::from_secs(2);

/// What came of a piece of work: the text to show, and whether it went well.
pub struct Done {
    pub text: String,
    pub well: bool,
}

/// A piece of work.
type Work = Box<dyn FnOnce(&Running) -> Done + Send>;

/// Shows text, wherever the cursor is.
pub type Print = Box<dyn FnMut(String) + Send>;

/// Takes work and does it in order.
pub struct Worker {
    sender: mpsc::Sender<(u64, Work)>,
    state: Arc<State>,
}

struct State {
    inner: Mutex<Inner>,
    changed: Condvar,
    print: Mutex<Print>,
}

#[derive(Default)]
struct Inner {
    /// Number of the last work taken, and of the last one done.
    taken: u64,
    done: u64,
    /// Work up to this number was cancelled.
    cancelled: u64,
    /// What stops the work that runs.
    current: Option<CancelToken>,
    failed: bool,
}

/// The work that runs, as it sees itself.
pub struct Running {
    number: u64,
    state: Arc<State>,
}

impl Running {
    /// Says what stops the evaluation that begins now.
    pub fn stops_by(&self, token: CancelToken) {
        let mut inner = self.state.inner();
        if inner.cancelled >= self.number {
            token.cancel();
        }
        inner.current = Some(token);
    }
}

impl State {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn print(&self, text: String) {
        if !text.is_empty() {
            (self.print.lock().unwrap_or_else(PoisonError::into_inner))(text);
        }
    }
}

impl Worker {
    /// Starts the thread; what comes of the work is shown by `print`.
    pub fn start(print: Print) -> std::io::Result<Worker> {
        let state =
            Arc::new(State { inner: Mutex::default(), changed: Condvar::new(), print: Mutex::new(print) });
        let (sender, receiver) = mpsc::channel::<(u64, Work)>();
        let own = Arc::clone(&state);
        std::thread::Builder::new().name("evaluation".to_owned()).stack_size(STACK).spawn(move || {
            for (number, work) in receiver {
                let running = Running { number, state: Arc::clone(&own) };
                let cancelled = own.inner().cancelled >= number;
                let done = match cancelled {
                    true => Done { text: "Interrupted.\n".to_owned(), well: false },
                    false => work(&running),
                };
                own.print(done.text);
                let mut inner = own.inner();
                inner.done = number;
                inner.current = None;
                inner.failed |= !done.well;
                own.changed.notify_all();
            }
        })?;
        Ok(Worker { sender, state })
    }

    /// Shows text from now on by `print`.
    pub fn print_by(&self, print: Print) {
        *self.state.print.lock().unwrap_or_else(PoisonError::into_inner) = print;
    }

    /// Takes work.
    pub fn submit(&self, work: Work) {
        let number = {
            let mut inner = self.state.inner();
            inner.taken += 1;
            inner.taken
        };
        // The thread ends only with the worker.
        let _ = self.sender.send((number, work));
    }

    /// Tells once, if the work that runs now takes long, how to stop it. For terminals.
    pub fn tell_if_slow(&self) {
        let state = Arc::clone(&self.state);
        let number = state.inner().taken;
        std::thread::spawn(move || {
            if !wait(&state, number, Some(PATIENCE)) {
                state.print("… still evaluating; Ctrl-C stops it\n".to_owned());
            }
        });
    }

    /// Whether nothing is to be done.
    pub fn is_idle(&self) -> bool {
        let inner = self.state.inner();
        inner.done == inner.taken
    }

    /// Waits until all is done, or at most so long; whether it is done.
    pub fn wait(&self, most: Option<Duration>) -> bool {
        let number = self.state.inner().taken;
        wait(&self.state, number, most)
    }

    /// Stops what runs, and all that waits.
    pub fn stop(&self) {
        self.stopper()();
    }

    /// What stops everything, for the handler of Ctrl-C.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let state = Arc::clone(&self.state);
        move || {
            let mut inner = state.inner();
            inner.cancelled = inner.taken;
            if let Some(token) = &inner.current {
                token.cancel();
            }
        }
    }

    /// Whether some work failed since this was asked last.
    pub fn take_failed(&self) -> bool {
        std::mem::take(&mut self.state.inner().failed)
    }
}

fn wait(state: &State, number: u64, most: Option<Duration>) -> bool {
    let until = most.map(|most| Instant::now() + most);
    let mut inner = state.inner();
    while inner.done < number {
        inner = match until {
            None => state.changed.wait(inner).unwrap_or_else(PoisonError::into_inner),
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return false;
                }
                state.changed.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0
            }
        };
    }
    true
}

/// Shows text on standard output.
pub fn to_output() -> Print {
    Box::new(|text| {
        let mut out = std::io::stdout().lock();
        // Whoever closed the pipe has read enough.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    })
}
