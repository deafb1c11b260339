//! Functions that belong together, over generated values: what one makes the other takes apart.

use pqm::Engine;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{engine, shown};

/// Cultures whose short dates have four digits of year and the Gregorian calendar.
const CULTURES: &[&str] =
    &["", "en-US", "de-DE", "fr-FR", "ja-JP", "pt-BR", "ru-RU", "sv-SE", "pl-PL", "it-IT"];

fn quoted(text: &str) -> String {
    pqm::value::to_literal(&pqm::value::Value::text(text))
}

pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 ]{0,8}".prop_map(|text| quoted(&text)),
        "[ -~\u{e0}-\u{17f}\u{4e00}-\u{4e10}\u{1F600}-\u{1F610}]{0,6}".prop_map(|text| quoted(&text)),
    ]
}

pub(super) fn word() -> impl Strategy<Value = String> {
    "[a-z\u{e9}\u{df}0-9 ]{1,6}".prop_map(|text| quoted(&text))
}

pub(super) fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        (-1000_i64..1000).prop_map(|number| number.to_string()),
        (-1e9..1e9).prop_map(|number: f64| format!("{number}")),
        any::<i32>().prop_map(|number| number.to_string()),
    ]
}

pub(super) fn date() -> impl Strategy<Value = String> {
    (1000..9999, 1..=12, 1..=28).prop_map(|(year, month, day)| format!("#date({year}, {month}, {day})"))
}

pub(super) fn time() -> impl Strategy<Value = String> {
    (0..24, 0..60, 0..60).prop_map(|(hour, minute, second)| format!("#time({hour}, {minute}, {second})"))
}

pub(super) fn duration() -> impl Strategy<Value = String> {
    (-999..999, 0..24, 0..60, 0..60).prop_map(|(d, h, m, s)| format!("#duration({d}, {h}, {m}, {s})"))
}

pub(super) fn list_of(item: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    proptest::collection::vec(item, 0..8).prop_map(|items| format!("{{{}}}", items.join(", ")))
}

/// Values of all kinds that have a form as text and are equal to themselves.
pub(super) fn value() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        number(),
        text(),
        date(),
        time(),
        duration(),
        Just("#binary({1, 2})".to_owned()),
    ];
    plain.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("{{{}}}", items.join(", "))),
            (inner.clone(), inner).prop_map(|(a, b)| format!("[a = {a}, #\"b c\" = {b}]")),
        ]
    })
}

/// A table of a key column of different numbers and two columns without nulls.
pub(super) fn table() -> impl Strategy<Value = String> {
    proptest::collection::btree_map(0..100_i32, (number(), text()), 0..6).prop_map(|rows| {
        let rows: Vec<String> =
            rows.into_iter().map(|(key, (number, text))| format!("{{{key}, {number}, {text}}}")).collect();
        format!("#table({{\"k\", \"x\", \"y\"}}, {{{}}})", rows.join(", "))
    })
}

/// Runs properties: `let v = <generated> in <expression>` must be true.
pub(super) fn holds(strategy: impl Strategy<Value = String>, expressions: &[&str]) {
    let engine = engine();
    let faults: Vec<String> =
        expressions.iter().filter_map(|expression| fault(&engine, &strategy, expression)).collect();
    assert!(faults.is_empty(), "{} laws\n{}", faults.len(), faults.join("\n"));
}

/// Runs a property and says for which value it does not hold, if there is one. 16 values, or as many as the variable
/// PROPTEST_CASES says.
pub(super) fn fault(
    engine: &Engine,
    strategy: &impl Strategy<Value = String>,
    expression: &str,
) -> Option<String> {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(cases) });
    let outcome = runner.run(strategy, |generated| {
        let text = format!("let v = {generated} in {expression}");
        prop_assert_eq!(shown(engine, &text), "true", "{}", text);
        Ok(())
    });
    outcome.err().map(|error| format!("{expression}: {error}"))
}

#[test]
fn texts_are_taken_apart_and_put_together() {
    holds(
        text(),
        &[
            "Text.Combine(Text.ToList(v)) = v",
            "Text.FromBinary(Text.ToBinary(v)) = v",
            "Text.FromBinary(Text.ToBinary(v, TextEncoding.Utf16), TextEncoding.Utf16) = v",
            "Binary.FromText(Binary.ToText(Text.ToBinary(v))) = Text.ToBinary(v)",
            "Binary.FromText(Binary.ToText(Text.ToBinary(v), BinaryEncoding.Hex), BinaryEncoding.Hex) = Text.ToBinary(v)",
            "Expression.Evaluate(Expression.Constant(v)) = v",
            "Json.Document(Json.FromValue(v)) = v",
            "Text.Length(v) = List.Sum(List.Transform(Text.ToList(v), Text.Length)) or v = \"\"",
            "Text.StartsWith(v, Text.Start(v, 2)) and Text.EndsWith(v, Text.End(v, 1))",
            "Text.Lower(Text.Lower(v)) = Text.Lower(v) and Text.Trim(Text.Trim(v)) = Text.Trim(v)",
            "Comparer.OrdinalIgnoreCase(v, v) = 0 and Value.Compare(v, v) = 0",
        ],
    );
    holds(
        list_of(word()),
        &[
            "List.IsEmpty(v) or Text.Split(Text.Combine(v, \";\"), \";\") = v",
            "List.IsEmpty(v) or Splitter.SplitTextByDelimiter(\"--\")(Combiner.CombineTextByDelimiter(\"--\")(v)) = v",
            "List.IsEmpty(v) or Lines.FromText(Lines.ToText(v)) = v",
            "List.IsEmpty(v) or Splitter.SplitTextByLengths(List.Transform(v, Text.Length))(Text.Combine(v)) = v",
        ],
    );
}

#[test]
fn compressed_bytes_come_back() {
    let forms = ["None", "GZip", "Deflate", "Snappy", "Brotli", "LZ4", "Zstandard"];
    for form in forms {
        let property = format!(
            "let b = Text.ToBinary(v) in Binary.Decompress(Binary.Compress(b, Compression.{form}), Compression.{form}) = b"
        );
        holds(text(), &[&property]);
    }
}

#[test]
fn numbers_and_dates_keep_their_value_as_text_in_each_culture() {
    for culture in CULTURES {
        let of = |expression: &str| expression.replace("CULTURE", &format!("\"{culture}\""));
        let numbers = [
            "Number.FromText(Number.ToText(v, null, CULTURE), CULTURE) = v",
            "Number.From(Text.From(v, CULTURE), CULTURE) = v",
        ];
        let dates = [
            "Date.FromText(Date.ToText(v, [Culture = CULTURE]), [Culture = CULTURE]) = v",
            "Date.FromText(Date.ToText(v, [Format = \"yyyy-MM-dd\", Culture = CULTURE]), [Format = \"yyyy-MM-dd\", Culture = CULTURE]) = v",
            "Date.FromText(Date.ToText(v, [Format = \"dd MMMM yyyy\", Culture = CULTURE]), [Format = \"dd MMMM yyyy\", Culture = CULTURE]) = v",
            "DateTime.FromText(DateTime.ToText(DateTime.From(v), [Culture = CULTURE]), [Culture = CULTURE]) = DateTime.From(v)",
        ];
        let times =
            ["Time.FromText(Time.ToText(v, [Format = \"T\", Culture = CULTURE]), [Culture = CULTURE]) = v"];
        for (strategy, expressions) in
            [(number().boxed(), &numbers[..]), (date().boxed(), &dates[..]), (time().boxed(), &times[..])]
        {
            let expressions: Vec<String> = expressions.iter().map(|expression| of(expression)).collect();
            holds(strategy, &expressions.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}

#[test]
fn moments_come_back_from_their_parts() {
    holds(
        date(),
        &[
            "let r = Date.ToRecord(v) in #date(r[Year], r[Month], r[Day]) = v",
            "Date.AddDays(Date.AddDays(v, 400), -400) = v",
            "Date.From(Number.From(v)) = v",
            "Date.StartOfMonth(v) <= v and v <= Date.EndOfMonth(v)",
            "Date.StartOfWeek(v) <= v and Duration.Days(Date.EndOfWeek(v) - Date.StartOfWeek(v)) = 6",
            "#date(Date.Year(v), Date.Month(v), Date.Day(v)) = v",
            "v + (#date(2000, 1, 1) - v) = #date(2000, 1, 1)",
        ],
    );
    holds(
        time(),
        &["#time(Time.Hour(v), Time.Minute(v), Time.Second(v)) = v", "Time.From(Number.From(v)) = v"],
    );
    holds(
        duration(),
        &[
            "Duration.FromText(Duration.ToText(v)) = v",
            "let r = Duration.ToRecord(v) in #duration(r[Days], r[Hours], r[Minutes], r[Seconds]) = v",
            "- (- v) = v and v - v = #duration(0, 0, 0, 0)",
            "Number.Abs(Duration.TotalDays(v) * 86400 - Duration.TotalSeconds(v)) < 0.001",
        ],
    );
}

#[test]
fn lists_are_turned_and_sorted() {
    holds(
        list_of(number()),
        &[
            "List.Reverse(List.Reverse(v)) = v",
            "List.Sort(List.Sort(v)) = List.Sort(v) and List.Count(List.Sort(v)) = List.Count(v)",
            "List.Difference(v, List.Sort(v)) = {}",
            "List.Sort(v, Order.Descending) = List.Reverse(List.Sort(v))",
            "List.Combine(List.Split(v, 3)) = v",
            "List.Count(List.Distinct(v)) = Table.RowCount(Table.Distinct(Table.FromList(v, each {_}, {\"a\"})))",
            "List.Combine({List.FirstN(v, 2), List.Skip(v, 2)}) = v",
            "List.Transform(List.Zip({v, List.Positions(v)}), each _{0}) = v",
            "List.Max(v) = List.Last(List.Sort(v)) and List.Min(v) = List.First(List.Sort(v))",
            "List.RemoveRange(List.InsertRange(v, 0, {1, 2}), 0, 2) = v",
            "List.IsEmpty(v) or List.Median(v) >= List.Min(v)",
            "List.Accumulate(v, {}, (s, x) => s & {x}) = v",
            "List.Transform({0 .. List.Count(v) - 1}, each v{_}) = v",
            "Table.Column(Table.FromColumns({v}, {\"a\"}), \"a\") = v",
            "List.Sum(List.Combine({v, {1}})) - 1 - List.Sum(List.Combine({{0}, v})) < 0.001",
        ],
    );
}

#[test]
fn values_come_back_from_their_text() {
    holds(
        value(),
        &[
            "Expression.Evaluate(Expression.Constant(v), #shared) = v",
            "Value.Equals(v, v) and (v = v)",
            "Value.ReplaceType(v, Value.Type(v)) = v",
            "Value.RemoveMetadata(v meta [a = 1]) = v and Value.Metadata(v meta [a = 1])[a] = 1",
            "List.Contains({v}, v) and List.Distinct({v, v}) = {v}",
        ],
    );
}

#[test]
fn tables_are_turned_pivoted_and_ranked() {
    holds(
        table(),
        &[
            "Table.FromRecords(Table.ToRecords(v), {\"k\", \"x\", \"y\"}) = v",
            "Table.FromColumns(Table.ToColumns(v), Table.ColumnNames(v)) = v",
            "Table.FromRows(Table.ToRows(v), Table.ColumnNames(v)) = v",
            "Table.PromoteHeaders(Table.DemoteHeaders(v)) = v",
            "Table.IsEmpty(v) or Table.ToRows(Table.Transpose(Table.Transpose(v))) = Table.ToRows(v)",
            "Table.ReverseRows(Table.ReverseRows(v)) = v",
            "let u = Table.UnpivotOtherColumns(v, {\"k\"}, \"n\", \"w\") in Table.Sort(Table.Pivot(u, {\"x\", \"y\"}, \"n\", \"w\"), \"k\") = v",
            "Table.UnpivotOtherColumns(v, {\"k\"}, \"n\", \"w\") = Table.Unpivot(v, {\"x\", \"y\"}, \"n\", \"w\")",
            "let r = Table.AddRankColumn(Table.Sort(v, \"x\"), \"r\", \"x\", [RankKind = RankKind.Ordinal])[r] in r = List.Sort(r) and List.IsDistinct(r)",
            "Table.Combine(Table.Split(v, 2)) = v or Table.IsEmpty(v)",
            "Table.Sort(v, {\"k\", Order.Descending}) = Table.ReverseRows(v)",
            "(List.Sum(Table.Group(v, \"y\", {{\"n\", Table.RowCount}})[n]) ?? 0) = Table.RowCount(v)",
            "Table.RemoveColumns(Table.AddIndexColumn(v, \"i\"), \"i\") = v",
            "Table.RenameColumns(Table.RenameColumns(v, {\"x\", \"z\"}), {\"z\", \"x\"}) = v",
            "Table.Join(v, \"k\", Table.RenameColumns(v[[k]], {\"k\", \"l\"}), \"l\")[[k], [x], [y]] = v",
            "Table.RowCount(Table.Join(v, \"k\", Table.PrefixColumns(v, \"r\"), \"r.k\", JoinKind.LeftAnti)) = 0",
            "Table.ExpandTableColumn(Table.NestedJoin(v, \"k\", v, \"k\", \"j\"), \"j\", {\"y\"}, {\"z\"})[z] = v[y]",
            "Table.SelectRows(v, each true) = v and Table.IsEmpty(Table.SelectRows(v, each false))",
            "Table.Combine({Table.FirstN(v, 2), Table.Skip(v, 2)}) = v",
            "Table.FillDown(v, {\"x\"}) = v and Table.Buffer(v) = v and Table.Distinct(v) = v",
            "Table.ToRecords(Table.Partition(v, \"k\", 2, each _){0}) = Table.ToRecords(Table.SelectRows(v, each Number.IsEven([k])))",
            "Record.FromTable(Record.ToTable([a = 1, b = v])) = [a = 1, b = v]",
            "Json.Document(Json.FromValue(v[[x], [y]])) = Table.ToRecords(v[[x], [y]])",
            "Csv.Document(Text.ToBinary(Lines.ToText(List.Transform(Table.ToRows(v), each Text.From(_{0}) & \",\" & Text.From(_{1})))), 2)[Column1] = List.Transform(v[k], Text.From)",
        ],
    );
}
