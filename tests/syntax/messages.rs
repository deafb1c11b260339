//! What the errors say, as a whole, so that every change of wording is seen.

use std::fmt::Write;

use pqm::syntax::parse;
use pqm::text::Source;

const MISTAKES: &[&str] = &[
    "",
    "= 1 + 2",
    "1 +",
    "1 + * 2",
    "1 2",
    "(1 + 2",
    "(1 + 2]",
    "1 + 2)",
    "{1, 2,}",
    "{1 2}",
    "{1, , 2}",
    "f(1, 2",
    "f(a; b)",
    "f(a b)",
    "\"abc",
    "\"a#(nl)b\"",
    "'abc'",
    "“abc”",
    "1.",
    "a.",
    "#foo",
    "#Date(1, 2, 3)",
    "a == b",
    "a != b",
    "a && b || !c",
    "a =< b",
    "a % 2",
    "a ? b : c",
    "a AND b",
    "IF a THEN b ELSE c",
    "if a then b",
    "if a b else c",
    "if a then b elseif c then d else e",
    "if a then b, c",
    "let a = 1",
    "let a = 1 a",
    "let a = 1, in a",
    "let a = 1 b = 2 in a",
    "let a = 1; b = 2; in a",
    "let\n    Source = 1,\n    Filtered Rows = Table.SelectRows(Source Table, each [a] > 1)\nin\n    Filtered Rows",
    "let a 1 in a",
    "let a : 1 in a",
    "let type = 1 in type",
    "let a = 1, a = 2 in a",
    "let a = , b = 2 in a",
    "let a = (1, b = 2 in a",
    "let a = f({1, 2), b = 2 in a",
    "[a = 1, b]",
    "[a: 1]",
    "[\"a\" = 1]",
    "x[a, b]",
    "x{1, 2}",
    "x[]",
    "[[a], b]",
    "x => x + 1",
    "(x) -> x + 1",
    "(x, y) x + y",
    "(1) => 1",
    "(optional a, b) => a",
    "(x as Int64.Type) => x",
    "(x as string) => x",
    "x is not null",
    "x is text = true",
    "1 + if a then b else c",
    "a ?? error \"b\"",
    "try a catch (e, f) => e",
    "try a catch null",
    "type",
    "type {}",
    "type 1",
    "type Int64.Type",
    "type (f)(1)",
    "type table [a = text, ...]",
    "type function (a) as text",
    "type function (a as text)",
    "section A; b = 1",
    "section A; b = 1 c = 2;",
    "section A; 1; b = 2;",
    "section A; [c = 1 + 1] b = 2;",
    "section A; b = (1; c = 2;",
    "then",
    "else 1",
    "a in b",
    "1 otherwise 2",
];

#[test]
fn messages() {
    let mut told = String::new();
    for text in MISTAKES {
        let source = Source::new("text", *text);
        let place = |offset: u32| {
            let at = source.line_column(offset);
            format!("{}:{}", at.line, at.column)
        };
        writeln!(told, "{text}").unwrap();
        for error in parse(text).errors {
            let range = format!("{}-{}", place(error.span.start), place(error.span.end));
            writeln!(told, "    {} {range} {}", error.code.code(), error.message).unwrap();
            if let Some((span, what)) = &error.related {
                writeln!(told, "        {}-{} {what}", place(span.start), place(span.end)).unwrap();
            }
            if let Some(help) = &error.help {
                writeln!(told, "        help: {help}").unwrap();
            }
        }
    }
    insta::assert_snapshot!(told);
}
