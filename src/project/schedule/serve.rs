//! Waiting for times and running at them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::{Due, SCHEDULES_FILE, Scheduled, due, schedules};
use crate::project::history::{History, HistoryError};
use crate::project::run::{NoObserver, RunOptions, RunReport, StopSignal, run_locked};
use crate::project::{Choice, LoadError, Project, RunLock};

/// How long it sleeps at most before it looks at file, clock and signal again.
const LOOK: Duration = Duration::from_millis(500);
/// How long it waits after a failure that may pass.
const PATIENCE: Duration = Duration::from_secs(10);

/// A clock: the machine's, or one of a test.
pub trait Clock: Sync {
    /// The time.
    fn now(&self) -> Timestamp;
    /// Lets time pass; less than asked if need be.
    fn pause(&self, time: Duration);
}

/// What happens while schedules are served.
#[derive(Debug)]
pub enum Event<'e> {
    /// The file was read: the schedules that count, and the next time of each.
    Read(Vec<(&'e str, Option<Timestamp>)>),
    /// The file, or the project a schedule is to run, has mistakes. It is looked at again when it changes, and at the
    /// next time.
    Mistakes(&'e LoadError),
    /// Times of a schedule passed and are left out, as it says.
    Left(&'e str),
    /// A schedule waits for another run of the project to end.
    Waits(&'e str),
    /// A run begins.
    Starts(&'e str),
    /// A run came to its end.
    Ended(&'e str, &'e Project, &'e RunReport),
    /// A run could not be started or recorded; it is tried again.
    Failed(&'e str, &'e HistoryError),
}

/// Runs the project in a folder at the times of its schedules, until it is asked to stop. The file is read again when
/// it changes. Of several processes that serve one project, one runs at each time.
pub fn serve(folder: &Path, clock: &dyn Clock, stop: &StopSignal, tell: &mut dyn FnMut(Event<'_>)) {
    let mut served = Served { folder, clock, stop, tell, handled: BTreeMap::new(), told_to_wait: false };
    let mut known: Option<(Stamp, Vec<Scheduled>)> = None;
    while !stop.is_asked() {
        let stamp = stamp(folder);
        let all = match known.take() {
            Some((same, all)) if same == stamp => all,
            _ => served.read(),
        };
        let pause = served.step(&all);
        known = Some((stamp, all));
        let mut left = pause.unwrap_or_default();
        while left > Duration::ZERO && !stop.is_asked() {
            clock.pause(left.min(LOOK));
            left = left.saturating_sub(LOOK);
        }
    }
}

/// By what a change of the file is seen.
type Stamp = Option<(SystemTime, u64)>;

fn stamp(folder: &Path) -> Stamp {
    let found = std::fs::metadata(folder.join(SCHEDULES_FILE)).ok()?;
    Some((found.modified().ok()?, found.len()))
}

struct Served<'s> {
    folder: &'s Path,
    clock: &'s dyn Clock,
    stop: &'s StopSignal,
    tell: &'s mut dyn FnMut(Event<'_>),
    /// Up to which time each schedule is handled, as far as this process knows.
    handled: BTreeMap<String, Timestamp>,
    told_to_wait: bool,
}

impl Served<'_> {
    /// The schedules that count.
    fn read(&mut self) -> Vec<Scheduled> {
        let mut all = match schedules(self.folder) {
            Ok(all) => all,
            Err(error) => {
                (self.tell)(Event::Mistakes(&error));
                return Vec::new();
            }
        };
        all.retain(|one| !one.schedule.paused);
        let now = self.clock.now();
        let next = all.iter().map(|one| (one.schedule.name.as_str(), one.timing.next(now))).collect();
        (self.tell)(Event::Read(next));
        // A schedule that was paused or changed begins with what the history says.
        self.handled.clear();
        all
    }

    /// Does what is due first; or answers how long to wait.
    fn step(&mut self, all: &[Scheduled]) -> Option<Duration> {
        let mut pause = LOOK;
        let mut first: Option<(Timestamp, &Scheduled)> = None;
        for one in all {
            let now = self.clock.now();
            let handled = match self.handled(&one.schedule.name, now) {
                Ok(handled) => handled,
                Err(error) => {
                    (self.tell)(Event::Failed(&one.schedule.name, &error));
                    return Some(PATIENCE);
                }
            };
            match due(&one.timing, one.schedule.missed, handled, now) {
                Due::Never => {}
                Due::Wait(until) => {
                    let left = until.duration_since(now);
                    pause = pause.min(Duration::try_from(left).unwrap_or(LOOK));
                }
                Due::Left(_) | Due::Run(_) => {
                    // Of several that are due, the one whose time came first.
                    let at = one.timing.next(handled.min(now)).unwrap_or(now);
                    if first.is_none_or(|(other, _)| at < other) {
                        first = Some((at, one));
                    }
                }
            }
        }
        let Some((_, one)) = first else { return Some(pause.max(Duration::from_millis(1))) };
        let name = one.schedule.name.as_str();
        match self.due(one) {
            Ok(ended) => {
                self.told_to_wait = false;
                // The lock is given back by now: telling people may take its time.
                if let Some((project, report)) = ended {
                    (self.tell)(Event::Ended(name, &project, &report));
                }
                None
            }
            Err(HistoryError::AlreadyRunning { .. }) => {
                if !std::mem::replace(&mut self.told_to_wait, true) {
                    (self.tell)(Event::Waits(name));
                }
                Some(LOOK)
            }
            Err(error) => {
                (self.tell)(Event::Failed(name, &error));
                Some(PATIENCE)
            }
        }
    }

    /// Up to which time a schedule is handled; from now on if it is new.
    fn handled(&mut self, name: &str, now: Timestamp) -> Result<Timestamp, HistoryError> {
        if let Some(handled) = self.handled.get(name) {
            return Ok(*handled);
        }
        let history = History::open(self.folder)?;
        let handled = match history.schedule_handled(name)? {
            Some(handled) => handled,
            None => {
                history.set_schedule_handled(name, now)?;
                now
            }
        };
        self.handled.insert(name.to_owned(), handled);
        Ok(handled)
    }

    /// Does what is due for a schedule, unless another process did meanwhile, and answers the run that came to its end.
    /// What it did is remembered at its end, before the lock is given back: a process that dies in mid-run has not
    /// handled the time.
    fn due(&mut self, one: &Scheduled) -> Result<Option<(Project, RunReport)>, HistoryError> {
        let name = one.schedule.name.as_str();
        let lock = RunLock::acquire(self.folder)?;
        let history = History::open(self.folder)?;
        self.handled.remove(name);
        let now = self.clock.now();
        let handled = self.handled(name, now)?;
        let until = match due(&one.timing, one.schedule.missed, handled, now) {
            Due::Run(until) => until,
            Due::Left(until) => {
                (self.tell)(Event::Left(name));
                history.set_schedule_handled(name, until)?;
                self.handled.insert(name.to_owned(), until);
                return Ok(None);
            }
            Due::Wait(_) | Due::Never => return Ok(None),
        };
        let choice = Choice {
            connection_set: one.schedule.connection_set.clone(),
            organization: one.schedule.organization.clone(),
        };
        let ended = match Project::load_with(self.folder, &choice) {
            Err(error) => {
                (self.tell)(Event::Mistakes(&error));
                None
            }
            Ok(project) => {
                (self.tell)(Event::Starts(name));
                let options = RunOptions {
                    all_data: one.schedule.all_data,
                    tasks: one.schedule.tasks.clone(),
                    failed_only: false,
                    schedule: Some(name.to_owned()),
                    stop: self.stop.clone(),
                };
                let clock = || self.clock.now();
                let report = run_locked(&project, &options, &mut NoObserver, &clock, &lock)?;
                if self.stop.is_asked() && report.was_stopped() {
                    // It was not handled: whoever serves next goes on.
                    return Ok(Some((project, report)));
                }
                Some((project, report))
            }
        };
        history.set_schedule_handled(name, until)?;
        self.handled.insert(name.to_owned(), until);
        Ok(ended)
    }
}
