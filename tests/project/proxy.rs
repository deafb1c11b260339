//! What stands between a run and its server, and loses what passes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What gets lost, once.
#[derive(Clone, Copy, Debug)]
pub enum Loss {
    /// The connection ends when so many bytes have passed, whichever way.
    After(usize),
    /// The answer to the n-th message that holds this text: the server has done what was asked, and nobody hears of it.
    Answer(&'static str, usize),
}

/// Takes connections and hands everything on to a server.
pub struct Proxy {
    pub port: u16,
    line: Arc<Mutex<Line>>,
}

#[derive(Default)]
struct Line {
    /// What is to come, and what is left until then.
    loss: Option<Loss>,
    /// The next answer is lost.
    loses_answer: bool,
}

impl Proxy {
    /// Before the server at this address.
    pub fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let line: Arc<Mutex<Line>> = Arc::default();
        let (server, shared) = (server.to_owned(), Arc::clone(&line));
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(&server) else { continue };
                let (near, back) = (client.try_clone().unwrap(), far.try_clone().unwrap());
                let (up, down) = (Arc::clone(&shared), Arc::clone(&shared));
                std::thread::spawn(move || pass(client, far, &up, true));
                std::thread::spawn(move || pass(back, near, &down, false));
            }
        });
        Self { port, line }
    }

    /// Loses something of what passes from now on.
    pub fn lose(&self, loss: Loss) {
        *self.line.lock().unwrap() = Line { loss: Some(loss), loses_answer: false };
    }

    /// Whether the loss has come; it does not come any more.
    pub fn has_lost(&self) -> bool {
        let line = std::mem::take(&mut *self.line.lock().unwrap());
        line.loss.is_none() && !line.loses_answer
    }
}

impl Line {
    /// How many of these bytes go on before the connection ends; none if all do.
    fn passes(&mut self, bytes: &[u8], is_up: bool) -> Option<usize> {
        if self.loses_answer && !is_up {
            self.loses_answer = false;
            return Some(0);
        }
        match &mut self.loss {
            Some(Loss::After(left)) if *left <= bytes.len() => {
                let left = *left;
                self.loss = None;
                Some(left)
            }
            Some(Loss::After(left)) => {
                *left -= bytes.len();
                None
            }
            Some(Loss::Answer(text, left))
                if is_up && bytes.windows(text.len()).any(|window| window == text.as_bytes()) =>
            {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    self.loss = None;
                    self.loses_answer = true;
                }
                None
            }
            _ => None,
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, line: &Mutex<Line>, is_up: bool) {
    let mut buffer = [0; 1 << 14];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let cut = line.lock().unwrap().passes(&buffer[..read], is_up);
        let sent = to.write_all(&buffer[..cut.unwrap_or(read)]);
        if cut.is_some() || sent.is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
