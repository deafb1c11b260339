use std::time::Duration;

/// How long a server asks its clients to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// That long, from now on.
    Wait(Duration),
    /// Until a point in time, in seconds since 1970-01-01 UTC.
    Until(i64),
}

impl RetryAfter {
    /// The wait, where it is `now` (seconds since 1970-01-01 UTC).
    pub fn from(self, now: i64) -> Duration {
        match self {
            RetryAfter::Wait(wait) => wait,
            RetryAfter::Until(then) => {
                Duration::from_secs(u64::try_from(then.saturating_sub(now)).unwrap_or(0))
            }
        }
    }
}

/// What a `Retry-After` header says (RFC 9110, section 10.2.3): seconds, with a fraction if the server likes, or an
/// HTTP date. `None` if it is neither.
pub fn retry_after(text: &str) -> Option<RetryAfter> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let sane = seconds.is_finite() && (0.0..=1e9).contains(&seconds);
        return sane.then(|| RetryAfter::Wait(Duration::from_secs_f64(seconds)));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(RetryAfter::Until(date.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates() {
        assert_eq!(retry_after("120"), Some(RetryAfter::Wait(Duration::from_secs(120))));
        assert_eq!(retry_after(" 0.5 "), Some(RetryAfter::Wait(Duration::from_millis(500))));
        let date = retry_after("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(date, RetryAfter::Until(784_111_777));
        assert_eq!(date.from(784_111_770), Duration::from_secs(7));
        assert_eq!(date.from(784_111_780), Duration::ZERO);
        for text in ["", "soon", "-1", "NaN", "1e300"] {
            assert_eq!(retry_after(text), None, "{text}");
        }
    }
}
