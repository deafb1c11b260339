use std::sync::{Arc, Mutex, PoisonError};

use super::{Batch, Pipeline};
use crate::eval::Context;
use crate::value::{Error, Result};

/// Leads every batch of a pipeline into one of several states, one for each thread that works on it. The states
/// are for the caller to merge: `consume` is told the number of the batch in the order of the rows (with gaps), and
/// each state meets its batches in rising order.
///
/// # Errors
/// The first one in the order of the rows.
pub fn fold<S: Send>(
    ctx: &Context,
    mut pipeline: Pipeline,
    start: impl Fn() -> S + Sync,
    consume: impl Fn(&Context, &mut S, u64, Batch) -> Result<()> + Sync,
) -> Result<Vec<S>> {
    let threads = pipeline.threads;
    let stages = pipeline.stages;
    // The number of the next piece, and the source while it may have more.
    let source = Mutex::new((0_u64, Some(&mut pipeline.source)));
    let failure: Mutex<Option<(u64, Error)>> = Mutex::new(None);
    let fail = |number: u64, error: Error| {
        let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.as_ref().is_none_or(|(first, _)| number < *first) {
            *failure = Some((number, error));
        }
    };
    let next = |ctx: &Context, most: u64| {
        let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, open) = &mut *source;
        if *number >= most {
            return None;
        }
        let taken = match open.as_mut()?.next(ctx) {
            Ok(Some(piece)) => Some((*number, piece)),
            Ok(None) => None,
            Err(error) => {
                fail(*number, error);
                None
            }
        };
        *number += 1;
        if taken.is_none() {
            *open = None;
        }
        taken
    };
    let work = |ctx: &Context, state: &mut S, most: u64| {
        while let Some((number, piece)) = next(ctx, most) {
            let outcome = stages.run(ctx, piece);
            let consumed = outcome.batch.map_or(Ok(()), |batch| consume(ctx, state, number, batch));
            if let Some(error) = consumed.err().or(outcome.failed) {
                // Pieces taken before this one are still being worked on, and may fail earlier in the order.
                fail(number, error);
                source.lock().unwrap_or_else(PoisonError::into_inner).1 = None;
            }
        }
    };
    let mut states = vec![start()];
    if let Some(first) = states.first_mut() {
        // Short readings are over before another thread would have started.
        ctx.alone(|| work(ctx, first, if threads > 1 { super::ordered::ALONE } else { u64::MAX }));
    }
    let over = source.lock().unwrap_or_else(PoisonError::into_inner).1.is_none();
    if !over && let Some(mut first) = states.pop() {
        let evaluation = ctx.evaluation();
        states = std::thread::scope(|scope| {
            let other = || {
                let ctx = Context::new(Arc::clone(evaluation));
                let mut state = start();
                ctx.alone(|| work(&ctx, &mut state, u64::MAX));
                state
            };
            let workers: Vec<_> = (1..threads)
                .filter_map(|_| std::thread::Builder::new().spawn_scoped(scope, other).ok())
                .collect();
            ctx.alone(|| work(ctx, &mut first, u64::MAX));
            let mut states = vec![first];
            for worker in workers {
                match worker.join() {
                    Ok(state) => states.push(state),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            states
        });
    }
    let failure = failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    match failure {
        Some((_, error)) => Err(error),
        None => Ok(states),
    }
}
