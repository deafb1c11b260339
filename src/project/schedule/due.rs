//! What is to be done now.

use jiff::{SignedDuration, Timestamp};

use super::model::Missed;
use super::recurrence::Timing;

/// A time is kept if it is met so late at most.
const PUNCTUAL: SignedDuration = SignedDuration::from_mins(1);
/// A clock that is set back further than this is believed, and what it had said before is not.
const BELIEVED: SignedDuration = SignedDuration::from_mins(10);

/// What is to be done for a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Run now; all times up to this one are then handled.
    Run(Timestamp),
    /// Times passed that are left out: all up to this one are handled.
    Left(Timestamp),
    /// Wait until then.
    Wait(Timestamp),
    /// There are no more times.
    Never,
}

/// What is to be done now, if all times up to `handled` are.
pub fn due(timing: &Timing, missed: Missed, handled: Timestamp, now: Timestamp) -> Due {
    let handled = believed(handled, now);
    let Some(first) = timing.next(handled) else { return Due::Never };
    if first > now {
        return Due::Wait(first);
    }
    match missed {
        Missed::RunAll => Due::Run(first),
        Missed::RunOnce => Due::Run(now),
        Missed::Skip => {
            let lately = now.checked_sub(PUNCTUAL).unwrap_or(Timestamp::MIN).max(handled);
            // The minute is closed at its beginning, too: a time just so old is kept.
            let lately = lately.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(lately).max(handled);
            match timing.next(lately) {
                Some(at) if at <= now => Due::Run(now),
                _ => Due::Left(now),
            }
        }
    }
}

/// Where to go on from. A clock that was set back by little only makes wait; one that was wrong and is corrected must
/// not silence a schedule until it comes there again.
fn believed(handled: Timestamp, now: Timestamp) -> Timestamp {
    if handled.duration_since(now) > BELIEVED { now } else { handled }
}
