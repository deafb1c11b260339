//! Every operator over every pair of kinds, against the written tables in `operators/*.txt`.
//!
//! In a table, a row is the left operand, a column the right one; `.` is an error, otherwise the kind of the
//! result, or its value where the kinds alone say too little. `PQM_OPERATORS=write` writes the tables anew, to be
//! read before they are committed.

use super::shown;

/// A value of each kind, and the special ones.
const OPERANDS: &[(&str, &str)] = &[
    ("null", "null"),
    ("logical", "true"),
    ("number", "2"),
    ("decimal", "Decimal.From(\"2.5\")"),
    ("nan", "#nan"),
    ("infinity", "#infinity"),
    ("time", "#time(10, 20, 30)"),
    ("date", "#date(2024, 2, 29)"),
    ("datetime", "#datetime(2024, 2, 29, 10, 20, 30)"),
    ("zone", "#datetimezone(2024, 2, 29, 10, 20, 30, 2, 0)"),
    ("duration", "#duration(1, 2, 3, 4)"),
    ("text", "\"abc\""),
    ("empty", "\"\""),
    ("binary", "#binary({1, 2})"),
    ("list", "{1, {2}}"),
    ("record", "[a = 1]"),
    ("table", "#table({\"a\"}, {{1}})"),
    ("function", "(each _)"),
    ("type", "(type number)"),
];

const OPERATORS: &[(&str, &str)] = &[
    ("add", "+"),
    ("subtract", "-"),
    ("multiply", "*"),
    ("divide", "/"),
    ("concatenate", "&"),
    ("less", "<"),
    ("less_equal", "<="),
    ("greater", ">"),
    ("greater_equal", ">="),
    ("equal", "="),
    ("not_equal", "<>"),
    ("and", "and"),
    ("or", "or"),
    ("coalesce", "??"),
    ("meta", "meta"),
];

/// The result as the tables show it.
fn cell(left: &str, operator: &str, right: &str) -> String {
    let code = format!("{left} {operator} {right}");
    let text = shown(&code);
    if text.starts_with("error: ") {
        return ".".to_owned();
    }
    if ["null", "true", "false", "#nan", "#infinity", "-#infinity"].contains(&text.as_str()) {
        return text;
    }
    for kind in [
        "number",
        "time",
        "date",
        "datetime",
        "datetimezone",
        "duration",
        "text",
        "binary",
        "list",
        "record",
        "table",
        "function",
        "type",
    ] {
        if shown(&format!("({code}) is {kind}")) == "true" {
            return kind.to_owned();
        }
    }
    text
}

fn table(operator: &str) -> String {
    let mut text = format!("{:<13}", "");
    for (name, _) in OPERANDS {
        text += &format!("{name:<13}");
    }
    for (name, left) in OPERANDS {
        text = text.trim_end().to_owned() + "\n" + &format!("{name:<13}");
        for (_, right) in OPERANDS {
            text += &format!("{:<13}", cell(left, operator, right));
        }
    }
    text.trim_end().to_owned() + "\n"
}

#[test]
fn every_operator_over_every_pair_of_kinds() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/operators");
    let mut wrong = String::new();
    for (name, operator) in OPERATORS {
        let file = folder.join(format!("{name}.txt"));
        let got = table(operator);
        if std::env::var("PQM_OPERATORS").as_deref() == Ok("write") {
            std::fs::write(&file, &got).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if got != expected {
            wrong += &format!("{operator}\n{got}\nexpected\n{expected}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn operators_with_one_operand_over_every_kind() {
    let show = |operator: &str| -> String {
        OPERANDS
            .iter()
            .map(|(name, operand)| {
                let text = shown(&format!("{operator} {operand}"));
                let text = if text.starts_with("error: ") { ".".to_owned() } else { text };
                format!("{name} {text}; ")
            })
            .collect()
    };
    let rest = "time .; date .; datetime .; zone .; ";
    let last = "text .; empty .; binary .; list .; record .; table .; function .; type .; ";
    assert_eq!(
        show("-"),
        format!(
            "null null; logical .; number -2; decimal -2.5; nan #nan; infinity -#infinity; {rest}duration #duration(-1, -2, -3, -4); {last}"
        )
    );
    assert_eq!(
        show("+"),
        format!(
            "null null; logical .; number 2; decimal 2.5; nan #nan; infinity #infinity; {rest}duration #duration(1, 2, 3, 4); {last}"
        )
    );
    assert_eq!(
        show("not"),
        format!("null null; logical false; number .; decimal .; nan .; infinity .; {rest}duration .; {last}")
    );
}
