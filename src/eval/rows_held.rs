//! How much memory the rows take that steps of tables hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Context;

/// What one step holds of all that the steps of an evaluation may hold; see
/// [`Limits::rows_memory`](super::Limits::rows_memory).
pub struct RowsHeld {
    all: Arc<AtomicU64>,
    limit: Option<u64>,
    bytes: u64,
}

impl Context {
    /// The account of a step that is about to hold rows.
    pub fn rows_held(&self) -> RowsHeld {
        let evaluation = self.evaluation();
        RowsHeld { all: Arc::clone(evaluation.rows_held()), limit: self.limits().rows_memory, bytes: 0 }
    }
}

impl RowsHeld {
    /// Says how many bytes the step holds now.
    pub fn set(&mut self, bytes: usize) {
        let bytes = bytes as u64;
        self.all.fetch_add(bytes, Ordering::Relaxed);
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = bytes;
    }

    /// Whether there is a limit at all.
    pub fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    /// Whether the steps hold more together than they may.
    pub fn is_too_much(&self) -> bool {
        self.limit.is_some_and(|limit| self.all.load(Ordering::Relaxed) > limit)
    }

    /// Whether the steps hold more together than they may, and this one a good part of it.
    pub fn must_spill(&self) -> bool {
        self.is_too_much() && self.limit.is_some_and(|limit| self.bytes.saturating_mul(8) >= limit)
    }
}

impl Drop for RowsHeld {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
