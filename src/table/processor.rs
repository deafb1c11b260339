//! Loops compiled for instructions that not all processors have: the program itself is compiled for any.

// Functions for one kind of processor may only be called where it is at hand, which the compiler cannot see.
#![allow(unsafe_code)]

/// Does `work`, compiled for wide vectors and for counting bits where the processor can do that. What is to be compiled
/// so must be inlined into `work`, which must be marked `#[inline(always)]` itself.
#[inline(always)]
pub fn at_best<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    if is_wide() {
        // SAFETY: the processor has what the function is compiled for.
        return unsafe { wide(work) };
    }
    work()
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn is_wide() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn wide<T>(work: impl FnOnce() -> T) -> T {
    work()
}
