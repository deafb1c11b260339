//! Table functions about relations between rows: sort, distinct, group, join, expand, pivot, keys.

use crate::library::Declaration;

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[];
