//! Lines.*, Guid.*, Uri.*: small families about texts.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
