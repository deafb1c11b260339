//! Diagnostics as SARIF 2.1.0, the format in which code hosts and editors take what checkers found.

use std::fmt::Write;

use pqm::diagnostics::{Diagnostic, Label, explanation, severity};
use serde_json::{Value as Json, json};

/// One log of one run with a result for each diagnostic; without diagnostics the log says that nothing was found.
pub fn log(diagnostics: &[Diagnostic]) -> Json {
    let mut codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Json> = codes.iter().map(|code| rule(code)).collect();
    let results: Vec<Json> = diagnostics.iter().map(|diagnostic| result(diagnostic, &codes)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "pqm", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &str) -> Json {
    let Some(page) = explanation(code) else { return json!({ "id": code }) };
    let title = page.lines().next().unwrap_or(code).trim_start_matches("# ");
    let title = title.split_once(": ").map_or(title, |(_, title)| title);
    json!({
        "id": code,
        "shortDescription": { "text": title },
        "help": { "text": page, "markdown": page },
    })
}

fn result(diagnostic: &Diagnostic, codes: &[&str]) -> Json {
    let mut text = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        text.push(' ');
        text.push_str(help);
    }
    let locations: Vec<Json> = diagnostic.label.iter().map(|label| location(label, None)).collect();
    let related: Vec<Json> =
        diagnostic.related.iter().map(|label| location(label, Some(&label.text))).collect();
    json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.binary_search(&diagnostic.code).ok(),
        "level": severity(diagnostic.code).word(),
        "message": { "text": text },
        "locations": locations,
        "relatedLocations": related,
    })
}

fn location(label: &Label, message: Option<&str>) -> Json {
    let start = label.source.line_column(label.span.start);
    let end = label.source.line_column(label.span.end.max(label.span.start));
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(label.source.name()) },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
    });
    if let (Some(object), Some(message)) = (location.as_object_mut(), message) {
        object.insert("message".to_owned(), json!({ "text": message }));
    }
    location
}

/// A path as a URI reference: relative ones stay relative to where the program was started.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut text = String::new();
    match path.as_bytes() {
        [b'/', ..] => text.push_str("file://"),
        [_, b':', ..] => text.push_str("file:///"),
        _ => {}
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b':' => {
                text.push(char::from(byte));
            }
            // Writing to a text cannot fail.
            other => _ = write!(text, "%{other:02X}"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_diagnostic_is_a_result_with_its_rule_and_place() {
        let all = pqm::Engine::new().compile("my query.pq", "let\n  a = Tabel.FirstN(ä),\n  b = xyz in a");
        let log = log(&all.err().unwrap());
        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), 3);
        let first = &run["results"][0];
        assert_eq!(first["ruleId"], "M0201");
        assert_eq!(
            run["tool"]["driver"]["rules"][first["ruleIndex"].as_u64().unwrap() as usize]["id"],
            "M0201"
        );
        let place = &first["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20query.pq");
        assert_eq!(
            place["region"],
            json!({ "startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 19 })
        );
        assert!(first["message"]["text"].as_str().unwrap().ends_with("Did you mean Table.FirstN?"));
    }

    #[test]
    fn a_log_without_results_is_a_log() {
        assert_eq!(log(&[])["runs"][0]["results"], json!([]));
    }

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("a b/ü.pq"), "a%20b/%C3%BC.pq");
        assert_eq!(uri("/tmp/x.pq"), "file:///tmp/x.pq");
        assert_eq!(uri("C:\\x.pq"), "file:///C:/x.pq");
    }
}
