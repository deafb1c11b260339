//! Expression.*: M text made and evaluated by M.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::eval::{Arguments, Context, Names};
use crate::library::{Declaration, example, native};
use crate::resolve::{Document, resolve};
use crate::syntax;
use crate::text::{Source, Span};
use crate::value::{Error, Result, Value, constant_text, identifier};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Expression.Evaluate",
        "(document as text, optional environment as nullable record) as any",
        "Evaluates M text. It sees the fields of the environment and nothing else.",
        &[
            example("Expression.Evaluate(\"a + 1\", [a = 2])", "3"),
            example("Expression.Evaluate(\"List.Sum({1, 2})\", #shared)", "3"),
            example(
                "Expression.Evaluate(\"1 +#(lf) x\")",
                "error: Expression.Error: [2,2-2,3] The name 'x' doesn't exist in the current context.",
            ),
        ],
        evaluate,
    ),
    native(
        "Expression.Constant",
        "(value as any) as text",
        "The M text of a value.",
        &[
            example("Expression.Constant(#date(2024, 1, 2))", "\"#date(2024, 1, 2)\""),
            example("Expression.Constant({1, \"a\"})", "\"{1, \"\"a\"\"}\""),
            example("Expression.Constant({1, error \"a\"})", "error: Expression.Error: a"),
        ],
        |ctx, arguments| constant_text(ctx, arguments.full(0)).map(Value::from),
    ),
    native(
        "Expression.Identifier",
        "(name as text) as text",
        "The name as M writes it where a variable stands.",
        &[
            example("Expression.Identifier(\"a\")", "\"a\""),
            example("Expression.Identifier(\"a b\")", "\"#\"\"a b\"\"\""),
        ],
        expression_identifier,
    ),
];

fn expression_identifier(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let mut text = String::new();
    identifier(&arguments.text(0)?, &mut text);
    Ok(Value::from(text))
}

/// The fields of an environment as names. The first look at a text only notes which it uses, so that no other
/// field is evaluated.
struct Environment {
    known: BTreeSet<String>,
    values: FxHashMap<String, Value>,
    used: Mutex<BTreeSet<String>>,
}

impl Names for Environment {
    fn lookup(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.values.get(name) {
            return Some(value.clone());
        }
        if !self.known.contains(name) {
            return None;
        }
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        Some(Value::Null)
    }

    fn names(&self) -> Vec<&str> {
        self.known.iter().map(String::as_str).collect()
    }
}

fn evaluate(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let source = Source::new("Expression.Evaluate", arguments.text(0)?.as_str());
    let environment = arguments.optional_record(1)?;
    let parsed = syntax::parse(source.text());
    let mistakes: Vec<(Span, String)> =
        parsed.errors.iter().map(|error| (error.span, error.message.clone())).collect();
    if !mistakes.is_empty() {
        return Err(mistaken(&source, &mistakes));
    }
    let fields = environment.iter().flat_map(|record| record.names());
    let mut names = Environment {
        known: fields.map(|name| name.to_string()).collect(),
        values: FxHashMap::default(),
        used: Mutex::default(),
    };
    let documents = [Document { source: source.clone(), tree: parsed.tree, observed: false }];
    let (_, errors) = resolve(&documents, &names);
    let mistakes: Vec<(Span, String)> = errors
        .iter()
        .map(|(_, error)| {
            (error.span, format!("The name '{}' doesn't exist in the current context.", error.name))
        })
        .collect();
    if !mistakes.is_empty() {
        return Err(mistaken(&source, &mistakes));
    }
    let used = std::mem::take(&mut *names.used.lock().unwrap_or_else(PoisonError::into_inner));
    for name in used {
        if let Some(member) = environment.as_ref().and_then(|record| record.get(&name)) {
            names.values.insert(name, member.force_with_metadata(ctx)?);
        }
    }
    let (program, _) = resolve(&documents, &names);
    match &program.expression {
        Some(code) => ctx.evaluate_code(code, &[]),
        None => Err(Error::expression("The text is a section document, which has no value.")),
    }
}

/// The error for a text with mistakes: each with its place, lines and columns from 1 in the message and from 0 in
/// the detail.
fn mistaken(source: &Source, mistakes: &[(Span, String)]) -> Error {
    let mut messages = Vec::new();
    let mut details = Vec::new();
    for (span, text) in mistakes {
        let (start, end) = (source.line_column(span.start), source.line_column(span.end));
        messages.push(format!("[{},{}-{},{}] {text}", start.line, start.column, end.line, end.column));
        let place = |line: u32, column: u32| {
            Value::record([
                ("Line", Value::Int64(i64::from(line) - 1)),
                ("Column", Value::Int64(i64::from(column) - 1)),
            ])
        };
        let range =
            Value::record([("Start", place(start.line, start.column)), ("End", place(end.line, end.column))]);
        let location = Value::record([
            ("Kind", Value::text("Language.TextSourceLocation")),
            ("Text", Value::text("")),
            ("Range", range),
        ]);
        details.push(Value::record([("Location", location), ("Text", Value::text(text))]));
    }
    Error::expression(messages.join("\r\n")).with_detail(Value::list(details))
}
