//! What may go wrong, by a plan that a seed decides.

use std::time::Duration;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// The request is carried out, and the connection closes instead of an answer.
    LostAcknowledgement,
    /// The connection closes before anything happens.
    Reset,
    /// The answer breaks off in its middle.
    Truncated,
    /// The answer stops in its middle for this long.
    Stalled(Duration),
    /// A status without anything happening, with `Retry-After` in seconds if there are any.
    Status(u16, Option<u32>),
    /// 429 with `Retry-After` as an HTTP date this many seconds from now.
    RetryAtDate(i64),
    /// A page is given a second time under the link of the next one.
    RepeatedPage,
    /// The link to the next page leads back to this one.
    Circle,
    /// The token is no longer accepted although it has not ended.
    TokenTakenBack,
}

/// Which requests meet a fault: of those that count, one in so many, as the seed decides, and no more than so many.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    pub fault: Fault,
    pub one_in: u64,
    pub at_most: u64,
    /// Whether it meets requests that read (GET), others, or both.
    pub reads: bool,
    pub writes: bool,
}

impl Planned {
    pub fn new(fault: Fault, one_in: u64) -> Planned {
        Planned { fault, one_in, at_most: u64::MAX, reads: true, writes: true }
    }
}

/// Decides for each request.
pub struct Plan {
    planned: Vec<(Planned, u64)>,
    state: u64,
}

impl Plan {
    pub fn new(planned: Vec<Planned>, seed: u64) -> Plan {
        Plan {
            planned: planned.into_iter().map(|one| (one, 0)).collect(),
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        }
    }

    /// How many faults were met.
    pub fn met(&self) -> u64 {
        self.planned.iter().map(|(_, met)| met).sum()
    }

    pub fn next(&mut self, is_read: bool) -> Option<Fault> {
        for (planned, met) in &mut self.planned {
            if (is_read && !planned.reads) || (!is_read && !planned.writes) || *met >= planned.at_most {
                continue;
            }
            // xorshift: the same seed meets the same requests.
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            if self.state.is_multiple_of(planned.one_in) {
                *met += 1;
                return Some(planned.fault);
            }
        }
        None
    }
}
