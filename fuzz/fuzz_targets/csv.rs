//! Any bytes read as CSV with any options: rows or an M error. The first bytes choose the options.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use pqm::Engine;
use pqm::eval::Limits;
use pqm::value::{Binary, Value, literal_text};

const OPTIONS: &[&str] = &[
    "",
    ", [Delimiter = \";\"]",
    ", [Delimiter = \"||\"]",
    ", [Delimiter = \"\"]",
    ", [Columns = 3]",
    ", [Columns = {\"a\", \"b\"}]",
    ", [QuoteStyle = QuoteStyle.Csv]",
    ", [QuoteStyle = QuoteStyle.None]",
    ", [CsvStyle = CsvStyle.QuoteAlways]",
    ", [Encoding = 1200]",
    ", [Encoding = 1252, Delimiter = \"#(tab)\"]",
    ", 2, {0, 3}",
    ", 3, {1, 2, 9}, ExtraValues.Error",
    ", null, \",\", ExtraValues.List, 65001",
    ", type table [a = text, b = number]",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, content)) = bytes.split_first() else { return };
    let options = OPTIONS[*first as usize % OPTIONS.len()];
    let limits = Limits { steps: Some(200_000), milliseconds: Some(1_000), ..Limits::default() };
    let engine = Engine::new()
        .with_limits(limits)
        .with_value("content", Value::Binary(Arc::new(Binary::new(content.to_vec()))));
    let code = format!("Csv.Document(content{options})");
    let query = engine.compile("fuzz", &code).unwrap_or_else(|_| panic!("does not compile: {code}"));
    let ctx = query.start();
    let _ = query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value));
});
