//! A positive and a negative case for each lint.

use super::*;

/// What is found, as `CODE place`.
fn found_with(text: &str, options: &Options) -> Vec<String> {
    let source = Source::new("test", text);
    let show = |finding: &Finding| {
        let place = finding.diagnostic.label.as_ref().map_or("", |label| label.span.of(text));
        format!("{} {place}", finding.diagnostic.code)
    };
    check(&source, options).iter().map(show).collect()
}

fn found(text: &str) -> Vec<String> {
    found_with(text, &Options::default())
}

fn strictly(text: &str) -> Vec<String> {
    found_with(text, &Options { strict: true, ..Options::default() })
}

const NOTHING: [&str; 0] = [];

fn fixed(text: &str, also: &[String]) -> String {
    apply(text, &check(&Source::new("test", text), &Options::default()), also).0
}

#[test]
fn several_mistakes_come_at_once_and_known_names_are_none() {
    assert_eq!(found("{Sales, Costs}"), ["M0201 Sales", "M0201 Costs"]);
    let known = Options { known: vec!["Sales".to_owned()], ..Options::default() };
    assert_eq!(found_with("{Sales, Costs}", &known), ["M0201 Costs"]);
    assert_eq!(found("1 + "), ["M0110 "]);
}

#[test]
fn steps_that_nothing_needs() {
    assert_eq!(found("let a = 1, b = a, c = b in a"), ["M0401 b", "M0401 c"]);
    assert_eq!(found("let a = 1, b = a in (let c = b, d = c in c)"), ["M0401 d"]);
    // What stands in a step that nothing needs goes with it.
    assert_eq!(found("let a = 1, b = let c = 1 in 2 in a"), ["M0401 b"]);
    assert_eq!(found("let f = (n) => if n = 0 then 0 else @f(n - 1) in f(2)"), NOTHING);
    assert_eq!(found("section S; shared a = 1; b = let c = 1 in 2;"), ["M0401 c"]);
    assert_eq!(found("[a = 1, b = 2][a]"), NOTHING);
}

#[test]
fn unused_steps_are_removed_unless_a_comment_would_go() {
    assert_eq!(fixed("let a = 1, b = 2, c = 3, d = 4 in a + c", &[]), "let a = 1, c = 3 in a + c");
    assert_eq!(fixed("let\n    a = 1,\n    b = 2\nin\n    b", &[]), "let\n    b = 2\nin\n    b");
    let commented = "let\n    a = 1,\n    // why\n    b = 2\nin\n    a";
    assert_eq!(fixed(commented, &[]), commented);
    let all = "let a = 1 in 2";
    assert_eq!(fixed(all, &[]), all);
}

#[test]
fn names_that_hide_others() {
    assert_eq!(strictly("let a = 1, f = (a) => a in f(a)"), ["M0402 a"]);
    assert_eq!(strictly("let a = 1, b = [a = a] in b"), NOTHING);
    assert_eq!(found("let a = 1, f = (a) => a in f(a)"), NOTHING);
}

#[test]
fn conditions_that_are_always_the_same() {
    assert_eq!(found("each [a] = [a]"), ["M0403 [a] = [a]"]);
    assert_eq!(found("(r) => each [a] = r[a]"), NOTHING);
    assert_eq!(found("each [a] <> 1 or [a] <> 2"), ["M0403 [a] <> 1 or [a] <> 2"]);
    assert_eq!(found("each [a] = \"x\" and [a] = \"y\""), ["M0403 [a] = \"x\" and [a] = \"y\""]);
    assert_eq!(found("each ([a] = 1 or [a] = 2) and [b] <> 1 and [b] <> 2"), NOTHING);
    assert_eq!(found("each [a] = 1 and [a] = 1.0"), NOTHING);
    assert_eq!(found("if true then 1 else 2"), ["M0403 true"]);
    assert_eq!(found("List.Select({1}, each true)"), ["M0403 each true"]);
    assert_eq!(found("List.Select({1}, each each _ > 1)"), ["M0403 each each _ > 1"]);
    assert_eq!(found("List.Select({1}, each _ > 1)"), NOTHING);
    // Asking twice may give two answers.
    assert_eq!(found("Number.Random() = Number.Random()"), NOTHING);
}

#[test]
fn columns_that_are_not_there() {
    let t = "#table({\"a\", \"b\"}, {})";
    let of = |rest: &str| found(&format!("let t = {t}, u = {rest} in u"));
    assert_eq!(of("Table.SelectRows(t, each [c] > 1)"), ["M0404 c"]);
    assert_eq!(of("Table.AddColumn(t, \"n\", (row) => row[a] + row[A])"), ["M0404 A"]);
    assert_eq!(of("Table.SelectColumns(t, {\"a\", \"x\"})"), ["M0404 \"x\""]);
    assert_eq!(of("Table.SelectColumns(t, {\"a\", \"x\"}, MissingField.Ignore)"), NOTHING);
    assert_eq!(
        of("Table.RemoveColumns(Table.RenameColumns(t, {{\"a\", \"z\"}}), {\"z\", \"a\"})"),
        ["M0404 \"a\""]
    );
    assert_eq!(
        of("Table.TransformColumnTypes(t, {{\"a\", type text}, {\"c\", type text}})"),
        ["M0404 \"c\""]
    );
    assert_eq!(of("Table.Sort(t, {{\"c\", Order.Descending}})"), ["M0404 \"c\""]);
    assert_eq!(of("{t[a], t[c], t{0}[c], t{0}[c]?}"), ["M0404 c", "M0404 c"]);
    assert_eq!(of("Table.Group(t, {\"a\"}, {{\"n\", each Table.RowCount(_)}})[[a], [n], [b]]"), ["M0404 b"]);
    assert_eq!(of("Table.SelectRows(Table.AddColumn(t, \"n\", each [a]), each [n] > 1)"), NOTHING);
    // An `each` inside has rows of its own.
    assert_eq!(of("Table.AddColumn(t, \"n\", each List.Select([a], each [q] > 1))"), NOTHING);
    assert_eq!(of("Table.AddColumn(t, \"n\", each try [c] otherwise null)"), NOTHING);
    assert_eq!(of("if Table.HasColumns(t, \"c\") then Table.RemoveColumns(t, \"c\") else t"), NOTHING);
}

#[test]
fn columns_that_come_from_elsewhere_are_unknown() {
    assert_eq!(found("Table.SelectRows(Csv.Document(File.Contents(\"a.csv\")), each [c] > 1)"), NOTHING);
    assert_eq!(found("(t as table) => Table.RemoveColumns(t, {\"x\"})"), NOTHING);
    assert_eq!(found("let t = Table.PromoteHeaders(#table({\"a\"}, {{\"b\"}})) in t[b]"), NOTHING);
    assert_eq!(found("(n) => #table(n, {})[b]"), NOTHING);
    assert_eq!(found("(t) => Table.SelectColumns(t, {\"a\"})[b]"), ["M0404 b"]);
    assert_eq!(
        found(
            "Table.FromRows({}, let _t = ((type nullable text) meta [Serialized.Text = true]) in type table [a = _t])[b]"
        ),
        ["M0404 b"]
    );
}

#[test]
fn calls_with_wrong_arguments() {
    assert_eq!(found("Text.Upper()"), ["M0405 Text.Upper()"]);
    assert_eq!(found("Text.Upper(\"a\", null, 1)"), ["M0405 Text.Upper(\"a\", null, 1)"]);
    assert_eq!(found("Text.Upper(\"a\", null)"), NOTHING);
    assert_eq!(found("Text.Upper(1)"), ["M0406 1"]);
    assert_eq!(found("Text.Upper(null)"), NOTHING);
    assert_eq!(found("let l = {1}, n = Table.RowCount(l) in n"), ["M0406 l"]);
    assert_eq!(found("Table.RowCount(List.First({1}))"), NOTHING);
    assert_eq!(found("let Text.Upper = (a, b, c) => a in Text.Upper(1, 2, 3)"), NOTHING);
    assert_eq!(found("try Text.Upper(1)"), NOTHING);
    // How a call looks, in a text that explains.
    assert_eq!(found("Text.Upper(..., 1, 2)"), NOTHING);
}

#[test]
fn conversions_without_a_culture() {
    assert_eq!(strictly("Date.FromText(\"1/2/2026\")"), ["M0407 Date.FromText(\"1/2/2026\")"]);
    assert_eq!(strictly("Date.FromText(\"2026-01-02\")"), NOTHING);
    assert_eq!(strictly("(t) => Table.TransformColumnTypes(t, {{\"a\", type date}})").len(), 1);
    assert_eq!(strictly("(t) => Table.TransformColumnTypes(t, {{\"a\", type text}})"), NOTHING);
    assert_eq!(strictly("(t) => Table.TransformColumnTypes(t, {{\"a\", type date}}, \"de-DE\")"), NOTHING);
}

#[test]
fn paths_of_one_machine() {
    assert_eq!(found("File.Contents(\"C:\\data\\a.csv\")").len(), 1);
    assert_eq!(found("Folder.Files(\"\\\\server\\share\")").len(), 1);
    assert_eq!(found("File.Contents(\"data/a.csv\")"), NOTHING);
}

#[test]
fn secrets_are_found_and_never_shown() {
    let text =
        "{\"Server=a;Password=hunter22;Timeout=1\", [ApiKey = \"8f2c61d0\"], \"https://me:s3cr3tpw@host/\"}";
    assert_eq!(found(text), ["M0409 hunter22", "M0409 8f2c61d0", "M0409 s3cr3tpw"]);
    for finding in check(&Source::new("test", text), &Options::default()) {
        let shown = format!("{finding:?}");
        for secret in ["hunter22", "8f2c61d0", "s3cr3tpw"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    assert_eq!(
        found("{\"Password=<password>\", [ApiKey = \"\", Password = \"your password\"], \"a://b/c@d:e\"}"),
        NOTHING
    );
    assert_eq!(found("\"https://a/b?token=x&access_token=\""), NOTHING);
}

#[test]
fn quote_style_none_is_changed_only_if_asked() {
    let text = "(b) => Csv.Document(b, [Delimiter = \",\", QuoteStyle = QuoteStyle.None])";
    assert_eq!(found(text), ["M0410 QuoteStyle.None"]);
    assert_eq!(fixed(text, &[]), text);
    assert_eq!(fixed(text, &["m0410".to_owned()]), text.replace("QuoteStyle.None", "QuoteStyle.Csv"));
    assert_eq!(found("(b) => Csv.Document(b, [QuoteStyle = QuoteStyle.Csv])"), NOTHING);
}

#[test]
fn distinct_after_a_sort() {
    let of = |table: &str| found(&format!("(t) => Table.Distinct({table}, {{\"a\"}})")).len();
    assert_eq!(of("Table.Sort(t, {\"a\"})"), 1);
    assert_eq!(of("Table.RenameColumns(Table.Sort(t, {\"a\"}), {})"), 1);
    assert_eq!(of("Table.Buffer(Table.Sort(t, {\"a\"}))"), 0);
    assert_eq!(found("(t) => Table.Distinct(Table.Sort(t, {\"a\"}))"), NOTHING);
}

#[test]
fn names_of_connectors_are_no_mistakes() {
    assert_eq!(found("Fhir.Contents(\"https://a\", null)"), ["M0412 Fhir.Contents"]);
    assert_eq!(found("{Fhir.Contents(1), Fhir.Contents(2), Uri.Type}"), ["M0412 Fhir.Contents"]);
    // A slip in a name of the library is one.
    assert_eq!(found("Tabel.SelectRows(1, 2)"), ["M0201 Tabel.SelectRows"]);
    assert_eq!(found("Table.Foo(1)"), ["M0201 Table.Foo"]);
    assert_eq!(found("Sales"), ["M0201 Sales"]);
}

#[test]
fn claims_that_the_data_contradicts() {
    let add =
        |function: &str, ty: &str| found(&format!("(t) => Table.AddColumn(t, \"n\", {function}, {ty})"));
    assert_eq!(add("each [a] & \"x\"", "type number"), NOTHING);
    assert_eq!(add("each Text.Upper([a])", "type number"), ["M0413 type number"]);
    assert_eq!(add("each Text.Upper([a])", "Int64.Type"), ["M0413 Int64.Type"]);
    assert_eq!(add("each [a] * 2", "type text"), ["M0413 type text"]);
    assert_eq!(add("each if [a] > 1 then \"x\" else 2", "type number"), NOTHING);
    assert_eq!(add("each if [a] > 1 then \"x\" else null", "type number"), ["M0413 type number"]);
    assert_eq!(add("each null", "type number"), NOTHING);
    assert_eq!(add("each Date.From([a])", "type nullable date"), NOTHING);
    assert_eq!(add("Date.From", "type text"), ["M0413 type text"]);
    assert_eq!(add("each [a] > 1", "type any"), NOTHING);
    assert_eq!(
        found("#table(type table [a = number, b = text], {{1, \"x\"}, {\"2\", null}, {f, 3}})"),
        ["M0413 \"2\"", "M0201 f", "M0413 3"]
    );
    assert_eq!(found("Table.FromRecords({[a = 1], [a = \"x\"]}, type table [a = number])"), ["M0413 \"x\""]);
    assert_eq!(
        found("(t) => Table.Group(t, {\"k\"}, {{\"n\", each Table.RowCount(_), type text}})"),
        ["M0413 type text"]
    );
    assert_eq!(found("(t) => Table.TransformColumns(t, {{\"a\", Text.Trim, type text}})"), NOTHING);
    assert_eq!(
        found("(t) => Table.TransformColumns(t, {\"a\", Text.Length, type text})"),
        ["M0413 type text"]
    );
}

#[test]
fn steps_that_end_folding() {
    let of = |steps: &str| {
        found(&format!("let s = OData.Feed(\"https://a\"), t = s{{[Name = \"x\"]}}[Data], {steps}"))
    };
    let index = "i = Table.AddIndexColumn(t, \"n\")";
    assert_eq!(
        of(&format!("{index}, f = Table.SelectRows(i, each [a] > 1) in f")),
        ["M0414 Table.AddIndexColumn(t, \"n\")"]
    );
    assert_eq!(of(&format!("{index} in i")), NOTHING);
    assert_eq!(of("f = Table.SelectRows(Table.StopFolding(t), each [a] > 1) in f"), NOTHING);
    assert_eq!(of("f = Table.SelectRows(t, each [a] > 1), b = Table.Buffer(f) in b"), NOTHING);
    assert_eq!(found("(b) => Table.FirstN(Table.PromoteHeaders(Csv.Document(b)), 5)"), NOTHING);
}

#[test]
fn steps_that_are_there_twice() {
    assert_eq!(found("(t) => let a = List.Sort(t), b = List.Sort( t ) in {a, b}"), ["M0415 b"]);
    assert_eq!(found("(t) => let a = List.Sort(t), b = List.Sort(a, 1) in {a, b}"), NOTHING);
    assert_eq!(
        found("(t) => Table.Distinct(Table.Distinct(t))"),
        ["M0415 Table.Distinct(Table.Distinct(t))"]
    );
    assert_eq!(found("(t) => Table.Distinct(Table.Distinct(t), {\"a\"})"), NOTHING);
    assert_eq!(found("let a = List.Random(2), b = List.Random(2) in a & b"), NOTHING);
    assert_eq!(found("let a = 1, b = 1 in a + b"), NOTHING);
}

#[test]
fn columns_that_steps_add_where_they_are_missing() {
    let of = |step: &str| found(&format!("let t = #table({{\"a\"}}, {{}}), u = {step} in {{u[a], u[b]}}"));
    assert_eq!(
        of("Table.TransformColumnTypes(t, {{\"b\", type text}}, [MissingField = MissingField.UseNull])"),
        NOTHING
    );
    assert_eq!(of("Table.TransformColumnTypes(t, {{\"a\", type text}}, [Culture = \"de-DE\"])"), ["M0404 b"]);
    assert_eq!(of("Table.TransformColumns(t, {{\"b\", each _}}, null, MissingField.UseNull)"), NOTHING);
    assert_eq!(of("Table.SelectColumns(t, {\"a\", \"b\"}, MissingField.UseNull)"), NOTHING);
    assert_eq!(of("Table.ReorderColumns(t, {\"b\", \"a\"}, MissingField.Ignore)"), ["M0404 b"]);
}

#[test]
fn kinds_are_told_in_words() {
    let source = Source::new("test", "{Text.Upper(1), List.Sum([a = 1])}");
    let found = check(&source, &Options::default());
    let messages: Vec<&str> = found.iter().map(|finding| finding.diagnostic.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "'text' of Text.Upper takes a text or null, not a number.",
            "'list' of List.Sum takes a list, not a record.",
        ]
    );
}

#[test]
fn comments_allow() {
    assert_eq!(found("let a = 1, // pqm: allow M0401 for now\n b = 2 in b"), NOTHING);
    assert_eq!(found("let\n // pqm: allow M0403, M0401\n a = 1,\n c = 1,\n b = 2 in b"), ["M0401 c"]);
    assert_eq!(found("// pqm: allow-file M0401\nlet a = 1, b = 2 in 3"), NOTHING);
    assert_eq!(found("let a = 1, b = 2 in 3 // pqm: allow M0402"), ["M0401 a", "M0401 b"]);
}
