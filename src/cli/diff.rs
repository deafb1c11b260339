//! Differences of texts as people read them: unified, with colours where they are shown.

use similar::{ChangeTag, TextDiff};

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const CYAN: &str = "\u{1b}[36m";
const RESET: &str = "\u{1b}[0m";

/// The changes from `old` to `new`, three lines around each, under a head that names both.
pub fn unified(old: &str, new: &str, names: (&str, &str), coloured: bool) -> String {
    let paint = |colour: &str, line: &str| {
        if coloured { format!("{colour}{line}{RESET}\n") } else { format!("{line}\n") }
    };
    let mut text = paint(RED, &format!("--- {}", names.0)) + &paint(GREEN, &format!("+++ {}", names.1));
    let diff = TextDiff::from_lines(old, new);
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        text += &paint(CYAN, hunk.header().to_string().trim_end());
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches(['\r', '\n']);
            text += &match change.tag() {
                ChangeTag::Delete => paint(RED, &format!("-{line}")),
                ChangeTag::Insert => paint(GREEN, &format!("+{line}")),
                ChangeTag::Equal => format!(" {line}\n"),
            };
            if change.missing_newline() {
                text += "\\ No newline at end of file\n";
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn a_diff_reads_as_diffs_do() {
        assert_eq!(
            unified("a\nb\n", "a\nc\n", ("x", "y"), false),
            "--- x\n+++ y\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
        );
        assert!(unified("a", "b", ("x", "y"), true).contains("\u{1b}[31m-a\u{1b}[0m\n"));
        assert!(unified("a", "a\n", ("x", "y"), false).contains("\\ No newline at end of file"));
    }
}
