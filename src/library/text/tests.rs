//! Texts at their edges: what examples for readers leave out.

use crate::Engine;
use crate::value::{error_line, literal_text};

fn shown(text: &str) -> String {
    let query = Engine::new().compile("test", text).unwrap();
    let ctx = query.start();
    let result = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    result.unwrap_or_else(|error| error_line(&ctx, &error).unwrap())
}

fn check(cases: &[(&str, &str)]) {
    for (usage, wanted) in cases {
        assert_eq!(shown(usage), *wanted, "{usage}");
    }
}

#[test]
fn positions_count_utf16_units() {
    check(&[
        ("Text.Length(\"a😀\")", "3"),
        ("Text.At(\"a😀b\", 3)", "\"b\""),
        ("Text.Start(\"a😀b\", 3)", "\"a😀\""),
        ("Text.End(\"a😀b\", 1)", "\"b\""),
        ("Text.PositionOf(\"😀b\", \"b\")", "2"),
        ("Text.PadStart(\"😀\", 4, \".\")", "\"..😀\""),
        ("Text.Insert(\"😀b\", 2, \"-\")", "\"😀-b\""),
    ]);
}

#[test]
fn ranges_must_lie_within_the_text() {
    let count =
        |at: &str| format!("error: Expression.Error: The 'count' argument is out of range. | Detail: {at}");
    check(&[
        ("Text.Range(\"abc\", 3)", "\"\""),
        ("Text.Range(\"abc\", 1, 5)", &count("5")),
        ("Text.RemoveRange(\"abc\", 3)", &count("1")),
        ("Text.Repeat(\"a\", -1)", &count("-1")),
        (
            "Text.ReplaceRange(\"abc\", 4, 0, \"\")",
            "error: Expression.Error: The 'offset' argument is out of range. | Detail: 4",
        ),
    ]);
    assert!(shown("Text.Repeat(\"abcdefgh\", 1000000000000)").starts_with("error: Expression.Error"));
    assert!(shown("Text.PadStart(\"a\", 1000000000000)").starts_with("error: Expression.Error"));
}

#[test]
fn matches_go_by_the_comparer() {
    check(&[
        ("Text.PositionOf(\"xÉéE\", \"é\", Occurrence.All, Comparer.OrdinalIgnoreCase)", "{1, 2}"),
        ("Text.EndsWith(\"abÉ\", \"é\", Comparer.OrdinalIgnoreCase)", "true"),
        ("Text.StartsWith(\"ab\", \"abc\", Comparer.OrdinalIgnoreCase)", "false"),
        ("Text.Contains(\"Straße\", \"STRASSE\", Comparer.FromCulture(\"de-DE\", true))", "true"),
        ("Text.Contains(\"Résumé\", \"resume\", Comparer.FromCulture(\"en-US\", true))", "false"),
        // Half of what a letter counts as is no match.
        ("Text.Contains(\"æ\", \"a\", Comparer.FromCulture(\"en-US\"))", "false"),
        ("Text.PositionOf(\"aäa\", \"a\", Occurrence.Last, Comparer.FromCulture(\"en-US\"))", "2"),
        ("Text.PositionOf(\"éé\", \"\", Occurrence.Last, Comparer.FromCulture(\"en-US\"))", "2"),
        (
            "Text.PositionOf(\"abab\", \"B\", Occurrence.Last, (x, y) => if Text.Upper(x) = y then 0 else 1)",
            "3",
        ),
        ("Text.PositionOf(\"aaa\", \"aa\", Occurrence.All)", "{0}"),
        ("Text.PositionOf(\"aAa\", \"aa\", Occurrence.All, Comparer.OrdinalIgnoreCase)", "{0}"),
        ("Comparer.FromCulture(\"en-US\") = Comparer.FromCulture(\"EN-us\")", "true"),
        ("Comparer.FromCulture(\"en-US\") = Comparer.FromCulture(\"en-US\", true)", "false"),
    ]);
}

#[test]
fn the_end_delimiter_is_looked_for_from_the_start_delimiter_on() {
    check(&[
        ("Text.BetweenDelimiters(\"a)b(c)d\", \"(\", \")\", 0, {0, RelativePosition.FromEnd})", "\"b\""),
        ("Text.BetweenDelimiters(\"a(b\", \"(\", \")\")", "\"b\""),
        ("Text.BetweenDelimiters(\"a)b\", \"(\", \")\")", "\"\""),
        (
            "Text.BeforeDelimiter(\"a-b\", \"-\", {0, 7})",
            "error: Expression.Error: The 'index' argument is out of range. | Detail: {0, 7}",
        ),
    ]);
}

#[test]
fn formats_are_filled_or_refused() {
    check(&[
        ("Text.Format(\"100# #{0}#\", {null})", "\"100# #\""),
        ("Text.Format(\"#{0} #{0}\", {#date(2024, 2, 1)}, \"de-DE\")", "\"01.02.2024 01.02.2024\""),
        (
            "Text.Format(\"#{1}\", {1})",
            "error: Expression.Error: There weren't enough elements in the enumeration to complete the operation.",
        ),
    ]);
    assert!(shown("Text.Format(\"#{0\", {1})").starts_with("error: Expression.Error"));
    assert!(shown("Text.Format(\"#{0}\", [a = 1])").starts_with("error: Expression.Error"));
}

#[test]
fn only_what_is_needed_is_evaluated() {
    check(&[
        ("Text.Format(\"#{0}\", {1, error \"no\"})", "\"1\""),
        ("Text.Format(\"#[a]\", [a = 1, b = error \"no\"])", "\"1\""),
        ("Replacer.ReplaceValue({1, error \"no\"}, 1, 2){0}", "1"),
        ("Splitter.SplitByNothing()({error \"no\"}){0} is list", "true"),
    ]);
}

#[test]
fn lines_end_as_the_quote_style_says() {
    check(&[
        ("Lines.FromText(\"a#(lf)#(lf)b#(cr)c#(cr,lf)\")", "{\"a\", \"\", \"b\", \"c\"}"),
        ("Lines.FromText(\"\")", "{}"),
        (
            "Lines.FromText(\"x\"\"a#(lf)b\"\"\", [QuoteStyle = 1, CsvStyle = 0, Delimiter = \";\"])",
            "{\"x\"\"a\", \"b\"\"\"}",
        ),
        (
            "Lines.FromText(\"x;\"\"a#(lf)b\"\"\", [QuoteStyle = 1, CsvStyle = 0, Delimiter = \";\"])",
            "{\"x;\"\"a#(lf)b\"\"\"}",
        ),
        ("Lines.FromText(\"a#(lf)b\", [IncludeLineSeparators = true]){0}", "\"a#(lf)\""),
    ]);
    assert!(shown("Lines.FromText(\"a\", [Quotes = 1])").starts_with("error: Expression.Error"));
}

#[test]
fn splitters_take_what_is_there() {
    check(&[
        ("Splitter.SplitTextByDelimiter(\",\")(\"\")", "{\"\"}"),
        ("Splitter.SplitTextByAnyDelimiter({\"--\", \"-\"})(\"a--b-c\")", "{\"a\", \"b\", \"c\"}"),
        ("Splitter.SplitTextByLengths({2, 3, 4})(\"abc\")", "{\"ab\", \"c\", \"\"}"),
        ("Splitter.SplitTextByPositions({1, 9})(\"abc\")", "{\"bc\", \"\"}"),
        ("Splitter.SplitTextByEachDelimiter({\";\", \",\"})(\"a,b\")", "{\"a,b\"}"),
        ("Splitter.SplitTextByRepeatedLengths(2)(\"\")", "{}"),
        (
            "Combiner.CombineTextByDelimiter(\",\")(Splitter.SplitTextByDelimiter(\",\")(\"a,\"\"b,c\"\"\"))",
            "\"a,\"\"b,c\"\"\"",
        ),
    ]);
    assert!(shown("Splitter.SplitTextByRepeatedLengths(0)").starts_with("error: Expression.Error"));
    assert!(shown("Splitter.SplitTextByPositions({3, 1})").starts_with("error: Expression.Error"));
}
