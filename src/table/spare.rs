use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

/// Memory that is used again: taking new pages for each piece of a long reading costs as much as reading it. Threads get
/// their own back, if there is any, since it is in the caches of their processor.
#[derive(Debug)]
pub struct Spare<T>(Arc<Mutex<Vec<(ThreadId, T)>>>);

/// More than this is given back to the system.
const MOST: usize = 16;

impl<T> Clone for Spare<T> {
    fn clone(&self) -> Spare<T> {
        Spare(Arc::clone(&self.0))
    }
}

impl<T> Default for Spare<T> {
    fn default() -> Spare<T> {
        Spare(Arc::default())
    }
}

impl<T: Default> Spare<T> {
    /// What was given back last, as it was given, or something new.
    pub fn take(&self) -> T {
        let this = thread::current().id();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = kept.iter().rposition(|(giver, _)| *giver == this);
        let taken = own.map(|at| kept.remove(at)).or_else(|| kept.pop());
        taken.map(|(_, used)| used).unwrap_or_default()
    }

    /// Gives back what is no longer used.
    pub fn give(&self, used: T) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST {
            kept.push((thread::current().id(), used));
        }
    }
}
