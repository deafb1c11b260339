//! Asking a server, and asking it again where it says that it can't answer just now.

use std::time::Duration;

use crate::eval::Context;
use crate::host::http::{HttpError, HttpRequest, HttpResponse, RetryAfter, retry_after};
use crate::value::{Error, Result, Value};

/// How long is slept at a time, so that a cancelled evaluation ends soon.
const NAP: Duration = Duration::from_millis(10);

/// Whether the evaluation still wants an answer: for [`crate::host::Host::send`].
pub fn go_on(ctx: &Context) -> impl Fn() -> bool + '_ {
    || ctx.check_limits().is_ok()
}

/// Waits, as long as the evaluation may go on.
///
/// # Errors
/// A [`crate::value::Stop`].
pub fn pause(ctx: &Context, time: Duration) -> Result<()> {
    let mut left = time;
    while !left.is_zero() {
        ctx.check_limits()?;
        let nap = left.min(NAP);
        ctx.host().pause(nap);
        left -= nap;
    }
    ctx.check_limits()
}

/// What is asked again, and after how long. The M functions follow the page on status codes: three times, at growing
/// distances or as the server says in seconds, which are kept between half a second and two minutes.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    /// How often at most.
    pub count: u32,
    /// Whether broken connections are followed by another try: only where asking twice does no harm.
    pub broken: bool,
}

impl Retries {
    const LEAST: Duration = Duration::from_millis(500);
    const MOST: Duration = Duration::from_secs(120);

    /// The statuses after which a request is sent again.
    pub fn covers(status: u16) -> bool {
        matches!(status, 408 | 429 | 503 | 504 | 509)
    }

    /// How long to wait before try number `tried` (from 1) is followed by another one.
    pub fn wait(tried: u32, response: Option<&HttpResponse>) -> Duration {
        let asked = response.and_then(|response| response.header("retry-after")).and_then(retry_after);
        let wait = match asked {
            Some(RetryAfter::Wait(wait)) => wait,
            // Dates are documented not to be supported.
            Some(RetryAfter::Until(_)) | None => Duration::from_secs(1 << tried.saturating_sub(1).min(7)),
        };
        wait.clamp(Retries::LEAST, Retries::MOST)
    }
}

/// Sends a request until there is an answer that is no request to wait, or as often as `retries` says.
///
/// # Errors
/// [`HttpError`] where there is no answer, wrapped by `fail`; a [`crate::value::Stop`].
pub fn send_with_retries(
    ctx: &Context,
    request: &HttpRequest,
    retries: Retries,
    final_statuses: &[u16],
    fail: impl Fn(&HttpError) -> Error,
) -> Result<HttpResponse> {
    let mut tried = 0;
    loop {
        tried += 1;
        let sent = ctx.host().send(request, &go_on(ctx));
        let wait = match &sent {
            Ok(response)
                if Retries::covers(response.status)
                    && !final_statuses.contains(&response.status)
                    && tried <= retries.count =>
            {
                Retries::wait(tried, Some(response))
            }
            Err(error) if error.is_passing() && retries.broken && tried <= retries.count => {
                Retries::wait(tried, None)
            }
            Ok(_) => return sent.map_err(|error| fail(&error)),
            Err(HttpError::GivenUp) => {
                ctx.check_limits()?;
                return sent.map_err(|error| fail(&error));
            }
            Err(error) => return Err(fail(error)),
        };
        drop(sent);
        pause(ctx, wait)?;
    }
}

/// A failure of a web source as the engine words it: what it is about stands in the detail.
pub fn failed(kind: &str, url: &str, message: &str) -> Error {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    Error::data_source(message).with_detail(Value::record([
        ("DataSourceKind", Value::text(kind)),
        ("DataSourcePath", Value::text(path)),
        ("Url", Value::text(url)),
    ]))
}
