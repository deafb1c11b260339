//! Value.*, Function.*, Type.*, Expression.*, Error.*, Diagnostics.*: values about values.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
