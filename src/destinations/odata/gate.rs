//! Keeping within what a service allows, so that it need not refuse.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a service allows one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLimits {
    /// Requests in a window of time.
    pub requests: usize,
    /// The window.
    pub window: Duration,
    /// Requests at a time.
    pub concurrent: usize,
}

impl ServiceLimits {
    /// What Dataverse documents for one user on one web server (service protection API limits); it may have more
    /// servers, and then allows more.
    pub const DATAVERSE: ServiceLimits =
        ServiceLimits { requests: 6000, window: Duration::from_secs(300), concurrent: 52 };
    /// For services that document nothing: few requests at a time, as many as there are.
    pub const UNKNOWN: ServiceLimits =
        ServiceLimits { requests: usize::MAX, window: Duration::from_secs(1), concurrent: 8 };
}

/// Lets requests through as the limits allow.
pub(super) struct Gate {
    limits: ServiceLimits,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    running: usize,
    concurrent: usize,
    /// When the requests of the last window were answered: the service counted each before that.
    answered: VecDeque<Instant>,
    closed_until: Option<Instant>,
}

impl Gate {
    pub(super) fn new(limits: ServiceLimits) -> Gate {
        let state = State {
            running: 0,
            concurrent: limits.concurrent.max(1),
            answered: VecDeque::new(),
            closed_until: None,
        };
        Gate { limits, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits until a request may be sent.
    pub(super) fn enter(&self) {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            while state.answered.front().is_some_and(|time| *time + self.limits.window <= now) {
                state.answered.pop_front();
            }
            let opens = match state.closed_until {
                Some(until) if until > now => Some(until),
                _ if state.answered.len() + state.running >= self.limits.requests => {
                    state.answered.front().map(|time| *time + self.limits.window)
                }
                _ if state.running < state.concurrent => {
                    state.running += 1;
                    return;
                }
                _ => None,
            };
            let wait = opens.map_or(Duration::from_millis(50), |opens| opens.saturating_duration_since(now));
            let waited = self.changed.wait_timeout(state, wait.max(Duration::from_millis(1)));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Notes that a request was answered.
    pub(super) fn leave(&self) {
        let mut state = self.lock();
        state.running = state.running.saturating_sub(1);
        if self.limits.requests < usize::MAX {
            state.answered.push_back(Instant::now());
        }
        self.changed.notify_all();
    }

    /// Notes that the service refused because there was too much: nothing is sent for that long, and less at a time
    /// where that was too much.
    pub(super) fn refused(&self, code: &str, wait: Duration) {
        let mut state = self.lock();
        let until = Instant::now() + wait;
        state.closed_until = Some(state.closed_until.map_or(until, |known| known.max(until)));
        match code {
            // Combined execution time; concurrent requests.
            "0x80072321" => state.concurrent = (state.concurrent / 2).max(1),
            "0x80072326" => state.concurrent = (state.concurrent * 3 / 4).max(1),
            _ => {}
        }
    }

    /// How many requests may run at a time just now.
    pub(super) fn concurrent(&self) -> usize {
        self.lock().concurrent
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
