//! Binary.*, BinaryFormat.*, Compression.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
