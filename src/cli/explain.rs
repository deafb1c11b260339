//! `pqm explain`: the page of an error code.

use std::io::Write;

use clap::Args;
use pqm::diagnostics::{all_codes, explanation};
use serde_json::{Value as Json, json};

use super::exit::{Exit, Failure};
use super::project::RecordFormat;
use super::terminal::Colour;

const EXAMPLES: &str = "\
Examples:
  pqm explain M0201
  pqm explain            lists all codes
  pqm explain --format json M0201";

/// Arguments of `pqm explain`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArguments {
    /// The code, such as M0201; all are listed without it
    #[arg(value_name = "CODE")]
    code: Option<String>,

    /// How it is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: RecordFormat,
}

/// A code with the title of its page and, where it was asked for, the page.
fn record(code: &str, whole: bool) -> Option<Json> {
    let page = explanation(code)?;
    let title = page.lines().next().unwrap_or(code).trim_start_matches("# ");
    let title = title.split_once(": ").map_or(title, |(_, title)| title);
    let mut record = json!({ "code": code.to_uppercase(), "title": title });
    if let (true, Some(fields)) = (whole, record.as_object_mut()) {
        fields.insert("page".to_owned(), page.into());
    }
    Some(record)
}

/// Prints the page of a code, or all titles.
pub fn explain(arguments: &ExplainArguments, colour: Colour) -> Result<(), Exit> {
    let text = match &arguments.code {
        Some(code) => match explanation(code) {
            Some(_) if arguments.format == RecordFormat::Json => {
                record(code, true).map(|record| format!("{record}\n")).unwrap_or_default()
            }
            Some(page) => page.to_owned(),
            None => {
                let help = pqm::diagnostics::closest(code, all_codes());
                let help = help.unwrap_or_else(|| "`pqm explain` lists all codes.".to_owned());
                let failure = Failure::Usage(format!("There is no code '{code}'."), Some(help));
                return Err(super::tell(&failure, colour));
            }
        },
        None if arguments.format == RecordFormat::Json => {
            let codes: Vec<Json> = all_codes().filter_map(|code| record(code, false)).collect();
            format!("{}\n", json!({ "codes": codes }))
        }
        None => all_codes()
            .filter_map(|code| explanation(code)?.lines().next())
            .map(|title| format!("{}\n", title.trim_start_matches("# ")))
            .collect(),
    };
    // Whoever closed the pipe has read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}
