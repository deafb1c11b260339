//! What holds for every text, right or wrong.

use pqm::syntax::{Node, NodeId, Parsed, TokenKind, Tree, parse};

/// Parses `text` and checks what must hold whatever the text is.
pub fn parse_checked(text: &str) -> Parsed {
    let parsed = parse(text);
    let tree = &parsed.tree;
    let mut at = 0;
    for token in tree.tokens() {
        assert_eq!(token.span.start, at, "tokens must follow one another in {text:?}");
        at = token.span.end;
    }
    assert_eq!(at as usize, text.len(), "tokens must cover {text:?}");
    let lossless: String = tree.tokens().iter().map(|token| token.span.of(text)).collect();
    assert_eq!(lossless, text);
    assert_eq!(tree.tokens().last().map(|token| token.kind), Some(TokenKind::End));
    for error in &parsed.errors {
        let spans = [Some(error.span), error.related.as_ref().map(|(span, _)| *span)];
        for span in spans.into_iter().flatten() {
            assert!(span.start <= span.end, "{error:?} in {text:?}");
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{error:?} in {text:?}");
        }
        assert!(!error.message.is_empty(), "{error:?}");
    }
    check_node(tree, tree.root(), 0..tree.tokens().len(), text, parsed.errors.is_empty());
    parsed
}

/// Children stand inside their parents; only wrong texts have missing nodes.
fn check_node(tree: &Tree, root: NodeId, around: std::ops::Range<usize>, text: &str, valid: bool) {
    let mut todo = vec![(root, around)];
    while let Some((id, around)) = todo.pop() {
        let range = tree.token_range(id);
        assert!(
            around.start <= range.start && range.start <= range.end && range.end <= around.end,
            "{:?} at {range:?} reaches outside {around:?} in {text:?}",
            tree.node(id)
        );
        if valid {
            assert_ne!(tree.node(id), Node::Missing, "{text:?}");
        }
        tree.visit_children(id, |child| todo.push((child, range.clone())));
    }
}
