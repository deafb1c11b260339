//! `pqm explain`: the page of an error code.

use std::io::Write;

use clap::Args;
use pqm::diagnostics::{all_codes, explanation};

use super::exit::{Exit, Failure};
use super::terminal::Colour;

const EXAMPLES: &str = "\
Examples:
  pqm explain M0201
  pqm explain            lists all codes";

/// Arguments of `pqm explain`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArguments {
    /// The code, such as M0201; all are listed without it
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// Prints the page of a code, or all titles.
pub fn explain(arguments: &ExplainArguments, colour: Colour) -> Result<(), Exit> {
    let text = match &arguments.code {
        Some(code) => match explanation(code) {
            Some(page) => page.to_owned(),
            None => {
                let help = pqm::diagnostics::closest(code, all_codes());
                let help = help.unwrap_or_else(|| "`pqm explain` lists all codes.".to_owned());
                let failure = Failure::Usage(format!("There is no code '{code}'."), Some(help));
                return Err(super::tell(&failure, colour));
            }
        },
        None => all_codes()
            .filter_map(|code| explanation(code)?.lines().next())
            .map(|title| format!("{}\n", title.trim_start_matches("# ")))
            .collect(),
    };
    // Whoever closed the pipe has read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}
