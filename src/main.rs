//! The `pqm` program: a thin adapter over the library.

mod cli;

use pqm::eval::CountingAllocator;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: CountingAllocator<mimalloc::MiMalloc> = CountingAllocator::new(mimalloc::MiMalloc);

#[cfg(not(feature = "mimalloc"))]
#[global_allocator]
static ALLOCATOR: CountingAllocator<std::alloc::System> = CountingAllocator::new(std::alloc::System);

fn main() -> std::process::ExitCode {
    cli::main()
}
