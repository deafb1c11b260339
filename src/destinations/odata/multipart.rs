//! `$batch` as multipart/mixed: many operations in one request, each with an answer of its own (OData 4.0, part 1,
//! section 11.7).

use super::connection::error_of;

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    method: &'static str,
    /// The address below the service's.
    path: String,
    body: String,
    /// A header that says when it is to be carried out.
    condition: Option<(&'static str, String)>,
}

impl Operation {
    pub(super) fn new(method: &'static str, path: String, body: String) -> Operation {
        Operation { method, path, body, condition: None }
    }

    /// One that reads.
    pub(super) fn get(path: String) -> Operation {
        Operation::new("GET", path, String::new())
    }

    /// The same, to be carried out only as a header says.
    pub(super) fn when(mut self, header: &'static str, value: &str) -> Operation {
        self.condition = Some((header, value.to_owned()));
        self
    }
}

/// The answer to one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) status: u16,
    /// The words of the error, if it is one.
    pub(super) message: String,
    /// What a good answer holds.
    pub(super) body: String,
}

impl Part {
    /// Whether the service had no time for the operation and may have at another time.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.status, 408 | 429 | 502 | 503 | 504 | 509)
    }
}

/// What separates the parts.
pub(super) const BOUNDARY: &str = "batch_pqm";

/// The body of a batch. The operations are apart from each other: one that fails leaves the others alone.
pub(super) fn write(operations: &[Operation]) -> String {
    let mut out = String::new();
    for (at, Operation { method, path, body, condition }) in operations.iter().enumerate() {
        out.push_str(&format!(
            "--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {}\r\n\r\n\
             {method} {path} HTTP/1.1\r\nAccept: application/json\r\nOData-Version: 4.0\r\n",
            at + 1
        ));
        if let Some((header, value)) = condition {
            out.push_str(&format!("{header}: {value}\r\n"));
        }
        if body.is_empty() {
            out.push_str("\r\n\r\n");
        } else {
            out.push_str("Content-Type: application/json; charset=utf-8\r\n\r\n");
            out.push_str(body);
            out.push_str("\r\n");
        }
    }
    out.push_str(&format!("--{BOUNDARY}--\r\n"));
    out
}

/// The answers, in the order of the operations. Fewer than there were operations where the service ended early.
pub(super) fn read(content_type: &str, body: &str) -> Option<Vec<Part>> {
    let boundary = content_type.split("boundary=").nth(1)?;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    let marker = format!("--{boundary}");
    let mut parts = Vec::new();
    for part in body.split(marker.as_str()).skip(1) {
        if part.starts_with("--") {
            return Some(parts);
        }
        let http = part.find("HTTP/1.1 ").and_then(|at| part.get(at..))?;
        let status: u16 = http.get(9..12)?.parse().ok()?;
        let (_, content) =
            http.split_once("\r\n\r\n").or_else(|| http.split_once("\n\n")).unwrap_or((http, ""));
        let content = content.trim();
        let is_good = status < 400;
        let message = if is_good { String::new() } else { error_of(status, content.as_bytes()).1 };
        let body = if is_good { content.to_owned() } else { String::new() };
        parts.push(Part { status, message, body });
    }
    // The closing mark is missing: the answer broke off.
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_in_order_and_broken_ones_not_at_all() {
        let body = "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\nOData-Version: 4.0\r\n\r\n\r\n\
                    --b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n\
                    {\"error\":{\"code\":\"1\",\"message\":\"too long\"}}\r\n--b--\r\n";
        let parts = read("multipart/mixed; boundary=b", body).unwrap();
        assert_eq!(
            parts,
            [
                Part { status: 204, message: String::new(), body: String::new() },
                Part { status: 400, message: "too long".into(), body: String::new() },
            ]
        );
        assert_eq!(read("multipart/mixed; boundary=b", &body[..body.len() - 8]), None);
        assert_eq!(read("application/json", "{}"), None);
    }
}
