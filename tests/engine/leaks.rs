//! Evaluations leave nothing behind, reference cycles included.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering};

use pqm::Engine;
use pqm::eval::CountingAllocator;
use pqm::value::literal_text;

/// The system's allocator, counting what is in use.
struct Counting;

static IN_USE: AtomicIsize = AtomicIsize::new(0);

// SAFETY: every call is passed on to the system's allocator unchanged; the counter does not touch the memory.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size() as isize, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size() as isize, Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: CountingAllocator<Counting> = CountingAllocator::new(Counting);

/// The bytes in use.
pub fn in_use() -> isize {
    IN_USE.load(Ordering::Relaxed)
}

/// Whether the calling test has the process to itself, so that no other test allocates at the same time. If not, runs
/// it in a process of its own and requires that it passes.
pub fn alone(test: &str) -> bool {
    alone_with(test, &[])
}

/// The same with further arguments for the process.
pub fn alone_with(test: &str, arguments: &[&str]) -> bool {
    const ALONE: &str = "PQM_LEAK_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .args(arguments)
        .env(ALONE, "1")
        .status()
        .unwrap();
    assert!(status.success(), "{test} failed in its own process");
    false
}

#[test]
fn evaluations_leave_nothing_behind() {
    if !alone("leaks::evaluations_leave_nothing_behind") {
        return;
    }
    for code in [
        "let f = (n) => if n = 0 then 0 else 1 + @f(n - 1) in f(50)",
        "let even = (n) => if n = 0 then true else odd(n - 1), odd = (n) => if n = 0 then false else even(n - 1) in even(20)",
        "let l = {0, @l} in l{1}{1}{1}{0}",
        "[a = [b = @a, c = 1]][a][b][c]",
        "let r = [f = (x) => x + r2[k], s = r2], r2 = [k = 1, back = @r] in r[f](1) + r[s][back][s][k]",
        "let tree = [child = grow(@tree)], grow = (t) => [parent = t] in tree[child][parent][child][parent] is record",
        "let make = (n) => let self = [n = n, me = @self] in self[me][me][n] in make(1) + make(2)",
        "[A = B, B = A]",
        "try error [Reason = \"x\", Message = \"y\", Detail = {1, 2}]",
    ] {
        let query = Engine::new().compile("leak", code).unwrap();
        let run = || {
            let ctx = query.start();
            let value = query.evaluate(&ctx).unwrap();
            // The member of a cyclic record is endless as text; reading it was enough.
            if !code.starts_with("[A") {
                literal_text(&ctx, &value).unwrap();
            }
        };
        (0..200).for_each(|_| run());
        let before = in_use();
        (0..2_000).for_each(|_| run());
        let grown = in_use() - before;
        assert!(grown < 4_096, "{code}\nleaves {grown} bytes after 2,000 evaluations");
    }
}

/// Ten million evaluations, a few seconds in a release build: `cargo test --release --test engine ten_million -- --ignored`.
#[test]
#[ignore = "long: run it in a release build"]
fn ten_million_evaluations_leave_nothing_behind() {
    if !alone_with("leaks::ten_million_evaluations_leave_nothing_behind", &["--ignored"]) {
        return;
    }
    let rule = "let rate = (order) => if order[Country] = \"DE\" then 0.9 else 1, again = (n) => if n = 0 then 0 else @again(n - 1) \
                in rate([Country = \"DE\"]) * 250 + again(3)";
    let query = Engine::new().compile("leak", rule).unwrap();
    let run = || assert!(query.evaluate(&query.start()).is_ok());
    (0..1_000).for_each(|_| run());
    let (before, began) = (in_use(), std::time::Instant::now());
    (0..10_000_000).for_each(|_| run());
    println!("10,000,000 evaluations in {:.1} s", began.elapsed().as_secs_f64());
    let grown = in_use() - before;
    assert!(grown < 4_096, "{grown} bytes more after ten million evaluations");
}
