//! `tests/transcripts/*.txt`: `> expression` (further lines start with `. `), then what it shows.

use super::{files, shown};

#[test]
fn transcripts_show_what_they_say() {
    let files = files("transcripts", "txt");
    assert!(files.len() >= 8, "transcripts are missing");
    let mut wrong = String::new();
    let mut count = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for (line, code, expected) in entries(&text) {
            count += 1;
            let got = shown(&code);
            if got != expected {
                let name = file.file_name().unwrap().to_string_lossy();
                wrong += &format!("{name}:{line}\n> {code}\ngot      {got}\nexpected {expected}\n\n");
            }
        }
    }
    println!("{count} transcript entries");
    assert!(wrong.is_empty(), "{wrong}");
}

/// Line, expression and expected text of each entry.
fn entries(text: &str) -> Vec<(usize, String, String)> {
    let mut entries: Vec<(usize, String, String)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(code) = line.strip_prefix("> ") {
            entries.push((at + 1, code.to_owned(), String::new()));
        } else if let (Some(more), Some((_, code, _))) = (line.strip_prefix(". "), entries.last_mut()) {
            code.push('\n');
            code.push_str(more);
        } else if !line.is_empty() && !line.starts_with("# ") {
            let (_, _, expected) = entries.last_mut().expect("a result before the first expression");
            if !expected.is_empty() {
                expected.push('\n');
            }
            expected.push_str(line);
        }
    }
    entries
}
