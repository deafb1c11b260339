//! What an evaluation has asked already: the same question is answered the same way until its end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Exchange, WebRequest};
use crate::eval::Context;

/// The exchanges of an evaluation, oldest first.
#[derive(Default)]
pub struct Answers(Mutex<VecDeque<(Key, Arc<Exchange>)>>);

#[derive(PartialEq)]
struct Key {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Arc<[u8]>>,
    manual: Vec<u16>,
}

/// How many exchanges are kept for those who ask again. Those who hold one keep it longer.
const KEPT: usize = 256;

/// The exchange for a request: one that was made before, unless it is a retry. Headers named in `excluded` do not
/// tell requests apart.
pub fn exchange(ctx: &Context, request: WebRequest, excluded: &[String], is_retry: bool) -> Arc<Exchange> {
    let tells = |name: &str| !excluded.iter().any(|excluded| excluded.eq_ignore_ascii_case(name));
    let key = Key {
        method: request.http.method.clone(),
        url: request.http.url.clone(),
        headers: request.http.headers.iter().filter(|(name, _)| tells(name)).cloned().collect(),
        body: request.http.body.clone(),
        manual: request.manual.clone(),
    };
    let answers = ctx.kept::<Answers>();
    let mut answers = answers.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = answers.iter().position(|(known, _)| *known == key) {
        match answers.get(at) {
            Some((_, exchange)) if !is_retry => return Arc::clone(exchange),
            _ => drop(answers.remove(at)),
        }
    }
    let exchange = Arc::new(Exchange::new(request));
    answers.push_back((key, Arc::clone(&exchange)));
    if answers.len() > KEPT {
        answers.pop_front();
    }
    exchange
}
