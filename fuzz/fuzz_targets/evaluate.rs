//! Any program ends under limits, with a value, an error or a stop, and leaves nothing broken behind.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use pqm::Engine;
use pqm::eval::Limits;
use pqm::value::literal_text;

fuzz_target!(|text: &str| {
    let limits = Limits {
        steps: Some(20_000),
        milliseconds: Some(200),
        stack: 64 << 20,
        ..Limits::default()
    };
    let Ok(query) = Engine::new().with_limits(limits).compile("fuzz", text) else { return };
    let started = Instant::now();
    let ctx = query.start();
    let _ = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    drop(ctx);
    assert!(started.elapsed() < Duration::from_secs(5), "ran on past the limit of time");
});
