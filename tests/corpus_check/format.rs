//! Formats every M text of a folder and says what came of it:
//!
//! - every text that parses must format to one with the same tree and the same comments, and formatting that
//!   again must change nothing;
//! - the same in narrow lines, which break in more places;
//! - formatting any line of it by itself must leave a text that parses to the same tree.
//!
//!     cargo run --profile fast --example format_corpus -- FOLDER
//!
//! Prints the failures and the counts; ends with status 1 if there was a failure.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::path::{Path, PathBuf};

use pqm::format::{FormatError, Style, format, format_range};
use pqm::syntax::{equivalent, parse};
use pqm::text::Span;

#[derive(Default)]
struct Counts {
    texts: usize,
    bytes: usize,
    mistakes: usize,
    formatted: usize,
    unchanged: usize,
    commented: usize,
    failures: usize,
}

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let mut files = Vec::new();
    gather(Path::new(&folder), &mut files);
    files.sort();
    let mut counts = Counts::default();
    for file in &files {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        counts.texts += 1;
        if let Err(failure) = check(text, &mut counts) {
            counts.failures += 1;
            println!("{}: {failure}", file.display());
        }
    }
    println!(
        "{} texts, {} with mistakes (left alone), {} formatted ({} bytes, {} with comments, {} were formatted already), {} failures",
        counts.texts,
        counts.mistakes,
        counts.formatted,
        counts.bytes,
        counts.commented,
        counts.unchanged,
        counts.failures
    );
    std::process::exit(i32::from(counts.failures > 0));
}

fn check(text: &str, counts: &mut Counts) -> Result<(), String> {
    let usual = Style::default();
    let once = match format(text, &usual) {
        Err(FormatError::Syntax(_)) => {
            counts.mistakes += 1;
            return Ok(());
        }
        other => other.map_err(|error| error.to_string())?,
    };
    counts.formatted += 1;
    counts.bytes += text.len();
    counts.unchanged += usize::from(once == text);
    counts.commented += usize::from(text.contains("//") || text.contains("/*"));
    stable(text, &usual)?;
    stable(text, &Style { width: 40, indent: 2 })?;
    if text.len() < 20_000 {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        // A few lines all over the text.
        for part in 0..5 {
            let line = lines.len() * part / 5;
            let at = lines[..line].iter().map(|line| line.len()).sum::<usize>() as u32;
            let Some(edit) = format_range(text, Span::at(at), &usual).map_err(|error| error.to_string())?
            else {
                continue;
            };
            let mut edited = text.to_owned();
            edited.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
            same(text, &edited).map_err(|error| format!("line {}: {error}", line + 1))?;
            if format(&edited, &usual).map_err(|error| error.to_string())? != once {
                return Err(format!("line {} by itself goes another way than the whole", line + 1));
            }
        }
    }
    Ok(())
}

fn stable(text: &str, style: &Style) -> Result<(), String> {
    let once = format(text, style).map_err(|error| error.to_string())?;
    same(text, &once)?;
    let twice = format(&once, style).map_err(|error| format!("the second time: {error}"))?;
    if once == twice { Ok(()) } else { Err("the second formatting differs from the first".to_owned()) }
}

fn same(a: &str, b: &str) -> Result<(), String> {
    let (left, right) = (parse(a), parse(b));
    if right.errors.is_empty() && equivalent(&left.tree, a, &right.tree, b) {
        Ok(())
    } else {
        Err("the tree has changed".to_owned())
    }
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_dir() {
            gather(&path, found);
        } else if matches!(ending, Some("pq" | "m" | "pqm" | "pqout")) {
            found.push(path);
        }
    }
}
