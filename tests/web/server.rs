//! A server for one test: answers by a script, and remembers what it was asked.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, Uri};

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

pub struct Server {
    pub address: String,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    _end: tokio::sync::oneshot::Sender<()>,
}

impl Server {
    /// Starts a server that answers with `answer`, which is also told how many requests came before.
    pub fn start(answer: impl Fn(&Asked, usize) -> Response<Body> + Send + Sync + 'static) -> Server {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (ready, address) = std::sync::mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let (answer, log) = (Arc::new(answer), Arc::clone(&asked));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let router = Router::new().fallback(
                    move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
                        let asked = Asked {
                            method: method.to_string(),
                            path: uri.to_string(),
                            headers: headers
                                .iter()
                                .map(|(name, value)| {
                                    (name.to_string(), value.to_str().unwrap_or("").to_owned())
                                })
                                .collect(),
                            body: String::from_utf8_lossy(&body).into_owned(),
                        };
                        let before = {
                            let mut log = log.lock().unwrap();
                            log.push(asked.clone());
                            log.len() - 1
                        };
                        answer(&asked, before)
                    },
                );
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    served = axum::serve(listener, router) => served.unwrap(),
                    _ = ended => {}
                }
            });
        });
        let address = address.recv_timeout(Duration::from_secs(10)).unwrap();
        Server { address: format!("http://{address}"), asked, _end: end }
    }

    pub fn paths(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }
}

/// An answer with a status, headers and a text.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(body.to_owned())).unwrap()
}

/// How a connection ends once the bytes of [`raw`] are sent.
#[derive(Clone, Copy)]
pub enum Ending {
    Close,
    Silence,
}

/// The address of a server that sends these bytes to everyone who connects, whatever is asked.
pub fn raw(bytes: &'static str, ending: Ending) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(bytes.as_bytes());
            if matches!(ending, Ending::Silence) {
                held.push(stream);
            }
        }
    });
    format!("http://{address}")
}
