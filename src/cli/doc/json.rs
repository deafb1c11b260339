//! What the registry knows, for programs.

use serde_json::{Map, Value as Json, json};

use super::entry::{Entry, State};

/// One name as an object, several ones as a list of objects.
pub fn names(names: &[&'static str]) -> String {
    match names {
        [only] => format!("{:#}\n", entry(&Entry::of(only))),
        several => entries(&several.iter().map(|name| Entry::of(name)).collect::<Vec<_>>()),
    }
}

/// Entries as a list of objects.
pub fn entries(entries: &[Entry]) -> String {
    let list: Vec<Json> = entries.iter().map(entry).collect();
    format!("{:#}\n", json!({ "names": list }))
}

fn entry(entry: &Entry) -> Json {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Json| {
        fields.insert(name.to_owned(), value);
    };
    put("name", json!(entry.name));
    put("heading", json!(entry.heading));
    put("summary", json!(entry.summary));
    let (state, why) = match entry.state {
        State::Works => ("works", None),
        State::Partly(what) => ("partly", Some(what)),
        State::NotAvailable(why) => ("not available", Some(why)),
    };
    put("state", json!(state));
    if let Some(why) = why {
        put("why", json!(why));
    }
    let examples =
        entry.examples.iter().map(|example| json!({ "usage": example.usage, "result": example.result }));
    put("examples", examples.collect());
    Json::Object(fields)
}
