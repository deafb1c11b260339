//! Ctrl-C and the signal to terminate: the first asks the evaluation to stop, the second ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};

use pqm::eval::CancelToken;
use pqm::project::run::StopSignal;

use super::exit::Exit;

/// From here on Ctrl-C cancels what holds `token`.
pub fn cancel_on_interrupt(token: CancelToken) {
    on_interrupt(move || token.cancel());
}

/// From here on Ctrl-C, or the signal by which a system ends its services, asks a run to end early.
pub fn stop_on_interrupt(signal: StopSignal) {
    on_interrupt(move || signal.ask());
}

fn on_interrupt(first: impl Fn() + Send + 'static) {
    static ASKED: AtomicBool = AtomicBool::new(false);
    // Without a handler Ctrl-C still ends the program, only less tidily.
    let _ = ctrlc::set_handler(move || {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
        first();
    });
}
