use std::any::{Any, TypeId};
use std::cell::{Cell as Counter, RefCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::{CancelToken, Limits, memory};
use crate::host::{Host, Now};
use crate::ir::{Code, Program};
use crate::value::{Cell, Error, Member, Result, Stop, Thunk, Value};

/// Names a program may use beside its own: the library, and what the host binds.
pub trait Names: Send + Sync {
    /// The value of a name, if it is known.
    fn lookup(&self, name: &str) -> Option<Value>;

    /// All names, sorted.
    fn names(&self) -> Vec<&str>;
}

/// One evaluation of a program: the members of its sections, its limits, its host.
///
/// Shared by all threads that work on it and by every lazy value it gave, so that those can be read later.
pub struct Evaluation {
    program: Arc<Program>,
    members: Vec<Vec<Arc<Cell>>>,
    names: Arc<dyn Names>,
    host: Arc<dyn Host>,
    culture: Arc<str>,
    limits: Limits,
    cancel: CancelToken,
    steps: AtomicU64,
    /// Bytes its threads took and did not give back.
    memory: AtomicI64,
    rows_held: Arc<AtomicU64>,
    deadline: Option<Instant>,
    fixed_now: Mutex<Option<Now>>,
    /// What sources keep for the length of the evaluation, one of each type.
    kept: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    /// Cells whose value may hold the cell itself; emptied when the evaluation ends.
    cyclic: Mutex<Vec<Weak<Cell>>>,
    cyclic_prune_at: AtomicUsize,
}

impl Evaluation {
    /// Prepares the evaluation of `program`; nothing runs yet.
    pub fn new(
        program: Arc<Program>,
        names: Arc<dyn Names>,
        host: Arc<dyn Host>,
        culture: Arc<str>,
        limits: Limits,
        cancel: CancelToken,
    ) -> Arc<Evaluation> {
        let members = program
            .sections
            .iter()
            .map(|section| {
                section
                    .members
                    .iter()
                    .map(|member| {
                        let thunk =
                            Thunk::Expression { code: Arc::clone(&member.code), captures: Arc::from([]) };
                        Arc::new(Cell::suspended(thunk))
                    })
                    .collect()
            })
            .collect();
        Arc::new(Evaluation {
            program,
            members,
            names,
            host,
            culture,
            limits,
            cancel,
            steps: AtomicU64::new(0),
            memory: AtomicI64::new(0),
            rows_held: Arc::default(),
            deadline: limits
                .milliseconds
                .and_then(|milliseconds| Instant::now().checked_add(Duration::from_millis(milliseconds))),
            fixed_now: Mutex::new(None),
            kept: Mutex::default(),
            cyclic: Mutex::new(Vec::new()),
            cyclic_prune_at: AtomicUsize::new(1024),
        })
    }

    /// The program that runs.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The cell of a section member.
    pub fn member(&self, section: usize, member: usize) -> Option<&Arc<Cell>> {
        self.members.get(section)?.get(member)
    }

    /// How many bytes of rows the steps of tables hold.
    pub(super) fn rows_held(&self) -> &Arc<AtomicU64> {
        &self.rows_held
    }

    /// The names beside the program's own.
    pub fn names(&self) -> &Arc<dyn Names> {
        &self.names
    }
}

impl Drop for Evaluation {
    fn drop(&mut self) {
        let cyclic = std::mem::take(&mut *self.cyclic.lock().unwrap_or_else(PoisonError::into_inner));
        for cell in cyclic.iter().filter_map(Weak::upgrade) {
            cell.release();
        }
    }
}

/// One thread's part in an evaluation. Everything that evaluates is handed one.
pub struct Context {
    evaluation: Arc<Evaluation>,
    id: u64,
    depth: Counter<u32>,
    /// The stack that is known to be there.
    stack: Counter<Stack>,
    /// Pieces of stack taken beside the thread's own.
    pieces: Counter<u64>,
    /// Steps left before the shared limits are looked at again.
    budget: Counter<u32>,
    /// How many steps pass between two looks at the shared limits.
    between_looks: u32,
    /// What the thread held at the last look, and which thread that was.
    held: Counter<(i64, usize)>,
    /// Cells that another thread is evaluating and this one evaluates too.
    too: RefCell<Vec<usize>>,
    /// Whether the thread works beside others already, and calls no more.
    alone: Counter<bool>,
}

/// Until it is dropped, a thread evaluates a cell that another thread is evaluating as well.
pub(crate) struct EvaluatingToo<'c>(&'c RefCell<Vec<usize>>);

impl Drop for EvaluatingToo<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().pop();
    }
}

impl Drop for Context {
    /// Many short readings of one evaluation, each with a context of its own, count as one long one.
    fn drop(&mut self) {
        self.evaluation.steps.fetch_add(self.uncounted(), Ordering::Relaxed);
        if self.evaluation.limits.memory.is_some() {
            self.count_memory();
        }
    }
}

/// Addresses on the stack of a thread that are far enough from its end.
#[derive(Clone, Copy, Default)]
struct Stack {
    thread: usize,
    lowest: usize,
    size: usize,
}

/// How many steps pass between two looks at the shared limits.
const BUDGET: u32 = 1024;
/// The same where memory is limited: a step may take much of it.
const MEMORY_BUDGET: u32 = 32;
/// The stack left below which a new piece of stack is taken, in bytes.
const RED_ZONE: usize = 256 * 1024;
/// The size of a new piece of stack, in bytes.
const STACK_PIECE: usize = 8 * 1024 * 1024;

/// About where the stack of the calling function ends.
#[inline(always)]
fn stack_address() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here).addr()
}

impl Context {
    /// A context for the calling thread.
    pub fn new(evaluation: Arc<Evaluation>) -> Context {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let between_looks = if evaluation.limits.memory.is_some() { MEMORY_BUDGET } else { BUDGET };
        Context {
            evaluation,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            depth: Counter::new(0),
            stack: Counter::default(),
            pieces: Counter::new(0),
            budget: Counter::new(between_looks),
            between_looks,
            held: Counter::new((memory::held(), memory::thread())),
            too: RefCell::default(),
            alone: Counter::new(false),
        }
    }

    /// Notes that this thread evaluates a cell (named by its address) which another one is evaluating; `None` if it is
    /// doing so already, which is a cyclic reference.
    pub(crate) fn evaluating_too(&self, cell: usize) -> Option<EvaluatingToo<'_>> {
        let mut too = self.too.borrow_mut();
        if too.contains(&cell) {
            return None;
        }
        too.push(cell);
        Some(EvaluatingToo(&self.too))
    }

    /// The evaluation this is a part of.
    pub fn evaluation(&self) -> &Arc<Evaluation> {
        &self.evaluation
    }

    /// A number no other context has.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The host's capabilities.
    pub fn host(&self) -> &dyn Host {
        &*self.evaluation.host
    }

    /// The culture of the document: a name such as `en-US`; empty for the invariant one.
    pub fn culture(&self) -> &str {
        &self.evaluation.culture
    }

    /// How many threads a step may work with, this one among them.
    pub fn threads(&self) -> usize {
        if self.alone.get() { 1 } else { self.evaluation.limits.threads.max(1) }
    }

    /// Runs `inside`, which calls no other threads: work that is shared out already is not shared out again.
    pub fn alone<T>(&self, inside: impl FnOnce() -> T) -> T {
        let before = self.alone.replace(true);
        let result = inside();
        self.alone.set(before);
        result
    }

    /// The limits of the evaluation.
    pub fn limits(&self) -> &Limits {
        &self.evaluation.limits
    }

    /// What a source keeps for the length of the evaluation, such as answers of a server that are asked for again.
    /// There is one `T` in an evaluation, made when it is first asked for.
    pub fn kept<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let mut kept = self.evaluation.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(entry).downcast().unwrap_or_default()
    }

    /// The time now, anew at each call.
    pub fn now(&self) -> Result<Now> {
        self.host().now().map_err(|error| Error::data_source(error.to_string()))
    }

    /// The time of the first such question in this evaluation.
    pub fn fixed_now(&self) -> Result<Now> {
        let mut fixed = self.evaluation.fixed_now.lock().unwrap_or_else(PoisonError::into_inner);
        match *fixed {
            Some(now) => Ok(now),
            None => {
                let now = self.now()?;
                *fixed = Some(now);
                Ok(now)
            }
        }
    }

    /// Counts one step of work. Call it in every loop whose length the input decides.
    ///
    /// # Errors
    /// A [`Stop`] if the evaluation was cancelled or a limit is spent.
    #[inline]
    pub fn step(&self) -> Result<()> {
        let budget = self.budget.get();
        if budget > 0 {
            self.budget.set(budget - 1);
            return Ok(());
        }
        self.look_at_limits()
    }

    /// Counts `count` steps of work that is done in one go.
    ///
    /// # Errors
    /// A [`Stop`] if the evaluation was cancelled or a limit is spent.
    pub fn steps(&self, count: usize) -> Result<()> {
        let budget = self.budget.get();
        match u32::try_from(count) {
            Ok(count) if count <= budget => {
                self.budget.set(budget - count);
                Ok(())
            }
            _ => {
                self.evaluation.steps.fetch_add(count as u64, Ordering::Relaxed);
                self.look_at_limits()
            }
        }
    }

    /// Looks at the limits now: for work that takes long without taking steps.
    ///
    /// # Errors
    /// A [`Stop`] if the evaluation was cancelled or a limit is spent.
    pub fn check_limits(&self) -> Result<()> {
        self.look_at_limits()
    }

    /// Asks for the memory of one value, before it is taken: where the program decides how large a text, list or
    /// binary becomes.
    ///
    /// # Errors
    /// [`Stop::Memory`] if one value may not take that many bytes.
    #[inline]
    pub fn reserve(&self, bytes: usize) -> Result<()> {
        if bytes as u64 > Limits::LARGEST_VALUE {
            return Err(Error::stop(Stop::Memory(Limits::LARGEST_VALUE)));
        }
        match self.evaluation.limits.memory {
            Some(limit) => self.within_memory(limit, bytes),
            None => Ok(()),
        }
    }

    /// Whether the evaluation may take `more` bytes.
    #[cold]
    fn within_memory(&self, limit: u64, more: usize) -> Result<()> {
        if !memory::is_counted() {
            return Err(Error::expression(
                "The limit of memory can't be kept, since the program's allocator doesn't count. Make \
                 pqm::eval::CountingAllocator its global allocator, or set no such limit.",
            ));
        }
        let held = u64::try_from(self.count_memory()).unwrap_or(0);
        if held.saturating_add(more as u64) > limit {
            return Err(Error::stop(Stop::Memory(limit)));
        }
        Ok(())
    }

    /// Adds what this thread took since the last look to what the evaluation holds, and gives that.
    fn count_memory(&self) -> i64 {
        let now = (memory::held(), memory::thread());
        let before = self.held.replace(now);
        // A context that another thread goes on with brings a count that means nothing there.
        let taken = if before.1 == now.1 { now.0.wrapping_sub(before.0) } else { 0 };
        self.evaluation.memory.fetch_add(taken, Ordering::Relaxed).wrapping_add(taken)
    }

    #[cold]
    fn look_at_limits(&self) -> Result<()> {
        let taken = self.uncounted() + 1;
        self.budget.set(self.between_looks);
        let evaluation = &*self.evaluation;
        let steps = evaluation.steps.fetch_add(taken, Ordering::Relaxed) + taken;
        if evaluation.cancel.is_cancelled() {
            return Err(Error::stop(Stop::Cancelled));
        }
        if let Some(limit) = evaluation.limits.steps
            && steps >= limit
        {
            return Err(Error::stop(Stop::Steps(limit)));
        }
        if let Some(deadline) = evaluation.deadline
            && Instant::now() >= deadline
        {
            return Err(Error::stop(Stop::Time(evaluation.limits.milliseconds.unwrap_or(0))));
        }
        match evaluation.limits.memory {
            Some(limit) => self.within_memory(limit, 0),
            None => Ok(()),
        }
    }

    /// The steps taken since they were last added to those of the other threads.
    fn uncounted(&self) -> u64 {
        u64::from(self.between_looks - self.budget.get())
    }

    /// Runs `inside` one level deeper: bounds the depth, and gives it stack enough.
    ///
    /// # Errors
    /// [`Stop::Depth`] where the limit is reached, and what `inside` raises.
    #[inline]
    pub fn nested<T>(&self, inside: impl FnOnce() -> Result<T>) -> Result<T> {
        let depth = self.depth.get();
        if depth >= self.evaluation.limits.depth {
            return Err(Error::stop(Stop::Depth(depth)));
        }
        self.depth.set(depth + 1);
        let here = stack_address();
        let stack = self.stack.get();
        let known = here.wrapping_sub(stack.lowest) < stack.size && stack.thread == memory::thread();
        let result = if known || self.look_at_stack(here) { inside() } else { self.on_new_stack(inside) };
        self.depth.set(depth);
        result
    }

    /// Whether there is stack enough, where it is not known yet.
    #[cold]
    #[inline(never)]
    fn look_at_stack(&self, here: usize) -> bool {
        match stacker::remaining_stack() {
            Some(left) if left < RED_ZONE => false,
            Some(left) => {
                let size = left - RED_ZONE;
                let lowest = here.saturating_sub(size);
                self.stack.set(Stack { thread: memory::thread(), lowest, size: here - lowest });
                true
            }
            None => true,
        }
    }

    #[cold]
    #[inline(never)]
    fn on_new_stack<T>(&self, inside: impl FnOnce() -> Result<T>) -> Result<T> {
        let pieces = self.pieces.get() + 1;
        if pieces * STACK_PIECE as u64 > self.evaluation.limits.stack {
            return Err(Error::stop(Stop::Depth(self.depth.get())));
        }
        self.pieces.set(pieces);
        // What was known of the old stack still holds when the new one is given back.
        let known = self.stack.take();
        let result = stacker::grow(STACK_PIECE, inside);
        self.stack.set(known);
        self.pieces.set(pieces - 1);
        result
    }

    /// Notes a cell that may come to hold itself.
    pub(super) fn register_cyclic(&self, cell: &Arc<Cell>) {
        let mut cyclic = self.evaluation.cyclic.lock().unwrap_or_else(PoisonError::into_inner);
        cyclic.push(Arc::downgrade(cell));
        if cyclic.len() >= self.evaluation.cyclic_prune_at.load(Ordering::Relaxed) {
            // Most are gone by now; looking through them only when their number has doubled keeps this cheap.
            cyclic.retain(|cell| cell.strong_count() > 0);
            self.evaluation.cyclic_prune_at.store((cyclic.len() * 2).max(1024), Ordering::Relaxed);
        }
    }

    /// Evaluates the code of a cell or document.
    pub fn evaluate_code(&self, code: &Code, captures: &[Member]) -> Result<Value> {
        self.nested(|| super::call::run(self, code, captures, None))
    }
}
