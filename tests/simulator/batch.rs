//! `$batch`: webapi/execute-batch-operations-using-web-api. At most 1,000 operations; a change set succeeds or fails as
//! a whole and holds no GET; outside of change sets the first failure ends the batch, unless
//! `Prefer: odata.continue-on-error` is sent.

use super::Simulator;
use super::http::{Reply, Request};
use super::web_api::{self, ROOT};

pub fn answer(simulator: &Simulator, request: &Request) -> (Reply, u32) {
    let kind = request.header("content-type");
    let Some(boundary) = kind.split("boundary=").nth(1) else {
        return (web_api::refusal(&(400, "0x80048d19", "The Content-Type names no boundary.".into())), 1);
    };
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let parts = parts(&body, boundary.trim_matches('"'));
    let continues = request.header("prefer").contains("continue-on-error");
    let operations: usize = parts
        .iter()
        .map(|part| match change_set(part) {
            Some((_, inner)) => inner.len(),
            None => 1,
        })
        .sum();
    if operations > 1000 {
        return (
            web_api::refusal(&(400, "0x80060888", "A batch may hold at most 1000 operations.".into())),
            1,
        );
    }
    let mut out = String::new();
    for part in &parts {
        match change_set(part) {
            None => {
                let reply = run(simulator, part);
                let failed = reply.status >= 400;
                push(&mut out, "batchresponse", &reply);
                if failed && !continues {
                    break;
                }
            }
            Some((_, inner)) => {
                let before = simulator.store.lock().unwrap().snapshot_all();
                let replies: Vec<Reply> = inner.iter().map(|part| run(simulator, part)).collect();
                match replies.iter().find(|reply| reply.status >= 400) {
                    Some(failed) => {
                        simulator.store.lock().unwrap().restore_all(before);
                        push(&mut out, "batchresponse", failed);
                        if !continues {
                            break;
                        }
                    }
                    None => {
                        out.push_str("--batchresponse\r\nContent-Type: multipart/mixed; boundary=changesetresponse\r\n\r\n");
                        replies.iter().for_each(|reply| push(&mut out, "changesetresponse", reply));
                        out.push_str("--changesetresponse--\r\n");
                    }
                }
            }
        }
    }
    out.push_str("--batchresponse--\r\n");
    let reply = Reply::new(200).with("Content-Type", "multipart/mixed; boundary=batchresponse").body(out);
    (reply, u32::try_from(operations).unwrap_or(u32::MAX))
}

fn parts(body: &str, boundary: &str) -> Vec<String> {
    let marker = format!("--{boundary}");
    body.split(&marker)
        .skip(1)
        .take_while(|part| !part.starts_with("--"))
        .map(|part| part.trim_start_matches("\r\n").to_owned())
        .collect()
}

/// The operations of a part that is a change set.
fn change_set(part: &str) -> Option<(String, Vec<String>)> {
    let (head, body) = part.split_once("\r\n\r\n")?;
    let boundary = head.lines().find(|line| line.to_ascii_lowercase().contains("multipart/mixed"))?;
    let boundary = boundary.split("boundary=").nth(1)?.trim_matches('"').to_owned();
    let inner = parts(body, &boundary);
    Some((boundary, inner))
}

fn run(simulator: &Simulator, part: &str) -> Reply {
    let Some((_, inner)) = part.split_once("\r\n\r\n") else { return Reply::new(400) };
    let (head, body) = inner.split_once("\r\n\r\n").unwrap_or((inner, ""));
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split_whitespace();
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let at = target.find(ROOT).map_or(target, |at| &target[at + ROOT.len()..]);
    let (path, query) = at.split_once('?').unwrap_or((at, ""));
    let request = Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers,
        body: body.trim_end().as_bytes().to_vec(),
    };
    web_api::operation(simulator, &request, &web_api::unescape(path), &web_api::parse_query(query))
}

fn push(out: &mut String, boundary: &str, reply: &Reply) {
    out.push_str(&format!(
        "--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 {} x\r\n",
        reply.status
    ));
    for (name, value) in &reply.headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("\r\n");
    out.push_str(&String::from_utf8_lossy(&reply.body));
    out.push_str("\r\n");
}
