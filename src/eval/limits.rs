use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What an evaluation may use. Every limit ends it with a [`Stop`](crate::value::Stop).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls and items read, all threads together; `None` for no limit.
    pub steps: Option<u64>,
    /// Calls within calls.
    pub depth: u32,
    /// Bytes of stack that calls within calls may take, beside what the thread brought along.
    pub stack: u64,
    /// Wall time in milliseconds.
    pub milliseconds: Option<u64>,
    /// Rows and items a result may have.
    pub rows: Option<u64>,
    /// Bytes that the evaluation may hold at a time, all threads together. Needs
    /// [`CountingAllocator`](super::CountingAllocator) as the program's allocator; without it every evaluation with
    /// this limit ends in an error that says so.
    pub memory: Option<u64>,
    /// Whether every step of a table runs row by row. Results are the same, only later: for comparing the two.
    pub row_wise: bool,
    /// Bytes of rows that steps of tables may hold in memory, all together, before they write them to temporary files of
    /// the host; `None` to hold all. No limit that ends an evaluation.
    pub rows_memory: Option<u64>,
    /// Threads that may work on one table at the same time; 0 counts as 1.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            steps: None,
            depth: Limits::DEPTH,
            stack: Limits::STACK,
            milliseconds: None,
            rows: None,
            memory: None,
            row_wise: false,
            rows_memory: None,
            threads: 1,
        }
    }
}

impl Limits {
    /// The depth allowed by default: enough for 100,000 calls within calls, each of a few nodes.
    pub const DEPTH: u32 = 400_000;
    /// The stack allowed by default.
    pub const STACK: u64 = 512 * 1024 * 1024;
    /// The most bytes that one value may take: as many as one object can hold in .NET. A text of that many bytes,
    /// or a list that would need them for its items, stops the evaluation before the memory is taken.
    pub const LARGEST_VALUE: u64 = 1 << 30;
}

/// Ends evaluations from another thread.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<Asked>);

#[derive(Debug, Default)]
struct Asked {
    asked: AtomicBool,
    /// The token whose cancelling cancels this one too.
    parent: Option<CancelToken>,
}

impl CancelToken {
    /// A token nobody has used yet.
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// A token for a part of what this one cancels: both end those evaluations.
    pub fn child(&self) -> CancelToken {
        CancelToken(Arc::new(Asked { asked: AtomicBool::new(false), parent: Some(self.clone()) }))
    }

    /// Asks every evaluation that holds this token to stop.
    pub fn cancel(&self) {
        self.0.asked.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed) || self.0.parent.as_ref().is_some_and(CancelToken::is_cancelled)
    }

    /// Makes the token usable again; leaves the one it is a part of alone.
    pub fn reset(&self) {
        self.0.asked.store(false, Ordering::Relaxed);
    }
}
