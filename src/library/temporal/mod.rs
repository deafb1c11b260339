//! Date.*, DateTime.*, DateTimeZone.*, Time.*, Duration.*.

use super::Declaration;

pub(super) const FUNCTIONS: &[Declaration] = &[];
