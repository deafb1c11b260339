//! Evaluating from a tokio runtime.

use std::time::{Duration, Instant};

use pqm::Engine;
use pqm::eval::Limits;
use pqm::value::{Stop, Value};

const ENDLESS: &str = "List.Count(List.Generate(() => 0, each true, each _ + 1))";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap()
}

#[test]
fn the_only_worker_goes_on_while_a_script_runs() {
    runtime().block_on(async {
        let query = Engine::new().compile("endless", ENDLESS).unwrap();
        let run = query.run();
        let token = run.cancel_token();
        let script = tokio::spawn(run.evaluate_async());
        let mut ticks = 0;
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            ticks += 1;
        }
        assert!(!script.is_finished());
        assert_eq!(ticks, 10);
        token.cancel();
        let stop = script.await.unwrap().err().and_then(|error| error.as_stop());
        assert_eq!(stop, Some(Stop::Cancelled));
    });
}

#[test]
fn a_dropped_future_cancels_its_evaluation() {
    let runtime = runtime();
    runtime.block_on(async {
        let query = Engine::new().compile("endless", ENDLESS).unwrap();
        let run = query.run();
        let token = run.cancel_token();
        let timed = tokio::time::timeout(Duration::from_millis(20), run.evaluate_async()).await;
        assert!(timed.is_err());
        assert!(token.is_cancelled());
    });
    // Shutting down waits for blocking work: it ends only if the script does.
    drop(runtime);
}

#[test]
fn results_stay_usable_and_are_read_off_the_workers() {
    runtime().block_on(async {
        let query = Engine::new().compile("lazy", "[a = 1 + 1]").unwrap();
        let result = query.evaluate_async().await.unwrap();
        assert!(matches!(result.field("a"), Ok(Some(Value::Int64(2)))));
        let json = query.run().with_result_async(|result| result.json()).await.unwrap();
        assert_eq!(json, serde_json::json!({"a": 2}));
    });
}

#[test]
fn host_functions_may_be_futures() {
    let runtime = runtime();
    let engine = Engine::new()
        .with_async_function(
            runtime.handle(),
            "Host.Slow",
            "(key as text, optional times as nullable number) as text",
            |arguments| {
                let key = arguments.text(0)?;
                let times = arguments.optional_count(1, "times")?.unwrap_or(1);
                Ok(async move {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    Ok(Value::from(key.as_str().repeat(times)))
                })
            },
        )
        .with_async_function(runtime.handle(), "Host.Panics", "() as any", |_| Ok(async { panic!("oh") }))
        .with_async_function(runtime.handle(), "Host.Never", "() as any", |_| {
            Ok(async {
                tokio::time::sleep(Duration::from_secs(3600)).await;
                Ok(Value::Null)
            })
        });
    let text = |code: &str| {
        let query = engine.compile("host", code).unwrap();
        let result = runtime.block_on(query.evaluate_async());
        result
            .map(|result| result.value().as_text().unwrap_or("").to_owned())
            .map_err(|error| error.to_string())
    };
    assert_eq!(text("Host.Slow(\"a\") & Host.Slow(\"b\", 2)"), Ok("abb".to_owned()));
    assert!(text("Host.Slow(1)").unwrap_err().contains("type Text"));
    assert!(text("Host.Panics()").unwrap_err().contains("Host.Panics"));
    // From a thread of no runtime too.
    let query = engine.compile("host", "Host.Slow(\"c\")").unwrap();
    assert_eq!(query.run().evaluate().unwrap().value().as_text(), Some("c"));
    // Waiting ends with the limits.
    let started = Instant::now();
    let limits = Limits { milliseconds: Some(30), ..Limits::default() };
    let never = engine.compile("host", "Host.Never()").unwrap().run().with_limits(limits);
    let stop = runtime.block_on(never.evaluate_async()).err().and_then(|error| error.as_stop());
    assert_eq!(stop, Some(Stop::Time(30)));
    assert!(started.elapsed() < Duration::from_secs(20));
}
