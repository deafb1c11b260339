//! Lazy values shared by many threads give what one thread gives.

use pqm::Engine;
use pqm::eval::Context;
use pqm::value::{Value, literal_text};

#[test]
fn many_threads_read_the_same_lazy_values() {
    let code = "let fib = (n) => if n < 2 then n else @fib(n - 1) + @fib(n - 2), \
                r = [a = fib(12), b = a + fib(10), c = {a, b, fib(8)}, d = [x = c, y = b]] in r";
    let query = Engine::new().compile("threads", code).unwrap();
    let alone = {
        let ctx = query.start();
        literal_text(&ctx, &query.evaluate(&ctx).unwrap()).unwrap()
    };
    for _ in 0..3 {
        let ctx = query.start();
        let value: Value = query.evaluate(&ctx).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..200 {
                let (evaluation, value, alone) = (ctx.evaluation().clone(), value.clone(), &alone);
                scope.spawn(move || {
                    let ctx = Context::new(evaluation);
                    assert_eq!(&literal_text(&ctx, &value).unwrap(), alone);
                });
            }
        });
    }
}

#[test]
fn one_query_runs_in_many_threads_at_once() {
    let query = Engine::new()
        .compile("threads", "let f = (n) => if n = 0 then {} else {n} & @f(n - 1) in f(20)")
        .unwrap();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let ctx = query.start();
                    let text = literal_text(&ctx, &query.evaluate(&ctx).unwrap()).unwrap();
                    assert!(text.starts_with("{20, 19,") && text.ends_with(" 2, 1}"), "{text}");
                }
            });
        }
    });
}

#[test]
fn two_hundred_threads_find_the_same_circle() {
    let query = Engine::new().compile("threads", "[a = b + 1, b = c, c = List.Sum({1..500}) + a]").unwrap();
    for _ in 0..3 {
        let ctx = query.start();
        let value = query.evaluate(&ctx).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..200 {
                let (evaluation, value) = (ctx.evaluation().clone(), value.clone());
                scope.spawn(move || {
                    let ctx = Context::new(evaluation);
                    let text = literal_text(&ctx, &value).unwrap();
                    assert_eq!(text.matches("A cyclic reference was encountered").count(), 3, "{text}");
                });
            }
        });
    }
}
