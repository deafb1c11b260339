//! Answers of web servers: asked for when they are first needed, at most once in an evaluation, read piece by piece.

mod answers;
mod exchange;
mod waiting;

pub use answers::{Answers, exchange};
pub use exchange::{Answer, Exchange, WebRequest};
pub use waiting::{Retries, failed, go_on, pause, send_with_retries};
