//! Deep comparison of a value with the expected one, as the data's README asks.

use pqm::eval::Context;
use pqm::value::{Member, Value, literal_text};

/// Whether both are the same; else why not.
pub fn same(
    ctx: &Context,
    got: &Value,
    other: &Context,
    wanted: &Value,
    rules: &[&str],
) -> Result<(), String> {
    let differ = |what: &str| Err(what.to_owned());
    match (got.as_plain(), wanted.as_plain()) {
        (a, b) if a.to_double().is_some() && b.to_double().is_some() => {
            let (a, b) = (a.to_double().unwrap_or(0.0), b.to_double().unwrap_or(0.0));
            let near = (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) || a == b || (a.is_nan() && b.is_nan());
            if near { Ok(()) } else { differ("numbers differ") }
        }
        (Value::Text(a), Value::Text(b)) => {
            let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ");
            if plain(a) == plain(b) { Ok(()) } else { differ("texts differ") }
        }
        (Value::List(a), Value::List(b)) => {
            let (a, b) = (a.members(ctx).map_err(text)?, b.members(other).map_err(text)?);
            if a.len() != b.len() {
                return differ("lists of different length");
            }
            a.iter().zip(&b).try_for_each(|(a, b)| members(ctx, a, other, b, rules))
        }
        (Value::Record(a), Value::Record(b)) => {
            let error_record = ["Reason", "Message"].iter().all(|name| b.get(name).is_some());
            let extra = ["Message.Format", "Message.Parameters", "ErrorCode"];
            let names = |record: &pqm::value::Record| -> Vec<String> {
                let mut names: Vec<String> = record
                    .names()
                    .iter()
                    .map(|name| name.to_string())
                    .filter(|name| !(error_record && extra.contains(&name.as_str())))
                    .collect();
                if !rules.contains(&"field_order") {
                    names.sort();
                }
                names
            };
            let (have, want) = (names(a), names(b));
            let subset = rules.contains(&"subset") && want.iter().all(|name| have.contains(name));
            if have != want && !subset {
                return Err(format!("fields {have:?}, expected {want:?}"));
            }
            want.iter().try_for_each(|name| match (a.get(name), b.get(name)) {
                (Some(a), Some(b)) => {
                    members(ctx, &a, other, &b, rules).map_err(|why| format!("[{name}]: {why}"))
                }
                _ => differ("a field is missing"),
            })
        }
        (Value::Table(a), Value::Table(b)) => {
            let mut left = pqm::table::rows(ctx, a).map_err(text)?;
            let mut right = pqm::table::rows(other, b).map_err(text)?;
            if b.width() > 0 && a.names() != b.names() {
                return Err(format!("columns {:?}, expected {:?}", a.names(), b.names()));
            }
            loop {
                match (left.next(ctx).map_err(text)?, right.next(other).map_err(text)?) {
                    (None, None) => return Ok(()),
                    (Some(a), Some(b)) => {
                        for (a, b) in a.members().iter().zip(b.members()) {
                            members(ctx, a, other, &b, rules)?;
                        }
                    }
                    _ => return differ("tables with different numbers of rows"),
                }
            }
        }
        (Value::Function(_), Value::Function(_)) => Ok(()),
        (a, b) if a.kind() != b.kind() => Err(format!("kinds {:?} and {:?}", a.kind(), b.kind())),
        (a @ Value::DateTimeZone(_), b @ Value::DateTimeZone(_)) => {
            let (a, b) = (a.zoned().unwrap(), b.zoned().unwrap());
            if a == b && a.offset == b.offset { Ok(()) } else { differ("moments differ") }
        }
        (a, b) => {
            let (a, b) = (literal_text(ctx, a).map_err(text)?, literal_text(other, b).map_err(text)?);
            if a == b { Ok(()) } else { Err(format!("{a} is not {b}")) }
        }
    }
}

fn members(ctx: &Context, a: &Member, other: &Context, b: &Member, rules: &[&str]) -> Result<(), String> {
    match (a.force(ctx), b.force(other)) {
        (Ok(a), Ok(b)) => same(ctx, &a, other, &b, rules),
        (Err(_), Err(_)) => Ok(()),
        (Err(error), Ok(_)) => Err(format!("raised {error}")),
        (Ok(_), Err(error)) => Err(format!("did not raise {error}")),
    }
}

fn text(error: pqm::value::Error) -> String {
    error.to_string()
}
