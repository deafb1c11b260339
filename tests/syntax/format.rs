//! The formatter: the same tree, the same comments, and the same text the second time, for sentences of the
//! grammar with comments thrown in anywhere; and what its style is, as snapshots.

use std::collections::BTreeSet;

use pqm::format::{Edit, FormatError, Style, format, format_range};
use pqm::syntax::{Node, NodeId, TokenKind, Tree, equivalent, parse};
use pqm::text::Span;

use crate::corpus::samples;
use crate::damage::Random;
use crate::ebnf::Grammar;

/// What may stand between two tokens.
const TRIVIA: &[&str] = &[
    " ",
    "\n",
    "\n\n\n",
    "\r\n\r\n",
    " // one\n",
    "\n// two\n",
    "\n\n// three\n\n// four\n",
    " /* five */ ",
    " /* six */\n",
    "\n/* seven */ ",
    "\n/* eight\n   * nine\n*/\n",
    " /* ten\neleven */ ",
    " // twelve\n/* thirteen */ // fourteen\n",
];

/// Formats in two widths, and again; what comes out must mean the same and stay.
fn check(text: &str) {
    let parsed = parse(text);
    for style in [Style::default(), Style { width: 30, indent: 2 }] {
        let once = format(text, &style).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        let again = parse(&once);
        assert_eq!(again.errors, [], "{text}\nformatted as\n{once}");
        assert!(equivalent(&parsed.tree, text, &again.tree, &once), "{text}\nformatted as\n{once}");
        assert_eq!(
            comments(&parsed.tree, text),
            comments(&again.tree, &once),
            "{text}\nformatted as\n{once}"
        );
        let twice = format(&once, &style).unwrap_or_else(|error| panic!("{error}:\n{once}"));
        assert_eq!(once, twice, "the second time:\n{text}");
    }
}

fn comments(tree: &Tree, text: &str) -> Vec<String> {
    let comments = tree
        .tokens()
        .iter()
        .filter(|token| matches!(token.kind, TokenKind::LineComment | TokenKind::DelimitedComment));
    comments.map(|token| token.span.of(text).split_whitespace().collect()).collect()
}

/// The tokens inside names, where no comment can stand.
fn inside_names(tree: &Tree) -> BTreeSet<usize> {
    let mut inside = BTreeSet::new();
    let mut todo: Vec<NodeId> = vec![tree.root()];
    while let Some(id) = todo.pop() {
        if let Node::Name { inclusive: false } = tree.node(id) {
            inside.extend(tree.token_range(id));
        }
        tree.visit_children(id, |child| todo.push(child));
    }
    inside
}

/// The text with other white space and comments between its tokens.
fn shaken(text: &str, random: &mut Random) -> String {
    let tree = parse(text).tree;
    let names = inside_names(&tree);
    let mut out = TRIVIA[random.below(TRIVIA.len())].to_owned();
    for (at, token) in tree.tokens().iter().enumerate() {
        if token.kind.is_trivia() && !names.contains(&at) {
            let count = 1 + random.below(2);
            (0..count).for_each(|_| out += TRIVIA[random.below(TRIVIA.len())]);
        } else {
            out += token.span.of(text);
        }
    }
    out
}

#[test]
fn sentences_of_the_grammar_format() {
    let grammar = Grammar::read();
    let mut used = BTreeSet::new();
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let depth = 20 + random.below(40);
        let text = grammar.sentence("document", depth, &mut random, &mut used);
        check(&text);
        let shaken = shaken(&text, &mut random);
        if parse(&shaken).errors.is_empty() {
            check(&shaken);
        }
    }
}

#[test]
fn the_corpus_formats() {
    let Some(samples) = samples("the_corpus_formats") else { return };
    for (seed, sample) in samples.iter().filter(|sample| sample.valid && !sample.raises).enumerate() {
        // Each a little: all of them are for `cargo run --example format_corpus`.
        if seed % 16 == 0 {
            check(&sample.text);
            check(&shaken(&sample.text, &mut Random::new(seed as u64)));
        }
    }
}

#[test]
fn deep_and_long_texts_format() {
    let nested = |open: &str, close: &str| open.repeat(1_990) + "1" + &close.repeat(1_990);
    for text in [
        nested("(", ")"),
        nested("{", "}"),
        nested("[a = ", "]"),
        nested("each ", ""),
        nested("let a = ", " in a"),
        nested("if a then ", " else b"),
        nested("", " else if a then b").replacen('1', "if a then b", 1) + " else c",
        nested("- ", ""),
        format!("type {}", nested("{", "}").replace('1', "text")),
        "a".to_owned() + &" + b".repeat(4_990),
        "a".to_owned() + &"[b]".repeat(4_990),
        "f".to_owned() + &"(1, 2)".repeat(4_990),
    ] {
        let once =
            format(&text, &Style::default()).unwrap_or_else(|error| panic!("{error}: {}", &text[..40]));
        assert!(parse(&once).errors.is_empty());
    }
}

#[test]
fn blanks_that_go_from_comments_count_for_no_width() {
    // Found by fuzzing: each comment loses the blank behind its first line, and the sum fitted the second time.
    for count in 1..12 {
        check(&format!("{}any\n/any\n", "/* \n*d*/".repeat(count)));
    }
}

#[test]
fn texts_with_mistakes_are_left_alone() {
    match format("let a = in a", &Style::default()) {
        Err(FormatError::Syntax(errors)) => assert_eq!(errors.len(), 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn line_ends_stay_what_they_are() {
    let style = Style::default();
    assert_eq!(format("let a=1\r\nin a", &style).unwrap(), "let\r\n    a = 1\r\nin\r\n    a\r\n");
    assert_eq!(format("let a=1\nin a", &style).unwrap(), "let\n    a = 1\nin\n    a\n");
    // A text keeps the line ends inside of it.
    assert_eq!(format("\"a\r\nb\"  \n", &style).unwrap(), "\"a\r\nb\"\n");
}

const SAMPLE: &str = include_str!("format/style.pq");

#[test]
fn the_style() {
    check(SAMPLE);
    insta::assert_snapshot!("format_style", format(SAMPLE, &Style::default()).unwrap());
}

#[test]
fn comments_keep_their_places() {
    let text = include_str!("format/comments.pq");
    check(text);
    insta::assert_snapshot!("format_comments", format(text, &Style::default()).unwrap());
}

#[test]
fn a_section() {
    let text = include_str!("format/section.pq");
    check(text);
    insta::assert_snapshot!("format_section", format(text, &Style::default()).unwrap());
}

fn edited(text: &str, edit: &Edit) -> String {
    let mut text = text.to_owned();
    text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    text
}

#[test]
fn a_range_changes_its_own_lines_only() {
    let text = "let\na=1,\n  b =  f( a,2 ),\nc=3 in c";
    let at = text.find("f(").unwrap() as u32;
    let edit = format_range(text, Span::at(at), &Style::default()).unwrap().unwrap();
    assert_eq!(edited(text, &edit), "let\na=1,\n    b = f(a, 2),\nc=3 in c");
    let good = edited(text, &edit);
    assert_eq!(format_range(&good, Span::at(at), &Style::default()).unwrap(), None);
    // All of it.
    let whole = Span::new(0, text.len() as u32);
    let edit = format_range(text, whole, &Style::default()).unwrap().unwrap();
    assert_eq!(edited(text, &edit), format(text, &Style::default()).unwrap());
}

#[test]
fn any_range_leaves_a_text_that_means_the_same() {
    let once = format(SAMPLE, &Style::default()).unwrap();
    let tree = parse(SAMPLE).tree;
    for from in (0..SAMPLE.len() as u32).step_by(97) {
        for to in [from, from + 40, from + 400] {
            let Some(edit) = format_range(SAMPLE, Span::new(from, to), &Style::default()).unwrap() else {
                continue;
            };
            let part = edited(SAMPLE, &edit);
            let again = parse(&part);
            assert_eq!(again.errors, [], "{from}..{to}:\n{part}");
            assert!(equivalent(&tree, SAMPLE, &again.tree, &part), "{from}..{to}");
            assert_eq!(format(&part, &Style::default()).unwrap(), once, "{from}..{to}");
        }
    }
}
