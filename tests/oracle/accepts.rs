//! Says of each text on standard input, one JSON string a line, whether it is a document of M: `accept` or
//! `reject CODE`. The syntax oracle compares this with Microsoft's parser.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufWriter, Write, stdin, stdout};

fn main() {
    let mut out = BufWriter::new(stdout().lock());
    for line in stdin().lines() {
        let text: String = serde_json::from_str(&line.unwrap()).unwrap();
        let parsed = pqm::syntax::parse(&text);
        match parsed.errors.first() {
            None => writeln!(out, "accept").unwrap(),
            Some(error) => writeln!(out, "reject {:?}", error.code).unwrap(),
        }
    }
}
