//! Programs that ask for too much: each ends with a value, an M error or a limit, on the stack of an ordinary thread.

use std::time::{Duration, Instant};

use pqm::Engine;
use pqm::eval::Limits;
use pqm::value::{Stop, literal_text};

/// How a program ended.
#[derive(Debug, PartialEq)]
enum End {
    Value(String),
    Error(String),
    Stop(Stop),
    Rejected,
}

/// Compiles, evaluates, prints and drops on a thread with 2 MB of stack, as threads of a host have.
fn run(limits: Limits, code: impl Into<String>) -> End {
    let code = code.into();
    // The beginning as the name: it is what a stack overflow tells.
    let name = code.chars().take(60).collect();
    let thread = std::thread::Builder::new().name(name).stack_size(2 << 20).spawn(move || {
        let Ok(query) = Engine::new().with_limits(limits).compile("hostile", &code) else {
            return End::Rejected;
        };
        let ctx = query.start();
        match query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value)) {
            Ok(text) => End::Value(text),
            Err(error) => match error.as_stop() {
                Some(stop) => End::Stop(stop),
                None => End::Error(error.to_string()),
            },
        }
    });
    thread.unwrap().join().unwrap()
}

fn limited(code: &str) -> End {
    run(Limits { steps: Some(2_000_000), milliseconds: Some(20_000), ..Limits::default() }, code)
}

fn ends(code: &str) -> String {
    match limited(code) {
        End::Value(text) | End::Error(text) => text,
        other => panic!("{code}: {other:?}"),
    }
}

#[test]
fn deep_programs_run_on_a_small_stack() {
    const DEEP: usize = 1_900;
    for (open, middle, close) in [
        ("{", "1", "}"),
        ("[a = ", "1", "]"),
        ("(", "1", ")"),
        ("if true then ", "1", " else 0"),
        ("let a = ", "1", " in a"),
        ("try ", "1", ""),
        ("try error ", "1", ""),
        ("- ", "1", ""),
        ("not ", "true", ""),
        ("(x) => ", "1", ""),
        ("each ", "1", ""),
        ("((x) => x)(", "1", ")"),
        ("type {", "number", "}"),
        ("type [a = ", "number", "]"),
        ("type nullable ", "number", ""),
        ("type table [a = ", "number", "]"),
        ("type function (a as ", "number", ") as any"),
        ("1 meta [a = ", "1", "]"),
        ("{..", "1", "}"),
        ("@", "a", ""),
        ("#table({\"a\"}, {{", "1", "}})"),
        ("1 + (", "1", ")"),
        ("null ?? (", "1", ")"),
        ("true and (", "true", ")"),
    ] {
        for depth in [DEEP, 50 * DEEP] {
            let code = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            // What matters is that it ends; past the cap it must not compile.
            let end = run(Limits::default(), code);
            assert!(depth == DEEP || end == End::Rejected, "{open} {depth} times: {end:?}");
        }
        // Without what closes it, too.
        run(Limits::default(), open.repeat(DEEP));
    }
}

#[test]
fn long_chains_and_wide_programs_run() {
    let wide = |open: &str, item: &str, close: &str| {
        format!("{open}{}{item}{close}", format!("{item},").repeat(20_000))
    };
    for code in
        [wide("{", "1", "}"), wide("{", "{}", "}"), wide("{", "each _", "}"), wide("Text.From(", "1", ")")]
    {
        assert!(!matches!(run(Limits::default(), code), End::Stop(_)));
    }
    let fields: String = (0..20_000).map(|at| format!("f{at} = {at},")).collect();
    assert!(
        matches!(run(Limits::default(), format!("[{fields} last = 1][last]")), End::Value(text) if text == "1")
    );
    assert!(
        matches!(run(Limits::default(), format!("let {fields} last = f19999 in last")), End::Value(text) if text == "19999")
    );
    let chained: String = (1..20_000).map(|at| format!("f{at} = f{} + 1,", at - 1)).collect();
    let chained = format!("let f0 = 0, {chained} last = f19999 in last");
    assert!(matches!(run(Limits::default(), chained), End::Value(text) if text == "19999"));
}

#[test]
fn values_nested_deep_print_compare_and_drop() {
    let deep = "let deep = (n) => if n = 0 then {} else {@deep(n - 1)}, a = deep(20000), b = deep(20000) in ";
    assert_eq!(run(Limits::default(), format!("{deep} a = b")), End::Value("true".into()));
    let built = "let made = List.Accumulate({1..50000}, null, (s, i) => [next = s]) in ";
    assert!(matches!(
        run(Limits::default(), format!("{built} made")),
        End::Value(_) | End::Stop(Stop::Depth(_))
    ));
    assert!(matches!(
        run(Limits::default(), format!("{built} Value.Compare({{made}}, {{made}}) = 0")),
        End::Value(_) | End::Error(_) | End::Stop(Stop::Depth(_))
    ));
    for reader in [
        "Json.FromValue(made)",
        "Text.From(made)",
        "List.Distinct({made, made})",
        "Table.FromRecords({made, made})",
    ] {
        run(Limits::default(), format!("{built} {reader}"));
    }
    let json = "let text = Text.Repeat(\"[\", 100000) & Text.Repeat(\"]\", 100000) in Json.Document(text)";
    assert!(matches!(run(Limits::default(), json), End::Error(_) | End::Value(_) | End::Stop(_)));
}

#[test]
fn huge_literals() {
    let digits = "9".repeat(1_000_000);
    assert_eq!(ends(&format!("{digits} > 1")), "Expression.SyntaxError: The number is out of range.");
    assert_eq!(ends(&format!("0.{digits} <= 1")), "true");
    for code in ["1e999999999999999999999", "1e-999999999999999999999"] {
        assert!(!ends(code).is_empty());
    }
    assert_eq!(ends(&format!("Text.Length(\"{}\")", "x".repeat(5_000_000))), "5000000");
    assert_eq!(ends(&format!("Text.Length(\"{}\")", "#(tab)".repeat(200_000))), "200000");
    assert_eq!(run(Limits::default(), format!("0x{}", "F".repeat(100_000))), End::Rejected);
    let name = "n".repeat(1_000_000);
    assert_eq!(ends(&format!("let #\"{name}\" = 1 in {name}")), "1");
    assert_eq!(run(Limits::default(), format!("{name} + 1")), End::Rejected);
    assert_eq!(ends(&format!("1{}", "/* x */".repeat(200_000))), "1");
}

#[test]
fn sizes_out_of_reason_stop_before_memory_is_taken() {
    let memory = End::Stop(Stop::Memory(Limits::LARGEST_VALUE));
    let mut wrong = Vec::new();
    for code in [
        "Text.Repeat(\"a\", 1e12)",
        "Text.Repeat(\"a\", 9e18)",
        "Text.PadStart(\"\", 1e12)",
        "Text.PadEnd(\"\", 1e12, \"x\")",
        "List.Reverse({1..1000000000000000})",
        "let grow = (t, n) => if n = 0 then t else @grow(t & t, n - 1) in grow(\"0123456789\", 60)",
        "Text.Replace(Text.Repeat(\"0\", 1000000), \"0\", Text.Repeat(\"1\", 10000))",
        "try Text.Repeat(\"a\", 1e12) otherwise 1",
    ] {
        let end = limited(code);
        if end != memory {
            wrong.push(format!("{code}: {end:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(Stop::Memory(1).to_string().starts_with("Evaluation ran out of memory and can't continue."));
}

#[test]
fn sizes_are_counted_without_reading() {
    let mut wrong = Vec::new();
    for (code, result) in [
        ("List.Count({1..1000000000000000})", "1000000000000000"),
        ("List.Count(List.Numbers(0, 1e15))", "1000000000000000"),
        ("List.First(List.Repeat({1, 2}, 1e15))", "1"),
        ("Table.First(Table.Repeat(#table({\"a\"}, {{1}}), 1e15))", "[a = 1]"),
        ("List.Skip({1, 2}, 1e18)", "{}"),
        ("List.FirstN({1, 2}, 1e18)", "{1, 2}"),
        ("List.LastN({1, 2}, 1e18)", "{1, 2}"),
        ("Text.Start(\"ab\", 1e18)", "\"ab\""),
        ("Number.Power(2, 1e300)", "#infinity"),
        ("Number.Power(0, -1)", "#infinity"),
        ("Number.Factorial(1e15)", "#infinity"),
        ("Number.Round(1.5, 1e9)", "1.5"),
        ("Number.Round(9223372036854775807, 0) > 0", "true"),
        ("Number.Abs(-9223372036854775808)", "9.2233720368547758E+18"),
        ("-(-9223372036854775808)", "9.2233720368547758E+18"),
        ("9223372036854775807 + 1 > 0", "true"),
        ("-9223372036854775808 * -1 > 0", "true"),
    ] {
        let end = limited(code);
        if end != End::Value(result.to_owned()) {
            wrong.push(format!("{code}: {end:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn arithmetic_at_the_limits_is_a_value_or_an_error() {
    for code in [
        "Text.Range(\"abc\", 1e18)",
        "Text.Range(\"abc\", 1, 1e18)",
        "Text.Middle(\"abc\", 1e18, 1e18)",
        "Text.Middle(\"abc\", 1, 9e18)",
        "Text.At(\"abc\", 1e18)",
        "Text.Insert(\"abc\", 1e18, \"x\")",
        "Text.RemoveRange(\"abc\", 1, 9e18)",
        "Text.ReplaceRange(\"abc\", 1, 9e18, \"x\")",
        "List.Range({1, 2}, 9e18, 9e18)",
        "List.RemoveRange({1, 2}, 9e18, 9e18)",
        "List.InsertRange({1, 2}, 9e18, {1})",
        "List.Alternate({1, 2}, 9e18, 9e18, 9e18)",
        "Date.AddDays(#date(9999, 12, 31), 1)",
        "Date.AddDays(#date(1, 1, 1), -1)",
        "Date.AddMonths(#date(2000, 1, 1), 9e18)",
        "Date.AddYears(#date(2000, 1, 1), -9e18)",
        "Date.AddWeeks(#date(2000, 1, 1), 9e18)",
        "Date.AddQuarters(#date(2000, 1, 1), 9e18)",
        "Date.EndOfWeek(#date(9999, 12, 31))",
        "Date.StartOfWeek(#date(1, 1, 1), Day.Sunday)",
        "#date(2147483648, 1, 1)",
        "#time(24, 0, 1)",
        "#datetime(9999, 12, 31, 23, 59, 59) + #duration(1, 0, 0, 0)",
        "#datetimezone(1, 1, 1, 0, 0, 0, 14, 0) - #duration(1, 0, 0, 0)",
        "DateTimeZone.ToUtc(#datetimezone(1, 1, 1, 0, 0, 0, 14, 0))",
        "DateTimeZone.SwitchZone(#datetimezone(9999, 12, 31, 23, 0, 0, 0, 0), 14)",
        "#duration(9e18, 0, 0, 0)",
        "#duration(10675200, 0, 0, 0)",
        "#duration(10675199, 0, 0, 0) * 1e300",
        "#duration(10675199, 0, 0, 0) + #duration(10675199, 0, 0, 0)",
        "#duration(1, 0, 0, 0) / 0",
        "-Duration.From(-10675199.116730064)",
        "Duration.From(1e300)",
        "Number.Round(1e300, -1e9)",
        "Number.RoundUp(1.5, 9e18)",
        "Number.Mod(1e300, 1e-300)",
        "Number.Mod(-9223372036854775808, -1)",
        "Number.IntegerDivide(-9223372036854775808, -1)",
        "Number.BitwiseShiftLeft(1, 1e18)",
        "Number.BitwiseShiftRight(-1, 64)",
        "Number.Combinations(1e15, 5e14)",
        "Number.Permutations(1e15, 5e14)",
        "Number.ToText(1e300, \"F999999999\")",
        "Number.ToText(1, \"D99999999999\")",
        "Number.ToText(1, Text.Repeat(\"0\", 100000))",
        "Number.FromText(Text.Repeat(\"9\", 100000))",
        "Int64.From(1e300)",
        "Byte.From(256)",
        "Decimal.From(1e300)",
        "Currency.From(1e300)",
        "Character.FromNumber(1e18)",
        "Character.FromNumber(55296)",
        "#binary({256})",
        "{-9223372036854775808..9223372036854775807}{0}",
        "Binary.Range(#binary({1}), 9e18, 9e18)",
        "Table.Skip(#table({\"a\"}, {{1}}), 1e18)",
        "Table.Range(#table({\"a\"}, {{1}}), 9e18, 9e18)",
        "Table.AddIndexColumn(#table({\"a\"}, {{1}, {2}}), \"i\", 9223372036854775807, 9223372036854775807)",
        "Table.Split(#table({\"a\"}, {{1}}), 1e18)",
        "Table.AlternateRows(#table({\"a\"}, {{1}, {2}}), 9e18, 9e18, 9e18)",
        "List.Split({1, 2}, 9e18)",
        "List.Percentile({1, 2}, 1e300)",
    ] {
        assert!(!ends(code).is_empty(), "{code}");
    }
}

#[test]
fn endless_lists_stop_near_the_limit() {
    let limits = Limits { milliseconds: Some(100), ..Limits::default() };
    let endless = "List.Generate(() => 0, each true, each _ + 1)";
    for consumer in [
        "List.Count(#)",
        "List.Sum(#)",
        "List.Max(#)",
        "List.Average(#)",
        "List.Last(#)",
        "List.Distinct(List.Transform(#, each 1))",
        "List.Accumulate(#, 0, (s, i) => s)",
        "List.Contains(#, -1)",
        "List.PositionOf(#, -1)",
        "List.AllTrue(List.Transform(#, each true))",
        "List.MatchesAll(#, each true)",
        "List.Select(#, each false){0}",
        "List.Skip(#, each true)",
        "List.Combine({#, {1}}){9223372036854775806}",
        "List.IsDistinct(List.Transform(#, Text.From))",
        "Text.Combine(List.Transform(#, each \"\"))",
        "# = #",
        "List.Sum({1..9000000000000000000})",
        "List.Count(List.Select({1..9000000000000000000}, each false))",
        "List.Count(List.Repeat({1}, 1e15) & #)",
        "Table.RowCount(Table.SelectRows(Table.FromColumns({#}, {\"a\"}), each false))",
        "Table.RowCount(Table.Repeat(Table.SelectRows(#table({\"a\"}, {{1}}), each false), 1e15))",
        "let f = (n) => @f(n + 1) in f(0)",
        "Number.Factorial(1e15) + Number.Permutations(1e15, 1e15)",
        "List.Mode(#)",
        "List.Permutations(#)",
    ] {
        let code = consumer.replace('#', endless);
        let code = if consumer.contains("#table") { consumer.to_owned() } else { code };
        let started = Instant::now();
        let end = run(limits, code.clone());
        let took = started.elapsed();
        assert!(
            matches!(
                end,
                End::Stop(Stop::Time(100) | Stop::Depth(_) | Stop::Memory(_)) | End::Rejected | End::Value(_)
            ),
            "{code}: {end:?}"
        );
        // Generous, for a busy machine and an unoptimised build; the benches measure the 50 ms.
        assert!(took < Duration::from_secs(5), "{code} took {took:?}");
    }
}
