//! What `eval` and `run` share: reading the M text, binding parameters, starting the evaluation.

use std::io::Read;
use std::path::Path;

use clap::Args;
use pqm::culture::Culture;
use pqm::eval::{CancelToken, Context, Limits};
use pqm::host::LocalHost;
use pqm::text::Source;
use pqm::value::Value;
use pqm::{Engine, Query};

use super::exit::Failure;
use super::interrupt;

/// How a program is evaluated.
#[derive(Args, Debug)]
pub struct ProgramOptions {
    /// The document's culture, such as de-DE: how texts become numbers and dates
    #[arg(long, value_name = "NAME", default_value = "en-US")]
    pub culture: String,

    /// Bind NAME to a text; NAME:=EXPR binds it to the value of an M expression. Repeatable
    #[arg(long = "param", short = 'p', value_name = "NAME=TEXT")]
    pub parameters: Vec<String>,

    /// Stop after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<f64>,

    /// Stop after this many steps (calls and items read, rounded up to about a thousand)
    #[arg(long, value_name = "N")]
    pub max_steps: Option<u64>,

    /// Stop when the evaluation holds more than this, such as 500MB or 2GB
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub max_memory: Option<u64>,

    /// Get along with about this much memory, such as 512MB: rows that steps can't hold in half of it go to
    /// temporary files
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub memory: Option<u64>,

    /// Work on tables with up to so many threads [default: PQM_THREADS, else as many as there are processors]
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,

    /// Show every call an error came through
    #[arg(long)]
    pub trace: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds is expected".to_owned())?;
    if seconds > 0.0 && seconds.is_finite() {
        Ok(seconds)
    } else {
        Err("more than 0 seconds are expected".to_owned())
    }
}

/// A number of bytes, in the units people write.
pub fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic() || character == ' ');
    let unit: u64 = match text[digits.len()..].trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        other => return Err(format!("'{other}' is no unit: KB, MB and GB are")),
    };
    let number: u64 =
        digits.parse().map_err(|_| "a number with a unit is expected, such as 500MB".to_owned())?;
    number
        .checked_mul(unit)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "more than 0 bytes are expected".to_owned())
}

/// A started program. Parameters may be lazy values, so what made them stays as long as what uses them.
pub struct Program {
    query: Query,
    ctx: Context,
    _parameters: Vec<Context>,
}

impl Program {
    /// Compiles `source` and starts its evaluation; Ctrl-C cancels it.
    pub fn start(source: Source, options: &ProgramOptions) -> Result<Program, Failure> {
        Program::with(source, options, |engine| engine)
    }

    /// The same with an engine that is prepared further.
    pub fn with(
        source: Source,
        options: &ProgramOptions,
        prepare: impl FnOnce(Engine) -> Engine,
    ) -> Result<Program, Failure> {
        let (engine, kept) = bound_engine(options)?;
        let engine = prepare(engine);
        let cancel = engine.cancel_token();
        let query = engine.compile_all(vec![source]).map_err(Failure::Source)?;
        interrupt::cancel_on_interrupt(cancel);
        let ctx = query.start();
        Ok(Program { query, ctx, _parameters: kept })
    }

    /// The evaluation to read values through.
    pub fn ctx(&self) -> &Context {
        &self.ctx
    }

    /// The program's result: of an expression its value, of a section the member that `name` says, or else the only
    /// shared one, or else the only one.
    pub fn result(&self, name: Option<&str>) -> Result<Value, Failure> {
        let program = self.query.program();
        let members: Vec<(&str, bool)> = program
            .sections
            .iter()
            .flat_map(|section| &section.members)
            .map(|member| (member.name.as_str(), member.shared))
            .collect();
        let value = match (name, &program.expression) {
            (None, Some(_)) => self.query.evaluate(&self.ctx),
            (Some(name), _) => match self.query.evaluate_member(&self.ctx, name) {
                Some(value) => value,
                None => return Err(no_such_query(name, &members)),
            },
            (None, None) => {
                let shared: Vec<&str> =
                    members.iter().filter(|(_, shared)| *shared).map(|(name, _)| *name).collect();
                let only = match (shared.as_slice(), members.as_slice()) {
                    ([only], _) | ([], [(only, _)]) => *only,
                    _ => return Err(which_query(&members)),
                };
                match self.query.evaluate_member(&self.ctx, only) {
                    Some(value) => value,
                    None => return Err(which_query(&members)),
                }
            }
        };
        value.map_err(|error| Failure::evaluation(&error))
    }

    /// Ends without giving back every value one by one: the system takes all memory at once.
    pub fn end(self) {
        std::mem::forget(self);
    }
}

/// The engine with the parameters bound, and what made their values, which must stay as long as they are used.
pub fn bound_engine(options: &ProgramOptions) -> Result<(Engine, Vec<Context>), Failure> {
    let mut engine = engine(options)?;
    let cancel = engine.cancel_token();
    let mut kept = Vec::new();
    let mut bound = Vec::new();
    for parameter in &options.parameters {
        bound.push(bind(&engine, parameter, &cancel, &mut kept)?);
    }
    for (name, value) in bound {
        engine = engine.with_value(name, value);
    }
    Ok((engine, kept))
}

fn engine(options: &ProgramOptions) -> Result<Engine, Failure> {
    if Culture::find(&options.culture).is_none() {
        return Err(Failure::Usage(
            format!("There is no culture '{}'.", options.culture),
            Some(
                "Cultures are called like en-US, de-DE or ja-JP; an empty name is the invariant culture."
                    .to_owned(),
            ),
        ));
    }
    let here = std::env::current_dir()
        .map_err(|error| Failure::Io(format!("Cannot find the current folder: {error}.")))?;
    let limits = Limits {
        steps: options.max_steps,
        memory: options.max_memory,
        // For comparing: the same results, step by step and row by row.
        row_wise: std::env::var_os("PQM_ROW_WISE").is_some_and(|given| given == "1"),
        // The other half is for what reads and writes them.
        rows_memory: options.memory.map(|bytes| bytes / 2),
        milliseconds: options.timeout.map(|seconds| (seconds * 1000.0).ceil() as u64),
        threads: threads(options)?,
        ..Limits::default()
    };
    let host = LocalHost::new(here).with_databases(super::credential::of_database);
    Ok(Engine::new().with_host(host).with_culture(&options.culture).with_limits(limits))
}

/// How many threads may work on tables.
fn threads(options: &ProgramOptions) -> Result<usize, Failure> {
    if let Some(threads) = options.threads {
        return Ok(threads.get());
    }
    match std::env::var("PQM_THREADS") {
        Ok(text) => text.trim().parse().ok().filter(|threads| *threads > 0).ok_or_else(|| {
            let advice = "Set it to a number from 1 on, or leave it unset to use all processors.";
            Failure::Usage(format!("PQM_THREADS is '{text}', no number of threads."), Some(advice.to_owned()))
        }),
        Err(_) => Ok(std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)),
    }
}

/// `NAME=TEXT` or `NAME:=EXPR`.
fn bind(
    engine: &Engine,
    parameter: &str,
    cancel: &CancelToken,
    kept: &mut Vec<Context>,
) -> Result<(String, Value), Failure> {
    let wrong = || {
        Failure::Usage(
            format!("'{parameter}' does not say which parameter gets which value."),
            Some(
                "Write --param Region=Europe for a text, --param 'Year:=2024' for an M expression."
                    .to_owned(),
            ),
        )
    };
    let (name, given) = parameter.split_once('=').ok_or_else(wrong)?;
    let (name, expression) = match name.strip_suffix(':') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let name = name.trim();
    if name.is_empty() {
        return Err(wrong());
    }
    if !expression {
        return Ok((name.to_owned(), Value::text(given)));
    }
    let query = engine.compile(&format!("--param {name}"), given).map_err(Failure::Source)?;
    interrupt::cancel_on_interrupt(cancel.clone());
    let ctx = query.start();
    let value = query.evaluate(&ctx).map_err(|error| Failure::evaluation(&error))?;
    kept.push(ctx);
    Ok((name.to_owned(), value))
}

fn list(members: &[(&str, bool)]) -> String {
    members.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn no_such_query(name: &str, members: &[(&str, bool)]) -> Failure {
    if members.is_empty() {
        let help =
            "The text is one expression; only section documents have queries by name. Leave out --query.";
        return Failure::Usage(format!("There is no query '{name}'."), Some(help.to_owned()));
    }
    let known = members.iter().map(|(known, _)| *known);
    let near = pqm::diagnostics::closest(name, known).map(|near| format!("{near} ")).unwrap_or_default();
    Failure::Usage(
        format!("There is no query '{name}'."),
        Some(format!("{near}There is: {}.", list(members))),
    )
}

fn which_query(members: &[(&str, bool)]) -> Failure {
    match members {
        [] => Failure::Usage("The section has no queries.".to_owned(), None),
        _ => Failure::Usage(
            "The section has several queries.".to_owned(),
            Some(format!("Choose one with --query: {}.", list(members))),
        ),
    }
}

/// Reads an M text; `-` is standard input.
pub fn read(path: &Path) -> Result<Source, Failure> {
    let fail = |error: std::io::Error| Failure::file("read", path, &error);
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(fail)?;
        return decode("standard input", &bytes);
    }
    let bytes = std::fs::read(path).map_err(fail)?;
    decode(&path.display().to_string(), &bytes)
}

/// UTF-8, or what a byte order mark says.
fn decode(name: &str, bytes: &[u8]) -> Result<Source, Failure> {
    let (encoding, mark) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let rest = bytes.get(mark..).unwrap_or_default();
    match encoding.decode_without_bom_handling_and_without_replacement(rest) {
        Some(text) => Ok(Source::new(name, text)),
        None => {
            let place = match std::str::from_utf8(rest) {
                Err(error) => format!(" at byte {}", mark + error.valid_up_to()),
                Ok(_) => String::new(),
            };
            Err(Failure::Io(format!("Cannot read '{name}': it is not {} text{place}.", encoding.name())))
        }
    }
}
