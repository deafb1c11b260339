//! Lists stay lazy: endless ones are usable, failing items fail only when read.

use crate::Engine;
use crate::eval::Limits;
use crate::value::{error_line, literal_text};

/// What the expression gives, as M text; an evaluation that does not end is stopped.
fn shown(text: &str) -> String {
    let limits = Limits { steps: Some(200_000), ..Limits::default() };
    let query = Engine::new().with_limits(limits).compile("test", text).unwrap();
    let ctx = query.start();
    let result = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
    result.unwrap_or_else(|error| error_line(&ctx, &error).unwrap_or_else(|stop| stop.to_string()))
}

const ENDLESS: &str = "let endless = List.Generate(() => 1, each true, each _ + 1) in ";

#[test]
fn endless_lists_are_read_as_far_as_needed() {
    for (expression, expected) in [
        ("List.FirstN(endless, 3)", "{1, 2, 3}"),
        ("List.FirstN(endless, each _ < 3)", "{1, 2}"),
        ("List.First(endless)", "1"),
        ("endless{4}", "5"),
        ("List.IsEmpty(endless)", "false"),
        ("List.FirstN(List.Transform(endless, each _ * 2), 2)", "{2, 4}"),
        ("List.FirstN(List.Select(endless, each _ > 10), 2)", "{11, 12}"),
        ("List.FirstN(List.Skip(endless, 3), 2)", "{4, 5}"),
        ("List.FirstN(List.Skip(endless, each _ < 7), 1)", "{7}"),
        ("List.Range(endless, 5, 2)", "{6, 7}"),
        ("List.FirstN(List.Combine({{0}, endless, {error \"never\"}}), 2)", "{0, 1}"),
        ("List.FirstN(List.Combine(List.Transform(endless, each {_, _})), 3)", "{1, 1, 2}"),
        ("List.FirstN(List.Zip({endless, {\"a\"}}), 2)", "{{1, \"a\"}, {2, null}}"),
        ("List.FirstN(List.Repeat(endless, 2), 2)", "{1, 2}"),
        ("List.FirstN(List.Alternate(endless, 1, 1), 2)", "{2, 4}"),
        ("List.FirstN(List.Distinct(List.Transform(endless, each 1 / _ > 0.5)), 2)", "{true, false}"),
        ("List.FirstN(List.TransformMany(endless, each endless, (x, y) => {x, y}), 2)", "{{1, 1}, {1, 2}}"),
        ("List.FirstN(List.Split(endless, 2), 2)", "{{1, 2}, {3, 4}}"),
        ("List.FirstN(List.InsertRange(endless, 1, {0}), 3)", "{1, 0, 2}"),
        ("List.FirstN(List.RemoveRange(endless, 1, 2), 2)", "{1, 4}"),
        ("List.FirstN(List.RemoveLastN(endless, 2), 2)", "{1, 2}"),
        ("List.FirstN(List.RemoveNulls(endless), 1)", "{1}"),
        ("List.FirstN(List.RemoveItems(endless, {1, 3}), 2)", "{2, 4}"),
        ("List.FirstN(List.ReplaceMatchingItems(endless, {{1, 9}}), 2)", "{9, 2}"),
        ("List.FirstN(List.Positions(endless), 2)", "{0, 1}"),
        ("List.FirstN(endless & endless, 2)", "{1, 2}"),
        ("List.Contains(endless, 7)", "true"),
        ("List.ContainsAny(endless, {7, -1})", "true"),
        ("List.ContainsAll(endless, {7, 3})", "true"),
        ("List.PositionOf(endless, 7)", "6"),
        ("List.MatchesAny(endless, each _ > 7)", "true"),
        ("List.AnyTrue(List.Transform(endless, each _ > 7))", "true"),
        ("List.IsDistinct(List.Transform(endless, each 1))", "false"),
    ] {
        assert_eq!(shown(&format!("{ENDLESS}{expression}")), expected, "{expression}");
    }
}

#[test]
fn items_are_evaluated_when_they_are_read() {
    let failing = "let items = {1, error \"read\", 3} in ";
    for (expression, expected) in [
        ("List.Transform(items, each _ * 2){2}", "6"),
        ("List.Count(List.Transform(items, each _ * 2))", "3"),
        ("List.Reverse(items){0}", "3"),
        ("List.Last(items)", "3"),
        ("List.LastN(items, 1)", "{3}"),
        ("List.Skip(items, 2)", "{3}"),
        ("List.Range(items, 2)", "{3}"),
        ("List.Buffer(items){2}", "3"),
        ("List.Combine({items, {4}}){3}", "4"),
        ("List.Split(items, 2){1}", "{3}"),
        ("List.Zip({items, items}){0}", "{1, 1}"),
        ("List.RemoveRange(items, 1)", "{1, 3}"),
        ("List.ReplaceRange(items, 1, 1, {2})", "{1, 2, 3}"),
        ("List.Alternate(items, 1, 1, 1)", "{1, 3}"),
        ("List.Sum(items)", "error: Expression.Error: read"),
        ("(try List.Buffer(items){1})[Error][Message]", "\"read\""),
    ] {
        assert_eq!(shown(&format!("{failing}{expression}")), expected, "{expression}");
    }
}

#[test]
fn a_list_that_never_ends_is_stopped_by_a_limit() {
    let text = format!("{ENDLESS} List.Sum(endless)");
    assert!(shown(&text).contains("200000 steps"), "{}", shown(&text));
}
