//! Each working function called with null, nothing, something of a wrong kind, and something that fails inside.
//!
//! What must hold of every outcome is checked; the outcomes themselves stand in `outcomes.tsv`, where a change shows:
//! `PQM_OUTCOMES=write cargo test --test engine library` writes them. Functions that are not there yet are only checked.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use pqm::Engine;
use pqm::eval::{Context, Limits};
use pqm::library::{Library, declarations};
use pqm::value::types::{Form, Kinds};
use pqm::value::{Function, Kind, Value, error_line, literal_text};

/// For each kind an ordinary value, an empty one if there is one, and one that fails inside if it has an inside.
const VALUES: &[(Kind, &str, Option<&str>, Option<&str>)] = &[
    (Kind::Text, "\"a\"", Some("\"\""), None),
    (Kind::Number, "1", Some("0"), None),
    (Kind::Logical, "true", None, None),
    (Kind::List, "{1, 2}", Some("{}"), Some("{1, error \"probe\"}")),
    (Kind::Record, "[a = 1]", Some("[]"), Some("[a = error \"probe\"]")),
    (
        Kind::Table,
        "#table({\"a\"}, {{1}})",
        Some("#table({}, {})"),
        Some("#table({\"a\"}, {{error \"probe\"}})"),
    ),
    (
        Kind::Function,
        "(optional x, optional y, optional z) => x",
        None,
        Some("(optional x, optional y) => error \"probe\""),
    ),
    (Kind::Type, "type text", None, None),
    (Kind::Binary, "#binary({65, 66})", Some("#binary({})"), None),
    (Kind::Date, "#date(2024, 2, 29)", None, None),
    (Kind::Time, "#time(1, 2, 3)", None, None),
    (Kind::DateTime, "#datetime(2024, 2, 29, 1, 2, 3)", None, None),
    (Kind::DateTimeZone, "#datetimezone(2024, 2, 29, 1, 2, 3, 2, 0)", None, None),
    (Kind::Duration, "#duration(1, 2, 3, 4)", Some("#duration(0, 0, 0, 0)"), None),
];

/// A case: which argument is what.
struct Case {
    at: usize,
    what: &'static str,
    value: Value,
}

/// What came out, and whether it was a value.
enum Outcome {
    Value(Kind, String),
    Error(String),
    Stopped(String),
}

struct Battery {
    engine: Engine,
    values: BTreeMap<&'static str, Value>,
    faults: Vec<String>,
    lines: BTreeMap<String, String>,
}

impl Battery {
    fn value(&self, text: &'static str) -> Value {
        self.values.get(text).cloned().unwrap_or(Value::Null)
    }

    fn ordinary(&self, kinds: impl Fn(Kind) -> bool) -> Value {
        VALUES.iter().find(|(kind, ..)| kinds(*kind)).map_or(Value::Null, |(_, text, ..)| self.value(text))
    }

    fn call(&self, function: &Function, arguments: &[Value]) -> Outcome {
        let query = self.engine.compile("nothing", "null").unwrap();
        let ctx: Context = query.start();
        let result = ctx.call(function, arguments);
        let error = |error| match error_line(&ctx, &error) {
            Ok(line) => Outcome::Error(line),
            Err(stop) => Outcome::Stopped(stop.to_string()),
        };
        match result {
            Ok(value) => match literal_text(&ctx, &value) {
                Ok(text) => Outcome::Value(value.kind(), text),
                Err(raised) => error(raised),
            },
            Err(raised) => error(raised),
        }
    }

    fn function(&mut self, name: &'static str, function: &Function) {
        let parameters = function.parameters();
        let (kinds, required) = (parameters.kinds.clone(), parameters.ty.required);
        let returns = match &function.function_type().form {
            Form::Function(Some(ty)) => ty.returns.kinds(),
            _ => return,
        };
        for at in 0..kinds.len() {
            let admits = |kind: Kind| kinds[at].contains(kind);
            let mut cases = vec![Case { at, what: "null", value: Value::Null }];
            for (kind, text, empty, failing) in VALUES {
                let is_first =
                    VALUES.iter().find(|(kind, ..)| admits(*kind)).is_some_and(|(first, ..)| first == kind);
                // Parameters of any kind meet lists and records too: options, criteria, names.
                let is_any = kinds[at].contains(Kind::Function) && kinds[at].contains(Kind::Date);
                if !admits(*kind) {
                    cases.push(Case { at, what: "wrong", value: self.value(text) });
                } else if is_first || (is_any && matches!(kind, Kind::List | Kind::Record | Kind::Table)) {
                    let named = |what, text: &Option<&'static str>| {
                        text.map(|text| Case { at, what, value: self.value(text) })
                    };
                    let label = |what: &'static str| what;
                    cases.extend(named(label(if is_first { "empty" } else { "empty, too" }), empty));
                    cases.extend(named(label(if is_first { "failing" } else { "failing, too" }), failing));
                }
            }
            for case in cases {
                self.case(name, function, &kinds, required, returns, &case);
            }
        }
    }

    fn case(
        &mut self,
        name: &'static str,
        function: &Function,
        kinds: &[Kinds],
        required: usize,
        returns: Kinds,
        case: &Case,
    ) {
        let count = required.max(case.at + 1);
        let arguments: Vec<Value> = (0..count)
            .map(|at| match at {
                _ if at == case.at => case.value.clone(),
                // Optional arguments before the one in question are left out.
                _ if at >= required => Value::Null,
                _ => self.ordinary(|kind| kinds[at].contains(kind)),
            })
            .collect();
        let label = format!("{name}\t{} {}", case.at + 1, case.what);
        let outcome = catch_unwind(AssertUnwindSafe(|| self.call(function, &arguments)));
        let Ok(outcome) = outcome else {
            self.faults.push(format!("{label}: panicked"));
            return;
        };
        let admitted = kinds[case.at].contains(case.value.kind());
        let text = match &outcome {
            _ if !admitted => {
                let wanted = "error: Expression.Error: We cannot convert ";
                let refused = matches!(&outcome, Outcome::Error(line) if line.starts_with(wanted));
                if !refused {
                    let got = match &outcome {
                        Outcome::Value(_, text) | Outcome::Error(text) | Outcome::Stopped(text) => text,
                    };
                    self.faults.push(format!("{label}: not refused: {got}"));
                }
                return;
            }
            Outcome::Value(kind, text) => {
                if !returns.contains(*kind) {
                    self.faults.push(format!("{label}: gives {} against its type", kind.name()));
                }
                text
            }
            Outcome::Error(line) => {
                let known = [
                    "Expression.Error: ",
                    "DataFormat.Error: ",
                    "DataSource.Error: ",
                    "DataSource.NotFound: ",
                ];
                let rest = known.iter().find_map(|reason| line.strip_prefix("error: ")?.strip_prefix(reason));
                if rest.is_none_or(|message| message.trim().is_empty()) {
                    self.faults.push(format!("{label}: {line}"));
                }
                line
            }
            Outcome::Stopped(why) => why,
        };
        let short: String = text.replace(['\n', '\t'], " ").chars().take(120).collect();
        // What depends on the time or on chance is no outcome to compare.
        let again = match self.call(function, &arguments) {
            Outcome::Value(_, text) | Outcome::Error(text) | Outcome::Stopped(text) => text,
        };
        if again == *text {
            self.lines.insert(label, short);
        }
    }
}

#[test]
fn nothing_wrong_or_failing_is_answered_as_it_was() {
    let limits = Limits { steps: Some(20_000), milliseconds: Some(2_000), ..Limits::default() };
    let engine = Engine::new().with_limits(limits);
    let values = VALUES
        .iter()
        .flat_map(|(_, ordinary, empty, failing)| [Some(*ordinary), *empty, *failing])
        .flatten()
        .map(|text| {
            let query = engine.compile("value", text).unwrap();
            (text, query.evaluate(&query.start()).unwrap())
        })
        .collect();
    let mut battery = Battery { engine, values, faults: Vec::new(), lines: BTreeMap::new() };
    for declaration in declarations() {
        if let Some(Value::Function(function)) = Library::get().lookup(declaration.name) {
            battery.function(declaration.name, &function);
        }
    }
    let faults = &battery.faults;
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    compare(&battery.lines);
}

/// Compares with what was written down; what is not there says nothing.
fn compare(lines: &BTreeMap<String, String>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/library/outcomes.tsv");
    if std::env::var("PQM_OUTCOMES").as_deref() == Ok("write") {
        let text: String = lines.iter().map(|(label, outcome)| format!("{label}\t{outcome}\n")).collect();
        std::fs::write(&file, text).unwrap();
        return;
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let mut changed = Vec::new();
    for line in known.lines() {
        let Some((label, outcome)) = line.rsplit_once('\t') else { continue };
        match lines.get(label) {
            Some(now) if now == outcome => {}
            now => changed.push(format!("{label}\n  was {outcome}\n  is  {}", now.map_or("gone", |now| now))),
        }
    }
    assert!(
        changed.is_empty(),
        "{} outcomes changed (PQM_OUTCOMES=write records them if they are meant)\n{}",
        changed.len(),
        changed.join("\n")
    );
}
