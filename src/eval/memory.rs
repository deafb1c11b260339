//! How much memory an evaluation holds: an allocator that counts what each thread takes and gives back.
//!
//! The counts are of threads, not of values: an evaluation adds up what its threads took and gave back while they
//! worked on it. What it gives to another thread to free goes on counting against it.
#![allow(unsafe_code)] // An allocator is an unsafe trait; it hands everything on and only counts.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::sync::OnceLock;

thread_local! {
    /// Bytes this thread took minus bytes it gave back. Constant and without a destructor: reading it allocates nothing.
    static HELD: Cell<i64> = const { Cell::new(0) };
}

/// An allocator that counts. A program that sets [`Limits::memory`](super::Limits::memory) installs it around the one
/// it uses:
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: pqm::eval::CountingAllocator<std::alloc::System> =
///     pqm::eval::CountingAllocator::new(std::alloc::System);
/// # fn main() {}
/// ```
pub struct CountingAllocator<A>(A);

impl<A> CountingAllocator<A> {
    /// Counts what goes through `allocator`.
    pub const fn new(allocator: A) -> CountingAllocator<A> {
        CountingAllocator(allocator)
    }
}

fn count(bytes: i64) {
    // A thread that ends gives back what it still holds after its own data are gone: that is not counted.
    let _ = HELD.try_with(|held| held.set(held.get().wrapping_add(bytes)));
}

// SAFETY: each call is handed to the allocator inside with the same arguments, and what it returns is returned; the
// caller's promises are the inner allocator's preconditions. Counting neither allocates nor panics: it adds to a
// constant-initialised thread local without a destructor.
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see above.
        let taken = unsafe { self.0.alloc(layout) };
        if !taken.is_null() {
            count(layout.size() as i64);
        }
        taken
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see above.
        let taken = unsafe { self.0.alloc_zeroed(layout) };
        if !taken.is_null() {
            count(layout.size() as i64);
        }
        taken
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: see above.
        unsafe { self.0.dealloc(pointer, layout) };
        count(-(layout.size() as i64));
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: see above.
        let taken = unsafe { self.0.realloc(pointer, layout, size) };
        if !taken.is_null() {
            count(size as i64 - layout.size() as i64);
        }
        taken
    }
}

/// What the calling thread took and did not give back, in bytes; only differences mean something.
pub(crate) fn held() -> i64 {
    HELD.try_with(Cell::get).unwrap_or(0)
}

/// Which thread is calling: the place of its counter.
pub(super) fn thread() -> usize {
    HELD.try_with(|held| std::ptr::from_ref(held).addr()).unwrap_or(0)
}

/// Whether the program's allocator counts.
pub(super) fn is_counted() -> bool {
    static COUNTED: OnceLock<bool> = OnceLock::new();
    *COUNTED.get_or_init(|| {
        let before = held();
        let probe = std::hint::black_box(vec![0u8; 4096]);
        let counted = held().wrapping_sub(before) >= 4096;
        drop(probe);
        counted
    })
}
