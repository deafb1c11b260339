//! Splitter.*, Combiner.*: taking texts apart and putting them together.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
