//! What a piece of a document leaves to the next one, on whichever threads they are worked on.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What is known of a document where a piece of it starts.
#[derive(Debug)]
pub(super) struct Before {
    /// The row that did not end before the piece.
    pub tail: Vec<u8>,
    /// How long the text must be before it is looked at again: of a long row twice as long as it was, since it is
    /// looked at from its start.
    pub look_at: usize,
    /// The number of the line that the tail starts in, from 1.
    pub line: u64,
    /// How many rows are still wanted.
    pub wanted: usize,
    /// Whether the host was told of cells that are left out.
    pub warned: bool,
}

impl Before {
    /// At the start of a document of which so many rows are wanted.
    pub fn first(wanted: usize) -> Before {
        Before { tail: Vec::new(), look_at: 0, line: 1, wanted, warned: false }
    }
}

/// The end of a piece, or the start of the next one.
#[derive(Clone, Debug, Default)]
pub(super) struct Seam(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    left: Mutex<Left>,
    there: Condvar,
}

#[derive(Debug, Default)]
enum Left {
    /// The piece before is being worked on.
    #[default]
    Awaited,
    Known(Before),
    /// The piece that starts here has what it needs, or there is none.
    Nothing,
}

impl Seam {
    /// Where this is known already.
    pub fn with(before: Before) -> Seam {
        let seam = Seam::default();
        seam.leave(Left::Known(before));
        seam
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.0.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self, what: Left) {
        *self.left() = what;
        self.0.there.notify_all();
    }

    /// What was left here, if it was.
    pub fn try_take(&self) -> Option<Before> {
        let mut left = self.left();
        match &*left {
            Left::Known(_) => left.take(),
            _ => None,
        }
    }

    /// What is left here, once it is; `None` if no row starts here. The thread that works on the piece before leaves
    /// something whatever happens there, and waits for none but the pieces before its own.
    pub fn take(&self) -> Option<Before> {
        let mut left = self.left();
        while matches!(*left, Left::Awaited) {
            left = self.0.there.wait(left).unwrap_or_else(PoisonError::into_inner);
        }
        left.take()
    }
}

impl Left {
    fn take(&mut self) -> Option<Before> {
        match std::mem::replace(self, Left::Nothing) {
            Left::Known(before) => Some(before),
            _ => None,
        }
    }
}

/// The end of a piece that something must be left at. If it is dropped before, the document ends there.
#[derive(Debug)]
pub(super) struct Handover {
    seam: Option<Seam>,
    over: Arc<AtomicBool>,
}

impl Handover {
    /// To the piece that starts at `seam`. `over` comes to be true when nothing is left to it.
    pub fn to(seam: Seam, over: Arc<AtomicBool>) -> Handover {
        Handover { seam: Some(seam), over }
    }

    /// Lets the next piece go on.
    pub fn leave(mut self, before: Before) {
        if before.wanted > 0
            && let Some(seam) = self.seam.take()
        {
            seam.leave(Left::Known(before));
        }
    }
}

impl Drop for Handover {
    fn drop(&mut self) {
        if let Some(seam) = self.seam.take() {
            self.over.store(true, Relaxed);
            seam.leave(Left::Nothing);
        }
    }
}
