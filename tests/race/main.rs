//! Lazy values shared by threads, under a checker that tries many orders of their steps; see run.sh.
#![cfg(shuttle)]
#![allow(clippy::unwrap_used, clippy::panic)]

use pqm::Engine;
use pqm::eval::Context;
use pqm::value::{Value, literal_text};

/// How many orders of steps are tried for each program.
const ORDERS: usize = 20_000;

/// Reads the value of `code` in three threads at once, in many orders of their steps: each must give `expected`.
fn check(code: &'static str, expected: &'static str) {
    shuttle::check_random(
        move || {
            let query = Engine::new().compile("race", code).unwrap();
            let ctx = query.start();
            let value: Value = query.evaluate(&ctx).unwrap();
            let readers: Vec<_> = (0..3)
                .map(|_| {
                    let (evaluation, value) = (ctx.evaluation().clone(), value.clone());
                    shuttle::thread::spawn(move || {
                        let ctx = Context::new(evaluation);
                        literal_text(&ctx, &value).unwrap_or_else(|error| error.to_string())
                    })
                })
                .collect();
            for reader in readers {
                assert_eq!(reader.join().unwrap(), expected);
            }
        },
        ORDERS,
    );
}

#[test]
fn values_are_the_same_for_all() {
    check("[a = 1 + b, b = 2 * c, c = List.Sum({1, 2})]", "[a = 7, b = 6, c = 3]");
    check("let f = (n) => [n = n, next = @f(n + 1)] in f(1)[next][next][[n]]", "[n = 3]");
}

#[test]
fn circles_are_found_by_all() {
    check(
        "[a = b + 1, b = a]",
        "[a = error: Expression.Error: A cyclic reference was encountered during evaluation., b = error: \
         Expression.Error: A cyclic reference was encountered during evaluation.]",
    );
    check("let l = {0, @l, 2} in {l{1}{0}, l{1}{1}{2}}", "{0, 2}");
}

#[test]
fn errors_are_the_same_for_all() {
    check(
        "[a = b + 1, b = error \"no\"]",
        "[a = error: Expression.Error: no, b = error: Expression.Error: no]",
    );
}
