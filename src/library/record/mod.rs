//! Record.*.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
