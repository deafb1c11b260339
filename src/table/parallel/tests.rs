use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::Engine;
use crate::eval::Limits;
use crate::table::{Batches, Column, Operator, collect};
use crate::value::{Member, Shape, Stop, Text, Value};

const PIECES: i64 = 40;
const ROWS: i64 = 100;

fn context(threads: usize) -> Context {
    Engine::new().with_threads(threads).compile("test", "null").unwrap().start()
}

/// Numbers from 0 on; fails behind the piece `fails_behind`.
struct Numbers {
    fails_behind: i64,
    taken: Arc<AtomicUsize>,
}

struct Reading(i64, i64, Arc<AtomicUsize>);
struct Piece(i64);

impl Operator for Numbers {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        Ok(one_by_one(self.morsels(ctx, demand)?.unwrap()))
    }

    fn morsels(&self, _ctx: &Context, _demand: &Demand) -> Result<Option<Box<dyn Morsels>>> {
        Ok(Some(Box::new(Reading(0, self.fails_behind, Arc::clone(&self.taken)))))
    }

    fn name(&self) -> &'static str {
        "numbers"
    }
}

impl Morsels for Reading {
    fn next(&mut self, _ctx: &Context) -> Result<Option<Box<dyn Morsel>>> {
        self.2.fetch_add(1, Ordering::Relaxed);
        let piece = self.0;
        self.0 += 1;
        match piece {
            piece if piece >= self.1 => Err(Error::expression("source")),
            piece if piece >= PIECES => Ok(None),
            piece => Ok(Some(Box::new(Piece(piece)))),
        }
    }
}

impl Morsel for Piece {
    fn batch(self: Box<Self>, _ctx: &Context) -> Result<Staged> {
        let numbers = (self.0 * ROWS..(self.0 + 1) * ROWS).map(|number| Member::Ready(Value::Int64(number)));
        Ok(Batch::new(vec![Arc::new(numbers.collect::<Column>())], ROWS as usize).into())
    }
}

/// Keeps the numbers that are no multiple of three; fails at one number, panics at another.
struct Sieve {
    input: Arc<Table>,
    fails_at: i64,
    panics_at: i64,
}

impl Sieve {
    fn over(&self, demand: &Demand) -> StageOver {
        let stage = Arc::new(Sieving(self.fails_at, self.panics_at));
        StageOver { input: Arc::clone(&self.input), demand: demand.unlimited(), stage }
    }
}

impl Operator for Sieve {
    fn open(&self, ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        open(ctx, self.over(demand), demand)
    }

    fn stage(&self, _ctx: &Context, demand: &Demand) -> Result<Option<StageOver>> {
        Ok(Some(self.over(demand)))
    }

    fn name(&self) -> &'static str {
        "sieve"
    }
}

struct Sieving(i64, i64);

impl Stage for Sieving {
    fn apply(&self, ctx: &Context, batch: Batch) -> Result<Staged> {
        let mut kept = Vec::new();
        for (row, number) in numbers(&batch).into_iter().enumerate() {
            ctx.step()?;
            assert_ne!(number, self.1);
            if number == self.0 {
                let failed = Some(Error::expression(format!("number {number}")));
                return Ok(Staged { batch: batch.take(&kept), failed });
            }
            if number % 3 != 0 {
                kept.push(row as u32);
            }
        }
        Ok(batch.take(&kept).into())
    }
}

fn numbers(batch: &Batch) -> Vec<i64> {
    let column = batch.column(0).unwrap();
    (0..batch.len())
        .map(|row| match column.get(row) {
            Member::Ready(Value::Int64(number)) => number,
            other => panic!("{other:?}"),
        })
        .collect()
}

struct Case {
    fails_behind: i64,
    fails_at: i64,
    panics_at: i64,
}

const SOUND: Case = Case { fails_behind: i64::MAX, fails_at: -1, panics_at: -1 };

fn table(case: &Case, taken: &Arc<AtomicUsize>) -> Arc<Table> {
    let shape = Arc::new(Shape::new([Text::new("n")]));
    let numbers = Numbers { fails_behind: case.fails_behind, taken: Arc::clone(taken) };
    let input = Arc::new(Table::untyped(Arc::clone(&shape), Arc::new(numbers)));
    let sieve = |input, fails_at, panics_at| {
        Arc::new(Table::untyped(Arc::clone(&shape), Arc::new(Sieve { input, fails_at, panics_at })))
    };
    sieve(sieve(input, -1, -1), case.fails_at, case.panics_at)
}

/// The numbers that are yielded, and the error after them.
fn read(case: &Case, threads: usize) -> (Vec<i64>, Option<String>) {
    let ctx = context(threads);
    let table = table(case, &Arc::default());
    let mut batches = table.operator().open(&ctx, &Demand::all()).unwrap();
    let mut found = Vec::new();
    loop {
        match batches.next(&ctx) {
            Ok(Some(batch)) => found.extend(numbers(&batch)),
            Ok(None) => return (found, None),
            Err(error) => {
                assert!(batches.next(&ctx).unwrap().is_none(), "nothing follows an error");
                return (found, Some(error.message().to_string()));
            }
        }
    }
}

#[test]
fn rows_and_errors_come_in_order_whatever_the_threads() {
    let cases = [
        SOUND,
        Case { fails_at: 2000, ..SOUND },
        Case { fails_at: 2, ..SOUND },
        Case { fails_behind: 17, ..SOUND },
        Case { fails_behind: 20, fails_at: 1999, ..SOUND },
        Case { fails_behind: 0, ..SOUND },
    ];
    for case in cases {
        let expected = read(&case, 1);
        for threads in [0, 2, 3, 8] {
            for _ in 0..5 {
                assert_eq!(read(&case, threads), expected);
            }
        }
    }
    let (all, error) = read(&SOUND, 4);
    assert_eq!(all, (0..PIECES * ROWS).filter(|number| number % 3 != 0).collect::<Vec<_>>());
    assert_eq!(error, None);
    let (some, error) = read(&Case { fails_at: 2000, ..SOUND }, 4);
    assert_eq!((some.last(), error.as_deref()), (Some(&1999), Some("number 2000")));
}

#[test]
fn a_limit_reads_no_further_and_calls_no_threads() {
    let ctx = context(4);
    let taken = Arc::default();
    let batches = collect(&ctx, &table(&SOUND, &taken), &Demand::all().first(70)).unwrap();
    assert_eq!(batches.iter().map(Batch::len).sum::<usize>(), 70);
    assert_eq!(taken.load(Ordering::Relaxed), 2);
}

#[test]
fn a_reading_can_be_given_up() {
    let ctx = context(4);
    let taken = Arc::default();
    let mut batches = table(&SOUND, &taken).operator().open(&ctx, &Demand::all()).unwrap();
    for _ in 0..5 {
        batches.next(&ctx).unwrap().unwrap();
    }
    drop(batches);
    let at_the_end = taken.load(Ordering::Relaxed);
    assert!(at_the_end < PIECES as usize, "{at_the_end} pieces were read ahead");
}

#[test]
fn limits_and_cancelling_end_the_work_of_all_threads() {
    for threads in [1, 4] {
        let engine = Engine::new().with_limits(Limits { steps: Some(3000), threads, ..Limits::default() });
        let ctx = engine.compile("test", "null").unwrap().start();
        let error = collect(&ctx, &table(&SOUND, &Arc::default()), &Demand::all()).unwrap_err();
        assert!(error.is_stop());

        let engine = Engine::new().with_threads(threads);
        let ctx = engine.compile("test", "null").unwrap().start();
        let mut batches = table(&SOUND, &Arc::default()).operator().open(&ctx, &Demand::all()).unwrap();
        batches.next(&ctx).unwrap().unwrap();
        engine.cancel_token().cancel();
        let error = loop {
            match batches.next(&ctx) {
                Ok(batch) => assert!(batch.is_some(), "cancelling was not noticed"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.as_stop(), Some(Stop::Cancelled));
    }
}

#[test]
fn a_panic_of_a_thread_is_one_of_the_reader() {
    let table = table(&Case { panics_at: 2500, ..SOUND }, &Arc::default());
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        collect(&context(4), &table, &Demand::all()).map(|batches| batches.len())
    }));
    assert!(read.is_err());
}

#[test]
fn folding_leads_every_batch_into_one_state() {
    for threads in [1, 2, 5] {
        let ctx = context(threads);
        let fold = |case: &Case| {
            let table = table(case, &Arc::default());
            let pipeline = Pipeline::of(&ctx, &**table.operator(), &Demand::all()).unwrap();
            fold(&ctx, pipeline, Vec::new, |_, state: &mut Vec<(u64, i64)>, number, batch| {
                assert!(state.last().is_none_or(|(last, _)| *last < number), "in rising order");
                state.push((number, numbers(&batch).iter().sum()));
                Ok(())
            })
        };
        let mut sums = fold(&SOUND).unwrap().concat();
        sums.sort_unstable();
        assert_eq!(sums.len(), PIECES as usize);
        let total: i64 = sums.iter().map(|(_, sum)| sum).sum();
        assert_eq!(total, (0..PIECES * ROWS).filter(|number| number % 3 != 0).sum::<i64>());
        let failed = fold(&Case { fails_behind: 20, fails_at: 1999, ..SOUND }).unwrap_err();
        assert_eq!(failed.message().to_string(), "number 1999");
    }
}
