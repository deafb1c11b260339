//! The M texts of the conformance data, which lies beside the project and may be absent.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One text of the corpus.
pub struct Sample {
    pub id: String,
    pub text: String,
    /// Whether it is right M.
    pub valid: bool,
    /// Whether it is there to raise an error; a name declared twice is told before anything runs.
    pub raises: bool,
}

/// Where the conformance data lies: beside the project, or beside the folder of its worktrees.
fn folder() -> Option<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/conformance", "../../shared/conformance"]
        .iter()
        .map(|path| project.join(path))
        .find(|path| path.is_dir())
}

/// All M texts, or `None`, said plainly, if the data is absent.
pub fn samples(test: &str) -> Option<Vec<Sample>> {
    let Some(folder) = folder() else {
        eprintln!("SKIPPED {test}: ../shared/conformance is absent.");
        return None;
    };
    let mut samples = Vec::new();
    for file in ["doc_examples.json", "spec_examples.json", "format_examples.json", "live_examples.json"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let data: Value = serde_json::from_str(&text).unwrap();
        for case in data["cases"].as_array().unwrap() {
            collect(file, case, &mut samples);
        }
    }
    Some(samples)
}

fn collect(file: &str, case: &Value, samples: &mut Vec<Sample>) {
    let id = case["id"].as_str().unwrap_or_default();
    let kind = case["kind"].as_str().unwrap_or_default();
    let raises = kind == "error";
    let syntax_error = case["error"]["reason"].as_str() == Some("Expression.SyntaxError");
    let mut add = |field: &str, text: &Value, valid: bool| {
        if let Some(text) = text.as_str() {
            samples.push(Sample { id: format!("{file} {id} {field}"), text: text.to_owned(), valid, raises });
        }
    };
    let valid = kind != "unparsable" && !syntax_error;
    for field in ["usage", "expression", "code", "expected"] {
        add(field, &case[field], valid);
    }
    // Errors and errors inside values print as words, not as M.
    add("result", &case["result"], kind == "value" && !prints_error(&case["result"]));
    for document in case["documents"].as_array().into_iter().flatten() {
        add("document", document, true);
    }
}

fn prints_error(result: &Value) -> bool {
    result.as_str().is_some_and(|text| text.contains("error: "))
}
