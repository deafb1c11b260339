use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::project::edit::EditError;
use crate::project::history::{History, RunStatus};
use crate::project::lock::RunLock;
use crate::project::run::StopSignal;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn timing(every: &str) -> Timing {
    Timing::of(&Schedule { every: Some(every.to_owned()), ..Schedule::default() }).unwrap()
}

#[test]
fn what_was_missed_is_handled_as_declared() {
    let hourly = timing("1 hour");
    let (handled, now) = (at("2026-01-01T00:00Z"), at("2026-01-01T05:30Z"));
    assert_eq!(due(&hourly, Missed::RunOnce, handled, now), Due::Run(now));
    assert_eq!(due(&hourly, Missed::RunAll, handled, now), Due::Run(at("2026-01-01T01:00Z")));
    assert_eq!(due(&hourly, Missed::Skip, handled, now), Due::Left(now));
    // A time that just came is not missed.
    let now = at("2026-01-01T05:00:59Z");
    assert_eq!(due(&hourly, Missed::Skip, handled, now), Due::Run(now));
    for missed in [Missed::Skip, Missed::RunOnce, Missed::RunAll] {
        assert_eq!(due(&hourly, missed, now, now), Due::Wait(at("2026-01-01T06:00Z")));
    }
    let ended = Schedule {
        every: Some("1 hour".to_owned()),
        until: Some("2025-01-01T00:00".to_owned()),
        ..Schedule::default()
    };
    assert_eq!(due(&Timing::of(&ended).unwrap(), Missed::RunAll, handled, now), Due::Never);
}

#[test]
fn a_clock_that_is_set_back_runs_nothing_twice_and_silences_nothing() {
    let hourly = timing("1 hour");
    let handled = at("2026-01-01T05:00Z");
    let little = at("2026-01-01T04:59:58Z");
    assert_eq!(due(&hourly, Missed::RunAll, handled, little), Due::Wait(at("2026-01-01T06:00Z")));
    let far = at("2025-01-01T04:30Z");
    assert_eq!(due(&hourly, Missed::RunAll, handled, far), Due::Wait(at("2025-01-01T05:00Z")));
}

proptest::proptest! {
    /// The clock jumps ahead, as machines do that slept, and wavers by some minutes.
    #[test]
    fn a_clock_that_jumps_leaves_nothing_out_and_repeats_nothing(
        steps in proptest::collection::vec((0i64..20_000, -290i64..290), 1..60),
    ) {
        let hourly = timing("1 hour");
        let start = at("2026-01-01T00:00Z");
        let (mut base, mut latest, mut handled, mut ran) = (start, start, start, Vec::new());
        for (step, wavering) in steps {
            base += SignedDuration::from_secs(step);
            let now = base + SignedDuration::from_secs(wavering);
            latest = latest.max(now);
            while let Due::Run(until) = due(&hourly, Missed::RunAll, handled, now) {
                ran.push(until);
                handled = until;
            }
        }
        let hours = latest.duration_since(start).as_hours();
        let expected: Vec<Timestamp> = (1..=hours).map(|n| start + SignedDuration::from_hours(n)).collect();
        proptest::prop_assert_eq!(ran, expected);
    }
}

#[test]
fn mistakes_have_their_places() {
    let problems = read(
        "schedules:\n  - name: A\n    every: never\n  - name: A\n    cron: 0 0 * * *\n    tim_zone: UTC\n",
    )
    .unwrap_err();
    assert!(problems[0].message.contains("tim_zone") && problems[0].line == 6, "{problems:?}");
    let problems = read("schedules:\n  - name: A\n    every: never\n  - name: B\n    every: 1 day\n  - name: B\n    every: 1 day\n").unwrap_err();
    let found: Vec<(usize, &str)> = problems.iter().map(|p| (p.line, p.field.as_str())).collect();
    assert_eq!(found, [(3, "schedules[0].every"), (6, "schedules[2].name")]);
}

#[test]
fn the_published_schema_is_the_models() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/schedules.schema.json");
    let text = serde_json::to_string_pretty(&schedules_schema()).unwrap() + "\n";
    if std::env::var_os("PQM_WRITE_SCHEMA").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text);
}

#[test]
fn the_file_is_changed_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(SCHEDULES_FILE);
    let text = || std::fs::read_to_string(&file).unwrap();
    let named = |name: &str| Schedule {
        name: name.to_owned(),
        every: Some("1 day".to_owned()),
        ..Schedule::default()
    };
    let nightly = Schedule {
        start: Some("2026-01-01T02:30".to_owned()),
        time_zone: Some("Europe/Berlin".to_owned()),
        missed: Missed::RunAll,
        tasks: vec!["A, b".to_owned(), "yes".to_owned()],
        all_data: true,
        ..named("Nightly: all")
    };
    add_schedule(folder.path(), &nightly).unwrap();
    let with_comment = text() + "    # why\n";
    std::fs::write(&file, with_comment).unwrap();
    add_schedule(folder.path(), &named("Second")).unwrap();
    assert_eq!(schedules(folder.path()).unwrap()[0].schedule, nightly);
    assert!(text().contains("# why") && text().starts_with("# When"), "{}", text());
    assert!(matches!(add_schedule(folder.path(), &named("Second")), Err(EditError::Refused { .. })));
    let senseless = Schedule { every: Some("sometimes".to_owned()), ..named("Third") };
    let before = text();
    assert!(matches!(add_schedule(folder.path(), &senseless), Err(EditError::Load(_))));
    assert_eq!(text(), before);
    pause_schedule(folder.path(), "Nightly: all", true).unwrap();
    let paused =
        || schedules(folder.path()).unwrap().iter().map(|one| one.schedule.paused).collect::<Vec<_>>();
    assert_eq!(paused(), [true, false]);
    pause_schedule(folder.path(), "Nightly: all", false).unwrap();
    assert_eq!((paused(), text()), (vec![false, false], before));
    remove_schedule(folder.path(), "Nightly: all").unwrap();
    remove_schedule(folder.path(), "Second").unwrap();
    assert!(schedules(folder.path()).unwrap().is_empty());
    assert!(matches!(remove_schedule(folder.path(), "Second"), Err(EditError::Refused { .. })));
    add_schedule(folder.path(), &named("Again")).unwrap();
    assert_eq!(schedules(folder.path()).unwrap()[0].schedule, named("Again"));
}

/// A clock that goes half a minute at a time, to the end of a test.
struct Fake {
    now: Mutex<Timestamp>,
    end: Timestamp,
    stop: StopSignal,
}

impl Fake {
    fn new(from: &str, end: &str) -> Fake {
        Fake { now: Mutex::new(at(from)), end: at(end), stop: StopSignal::default() }
    }

    fn set(&self, to: &str) {
        *self.now.lock().unwrap() = at(to);
    }
}

impl Clock for Fake {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn pause(&self, _: Duration) {
        let mut now = self.now.lock().unwrap();
        *now += SignedDuration::from_secs(30);
        if *now >= self.end {
            self.stop.ask();
        }
    }
}

const PROJECT: &str = "\
name: P
connections: [{ name: Files, kind: csv, address: . }, { name: Out, kind: json-lines, address: . }]
connection_set:
  name: S
  source: { connections: [Files] }
  destination: { connections: [Out] }
tasks:
  - name: T
    source: { connection: Files, entity: a.csv }
    mappings: [{ source: id, destination: id }]
    destination: { connection: Out, entity: out.jsonl, key: [id] }
";

fn project(schedules: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("project.yaml"), PROJECT).unwrap();
    std::fs::write(folder.path().join("a.csv"), "id\n1\n").unwrap();
    std::fs::write(folder.path().join(SCHEDULES_FILE), schedules).unwrap();
    folder
}

/// Serves to the end of the clock's time, and answers when runs began and what else happened.
fn served(folder: &Path, clock: &Fake) -> (Vec<String>, Vec<String>) {
    let (mut runs, mut others) = (Vec::new(), Vec::new());
    serve(folder, clock, &clock.stop, &mut |event| match event {
        Event::Ended(name, _, report) => {
            assert_eq!(report.record.status, RunStatus::Completed, "{report:?}");
            assert_eq!(report.record.schedule.as_deref(), Some(name));
            runs.push(format!("{name} {}", report.record.started.strftime("%d %H:%M")));
        }
        Event::Read(_) | Event::Starts(_) => {}
        Event::Mistakes(_) => others.push("mistakes".to_owned()),
        Event::Left(name) => others.push(format!("{name} left")),
        Event::Waits(name) => others.push(format!("{name} waits")),
        Event::Failed(name, error) => others.push(format!("{name} {error}")),
    });
    (runs, others)
}

#[test]
fn a_day_is_served_through_the_change_of_clocks() {
    let folder = project(
        "schedules:\n  - { name: N, every: 1 day, start: \"2026-01-01T02:30\", time_zone: Europe/Berlin }\n  \
         - { name: H, every: 8 hours, time_zone: Europe/Berlin, until: \"2026-03-29T12:00\" }\n",
    );
    let (runs, others) = served(folder.path(), &Fake::new("2026-03-28T12:00Z", "2026-03-30T06:00Z"));
    // Local midnight is 23:00 UTC; on the 29th, 02:30 is left out and comes as 03:30, which is 01:30 UTC.
    assert_eq!(runs, ["H 28 15:00", "H 28 23:00", "N 29 01:30", "H 29 07:00", "N 30 00:30"]);
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn nothing_runs_while_nobody_serves_and_what_was_missed_is_made_good() {
    for (missed, expected, left) in [
        ("run-once", vec!["A 02 03:30"], 0),
        ("run-all", vec!["A 02 03:30", "A 02 03:30"], 0),
        ("skip", vec![], 1),
    ] {
        let folder = project(&format!("schedules: [{{ name: A, every: 8 hours, missed: {missed} }}]\n"));
        let (runs, _) = served(folder.path(), &Fake::new("2026-01-01T00:00:30Z", "2026-01-01T09:00Z"));
        assert_eq!(runs, ["A 01 08:00"]);
        let (runs, others) = served(folder.path(), &Fake::new("2026-01-02T03:30Z", "2026-01-02T04:00Z"));
        // A run takes no time on this clock.
        assert_eq!(runs, expected, "{missed}");
        assert_eq!(others.len(), left, "{missed}: {others:?}");
        let (runs, _) = served(folder.path(), &Fake::new("2026-01-02T04:00Z", "2026-01-02T08:30Z"));
        assert_eq!(runs, ["A 02 08:00"], "{missed}");
    }
}

#[test]
fn a_time_waits_for_another_run_of_the_project() {
    let folder = project("schedules: [{ name: A, every: 1 hour }]\n");
    let clock = Fake::new("2026-01-01T00:30Z", "2026-01-01T02:30Z");
    let lock = Cell::new(Some(RunLock::acquire(folder.path()).unwrap()));
    let mut runs = Vec::new();
    let mut waited = 0;
    serve(folder.path(), &clock, &clock.stop, &mut |event| match event {
        Event::Waits(_) => {
            waited += 1;
            clock.set("2026-01-01T01:20Z");
            drop(lock.take());
        }
        Event::Ended(_, _, report) => runs.push(report.record.started.to_string()),
        _ => {}
    });
    assert_eq!(waited, 1);
    assert!(runs.len() == 2 && runs[0].starts_with("2026-01-01T01:20"), "{runs:?}");
}

/// A clock that stands still until all runs that are due were made, and a little longer.
struct Still {
    now: Timestamp,
    expected: usize,
    ended: AtomicUsize,
    pauses: AtomicUsize,
    stop: StopSignal,
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn pause(&self, _: Duration) {
        std::thread::sleep(Duration::from_millis(1));
        if self.ended.load(Ordering::Relaxed) >= self.expected
            && self.pauses.fetch_add(1, Ordering::Relaxed) > 40
        {
            self.stop.ask();
        }
    }
}

#[test]
fn of_two_servers_of_one_project_one_runs_at_each_time() {
    let folder = project("schedules: [{ name: A, every: 1 hour, missed: run-all }]\n");
    let now = at("2026-01-02T06:30Z");
    let history = History::open(folder.path()).unwrap();
    history.set_schedule_handled("A", now - SignedDuration::from_hours(5)).unwrap();
    let (ended, pauses) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let clock = Still { now, expected: 5, ended, pauses, stop: StopSignal::default() };
    let run = || {
        serve(folder.path(), &clock, &clock.stop, &mut |event| {
            if matches!(event, Event::Ended(..)) {
                clock.ended.fetch_add(1, Ordering::Relaxed);
            }
        });
    };
    std::thread::scope(|scope| drop([scope.spawn(run), scope.spawn(run)]));
    assert_eq!(clock.ended.into_inner(), 5);
    assert_eq!(history.runs(100).unwrap().len(), 5);
    assert_eq!(history.schedule_handled("A").unwrap(), Some(at("2026-01-02T06:00Z")));
}

#[test]
fn a_file_with_mistakes_is_told_once_and_read_again_when_it_is_mended() {
    let folder = project("schedules: [{ name: A, every: 1 hour, tasks: [T] }]\n");
    let clock = Fake::new("2026-01-01T00:30Z", "2026-01-01T03:30Z");
    let mut told = Vec::new();
    let write = |text: &str| std::fs::write(folder.path().join(SCHEDULES_FILE), text).unwrap();
    write("schedules: [{ name: A, every: sometimes }]\n");
    serve(folder.path(), &clock, &clock.stop, &mut |event| match event {
        Event::Mistakes(error) => {
            told.push(error.to_string());
            write("schedules: [{ name: A, every: 1 hour }]\n");
        }
        Event::Ended(..) => told.push("run".to_owned()),
        _ => {}
    });
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].contains("sometimes"), "{told:?}");
}
