//! What is shared and what is not, and that files are read as often as that says.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use super::effect::is_pure;
use super::{Shared, share};
use crate::Engine;
use crate::engine::example_fault;
use crate::host::{Host, HostError, Now};
use crate::library::{Library, declarations};
use crate::resolve::scan::scan;
use crate::resolve::{Document, Outline};
use crate::syntax;
use crate::table::Plan;
use crate::text::Source;

/// The expressions of a text that are shared, as they stand where they stand first, in the order of the text.
pub(super) fn shared(text: &str) -> Vec<String> {
    let source = Source::new("test", text);
    let parsed = syntax::parse_expression(source.text());
    assert_eq!(parsed.errors, [], "{text}");
    let document = Document { source, tree: parsed.tree, observed: false };
    let outline = Outline { sections: Vec::new(), of_document: Vec::new() };
    let root = document.tree.root();
    let names = Library::names();
    let scanned = scan(&document, root, &outline, None, &*names, &Shared::default());
    assert_eq!(scanned.errors, [], "{text}");
    let mut spans: Vec<_> = share(&document, root, &scanned)
        .map(|shared| shared.homes.into_values().flatten().map(|first| document.tree.span(first)).collect())
        .unwrap_or_default();
    spans.sort_unstable_by_key(|span: &crate::text::Span| (span.start, span.end));
    spans.into_iter().map(|span| span.of(document.source.text()).to_owned()).collect()
}

#[test]
fn equal_calls_over_the_same_variables_are_shared() {
    for text in [
        "(t as table) => {#, #}",
        "let t = #table({\"a\"}, {{1}}) in List.Count({#}) + List.Count(#)",
        "let t = #table({\"a\"}, {{1}}), x = #, y = # in {x, y}",
        "let t = #table({\"a\"}, {{1}}) in [x = #, y = {#}]",
        "let t = #table({\"a\"}, {{1}}) in if Table.IsEmpty(#) then null else #{0}",
    ] {
        let step = "Table.SelectRows(t, each [a] > 1)";
        assert_eq!(
            shared(&text.replace('#', step).replace(&format!("{step}table"), "#table")),
            [step],
            "{text}"
        );
    }
}

#[test]
fn only_what_is_left_after_sharing_around_it_is_shared() {
    let outer = "List.Sort(List.Distinct(x))";
    assert_eq!(shared(&format!("(x as list) => {{{outer}, {outer}}}")), [outer]);
    let both = format!("(x as list) => {{{outer}, {outer}, List.Distinct(x)}}");
    assert_eq!(shared(&both), [outer, "List.Distinct(x)"]);
}

#[test]
fn what_differs_is_not_shared() {
    for text in [
        "(x, y) => {List.Sort(x), List.Sort(y)}",
        "(x as list) => {List.Sort(x, Order.Ascending), List.Sort(x, Order.Descending)}",
        "(x as list) => {List.Transform(x, each _ + 1), List.Transform(x, (n) => n + 1)}",
        "(x as list) => {List.Transform(x, each [a]), List.Transform(x, each [a]?)}",
        "let f = (x as list) => List.Sort(x), g = (x as list) => List.Sort(x) in {f, g}",
        "let x = {1}, f = () => List.Sort(x) in {f, List.Sort(x)}",
        "{let x = {1} in List.Sort(x), let x = {2} in List.Sort(x)}",
        "(x as list) => {List.Sort(x), let x = {2} in List.Sort(x)}",
        "(x as list) => {List.Count(x), List.Count(x)}",
        "(x as text) => {x & \"a\", x & \"a\"}",
    ] {
        assert_eq!(shared(text), [""; 0], "{text}");
    }
}

#[test]
fn what_may_be_told_apart_is_not_shared() {
    for call in [
        "List.Random(3)",
        "List.Repeat({Number.Random()}, 3)",
        "List.Repeat({Number.RandomBetween(1, 2)}, 3)",
        "Table.AddColumn(t, \"x\", each Number.Random())",
        "Table.AddColumn(t, \"x\", each [y = Number.Random()])",
        "Table.AddColumn(t, \"x\", each let y = Number.Random() in y)",
        "Table.AddColumn(t, \"x\", each DateTime.LocalNow())",
        "Table.AddColumn(t, \"x\", each DateTime.FixedLocalNow())",
        "Table.SelectRows(t, each Date.IsInCurrentMonth([d]))",
        "Table.AddColumn(t, \"x\", each Text.NewGuid())",
        "Table.AddColumn(t, \"x\", each Diagnostics.Trace(1, \"m\", [a]))",
        "Table.AddColumn(t, \"x\", each Expression.Evaluate([a]))",
        "Table.AddColumn(t, \"x\", each roll())",
        "Table.AddColumn(t, \"x\", each again(3))",
        "Table.AddColumn(t, \"x\", roll)",
        "Table.AddColumn(t, \"x\", each [a]())",
        "Table.AddColumn(t, \"x\", f)",
        "Table.TransformColumns(t, {{\"a\", f}})",
        "Table.TransformColumns(t, changes)",
        "Table.AddColumn(t, \"x\", Number.Random)",
        "List.Generate(roll, each _ < 1, each _ + 1)",
        "List.Accumulate({f}, {}, (all, each_) => each_())",
        "Table.FromRows(Json.Document(Web.Contents(\"https://localhost\")))",
        "Csv.Document(Web.Contents(\"https://localhost\"))",
        "Sql.Databases(\"s\")",
        "Table.View(null, [GetType = () => type table [a = number], GetRows = () => t])",
        "List.Transform({1}, each error ...)",
        "List.Transform(Record.FieldNames(#shared), each _)",
    ] {
        let text = format!(
            "(f, changes as list, t as table) => let roll = () => Number.Random(), \
             again = (n) => if n = 0 then roll() else @again(n - 1) in {{{call}, {call}}}"
        );
        assert_eq!(shared(&text), [""; 0], "{call}");
    }
}

#[test]
fn what_is_known_of_functions_is_known_of_their_calls() {
    for call in [
        "Table.AddColumn(t, \"x\", each double([a]))",
        "Table.AddColumn(t, \"x\", double)",
        "Table.Group(t, {\"k\"}, {{\"n\", each List.Sum([a]), type number}})",
        "Table.Group(t, {\"k\"}, aggregates)",
        "Table.TransformColumnTypes(t, {{\"a\", type text}}, \"en-US\")",
        "Csv.Document(File.Contents(\"a.csv\"), [Delimiter = \",\", Encoding = 1252])",
        "List.Distinct(t[a])",
        "List.Sort(once)",
    ] {
        let text = format!(
            "(t as table) => let double = (n) => n * 2, aggregates = {{{{\"n\", Table.RowCount, type number}}}}, \
             once = {{Number.Random()}} in {{{call}, {call}}}"
        );
        assert_eq!(shared(&text), [call], "{call}");
    }
}

const FILE: &str = "Key,Quarter,Sales\na,1,10\nb,2,20\na,2,5\nb,1,7\na,1,1\n";

/// One file of sales, which counts how often it is opened, and counts how often time and chance are asked.
#[derive(Clone, Default)]
struct Counting {
    opened: Arc<AtomicUsize>,
    asked: Arc<AtomicU64>,
}

impl Host for Counting {
    fn open(&self, _: &Path) -> Result<Box<dyn std::io::Read + Send>, HostError> {
        self.opened.fetch_add(1, Relaxed);
        Ok(Box::new(FILE.as_bytes()))
    }

    fn locate(&self, path: &Path) -> Result<PathBuf, HostError> {
        Ok(Path::new("/files").join(path))
    }

    fn now(&self) -> Result<Now, HostError> {
        Ok(Now { utc_ticks: self.asked.fetch_add(1, Relaxed).cast_signed() << 40, offset_minutes: 0 })
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), HostError> {
        bytes.fill(self.asked.fetch_add(1, Relaxed) as u8);
        Ok(())
    }
}

pub(super) fn evaluated(text: &str) -> (String, usize) {
    let host = Counting::default();
    let engine = Engine::new().with_host(host.clone());
    let result = engine.compile("test", text).unwrap().run().evaluate().and_then(|value| value.literal());
    (result.unwrap_or_else(|error| error.to_string()), host.opened.load(Relaxed))
}

/// As editors write a pivot of a column that is no text.
const PIVOT: &str = r#"let
    Source = Csv.Document(File.Contents("sales.csv"), [Delimiter = ","]),
    #"Promoted headers" = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),
    Prev = Table.TransformColumnTypes(#"Promoted headers", {{"Quarter", Int64.Type}, {"Sales", Int64.Type}}),
    #"Pivoted column" = Table.Pivot(Table.TransformColumnTypes(Prev, {{"Quarter", type text}}, "en-US"), List.Distinct(Table.TransformColumnTypes(Prev, {{"Quarter", type text}}, "en-US")[Quarter]), "Quarter", "Sales", List.Sum)
in
    #"Pivoted column""#;

#[test]
fn a_pivot_as_editors_write_it_reads_its_source_once() {
    let header = evaluated(&PIVOT.replace("in\n    #\"Pivoted column\"", "in Table.ColumnNames(Prev)")).1;
    let (pivoted, opened) = evaluated(PIVOT);
    assert_eq!(
        pivoted,
        r##"#table(type table [Key = nullable text, #"1" = any, #"2" = any], {{"a", 11, 5}, {"b", 7, 20}})"##
    );
    let apart = PIVOT.replacen("\"en-US\"", "\"en-GB\"", 1);
    assert_eq!(evaluated(&apart), (pivoted, header + 2));
    assert_eq!(opened, header + 1);
}

#[test]
fn a_plan_says_at_how_many_places_a_step_stands() {
    let engine = Engine::new().with_host(Counting::default()).observed();
    let value = engine.compile("test", PIVOT).unwrap().run().evaluate().unwrap();
    let plans = Plan::of_value(&value.context(), value.value()).unwrap();
    let step = &plans[0].inputs[0];
    let calls: Vec<_> =
        step.notes.iter().map(|note| (note.call.as_ref().unwrap().as_str(), note.places)).collect();
    assert_eq!(calls, [("Table.TransformColumnTypes", 2)]);
    assert_eq!(plans[0].notes[0].places, 1);
}

#[test]
fn errors_are_raised_wherever_they_are_used_and_nothing_else_is_evaluated() {
    let cases = [
        (
            "let x = List.Combine({{1}, error \"a\"}), y = 1 in {List.Combine({{1}, {2}}), List.Combine({{1}, {2}})}",
            "{{1, 2}, {1, 2}}",
        ),
        (
            "if true then 1 else List.Count(List.Sort({error \"a\"})) + List.Count(List.Sort({error \"a\"}))",
            "1",
        ),
        (
            "let x = {1, \"a\"} in {try List.Sum({1}) + List.Count(List.Numbers(1, \"a\")) otherwise 2, try List.Count(List.Numbers(1, \"a\")) otherwise 3}",
            "{2, 3}",
        ),
        ("(try {List.Numbers(1, \"a\"), List.Numbers(1, \"a\")}{1})[Error][Reason]", "\"Expression.Error\""),
        ("let l = {1, List.Count(List.FirstN(@l, 1)), List.Count(List.FirstN(@l, 1))} in l", "{1, 1, 1}"),
        (
            "let f = (n) => if n = 0 then {} else List.Combine({@f(n - 1), {n}, List.FirstN(List.Numbers(1, n), 1), List.FirstN(List.Numbers(1, n), 1)}) in f(2)",
            "{1, 1, 1, 2, 1, 1}",
        ),
        ("let f = (p as list) => (p & List.Sort(p)) & List.Sort(p) in f({2, 1})", "{2, 1, 1, 2, 1, 2}"),
        (
            "let f = (p as list) => {List.Count(p & (if p{0} = 0 then List.Sort(p) else {})), List.Sort(p)} in f({2, 1})",
            "{2, {1, 2}}",
        ),
        (
            "let f = (p as list) => List.Count(p & (if p{0} = 0 then List.Sort(p) else {})) + List.Sum(List.Sort(p)) in f({2, 1})",
            "5",
        ),
        (
            "let x = {3}, g = (x as list) => [x = List.Sort(x), y = List.Sort(x)] in g({1, 0})[y] & List.Sort(x) & List.Sort(x)",
            "{0, 1, 3, 3}",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(evaluated(text).0, expected, "{text}");
    }
}

/// Asks of the library's own examples whether a function that counts as pure asks for time or chance.
#[test]
fn pure_functions_ask_for_neither_time_nor_chance() {
    let host = Counting::default();
    let (asked, host): (_, Arc<dyn Host>) = (Arc::clone(&host.asked), Arc::new(host));
    let mut impure = Vec::new();
    for declaration in declarations().filter(|declaration| is_pure(declaration.name)) {
        for example in declaration.examples {
            // Those that need more than this host grants fail, which is no matter here.
            let _ = example_fault(&host, example);
            if asked.swap(0, Relaxed) > 0 {
                impure.push(declaration.name);
            }
        }
    }
    // The offset of the local zone is asked for, once in an evaluation.
    assert_eq!(impure, ["DateTimeZone.ToLocal", "DateTimeZone.FromFileTime"]);
}
