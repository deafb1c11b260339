//! A small HTTP/1.1 server, one thread for each connection, so that a test can end an answer in any way it likes.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A request; header names in lower case.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// Path and query, unescaped by nobody.
    pub target: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As it should.
    Whole,
    /// The connection closes before a byte of it is sent.
    Nothing,
    /// The connection closes within the body.
    Truncated,
    /// Half of it is sent and then nothing for this long.
    Stalled(Duration),
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub ending: Ending,
}

impl Reply {
    pub fn new(status: u16) -> Reply {
        Reply { status, headers: Vec::new(), body: Vec::new(), ending: Ending::Whole }
    }

    pub fn json(status: u16, body: &serde_json::Value) -> Reply {
        Reply::new(status)
            .with("Content-Type", "application/json; odata.metadata=minimal")
            .with("OData-Version", "4.0")
            .body(body.to_string())
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Reply {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Reply {
        self.body = body.into();
        self
    }
}

/// A running server; it ends when this is dropped.
pub struct Listener {
    pub address: String,
    stop: Arc<AtomicBool>,
}

impl Listener {
    pub fn start(port: u16, answer: impl Fn(Request) -> Reply + Send + Sync + 'static) -> Listener {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stop = Arc::new(AtomicBool::new(false));
        let (answer, stopped) = (Arc::new(answer), Arc::clone(&stop));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let (answer, stopped) = (Arc::clone(&answer), Arc::clone(&stopped));
                std::thread::spawn(move || serve(&stream, &*answer, &stopped));
            }
        });
        Listener { address, stop }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

fn serve(stream: &TcpStream, answer: &dyn Fn(Request) -> Reply, stopped: &AtomicBool) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let is_head = request.method == "HEAD";
        let reply = answer(request);
        if stopped.load(Ordering::Relaxed) || !write(stream, &reply, is_head) {
            let _ = stream.shutdown(Shutdown::Both);
            return;
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut parts = line.split_whitespace();
    let mut request =
        Request { method: parts.next()?.to_owned(), target: parts.next()?.to_owned(), ..Request::default() };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':')?;
        request.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length: usize = request.header("content-length").parse().unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

/// Whether the connection can go on.
fn write(mut stream: &TcpStream, reply: &Reply, is_head: bool) -> bool {
    if reply.ending == Ending::Nothing {
        return false;
    }
    let mut head = format!("HTTP/1.1 {} x\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let body = if is_head { &[] } else { reply.body.as_slice() };
    let half = body.len() / 2;
    match reply.ending {
        Ending::Whole => {
            // One write, so that no answer waits for an acknowledgement of its first half.
            let mut whole = head.into_bytes();
            whole.extend_from_slice(body);
            stream.write_all(&whole).is_ok()
        }
        Ending::Truncated | Ending::Stalled(_) => {
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(&body[..half]);
            if let Ending::Stalled(time) = reply.ending {
                std::thread::sleep(time);
            }
            false
        }
        Ending::Nothing => false,
    }
}
