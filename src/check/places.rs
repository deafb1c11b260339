//! Paths that exist on one machine only.

use super::Report;
use super::subject::Subject;

pub(super) fn check(subject: &Subject, report: &mut Report<'_>) {
    for visited in &subject.nodes {
        let Some((name, &[path, ..])) = subject.call(visited.id) else { continue };
        if !matches!(name.as_str(), "File.Contents" | "Folder.Files" | "Folder.Contents") {
            continue;
        }
        // The text itself must stand in the call: a path in a step or parameter of its own is what is advised.
        if !matches!(subject.node(path), crate::syntax::Node::Text) {
            continue;
        }
        let Some(text) = subject.literal_text(path) else { continue };
        let Some(whose) = absolute(&text) else { continue };
        report
            .add(
                "M0408",
                subject.span(path),
                &format!("This path is written out and {whose}."),
                "absolute path",
            )
            .help("Put it into a parameter, so that the query runs on other machines too.");
    }
}

fn absolute(path: &str) -> Option<&'static str> {
    let mut letters = path.chars();
    let drive = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.next() == Some(':')
        && matches!(letters.next(), Some('\\' | '/'));
    let home = ["\\users\\", "/users/", "/home/"].iter().any(|part| path.to_lowercase().contains(part));
    match () {
        () if path.starts_with("\\\\") => Some("names one server"),
        () if !drive && !path.starts_with('/') => None,
        () if home => Some("leads into one person's folder"),
        () => Some("exists on some machines only"),
    }
}
