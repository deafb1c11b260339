//! Text.* and Character.*: texts.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
