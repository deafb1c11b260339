//! The locks of cells, which a build for the race checker (`--cfg shuttle`, see tests/race) puts in its own hands.

#[cfg(not(shuttle))]
pub(super) use std::sync::{Mutex, MutexGuard, OnceLock};

#[cfg(shuttle)]
pub(super) use checked::OnceLock;
#[cfg(shuttle)]
pub(super) use shuttle::sync::{Mutex, MutexGuard};

#[cfg(shuttle)]
mod checked {
    /// A `OnceLock` that lets other threads go first before each of its steps.
    pub(in crate::value) struct OnceLock<T>(std::sync::OnceLock<T>);

    impl<T> OnceLock<T> {
        pub(in crate::value) fn new() -> OnceLock<T> {
            OnceLock(std::sync::OnceLock::new())
        }

        pub(in crate::value) fn get(&self) -> Option<&T> {
            switch();
            self.0.get()
        }

        pub(in crate::value) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
            switch();
            self.0.get_or_init(make)
        }

        pub(in crate::value) fn take(&mut self) -> Option<T> {
            self.0.take()
        }
    }

    impl<T> From<T> for OnceLock<T> {
        fn from(value: T) -> OnceLock<T> {
            OnceLock(std::sync::OnceLock::from(value))
        }
    }

    fn switch() {
        // Cells also live outside of the checker's executions: constants of the library.
        if shuttle::current::get_current_task().is_some() {
            shuttle::thread::yield_now();
        }
    }
}
