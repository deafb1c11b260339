//! Table functions about columns: choosing, adding, changing, naming them.

use crate::library::Declaration;

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[];
