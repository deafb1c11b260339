//! Tables from Arrow record batches and back.
//!
//! Texts, logical values, 64-bit whole numbers and doubles share their memory both ways. Dates, times and durations
//! count from another day or in another unit and are converted column at a time; everything else cell by cell.

mod ipc;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use ipc::table_from_ipc;
#[cfg(feature = "parquet")]
pub(crate) use read::{batch_of, columns_of};
pub use read::{table_from_record_batch_source, table_from_record_batches};
pub use write::{ArrowOptions, ArrowWriter, FailedCells, Misfits, MixedColumns};

use crate::value::temporal::TICKS_PER_DAY;

/// Days from 0001-01-01 to 1970-01-01, from which Arrow counts.
const UNIX_DAYS: i32 = 719_162;
/// Ticks from 0001-01-01 to 1970-01-01.
const UNIX_TICKS: i64 = UNIX_DAYS as i64 * TICKS_PER_DAY;
