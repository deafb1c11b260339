//! The grammar in `grammar/m.ebnf` and the parser agree: sentences made from the grammar parse, and every
//! production has an example written by hand.

use std::collections::BTreeSet;

use pqm::syntax::{equivalent, parse, print};

use crate::damage::Random;
use crate::ebnf::Grammar;
use crate::invariants::parse_checked;

#[test]
fn sentences_of_the_grammar_parse() {
    let grammar = Grammar::read();
    let mut used = BTreeSet::new();
    for seed in 0..4_000 {
        let mut random = Random::new(seed);
        let depth = 20 + random.below(40);
        let text = grammar.sentence("document", depth, &mut random, &mut used);
        let parsed = parse_checked(&text);
        assert_eq!(parsed.errors, [], "seed {seed}:\n{text}");
        let printed = print(&parsed.tree, &text);
        let again = parse_checked(&printed);
        assert_eq!(again.errors, [], "seed {seed}:\n{text}\nprinted as\n{printed}");
        assert!(
            equivalent(&parsed.tree, &text, &again.tree, &printed),
            "seed {seed}:\n{text}\nprinted as\n{printed}"
        );
    }
    // Whole documents leave out what stands only in the lexical part.
    for seed in 0..2_000 {
        let mut random = Random::new(seed);
        let text = grammar.sentence("lexical-unit", 30, &mut random, &mut used);
        parse_checked(&text);
    }
    let unused: Vec<&str> = grammar.productions().into_iter().filter(|name| !used.contains(*name)).collect();
    assert!(unused.is_empty(), "never exercised: {unused:?}");
}

/// For productions: a document that uses it, and one that is like it and wrong (empty: none).
const EXAMPLES: &[(&str, &str, &str)] = &[
    ("lexical-unit", " 1 ", ""),
    ("lexical-element", "/* a */ 1", "/* a 1"),
    ("whitespace", "\u{a0}1\t\u{b}\u{c}", "\u{200b}1"),
    ("new-line-character", "1\r\n\u{85}+\u{2028}\u{2029}2\r", ""),
    ("comment", "1 // a", "1 / a /"),
    ("single-line-comment", "// a\n1", "// 1"),
    ("single-line-comment-character", "//ä*/\"\n1", ""),
    ("delimited-comment", "/* // ** / */1", "/* 1"),
    ("delimited-comment-character", "/***/1", ""),
    ("token", "a", "$"),
    ("keyword", "not true", "not"),
    ("hash-keyword", "#infinity", "#infinite"),
    ("operator-or-punctuator", "1 <> 2", "1 != 2"),
    ("literal", "null", "nul l"),
    ("null-literal", "null", ""),
    ("logical-literal", "true", ""),
    ("number-literal", "1", "1_000"),
    ("decimal-number-literal", "{1.5e3, .5, 5}", "1.e3"),
    ("decimal-digits", "0123", ""),
    ("decimal-digit", "7", ""),
    ("exponent-part", "1e-3", "1e-"),
    ("sign", "1e+3", "1e*3"),
    ("hexadecimal-number-literal", "0XfF", "0x"),
    ("hex-digits", "0x0123", ""),
    ("hex-digit", "0xF", "0xG"),
    ("text-literal", "\"a\"", "\"a"),
    ("text-literal-character", "\"a#(lf)\"\"\"", ""),
    ("single-text-character", "\"# ä\n\"", ""),
    ("double-quote-escape-sequence", "\"\"\"\"", "\"\"\""),
    ("character-escape-sequence", "\"#(tab)\"", "\"#()\""),
    ("escape-sequence-list", "\"#(cr,lf)\"", "\"#(cr, lf)\""),
    ("single-escape-sequence", "\"#(000a)\"", "\"#(nl)\""),
    ("long-unicode-escape-sequence", "\"#(0001F600)\"", "\"#(00110000)\""),
    ("short-unicode-escape-sequence", "\"#(00e4)\"", "\"#(e4)\""),
    ("control-character-escape-sequence", "\"#(cr)\"", "\"#(CR)\""),
    ("control-character", "\"#(tab,tab)\"", "\"#(tabtab)\""),
    ("escape-escape", "\"#(#)(\"", "\"#(\""),
    ("verbatim-literal", "#!\"let a = \"", "#!\"a"),
    ("identifier", "a", ""),
    ("regular-identifier", "Table.Column.1", "Table."),
    ("keyword-or-identifier", "lets", ""),
    ("identifier-start-character", "_a", "1a"),
    ("identifier-part-character", "a1_", "a-"),
    ("dot-character", "a.b", "a..b"),
    ("underscore-character", "_", ""),
    ("letter-character", "Ж", "€"),
    ("combining-character", "e\u{301}", "\u{301}e"),
    ("decimal-digit-character", "a٣", ""),
    ("connecting-character", "a‿b", ""),
    ("formatting-character", "a\u{200d}b", ""),
    ("quoted-identifier", "#\"let\"", "#\"let"),
    ("generalized-identifier", "[Unit Price]", "[Unit\tPrice]"),
    ("generalized-identifier-part", "[2nd Name]", "[-2nd]"),
    ("generalized-identifier-segment", "[a.b if]", "[a,b]"),
    ("document", "1", ""),
    ("section-document", "section A;", "section A"),
    ("section", "[a = 1] section A; b = 1;", "[a = 1] 2"),
    ("section-name", "section A.B;", "section 1;"),
    ("section-member", "section A; shared b = 1;", "section A; shared b = 1"),
    ("section-member-name", "section A; #\"b c\" = 1;", "section A; let = 1;"),
    ("expression-document", "1 + 1", "1 1"),
    ("expression", "each 1", ""),
    ("null-coalescing-expression", "a ?? b ?? c", "a ??"),
    ("logical-or-expression", "a or b or c", "a or or b"),
    ("logical-and-expression", "a and b", "and b"),
    ("is-expression", "a is text is logical", "a is Text.Type"),
    ("as-expression", "a as nullable text", "a as {text}"),
    ("equality-expression", "a = b <> c", "a == b"),
    ("relational-expression", "a < b <= c", "a =< b"),
    ("additive-expression", "a + b & c - d", "a & * b"),
    ("multiplicative-expression", "a * b / c", "a ** b"),
    ("metadata-expression", "a meta [b = 1]", "meta [b = 1]"),
    ("unary-expression", "not - + a", "not"),
    ("primary-expression", "f(1){2}[a][[b]]", "f(1){}"),
    ("primary-start", "...", ".."),
    ("literal-expression", "\"a\"", "'a'"),
    ("identifier-expression", "a", "a b"),
    ("identifier-reference", "@a", "@"),
    ("exclusive-identifier-reference", "#shared", "let"),
    ("inclusive-identifier-reference", "@#\"a b\"", "@1"),
    ("section-access-expression", "A!b", "A!1"),
    ("parenthesized-expression", "(1)", "(1, 2)"),
    ("not-implemented-expression", "if a then ... else b", "...."),
    ("invoke-expression", "f()", "f(1"),
    ("argument-list", "f(1, 2)", "f(1, 2,)"),
    ("list-expression", "{}", "{,}"),
    ("item-list", "{1, 2}", "{1 2}"),
    ("item", "{1 .. 2, \"a\"..\"d\"}", "{1 .. 2 .. 3}"),
    ("record-expression", "[]", "[,]"),
    ("field-list", "[a = 1, b = 2]", "[a = 1; b = 2]"),
    ("field", "[a = 1]", "[a : 1]"),
    ("field-name", "[#\"a b\" = 1, c d = 2]", "[\"a\" = 1]"),
    ("item-access-expression", "a{0}{1}", "a{0"),
    ("item-selection", "a{0}", "a{0, 1}"),
    ("optional-item-selection", "a{0}?", "a{0}? 1"),
    ("item-selector", "a{[b = 1]}", "a{b = }"),
    ("field-access-expression", "a[b][[c]]", "a[b"),
    ("field-selection", "a[b]", "a[b, c]"),
    ("field-selector", "a[b]?", "a[]"),
    ("required-field-selector", "a[if]", "a[(b)]"),
    ("optional-field-selector", "a[b c]?", "a[b c]?d"),
    ("implicit-target-field-selection", "each [a]", "each ["),
    ("projection", "a[[b], [c]]", "a[[b], c]"),
    ("required-projection", "a[[b]]", "a[[b]"),
    ("optional-projection", "a[[b]]?", "a[[b],]?"),
    ("required-selector-list", "a[[b], [c], [d]]", "a[[b] [c]]"),
    ("implicit-target-projection", "each [[a], [b]]?", "each [[a], [b]"),
    ("function-expression", "(a) => a", "a => a"),
    ("function-body", "() => let a = 1 in a", "() =>"),
    ("parameter-list", "(a, optional b) => a", "(optional a, b) => a"),
    ("fixed-parameter-list", "(a, b) => a", "(a b) => a"),
    ("parameter", "(a as any) => a", "(a : any) => a"),
    ("parameter-name", "(#\"a b\") => 1", "(1) => 1"),
    ("parameter-type", "(a as nullable list) => a", "(a as {text}) => a"),
    ("return-type", "() as text => a", "() as => a"),
    ("primitive-or-nullable-primitive-type-assertion", "() as nullable type => a", "() as Int64.Type => a"),
    ("optional-parameter-list", "(optional a, optional b) => a", "(optional a,) => a"),
    ("optional-parameter", "(optional a as text) => a", "(optional 1) => a"),
    ("each-expression", "each _", "each"),
    ("each-expression-body", "each each _", "each => _"),
    ("let-expression", "let a = 1 in a", "let a = 1"),
    ("variable-list", "let a = 1, b = a in b", "let a = 1, in a"),
    ("variable", "let a = 1 in a", "let a in a"),
    ("variable-name", "let #\"a b\" = 1 in 1", "let a b = 1 in 1"),
    ("if-expression", "if a then b else c", "if a then b"),
    ("if-condition", "if a = b then c else d", "if then b else c"),
    ("true-expression", "if a then each b else c", "if a then else c"),
    ("false-expression", "if a then b else if c then d else e", "if a then b else"),
    ("error-raising-expression", "error \"a\"", "error"),
    ("error-handling-expression", "try a", "try"),
    ("protected-expression", "try error \"a\"", "try otherwise a"),
    ("error-handler", "try a otherwise b", "try a finally b"),
    ("otherwise-clause", "try a otherwise null", "try a otherwise"),
    ("default-expression", "try a otherwise try b otherwise c", "a otherwise b"),
    ("catch-clause", "try a catch () => b", "try a catch b"),
    ("catch-function", "try a catch (e) => e[Message]", "try a catch (e, f) => e"),
    ("type-expression", "type text", "type"),
    ("type", "type {Int64.Type}", "type {1 +}"),
    ("type-reference", "type {(f)(1)}", "type (f)(1)"),
    ("type-literal", "type [a = 1]", "type 1"),
    ("primary-type", "type {text}", "type {text, number}"),
    ("primitive-or-nullable-primitive-type", "type nullable text", "a is nullable"),
    ("primitive-type", "type anynonnull", "a is string"),
    ("record-type", "type [a, ...]", "type [a, ..., b]"),
    ("field-specification-list", "type [a, b]", "type [a b, , c]"),
    ("field-specification", "type [optional a = text]", "type [a : text]"),
    ("field-type-specification", "type [a = text]", "type [a =]"),
    ("field-type", "type [a = [b = text]]", "type [a = +]"),
    ("open-record-marker", "type [...]", "[...]"),
    ("list-type", "type {{text}}", "type {}"),
    ("item-type", "type {nullable [a]}", "type {each}"),
    ("function-type", "type function () as any", "type function ()"),
    (
        "parameter-specification-list",
        "type function (a as any, optional b as any) as any",
        "type function (optional a as any, b as any) as any",
    ),
    (
        "required-parameter-specification-list",
        "type function (a as any, b as any) as any",
        "type function (a as any b as any) as any",
    ),
    ("required-parameter-specification", "type function (a as {text}) as any", "type function (a) as any"),
    (
        "optional-parameter-specification-list",
        "type function (optional a as any, optional b as any) as any",
        "type function (optional a as any,) as any",
    ),
    (
        "optional-parameter-specification",
        "type function (optional a as any) as any",
        "type function (optional a) as any",
    ),
    ("parameter-specification", "type function (a as type) as any", "type function (a as) as any"),
    ("type-assertion", "type function () as [a]", "type function () as"),
    ("table-type", "type table [a = text]", "type table [a = text"),
    ("row-type", "type table T", "type table [a, ...]"),
    ("nullable-type", "type nullable nullable {text}", "type nullable +"),
    ("literal-attributes", "[] section A;", "[ section A;"),
    ("record-literal", "[a = []] section A;", "[a = b] section A;"),
    ("literal-field-list", "[a = 1, b = 2] section A;", "[a = 1, a = 2] section A;"),
    ("literal-field", "[a b = \"c\"] section A;", "[a] section A;"),
    ("list-literal", "[a = {}] section A;", "[a = {1 .. 2}] section A;"),
    ("literal-item-list", "[a = {1, \"a\"}] section A;", "[a = {1, f()}] section A;"),
    (
        "any-literal",
        "section A; [a = {null, true, [b = 0x1]}] shared b = 1;",
        "section A; [a = -1] shared b = 1;",
    ),
];

#[test]
fn every_production_has_an_example() {
    let grammar = Grammar::read();
    let examples: BTreeSet<&str> = EXAMPLES.iter().map(|(name, ..)| *name).collect();
    assert_eq!(examples.len(), EXAMPLES.len(), "a production has two examples");
    let productions = grammar.productions();
    let missing: Vec<_> = productions.symmetric_difference(&examples).collect();
    assert!(missing.is_empty(), "without example, or without production: {missing:?}");
}

#[test]
fn examples_are_accepted_and_rejected() {
    let mut wrong = Vec::new();
    for (name, accept, reject) in EXAMPLES {
        let errors = parse_checked(accept).errors;
        if !errors.is_empty() {
            wrong.push(format!("{name} should be accepted: {accept:?}\n{errors:#?}"));
        }
        if !reject.is_empty() && parse(reject).errors.is_empty() {
            wrong.push(format!("{name} should be rejected: {reject:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
