//! The simulator as a program: `cargo run --example dataverse_simulator -- [PORT] [LATENCY_MS] [FAULT_ONE_IN]`.
//!
//! It prints the address of its Web API and of its token end-point (client `app`, secret `secret`), and answers until
//! it is ended. With a third argument one in so many requests meets a fault.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

#[path = "mod.rs"]
mod simulator;

use std::time::Duration;

use simulator::faults::{Fault, Planned};

fn main() {
    let number = |at: usize| std::env::args().nth(at).and_then(|text| text.parse::<u64>().ok());
    let faults = number(3).map_or_else(Vec::new, |one_in| {
        [
            Fault::LostAcknowledgement,
            Fault::Reset,
            Fault::Truncated,
            Fault::Status(503, None),
            Fault::Status(429, Some(1)),
        ]
        .into_iter()
        .map(|fault| Planned::new(fault, one_in.max(1) * 5))
        .collect()
    });
    let running = simulator::start(simulator::Config {
        port: number(1).map_or(0, |port| u16::try_from(port).unwrap()),
        latency: Duration::from_millis(number(2).unwrap_or(0)),
        limits: Some(simulator::limits::Limits::DOCUMENTED),
        token: Some(Duration::from_secs(3600)),
        faults,
        ..simulator::Config::default()
    });
    println!("{}", running.root());
    println!("{}", running.token_url());
    loop {
        std::thread::park();
    }
}
