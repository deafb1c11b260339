//! Csv.Document, Json.*, and other documents read from binary values.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
