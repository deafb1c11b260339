//! Table functions about rows: choosing, counting, replacing, adding them; making tables and taking them apart.

use crate::library::Declaration;

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[];
