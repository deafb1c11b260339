//! Between steps and the `let` that an M file holds.

use super::steps::Step;
use crate::diagnostics::Diagnostic;
use crate::format::{Style, format};
use crate::ide::{name_text, unused_name};
use crate::syntax::{Node, TokenKind, Tree, parse};
use crate::text::Source;

/// The `let` the editor would write: a step after the other as they were entered, the last one its value.
pub fn to_document(steps: &[Step]) -> String {
    let Some(last) = steps.last() else { return String::new() };
    let mut text = String::from("let\n");
    for (at, step) in steps.iter().enumerate() {
        for line in step.comment.lines() {
            text.push_str("  ");
            text.push_str(line.trim());
            text.push('\n');
        }
        text.push_str("  ");
        text.push_str(&name_text(&step.name));
        text.push_str(" = ");
        text.push_str(&step.text);
        // A comment to the end of the line would take the comma with it.
        if ends_in_line_comment(&step.text) {
            text.push_str("\n  ");
        }
        text.push_str(if at + 1 == steps.len() { "\n" } else { ",\n" });
    }
    text.push_str("in\n  ");
    text.push_str(&name_text(&last.name));
    text.push('\n');
    text
}

/// The `let` in the usual layout, as it is saved.
pub fn to_saved(steps: &[Step]) -> String {
    let text = to_document(steps);
    format(&text, &Style::default()).unwrap_or(text)
}

fn ends_in_line_comment(text: &str) -> bool {
    let parsed = parse(text);
    let last = parsed.tree.tokens().iter().rev().find(|token| token.kind != TokenKind::End);
    last.is_some_and(|token| token.kind == TokenKind::LineComment)
}

/// The steps of an M text: the bindings of its outermost `let`, and one more where the value is more than the last of
/// them. An expression of another kind is one step.
///
/// # Errors
/// The mistakes of the text.
pub fn from_document(source: &Source) -> Result<Vec<Step>, Vec<Diagnostic>> {
    let text = source.text();
    let parsed = parse(text);
    if !parsed.errors.is_empty() {
        return Err(parsed.errors.iter().map(|error| Diagnostic::from_syntax(source, error)).collect());
    }
    let tree = &parsed.tree;
    let whole = || vec![Step::new("Source", text.trim())];
    let Node::Let { bindings, body } = tree.node(tree.root()) else { return Ok(whole()) };
    let mut steps: Vec<Step> = Vec::new();
    let mut read = 0;
    for &binding in tree.list(bindings) {
        let Node::Binding { name, value } = tree.node(binding) else { continue };
        let (trailing, leading) = comments(tree, text, read..tree.token_range(binding).start);
        let leading = if steps.is_empty() {
            [trailing, leading].concat()
        } else {
            end_with(&mut steps, &trailing, leading)
        };
        read = tree.token_range(value).end;
        steps.push(Step {
            name: tree.name(name, text).into_owned(),
            text: tree.span(value).of(text).to_owned(),
            comment: leading.join("\n"),
        });
    }
    // What stands after the last step, before and after the name that is the value.
    let (trailing, after) = comments(tree, text, read..tree.tokens().len());
    let result = tree.span(body).of(text);
    let is_last = matches!(tree.node(body), Node::Name { .. })
        && steps.last().is_some_and(|step| step.name == tree.name(body, text));
    if !is_last {
        let first = steps.is_empty();
        let name = crate::ide::step_name(result, first);
        let name = unused_name(&name, |name| steps.iter().any(|step| step.name == name));
        let leading = end_with(&mut steps, &trailing, after);
        steps.push(Step { comment: leading.join("\n"), ..Step::new(name, result) });
    } else if let Some(last) = steps.last_mut() {
        for (at, comment) in trailing.iter().chain(&after).enumerate() {
            let same_line = at < trailing.len() && !ends_in_line_comment(&last.text);
            last.text.push_str(if same_line { " " } else { "\n" });
            last.text.push_str(comment);
        }
    }
    Ok(steps)
}

/// The comments among some tokens: those on the line of what stands before, and the others.
fn comments<'t>(tree: &Tree, text: &'t str, tokens: std::ops::Range<usize>) -> (Vec<&'t str>, Vec<&'t str>) {
    let (mut trailing, mut leading) = (Vec::new(), Vec::new());
    let mut on_line = true;
    for token in tree.tokens().get(tokens).unwrap_or_default() {
        let word = token.span.of(text);
        match token.kind {
            TokenKind::LineComment | TokenKind::DelimitedComment if on_line => trailing.push(word),
            TokenKind::LineComment | TokenKind::DelimitedComment => leading.push(word),
            _ => {}
        }
        on_line &= !word.contains(['\n', '\r']);
    }
    (trailing, leading)
}

/// Gives the comments at the end of its line to the last step, where there is one; what is left is for the next step.
fn end_with<'t>(steps: &mut [Step], trailing: &[&'t str], leading: Vec<&'t str>) -> Vec<&'t str> {
    let Some(last) = steps.last_mut() else { return [trailing, &leading].concat() };
    for comment in trailing {
        last.text.push_str(if ends_in_line_comment(&last.text) { "\n" } else { " " });
        last.text.push_str(comment);
    }
    leading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Step> {
        from_document(&Source::new("test", text)).unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let steps = vec![
            Step {
                name: "Source".into(),
                text: "{1, 2} // all".into(),
                comment: "// where it comes from".into(),
            },
            Step::new("Filtered rows", "List.Select(Source,\n    each _ > 1)"),
            Step::new("Sum", "List.Sum(#\"Filtered rows\")"),
        ];
        let text = to_saved(&steps);
        assert!(text.ends_with("in\n    Sum\n"), "{text}");
        let again = read(&text);
        let names: Vec<&str> = again.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(names, ["Source", "Filtered rows", "Sum"]);
        assert_eq!(again[0].comment, "// where it comes from");
        assert_eq!(to_saved(&again).matches("in\n").count(), 1);
        let engine = crate::Engine::new();
        let query = engine.compile("saved", &text).unwrap();
        assert_eq!(query.evaluate(&query.start()).unwrap().to_double(), Some(2.0));
    }

    #[test]
    fn a_value_that_is_more_than_the_last_step_is_a_step() {
        let steps = read("let a = {1}, b = {2} in Table.Combine({a, b})");
        assert_eq!(steps[2], Step::new("Appended query", "Table.Combine({a, b})"));
        let steps = read("let a = {1}, b = {2} in a");
        assert_eq!(steps[2], Step::new("Custom", "a"));
        assert_eq!(read("1 + 2"), [Step::new("Source", "1 + 2")]);
    }

    #[test]
    fn comments_belong_to_the_step_on_whose_line_they_stand() {
        let text = "// all of it\nlet\n    a = 1, // one\n    // the second\n    b = a /* two */ + 1 // sum\n    , c = b, /* kept */ d = c\n    // the end\nin\n    d // value\n";
        let steps = read(text);
        let parts: Vec<(&str, &str, &str)> = steps
            .iter()
            .map(|step| (step.comment.as_str(), step.name.as_str(), step.text.as_str()))
            .collect();
        assert_eq!(
            parts,
            [
                ("// all of it", "a", "1 // one"),
                ("// the second", "b", "a /* two */ + 1 // sum"),
                ("", "c", "b /* kept */"),
                ("", "d", "c\n// the end\n// value"),
            ]
        );
        // Saved and opened again nothing is lost, and nothing moves.
        let saved = to_saved(&steps);
        assert!(saved.contains("a = 1, // one\n"), "{saved}");
        let again = read(&saved);
        assert_eq!(to_saved(&again), saved);
        for comment in ["all of it", "one", "the second", "two", "sum", "kept", "the end", "value"] {
            assert_eq!(saved.matches(comment).count(), 1, "{comment}: {saved}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        assert!(from_document(&Source::new("test", "let a = in a")).is_err());
    }
}
