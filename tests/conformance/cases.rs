//! The cases, and how each kind is run.

use std::path::PathBuf;

use pqm::eval::{Context, Limits};
use pqm::host::{Host, HostError, Now};
use pqm::value::{Error, Value, error_line, literal_text};
use pqm::{Engine, Query, text::Source};
use serde_json::Value as Json;

use super::compare;

pub struct Case {
    pub file: &'static str,
    pub id: String,
    pub code: String,
    json: Json,
}

pub enum Outcome {
    Passed,
    Failed(String),
    Skipped,
}

/// A clock in a zone of the case's choice; no files.
struct CaseHost {
    offset_minutes: i16,
}

impl Host for CaseHost {
    fn now(&self) -> Result<Now, HostError> {
        let now = pqm::host::LocalHost::new(".").now()?;
        Ok(Now { offset_minutes: self.offset_minutes, ..now })
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), HostError> {
        pqm::host::LocalHost::new(".").random(bytes)
    }
}

/// All cases, or `None` where the data is absent.
pub fn load() -> Option<Vec<Case>> {
    // Beside the checkout, or beside the folder of a further work tree.
    let folder = ["../shared/conformance", "../../shared/conformance"]
        .iter()
        .map(|place| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(place))
        .find(|folder| folder.is_dir())?;
    let mut all = Vec::new();
    for file in ["doc", "spec", "format", "live"] {
        let text = std::fs::read_to_string(folder.join(format!("{file}_examples.json"))).ok()?;
        let json: Json = serde_json::from_str(&text).ok()?;
        for case in json["cases"].as_array()? {
            let code = ["usage", "expression", "code"].iter().find_map(|key| case[*key].as_str());
            all.push(Case {
                file,
                id: case["id"].as_str().unwrap_or_default().to_owned(),
                code: code.unwrap_or_default().to_owned(),
                json: case.clone(),
            });
        }
    }
    Some(all)
}

impl Case {
    /// What the table groups the case under.
    pub fn group(&self) -> &str {
        ["category", "chapter", "page"].iter().find_map(|key| self.json[*key].as_str()).unwrap_or("-")
    }

    fn engine(&self) -> Engine {
        let assumes = &self.json["assumes"];
        let culture = assumes["culture"].as_str().unwrap_or("en-US");
        let offset = assumes["timezone"].as_str().map_or(0, zone_minutes);
        Engine::new()
            .with_culture(culture)
            .with_host(CaseHost { offset_minutes: offset })
            .with_limits(Limits { milliseconds: Some(10_000), ..Limits::default() })
    }

    fn compile(&self, code: &str) -> Result<Query, String> {
        let mut sources = vec![Source::new("case", code)];
        for document in self.json["documents"].as_array().into_iter().flatten() {
            let text = document.as_str().or_else(|| document["text"].as_str()).unwrap_or_default();
            sources.push(Source::new("document", text));
        }
        self.engine().compile_all(sources).map_err(|diagnostics| {
            diagnostics.iter().map(|found| found.message.clone()).collect::<Vec<_>>().join("; ")
        })
    }

    /// Runs the case.
    pub fn run(&self) -> Outcome {
        let kind = self.json["kind"].as_str().unwrap_or_default();
        if matches!(kind, "external" | "unparsable") {
            return Outcome::Skipped;
        }
        let suspect =
            self.json["suspect"].as_bool() == Some(true) && self.json["repaired"].as_bool() != Some(true);
        let outcome = match (self.file, kind) {
            ("live", _) => self.run_live(),
            (_, "error") => self.run_error(),
            (_, "nondeterministic") => self.run_value(None),
            _ if self.json["error"].is_object() => self.run_error(),
            _ => match self.json["expected"].as_str() {
                Some(expected) => self.run_value(Some(expected)),
                None => return Outcome::Skipped,
            },
        };
        match outcome {
            Ok(()) => Outcome::Passed,
            Err(_) if suspect => Outcome::Skipped,
            Err(why) => Outcome::Failed(why),
        }
    }

    fn evaluate(&self, code: &str) -> Result<(Context, Result<Value, Error>), String> {
        let query = self.compile(code)?;
        let ctx = query.start();
        let result = query.evaluate(&ctx);
        Ok((ctx, result))
    }

    fn run_value(&self, expected: Option<&str>) -> Result<(), String> {
        let (ctx, result) = self.evaluate(&self.code)?;
        let value = result.map_err(|error| format!("got {error}"))?;
        let Some(expected) = expected else {
            return literal_text(&ctx, &value).map(drop).map_err(|error| error.to_string());
        };
        let (other, wanted) = self.evaluate(expected)?;
        let wanted = wanted.map_err(|error| format!("the expected text raised {error}"))?;
        let rules: Vec<&str> =
            self.json["compare"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        compare::same(&ctx, &value, &other, &wanted, &rules).map_err(|why| {
            let got = literal_text(&ctx, &value).unwrap_or_else(|error| error.to_string());
            format!("got      {got}\nexpected {expected}\n{why}")
        })
    }

    fn run_error(&self) -> Result<(), String> {
        let error = match self.evaluate(&self.code) {
            // A text the compiler refuses raises its error, too.
            Err(message) => return self.compare_error("Expression.Error", &message),
            Ok((_, Err(error))) => error,
            Ok((ctx, Ok(value))) => match literal_text(&ctx, &value) {
                Err(error) => error,
                Ok(text) => match text.contains("error: ") {
                    true => return Ok(()),
                    false => return Err(format!("no error, but {text}")),
                },
            },
        };
        self.compare_error(&error.reason(), &error.message())
    }

    fn compare_error(&self, reason: &str, message: &str) -> Result<(), String> {
        let wanted = &self.json["error"];
        let matches = |key: &str, got: &str| wanted[key].as_str().is_none_or(|wanted| wanted == got);
        if matches("reason", reason) && matches("message", message) {
            Ok(())
        } else {
            Err(format!("got {reason}: {message}\nexpected {wanted}"))
        }
    }

    fn run_live(&self) -> Result<(), String> {
        let expected = self.json["result"].as_str().unwrap_or_default();
        let (ctx, result) = self.evaluate(&self.code)?;
        let got = match &result {
            // A lazy value may raise its error only while it is printed.
            Ok(value) => literal_text(&ctx, value)
                .or_else(|error| error_line(&ctx, &error))
                .map_err(|error| error.to_string())?,
            Err(error) => error_line(&ctx, error).map_err(|error| error.to_string())?,
        };
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if plain(&got) == plain(expected) {
            return Ok(());
        }
        Err(format!("got      {got}\nexpected {expected}"))
    }
}

/// `+02:00`, `-8`, `02:30` as minutes.
fn zone_minutes(zone: &str) -> i16 {
    let negative = zone.starts_with('-');
    let mut parts =
        zone.trim_start_matches(['+', '-']).split(':').map(|part| part.parse::<i16>().unwrap_or(0));
    let minutes = parts.next().unwrap_or(0) * 60 + parts.next().unwrap_or(0);
    if negative { -minutes } else { minutes }
}
