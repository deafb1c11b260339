//! Comments that allow what a check would find: `// pqm: allow M0401`.

use crate::syntax::{TokenKind, Tree};
use crate::text::{Source, Span};

/// What the comments of a text allow.
pub(super) struct Allowed {
    /// For the whole text.
    everywhere: Vec<String>,
    /// For single lines.
    lines: Vec<(u32, String)>,
}

impl Allowed {
    /// Reads the comments. One that stands beside code speaks of its line, one by itself of the next line that has code,
    /// and `allow-file` of the whole text.
    pub(super) fn of(source: &Source, tree: &Tree) -> Allowed {
        let mut allowed = Allowed { everywhere: Vec::new(), lines: Vec::new() };
        let mut waiting: Vec<String> = Vec::new();
        let mut code_line = 0;
        for token in tree.tokens() {
            match token.kind {
                TokenKind::WhiteSpace => {}
                TokenKind::LineComment | TokenKind::DelimitedComment => {
                    let Some((whole, codes)) = directive(token.span.of(source.text())) else { continue };
                    let line = source.line_column(token.span.start).line;
                    if whole {
                        allowed.everywhere.extend(codes);
                    } else if line == code_line {
                        allowed.lines.extend(codes.into_iter().map(|code| (line, code)));
                    } else {
                        waiting.extend(codes);
                    }
                }
                _ => {
                    let line = source.line_column(token.span.start).line;
                    allowed.lines.extend(waiting.drain(..).map(|code| (line, code)));
                    code_line = source.line_column(token.span.end).line;
                }
            }
        }
        allowed
    }

    /// Whether a finding of this code at this place is allowed.
    pub(super) fn allows(&self, source: &Source, code: &str, span: Span) -> bool {
        let is = |one: &String| one.eq_ignore_ascii_case(code);
        let line = source.line_column(span.start).line;
        self.everywhere.iter().any(is) || self.lines.iter().any(|(on, one)| *on == line && is(one))
    }
}

/// The codes a comment allows, and whether for the whole text.
fn directive(comment: &str) -> Option<(bool, Vec<String>)> {
    let comment = comment.trim_start_matches(['/', '*']).trim_start();
    let rest = comment.strip_prefix("pqm:")?.trim_start();
    let (whole, rest) = match rest.strip_prefix("allow-file") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix("allow")?),
    };
    let is_code = |word: &&str| {
        let mut letters = word.chars();
        letters.next().is_some_and(|c| c.is_ascii_alphabetic())
            && word.len() == 5
            && letters.all(|c| c.is_ascii_digit())
    };
    let words = rest.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    Some((whole, words.take_while(is_code).map(str::to_owned).collect()))
}
