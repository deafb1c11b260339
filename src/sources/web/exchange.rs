use std::sync::{Arc, Mutex, PoisonError};

use super::waiting::{Retries, failed, go_on, send_with_retries};
use crate::eval::Context;
use crate::host::http::{HttpError, HttpRequest, Spool, header};
use crate::value::{ByteStream, Error, Result};

/// A request as a function of the library makes it.
#[derive(Clone, Debug)]
pub struct WebRequest {
    /// What is sent.
    pub http: HttpRequest,
    /// The statuses that the script handles itself.
    pub manual: Vec<u16>,
    /// The function that asks, for messages.
    pub function: &'static str,
}

/// A request and, once it was needed, its answer.
pub struct Exchange {
    request: WebRequest,
    answer: Mutex<Option<Result<Arc<Answer>>>>,
}

/// An answer.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    body: Mutex<Spool>,
}

impl Answer {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

impl Exchange {
    /// An exchange of which nothing has happened yet.
    pub fn new(request: WebRequest) -> Exchange {
        Exchange { request, answer: Mutex::new(None) }
    }

    /// The address.
    pub fn url(&self) -> &str {
        &self.request.http.url
    }

    /// The answer; the request is sent if it wasn't yet.
    ///
    /// # Errors
    /// There is no answer, or one that stands for an error.
    pub fn answer(&self, ctx: &Context) -> Result<Arc<Answer>> {
        let mut known = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known {
            return known.clone();
        }
        let answer = self.send(ctx);
        match &answer {
            Err(error) if error.is_stop() => {}
            _ => *known = Some(answer.clone()),
        }
        answer
    }

    fn send(&self, ctx: &Context) -> Result<Arc<Answer>> {
        let retries = Retries { count: 3, broken: false };
        let fail = |error: &HttpError| self.no_answer(error);
        let response = send_with_retries(ctx, &self.request.http, retries, &self.request.manual, fail)?;
        let status = response.status;
        // Scripts can't take these into their own hands; see the page on status codes.
        let is_refused = matches!(status, 401 | 403);
        if is_refused || !(200..300).contains(&status) && !self.request.manual.contains(&status) {
            return Err(self.refused(status, &response.reason));
        }
        Ok(Arc::new(Answer {
            status,
            headers: response.headers,
            body: Mutex::new(Spool::new(response.body)),
        }))
    }

    fn fail(&self, message: &str) -> Error {
        failed("Web", self.url(), message)
    }

    fn no_answer(&self, error: &HttpError) -> Error {
        match error {
            HttpError::Denied(_) | HttpError::InvalidUrl(_) | HttpError::NoNetwork => {
                self.fail(&error.to_string())
            }
            _ => self.fail(&format!(
                "{} failed to get contents from '{}': {error}",
                self.request.function,
                self.url()
            )),
        }
    }

    fn refused(&self, status: u16, reason: &str) -> Error {
        match status {
            401 => self.fail(&format!(
                "The credentials provided for the Web source are invalid. (Source at {}.) Give the host a credential \
                 for this address.",
                self.url()
            )),
            403 => self.fail("Access to the resource is forbidden."),
            _ => self.fail(&format!(
                "{} failed to get contents from '{}' ({status}): {reason}",
                self.request.function,
                self.url()
            )),
        }
    }
}

impl ByteStream for Exchange {
    fn read_at(&self, ctx: &Context, at: u64, buffer: &mut [u8]) -> Result<usize> {
        let answer = self.answer(ctx)?;
        let mut body = answer.body.lock().unwrap_or_else(PoisonError::into_inner);
        body.read_at(at, buffer, &go_on(ctx)).map_err(|error| {
            if error == HttpError::GivenUp
                && let Err(stop) = ctx.check_limits()
            {
                return stop;
            }
            self.no_answer(&error)
        })
    }

    fn label(&self) -> String {
        self.url().to_owned()
    }
}
