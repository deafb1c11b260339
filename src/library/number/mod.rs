//! Number.* and the conversions named after number types.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
