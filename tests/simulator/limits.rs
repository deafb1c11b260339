//! Service protection limits.
//!
//! Page: learn.microsoft.com/power-apps/developer/data-platform/api-limits ("How service protection API limits are
//! enforced"): for each user and web server within a sliding window of 300 seconds 6,000 requests and 1,200 seconds
//! of execution, and 52 requests at a time; answered with 429, a code and `Retry-After` in seconds.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub window: Duration,
    pub requests: usize,
    pub execution: Duration,
    pub concurrent: usize,
}

impl Limits {
    pub const DOCUMENTED: Limits = Limits {
        window: Duration::from_secs(300),
        requests: 6000,
        execution: Duration::from_secs(1200),
        concurrent: 52,
    };

    /// The documented rates over a shorter window.
    pub fn scaled(window: Duration) -> Limits {
        let share = window.as_secs_f64() / 300.0;
        Limits {
            window,
            requests: (6000.0 * share) as usize,
            execution: Duration::from_secs_f64(1200.0 * share),
            concurrent: 52,
        }
    }
}

/// What was let in lately.
#[derive(Default)]
pub struct Usage {
    let_in: VecDeque<Instant>,
    executed: VecDeque<(Instant, Duration)>,
    pub running: usize,
    pub most_running: usize,
}

/// Why a request is not let in: its code, the words of the page, and when to come again.
pub type TooMany = (&'static str, String, Duration);

impl Usage {
    /// Lets a request in; answers how many more there may be, and for how long they may be worked at.
    pub fn enter(&mut self, limits: &Limits, now: Instant) -> Result<(usize, Duration), TooMany> {
        let since = now.checked_sub(limits.window);
        while self.let_in.front().is_some_and(|time| since.is_some_and(|since| *time <= since)) {
            self.let_in.pop_front();
        }
        while self.executed.front().is_some_and(|(time, _)| since.is_some_and(|since| *time <= since)) {
            self.executed.pop_front();
        }
        let seconds = limits.window.as_secs();
        if self.running >= limits.concurrent {
            let message =
                format!("Number of concurrent requests exceeded the limit of {}.", limits.concurrent);
            return Err(("0x80072326", message, Duration::from_millis(500)));
        }
        let again = |first: Option<Instant>| {
            first.map_or(limits.window, |first| (first + limits.window).saturating_duration_since(now))
        };
        if self.let_in.len() >= limits.requests {
            let message = format!(
                "Number of requests exceeded the limit of {} over time window of {seconds} seconds.",
                limits.requests
            );
            return Err(("0x80072322", message, again(self.let_in.front().copied())));
        }
        let executed: Duration = self.executed.iter().map(|(_, time)| *time).sum();
        if executed >= limits.execution {
            let message = format!(
                "Combined execution time of incoming requests exceeded limit of {} milliseconds over time window of \
                 {seconds} seconds. Decrease number of concurrent requests or reduce the duration of requests and try \
                 again later.",
                limits.execution.as_millis()
            );
            return Err(("0x80072321", message, again(self.executed.front().map(|(time, _)| *time))));
        }
        self.let_in.push_back(now);
        self.running += 1;
        self.most_running = self.most_running.max(self.running);
        Ok((limits.requests - self.let_in.len(), limits.execution - executed))
    }

    pub fn leave(&mut self, now: Instant, execution: Duration) {
        self.running -= 1;
        self.executed.push_back((now, execution));
    }
}
