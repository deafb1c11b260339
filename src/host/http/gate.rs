//! Keeping within what a service allows, so that it need not refuse.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{GoOn, HttpError};

/// What a service allows one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLimits {
    /// Requests in a window of time.
    pub requests: usize,
    /// The window.
    pub window: Duration,
    /// Time that requests are worked at within the window, all together.
    pub execution: Duration,
    /// Requests at a time.
    pub concurrent: usize,
}

impl ServiceLimits {
    /// What Dataverse documents for one user on one web server (service protection API limits); it may have more
    /// servers, and then allows more.
    pub const DATAVERSE: ServiceLimits = ServiceLimits {
        requests: 6000,
        window: Duration::from_secs(300),
        execution: Duration::from_secs(1200),
        concurrent: 52,
    };
    /// For services that document nothing: few requests at a time, as many as there are.
    pub const UNKNOWN: ServiceLimits = ServiceLimits {
        requests: usize::MAX,
        window: Duration::from_secs(1),
        execution: Duration::MAX,
        concurrent: 8,
    };
}

/// Lets requests through as the limits allow. Shared by all who ask the same service.
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    limits: ServiceLimits,
    running: usize,
    /// When the requests of the last window were answered, and how long each was worked at: the service counted each
    /// before that.
    answered: VecDeque<(Instant, Duration)>,
    /// The sum of the times in `answered`.
    executed: Duration,
    /// How long a request is worked at, as far as the last ones tell.
    typical: Duration,
    /// Seconds of execution that may begin at once. They come back evenly: what is used up in bursts is refused for as
    /// long as a burst took, again and again.
    at_hand: f64,
    refilled: Instant,
    /// The shortest time to an answer: what the way alone takes.
    way: Duration,
    closed_until: Option<Instant>,
    /// Until when refusals belong to those for which limits were lowered last.
    lowered_until: Option<Instant>,
}

/// The share of the execution time of a window that may be used at once.
const BURST: f64 = 0.2;
/// How long is waited before the caller is asked again whether to go on.
const LOOK: Duration = Duration::from_millis(20);

impl Gate {
    /// A gate that nothing has passed.
    pub fn new(limits: ServiceLimits) -> Gate {
        let limits = ServiceLimits { concurrent: limits.concurrent.max(1), ..limits };
        let state = State {
            limits,
            running: 0,
            answered: VecDeque::new(),
            executed: Duration::ZERO,
            typical: Duration::ZERO,
            at_hand: limits.execution.as_secs_f64() * BURST,
            refilled: Instant::now(),
            way: Duration::MAX,
            closed_until: None,
            lowered_until: None,
        };
        Gate { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits until a request may be sent, and tells when that was.
    ///
    /// # Errors
    /// The caller did not want to go on.
    pub fn enter(&self, go_on: GoOn<'_>) -> Result<Instant, HttpError> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let Some(wait) = state.wait(now) else {
                state.running += 1;
                state.at_hand -= state.typical.as_secs_f64();
                return Ok(now);
            };
            let waited = self.changed.wait_timeout(state, wait.clamp(Duration::from_millis(1), LOOK));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if !go_on() {
                return Err(HttpError::GivenUp);
            }
        }
    }

    /// Notes that the request that entered then was answered, or never will be.
    pub fn leave(&self, entered: Instant) {
        let now = Instant::now();
        let mut state = self.lock();
        state.running = state.running.saturating_sub(1);
        if state.limits.requests < usize::MAX {
            let took = now.saturating_duration_since(entered);
            state.way = state.way.min(took);
            let executed = took.saturating_sub(state.way);
            state.at_hand += state.typical.as_secs_f64() - executed.as_secs_f64();
            state.typical = (state.typical * 3 + executed) / 4;
            state.executed += executed;
            state.answered.push_back((now, executed));
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Notes that the service refused a request, because there was too much: nothing is sent for that long, and less
    /// from then on of what was too much. Requests that were on their way together are refused together, which counts
    /// once.
    pub fn refused(&self, code: &str, wait: Duration) {
        let now = Instant::now();
        let mut state = self.lock();
        let until = now + wait;
        state.closed_until = Some(state.closed_until.map_or(until, |known| known.max(until)));
        if state.lowered_until.is_some_and(|until| now < until) {
            return;
        }
        let limits = &mut state.limits;
        match code {
            // The codes of Dataverse: requests, combined execution time, concurrent requests.
            "0x80072322" if limits.requests < usize::MAX => {
                limits.requests = (limits.requests * 4 / 5).max(1)
            }
            "0x80072321" if limits.execution < Duration::MAX => limits.execution = limits.execution * 4 / 5,
            "0x80072321" | "0x80072326" => limits.concurrent = (limits.concurrent * 3 / 4).max(1),
            _ => return,
        }
        state.lowered_until = Some(until.max(now + Duration::from_secs(1)));
    }

    /// Notes what the service says is left of its limits for this user, who may have other programs at work.
    pub fn left(&self, requests: Option<u64>, execution: Option<f64>) {
        if requests == Some(0) || execution.is_some_and(|seconds| seconds <= 0.0) {
            let mut state = self.lock();
            let until = Instant::now() + (state.limits.window / 60).min(Duration::from_secs(5));
            state.closed_until = Some(state.closed_until.map_or(until, |known| known.max(until)));
        }
    }

    /// How many requests may run at a time just now.
    pub fn concurrent(&self) -> usize {
        self.lock().limits.concurrent
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How long to wait before a request may be sent; none where it may be now.
    fn wait(&mut self, now: Instant) -> Option<Duration> {
        let window = self.limits.window;
        while let Some((_, executed)) = self.answered.front().filter(|(time, _)| *time + window <= now) {
            self.executed = self.executed.saturating_sub(*executed);
            self.answered.pop_front();
        }
        if let Some(until) = self.closed_until.filter(|until| *until > now) {
            return Some(until - now);
        }
        if self.running >= self.limits.concurrent {
            return Some(LOOK);
        }
        let is_full = self.answered.len() + self.running >= self.limits.requests || self.is_worn_out(now);
        is_full.then(|| {
            let oldest = self.answered.front().map(|(time, _)| *time + window);
            oldest.map_or(LOOK, |opens| opens.saturating_duration_since(now))
        })
    }

    /// Whether another request would take more time of execution than there is.
    fn is_worn_out(&mut self, now: Instant) -> bool {
        let (limit, window) = (self.limits.execution, self.limits.window);
        if limit == Duration::MAX || self.running + self.answered.len() == 0 {
            return false;
        }
        let passed = now.saturating_duration_since(self.refilled).as_secs_f64();
        let rate = limit.as_secs_f64() / window.as_secs_f64();
        self.refilled = now;
        self.at_hand = (self.at_hand + passed * rate).min(limit.as_secs_f64() * BURST);
        // What is on its way will likely take as long as the last ones did, and some of the window will be over then.
        let then = now + self.typical;
        let over: Duration =
            self.answered.iter().take_while(|(time, _)| *time + window <= then).map(|(_, took)| *took).sum();
        let running = u32::try_from(self.running).unwrap_or(u32::MAX);
        let execution = self.executed.saturating_sub(over) + self.typical * running.saturating_add(1);
        self.at_hand < 0.0 || self.executed >= limit || execution > limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: ServiceLimits = ServiceLimits {
        requests: 3,
        window: Duration::from_secs(3600),
        execution: Duration::from_secs(10),
        concurrent: 2,
    };

    fn waits(gate: &Gate) -> bool {
        gate.lock().wait(Instant::now()).is_some()
    }

    #[test]
    fn no_more_go_through_than_a_window_and_a_moment_allow() {
        let gate = Gate::new(SMALL);
        let first = gate.enter(&|| true).unwrap();
        assert!(!waits(&gate));
        let second = gate.enter(&|| true).unwrap();
        assert!(waits(&gate), "two at a time");
        gate.leave(first);
        gate.leave(second);
        let third = gate.enter(&|| true).unwrap();
        gate.leave(third);
        assert!(waits(&gate), "three in the window");
        assert_eq!(gate.enter(&|| false), Err(HttpError::GivenUp));
    }

    #[test]
    fn the_time_of_execution_is_shared_by_all_requests() {
        let gate = Gate::new(ServiceLimits { requests: 1000, ..SMALL });
        let now = Instant::now();
        gate.leave(now);
        for _ in 0..2 {
            gate.leave(now.checked_sub(Duration::from_secs(6)).unwrap());
        }
        assert!(waits(&gate));
    }

    #[test]
    fn what_is_refused_together_counts_once() {
        let gate = Gate::new(ServiceLimits { concurrent: 40, ..SMALL });
        for _ in 0..10 {
            gate.refused("0x80072326", Duration::from_secs(60));
        }
        assert_eq!(gate.concurrent(), 30);
        assert!(waits(&gate), "closed for as long as the service asked");
    }
}
