//! What to do about errors that programs raise: hints the error itself does not give.

use std::sync::Arc;

use crate::resolve::closest;
use crate::value::{Clue, Error, Kind, Raised, Stop, Text, Type, Value, type_text};

/// A hint for a name that means nothing and is like no other, by the code of the mistake.
pub(super) fn name(code: &str) -> Option<String> {
    (code == "M0202")
        .then(|| "Write `each` before it, or name what the field belongs to: row[Field].".to_owned())
}

/// A hint for an error, where there is one worth giving.
pub(super) fn advice(error: &Error) -> Option<String> {
    match error.as_stop() {
        Some(stop) => stopped(stop),
        None => error.as_raised().and_then(raised),
    }
}

fn stopped(stop: Stop) -> Option<String> {
    match stop {
        Stop::Depth(_) => Some(
            "Does the recursion end for every input? List.Accumulate and List.Generate repeat without calls within calls."
                .to_owned(),
        ),
        Stop::Cancelled => None,
        Stop::Steps(_) | Stop::Time(_) | Stop::Memory(_) | Stop::Rows(_) => {
            Some("Raise the limit, or let the program read less: filter early, and take only the first rows while trying."
                .to_owned())
        }
    }
}

fn raised(raised: &Raised) -> Option<String> {
    if let Some(Clue::Argument { function, parameter, ty }) = &raised.clue {
        return Some(argument(raised, function.as_deref(), parameter, ty));
    }
    let message = raised.message.as_text()?;
    let parameter = |at: usize| match raised.message_parameters.as_plain() {
        Value::List(list) => list.as_items()?.get(at)?.ready().cloned(),
        _ => None,
    };
    match raised.message_format.as_text() {
        Some("The field '#{0}' of the record wasn't found.") => {
            let Value::Record(record) = raised.detail.as_plain() else { return None };
            let name = parameter(0)?;
            return among(&name, record.names(), "The record has the fields");
        }
        Some("The column '#{0}' of the table wasn't found.") => {
            let Some(Clue::Names(known)) = &raised.clue else { return None };
            return among(&parameter(0)?, known.names(), "The table has the columns");
        }
        Some("The function '#{0}' isn't available in this version of pqm.") => {
            return Some(
                "The name is known, so the rest of the script is checked; only calls of it fail.".to_owned(),
            );
        }
        _ => {}
    }
    if message.starts_with("We cannot apply operator ") {
        return operator(message);
    }
    if message.starts_with("A cyclic reference was encountered") {
        return Some(
            "A value needs itself to be evaluated. A function that calls itself is written with @: `f = (n) => @f(n - 1)`."
                .to_owned(),
        );
    }
    None
}

/// Which parameter refused a value, and how the value may be made into what it takes.
fn argument(raised: &Raised, function: Option<&str>, parameter: &str, ty: &Arc<Type>) -> String {
    let of = function.map(|name| format!(" of {name}")).unwrap_or_default();
    let (wanted, ty) = (ty.kinds(), type_text(ty));
    let taken = ty.strip_prefix("type ").unwrap_or(&ty);
    let place = format!("The parameter '{parameter}'{of} takes {taken}.");
    let given = match raised.detail.as_plain() {
        Value::Record(detail) => detail.get("Value").and_then(|value| value.ready().map(Value::kind)),
        _ => None,
    };
    let converts = [Kind::Number, Kind::Date, Kind::Time, Kind::DateTime, Kind::DateTimeZone, Kind::Duration];
    match given {
        Some(Kind::Null) => format!("{place} Test for null first, or give a value to use instead: `x ?? 0`."),
        Some(Kind::Text) => match converts.into_iter().find(|kind| wanted.contains(*kind)) {
            Some(kind) => format!("{place} Convert the text first: {}.From.", kind.name()),
            None => place,
        },
        Some(kind) if wanted.contains(Kind::Text) && converts.contains(&kind) => {
            format!("{place} Convert the value first: Text.From.")
        }
        Some(Kind::Table) if wanted.contains(Kind::List) => {
            format!("{place} A column is a list: `table[Column]`.")
        }
        _ => place,
    }
}

/// The nearest of the names there are; all of them if none is near and they are few.
fn among(name: &Value, names: &[Text], all: &str) -> Option<String> {
    const FEW: usize = 12;
    let known = || names.iter().map(|name| name.as_str());
    closest(name.as_text()?, known()).or_else(|| {
        let few = !names.is_empty() && names.len() <= FEW;
        few.then(|| format!("{all} {}.", known().collect::<Vec<_>>().join(", ")))
    })
}

/// The usual mistake: text and something else, put together or compared without a conversion.
fn operator(message: &str) -> Option<String> {
    let (operator, types) =
        message.strip_prefix("We cannot apply operator ")?.strip_suffix('.')?.split_once(" to types ")?;
    let (left, right) = types.split_once(" and ")?;
    let other = match (left, right) {
        ("Text", other) | (other, "Text") => other,
        _ => return None,
    };
    match (operator, other) {
        ("&" | "+", "Number" | "Date" | "DateTime" | "DateTimeZone" | "Time" | "Duration" | "Logical") => {
            Some(format!(
                "To join texts, convert first: `text & {other}.ToText(value)`; to calculate, `{other}.From(text)`."
            ))
        }
        ("+", "Text") => Some("Texts are joined with &.".to_owned()),
        ("-" | "*" | "/" | "<" | ">" | "<=" | ">=", "Number" | "Date" | "DateTime" | "Time" | "Duration") => {
            Some(format!(
                "Convert the text first: `{other}.From(text)`, or give the column its type earlier."
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice_for(text: &str) -> Option<String> {
        let query = crate::Engine::new().compile("test", text).unwrap();
        let ctx = query.start();
        advice(&query.evaluate(&ctx).unwrap_err())
    }

    #[test]
    fn a_field_almost_spelled_right_is_suggested() {
        assert_eq!(advice_for("[Amount = 1][Amuont]").as_deref(), Some("Did you mean Amount?"));
        assert_eq!(advice_for("[a = 1, b = 2][zzz]").as_deref(), Some("The record has the fields a, b."));
    }

    #[test]
    fn a_column_almost_spelled_right_is_suggested() {
        let table = "#table({\"Amount\", \"Région\"}, {})";
        for call in [
            "Table.SelectColumns(T, {\"Amuont\"})",
            "Table.RemoveColumns(T, {\"Amuont\"})",
            "Table.RenameColumns(T, {{\"Amuont\", \"x\"}})",
            "Table.TransformColumnTypes(T, {{\"Amuont\", type text}})",
            "Table.TransformColumns(T, {{\"Amuont\", Text.From}})",
            "T[Amuont]",
            "T[[Amuont]]",
            "Table.Sort(T, \"Amuont\")",
            "Table.Group(T, {\"Amuont\"}, {})",
        ] {
            let found = advice_for(&format!("let T = {table} in {call}"));
            assert_eq!(found.as_deref(), Some("Did you mean Amount?"), "{call}");
        }
        let found = advice_for(&format!("{table}[zzz]"));
        assert_eq!(found.as_deref(), Some("The table has the columns Amount, Région."));
    }

    #[test]
    fn a_refused_argument_names_the_function_and_the_parameter() {
        for (text, wanted) in [
            (
                "Text.At(1, 2)",
                "The parameter 'text' of Text.At takes nullable text. Convert the value first: Text.From.",
            ),
            (
                "Text.At(\"a\", \"b\")",
                "The parameter 'index' of Text.At takes number. Convert the text first: Number.From.",
            ),
            (
                "Date.AddDays(#date(2024, 1, 1), null)",
                "The parameter 'numberOfDays' of Date.AddDays takes number. Test for null first, or give a value to use instead: `x ?? 0`.",
            ),
            (
                "List.Sum(#table({}, {}))",
                "The parameter 'list' of List.Sum takes {any}. A column is a list: `table[Column]`.",
            ),
            ("let twice = (n as number) => n * 2 in twice(true)", "The parameter 'n' of twice takes number."),
            ("((n as number) => n * 2)(true)", "The parameter 'n' takes number."),
            (
                "List.Transform({true}, Number.Abs){0}",
                "The parameter 'number' of Number.Abs takes nullable number.",
            ),
        ] {
            assert_eq!(advice_for(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn joining_text_and_number_names_the_conversion() {
        assert!(advice_for("\"a\" & 1").unwrap().contains("Number.ToText"));
        assert!(advice_for("\"a\" + \"b\"").unwrap().contains("&"));
        assert_eq!(advice_for("{1} + 1"), None);
    }
}
