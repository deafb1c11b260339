//! Ctrl-C: the first asks the evaluation to stop, the second ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};

use pqm::eval::CancelToken;

use super::exit::Exit;

/// From here on Ctrl-C cancels what holds `token`.
pub fn cancel_on_interrupt(token: CancelToken) {
    static ASKED: AtomicBool = AtomicBool::new(false);
    // Without a handler Ctrl-C still ends the program, only less tidily.
    let _ = ctrlc::set_handler(move || {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
        token.cancel();
    });
}
