//! Evaluation from async code, and host functions that are futures.
//!
//! Evaluating is work for the processor, so it never runs on a worker of the runtime: it has a thread of the
//! runtime's blocking pool for as long as it takes.

use std::future::Future;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use tokio::runtime::Handle;

use super::{Engine, Evaluated, Query, Run};
use crate::eval::{Arguments, CancelToken, Context};
use crate::value::{Error, Result, Stop, Value};

/// How long a host function's future is waited for before the limits are looked at again.
const LOOK: Duration = Duration::from_millis(10);

impl Engine {
    /// The same engine with a function of the host that is a future, under `name`. It runs on `runtime`, which needs a
    /// worker thread of its own for it.
    ///
    /// `signature` is as for [`Engine::with_function`]. `body` reads the arguments, and the future it gives is awaited.
    /// A script that was cancelled or whose limits are spent waits no longer, and the future is dropped.
    pub fn with_async_function<F>(
        self,
        runtime: &Handle,
        name: &str,
        signature: &str,
        body: impl Fn(Arguments<'_>) -> Result<F> + Send + Sync + 'static,
    ) -> Engine
    where
        F: Future<Output = Result<Value>> + Send + 'static,
    {
        let runtime = runtime.clone();
        let function = name.to_owned();
        self.with_function(name, signature, move |ctx, arguments| {
            wait(ctx, &runtime, &function, body(arguments)?)
        })
    }
}

/// Waits for a future that runs elsewhere, as long as the evaluation may go on.
fn wait(
    ctx: &Context,
    runtime: &Handle,
    function: &str,
    future: impl Future<Output = Result<Value>> + Send + 'static,
) -> Result<Value> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let task = runtime.spawn(async move {
        // Nobody listens any more where the evaluation was stopped.
        let _ = sender.send(future.await);
    });
    loop {
        match receiver.recv_timeout(LOOK) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) => {
                if let Err(stop) = ctx.check_limits() {
                    task.abort();
                    return Err(stop);
                }
            }
            // It panicked, or its runtime was shut down.
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::expression(format!(
                    "The host's function '{function}' ended without a result."
                )));
            }
        }
    }
}

/// Cancels an evaluation that nobody waits for any more.
struct CancelOnDrop(Option<CancelToken>);

impl CancelOnDrop {
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(token) = &self.0 {
            token.cancel();
        }
    }
}

impl Query {
    /// Runs the program's expression off the runtime's workers; see [`Run::evaluate_async`].
    ///
    /// # Errors
    /// As [`Run::evaluate`].
    pub async fn evaluate_async(&self) -> Result<Evaluated> {
        self.run().evaluate_async().await
    }
}

impl Run {
    /// Runs the program's expression off the runtime's workers. Dropping the future cancels the evaluation.
    ///
    /// What is lazy in the value is evaluated where it is read: use [`Run::with_result_async`] to read all that is
    /// needed off the workers too.
    ///
    /// # Errors
    /// As [`Run::evaluate`].
    ///
    /// # Panics
    /// Outside of a tokio runtime, as all of tokio does.
    pub async fn evaluate_async(self) -> Result<Evaluated> {
        self.with_result_async(Ok).await
    }

    /// Runs the program's expression and then `read` over its result, both off the runtime's workers. Dropping the
    /// future cancels the evaluation.
    ///
    /// # Errors
    /// As [`Run::evaluate`], and what `read` raises.
    ///
    /// # Panics
    /// Outside of a tokio runtime; and if `read` panics.
    pub async fn with_result_async<T: Send + 'static>(
        self,
        read: impl FnOnce(Evaluated) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let cancel = CancelOnDrop(Some(self.cancel_token()));
        let work = tokio::task::spawn_blocking(move || read(self.evaluate()?));
        let result = match work.await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is shutting down.
                Err(_) => Err(Error::stop(Stop::Cancelled)),
            },
        };
        cancel.disarm();
        result
    }
}
