//! Replacer.* and Comparer.*: functions given to other functions.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
