//! File.*, Folder.*: what the host grants of files.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
